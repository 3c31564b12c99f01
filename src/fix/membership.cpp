// GRANT and REVOKE of roles. From version 16 each membership belongs to its grantor, and
// what the member granted on goes with it; before, there is one for each pair.

#include <fmt/format.h>

#include <algorithm>

#include "fix/statement.hpp"
#include "model/bootstrap_superuser.hpp"
#include "pg/identifier.hpp"
#include "privileges/membership_revoke.hpp"

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

Statements revoke(Cluster& model, const ChangeMembership& remedy) {
  Statements result;
  const auto next = [&] {
    return std::find_if(model.memberships.begin(), model.memberships.end(), [&](const auto& m) {
      return m.role == remedy.role && m.member == remedy.member;
    });
  };
  // What one statement takes along needs none of its own.
  for (auto m = next(); m != model.memberships.end(); m = next()) {
    MembershipRevoke plan(model.memberships, remedy.role, model.major());
    plan.revoke_at(static_cast<std::size_t>(m - model.memberships.begin()));
    result.sql.push_back(
        fmt::format("REVOKE {} FROM {}{}{};", quote_identifier(model.role_name(m->role)),
                    quote_identifier(model.role_name(m->member)), granted_by(model, *m),
                    plan.gone().size() > 1 ? " CASCADE" : ""));
    for (const auto gone : plan.gone()) {
      result.undo.push_back(grant_sql(model, model.memberships[gone]));
    }
    plan.carry_out(model.memberships);
  }
  return result;
}

}  // namespace

Statements enact(Cluster& model, const ChangeMembership& remedy) {
  if (!remedy.grant) return revoke(model, remedy);
  const auto role = quote_identifier(model.role_name(remedy.role));
  const auto member = quote_identifier(model.role_name(remedy.member));
  // user.c, AddRoleMems: what no option says is as the member's attribute is.
  const bool inherits = model.role(remedy.member).inherit;
  model.memberships.push_back(
      {remedy.role, remedy.member, bootstrap_superuser(model), false, inherits, true});
  return {no_object,
          {fmt::format("GRANT {} TO {};", role, member)},
          {fmt::format("REVOKE {} FROM {};", role, member)},
          false,
          {}};
}

}  // namespace pgleast
