// ESC-REPLACEFUNC, ESC-EVENTTRIGGER, ESC-OWNER, ESC-UNTRUSTED-LANG: functions, tables, views and
// domains whose owner is not whom their code runs as (pg_proc.c, ProcedureCreate: who owns a
// function replaces it; its grants and callers stay).
//
//   vip(), SECURITY DEFINER of boss's, calls tax(), which app owns
//   vip() writes app's table: a trigger of app's runs as boss

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "escalation/code_flow.hpp"
#include "escalation/own_code.hpp"
#include "model/objects_of.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

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

std::string_view use_of(Hold::Kind kind) {
  switch (kind) {
    case Hold::Kind::function:
      return "calls";
    case Hold::Kind::trigger:
      return "writes";
    case Hold::Kind::domain:
      return "makes values of";
    case Hold::Kind::type:
      return "has values of";
    case Hold::Kind::schema:
    case Hold::Kind::operator_:
      return "uses";
    default:
      return "reads";
  }
}

// What is typed to change it; of functions and views the model does not know enough to write them.
std::vector<std::string> change_of(const Context& context, const Step& step, Hold::Kind kind,
                                   ObjectId id) {
  switch (kind) {
    case Hold::Kind::trigger:
      return own_code_sql(context, step.from, OwnCode::trigger, id);
    case Hold::Kind::policy:
      return own_code_sql(context, step.from, OwnCode::policy, id);
    case Hold::Kind::index:
      return own_code_sql(context, step.from, OwnCode::index, id);
    case Hold::Kind::type:
      return own_code_sql(context, step.from, OwnCode::cast_, id);
    case Hold::Kind::domain:
      return own_code_sql(context, step.from, OwnCode::check, id);
    case Hold::Kind::function:
    case Hold::Kind::view:
      return {};
    default:
      return {fmt::format("DROP {} {};", info(context.cluster().object(id).kind).keyword,
                          context.sql(id))};
  }
}

// Kind and `by`, to be told later.
std::size_t item_of(const Hold& hold) {
  return index(hold.by) * 16 + static_cast<std::size_t>(hold.kind);
}

Offer offer_of(const Context& context, const Hold& hold) {
  Offer offer;
  offer.holder = hold.holder;
  offer.holding = Holding::inherits;
  offer.objects = {hold.object};
  offer.all = hold.all;
  offer.any = hold.any;
  offer.certain = hold.certain;
  offer.item = item_of(hold);
  offer.part = hold.of_operator;
  if (hold.by != hold.source) offer.why = context.shown(hold.source);
  return offer;
}

// From who holds it to whom it runs as, set off by who can.
class Holders {
 public:
  Holders(const Context& context, std::vector<Offer>& offers)
      : context_(context), cluster_(context.cluster()), flow_(context.flow()), offers_(offers) {}

  // Functions that whoever may call them sets off; of one owner and list, or that everybody may
  // call, all at once.
  void definers() {
    std::map<std::tuple<RoleId, AclId, ObjectId>, std::vector<CodeFlow::Start>> groups;
    for (const auto id : objects_of(cluster_, ObjectKind::function)) {
      const auto& f = cluster_.object(id);
      if (f.extension) continue;
      const auto& detail = cluster_.function(f);
      if (!detail.security_definer) continue;
      const CodeFlow::Start start{id, Privilege::execute, f.owner};
      if (detail.trigger) fired(start);
      const bool by_all =
          granted_to(cluster_.effective_acl(f), public_role).has(Privilege::execute);
      groups[{by_all ? public_role : f.owner, by_all ? null_acl : f.acl, f.schema}].push_back(
          start);
    }
    for (const auto& [key, starts] : groups) {
      for (const auto& hold : flow_.holds(starts, CodeFlow::held)) {
        if (!is_held(hold.kind)) continue;
        set_off_by(hold, {{hold.source, Privilege::execute},
                          {cluster_.object(hold.source).schema, Privilege::usage}});
      }
    }
  }

