#pragma once
// What kind of error the server raises, by the names that PL/pgSQL knows it by:
//
//   EXCEPTION WHEN undefined_table OR duplicate_object THEN ...
//   EXCEPTION WHEN SQLSTATE '42P01' THEN ...
//   EXCEPTION WHEN syntax_error_or_access_rule_violation THEN ...    all of class 42

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace pgleast {

/// The number of `42P01`: six bits a character.
constexpr std::uint32_t sqlstate(std::string_view code) {
  std::uint32_t number = 0;
  for (const char c : code) number = number << 6U | static_cast<std::uint32_t>(c - '0');
  return number;
}

/// A SQLSTATE. Named are those that statements are refused with (errcodes.txt); RAISE may give any.
enum class Condition : std::uint32_t {
  active_sql_transaction = sqlstate("25001"),
  ambiguous_function = sqlstate("42725"),
  assert_failure = sqlstate("P0004"),
  cardinality_violation = sqlstate("21000"),
  datatype_mismatch = sqlstate("42804"),
  dependent_objects_still_exist = sqlstate("2BP01"),
  duplicate_column = sqlstate("42701"),
  duplicate_database = sqlstate("42P04"),
  duplicate_function = sqlstate("42723"),
  duplicate_object = sqlstate("42710"),
  duplicate_schema = sqlstate("42P06"),
  duplicate_table = sqlstate("42P07"),
  feature_not_supported = sqlstate("0A000"),
  in_failed_sql_transaction = sqlstate("25P02"),
  insufficient_privilege = sqlstate("42501"),
  internal_error = sqlstate("XX000"),
  invalid_authorization_specification = sqlstate("28000"),
  invalid_catalog_name = sqlstate("3D000"),  // no such database
  invalid_function_definition = sqlstate("42P13"),
  invalid_grant_operation = sqlstate("0LP01"),
  invalid_name = sqlstate("42602"),
  invalid_object_definition = sqlstate("42P17"),
  invalid_parameter_value = sqlstate("22023"),
  invalid_savepoint_specification = sqlstate("3B001"),
  invalid_schema_name = sqlstate("3F000"),  // no such schema
  invalid_table_definition = sqlstate("42P16"),
  no_active_sql_transaction = sqlstate("25P01"),
  no_data_found = sqlstate("P0002"),
  null_value_not_allowed = sqlstate("22004"),
  object_in_use = sqlstate("55006"),
  object_not_in_prerequisite_state = sqlstate("55000"),
  query_canceled = sqlstate("57014"),
  raise_exception = sqlstate("P0001"),
  reserved_name = sqlstate("42939"),
  stacked_diagnostics_accessed_without_active_handler = sqlstate("0Z002"),
  syntax_error = sqlstate("42601"),
  undefined_column = sqlstate("42703"),
  undefined_function = sqlstate("42883"),
  undefined_object = sqlstate("42704"),
  undefined_table = sqlstate("42P01"),
  unique_violation = sqlstate("23505"),
  wrong_object_type = sqlstate("42809"),
};

/// `42P01`: five digits and capital letters.
std::optional<Condition> condition_of_sqlstate(std::string_view code);

/// What `WHEN name` or `RAISE name` speaks of; more than one for some names, none for `others` and
/// what is no name. A SQLSTATE is the name of itself.
std::vector<Condition> conditions_named(std::string_view name);

/// Whether `WHEN name` takes an error (pl_exec.c, exception_matches_conditions).
bool is_handled_by(Condition raised, std::string_view name);

/// What is named is not there, and no more is wrong than that.
constexpr bool is_absence(Condition condition) {
  return condition == Condition::undefined_table || condition == Condition::undefined_column ||
         condition == Condition::undefined_function || condition == Condition::undefined_object ||
         condition == Condition::invalid_schema_name ||
         condition == Condition::invalid_catalog_name;
}

}  // namespace pgleast
