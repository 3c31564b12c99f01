#include <algorithm>
#include <utility>

#include "fix/statement.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

std::string quoted_parts(const std::string& dotted) {
  std::string result;
  for (std::size_t begin = 0; begin <= dotted.size();) {
    const auto dot = std::min(dotted.find('.', begin), dotted.size());
    if (!result.empty()) result += '.';
    result += quote_identifier(dotted.substr(begin, dot - begin));
    begin = dot + 1;
  }
  return result;
}

const Object* type_named(const Cluster& cluster, ObjectId database, std::string_view identity) {
  const auto found =
      std::find_if(cluster.objects.begin(), cluster.objects.end(), [&](const Object& o) {
        return o.kind == ObjectKind::type && o.database == database && o.identity == identity;
      });
  return found == cluster.objects.end() ? nullptr : &*found;
}

// What a constructor that only the server makes takes one of: `r_multirange(r)`.
std::string range_of(const Cluster& cluster, const Object& type) {
  for (const auto& f : cluster.objects) {
    const bool same = f.kind == ObjectKind::function && f.schema == type.schema &&
                      f.name == type.name && cluster.function(f).language == "internal";
    const auto start = type.identity.size();
    if (!same || !f.identity.starts_with(type.identity) || f.identity.size() < start + 3) continue;
    auto taken = f.identity.substr(start + 1, f.identity.size() - start - 2);
    if (taken.find(',') == std::string::npos && !taken.ends_with("[]")) return taken;
  }
  return "";
}

}  // namespace

const Object* granted_through(const Cluster& cluster, const Object& object) {
  if (object.kind == ObjectKind::language) {
    return object.detail != no_detail && !cluster.languages[object.detail].trusted ? nullptr
                                                                                   : &object;
  }
  if (object.kind != ObjectKind::type) return &object;
  if (object.identity.ends_with("[]")) {
    const auto* const element =
        type_named(cluster, object.database, object.identity.substr(0, object.identity.size() - 2));
    return element == nullptr ? nullptr : granted_through(cluster, *element);
  }
  if (cluster.major() < 17) return &object;
  const auto range = range_of(cluster, object);
  return range.empty() ? &object : type_named(cluster, object.database, range);
}

std::string qualified_name(const Cluster& cluster, const Object& object) {
  if (object.kind == ObjectKind::large_object) return std::to_string(object.oid);
  if (object.kind == ObjectKind::parameter) return quoted_parts(object.name);
  if (object.schema == no_object) return quote_identifier(object.name);
  const auto& schema = cluster.object(object.schema).name;
  auto result = quote_identifier(schema) + '.' + quote_identifier(object.name);
  if (object.kind == ObjectKind::function) {
    // The arguments stand in the identity as the server wrote them, quoted by it.
    const auto name = shown_identifier(schema, cluster.major()) + '.' +
                      shown_identifier(object.name, cluster.major());
    result += object.identity.substr(std::min(name.size(), object.identity.size()));
  }
  return result;
}

AclId add_acl(Cluster& model, Acl acl) {
  model.acls.push_back(std::move(acl));
  return AclId{static_cast<std::uint32_t>(model.acls.size() - 1)};
}

std::string grant_target(const Cluster& cluster, const Object& object) {
  return std::string(info(object.kind).keyword) + ' ' + qualified_name(cluster, object);
}

std::string grantee_sql(const Cluster& cluster, RoleId role) {
  return role == public_role ? "PUBLIC" : quote_identifier(cluster.role_name(role));
}

}  // namespace pgleast
