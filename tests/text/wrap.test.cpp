#include "text/wrap.hpp"

#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("text is broken between words", "[text]") {
  struct Row {
    const char* text;
    std::size_t width;
    std::vector<std::string> lines;
  };
  const auto row = GENERATE(values<Row>({
      {"", 5, {""}},
      {"one two", 0, {"one two"}},
      {"one two", 7, {"one two"}},
      {"one two", 6, {"one", "two"}},
      {"one two three", 7, {"one two", "three"}},
      {"a longerthanthat b", 6, {"a", "longerthanthat", "b"}},
      {"é é é", 3, {"é é", "é"}},
      {"two  blanks here", 11, {"two  blanks", "here"}},
  }));
  CAPTURE(row.text, row.width);
  CHECK(wrapped(row.text, row.width) == row.lines);
}
