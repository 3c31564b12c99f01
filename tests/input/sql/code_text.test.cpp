#include "input/sql/code_text.hpp"

#include "input/sql/plpgsql_tree.hpp"
#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("an assignment ends its target at the first sign outside of brackets", "[sql][code]") {
  struct Row {
    const char *text, *target, *value;
  };
  const std::vector<Row> rows{
      {"a := 1", "a ", " 1"},
      {"a = b = c", "a ", " b = c"},
      {"a[i = 1] := 2", "a[i = 1] ", " 2"},
      {"\"=\".x := 3", "\"=\".x ", " 3"},
  };
  for (const auto& row : rows) {
    const auto found = assignment_in(row.text);
    REQUIRE(found);
    CHECK(found->target == row.target);
    CHECK(found->value == row.value);
  }
  CHECK_FALSE(assignment_in("a[i = 1]"));
}

TEST_CASE("texts in a function of PL/pgSQL are what they are", "[sql][code]") {
  const auto tree = read_plpgsql(plpgsql_head({"n", ""}, false, true),
                                 "BEGIN\n"
                                 "  n := 1;\n"
                                 "  EXECUTE 'TRUNCATE ' || n USING n;\n"
                                 "  DELETE FROM t;\n"
                                 "  IF n > 2 THEN RETURN QUERY SELECT n; END IF;\n"
                                 "END");
  REQUIRE(tree.error.empty());
  using Kind = PlpgsqlText::Kind;
  std::vector<std::pair<Kind, std::string>> found;
  each_plpgsql_node(tree.function, [&](const std::string& key, const SqlNode& node) {
    for (const auto& text : texts_in(key, node)) found.emplace_back(text.kind, text.text);
  });
  const auto has = [&](Kind kind, const std::string& text) {
    return std::find(found.begin(), found.end(), std::pair(kind, text)) != found.end();
  };
  CHECK(has(Kind::assignment, "n := 1"));
  CHECK(has(Kind::dynamic, "'TRUNCATE ' || n"));
  CHECK(has(Kind::expression, "n"));
  CHECK(has(Kind::statement, "DELETE FROM t"));
  CHECK(has(Kind::expression, "n > 2"));
  CHECK(has(Kind::statement, "SELECT n"));
}

TEST_CASE("parts of a text's tree, or why there is none", "[sql][code]") {
  CHECK(words_of_statement("AlterTableStmt") == "ALTER TABLE");
  CHECK(is_statement("SelectStmt"));
  CHECK_FALSE(is_statement("stmt"));
  CHECK(tree_of_expression("1 + 1").contains("A_Expr"));
  CHECK(tree_of_expression("1 +").is_null());
  CHECK(tree_of_text("SELEC 1").why.starts_with("a statement is not understood: syntax error"));
}
