#include "pg/regex_syntax.hpp"

#include "support/catch.hpp"

using pgleast::regex_error;

TEST_CASE("regular expressions that the server takes", "[pg][regex]") {
  const std::string pattern = GENERATE(
      as<std::string>{}, "", "^app_(ro|rw)$", "a|", "()", "a{2,3}?", "a{", "a{,2}", "[]a]", "[^]-]",
      "[a-]", "[[:alpha:]_]+", "[[.hyphen.]-z]", "(a)\\1", "\\d+\\.\\w", "***=(", "***:a", "(?i)A",
      "(?=a)b", "(?#note)a", "[[:<:]]a", "\\777", "]", "}", "\xff+", "(?x) a # b");
  CAPTURE(pattern);
  CHECK_FALSE(regex_error(pattern).has_value());
}

TEST_CASE("regular expressions that the server refuses", "[pg][regex]") {
  struct Case {
    std::string pattern;
    std::string why;
  };
  const auto c = GENERATE(values<Case>({
      {"(", "parentheses () not balanced"},       {"a)", "parentheses () not balanced"},
      {"[a", "brackets [] not balanced"},         {"a**", "quantifier operand invalid"},
      {"^*", "quantifier operand invalid"},       {"(?=a)*", "quantifier operand invalid"},
      {"a{3,2}", "invalid repetition count(s)"},  {"a{256}", "invalid repetition count(s)"},
      {"a{2", "braces {} not balanced"},          {"[b-a]", "invalid character range"},
      {"[a-b-c]", "invalid character range"},     {"[b-a", "brackets [] not balanced"},
      {"[b-a\\q]", "invalid escape \\ sequence"}, {"[a-\\d", "invalid character range"},
      {"[[:foo:]]", "invalid character class"},   {"[[.foo.]]", "invalid collating element"},
      {"\\", "invalid escape \\ sequence"},       {"\\q", "invalid escape \\ sequence"},
      {"\\1", "invalid backreference number"},    {"(a\\1)", "invalid backreference number"},
      {"(?z)a", "invalid embedded option"},
  }));
  CAPTURE(c.pattern);
  CHECK(regex_error(c.pattern) == c.why);
}

TEST_CASE("nesting is no danger", "[pg][regex]") {
  const std::string deep(1'000'000, '(');
  CHECK(regex_error(deep).has_value());
  CHECK_FALSE(regex_error(deep + std::string(deep.size(), ')')).has_value());
}
