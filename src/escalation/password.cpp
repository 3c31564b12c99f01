// ESC-PASSWORD: from 16 on CREATEROLE sets the password of a role that it administers, and logs
// in as it: attributes of the login come with that, which SET ROLE does not give (user.c,
// AlterRole). Before 16 ESC-CREATEROLE is more.
//
//   ALTER ROLE api CREATEROLE;  GRANT standby TO api WITH ADMIN TRUE, SET FALSE;
//
// Every role sets its own. So code that runs as one, and a session that became it, lead to a login
// as it where a record takes a password: from there it may SET ROLE, and replicate.

#include <fmt/format.h>

#include "connections/login.hpp"
#include "escalation/edge.hpp"

namespace pgleast {
namespace {

std::optional<RoleSet> let_in_by_password(const Context& context) {
  return context.logs_in([](const HbaRecord& r) {
    return r.method == "trust" || r.method == "password" || r.method == "md5" ||
           r.method == "scram-sha-256";
  });
}

}  // namespace

void find_password(const Context& context, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  std::vector<RoleId> makers;
  for (std::uint32_t i = 0; i < cluster.roles.size(); ++i) {
    if (cluster.roles[i].createrole && !cluster.roles[i].superuser) makers.push_back(RoleId{i});
  }
  if (makers.empty()) return;
  const auto admitted = let_in_by_password(context);
  for (const auto& m : cluster.memberships) {
    if (!m.admin || cluster.role(m.role).superuser) continue;
    if (admitted && !admitted->has(m.role)) continue;
    for (const auto maker : makers) {
      if (maker == m.role || !context.graph().reach(maker, Closure::members).has(m.member))
        continue;
      Offer offer;
      offer.holder = maker;
      offer.to.role = m.role;
      offer.becomes = Mode::login;
      offer.certain = admitted.has_value();
      offers.push_back(std::move(offer));
    }
  }
}

std::vector<Offer> own_passwords(const Context& context) {
  std::vector<Offer> result;
  const auto& roles = context.cluster().roles;
  const auto admitted = let_in_by_password(context);
  for (std::uint32_t i = 0; i < roles.size(); ++i) {
    const RoleId role{i};
    if (roles[i].superuser || (admitted && !admitted->has(role))) continue;
    if (!why_no_session(context.graph(), role, {}).empty()) continue;
    Offer offer;
    offer.holder = role;
    offer.to.role = role;
    offer.becomes = Mode::login;
    offer.itself = true;
    offer.certain = admitted.has_value();
    result.push_back(std::move(offer));
  }
  return result;
}

void describe_password(const Context& context, const Offer& offer, Step& step) {
  if (offer.itself) {
    step.how = fmt::format("{} sets its own password and logs in", context.shown(step.from));
    if (!offer.certain) step.how += ", unless pg_hba.conf, which was not read, keeps that role out";
    step.statements = {"ALTER ROLE CURRENT_USER PASSWORD 'changeme';"};
    return;
  }
  step.how = fmt::format("{} has CREATEROLE and ADMIN on {}: it may set its password and log in",
                         context.shown(step.from), context.shown(step.to.role));
  if (!offer.certain) step.how += ", unless pg_hba.conf, which was not read, keeps that role out";
  step.statements = {
      fmt::format("ALTER ROLE {} LOGIN PASSWORD 'changeme';", context.sql(step.to.role))};
  step.cut = {ChangeAttribute{step.from, RoleAttribute::createrole, false}};
}

}  // namespace pgleast
