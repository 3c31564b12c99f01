// ALTER DEFAULT PRIVILEGES. A row for a schema only adds to the global one, and a global
// row replaces the built-in default (aclchk.c, SetDefaultACL).

#include <fmt/format.h>

#include <algorithm>

#include "fix/statement.hpp"
#include "pg/default_acl_type.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

std::string statement(const Cluster& cluster, const ChangeDefaultPrivileges& remedy, bool grant) {
  const auto in_schema = remedy.schema == no_object
                             ? std::string()
                             : " IN SCHEMA " + quote_identifier(cluster.object(remedy.schema).name);
  return fmt::format("ALTER DEFAULT PRIVILEGES FOR ROLE {}{} {} {} ON {} {} {};",
                     quote_identifier(cluster.role_name(remedy.creator)), in_schema,
                     grant ? "GRANT" : "REVOKE", to_string(remedy.privileges),
                     default_acl_type(remedy.type).keyword, grant ? "TO" : "FROM",
                     grantee_sql(cluster, remedy.grantee));
}

}  // namespace

Statements enact(Cluster& model, const ChangeDefaultPrivileges& remedy) {
  auto row =
      std::find_if(model.default_acls.begin(), model.default_acls.end(), [&](const DefaultAcl& d) {
        return d.database == remedy.database && d.creator == remedy.creator &&
               d.schema == remedy.schema && d.type == remedy.type;
      });
  const auto built_in = remedy.schema == no_object ? default_acl(default_acl_type(remedy.type).kind,
                                                                 remedy.creator, model.major())
                                                   : Acl();
  auto acl = row == model.default_acls.end() ? built_in : model.acls[index(row->acl)];
  const auto held = granted_to(acl, remedy.grantee);
  const auto change = remedy.grant ? remedy.privileges - held : remedy.privileges & held;
  if (change.empty()) return {};
  auto exact = remedy;
  exact.privileges = change;
  if (remedy.grant) {
    acl.push_back({remedy.grantee, remedy.creator, change, {}});
  } else {
    for (auto& item : acl) {
      if (item.grantee != remedy.grantee) continue;
      item.privileges -= change;
      item.grantable -= change;
    }
    std::erase_if(acl, [](const AclItem& item) { return item.privileges.empty(); });
  }
  const bool has_row = row != model.default_acls.end();
  if (std::is_permutation(acl.begin(), acl.end(), built_in.begin(), built_in.end())) {
    // The server keeps no row that says what would be so without it.
    if (has_row) model.default_acls.erase(row);
  } else if (has_row) {
    row->acl = add_acl(model, acl);
  } else {
    model.default_acls.push_back(
        {remedy.database, remedy.creator, remedy.schema, remedy.type, add_acl(model, acl)});
  }
  return {remedy.database,
          {statement(model, exact, remedy.grant)},
          {statement(model, exact, !remedy.grant)},
          false,
          {}};
}

}  // namespace pgleast
