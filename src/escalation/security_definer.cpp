// ESC-SECDEF: a SECURITY DEFINER function that runs its caller's code as its owner: because it, or
// what it calls, looks names up where its caller or others create (manual, CREATE FUNCTION,
// "Writing SECURITY DEFINER Functions Safely"), or because it runs what it is given as SQL.
//
//   CREATE FUNCTION refund(int) ... SECURITY DEFINER AS 'UPDATE orders ...'
//   CREATE FUNCTION run(q text) ... SECURITY DEFINER SET search_path = '' AS 'BEGIN EXECUTE q; END'
//
// Without a search_path of its own it is the caller's: whoever may create in any schema, or, for
// tables and types that are named without their schema, temporary ones, is served. With one it is
// who may create in a schema before the one where the name is found; pg_temp comes first where it
// is not named. A function may also fit its arguments better than the one that is found: whether
// one does is not known, for types of arguments are not followed. Nor are those that a caller
// brings:
//
//   CREATE FUNCTION audit() RETURNS trigger ... SECURITY DEFINER AS 'BEGIN NEW.at := now(); ...'
//
// Whoever may execute it puts it on a table of his own, where the domain of `at` has a check that
// calls his function (trigger.c, CreateTriggerFiringOn asks for EXECUTE; firing asks for nothing).

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "escalation/code_flow.hpp"
#include "escalation/name_path.hpp"
#include "escalation/own_code.hpp"
#include "pg/name_list.hpp"

namespace pgleast {
namespace {

// What of a function decides who is served how.
struct Weakness {
  std::vector<Need> any;  // empty: whoever may call it
  bool certain = true;
  std::size_t item = 0;
  std::string why;
  auto operator<=>(const Weakness&) const = default;
};

constexpr std::size_t runs_given_item = 1;
constexpr std::size_t fired_item = 2;
constexpr std::size_t brings_types_item = 3;

std::optional<Weakness> weakness_of(const Context& context, const Hold& hold) {
  const auto inner = hold.by == hold.source && hold.kind != Hold::Kind::match
                         ? std::string()
                         : context.shown(hold.by) + ", which it uses, ";
  switch (hold.kind) {
    case Hold::Kind::name:
      return Weakness{hold.any, hold.certain, 0,
                      inner.empty() ? "" : inner + "looks names up where others create"};
    case Hold::Kind::match:
      return Weakness{hold.any, false, 0,
                      hold.why.empty() ? "whether a function that others create fits better than "
                                         "the one that is called cannot be told from here"
                                       : hold.why};
    case Hold::Kind::unknown:
      if (hold.by == hold.source) {
        return Weakness{{}, false, 0, "its body cannot be followed: " + hold.why};
      }
      return Weakness{{}, false, 0, fmt::format("{}cannot be followed: {}", inner, hold.why)};
    default:
      return std::nullopt;
  }
}

bool is_read(const Cluster& cluster, const Object& f) {
  // What an extension has in C is as safe as the extension.
  return f.kind == ObjectKind::function && cluster.function(f).security_definer &&
         !(f.extension && cluster.function(f).language == "c");
}

using Groups = std::map<std::tuple<RoleId, RoleId, ObjectId, Weakness>, std::vector<ObjectId>>;

// Whoever calls `f`, and so becomes `as`.
void add_callers(const Context& context, ObjectId f, RoleId as, const Weakness& weakness,
                 Groups& groups) {
  const auto& object = context.cluster().object(f);
  std::vector<Offer> holders;
  context.offer_to_holders(f, Privilege::execute, {}, holders, object.owner);
  for (const auto& h : holders) {
    auto& functions = groups[{h.holder, as, object.schema, weakness}];
    if (functions.empty() || functions.back() != f) functions.push_back(f);
  }
}

// Whoever writes a table whose trigger it is: that takes no EXECUTE.
void add_writers(const CodeFlow& flow, const Cluster& cluster, ObjectId f, RoleId as,
                 const Weakness& weakness, std::vector<Offer>& offers) {
  for (const auto& [table, on] : flow.fired_by(f)) {
    on.each([&, table = table](Privilege p) {
      Offer offer;
      offer.holder = public_role;
      offer.holding = Holding::inherits;
      offer.to.role = as;
      offer.becomes = Mode::code;
      offer.objects = {f};
      offer.all = {{table, p}, {cluster.object(table).schema, Privilege::usage}};
      offer.any = weakness.any;
      offer.certain = weakness.certain;
      offer.why = weakness.why;
      offer.item = fired_item;
      offers.push_back(std::move(offer));
    });
  }
}

// Whether a role that does not act as the owner anyhow may create where that path looks.
bool others_create(const Context& context, const Object& f, const std::string& path) {
  for (const auto& name : schemas_of_path(path, context.cluster().major())) {
    if (name == temporary_schema) continue;
    const auto schema = context.schema_named(f.database, name);
    const Need need{schema == no_object ? f.database : schema, Privilege::create, false, f.owner};
    for (const auto role : context.holders(need).members()) {
      if (context.cluster().role(role).superuser || role == f.owner) continue;
      if (!context.graph().reach(role, Closure::inherits).has(f.owner)) return true;
    }
  }
  return false;
}

// A path of its own for each of them; none where that does not help, or nobody can say which.
std::vector<Remedy> pinned(const Context& context, const Offer& offer) {
  if (offer.any.empty() || !offer.why.empty()) return {};
  std::vector<Remedy> result;
  for (const auto o : offer.objects) {
    const auto pin = context.pins().of(o);
    if (!pin.undecided.empty() || others_create(context, context.cluster().object(o), pin.path)) {
      return {};
    }
    result.emplace_back(PinSearchPath{o, pin.path});
  }
  return result;
}

}  // namespace

void find_security_definer(const Context& context, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  const auto& flow = context.flow();
  Groups groups;
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    const auto& f = cluster.objects[i];
    if (!is_read(cluster, f)) continue;
    const auto given = flow.given(ObjectId{i});
    const bool runs = std::any_of(given.begin(), given.end(),
                                  [](const auto& g) { return g.first == Given::To::sql; });
    if (runs) {
      add_callers(context, ObjectId{i}, f.owner, {{}, true, runs_given_item, ""}, groups);
      continue;
    }
    if (flow.works_on_callers_types(ObjectId{i})) {
      add_callers(context, ObjectId{i}, f.owner,
                  {made_anywhere(f.database), false, brings_types_item, ""}, groups);
    }
    const CodeFlow::Start start{ObjectId{i}, Privilege::execute, f.owner};
    for (const auto& hold : flow.holds({start}, CodeFlow::looked_up)) {
      const auto weakness = weakness_of(context, hold);
      if (!weakness) continue;
      add_callers(context, ObjectId{i}, hold.as, *weakness, groups);
      if (cluster.function(f).trigger) {
        add_writers(flow, cluster, ObjectId{i}, hold.as, *weakness, offers);
      }
    }
  }
  for (auto& [key, functions] : groups) {
    const auto& [holder, as, schema, weakness] = key;
    Offer offer;
    offer.holder = holder;
    offer.holding = Holding::inherits;
    offer.to.role = as;
    offer.becomes = Mode::code;
    offer.objects = std::move(functions);
    offer.all = {{schema, Privilege::usage}};
    offer.any = weakness.any;
    offer.certain = weakness.certain;
    offer.why = weakness.why;
    offer.item = weakness.item;
    offers.push_back(std::move(offer));
  }
}