  // What runs as whoever uses a relation, each set of users at once.
  void users() {
    for (const auto& [key, starts] : groups_of(flow_.relations(), false)) {
      for (const auto& hold : flow_.holds(starts)) {
        if (hold.kind != Hold::Kind::unknown) used(hold, std::get<Privilege>(key));
      }
    }
    for (const auto& [id, on] : flow_.relations()) {
      const auto& o = cluster_.object(id);
      if (!o.system && !o.extension && on.has(Privilege::maintain)) maintained(id);
    }
  }

  // What foreign keys run as the owners of the tables at their other ends.
  void keyed() {
    for (const auto& [key, starts] : groups_of(flow_.keyed(), true)) {
      const auto p = std::get<Privilege>(key);
      for (auto hold : flow_.holds(starts)) {
        if (hold.kind == Hold::Kind::unknown) continue;
        const auto& written = cluster_.object(hold.source);
        // Which columns it takes is not followed.
        if (p == Privilege::update && has_own_lists(written)) hold.certain = false;
        set_off_by(hold, {{hold.source, p}, {written.schema, Privilege::usage}});
      }
    }
  }

 private:
  using Columns = std::vector<AclId>;
  using Groups = std::map<std::tuple<Privilege, AclId, RoleId, ObjectId, Columns>,
                          std::vector<CodeFlow::Start>>;

  // Relations that the same roles use for the same.
  Groups groups_of(const std::map<ObjectId, PrivilegeSet>& relations, bool by_keys) const {
    Groups groups;
    for (const auto& [id, on] : relations) {
      const auto& o = cluster_.object(id);
      if (o.system || o.extension) continue;
      Columns columns;
      for (const auto& c : cluster_.relation(o).columns) columns.push_back(c.acl);
      std::sort(columns.begin(), columns.end());
      columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
      (on - Privilege::maintain).each([&, id = id](Privilege p) {
        groups[{p, o.acl, o.owner, o.schema, columns}].push_back({id, p, no_role, by_keys});
      });
    }
    return groups;
  }

  bool has_own_lists(const Object& relation) const {
    const auto& columns = cluster_.relation(relation).columns;
    return std::any_of(columns.begin(), columns.end(),
                       [](const Column& c) { return c.acl != null_acl; });
  }

  void set_off_by(const Hold& hold, const std::vector<Need>& needs) {
    if (hold.as == no_role) return;
    auto offer = offer_of(context_, hold);
    offer.to.role = hold.as;
    offer.becomes = Mode::code;
    offer.all.insert(offer.all.end(), needs.begin(), needs.end());
    offers_.push_back(std::move(offer));
  }

  // Firing a trigger takes no EXECUTE on its function.
  void fired(const CodeFlow::Start& start) {
    const auto holds = flow_.holds({start});
    for (const auto& [table, on] : flow_.fired_by(start.of)) {
      const auto schema = cluster_.object(table).schema;
      for (const auto& hold : holds) {
        if (!is_held(hold.kind)) continue;
        on.each([&, table = table](Privilege p) {
          set_off_by(hold, {{table, p}, {schema, Privilege::usage}});
        });
      }
    }
  }

  // Refreshing and analyzing run as the owner, whoever asks for it (17: MAINTAIN).
  void maintained(ObjectId id) {
    const auto& o = cluster_.object(id);
    for (const auto& hold : flow_.holds({{id, Privilege::maintain, o.owner}})) {
      if (hold.kind == Hold::Kind::unknown) continue;
      if (cluster_.major() >= 17) {
        set_off_by(hold, {{id, Privilege::maintain}, {o.schema, Privilege::usage}});
      }
      offer_to(hold, o.owner);
    }
  }

  void used(const Hold& hold, Privilege by) {
    if (hold.as != no_role) return offer_to(hold, hold.as);
    const auto& relation = cluster_.object(hold.source);
    for (const auto user : context_.users_of(relation, by)) offer_to(hold, user);
  }

