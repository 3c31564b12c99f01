// ALTER ... OWNER TO. What the old owner was granted as owner becomes the new one's, in the
// access list as well (tablecmds.c, ATExecChangeOwner; aclnewowner).

#include <fmt/format.h>

#include <algorithm>

#include "fix/statement.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

// aclnewowner: every mention of the old owner becomes one of the new, equal ones are put together.
Acl with_owner(const Acl& acl, RoleId before, RoleId now) {
  Acl result;
  for (auto item : acl) {
    if (item.grantee == before) item.grantee = now;
    if (item.grantor == before) item.grantor = now;
    const auto same = std::find_if(result.begin(), result.end(), [&](const AclItem& i) {
      return i.grantee == item.grantee && i.grantor == item.grantor;
    });
    if (same == result.end()) {
      result.push_back(item);
    } else {
      same->privileges |= item.privileges;
      same->grantable |= item.grantable;
    }
  }
  return result;
}

}  // namespace

Statements enact(Cluster& model, const ChangeOwner& remedy) {
  auto& object = model.objects[index(remedy.object)];
  if (object.owner == remedy.owner) return {};
  const auto statement = [&](RoleId owner) {
    return fmt::format("ALTER {} OWNER TO {};", grant_target(model, object),
                       quote_identifier(model.role_name(owner)));
  };
  Statements result{
      object.database, {statement(remedy.owner)}, {statement(object.owner)}, false, {}};
  if (object.acl != null_acl) {
    object.acl =
        add_acl(model, with_owner(model.acls[index(object.acl)], object.owner, remedy.owner));
  }
  object.owner = remedy.owner;
  return result;
}

}  // namespace pgleast
