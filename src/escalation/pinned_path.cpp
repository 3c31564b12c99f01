#include "escalation/pinned_path.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "escalation/name_path.hpp"
#include "pg/identifier.hpp"
#include "pg/name_list.hpp"
#include "pg/server_function.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::string_view catalog = "pg_catalog";

char kind_of_name(ObjectKind kind) {
  if (kind == ObjectKind::table || kind == ObjectKind::sequence) return 'r';
  if (kind == ObjectKind::function) return 'f';
  return kind == ObjectKind::type ? 't' : '\0';
}

std::string as_setting(const std::vector<std::string>& schemas) {
  std::string result;
  for (const auto& name : schemas) {
    result += name == catalog ? name : quote_identifier(name);
    result += ", ";
  }
  return result + std::string(temporary_schema);
}

}  // namespace

// Those whose path is the same.
struct PathPins::Callers {
  Schemas path;
  std::vector<std::string> who;
  bool superusers = true;  // nobody else
  bool known = true;       // what the server's own path is
};

// What a body looks up when it runs. Of the server's own, and of row types, only that there are
// such.
struct PathPins::Names {
  bool known = false;    // all of it was read
  bool missing = false;  // something was not found when it was
  std::string why;       // the same in words
  std::set<std::pair<char, std::string_view>> looked_up;
  std::set<ObjectId> operators;  // schemas
  bool others = false;
};

PathPins::PathPins(const Graph& graph) : graph_(graph) {
  std::set<std::string_view> servers;
  for (const auto& o : cluster().objects) {
    if (o.kind == ObjectKind::function && o.system) servers.insert(o.name);
  }
  for (std::uint32_t i = 0; i < cluster().objects.size(); ++i) {
    const auto& o = cluster().objects[i];
    if (o.kind == ObjectKind::schema)
      schemas_.emplace(std::pair(o.database, std::string_view(o.name)), ObjectId{i});
    const auto kind = kind_of_name(o.kind);
    if (kind == '\0') continue;
    named_.emplace(kind, o.schema, o.name);
    if (kind != 'f' || servers.contains(o.name) ||
        server_function(o.name) != ServerFunction::unknown) {
      full_.insert(o.schema);
    }
  }
  for (const auto& body : cluster().bodies) bodies_.emplace(body.of, &body.code);
}

ObjectId PathPins::schema(ObjectId database, const std::string& name) const {
  const auto found = schemas_.find({database, name});
  return found == schemas_.end() ? no_object : found->second;
}

bool PathPins::has(char kind, ObjectId schema, std::string_view name) const {
  return named_.contains({kind, schema, name});
}

// As its owner searches a path (namespace.c, recomputeNamespacePath): `$user` is the owner's own
// schema, and one that the owner may not use is passed over. Without what is temporary.
PathPins::Schemas PathPins::searched(const std::string& path, const Object& function) const {
  Schemas result;
  for (auto name : schemas_of_path(path, cluster().major())) {
    if (name == "$user") name = cluster().role_name(function.owner);
    if (name.starts_with("pg_temp") ||
        std::find(result.begin(), result.end(), name) != result.end()) {
      continue;
    }
    const auto id = schema(function.database, name);
    const bool there =
        id != no_object &&
        graph_.held(function.owner, cluster().object(id)).privileges.has(Privilege::usage);
    if (there || name == catalog) result.push_back(name);
  }
  if (std::find(result.begin(), result.end(), catalog) == result.end()) {
    result.insert(result.begin(), std::string(catalog));
  }
  return result;
}

