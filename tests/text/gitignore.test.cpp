// Which paths the lines of a .gitignore pass over.

#include "text/gitignore.hpp"

#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("a pattern fits a path as git has it", "[text]") {
  struct Row {
    const char* pattern;
    const char* path;
    bool fits;
  };
  const Row rows[] = {
      {"*.log", "a.log", true},
      {"*.log", "a.logs", false},
      {"a/*.log", "a/b/c.log", false},
      {"a/**/c.log", "a/b/c.log", true},
      {"a/**/c.log", "a/c.log", true},
      {"**/c.log", "c.log", true},
      {"a/**", "a/b/c", true},
      {"a?c", "a/c", false},
      {"[a-c]x", "bx", true},
      {"[!a-c]x", "bx", false},
      {"[]x]", "]", true},
      {"[a", "[a", false},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"", "", true},
      {"a*b*c*d*e*f*g*h", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
  };
  for (const auto& row : rows) {
    INFO(row.pattern << " and " << row.path);
    CHECK(matches_path(row.pattern, row.path) == row.fits);
  }
}

TEST_CASE("the last line of a .gitignore that fits counts", "[text]") {
  const GitIgnore lines("# comment\n*.sql\n!keep.sql\n/dumps/\nbuild/\na/b\n\\#odd\ntrail \r\n");
  using Says = GitIgnore::Says;
  struct Row {
    const char* path;
    bool folder;
    Says says;
  };
  const Row rows[] = {
      {"x/y.sql", false, Says::passed_over}, {"x/keep.sql", false, Says::kept},
      {"dumps", true, Says::passed_over},    {"dumps", false, Says::nothing},
      {"x/dumps", true, Says::nothing},      {"x/build", true, Says::passed_over},
      {"a/b", false, Says::passed_over},     {"x/a/b", false, Says::nothing},
      {"#odd", false, Says::passed_over},    {"trail", false, Says::passed_over},
      {"comment", false, Says::nothing},
  };
  for (const auto& row : rows) {
    INFO(row.path);
    CHECK(lines.of(row.path, row.folder) == row.says);
  }
}