  // The first use of each will do. Somebody else's temporary schema is nobody's to create in.
  void offer_to(Hold hold, RoleId user) {
    if (!is_held(hold.kind)) {
      std::erase_if(hold.any, [](const Need& n) { return n.privilege == Privilege::temporary; });
      if (hold.any.empty()) return;
    }
    const bool passes_policies =
        user != public_role && (cluster_.role(user).superuser || cluster_.role(user).bypassrls);
    if (hold.kind == Hold::Kind::policy && passes_policies) return;
    if (is_held(hold.kind) && user == hold.holder) return;
    const auto needed = is_held(hold.kind) ? std::vector<Need>() : hold.any;
    if (!seen_.emplace(hold.object, hold.holder, user, hold.certain, needed).second) return;
    auto offer = offer_of(context_, hold);
    offer.to = Context::whoever(user);
    offer.needs_victim = true;
    offers_.push_back(std::move(offer));
  }

  const Context& context_;
  const Cluster& cluster_;
  const CodeFlow& flow_;
  std::vector<Offer>& offers_;
  std::set<std::tuple<ObjectId, RoleId, RoleId, bool, std::vector<Need>>> seen_;
};

// Whoever takes `other` takes `offer`.
bool asks_no_more(const Offer& offer, const Offer& other) {
  const auto among = [](const std::vector<Need>& needs) {
    return [&](const Need& n) { return std::find(needs.begin(), needs.end(), n) != needs.end(); };
  };
  if (!std::all_of(offer.all.begin(), offer.all.end(), among(other.all))) return false;
  if (offer.any.empty()) return true;
  return !other.any.empty() && std::all_of(other.any.begin(), other.any.end(), among(offer.any));
}

// The server knows no GRANT on operators: another becomes their owner, or their schema's.
void describe_operator(const Context& context, const Offer& offer, bool of_schema, Step& step) {
  const ObjectId by{static_cast<std::uint32_t>(offer.item / 16)};
  step.how = fmt::format("{} owns {}operator {}, which {} uses as {}",
                         context.shown(step.from, offer.holder), of_schema ? "the schema of " : "",
                         displayed(offer.part), context.shown(by),
                         offer.to.power ? "everybody" : context.shown(offer.to.role));
  if (!offer.why.empty()) step.how += fmt::format(", come to by {}", offer.why);
  const auto owner = context.cluster().object(by).owner;
  const auto safe = offer.to.power || offer.needs_victim ? owner : offer.to.role;
  if (!of_schema) step.cut = {ChangeOperatorOwner{offer.objects.front(), offer.part, safe}};
  if (!offer.certain) {
    step.how += of_schema ? "; whether that runs hangs on types, which are not followed"
                          : "; its owner says which operator is its negator or commutator, and "
                            "whether that runs cannot be told from here";
    return;
  }
  step.statements = {fmt::format("DROP OPERATOR {};", offer.part)};
  if (of_schema) step.cut = {ChangeOwner{offer.objects.front(), safe}};
}

}  // namespace

void find_replace_function(const Context& context, std::vector<Offer>& offers) {
  std::vector<Offer> found;
  Holders holders(context, found);
  holders.definers();
  holders.users();
  holders.keyed();
  using Key = std::tuple<RoleId, Goal, std::vector<ObjectId>, bool>;
  const auto key = [](const Offer& o) { return Key{o.holder, o.to, o.objects, o.needs_victim}; };
  std::multimap<Key, Offer> certain;
  for (const auto& o : found) {
    if (o.certain) certain.emplace(key(o), o);
  }
  for (auto& o : found) {
    const auto [first, last] = certain.equal_range(key(o));
    const bool told = !o.certain && std::any_of(first, last, [&](const auto& entry) {
      return asks_no_more(entry.second, o);
    });
    if (!told) offers.push_back(std::move(o));
  }
}

