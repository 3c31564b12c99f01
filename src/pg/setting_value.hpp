#pragma once
// Values of settings, as the server reads them from a file and as SHOW prints them
// (guc.c, parse_and_validate_value; bool.c):
//
//   work_mem = 4096    ->  4MB        ssl = tru         ->  on
//   work_mem = 4mb     ->  refused    wal_level = Logical  ->  logical

#include <optional>
#include <string>
#include <string_view>

#include "pg/setting_table.hpp"

namespace pgleast {

/// Unique prefixes of true, false, yes, no, on, off, any case, and 1 and 0.
std::optional<bool> parse_bool(std::string_view text);

/// A number with or without a unit, in the base unit (`unit` of SettingInfo). Units are
/// case-sensitive. Integers round as the server rounds them.
std::optional<double> parse_quantity(std::string_view text, const SettingInfo& info);

/// The enumerator that `text` names, any case, hidden spellings included.
std::optional<std::string> parse_enum(std::string_view text, const SettingInfo& info);

/// What is left of `text` once the server took it, as SHOW prints it: `4MB`, `on`,
/// `replica`, `0777`. Absent: the server refuses it. Strings are taken as they are, but for
/// the few whose own check needs nothing but the value.
std::optional<std::string> shown_value(std::string_view text, const SettingInfo& info);

/// Why the server would refuse `text`; absent when it would not.
std::optional<std::string> value_error(std::string_view text, const SettingInfo& info);

}  // namespace pgleast
