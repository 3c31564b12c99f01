#include "pg/version.hpp"

#include <charconv>

namespace pgleast {
namespace {

std::optional<int> number_of(std::string_view digits) {
  int number = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || at != end || number < 0 || number > 9999) return std::nullopt;
  return number;
}

}  // namespace

std::optional<int> version_named(std::string_view text) {
  const auto dot = text.find('.');
  const auto major = number_of(text.substr(0, dot));
  if (!major) return std::nullopt;
  for (const auto& known : known_versions) {
    if (known.major != *major) continue;
    if (dot == std::string_view::npos) return version_num_of(known);
    const auto minor = number_of(text.substr(dot + 1));
    if (!minor) return std::nullopt;
    return known.major * 10000 + *minor;
  }
  return std::nullopt;
}

}  // namespace pgleast
