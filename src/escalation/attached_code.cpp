// ESC-TRIGGER, ESC-POLICY, ESC-DEFAULT, ESC-INDEX-EXPR, ESC-VIEWCODE: code that the owner of a
// table or view, or who has TRIGGER on it, puts there runs as whoever uses it (trigger.c; manual
// sections 38.1, 5.8, CREATE VIEW).
//
//   app owns orders;  GRANT INSERT ON orders TO billing;     a trigger of app's runs as billing
//
// Whom nothing was granted uses it all the same if it is a superuser: that is not told.

#include <fmt/format.h>

#include <set>
#include <tuple>

#include "escalation/edge.hpp"
#include "escalation/own_code.hpp"

namespace pgleast {
namespace {

PrivilegeSet writing() {
  return PrivilegeSet(Privilege::insert) | Privilege::update | Privilege::delete_ |
         Privilege::truncate;
}

// It must be able to name the table, and to make a function, if only a temporary one.
Offer attached(const Context& context, RoleId holder, RoleId user, ObjectId id) {
  const auto& table = context.cluster().object(id);
  Offer offer;
  offer.holder = holder;
  offer.holding = Holding::inherits;
  offer.to = Context::whoever(user);
  offer.objects = {id};
  offer.all = {{table.schema, Privilege::usage}};
  offer.any = made_anywhere(table.database);
  offer.needs_victim = true;
  return offer;
}

// What an owner puts on one of his relations, and whom it then runs as.
struct Put {
  char relkind = 'r';
  PrivilegeSet privileges;     // whoever has one of them
  bool superusers = true;      // on these, too
  bool creates_there = false;  // it takes CREATE on the relation's schema
};

void offer_owners(const Context& context, const Put& put, std::vector<Offer>& offers) {
  std::set<std::tuple<RoleId, RoleId, ObjectId>> seen;
  for (const auto& [use, table] : context.uses()) {
    if (use.relkind != put.relkind || !put.privileges.has(use.privilege)) continue;
    if (context.cluster().role(use.owner).superuser) continue;
    const auto where = put.creates_there ? use.schema : no_object;
    for (const auto user : context.users(use.grantee, use.schema, use.owner)) {
      const bool exempt =
          !put.superusers && user != public_role && context.cluster().role(user).superuser;
      if (exempt || user == use.owner || !seen.emplace(use.owner, user, where).second) continue;
      auto offer = attached(context, use.owner, user, table);
      if (put.creates_there) offer.all.push_back({where, Privilege::create});
      offer.item = put.privileges.bits();
      offers.push_back(std::move(offer));
    }
  }
}

char kind_of(const Context& context, const Offer& offer) {
  const auto& table = context.cluster().object(offer.objects.front());
  const char kind = context.cluster().relation(table).relkind;
  return kind == 'v' || kind == 'm' ? kind : 'r';
}

// Who uses what it was granted cannot be stopped but by taking that away, on every such table.
void describe_owner(const Context& context, const Offer& offer, std::string_view what,
                    std::string_view use, Step& step) {
  const auto user = offer.to.power ? public_role : offer.to.role;
  step.how = fmt::format("{} owns {} and may put {} there that runs as {} when it {} it",
                         context.shown(step.from, offer.holder), context.shown(offer.objects), what,
                         offer.to.power ? "everybody" : context.shown(user), use);
  PrivilegeSet used;
  for (const auto& p : privileges) {
    if ((offer.item >> static_cast<unsigned>(p.privilege) & 1U) != 0) used |= p.privilege;
  }
  std::set<RoleId> grantees;
  for (const auto& [granted, table] : context.uses()) {
    if (granted.owner != offer.holder || !used.has(granted.privilege)) continue;
    const bool reaches = granted.grantee == user ||
                         (user != public_role && granted.grantee != public_role &&
                          context.graph().who_has(granted.grantee, Closure::inherits).has(user));
    if (reaches) grantees.insert(granted.grantee);
  }
  for (const auto grantee : grantees) {
    const auto taken = context.taken_from(grantee, offer.holder, kind_of(context, offer), used);
    step.cut.insert(step.cut.end(), taken.begin(), taken.end());
  }
}

}  // namespace

void find_trigger(const Context& context, std::vector<Offer>& offers) {
  offer_owners(context, {'r', writing()}, offers);
  std::set<std::tuple<RoleId, RoleId, RoleId>> seen;  // owner, who has TRIGGER, who writes
  std::set<RoleId> owners;
  for (const auto& [use, table] : context.uses()) {
    if (use.privilege == Privilege::trigger && use.relkind == 'r') owners.insert(use.owner);
  }
  for (const auto owner : owners) {
    for (const auto id : context.tables_of(owner, 'r')) {
      const auto& table = context.cluster().object(id);
      for (const auto& item : context.cluster().effective_acl(table)) {
        if (!item.privileges.has(Privilege::trigger) || item.grantee == owner) continue;
        if (item.grantee != public_role && context.cluster().role(item.grantee).superuser) continue;
        for (const auto writer : context.users_of(table, writing(), item.grantee)) {
          if (writer == item.grantee && writer != public_role) continue;
          if (!seen.emplace(owner, item.grantee, writer).second) continue;
          offers.push_back(attached(context, item.grantee, writer, id));
        }
      }
    }
  }
}

void describe_trigger(const Context& context, const Offer& offer, Step& step) {
  const auto table = offer.objects.front();
  step.statements = own_code_sql(context, step.from, OwnCode::trigger, table);
  if (offer.item != 0) return describe_owner(context, offer, "a trigger", "writes", step);
  step.how = fmt::format("{} has TRIGGER on {}: its trigger runs as {} when it writes",
                         context.shown(step.from, offer.holder), context.shown(table),
                         offer.to.power ? "everybody" : context.shown(offer.to.role));
  step.cut = context.taken_from(offer.holder, context.cluster().object(table).owner, 'r',
                                Privilege::trigger);
}

void find_policy(const Context& context, std::vector<Offer>& offers) {
  const auto reads = PrivilegeSet(Privilege::select) | Privilege::update | Privilege::delete_;
  offer_owners(context, {'r', reads, false}, offers);
}

void describe_policy(const Context& context, const Offer& offer, Step& step) {
  step.statements = own_code_sql(context, step.from, OwnCode::policy, offer.objects.front());
  describe_owner(context, offer, "a policy", "reads", step);
}

void find_default(const Context& context, std::vector<Offer>& offers) {
  offer_owners(context, {'r', Privilege::insert}, offers);
}

void describe_default(const Context& context, const Offer& offer, Step& step) {
  describe_owner(context, offer, "a default", "inserts into", step);
}

void find_index_expression(const Context& context, std::vector<Offer>& offers) {
  const bool there = !statistics_have_expressions(context.cluster().major());
  const auto uses =
      PrivilegeSet(Privilege::select) | Privilege::insert | Privilege::update | Privilege::delete_;
  offer_owners(context, {'r', uses, true, there}, offers);
  offer_owners(context, {'m', Privilege::select, true, there}, offers);
}

void describe_index_expression(const Context& context, const Offer& offer, Step& step) {
  step.statements = own_code_sql(context, step.from, OwnCode::index, offer.objects.front());
  describe_owner(context, offer, "an index expression", "uses", step);
}

void find_view_code(const Context& context, std::vector<Offer>& offers) {
  offer_owners(context, {'v', Privilege::select}, offers);
}

void describe_view_code(const Context& context, const Offer& offer, Step& step) {
  describe_owner(context, offer, "a function", "reads", step);
}

}  // namespace pgleast