void describe_replace_function(const Context& context, const Offer& offer, Step& step) {
  const auto& cluster = context.cluster();
  const ObjectId by{static_cast<std::uint32_t>(offer.item / 16)};
  const auto kind = static_cast<Hold::Kind>(offer.item % 16);
  const auto held = offer.objects.front();
  const auto& object = cluster.object(held);
  const bool of_schema = kind == Hold::Kind::schema;
  const bool owns = of_schema || context.resolved(object.owner, object.database) == offer.holder;
  if (kind == Hold::Kind::name || kind == Hold::Kind::match) {
    step.how =
        fmt::format("{} may create where {} looks names up as {}", context.shown(step.from),
                    context.shown(by), offer.to.power ? "everybody" : context.shown(offer.to.role));
    if (kind == Hold::Kind::match) {
      step.how +=
          "; whether what others create fits better than what is used cannot be told from "
          "here";
    }
    return;
  }
  if (!offer.part.empty())
    return describe_operator(context, offer, kind == Hold::Kind::schema, step);
  step.how = fmt::format("{} {} {}, which {} {} as {}", context.shown(step.from, offer.holder),
                         of_schema ? "owns the schema of"
                         : owns    ? "owns"
                                   : "has TRIGGER on",
                         context.shown(offer.objects), context.shown(by), use_of(kind),
                         offer.to.power ? "everybody" : context.shown(offer.to.role));
  if (!offer.why.empty()) step.how += fmt::format(", come to by {}", offer.why);
  if (!offer.certain) step.how += "; whether that runs hangs on types, which are not followed";
  step.statements = change_of(context, step, kind, held);
  const auto owner = cluster.object(by).owner;
  if (!owns) {
    step.cut = {ChangePrivileges{false, held, std::nullopt, offer.holder, Privilege::trigger}};
  } else if (of_schema) {
    step.cut = {ChangeOwner{object.schema, offer.to.power ? owner : offer.to.role}};
  } else {
    step.cut = {ChangeOwner{held, offer.to.power || offer.needs_victim ? owner : offer.to.role}};
  }
}

void find_event_trigger(const Context& context, std::vector<Offer>& offers) {
  const auto& triggers = context.cluster().event_triggers;
  const auto& flow = context.flow();
  for (std::size_t t = 0; t < triggers.size(); ++t) {
    if (!triggers[t].enabled) continue;
    const CodeUse call{triggers[t].function, Privilege::execute, false};
    for (const auto& hold : flow.holds_of_call(call)) {
      if (!is_held(hold.kind) || hold.as != no_role) continue;
      auto offer = offer_of(context, hold);
      offer.to.power = Power::superuser;
      offer.item = t;
      offer.needs_victim = true;
      if (hold.object != triggers[t].function) {
        offer.why = fmt::format("{} {}", context.shown(hold.by), use_of(hold.kind));
      }
      offers.push_back(std::move(offer));
    }
  }
}

void describe_event_trigger(const Context& context, const Offer& offer, Step& step) {
  const auto& trigger = context.cluster().event_triggers[offer.item];
  step.how = fmt::format(
      "{} owns {}, which {}event trigger {} runs as whoever sets off {}, superusers among them",
      context.shown(step.from, offer.holder),
      offer.part.empty() ? context.shown(offer.objects) : "operator " + displayed(offer.part),
      offer.why.empty() ? "" : offer.why + ": ", quote_identifier(trigger.name), trigger.event);
  if (offer.part.empty()) step.cut = {ChangeOwner{offer.objects.front(), trigger.owner}};
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
      offer.any = made_anywhere(o.database);
    }
    offers.push_back(std::move(offer));
  }
}

void describe_owner(const Context& context, const Offer& offer, Step& step) {
  if (offer.needs_victim) {
    step.how = fmt::format("{} puts a trigger on {} of {}, which runs as that when it writes",
                           context.shown(step.from, offer.holder), context.shown(offer.objects),
                           context.shown(offer.holder));
    step.statements = own_code_sql(context, step.from, OwnCode::trigger, offer.objects.front());
  } else {
    step.how = fmt::format("{} replaces {} of {} and makes it SECURITY DEFINER",
                           context.shown(step.from, offer.holder), context.shown(offer.objects),
                           context.shown(offer.holder));
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
