// ESC-VIEW, ESC-MATVIEW, ESC-RULE: what is read or written by way of a view or rule is as its
// owner, not as who uses it (rewriteHandler.c, fireRIRrules; security_invoker: 15+); what a
// materialized view holds was read by its owner.
//
//   CREATE VIEW vip AS SELECT * FROM customers;  GRANT SELECT ON vip TO app;

#include <fmt/format.h>

#include <algorithm>

#include "escalation/edge.hpp"
#include "privileges/row_access.hpp"

namespace pgleast {
namespace {

// Relations that the holder of the view has no such privilege on itself.
std::vector<CodeUse> beyond(const World& world, RoleId holder, const Code& code) {
  std::vector<CodeUse> result;
  for (const auto& use : code.uses) {
    const auto& table = world.cluster().object(use.object);
    if (table.kind != ObjectKind::table || table.system) continue;
    const auto own = holder == public_role
                         ? granted_to(world.cluster().effective_acl(table), public_role)
                         : world.graph().held(holder, table).privileges;
    if (!own.covers(use.privileges)) result.push_back(use);
  }
  return result;
}

void offer_uses(const World& world, ObjectId by, Privilege privilege, const Code& code,
                std::vector<Offer>& offers) {
  const auto& object = world.cluster().object(by);
  if (object.system || object.extension) return;
  std::vector<Offer> holders;
  world.offer_to_holders(by, privilege, {}, holders, object.owner);
  for (auto& offer : holders) {
    const auto reached = beyond(world, offer.holder, code);
    if (reached.empty() && code.unknown.empty()) continue;
    offer.to.power = Power::owners_rows;
    offer.objects = {by};
    offer.all = {{object.schema, Privilege::usage}};
    offer.certain = !reached.empty();
    offer.item = static_cast<std::size_t>(privilege);
    offer.why = reached.empty() ? code.unknown : world.shown(reached.front().object);
    offers.push_back(std::move(offer));
  }
}

void offer_bodies(const World& world, char relkind, std::vector<Offer>& offers) {
  for (const auto& body : world.cluster().bodies) {
    const auto& object = world.cluster().object(body.of);
    if (object.kind != ObjectKind::table) continue;
    const auto& relation = world.cluster().relation(object);
    if (relation.relkind != relkind) continue;
    if (relkind == 'v' && is_security_invoker(world.cluster(), object)) continue;
    offer_uses(world, body.of, Privilege::select, body.code, offers);
  }
}

void tell_use(const World& world, const Offer& offer, std::string_view how, Step& step) {
  const auto by = offer.objects.front();
  step.how = offer.certain
                 ? fmt::format("{} {} {} as {}, by {}", world.shown(step.from), how, offer.why,
                               world.shown(world.cluster().object(by).owner), world.shown(by))
                 : fmt::format("{} uses {}, which cannot be followed: {}", world.shown(step.from),
                               world.shown(by), offer.why);
  step.cut = world.revoked(offer, step.from, static_cast<Privilege>(offer.item));
}

}  // namespace

void find_view(const World& world, std::vector<Offer>& offers) { offer_bodies(world, 'v', offers); }

void tell_view(const World& world, const Offer& offer, Step& step) {
  tell_use(world, offer, "reads", step);
  step.statements = {fmt::format("TABLE {};", world.sql(offer.objects.front()))};
}

void find_materialized_view(const World& world, std::vector<Offer>& offers) {
  offer_bodies(world, 'm', offers);
}

void tell_materialized_view(const World& world, const Offer& offer, Step& step) {
  tell_use(world, offer, "reads what was in", step);
  step.statements = {fmt::format("TABLE {};", world.sql(offer.objects.front()))};
}

void find_rule(const World& world, std::vector<Offer>& offers) {
  for (const auto& a : world.cluster().attachments) {
    if (a.kind != Attachment::Kind::rule || !a.enabled) continue;
    a.on.each([&](Privilege p) { offer_uses(world, a.relation, p, a.code, offers); });
  }
}

void tell_rule(const World& world, const Offer& offer, Step& step) {
  tell_use(world, offer, "reads or writes", step);
}

}  // namespace pgleast
