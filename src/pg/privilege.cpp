#include "pg/privilege.hpp"

#include <cctype>

namespace pgleast {

std::optional<Privilege> privilege_named(std::string_view keyword) {
  std::string upper;
  for (const char c : keyword) {
    upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  if (upper == "TEMP") return Privilege::temporary;
  for (const auto& p : privileges) {
    if (p.keyword == upper) return p.privilege;
  }
  return std::nullopt;
}

std::string to_string(PrivilegeSet set) {
  std::string result;
  set.each([&](Privilege p) {
    if (!result.empty()) result += ", ";
    result += info(p).keyword;
  });
  return result;
}

}  // namespace pgleast
