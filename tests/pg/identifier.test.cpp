#include "pg/identifier.hpp"

#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("a name is quoted so that it cannot become code", "[pg]") {
  struct Case {
    const char* name;
    const char* quoted;
    const char* shown;  // as ruleutils.c shows it in version 15
  };
  const auto c = GENERATE(values<Case>({
      {"orders", "\"orders\"", "orders"},
      {"Orders", "\"Orders\"", "\"Orders\""},
      {"select", "\"select\"", "\"select\""},
      {"x\"; DROP TABLE y; --", "\"x\"\"; DROP TABLE y; --\"", "\"x\"\"; DROP TABLE y; --\""},
      {"_a1", "\"_a1\"", "_a1"},
      {"1a", "\"1a\"", "\"1a\""},
      {"", "\"\"", "\"\""},
      {"json", "\"json\"", "json"},  // a keyword from 17 on
  }));
  CHECK(quote_identifier(c.name) == c.quoted);
  CHECK(shown_identifier(c.name, 15) == c.shown);
}

TEST_CASE("which words are keywords depends on the version", "[pg]") {
  CHECK(shown_identifier("json", 17) == "\"json\"");
  CHECK(shown_identifier("system_user", 15) == "system_user");
  CHECK(shown_identifier("system_user", 16) == "\"system_user\"");
}

TEST_CASE("a constant means the same whatever the server's settings are", "[pg]") {
  CHECK(quote_literal("it's") == "'it''s'");
  CHECK(quote_literal("a\\b'c") == "E'a\\\\b''c'");
}

TEST_CASE("a dollar-quoted block cannot be left", "[pg]") {
  CHECK(dollar_quote("x") == "$pgleast$x$pgleast$");
  CHECK(dollar_quote("x $pgleast$ y") == "$pgleast_$x $pgleast$ y$pgleast_$");
}
