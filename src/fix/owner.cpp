// ALTER ... OWNER TO. What the old owner was granted as owner becomes the new one's, in the
// access lists of the object and of its columns as well (tablecmds.c, ATExecChangeOwner).
// The sequences that a table owns go along on the server; the model does not know them.

#include <fmt/format.h>

#include "fix/statement.hpp"
#include "model/objects_of.hpp"
#include "pg/identifier.hpp"
#include "privileges/acl_edit.hpp"

namespace pgleast {

std::vector<ObjectId> owned_with(const Cluster& cluster, ObjectId id) {
  std::vector<ObjectId> result{id};
  const auto& table = cluster.object(id);
  if (table.kind != ObjectKind::table) return result;
  const auto array = table.identity + "[]";
  for (const auto of_rows : objects_of(cluster, ObjectKind::type)) {
    const auto& type = cluster.object(of_rows);
    if (type.database != table.database) continue;
    if (type.identity == table.identity || type.identity == array) result.push_back(of_rows);
  }
  return result;
}

Statements enact(Cluster& model, const ChangeOwner& remedy) {
  const Object object = model.object(remedy.object);
  if (object.owner == remedy.owner) return {};
  const auto statement = [&](RoleId owner) {
    return fmt::format("ALTER {} OWNER TO {};", grant_target(model, object),
                       quote_identifier(model.role_name(owner)));
  };
  Statements result{
      object.database, {statement(remedy.owner)}, {statement(object.owner)}, false, {}};
  const auto move = [&](AclId& list) {
    if (list == null_acl) return;
    list = add_acl(model, acl_of_new_owner(model.acls[index(list)], object.owner, remedy.owner));
  };
  for (const auto id : owned_with(model, remedy.object)) {
    auto& moved = model.objects[index(id)];
    moved.owner = remedy.owner;
    move(moved.acl);
  }
  if (object.kind == ObjectKind::table) {
    for (auto& column : model.relations[object.detail].columns) move(column.acl);
  }
  return result;
}

}  // namespace pgleast
