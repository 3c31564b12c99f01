#include "access/assumed_holders.hpp"

#include <fmt/format.h>

#include "pg/predefined_role.hpp"
#include "text/display.hpp"

namespace pgleast {

std::optional<Unseen> unknown_beyond(const Assumptions& assumptions) {
  std::vector<std::string> names;
  for (const auto& a : assumptions.made) names.push_back(called(a));
  if (!assumptions.left_out.empty()) {
    return Unseen{assumptions.left_out.front(), "audit a server on which it was run"};
  }
  if (names.empty()) return std::nullopt;
  const bool one = names.size() == 1;
  const auto* const what = assumptions.any_object() ? "is there, and who holds it,"
                           : one                    ? "it may do"
                                                    : "they may do";
  return Unseen{fmt::format("{} {} assumed: what else {} is not known", listed(names, 3),
                            one ? "is" : "are", what),
                "say what is there with --assume FILE"};
}

std::vector<bool> may_hold_more(const Cluster& cluster, const Assumptions& assumptions) {
  const auto& roles = cluster.roles;
  std::vector<bool> result(roles.size(), assumptions.any_object());
  for (std::size_t i = 0; i < roles.size() && assumptions.any_role(); ++i) {
    // A role that was there before may be a member of one that was.
    const auto& name = roles[i].name;
    if (assumptions.has_role(name) || is_reserved_role_name(name)) result[i] = true;
  }
  for (bool changed = assumptions.any_role(); changed;) {
    changed = false;
    for (const auto& m : cluster.memberships) {
      if (!result[index(m.role)] || result[index(m.member)]) continue;
      result[index(m.member)] = changed = true;
    }
  }
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (roles[i].superuser) result[i] = false;  // there is nothing more
  }
  return result;
}

}  // namespace pgleast
