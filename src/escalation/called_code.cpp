// ESC-REPLACEFUNC, ESC-EVENTTRIGGER, ESC-OWNER, ESC-UNTRUSTED-LANG: functions whose owner is not
// whom they run as (pg_proc.c, ProcedureCreate: who owns a function replaces it; its grants and
// callers stay).
//
//   vip(), SECURITY DEFINER of boss's, calls tax(), which app owns

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "escalation/edge.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

bool is_superuser(const Context& context, RoleId role) {
  return role != no_role && context.cluster().role(role).superuser;
}

bool is_replaceable(const Cluster& cluster, const Object& o) {
  if (o.kind != ObjectKind::function) return false;
  const auto& f = cluster.function(o);
  return (f.prokind == 'f' || f.prokind == 'p') && (f.language == "sql" || f.language == "plpgsql");
}

bool is_written(const Cluster& cluster, const Object& o) {
  if (o.kind != ObjectKind::table) return false;
  const char relkind = cluster.relation(o).relkind;
  return relkind == 'r' || relkind == 'p';
}

// Who owns it, by which right it replaces it; it stands for itself in what it is used by.
Offer replacing(const Context& context, ObjectId function) {
  Offer offer;
  offer.holder = context.cluster().object(function).owner;
  offer.holding = Holding::inherits;
  offer.objects = {function};
  offer.all = {{context.cluster().object(function).schema, Privilege::create}};
  return offer;
}

// Functions that users own and `code` calls.
std::vector<ObjectId> called(const Context& context, const Code& code, RoleId runs_as) {
  std::vector<ObjectId> result;
  for (const auto& use : code.uses) {
    const auto& f = context.cluster().object(use.object);
    if (f.kind != ObjectKind::function || f.system || f.owner == runs_as) continue;
    if (!is_superuser(context, f.owner)) result.push_back(use.object);
  }
  return result;
}

// Code that runs as `user` when it uses `by`; the first use of each function will do.
class Users {
 public:
  Users(const Context& context, std::vector<Offer>& offers) : context_(context), offers_(offers) {}

  /// Of whoever does one of these to it.
  void add(const Code& code, ObjectId by, PrivilegeSet privileges) {
    if (code.uses.empty()) return;
    for (const auto user : context_.users_of(context_.cluster().object(by), privileges)) {
      add(code, by, user);
    }
  }

 private:
  void add(const Code& code, ObjectId by, RoleId user) {
    for (const auto f : called(context_, code, user)) {
      if (!seen_.insert({f, user}).second) continue;
      auto offer = replacing(context_, f);
      offer.to = Context::whoever(user);
      offer.item = index(by);
      offer.needs_victim = true;
      offers_.push_back(std::move(offer));
    }
  }

  const Context& context_;
  std::vector<Offer>& offers_;
  std::set<std::pair<ObjectId, RoleId>> seen_;
};

}  // namespace

void find_replace_function(const Context& context, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  for (const auto& body : cluster.bodies) {
    const auto& caller = cluster.object(body.of);
    if (caller.kind != ObjectKind::function || !cluster.function(caller).security_definer) continue;
    for (const auto f : called(context, body.code, caller.owner)) {
      auto offer = replacing(context, f);
      offer.to = {caller.owner, std::nullopt};
      offer.becomes = Mode::code;
      offer.item = index(body.of);
      offer.all.push_back({body.of, Privilege::execute});
      offer.all.push_back({caller.schema, Privilege::usage});
      offers.push_back(std::move(offer));
    }
  }
  Users users(context, offers);
  for (const auto& a : cluster.attachments) {
    if (a.enabled) users.add(a.code, a.relation, a.on);
  }
  for (const auto& body : cluster.bodies) {
    const auto& view = cluster.object(body.of);
    if (view.kind == ObjectKind::table) users.add(body.code, body.of, Privilege::select);
  }
  for (const auto& p : cluster.row_policies) {
    users.add(p.code, p.table,
              PrivilegeSet(Privilege::select) | Privilege::insert | Privilege::update |
                  Privilege::delete_);
  }
}

void describe_replace_function(const Context& context, const Offer& offer, Step& step) {
  const ObjectId by{static_cast<std::uint32_t>(offer.item)};
  step.how = fmt::format("{} owns {}, which {} calls as {}", context.shown(step.from, offer.holder),
                         context.shown(offer.objects), context.shown(by),
                         offer.to.power ? "everybody" : context.shown(offer.to.role));
  step.statements = {fmt::format("CREATE OR REPLACE FUNCTION {} ... AS '...';",
                                 context.sql(offer.objects.front()))};
  step.cut = {ChangeOwner{offer.objects.front(), context.cluster().object(by).owner}};
}

