#include "fix/plain_sql.hpp"

#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("a statement for a file has no raw control byte between quotes", "[fix][script]") {
  struct Case {
    const char* statement;
    const char* expected;
  };
  const auto c = GENERATE(values<Case>({
      {"DROP ROLE \"plain\";", "DROP ROLE \"plain\";"},
      {"DROP ROLE \"a\x1b[31m\";", "DROP ROLE U&\"a\\001B[31m\";"},
      {"DROP ROLE \"a\nb\\c\"\"d\";", "DROP ROLE U&\"a\\000Ab\\\\c\"\"d\";"},
      {"SELECT 'a\tb';", "SELECT E'a\\x09b';"},
      {"SELECT 'it''s\\\x7f';", "SELECT E'it''s\\\\\\x7f';"},
      {"SELECT E'a\\\\\r';", "SELECT E'a\\\\\\x0d';"},
      {"SELECT 'a' || \"b\x01\" || 'c';", "SELECT 'a' || U&\"b\\0001\" || 'c';"},
      {"ALTER SYSTEM SET a = 'x\ny'", "ALTER SYSTEM SET a = E'x\\x0ay'"},
  }));
  CHECK(plain_sql(c.statement) == c.expected);
}