// Who logs in and may execute it, by the path of their logins.
std::vector<PathPins::Callers> PathPins::callers(ObjectId id) const {
  const auto& function = cluster().object(id);
  std::vector<Callers> result;
  const auto add = [&](const std::string& path, const std::string& who, bool superuser,
                       bool known) {
    auto schemas = searched(path, function);
    auto same = std::find_if(result.begin(), result.end(), [&](const Callers& c) {
      return c.path == schemas && c.known == known;
    });
    if (same == result.end()) same = result.insert(same, {std::move(schemas), {}, true, known});
    same->who.push_back(who);
    same->superusers = same->superusers && superuser;
  };
  std::set<RoleId> with_own;
  for (const auto& s : cluster().role_settings) {
    const bool here = s.database == no_object || s.database == function.database;
    if (is_search_path(s) && s.role != no_role && here) with_own.insert(s.role);
  }
  const auto add_everyone = [&](const std::string& who, bool superuser) {
    add(path_of_everyone(cluster(), function.database), who, superuser,
        knows_path_of_everyone(cluster(), function.database));
  };
  if (with_own.empty()) {
    add_everyone("everybody", false);
    return result;
  }
  const auto may = [&](RoleId role) {
    return cluster().role(role).login &&
           graph_.held(role, function).privileges.has(Privilege::execute);
  };
  for (const auto role : with_own) {
    if (!may(role)) continue;
    add(path_of_login(cluster(), role, function.database), displayed(cluster().role_name(role)),
        cluster().role(role).superuser, true);
  }
  bool others = false, superuser = true;
  for (std::uint32_t i = 0; i < cluster().roles.size() && superuser; ++i) {
    if (with_own.contains(RoleId{i}) || !may(RoleId{i})) continue;
    others = true;
    superuser = cluster().roles[i].superuser;
  }
  if (others || result.empty()) {
    add_everyone(result.empty() ? "everybody" : "everybody else", others && superuser);
  }
  return result;
}

PathPins::Names PathPins::names_of(ObjectId function) const {
  Names result;
  const auto body = bodies_.find(function);
  if (!cluster().seen(Fact::code) || body == bodies_.end()) return result;
  const auto& code = *body->second;
  // The reader's words for a name that it did not find along the path of everyone.
  result.missing = code.unknown.starts_with("there is no ");
  result.why = code.unknown;
  result.known = code.names && code.unknown.empty() && !code.names->sets_path;
  if (!result.known) return result;
  for (const auto& use : code.uses) {
    if (!use.by_search_path) continue;
    const auto& object = cluster().object(use.object);
    if (const auto kind = kind_of_name(object.kind); kind != '\0') {
      result.looked_up.emplace(kind, object.name);
    }
  }
  for (const auto& use : code.operators) {
    if (use.by_search_path) result.operators.insert(use.schema);
  }
  result.others = code.names->types || code.names->functions;
  return result;
}

// Where a name is found: a function in each schema that has one of that name, for which of them
// fits is a matter of types.
PathPins::Schemas PathPins::found(const Names& names, std::size_t name, const Schemas& path,
                                  ObjectId database) const {
  const auto& [kind, text] = *std::next(names.looked_up.begin(), static_cast<std::ptrdiff_t>(name));
  Schemas result;
  for (const auto& s : path) {
    if (!has(kind, schema(database, s), text)) continue;
    result.push_back(s);
    if (kind != 'f') break;
  }
  return result;
}

bool PathPins::finds_all(const Names& names, const Schemas& path, ObjectId database) const {
  for (std::size_t i = 0; i < names.looked_up.size(); ++i) {
    if (found(names, i, path, database).empty()) return false;
  }
  return std::all_of(names.operators.begin(), names.operators.end(), [&](ObjectId s) {
    return std::find(path.begin(), path.end(), cluster().object(s).name) != path.end();
  });
}

// Whether a name that is not told by itself could be found there.
bool PathPins::may_matter(const Names& names, ObjectId schema) const {
  return names.others && full_.contains(schema);
}

