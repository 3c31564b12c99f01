// ESC-TRIGGER, ESC-POLICY, ESC-DEFAULT, ESC-INDEX-EXPR, ESC-VIEWCODE: code that the owner of a
// table or view, or who has TRIGGER on it, puts there runs as whoever uses it (trigger.c; manual
// sections 38.1, 5.8, CREATE VIEW).
//
//   app owns orders;  GRANT INSERT ON orders TO billing;     a trigger of app's runs as billing
//
// Whom nothing was granted uses it all the same if it is a superuser: that is not told.

#include <fmt/format.h>

#include "escalation/edge.hpp"

namespace pgleast {
namespace {

PrivilegeSet writing() {
  return PrivilegeSet(Privilege::insert) | Privilege::update | Privilege::delete_ |
         Privilege::truncate;
}

Goal whoever(RoleId user) {
  if (user == public_role) return {no_role, Power::any_role};
  return {user, std::nullopt};
}

Offer attached(const World& world, RoleId holder, RoleId user, ObjectId table) {
  Offer offer;
  offer.holder = holder;
  offer.holding = Holding::inherits;
  offer.to = whoever(user);
  offer.objects = {table};
  offer.any = {{world.cluster().object(table).database, Privilege::create, true}};
  offer.needs_victim = true;
  return offer;
}

// From the owner of what is of that kind to whoever has one of the privileges on it.
void offer_owners(const World& world, char relkind, PrivilegeSet privileges, bool superusers,
                  std::vector<Offer>& offers) {
  std::pair<RoleId, RoleId> last{no_role, no_role};
  for (const auto& [use, table] : world.uses()) {
    if (use.relkind != relkind || !privileges.has(use.privilege)) continue;
    if (last == std::pair(use.owner, use.grantee)) continue;
    last = {use.owner, use.grantee};
    if (world.cluster().role(use.owner).superuser) continue;
    if (!superusers && use.grantee != public_role && world.cluster().role(use.grantee).superuser) {
      continue;
    }
    auto offer = attached(world, use.owner, use.grantee, table);
    offer.item = privileges.bits();
    offers.push_back(std::move(offer));
  }
}

// Who uses what it was granted cannot be stopped but by taking that away.
void tell_owner(const World& world, const Offer& offer, std::string_view what, std::string_view use,
                Step& step) {
  const auto user = offer.to.power ? public_role : offer.to.role;
  step.how = fmt::format("{} owns {} and may put {} there that runs as {} when it {} it",
                         world.shown(step.from, offer.holder), world.shown(offer.objects), what,
                         offer.to.power ? "everybody" : world.shown(user), use);
  PrivilegeSet used;
  for (const auto& p : privileges) {
    if ((offer.item >> static_cast<unsigned>(p.privilege) & 1U) != 0) used |= p.privilege;
  }
  step.cut = {ChangePrivileges{false, offer.objects.front(), std::nullopt, user, used}};
}

}  // namespace

void find_trigger(const World& world, std::vector<Offer>& offers) {
  offer_owners(world, 'r', writing(), true, offers);
  for (const auto& [use, table] : world.uses()) {
    if (use.privilege != Privilege::trigger || use.relkind != 'r') continue;
    if (use.grantee != public_role && world.cluster().role(use.grantee).superuser) continue;
    offers.push_back(attached(world, use.grantee, use.owner, table));
  }
}

void tell_trigger(const World& world, const Offer& offer, Step& step) {
  const auto table = offer.objects.front();
  step.statements = {fmt::format(
      "CREATE TRIGGER t BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION ...;", world.sql(table))};
  if (offer.item != 0) return tell_owner(world, offer, "a trigger", "writes", step);
  step.how = fmt::format("{} has TRIGGER on {} of {}: its trigger runs as that when it writes",
                         world.shown(step.from, offer.holder), world.shown(table),
                         world.shown(offer.to.role));
  step.cut = {ChangePrivileges{false, table, std::nullopt, offer.holder, Privilege::trigger}};
}

void find_policy(const World& world, std::vector<Offer>& offers) {
  offer_owners(world, 'r', PrivilegeSet(Privilege::select) | Privilege::update | Privilege::delete_,
               false, offers);
}

void tell_policy(const World& world, const Offer& offer, Step& step) {
  step.statements = {
      fmt::format("CREATE POLICY p ON {} USING (f());", world.sql(offer.objects.front())),
      fmt::format("ALTER TABLE {} ENABLE ROW LEVEL SECURITY;", world.sql(offer.objects.front()))};
  tell_owner(world, offer, "a policy", "reads", step);
}

void find_default(const World& world, std::vector<Offer>& offers) {
  offer_owners(world, 'r', Privilege::insert, true, offers);
}

void tell_default(const World& world, const Offer& offer, Step& step) {
  step.statements = {fmt::format("ALTER TABLE {} ALTER COLUMN c SET DEFAULT f();",
                                 world.sql(offer.objects.front()))};
  tell_owner(world, offer, "a default", "inserts into", step);
}

void find_index_expression(const World& world, std::vector<Offer>& offers) {
  offer_owners(world, 'r', PrivilegeSet(Privilege::insert) | Privilege::update, true, offers);
}

void tell_index_expression(const World& world, const Offer& offer, Step& step) {
  step.statements = {fmt::format("CREATE INDEX ON {} ((f(c)));", world.sql(offer.objects.front()))};
  tell_owner(world, offer, "an index expression", "writes", step);
}

void find_view_code(const World& world, std::vector<Offer>& offers) {
  offer_owners(world, 'v', Privilege::select, true, offers);
}

void tell_view_code(const World& world, const Offer& offer, Step& step) {
  step.statements = {fmt::format("CREATE OR REPLACE VIEW {} AS SELECT ... WHERE f();",
                                 world.sql(offer.objects.front()))};
  tell_owner(world, offer, "a function", "reads", step);
}

}  // namespace pgleast
