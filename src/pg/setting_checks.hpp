#pragma once
// What the server asks of the text of single settings beyond their type (the check hooks of
// guc_tables.c), where the answer hangs on the text alone:
//
//   DateStyle = 'ISO, SQL'                        two styles
//   synchronous_standby_names = 'ANY 2 (a, b'     no closing parenthesis
//
// What hangs on the machine or the database is taken as it is: names of time zones, locales,
// tablespaces, text search configurations.

#include <string_view>

#include "pg/setting_table.hpp"

namespace pgleast {

/// Of a value that is of its setting's type.
bool passes_own_check(std::string_view value, const SettingInfo& info, int major);

}  // namespace pgleast
