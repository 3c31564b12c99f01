#pragma once
// `select` as SQL's own words are written: `SELECT`. Of ASCII alone, as lower_case().

#include <string>
#include <string_view>

namespace pgleast {

inline std::string upper_case(std::string_view text) {
  std::string result(text);
  for (auto& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

}  // namespace pgleast
