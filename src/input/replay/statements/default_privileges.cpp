// ALTER DEFAULT PRIVILEGES (aclchk.c, SetDefaultACL).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "input/replay/statements/grant_change.hpp"
#include "input/replay/statements/object_statement.hpp"

namespace pgleast {
namespace {

Acl sorted_by_oid(Acl acl, const Cluster& cluster) {
  const auto oid = [&](RoleId r) { return r == public_role ? 0U : cluster.role(r).oid; };
  std::sort(acl.begin(), acl.end(), [&](const AclItem& a, const AclItem& b) {
    return std::pair(oid(a.grantee), oid(a.grantor)) < std::pair(oid(b.grantee), oid(b.grantor));
  });
  return acl;
}

char default_letter(const std::string& object_type) {
  constexpr std::array<std::pair<std::string_view, char>, 6> letters{{
      {"OBJECT_TABLE", 'r'},
      {"OBJECT_SEQUENCE", 'S'},
      {"OBJECT_FUNCTION", 'f'},
      {"OBJECT_TYPE", 'T'},
      {"OBJECT_SCHEMA", 'n'},
      {"OBJECT_LARGEOBJECT", 'L'},
  }};
  for (const auto& [type, letter] : letters) {
    if (object_type == type) return letter;
  }
  throw Undecidable{"default privileges of " + object_type};
}

// SetDefaultACL
void set_default_acl(SqlCatalog& catalog, const GrantRequest& r, RoleId creator, EntityId schema) {
  const auto letter = default_letter(r.object_type);
  if (schema != no_entity && (letter == 'n' || letter == 'L')) {
    throw Refused(Condition::invalid_grant_operation,
                  fmt::format("cannot use IN SCHEMA clause when using GRANT/REVOKE ON {}",
                              letter == 'n' ? "SCHEMAS" : "LARGE OBJECTS"));
  }
  const auto in = schema == no_entity ? no_object : catalog.at(schema).object;
  const auto database = catalog.session().database;
  const auto built_in = schema == no_entity ? default_acl(r.kind, creator, catalog.major()) : Acl{};
  const auto privileges = r.all ? whole_of(r.kind, catalog) : r.privileges;
  const auto& before = catalog.cluster().default_acls;
  const auto row = [&](const DefaultAcl& d) {
    return d.database == database && d.creator == creator && d.schema == in && d.type == letter;
  };
  const auto found = std::find_if(before.begin(), before.end(), row);
  const auto place = found - before.begin();
  const bool is_new = found == before.end();
  const auto old = is_new ? built_in : catalog.cluster().acls[index(found->acl)];
  const auto acl =
      sorted_by_oid(acl_after(catalog, old, r, privileges, creator, creator), catalog.cluster());
  auto& rows = catalog.edit_default_acls();
  if (acl == sorted_by_oid(built_in, catalog.cluster())) {
    if (!is_new) rows.erase(rows.begin() + place);
  } else if (is_new) {
    rows.push_back({database, creator, in, letter, catalog.intern(acl)});
  } else {
    rows[static_cast<std::size_t>(place)].acl = catalog.intern(acl);
  }
}

}  // namespace

void alter_default_privileges(SqlCatalog& catalog, const SqlNode& node) {
  const auto& action = inside(node_at(node, "action"), "GrantStmt");
  auto r = request_of(catalog, action);
  r.kind = target_kind(r.object_type).kind;
  if (r.object_type == "OBJECT_ROUTINE") r.object_type = "OBJECT_FUNCTION";
  // Here the words of sequences are no words of tables.
  for (const auto& item : list_at(action, "privileges")) {
    const auto& access = inside(item, "AccessPriv");
    if (!list_at(access, "cols").empty()) {
      throw Refused(Condition::invalid_grant_operation,
                    "default privileges cannot be set for columns");
    }
    GrantRequest strict = r;
    strict.object_type.clear();
    r.privileges |= privilege_of(text_at(access, "priv_name"), strict, r.kind, catalog.major());
  }
  r.all = list_at(action, "privileges").empty();
  std::vector<RoleId> creators;
  const auto* const roles = option_named(list_at(node, "options"), "roles");
  if (roles == nullptr) creators.push_back(catalog.user());
  if (roles != nullptr) {
    for (const auto& name : role_names(items_of(*roles))) {
      const auto role = catalog.roles().role_of(name);
      // Before version 16 any membership does.
      const bool may = catalog.major() < 16 ? catalog.can_become(catalog.user(), role)
                                            : catalog.has_privileges(catalog.user(), role);
      if (!may) {
        throw Refused(Condition::insufficient_privilege,
                      "permission denied to change default privileges");
      }
      creators.push_back(role);
    }
  }
  const auto* const schemas = option_named(list_at(node, "options"), "schemas");
  for (const auto creator : creators) {
    if (schemas == nullptr) {
      set_default_acl(catalog, r, creator, no_entity);
      continue;
    }
    for (const auto& name : strings_of(*schemas)) {
      const auto schema = catalog.find_schema(name);
      if (schema == no_entity) {
        throw Refused(Condition::invalid_schema_name,
                      fmt::format("schema `{}` does not exist", name), name);
      }
      set_default_acl(catalog, r, creator, schema);
    }
  }
  catalog.touch();
}

}  // namespace pgleast
