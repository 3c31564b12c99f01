// GRANT and REVOKE on objects. A REVOKE by the owner takes away only what the owner
// granted; what another grantor granted is revoked as that grantor (acl.c, aclupdate;
// manual, REVOKE), and what the grantee had passed on goes with it.

#include <fmt/format.h>

#include <algorithm>

#include "fix/statement.hpp"
#include "pg/identifier.hpp"
#include "privileges/acl_edit.hpp"

namespace pgleast {
namespace {

// What stands behind GRANT: `SELECT, UPDATE` or, for a column, `SELECT ("name")`.
std::string privilege_list(PrivilegeSet set, const std::string& column) {
  std::string result;
  set.each([&](Privilege p) {
    if (!result.empty()) result += ", ";
    result += info(p).keyword;
    if (!column.empty()) result += " (" + quote_identifier(column) + ")";
  });
  return result;
}

// By the schema's own list, which stands as it is here when the statement runs: groups may be
// others by then.
bool uses_schema(const Cluster& cluster, RoleId role, const Object& schema) {
  if (role == schema.owner || cluster.role(role).superuser) return true;
  const auto& list = cluster.effective_acl(schema);
  return std::any_of(list.begin(), list.end(), [&](const AclItem& item) {
    return (item.grantee == role || item.grantee == public_role) &&
           item.privileges.has(Privilege::usage);
  });
}

// Another grantor's grants are changed as that grantor, who must be let into the schema for it.
void as_grantor(const Cluster& cluster, RoleId grantor, const Object& object,
                const std::string& statement, std::vector<std::string>& out) {
  if (grantor == object.owner) {
    out.push_back(statement);
    return;
  }
  const auto role = quote_identifier(cluster.role_name(grantor));
  const auto* const schema = object.schema == no_object ? nullptr : &cluster.object(object.schema);
  const bool let_in = schema == nullptr || uses_schema(cluster, grantor, *schema);
  const auto usage = [&](const char* verb, const char* to) {
    if (let_in) return;
    out.push_back(
        fmt::format("{} USAGE ON {} {} {};", verb, grant_target(cluster, *schema), to, role));
  };
  usage("GRANT", "TO");
  out.push_back(fmt::format("SET LOCAL ROLE {};", role));
  out.push_back(statement);
  out.emplace_back("RESET ROLE;");
  usage("REVOKE", "FROM");
}

struct RevokedFrom {
  const Object& object;
  std::string column;  // empty: the object itself

