// The words of GRANT, REVOKE and ALTER DEFAULT PRIVILEGES (aclchk.c, ExecuteGrantStmt).
#include "input/replay/statements/grant_request.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace pgleast {
namespace {

constexpr std::array target_kinds{
    TargetKind{"OBJECT_TABLE", ObjectKind::table, EntityKind::relation},
    TargetKind{"OBJECT_SEQUENCE", ObjectKind::sequence, EntityKind::relation},
    TargetKind{"OBJECT_DATABASE", ObjectKind::database, EntityKind::other},
    TargetKind{"OBJECT_DOMAIN", ObjectKind::type, EntityKind::type},
    TargetKind{"OBJECT_TYPE", ObjectKind::type, EntityKind::type},
    TargetKind{"OBJECT_FUNCTION", ObjectKind::function, EntityKind::function},
    TargetKind{"OBJECT_PROCEDURE", ObjectKind::function, EntityKind::function},
    TargetKind{"OBJECT_ROUTINE", ObjectKind::function, EntityKind::function},
    TargetKind{"OBJECT_LANGUAGE", ObjectKind::language, EntityKind::language},
    TargetKind{"OBJECT_LARGEOBJECT", ObjectKind::large_object, EntityKind::large_object},
    TargetKind{"OBJECT_SCHEMA", ObjectKind::schema, EntityKind::schema},
    TargetKind{"OBJECT_TABLESPACE", ObjectKind::tablespace, EntityKind::tablespace},
    TargetKind{"OBJECT_FDW", ObjectKind::foreign_data_wrapper, EntityKind::wrapper},
    TargetKind{"OBJECT_FOREIGN_SERVER", ObjectKind::foreign_server, EntityKind::server},
    TargetKind{"OBJECT_PARAMETER_ACL", ObjectKind::parameter, EntityKind::other},
};

}  // namespace

const TargetKind& target_kind(const std::string& object_type) {
  for (const auto& kind : target_kinds) {
    if (kind.object_type == object_type) return kind;
  }
  throw Undecidable{"GRANT on " + object_type};
}

PrivilegeSet privilege_of(const std::string& word, const GrantRequest& r, ObjectKind kind,
                          int major) {
  const auto privilege = privilege_named(word);
  // What that version does not know at all is another kind of error.
  const bool known = privilege && (*privilege != Privilege::maintain || major >= 17);
  if (!known) {
    throw Refused(Condition::syntax_error, fmt::format("unrecognized privilege type `{}`", word),
                  word);
  }
  auto all = grantable_privileges(kind, major);
  // GRANT ... ON a sequence is taken with the words of tables.
  if (r.object_type == "OBJECT_TABLE" && kind == ObjectKind::table) {
    all |= info(ObjectKind::sequence).all;
  }
  if (!all.has(*privilege)) {
    throw Refused(
        Condition::invalid_grant_operation,
        fmt::format("invalid privilege type {} for {}", info(*privilege).keyword, info(kind).name),
        word);
  }
  return *privilege;
}

void take_privileges(const SqlNode& node, int major, GrantRequest& r) {
  const auto& list = list_at(node, "privileges");
  r.all = list.empty();
  for (const auto& item : list) {
    const auto& access = inside(item, "AccessPriv");
    const auto word = text_at(access, "priv_name");
    const auto columns = strings_of(list_at(access, "cols"));
    if (columns.empty()) {
      r.privileges |= privilege_of(word, r, r.kind, major);
      continue;
    }
    if (r.object_type != "OBJECT_TABLE") {
      throw Refused(Condition::invalid_grant_operation,
                    "column privileges are only valid for relations");
    }
    const auto privileges = word.empty() ? info(ObjectKind::column).all
                                         : privilege_of(word, r, ObjectKind::column, major);
    r.of_columns.emplace_back(privileges, columns);
  }
}

GrantRequest request_of(SqlCatalog& catalog, const SqlNode& node) {
  GrantRequest r;
  r.object_type = text_at(node, "objtype");
  r.kind = target_kind(r.object_type).kind;
  r.change.grants = truth_at(node, "is_grant");
  r.change.option = truth_at(node, "grant_option");
  r.change.cascade = text_at(node, "behavior") == "DROP_CASCADE";
  for (const auto& name : role_names(list_at(node, "grantees"))) {
    r.change.grantees.push_back(
        name.kind == RoleName::Kind::everyone ? public_role : catalog.roles().role_of(name));
  }
  return r;
}

std::optional<RoleId> named_grantor(SqlCatalog& catalog, const SqlNode& node) {
  if (!node.contains("grantor")) return std::nullopt;
  const auto role = catalog.roles().role_of(role_name(node["grantor"]));
  if (catalog.major() >= 19) return role;
  if (role != catalog.user()) {
    throw Refused(Condition::feature_not_supported, "grantor must be current user");
  }
  return std::nullopt;
}

}  // namespace pgleast
