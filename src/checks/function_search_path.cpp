// SECURITY DEFINER functions whose search_path others can put objects into.
//
// Safe is a path of the function's own that names no schema where a role other than its
// owner and superusers may create, and that names pg_temp last: where it is not named, it
// is searched first for tables and types (manual, CREATE FUNCTION, "Writing SECURITY DEFINER
// Functions Safely"). What a body looks up decides, where it was read: one that names the schema of
// everything is safe whatever the path, as is one whose names are bound (BEGIN ATOMIC).
//
//   fix: {pin: true}

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "checks/check.hpp"
#include "checks/role_origin.hpp"
#include "escalation/name_path.hpp"
#include "escalation/pinned_path.hpp"
#include "model/objects_of.hpp"
#include "pg/name_list.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// Who may put objects into the schemas of a cluster; each is looked at once.
class SchemaCreators {
 public:
  explicit SchemaCreators(const Facts& facts) : facts_(facts) {
    for (const auto id : objects_of(facts.cluster(), ObjectKind::schema)) {
      const auto& schema = facts.cluster().object(id);
      schemas_.emplace(std::pair(schema.database, std::string_view(schema.name)), id);
    }
  }

  ObjectId named(ObjectId database, std::string_view name) const {
    const auto found = schemas_.find({database, name});
    return found == schemas_.end() ? no_object : found->second;
  }

  // A role other than the function's owner that may put objects there.
  std::optional<RoleId> other(ObjectId schema, RoleId owner) {
    const auto& object = facts_.cluster().object(schema);
    if (granted_to(facts_.cluster().effective_acl(object), public_role).has(Privilege::create)) {
      return public_role;
    }
    const auto& as_owner = facts_.graph().reach(owner, Closure::inherits, object.database);
    for (const auto role : of(schema)) {
      if (role == owner || as_owner.has(role)) continue;
      if (!facts_.graph().is_member(role, owner)) return role;
    }
    return std::nullopt;
  }

 private:
  // The roles that may, superusers left out.
  const std::vector<RoleId>& of(ObjectId schema) {
    const auto [at, added] = creators_.try_emplace(schema);
    if (!added) return at->second;
    const auto& object = facts_.cluster().object(schema);
    for (const auto role : facts_.roles().ordinary_roles()) {
      if (facts_.cluster().role(role).superuser) continue;
      if (facts_.graph().held(role, object).privileges.has(Privilege::create)) {
        at->second.push_back(role);
      }
    }
    return at->second;
  }

  const Facts& facts_;
  std::map<std::pair<ObjectId, std::string_view>, ObjectId> schemas_;
  std::map<ObjectId, std::vector<RoleId>> creators_;
};

std::string creator_text(const Facts& facts, RoleId role) {
  return role == public_role ? "every role" : facts.shown(role);
}

// What a body looks up along its path; where it was not read whole, anything.
struct LookedUp {
  bool known = false;  // all of it was read
  bool any = true;
  bool temporary_too = true;  // a table's or a type's name is among them
};

LookedUp looked_up(const Cluster& cluster, const Code& code) {
  LookedUp result{code.names && code.unknown.empty(), true, true};
  if (!result.known || code.names->sets_path) return result;
  result.temporary_too = code.names->relations || code.names->types;
  result.any = result.temporary_too || code.names->functions;
  for (const auto& use : code.uses) {
    if (!use.by_search_path) continue;
    result.any = true;
    if (cluster.object(use.object).kind != ObjectKind::function) result.temporary_too = true;
  }
  return result;
}

std::map<ObjectId, LookedUp> lookups(const Cluster& cluster) {
  std::map<ObjectId, LookedUp> result;
  if (!cluster.seen(Fact::code)) return result;
  for (const auto& body : cluster.bodies) {
    if (cluster.object(body.of).kind != ObjectKind::function) continue;
    result.emplace(body.of, looked_up(cluster, body.code));
  }
  return result;
}

