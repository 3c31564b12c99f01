// ESC-SUPER, ESC-SET, ESC-ADMIN, ESC-CREATEROLE: what attributes and memberships give.
//
//   GRANT db_owner TO app WITH ADMIN OPTION;     app may grant it to itself
//   ALTER ROLE app CREATEROLE;                   before 16: any role that is no superuser
//
// user.c, GrantRole, AddRoleMems, CreateRole; acl.c, is_admin_of_role.

#include <fmt/format.h>

#include "escalation/edge.hpp"
#include "model/bootstrap_superuser.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

std::string set_role_sql(const Context& context, RoleId role) {
  return fmt::format("SET ROLE {};", quote_identifier(context.cluster().role_name(role)));
}

std::string grant_to_self_sql(const Context& context, const Step& step) {
  return fmt::format("GRANT {} TO {};", quote_identifier(context.cluster().role_name(step.to.role)),
                     quote_identifier(context.cluster().role_name(step.from)));
}

}  // namespace

void find_superuser(const Context& context, std::vector<Offer>& offers) {
  for (std::uint32_t i = 0; i < context.cluster().roles.size(); ++i) {
    if (!context.cluster().roles[i].superuser) continue;
    Offer offer;
    offer.holder = RoleId{i};
    offer.to.power = Power::superuser;
    offers.push_back(std::move(offer));
  }
}

void describe_superuser(const Context& context, const Offer&, Step& step) {
  step.how = fmt::format("{} is SUPERUSER", context.shown(step.from));
  if (is_bootstrap_superuser(context.cluster().role(step.from))) return;
  step.cut = {ChangeAttribute{step.from, RoleAttribute::superuser, false}};
}

void find_set_role(const Context& context, std::vector<Offer>& offers) {
  for (const auto& m : context.cluster().memberships) {
    if (!m.set) continue;
    Offer offer;
    offer.holder = m.member;
    offer.as = Mode::session;
    offer.to.role = m.role;
    offers.push_back(std::move(offer));
  }
}

void describe_set_role(const Context& context, const Offer&, Step& step) {
  step.how =
      fmt::format("{} may SET ROLE {}", context.shown(step.from), context.shown(step.to.role));
  step.statements = {set_role_sql(context, step.to.role)};
  step.cut = {ChangeMembership{false, step.to.role, step.from}};
}

void find_admin(const Context& context, std::vector<Offer>& offers) {
  for (const auto& m : context.cluster().memberships) {
    if (!m.admin || context.cluster().role(m.role).superuser) continue;
    Offer offer;
    offer.holder = m.member;
    // Before 16 the option is any member's (acl.c, is_admin_of_role).
    offer.holding = context.cluster().major() < 16 ? Holding::members : Holding::inherits;
    offer.to.role = m.role;
    offers.push_back(std::move(offer));
  }
}

void describe_admin(const Context& context, const Offer& offer, Step& step) {
  step.how = fmt::format("{} has ADMIN on {} and may grant it to itself",
                         context.shown(step.from, offer.holder), context.shown(step.to.role));
  step.statements = {grant_to_self_sql(context, step), set_role_sql(context, step.to.role)};
  step.cut = {ChangeMembership{false, step.to.role, offer.holder}};
}

void find_create_role(const Context& context, std::vector<Offer>& offers) {
  for (std::uint32_t i = 0; i < context.cluster().roles.size(); ++i) {
    const auto& role = context.cluster().roles[i];
    if (!role.createrole || role.superuser) continue;
    Offer offer;
    offer.holder = RoleId{i};
    offer.to.power = Power::any_role;
    offers.push_back(std::move(offer));
  }
}

void describe_create_role(const Context& context, const Offer&, Step& step) {
  step.cut = {ChangeAttribute{step.from, RoleAttribute::createrole, false}};
  if (step.to.role == no_role) {
    step.how = fmt::format("{} has CREATEROLE and may grant itself any role that is no superuser",
                           context.shown(step.from));
    return;
  }
  step.how = fmt::format("{} has CREATEROLE and may grant itself {}", context.shown(step.from),
                         context.shown(step.to.role));
  step.statements = {grant_to_self_sql(context, step), set_role_sql(context, step.to.role)};
}

}  // namespace pgleast
