#pragma once
// The extensions that come with PostgreSQL: what their functions do is known.

#include <string_view>

namespace pgleast {

/// Of any version.
bool is_own_extension(std::string_view name);

}  // namespace pgleast
