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

}  // namespace

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
