#pragma once
// The names of what lies in information_schema, its types included: `tables`, `yes_or_no`.

#include <string_view>

namespace pgleast {

/// Not those of its own that begin with `_pg_`.
bool is_of_information_schema(std::string_view name);

}  // namespace pgleast
