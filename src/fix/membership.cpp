// GRANT and REVOKE of roles. From version 16 each membership belongs to its grantor, and
// what the member granted on goes with it; before, there is one for each pair.

#include <fmt/format.h>

#include <algorithm>

#include "fix/statement.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

std::string granted_by(const Cluster& cluster, const Membership& m) {
  if (cluster.major() < 16 || m.grantor == no_role || cluster.role(m.grantor).dropped) return "";
  return " GRANTED BY " + quote_identifier(cluster.role_name(m.grantor));
}

std::string grant_sql(const Cluster& cluster, const Membership& m) {
  std::string options;
  if (cluster.major() >= 16) {
    options = fmt::format(" WITH ADMIN {}, INHERIT {}, SET {}", m.admin ? "TRUE" : "FALSE",
                          m.inherit ? "TRUE" : "FALSE", m.set ? "TRUE" : "FALSE");
  } else if (m.admin) {
    options = " WITH ADMIN OPTION";
  }
  return fmt::format("GRANT {} TO {}{}{};", quote_identifier(cluster.role_name(m.role)),
                     quote_identifier(cluster.role_name(m.member)), options,
                     granted_by(cluster, m));
}

// The memberships that exist only because `member` administers `role`.
void collect_dependents(const Cluster& cluster, RoleId role, RoleId member,
                        std::vector<std::size_t>& gone) {
  for (std::size_t i = 0; i < cluster.memberships.size(); ++i) {
    const auto& m = cluster.memberships[i];
    if (m.role != role || m.grantor != member) continue;
    if (std::find(gone.begin(), gone.end(), i) != gone.end()) continue;
    gone.push_back(i);
    collect_dependents(cluster, role, m.member, gone);
  }
}

Statements revoke(Cluster& model, const ChangeMembership& remedy) {
  Statements result;
  std::vector<std::size_t> gone;
  for (std::size_t i = 0; i < model.memberships.size(); ++i) {
    const auto& m = model.memberships[i];
    if (m.role == remedy.role && m.member == remedy.member) gone.push_back(i);
  }
  const auto direct = gone.size();
  if (model.major() >= 16) collect_dependents(model, remedy.role, remedy.member, gone);
  for (std::size_t i = 0; i < direct; ++i) {
    const auto& m = model.memberships[gone[i]];
    result.sql.push_back(fmt::format("REVOKE {} FROM {}{}{};",
                                     quote_identifier(model.role_name(m.role)),
                                     quote_identifier(model.role_name(m.member)),
                                     granted_by(model, m), gone.size() > direct ? " CASCADE" : ""));
  }
  for (const auto i : gone) result.undo.push_back(grant_sql(model, model.memberships[i]));
  std::sort(gone.rbegin(), gone.rend());
  for (const auto i : gone) {
    model.memberships.erase(model.memberships.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return result;
}

}  // namespace

Statements enact(Cluster& model, const ChangeMembership& remedy) {
  if (!remedy.grant) return revoke(model, remedy);
  const auto role = quote_identifier(model.role_name(remedy.role));
  const auto member = quote_identifier(model.role_name(remedy.member));
  const bool inherits = model.major() >= 16 || model.role(remedy.member).inherit;
  model.memberships.push_back({remedy.role, remedy.member, no_role, false, inherits, true});
  return {no_object,
          {fmt::format("GRANT {} TO {};", role, member)},
          {fmt::format("REVOKE {} FROM {};", role, member)},
          false,
          {}};
}

}  // namespace pgleast
