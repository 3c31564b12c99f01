#pragma once
// Passwords inside values: where a setting can hold one, and how it is left out.
//
//   primary_conninfo = 'host=a password=s3cret user=r'  ->  host=a password=******** user=r

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgleast {

inline constexpr std::string_view secret_mask = "********";

/// Half-open ranges of `text` that are passwords: `password=...`, `sslpassword=...`,
/// `PGPASSWORD=...`, `//user:...@host`, `pass:...`. In order, not overlapping.
std::vector<std::pair<std::size_t, std::size_t>> secrets_in(std::string_view text);

/// `text` with every secret replaced by ********.
std::string masked_text(std::string_view text);

/// The value of that setting without what is secret in it.
std::string masked_setting(std::string_view name, std::string_view value);
/// The same of `name=value`.
std::string masked_option(std::string_view option);

}  // namespace pgleast
