#include "text/csv.hpp"

#include "support/catch.hpp"
#include "support/csv.hpp"
#include "text/display.hpp"

using namespace pgleast;

namespace {

std::string field(std::string_view text) {
  std::string line;
  append_csv_field(line, text);
  return line;
}

}  // namespace

TEST_CASE("a field of CSV is quoted where RFC 4180 says so", "[text][csv]") {
  struct Case {
    std::string text;
    std::string written;
  };
  const auto c = GENERATE(values<Case>({
      {"", ""},
      {"plain ñ", "plain ñ"},
      {" a ", " a "},
      {"a,b", "\"a,b\""},
      {"o\"neil", "\"o\"\"neil\""},
      {"\"", "\"\"\"\""},
      {"{\"a,b\",c}", "\"{\"\"a,b\"\",c}\""},
      {"a\nb", "a\\nb"},
      {"a\r\n,b", "\"a\\r\\n,b\""},
      {"a\tb", "a\\tb"},
      {"\x1b[2J\x7f", "\\x1b[2J\\x7f"},
      {"a\xc2\x9b"
       "31m",
       "a\\x9b31m"},
      {"\xe2\x80\xae\"", "\"\\u202e\"\"\""},
      {"\xff", "\\xff"},
  }));
  CAPTURE(c.text);
  CHECK(field(c.text) == c.written);
  const auto rows = test::csv_rows(field(c.text) + ",next\n");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0] == std::vector<std::string>{displayed(c.text), "next"});
}
