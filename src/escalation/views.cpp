// ESC-VIEW, ESC-MATVIEW, ESC-RULE: what is read or written by way of a view or rule is as its
// owner, not as who uses it (rewriteHandler.c, fireRIRrules; security_invoker: 15+); what a
// materialized view holds was read by its owner.
//
//   CREATE VIEW vip AS SELECT * FROM customers;  GRANT SELECT, DELETE ON vip TO app;

#include <fmt/format.h>

#include <algorithm>

#include "escalation/edge.hpp"
#include "privileges/row_access.hpp"

namespace pgleast {
namespace {

bool reads_itself(const Context& context, RoleId holder, const Object& table,
                  const std::string& name) {
  for (const auto& column : context.cluster().relation(table).columns) {
    if (column.name != name) continue;
    const auto own = holder == public_role
                         ? granted_to(context.cluster().column_acl(column), public_role)
                         : context.graph().held(holder, table, column).privileges;
    return own.has(Privilege::select);
  }
  return false;
}

// Whether it reads each column that the view reads, if only these.
bool reads_columns(const Context& context, RoleId holder, const CodeUse& use) {
  const auto& table = context.cluster().object(use.object);
  return use.privileges == PrivilegeSet(Privilege::select) && !use.columns.empty() &&
         std::all_of(use.columns.begin(), use.columns.end(), [&](const std::string& name) {
           return reads_itself(context, holder, table, name);
         });
}

// Relations that the holder of the view has no such privilege on itself.
std::vector<CodeUse> beyond(const Context& context, RoleId holder, const Code& code) {
  std::vector<CodeUse> result;
  for (const auto& use : code.uses) {
    const auto& table = context.cluster().object(use.object);
    if (table.kind != ObjectKind::table || table.system) continue;
    const auto own = holder == public_role
                         ? granted_to(context.cluster().effective_acl(table), public_role)
                         : context.graph().held(holder, table).privileges;
    if (own.covers(use.privileges) || reads_columns(context, holder, use)) continue;
    result.push_back(use);
  }
  return result;
}

void offer_uses(const Context& context, ObjectId by, Privilege privilege, const Code& code,
                std::vector<Offer>& offers) {
  const auto& object = context.cluster().object(by);
  if (object.system || object.extension) return;
  std::vector<Offer> holders;
  context.offer_to_holders(by, privilege, {}, holders, object.owner);
  for (auto& offer : holders) {
    const auto reached = beyond(context, offer.holder, code);
    if (reached.empty() && code.unknown.empty()) continue;
    offer.to.power = Power::owners_rows;
    offer.objects = {by};
    offer.all = {{object.schema, Privilege::usage}};
    offer.certain = !reached.empty();
    offer.item = static_cast<std::size_t>(privilege);
    offer.why = reached.empty() ? code.unknown : context.shown(reached.front().object);
    offers.push_back(std::move(offer));
  }
}

// What the server passes on to the table behind the view.
void offer_writes(const Context& context, const Body& body, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  const auto passed_on = body.writable.value_or(PrivilegeSet(Privilege::insert) |
                                                Privilege::update | Privilege::delete_);
  Code written;
  written.unknown = body.code.unknown;
  for (const auto& use : body.code.uses) {
    if (cluster.object(use.object).kind == ObjectKind::table) written.uses.push_back(use);
  }
  if (written.uses.empty() && written.unknown.empty()) return;
  PrivilegeSet diverted;
  for (const auto& a : cluster.attachments) {
    if (a.relation == body.of && a.enabled) diverted |= a.on;
  }
  (passed_on - diverted).each([&](Privilege p) {
    auto code = written;
    for (auto& use : code.uses) use.privileges = p;
    if (code.uses.size() > 1) code.unknown = "which of its tables is written to is not told apart";
    if (!body.writable) code.unknown = "what goes through it was not read";
    if (!code.unknown.empty()) code.uses.clear();
    offer_uses(context, body.of, p, code, offers);
  });
}

void offer_bodies(const Context& context, char relkind, std::vector<Offer>& offers) {
  for (const auto& body : context.cluster().bodies) {
    const auto& object = context.cluster().object(body.of);
    if (object.kind != ObjectKind::table) continue;
    const auto& relation = context.cluster().relation(object);
    if (relation.relkind != relkind) continue;
    if (relkind == 'v' && is_security_invoker(context.cluster(), object)) continue;
    offer_uses(context, body.of, Privilege::select, body.code, offers);
    if (relkind == 'v') offer_writes(context, body, offers);
  }
}

void describe_use(const Context& context, const Offer& offer, std::string_view how, Step& step) {
  const auto by = offer.objects.front();
  step.how = offer.certain
                 ? fmt::format("{} {} {} as {}, by {}", context.shown(step.from), how, offer.why,
                               context.shown(context.cluster().object(by).owner), context.shown(by))
                 : fmt::format("{} uses {}, which cannot be followed: {}", context.shown(step.from),
                               context.shown(by), offer.why);
  step.cut = context.revoked(offer, step.from, static_cast<Privilege>(offer.item));
}

}  // namespace

void find_view(const Context& context, std::vector<Offer>& offers) {
  offer_bodies(context, 'v', offers);
}

void describe_view(const Context& context, const Offer& offer, Step& step) {
  const auto view = context.sql(offer.objects.front());
  switch (static_cast<Privilege>(offer.item)) {
    case Privilege::insert:
      describe_use(context, offer, "adds rows to", step);
      step.statements = {fmt::format("INSERT INTO {} DEFAULT VALUES;", view)};
      break;
    case Privilege::update:
      describe_use(context, offer, "changes", step);
      break;
    case Privilege::delete_:
      describe_use(context, offer, "deletes from", step);
      step.statements = {fmt::format("DELETE FROM {};", view)};
      break;
    default:
      describe_use(context, offer, "reads", step);
      step.statements = {fmt::format("TABLE {};", view)};
  }
}

void find_materialized_view(const Context& context, std::vector<Offer>& offers) {
  offer_bodies(context, 'm', offers);
}

void describe_materialized_view(const Context& context, const Offer& offer, Step& step) {
  describe_use(context, offer, "reads what was in", step);
  step.statements = {fmt::format("TABLE {};", context.sql(offer.objects.front()))};
}

void find_rule(const Context& context, std::vector<Offer>& offers) {
  for (const auto& a : context.cluster().attachments) {
    if (a.kind != Attachment::Kind::rule || !a.enabled) continue;
    a.on.each([&](Privilege p) { offer_uses(context, a.relation, p, a.code, offers); });
  }
}

void describe_rule(const Context& context, const Offer& offer, Step& step) {
  describe_use(context, offer, "reads or writes", step);
}

}  // namespace pgleast
