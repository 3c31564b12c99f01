#pragma once
// A remedy as SQL, its inverse, and its effect on the model: one file for each kind.
//
// INVARIANT: a statement is rendered from the model before it is applied to it, and names
// in it are quoted identifiers or quoted constants, nothing else from outside.

#include <string>
#include <vector>

#include "finding/remedy.hpp"
#include "fix/config_edit.hpp"
#include "model/cluster.hpp"
#include "privileges/graph.hpp"

namespace pgleast {

struct Statements {
  ObjectId database = no_object;  // where they must run; none: in any database
  std::vector<std::string> sql;
  std::vector<std::string> undo;     // in the order in which they must run
  bool outside_transaction = false;  // ALTER SYSTEM cannot run inside one
  std::vector<LineEdit> edits;       // of postgresql.conf
};

/// Makes the statements and applies the remedy to `model`. Nothing to do makes none.
Statements enact(Cluster& model, const ChangePrivileges& remedy);
Statements enact(Cluster& model, const ChangeMembership& remedy);
Statements enact(Cluster& model, const ChangeAttribute& remedy);
Statements enact(Cluster& model, const ChangeConnectionLimit& remedy);
Statements enact(Cluster& model, const ChangeOwner& remedy);
Statements enact(Cluster& model, const ChangeOperatorOwner& remedy);
Statements enact(Cluster& model, const PinSearchPath& remedy);
Statements enact(Cluster& model, const EnableRowSecurity& remedy);
Statements enact(Cluster& model, const ChangeDefaultPrivileges& remedy);
Statements enact(Cluster& model, const ResetStored& remedy);
/// An edit of the file, or ALTER SYSTEM where the value comes from there or no text is at hand.
Statements enact(Cluster& model, const ChangeSetting& remedy);

/// What changes its owner with the object, itself first: a table's row type and arrays of it.
std::vector<ObjectId> owned_with(const Cluster& cluster, ObjectId object);

/// Where code uses that operator.
std::vector<OperatorUse*> uses_of(Cluster& model, const ChangeOperatorOwner& remedy);

/// A new number for an access list that no reader made.
AclId add_acl(Cluster& model, Acl acl);

/// Where its privileges are granted: an array type's list is its element's, from 17 on a
/// multirange's its range's; null: the server takes no GRANT on it (aclchk.c).
const Object* granted_through(const Cluster& cluster, const Object& object);
/// `TABLE "public"."orders"`, `ROUTINE "public"."refund"(integer)`: what stands after ON.
std::string grant_target(const Cluster& cluster, const Object& object);
/// `"public"."refund"(integer)`.
std::string qualified_name(const Cluster& cluster, const Object& object);
/// `"app_user"` or `PUBLIC`.
std::string grantee_sql(const Cluster& cluster, RoleId role);

}  // namespace pgleast
