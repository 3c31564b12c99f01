#include "policy/policy.hpp"

#include <algorithm>

namespace pgleast {

const RoleClass* Policy::find_class(const std::string& wanted) const {
  const auto found = std::find_if(classes.begin(), classes.end(),
                                  [&](const RoleClass& c) { return c.name == wanted; });
  return found == classes.end() ? nullptr : &*found;
}

const Rule* Policy::find_rule(std::string_view id) const {
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const Rule& r) { return r.id == id; });
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace pgleast
