#include "input/code/code_names.hpp"

#include <algorithm>

#include "pg/name_list.hpp"

namespace pgleast {
namespace {

constexpr std::string_view catalog = "pg_catalog";

/// Of an identity: `app.f(integer,text)` has two.
std::size_t arguments_of(std::string_view identity) {
  const auto open = identity.rfind('(', identity.find_last_of('('));
  const auto arguments = identity.substr(std::min(open, identity.size()));
  if (arguments.size() <= 2) return 0;
  std::size_t count = 1;
  bool quoted = false;
  for (const char c : arguments) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted) ++count;
  }
  return count;
}

}  // namespace

NamePath path_of_setting(std::string_view value, int major) {
  NamePath path{schemas_of_path(value, major), false};
  std::erase_if(path.schemas, [](const std::string& name) {
    return name == "$user" || name.starts_with("pg_temp");
  });
  return path;
}

NamePath path_of_database(const Cluster& cluster, ObjectId database) {
  const RoleSetting* stored = nullptr;
  for (const auto& s : cluster.role_settings) {
    if (s.role != no_role || s.name != "search_path") continue;
    if (s.database == database || (s.database == no_object && stored == nullptr)) stored = &s;
  }
  const auto* const setting = cluster.find_setting("search_path");
  const bool of_our_session = setting != nullptr && setting->source == "session";
  const std::string value = stored != nullptr                      ? stored->value
                            : setting == nullptr || of_our_session ? "public"
                                                                   : setting->value;
  return path_of_setting(value, cluster.major());
}

CodeNames::CodeNames(const Cluster& cluster, ObjectId database) : cluster_(cluster) {
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    const auto& o = cluster.objects[i];
    if (o.database != database) continue;
    const ObjectId id{i};
    if (o.kind == ObjectKind::schema) schemas_.emplace(o.name, id);
    if (o.kind == ObjectKind::table || o.kind == ObjectKind::sequence) {
      relations_.emplace(Key{o.schema, o.name}, id);
    }
    if (o.kind == ObjectKind::type && !o.system) types_.emplace(Key{o.schema, o.name}, id);
    if (o.kind != ObjectKind::function) continue;
    functions_.emplace(Key{o.schema, o.name}, id);
    // Not one that a script grants something on.
    knows_server_ = knows_server_ || (o.system && o.oid < first_oid_of_users);
  }
}

ObjectId CodeNames::schema(std::string_view name) const {
  const auto found = schemas_.find(name);
  return found == schemas_.end() ? no_object : found->second;
}

std::vector<ObjectId> CodeNames::schemas(std::string_view name, const NamePath& path) const {
  if (!name.empty()) return {schema(name)};
  std::vector<ObjectId> result;
  const bool named =
      std::find(path.schemas.begin(), path.schemas.end(), catalog) != path.schemas.end();
  if (!named) result.push_back(schema(catalog));
  for (const auto& s : path.schemas) result.push_back(schema(s));
  std::erase(result, no_object);
  return result;
}

ObjectId CodeNames::relation(std::string_view schema, std::string_view name,
                             const NamePath& path) const {
  for (const auto s : schemas(schema, path)) {
    const auto found = relations_.find({s, name});
    if (found != relations_.end()) return found->second;
  }
  return no_object;
}

ObjectId CodeNames::type(std::string_view schema, std::string_view name,
                         const NamePath& path) const {
  for (const auto s : schemas(schema, path)) {
    const auto found = types_.find({s, name});
    if (found != types_.end()) return found->second;
  }
  return no_object;
}

std::vector<NamedOperator> CodeNames::operators(std::string_view schema, std::string_view name,
                                                const NamePath& path) const {
  std::vector<NamedOperator> result;
  for (const auto s : schemas(schema, path)) {
    const auto [first, last] = operators_.equal_range({s, std::string(name)});
    for (auto at = first; at != last; ++at) result.push_back(at->second);
  }
  return result;
}

std::vector<ObjectId> CodeNames::functions(std::string_view schema, std::string_view name,
                                           std::size_t arguments, const NamePath& path) const {
  std::vector<ObjectId> any, exact;
  for (const auto s : schemas(schema, path)) {
    const auto [first, last] = functions_.equal_range({s, name});
    const bool first_schema = any.empty();
    for (auto at = first; at != last; ++at) {
      if (first_schema) any.push_back(at->second);
      if (arguments_of(cluster_.object(at->second).identity) == arguments) {
        exact.push_back(at->second);
      }
    }
    if (!exact.empty()) return exact;
  }
  return any;
}

}  // namespace pgleast