// Why the path is not safe; empty when it is.
std::string weakness(const Facts& facts, SchemaCreators& creators, const Object& object,
                     const std::optional<std::string>& path, const LookedUp& body) {
  if (!body.any) return "";
  if (!path) return "has no search_path of its own: it runs with its caller's";
  const auto names = schemas_of_path(*path, facts.cluster().major());
  if (names.empty()) {
    if (!body.known || !body.temporary_too) return "";
    return "names a table or type without its schema, and with an empty search_path pg_temp is "
           "searched first";
  }
  for (const auto& name : names) {
    if (name == temporary_schema) continue;
    if (name == "$user") return "has `$user` in its search_path";
    const auto id = creators.named(object.database, name);
    if (id == no_object) continue;
    if (const auto creator = creators.other(id, object.owner)) {
      return fmt::format("has schema {} in its search_path, where {} may create", displayed(name),
                         creator_text(facts, *creator));
    }
  }
  if (!body.temporary_too) return "";
  if (names.back() != temporary_schema ||
      std::count(names.begin(), names.end(), temporary_schema) != 1) {
    return "does not name pg_temp last in its search_path, so it is searched first";
  }
  return "";
}

// With an empty path a table or type that is named without its schema is looked for in pg_temp.
bool hangs_on_body(const Facts& facts, const std::optional<std::string>& path,
                   const LookedUp& body) {
  return path && !body.known && schemas_of_path(*path, facts.cluster().major()).empty();
}

// As it is searched, whether or not pg_catalog is named.
std::vector<std::string> searched(const std::string& path, int major) {
  auto names = schemas_of_path(path, major);
  if (std::find(names.begin(), names.end(), "pg_catalog") == names.end()) {
    names.insert(names.begin(), "pg_catalog");
  }
  return names;
}

// The remedy, and what it leaves open.
void pin_to(const Facts& facts, SchemaCreators& creators, ObjectId id, const std::string& wanted,
            const LookedUp& body, Finding& finding) {
  const auto& cluster = facts.cluster();
  const auto& object = cluster.object(id);
  const auto own = own_search_path(cluster.function(object));
  const bool as_it_is = own && searched(*own, cluster.major()) == searched(wanted, cluster.major());
  if (as_it_is) {
    finding.decision = "take CREATE on the schemas of its path from other roles";
    return;
  }
  finding.remedies.emplace_back(PinSearchPath{id, wanted});
  const auto open = weakness(facts, creators, object, wanted, body);
  if (open.empty()) return;
  finding.decision =
      fmt::format("with search_path = {} it still {}: take CREATE there from other roles",
                  displayed(wanted), open);
}

}  // namespace

Check function_search_path(MapReader&, MapReader& fix) {
  const bool pin = fix.boolean("pin", false);
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing(Fact::objects)) return *missing;
    const auto& cluster = facts.cluster();
    SchemaCreators creators(facts);
    const auto bodies = lookups(cluster);
    std::optional<PathPins> pins;
    std::vector<Finding> findings;
    std::string unknown;
    for (const auto id : security_definer_functions(cluster)) {
      const auto& object = cluster.object(id);
      const auto path = own_search_path(cluster.function(object));
      const auto body = bodies.find(id);
      const auto names = body == bodies.end() ? LookedUp() : body->second;
      const auto why = weakness(facts, creators, object, path, names);
      if (why.empty()) {
        if (unknown.empty() && hangs_on_body(facts, path, names)) unknown = facts.shown(object);
        continue;
      }
      Finding finding;
      finding.subject = facts.subject(object);
      finding.message =
          fmt::format("{} runs as {} and {}", facts.shown(object), facts.shown(object.owner), why);
      finding.path = {
          facts.told(fmt::format("{} is SECURITY DEFINER and owned by {}{}", facts.shown(object),
                                 facts.shown(object.owner),
                                 cluster.role(object.owner).superuser ? ", a superuser" : ""),
                     {PinSearchPath{id, ""}})};
      if (pin) {
        if (!pins) pins.emplace(facts.graph());
        const auto wanted = pins->of(id);
        finding.decision = wanted.undecided;
        if (wanted.undecided.empty()) pin_to(facts, creators, id, wanted.path, names, finding);
      }
      findings.push_back(std::move(finding));
    }
    if (findings.empty() && !unknown.empty()) {
      return unseen(
          fmt::format("whether {} names a table or type without its schema is not known", unknown),
          "set its search_path to end in pg_temp");
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
