#include "text/display.hpp"

#include "support/catch.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;

TEST_CASE("what could forge a line or drive a terminal is shown, not sent", "[text]") {
  struct Case {
    std::string text;
    std::string shown;
  };
  const auto c = GENERATE(values<Case>({
      {"plain ñ", "plain ñ"},
      {"a\nb\tc\r", "a\\nb\\tc\\r"},
      {"\x1b[31m", "\\x1b[31m"},
      {"\xff\xc3", "\\xff\\xc3"},
      {"\xe2\x80\xae", "\\u202e"},
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},  // a surrogate is no character
      {std::string("\0x", 2), "\\x00x"},
  }));
  CHECK(displayed(c.text) == c.shown);
}

TEST_CASE("a list reads as a sentence and is cut", "[text]") {
  CHECK(listed({"a"}) == "a");
  CHECK(listed({"a", "b", "c"}) == "a, b and c");
  CHECK(listed({"a", "b", "c", "d"}, 2) == "a, b and 2 more");
  CHECK(counted(1, "rule") == "1 rule");
  CHECK(counted(2, "policy") == "2 policies");
  CHECK(counted(0, "class") == "0 classes");
}

TEST_CASE("a word that was meant is found, a strange one is not", "[text]") {
  CHECK(nearest("memberhips", {"grants", "memberships"}) == "memberships");
  CHECK(nearest("zzz", {"grants", "memberships"}).empty());
}

TEST_CASE("an excerpt of a long line is cut around its place", "[text]") {
  const Source source("f", std::string(100000, 'x') + "HERE" + std::string(100000, 'y'));
  const auto text = excerpt(source, {100000, 100004});
  CHECK(text.size() < 600);
  CHECK(text.find("xHEREy") != std::string::npos);
}

TEST_CASE("a diagnostic points at its place", "[text]") {
  const Source file("pg_hba.conf", "# rules\nhost\tall\t\"ñ\"\t0.0.0.0/0\tmd6\r\nlocal \"a");
  const auto shown = [&](std::string_view place, std::size_t width) {
    const auto begin = file.text().find(place);
    return to_string(make_diagnostic(file, {begin, begin + width}, "here"));
  };
  CHECK(shown("md6", 3) ==
        "pg_hba.conf:2:24: error: here\n"
        "  host\tall\t\"ñ\"\t0.0.0.0/0\tmd6\n"
        "      \t   \t   \t         \t^~~");
  CHECK(shown("\"a", 99) ==
        "pg_hba.conf:3:7: error: here\n"
        "  local \"a\n"
        "        ^~");
}