void find_event_trigger(const Context& context, std::vector<Offer>& offers) {
  const auto& triggers = context.cluster().event_triggers;
  for (std::size_t t = 0; t < triggers.size(); ++t) {
    const auto owner = context.cluster().object(triggers[t].function).owner;
    if (!triggers[t].enabled || is_superuser(context, owner)) continue;
    auto offer = replacing(context, triggers[t].function);
    offer.to.power = Power::superuser;
    offer.item = t;
    offer.needs_victim = true;
    offers.push_back(std::move(offer));
  }
}

void describe_event_trigger(const Context& context, const Offer& offer, Step& step) {
  const auto& trigger = context.cluster().event_triggers[offer.item];
  step.how = fmt::format(
      "{} owns {}, which event trigger {} runs as whoever sets off {}, superusers among them",
      context.shown(step.from, offer.holder), context.shown(offer.objects),
      quote_identifier(trigger.name), trigger.event);
  step.statements = {fmt::format("CREATE OR REPLACE FUNCTION {} ... AS '...';",
                                 context.sql(offer.objects.front()))};
  step.cut = {ChangeOwner{offer.objects.front(), trigger.owner}};
}

// From 16 on one may hold what a role holds and yet not become it; before, SET ROLE does.
void find_owner(const Context& context, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  std::set<RoleId> owners;
  for (const auto& m : cluster.memberships) {
    if (m.inherit && !m.set) owners.insert(m.role);
  }
  std::set<std::tuple<RoleId, ObjectId, ObjectKind>> seen;  // owner, schema
  for (std::uint32_t i = 0; i < cluster.objects.size() && !owners.empty(); ++i) {
    const auto& o = cluster.objects[i];
    const bool function = is_replaceable(cluster, o);
    if (o.system || !owners.contains(o.owner) || (!function && !is_written(cluster, o))) continue;
    if (!seen.emplace(o.owner, o.schema, o.kind).second) continue;
    Offer offer;
    offer.holder = o.owner;
    offer.holding = Holding::inherits;
    offer.to.role = o.owner;
    offer.objects = {ObjectId{i}};
    offer.all = {{o.schema, Privilege::usage}};
    if (function) {
      offer.becomes = Mode::code;
      offer.all.push_back({o.schema, Privilege::create});
    } else {
      if (!context.holders({o.schema, Privilege::usage}).has(o.owner)) continue;
      offer.needs_victim = true;
      offer.any = {{o.database, Privilege::create, true}, {o.database, Privilege::temporary}};
    }
    offers.push_back(std::move(offer));
  }
}

void describe_owner(const Context& context, const Offer& offer, Step& step) {
  const auto object = context.sql(offer.objects.front());
  if (offer.needs_victim) {
    step.how = fmt::format("{} puts a trigger on {} of {}, which runs as that when it writes",
                           context.shown(step.from, offer.holder), context.shown(offer.objects),
                           context.shown(offer.holder));
    step.statements = {fmt::format(
        "CREATE TRIGGER t BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION ...;", object)};
  } else {
    step.how = fmt::format("{} replaces {} of {} and makes it SECURITY DEFINER",
                           context.shown(step.from, offer.holder), context.shown(offer.objects),
                           context.shown(offer.holder));
    step.statements = {
        fmt::format("CREATE OR REPLACE FUNCTION {} ... SECURITY DEFINER AS '...';", object)};
  }
  step.cut = context.leave_group(step.from, offer.holder, Closure::inherits);
}

void find_untrusted(const Context& context, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  std::set<std::string> untrusted;
  for (const auto& o : cluster.objects) {
    if (o.kind != ObjectKind::language || cluster.language(o).trusted) continue;
    if (o.name != "c" && o.name != "internal") untrusted.insert(o.name);
  }
  for (std::uint32_t i = 0; i < cluster.objects.size() && !untrusted.empty(); ++i) {
    const auto& f = cluster.objects[i];
    if (f.kind != ObjectKind::function || !untrusted.contains(cluster.function(f).language)) {
      continue;
    }
    if (cluster.function(f).trigger || f.extension) continue;
    Offer offer;
    offer.to.power = Power::operating_system;
    offer.objects = {ObjectId{i}};
    offer.all = {{f.schema, Privilege::usage}};
    offer.certain = false;
    context.offer_to_holders(ObjectId{i}, Privilege::execute, offer, offers);
  }
}

void describe_untrusted(const Context& context, const Offer& offer, Step& step) {
  const auto& f = context.cluster().object(offer.objects.front());
  step.how = fmt::format(
      "{} may call {}, written in the untrusted language {}; what it does as the server's "
      "operating-system user cannot be told from here",
      context.shown(step.from), context.shown(offer.objects),
      quote_identifier(context.cluster().function(f).language));
  step.cut = context.revoked(offer, step.from, Privilege::execute);
}

}  // namespace pgleast