  std::string grant(const Cluster& cluster, const AclItem& item, bool option) const {
    return fmt::format(
        "GRANT {} ON {} TO {}{};",
        privilege_list(option ? item.grantable : item.privileges - item.grantable, column),
        grant_target(cluster, object), grantee_sql(cluster, item.grantee),
        option ? " WITH GRANT OPTION" : "");
  }
};

// Items that are not in `present` just so; what is left of a list has kept its order.
Acl changed_items(const Acl& wanted, const Acl& present) {
  Acl changed;
  auto at = present.begin();
  for (const auto& item : wanted) {
    if (at != present.end() && *at == item) {
      ++at;
      continue;
    }
    changed.push_back(item);
    const bool less =
        at != present.end() && at->grantee == item.grantee && at->grantor == item.grantor;
    if (less) ++at;
  }
  return changed;
}

// Whoever passes on must hold the grant option first.
void add_missing(const Cluster& cluster, const RevokedFrom& target, const Acl& wanted,
                 const Acl& present, std::vector<std::string>& out) {
  auto order = changed_items(wanted, present);
  std::stable_sort(order.begin(), order.end(), [&](const AclItem& a, const AclItem& b) {
    return (a.grantor == target.object.owner) > (b.grantor == target.object.owner);
  });
  for (const auto& item : order) {
    auto missing = item;
    for (const auto& p : present) {
      if (p.grantee != item.grantee || p.grantor != item.grantor) continue;
      missing.grantable -= p.grantable;
      missing.privileges -= p.privileges - missing.grantable;
    }
    if (!(missing.privileges - missing.grantable).empty()) {
      as_grantor(cluster, item.grantor, target.object, target.grant(cluster, missing, false), out);
    }
    if (!missing.grantable.empty()) {
      as_grantor(cluster, item.grantor, target.object, target.grant(cluster, missing, true), out);
    }
  }
}

void revoke(const Cluster& cluster, const RevokedFrom& target, RoleId grantee, PrivilegeSet gone,
            Acl& acl, std::vector<std::string>& out) {
  const auto has_privileges = has_privileges_in(cluster, target.object.database);
  for (const auto& item : Acl(acl)) {
    const auto mine = item.privileges & gone;
    if (item.grantee != grantee || mine.empty()) continue;
    const AclItem taken{grantee, item.grantor, mine, mine};
    auto after = revoked(std::move(acl), taken, target.object.owner, has_privileges);
    acl = std::move(after.left);
    const bool cascades =
        after.cascades || (target.column.empty() &&
                           cascades_in_columns(cluster, target.object, taken, has_privileges));
    as_grantor(cluster, item.grantor, target.object,
               fmt::format("REVOKE {} ON {} FROM {}{};", privilege_list(mine, target.column),
                           grant_target(cluster, target.object), grantee_sql(cluster, grantee),
                           cascades ? " CASCADE" : ""),
               out);
  }
}

void grant(const Cluster& cluster, const RevokedFrom& target, RoleId grantee, PrivilegeSet wanted,
           Acl& acl, std::vector<std::string>& out) {
  const AclItem item{grantee, target.object.owner, wanted, {}};
  out.push_back(target.grant(cluster, item, false));
  for (auto& known : acl) {
    if (known.grantee == grantee && known.grantor == target.object.owner) {
      known.privileges |= wanted;
      return;
    }
  }
  acl.push_back(item);
}

// A table's REVOKE takes the same privileges, of the same grantor, from each of its columns.
void revoke_columns(Cluster& model, const Object& table, const Acl& before_table,
                    const ChangePrivileges& remedy, std::vector<std::string>& undo) {
  const auto has_privileges = has_privileges_in(model, table.database);
  for (auto& column : model.relations[table.detail].columns) {
    if (column.acl == null_acl) continue;
    const auto before = model.column_acl(column);
    auto acl = before;
    for (const auto& item : before_table) {
      const auto gone = item.privileges & remedy.privileges;
      if (item.grantee != remedy.grantee || gone.empty()) continue;
      acl = revoked(std::move(acl), {remedy.grantee, item.grantor, gone, gone}, table.owner,
                    has_privileges)
                .left;
    }
    if (acl == before) continue;
    add_missing(model, {table, column.name}, before, acl, undo);
    column.acl = add_acl(model, acl);
  }
}

}  // namespace

Statements enact(Cluster& model, const ChangePrivileges& remedy) {
  const Object object = model.object(remedy.object);
  Statements result{object.database, {}, {}, false, {}};
  auto* const column =
      remedy.column ? &model.relations[object.detail].columns[*remedy.column] : nullptr;
  const RevokedFrom target{object, column != nullptr ? column->name : ""};
  const auto before = column != nullptr ? model.column_acl(*column) : model.effective_acl(object);
  auto acl = before;
  if (remedy.grant) {
    const auto lacking = remedy.privileges - granted_to(acl, remedy.grantee);
    if (lacking.empty()) return result;
    grant(model, target, remedy.grantee, lacking, acl, result.sql);
    result.undo.push_back(
        fmt::format("REVOKE {} ON {} FROM {};", privilege_list(lacking, target.column),
                    grant_target(model, object), grantee_sql(model, remedy.grantee)));
  } else {
    revoke(model, target, remedy.grantee, remedy.privileges, acl, result.sql);
    add_missing(model, target, before, acl, result.undo);
    if (column == nullptr && object.kind == ObjectKind::table) {
      revoke_columns(model, object, before, remedy, result.undo);
    }
  }
  const auto id = add_acl(model, acl);
  if (column != nullptr) {
    column->acl = id;
  } else {
    model.objects[index(remedy.object)].acl = id;
  }
  return result;
}

}  // namespace pgleast
