#include "pg/psql_command.hpp"

#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("a shell takes a word as it is meant, on one line", "[pg]") {
  struct Case {
    const char* text;
    const char* word;
  };
  const auto c = GENERATE(values<Case>({
      {"shop", "shop"},
      {"fixes/fix-1.sql", "fixes/fix-1.sql"},
      {"", "''"},
      {"a b; rm", "'a b; rm'"},
      {"it's", "'it'\\''s'"},
      {"$(x) `y` \\ \"", "'$(x) `y` \\ \"'"},
      {"~root", "'~root'"},
      {"caf\u00e9", "'caf\u00e9'"},
      {"a\nb's\\", "$'a\\012b\\'s\\\\'"},
      {"\x1b[0m", "$'\\033[0m'"},
      {"a\u202e", "$'a\\342\\200\\256'"},
      {"\xff", "$'\\377'"},
  }));
  CAPTURE(c.text);
  CHECK(shell_word(c.text) == c.word);
}

TEST_CASE("a name that psql would take for a connection string is given in one", "[pg]") {
  struct Case {
    const char* database;
    const char* command;
  };
  const auto c = GENERATE(values<Case>({
      {"", "psql -v ON_ERROR_STOP=1 -d DATABASE -f fix.sql"},
      {"shop", "psql -v ON_ERROR_STOP=1 -d shop -f fix.sql"},
      {"a=b", "psql -v ON_ERROR_STOP=1 -d 'dbname='\\''a=b'\\''' -f fix.sql"},
      {"='\\", "psql -v ON_ERROR_STOP=1 -d 'dbname='\\''=\\'\\''\\\\'\\''' -f fix.sql"},
      {"postgres://x", "psql -v ON_ERROR_STOP=1 -d 'dbname='\\''postgres://x'\\''' -f fix.sql"},
      {"postgres:x", "psql -v ON_ERROR_STOP=1 -d postgres:x -f fix.sql"},
  }));
  CHECK(psql_command(c.database, "fix.sql") == c.command);
}