// No name that both find is found elsewhere by the other.
bool PathPins::agree(const Names& names, const Schemas& a, const Schemas& b,
                     ObjectId database) const {
  for (std::size_t i = 0; i < names.looked_up.size(); ++i) {
    const auto in_a = found(names, i, a, database);
    const auto in_b = found(names, i, b, database);
    if (!in_a.empty() && !in_b.empty() && in_a != in_b) return false;
  }
  if (!finds_all(names, b, database)) return true;  // it does not run there
  if (!names.operators.empty()) return a == b;
  const auto that_matter = [&](Schemas path) {
    std::erase_if(path, [&](const auto& s) { return !may_matter(names, schema(database, s)); });
    return path;
  };
  return that_matter(a) == that_matter(b);
}

// Where a role may create that is neither the owner nor a superuser, by the schema's own list.
bool PathPins::is_open(ObjectId schema, RoleId owner) const {
  const auto& object = cluster().object(schema);
  const auto ownership = graph_.database_ownership(Closure::inherits, object.database);
  const auto other = [&](RoleId role) {
    if (ownership && role == ownership->second) role = ownership->first;
    return role == public_role || (role != owner && !cluster().role(role).superuser);
  };
  if (other(object.owner)) return true;
  const auto acl = cluster().effective_acl(object);
  return std::any_of(acl.begin(), acl.end(), [&](const AclItem& item) {
    return item.privileges.has(Privilege::create) && other(item.grantee);
  });
}

PathPins::Schemas PathPins::needed(const Names& names, const Schemas& path,
                                   const Object& function) const {
  if (!names.known) return path;
  Schemas used;
  for (std::size_t i = 0; i < names.looked_up.size(); ++i) {
    const auto in = found(names, i, path, function.database);
    used.insert(used.end(), in.begin(), in.end());
  }
  auto result = path;
  std::erase_if(result, [&](const std::string& name) {
    const auto id = schema(function.database, name);
    return name != catalog && is_open(id, function.owner) && !names.operators.contains(id) &&
           !may_matter(names, id) && std::find(used.begin(), used.end(), name) == used.end();
  });
  return result;
}

PinnedPath PathPins::decide(const std::vector<Callers>& callers, const Names& names,
                            const Object& function) const {
  constexpr std::string_view advice = "choose its search_path, or name the schemas in its body";
  const auto database = function.database;
  // A superuser is told only where a known name would be found elsewhere.
  auto counted = callers;
  const bool only_superusers =
      std::all_of(callers.begin(), callers.end(), [](const Callers& c) { return c.superusers; });
  if (!names.known && !only_superusers) {
    std::erase_if(counted, [](const Callers& c) { return c.superusers; });
  }
  if (std::any_of(counted.begin(), counted.end(), [](const Callers& c) { return !c.known; })) {
    return {"", fmt::format("the search_path of the server is not known: {}", advice)};
  }
  std::stable_sort(counted.begin(), counted.end(), [&](const Callers& a, const Callers& b) {
    const auto key = [&](const Callers& c) {
      return std::pair(names.known && !finds_all(names, c.path, database), c.superusers);
    };
    return key(a) < key(b);
  });
  const auto& path = counted.front().path;
  for (const auto& other : counted) {
    const bool same = names.known ? agree(names, path, other.path, database) : path == other.path;
    if (same) continue;
    std::vector<std::string> told;
    for (const auto& c : counted) {
      const auto path = fmt::format("{}", fmt::join(c.path, ", "));
      told.push_back(fmt::format("{} in {}", listed(c.who), displayed(path)));
    }
    return {"", fmt::format("its callers look names up in different schemas ({}): {}", listed(told),
                            advice)};
  }
  const bool as_read = path == searched(path_of_everyone(cluster(), database), function);
  if (names.missing && as_read) {
    return {"", fmt::format("along the search_path of its callers {}: {}", names.why, advice)};
  }
  return {as_setting(needed(names, path, function)), ""};
}

PinnedPath PathPins::of(ObjectId id) const {
  const auto& function = cluster().object(id);
  const auto names = names_of(id);
  if (const auto own = own_search_path(cluster().function(function))) {
    return {as_setting(needed(names, searched(*own, function), function)), ""};
  }
  return decide(callers(id), names, function);
}

}  // namespace pgleast