void describe_security_definer(const Context& context, const Offer& offer, Step& step) {
  const auto id = offer.objects.front();
  const auto& f = context.cluster().object(id);
  const auto path = own_search_path(context.cluster().function(f));
  const bool runs_given = offer.item == runs_given_item;
  const bool fired = offer.item == fired_item;
  if (offer.item == brings_types_item) {
    const bool trigger = context.cluster().function(f).trigger;
    step.how = fmt::format(
        "{} may {} {}{}; it runs as {} and works on values whose types its caller brings, and "
        "whether "
        "a cast or a check of theirs runs cannot be told from here",
        context.shown(step.from), trigger ? "make" : "call", context.shown(offer.objects),
        trigger ? " a trigger on a table of its own" : "", context.shown(f.owner));
    step.cut = context.revoked(offer, step.from, Privilege::execute);
    return;
  }
  step.how = fired ? fmt::format("{} may write {}, whose trigger {} runs as {}",
                                 context.shown(step.from), context.shown(offer.all[0].object),
                                 context.shown(offer.objects), context.shown(f.owner))
                   : fmt::format("{} may call {}, which runs as {}", context.shown(step.from),
                                 context.shown(offer.objects), context.shown(f.owner));
  if (runs_given) {
    step.how += " and runs what it is given as SQL";
  } else if (!offer.any.empty() && offer.why.empty()) {
    step.how += path ? " and looks names up where others create"
                     : " and looks names up where its caller says";
  }
  if (!offer.why.empty()) step.how += "; " + offer.why;
  if (!offer.any.empty() && !path) {
    step.statements = {fmt::format("SET search_path = {}, pg_catalog;",
                                   place_of_code(context, step.from, f.database))};
  }
  if (const auto pins = pinned(context, offer); !pins.empty()) {
    step.cut = pins;
  } else if (!fired) {
    step.cut = context.revoked(offer, step.from, Privilege::execute);
  }
}

}  // namespace pgleast
