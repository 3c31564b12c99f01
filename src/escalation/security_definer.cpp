// ESC-SECDEF: a SECURITY DEFINER function whose caller decides what its names mean, so that it
// runs the caller's code as its owner (manual, CREATE FUNCTION, "Writing SECURITY DEFINER
// Functions Safely").
//
//   CREATE FUNCTION refund(int) ... SECURITY DEFINER AS 'UPDATE orders ...'
//
// Without a search_path of its own it is the caller's: whoever may create in any schema, or, for
// a table that is named without its schema, temporary tables, is served. With one it is who may
// create in a schema that it names; where pg_temp is not named it comes first. What the body
// names by search_path must have been read for it to be certain; a body that puts its arguments
// together to SQL cannot be followed, whatever the path.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "escalation/edge.hpp"
#include "escalation/name_path.hpp"
#include "pg/name_list.hpp"

namespace pgleast {
namespace {

bool names_a_table_by_path(const Context& context, const Code& code) {
  return std::any_of(code.uses.begin(), code.uses.end(), [&](const CodeUse& use) {
    return use.by_search_path && context.cluster().object(use.object).kind == ObjectKind::table;
  });
}

// Where to create what such a path would find.
std::vector<Need> places(const Context& context, const Object& f,
                         const std::optional<std::string>& path, bool tables) {
  std::vector<Need> result;
  if (!path) {
    result.push_back({f.database, Privilege::create, true, f.owner});
    if (tables) result.push_back({f.database, Privilege::temporary});
    return result;
  }
  const auto names = schemas_of_path(*path, context.cluster().major());
  for (const auto& name : names) {
    if (name == temporary_schema) continue;
    const auto wanted = name == "$user" ? context.cluster().role_name(f.owner) : name;
    const auto schema = context.schema_named(f.database, wanted);
    result.push_back(
        {schema == no_object ? f.database : schema, Privilege::create, false, f.owner});
  }
  const bool last = !names.empty() && names.back() == temporary_schema &&
                    std::count(names.begin(), names.end(), temporary_schema) == 1;
  if (tables && !last) result.push_back({f.database, Privilege::temporary});
  return result;
}

// What of a function decides who is served how.
struct Weakness {
  std::vector<Need> any;
  bool certain = true;
  std::string why;
  auto operator<=>(const Weakness&) const = default;
};

// A path of its own hides what its body names without a schema.
std::optional<Weakness> of_own_path(const Context& context, const Object& f,
                                    const std::string& path, const Code& code) {
  const bool tables = std::any_of(code.uses.begin(), code.uses.end(), [&](const CodeUse& use) {
    return context.cluster().object(use.object).kind == ObjectKind::table;
  });
  auto found = places(context, f, path, tables);
  if (found.empty()) return std::nullopt;
  return Weakness{std::move(found), false,
                  "whether its body names anything without its schema cannot be told from here"};
}

// Without a place (`any`) it is of use to whoever may call it.
std::optional<Weakness> weakness_of(const Context& context, ObjectId id) {
  const auto& f = context.cluster().object(id);
  const auto path = own_search_path(context.cluster().function(f));
  const auto* const code = context.body(id);
  if (code == nullptr) {
    return Weakness{places(context, f, path, true), false, "what its body names was not read"};
  }
  if (!path && code->by_search_path) {
    return Weakness{places(context, f, path, names_a_table_by_path(context, *code)), true, ""};
  }
  if (!code->unknown.empty()) {
    return Weakness{{}, false, "its body cannot be followed: " + code->unknown};
  }
  if (path) return of_own_path(context, f, *path, *code);
  return std::nullopt;
}

// Whether a role that does not act as the owner anyhow may create where the safe path looks.
bool others_create(const Context& context, const Object& f) {
  for (const auto& need : places(context, f, pinned_search_path(context.cluster(), f), true)) {
    for (const auto role : context.holders(need).members()) {
      if (context.cluster().role(role).superuser || role == f.owner) continue;
      if (!context.graph().reach(role, Closure::inherits).has(f.owner)) return true;
    }
  }
  return false;
}

}  // namespace

void find_security_definer(const Context& context, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  using Key = std::tuple<RoleId, RoleId, ObjectId, Weakness>;  // holder, owner, schema
  std::map<Key, std::vector<ObjectId>> groups;
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    const auto& f = cluster.objects[i];
    if (f.kind != ObjectKind::function || !cluster.function(f).security_definer) continue;
    // What an extension has in C is as safe as the extension.
    if (f.extension && cluster.function(f).language == "c") continue;
    const auto weakness = weakness_of(context, ObjectId{i});
    if (!weakness) continue;
    std::vector<Offer> holders;
    context.offer_to_holders(ObjectId{i}, Privilege::execute, {}, holders, f.owner);
    for (const auto& h : holders) {
      groups[{h.holder, f.owner, f.schema, *weakness}].push_back(ObjectId{i});
    }
  }
  for (auto& [key, functions] : groups) {
    const auto& [holder, owner, schema, weakness] = key;
    Offer offer;
    offer.holder = holder;
    offer.holding = Holding::inherits;
    offer.to.role = owner;
    offer.becomes = Mode::code;
    offer.objects = std::move(functions);
    offer.all = {{schema, Privilege::usage}};
    offer.any = weakness.any;
    offer.certain = weakness.certain;
    offer.why = weakness.why;
    offers.push_back(std::move(offer));
  }
}

void describe_security_definer(const Context& context, const Offer& offer, Step& step) {
  const auto id = offer.objects.front();
  const auto& f = context.cluster().object(id);
  const auto path = own_search_path(context.cluster().function(f));
  step.how = fmt::format("{} may call {}, which runs as {}", context.shown(step.from),
                         context.shown(offer.objects), context.shown(f.owner));
  step.how += offer.any.empty() ? ""
              : path            ? " and looks names up where others create"
                                : " and looks names up where its caller says";
  if (!offer.why.empty()) step.how += "; " + offer.why;
  if (!offer.any.empty() && !path) {
    step.statements = {"SET search_path = ..., pg_catalog;"};
  }
  const bool pins = !offer.any.empty() &&
                    std::none_of(offer.objects.begin(), offer.objects.end(), [&](ObjectId o) {
                      return others_create(context, context.cluster().object(o));
                    });
  if (!pins) {
    step.cut = context.revoked(offer, step.from, Privilege::execute);
    return;
  }
  for (const auto o : offer.objects) {
    step.cut.emplace_back(
        PinSearchPath{o, pinned_search_path(context.cluster(), context.cluster().object(o))});
  }
}

}  // namespace pgleast
