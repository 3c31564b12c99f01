#include "pg/name_list.hpp"

#include <fmt/format.h>

#include "support/catch.hpp"

using namespace pgleast;

namespace {

using Names = std::optional<std::vector<std::string>>;

std::string told(const Names& names) {
  if (!names) return "refused";
  std::string result;
  for (const auto& name : *names) result += '[' + name + ']';
  return result;
}

const std::string longest = "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg";

}  // namespace

// As servers answered: SET search_path and current_schemas() on 15 and 17.
TEST_CASE("a list of names is split as the server does it", "[pg]") {
  struct Case {
    int major;
    std::string text;
    std::string identifiers;
    std::string settings;
  };
  const auto c = GENERATE(values<Case>({
      {15, "", "", ""},
      {15, " \n", "", ""},
      {15, "public", "[public]", "[public]"},
      {15, "\"$user\", Public", "[$user][public]", "[$user][Public]"},
      {15, "SHOP\n,  \"Shop\"", "[shop][Shop]", "[SHOP][Shop]"},
      {15, "\"Sh\"\"op\",a\"b", "[Sh\"op][a\"b]", "[Sh\"op][a\"b]"},
      {15, "\"\"", "[]", "[]"},
      {15, "Ñ", "[Ñ]", "[Ñ]"},
      {15, "\"a,b\" , c", "[a,b][c]", "[a,b][c]"},
      {15, "a\v,b", "[a\v][b]", "[a\v][b]"},
      {17, "a\v,b", "[a][b]", "[a][b]"},
      {15, longest + "XX", '[' + longest + ']', '[' + longest + "XX]"},
      {15, '"' + longest + "XX\"", '[' + longest + ']', '[' + longest + "XX]"},
      {15, longest.substr(1) + "ñ", '[' + longest.substr(1) + ']', '[' + longest.substr(1) + "ñ]"},
      {15, "a b", "refused", "refused"},
      {15, "a,", "refused", "refused"},
      {15, ",a", "refused", "refused"},
      {15, "\"a", "refused", "refused"},
      {15, "\"a\"b", "refused", "refused"},
  }));
  CAPTURE(c.major, c.text);
  CHECK(told(split_identifiers(c.text, c.major)) == c.identifiers);
  CHECK(told(split_guc_list(c.text, c.major)) == c.settings);
}

TEST_CASE("a search_path names schemas", "[pg]") {
  CHECK(told(schemas_of_path("\"\"", 18)).empty());
  CHECK(told(schemas_of_path("\"$user\", Public, \"\"", 18)) == "[$user][public]");
  CHECK(told(schemas_of_path("public,", 18)).empty());
}
