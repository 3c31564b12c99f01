// SECURITY DEFINER functions whose search_path others can put objects into.
//
// Safe is a path of the function's own that names no schema where a role other than its
// owner and superusers may create, and that names pg_temp last: where it is not named, it
// is searched first (manual, CREATE FUNCTION, "Writing SECURITY DEFINER Functions Safely"). An
// empty path is safe too: a body that works with it names the schema of everything of its own.
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
#include "pg/name_list.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// Who may put objects into the schemas of a cluster; each is looked at once.
class SchemaCreators {
 public:
  explicit SchemaCreators(const Facts& facts) : facts_(facts) {
    const auto& objects = facts.cluster().objects;
    for (std::uint32_t i = 0; i < objects.size(); ++i) {
      if (objects[i].kind != ObjectKind::schema) continue;
      schemas_.emplace(std::pair(objects[i].database, std::string_view(objects[i].name)),
                       ObjectId{i});
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

// Why the path is not safe; empty when it is.
std::string weakness(const Facts& facts, SchemaCreators& creators, const Object& object,
                     const std::optional<std::string>& path) {
  if (!path) return "has no search_path of its own: it runs with its caller's";
  const auto names = schemas_of_path(*path, facts.cluster().major());
  if (names.empty()) return "";
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
  if (names.back() != temporary_schema ||
      std::count(names.begin(), names.end(), temporary_schema) != 1) {
    return "does not name pg_temp last in its search_path, so it is searched first";
  }
  return "";
}

}  // namespace

Check function_search_path(MapReader&, MapReader& fix) {
  const bool pin = fix.boolean("pin", false);
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing(Fact::objects)) return *missing;
    const auto& cluster = facts.cluster();
    SchemaCreators creators(facts);
    std::vector<Finding> findings;
    for (const auto id : security_definer_functions(cluster)) {
      const auto& object = cluster.object(id);
      const auto path = own_search_path(cluster.function(object));
      const auto why = weakness(facts, creators, object, path);
      if (why.empty()) continue;
      Finding finding;
      finding.subject = facts.subject(object);
      finding.message =
          fmt::format("{} runs as {} and {}", facts.shown(object), facts.shown(object.owner), why);
      finding.path = {fmt::format("{} is SECURITY DEFINER and owned by {}{}", facts.shown(object),
                                  facts.shown(object.owner),
                                  cluster.role(object.owner).superuser ? ", a superuser" : "")};
      if (pin) {
        const auto wanted = pinned_search_path(cluster, object);
        const auto names = [&](const std::string& text) {
          return schemas_of_path(text, cluster.major());
        };
        if (names(wanted) != names(path.value_or(""))) {
          finding.remedies.emplace_back(PinSearchPath{id, wanted});
        } else {
          finding.decision = "take CREATE on the schemas of its path from other roles";
        }
      }
      findings.push_back(std::move(finding));
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
