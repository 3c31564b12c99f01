#pragma once
// The value of synchronous_standby_names (syncrep_gram.y): `a, b`, `2 (a, "b c")`, `ANY 1 (*)`.

#include <string_view>

namespace pgleast {

/// Whether the server takes it; `major` is the version. Empty means no standby.
bool is_standby_names(std::string_view text, int major);

}  // namespace pgleast
