#include "pg/condition.hpp"

#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("the name of an error stands for its SQLSTATE", "[pg][condition]") {
  struct Case {
    std::string name;
    std::vector<Condition> expected;
  };
  const auto c = GENERATE(values<Case>({
      {"undefined_table", {Condition::undefined_table}},
      {"42P01", {Condition::undefined_table}},
      {"invalid_schema_name", {Condition::invalid_schema_name}},
      {"null_value_not_allowed", {Condition::null_value_not_allowed, Condition{sqlstate("39004")}}},
      {"division_by_zero", {Condition{sqlstate("22012")}}},
      {"12345", {Condition{sqlstate("12345")}}},
      {"others", {}},
      {"undefined_database", {}},  // a name of the server's own code alone
      {"warning", {}},
      {"42p01", {}},
      {"", {}},
  }));
  CAPTURE(c.name);
  CHECK(conditions_named(c.name) == c.expected);
}

TEST_CASE("a handler takes an error by name, SQLSTATE or class", "[pg][condition]") {
  struct Case {
    Condition raised;
    std::string handler;
    bool expected;
  };
  const auto c = GENERATE(values<Case>({
      {Condition::undefined_table, "undefined_table", true},
      {Condition::undefined_table, "42P01", true},
      {Condition::undefined_table, "undefined_object", false},
      {Condition::undefined_table, "syntax_error_or_access_rule_violation", true},
      {Condition::undefined_table, "42000", true},
      {Condition::undefined_table, "data_exception", false},
      {Condition::null_value_not_allowed, "data_exception", true},
      {Condition::feature_not_supported, "feature_not_supported", true},
      {Condition::raise_exception, "plpgsql_error", true},
      {Condition::raise_exception, "others", true},
      {Condition::assert_failure, "others", false},
      {Condition::assert_failure, "assert_failure", true},
      {Condition::query_canceled, "others", false},
  }));
  CAPTURE(c.handler);
  CHECK(is_handled_by(c.raised, c.handler) == c.expected);
}
