// GRANT and REVOKE on objects, ALTER DEFAULT PRIVILEGES (aclchk.c).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <optional>
#include <utility>

#include "input/replay/statements/named_object.hpp"
#include "input/replay/statements/object_statement.hpp"
#include "pg/setting_table.hpp"

namespace pgleast {
namespace {

struct TargetKind {
  std::string_view object_type;  // of the parse tree
  ObjectKind kind;
  EntityKind entity;
};

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

const TargetKind& target_kind(const std::string& object_type) {
  for (const auto& kind : target_kinds) {
    if (kind.object_type == object_type) return kind;
  }
  throw Undecidable{"GRANT on " + object_type};
}

struct Request {
  AclChange change;  // without grantor, owner and privileges
  std::optional<RoleId> grantor;
  bool all = false;
  PrivilegeSet privileges;
  std::vector<std::pair<PrivilegeSet, std::vector<std::string>>> of_columns;
  std::string object_type;
  ObjectKind kind{};
};

PrivilegeSet privilege_of(const std::string& word, const Request& r, ObjectKind kind, int major) {
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

void take_privileges(const SqlNode& node, int major, Request& r) {
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

Request request_of(SqlCatalog& catalog, const SqlNode& node) {
  Request r;
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

/// The options of `mask` that the role itself holds (aclmask_direct).
PrivilegeSet own_options(const Acl& acl, RoleId role, RoleId owner, PrivilegeSet mask) {
  if (role == owner) return mask;
  PrivilegeSet result;
  for (const auto& item : acl) {
    if (item.grantee == role) result |= item.grantable;
  }
  return result & mask;
}

struct Grantor {
  RoleId role{};
  PrivilegeSet options;
};

// select_best_grantor; `named`: who GRANTED BY names, from version 19 on.
Grantor best_grantor(const SqlCatalog& catalog, std::optional<RoleId> named,
                     PrivilegeSet privileges, const Acl& acl, RoleId owner) {
  const auto user = catalog.user();
  if (named) {
    if (!catalog.has_privileges(user, *named)) {
      const auto& name = catalog.cluster().role_name(*named);
      throw Refused(Condition::insufficient_privilege,
                    fmt::format("must inherit privileges of role `{}`", name), name);
    }
    return {*named, own_options(acl, *named, owner, privileges)};
  }
  if (user == owner || catalog.is_superuser()) return {owner, privileges};
  Grantor best{user, {}};
  for (const auto role : catalog.privileged_roles(user)) {
    const auto options = own_options(acl, role, owner, privileges);
    if (options == privileges) return {role, options};
    if (std::popcount(options.bits()) > std::popcount(best.options.bits())) best = {role, options};
  }
  return best;
}

struct Named {
  std::string_view kind, name;
};

// restrict_and_check_grant: less than was asked for is a warning, nothing at all an error where
// the role holds nothing on the object either.
PrivilegeSet checked(const SqlCatalog& catalog, const Grantor& grantor, PrivilegeSet privileges,
                     const Acl& acl, RoleId owner, PrivilegeSet whole, const Named& named,
                     ObjectId object) {
  if (grantor.options.empty()) {
    auto any = catalog.held(grantor.role, object);
    for (const auto& item : acl) {
      const bool counts =
          item.grantee == public_role || catalog.has_privileges(grantor.role, item.grantee);
      if (counts) any |= item.privileges | item.grantable;
    }
    if ((any & whole).empty() && !catalog.has_privileges(grantor.role, owner)) {
      throw Refused(Condition::insufficient_privilege,
                    fmt::format("permission denied for {} {}", named.kind, named.name));
    }
  }
  return privileges & grantor.options;
}

Acl acl_after(const SqlCatalog& catalog, const Acl& acl, const Request& r, PrivilegeSet privileges,
              RoleId grantor, RoleId owner) {
  auto change = r.change;
  change.privileges = privileges;
  change.grantor = grantor;
  change.owner = owner;
  return changed_acl(acl, change, catalog.has_privileges());
}

void change_columns(SqlCatalog& catalog, EntityId id, const Request& r,
                    const std::map<std::string, PrivilegeSet>& wanted, const Acl& table_acl) {
  const auto owner = catalog.owner_of(id);
  for (std::size_t i = 0; i < catalog.at(id).columns.size(); ++i) {
    const auto column = catalog.cluster().relation(catalog.object(id)).columns[i];
    const auto found = wanted.find(column.name);
    if (found == wanted.end() || found->second.empty()) continue;
    const auto old = catalog.cluster().column_acl(column);
    auto both = table_acl;
    both.insert(both.end(), old.begin(), old.end());
    const auto grantor = best_grantor(catalog, r.grantor, found->second, both, owner);
    const auto privileges =
        checked(catalog, grantor, found->second, both, owner, info(ObjectKind::column).all,
                {"column", column.name}, catalog.at(id).object);
    const auto acl = acl_after(catalog, old, r, privileges, grantor.role, owner);
    catalog.edit_relation(id).columns[i].acl = acl.empty() ? null_acl : catalog.intern(acl);
  }
}

// What is revoked of a relation is revoked of all its columns, those of the system included, which
// have no list (expand_all_col_privileges).
void check_columns(const SqlCatalog& catalog, EntityId id, const Request& r,
                   PrivilegeSet privileges, const Acl& table_acl) {
  if (privileges.empty()) return;
  const auto owner = catalog.owner_of(id);
  const auto grantor = best_grantor(catalog, r.grantor, privileges, table_acl, owner);
  checked(catalog, grantor, privileges, table_acl, owner, info(ObjectKind::column).all,
          {"a column of", catalog.at(id).name}, catalog.at(id).object);
}

PrivilegeSet whole_of(ObjectKind kind, const SqlCatalog& catalog) {
  return grantable_privileges(kind, catalog.major());
}

void change_object(SqlCatalog& catalog, EntityId id, ObjectId object_id, const Request& r,
                   PrivilegeSet privileges) {
  const auto object = catalog.cluster().object(object_id);
  const auto acl = catalog.cluster().effective_acl(object);
  const auto grantor = best_grantor(catalog, r.grantor, privileges, acl, object.owner);
  const auto given =
      checked(catalog, grantor, privileges, acl, object.owner, whole_of(object.kind, catalog),
              {info(object.kind).name, object.name}, object_id);
  const auto kept = catalog.intern(acl_after(catalog, acl, r, given, grantor.role, object.owner));
  if (id == no_entity) {
    catalog.edit_object(object_id).acl = kept;
  } else {
    catalog.set_acl(id, kept);
  }
}

/// The columns of the server itself, whose lists are not in the model.
bool is_of_every_table(const Entity& e, std::string_view column) {
  constexpr std::array<std::string_view, 6> of_system{"ctid", "xmin",     "xmax",
                                                      "cmin", "tableoid", "cmax"};
  return !e.is(RelationKind::view) &&
         std::find(of_system.begin(), of_system.end(), column) != of_system.end();
}

void change_relation(SqlCatalog& catalog, EntityId id, const Request& r) {
  const auto& e = catalog.at(id);
  if (e.is(RelationKind::index) || e.is(RelationKind::partitioned_index)) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is an index", e.name));
  }
  if (e.is(RelationKind::composite_type)) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is a composite type", e.name));
  }
  if (r.kind == ObjectKind::sequence && !e.is(RelationKind::sequence)) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is not a sequence", e.name));
  }
  const auto kind = catalog.object(id).kind;
  const auto whole = whole_of(kind, catalog);
  const bool everything = r.all && r.privileges.empty();
  auto privileges = everything ? whole : r.privileges;
  if (kind == ObjectKind::sequence) {
    privileges = privileges & whole;
  } else if (!whole.covers(privileges)) {
    throw Refused(Condition::invalid_grant_operation, "invalid privilege type USAGE for table");
  }
  const auto table_acl = catalog.cluster().effective_acl(catalog.object(id));
  std::map<std::string, PrivilegeSet> columns;
  const auto column_privileges = privileges & info(ObjectKind::column).all;
  if (!r.change.grants && kind == ObjectKind::table) {
    for (const auto& c : catalog.cluster().relation(catalog.object(id)).columns) {
      if (c.acl != null_acl) columns[c.name] |= column_privileges;
    }
  }
  if (!privileges.empty()) change_object(catalog, id, catalog.at(id).object, r, privileges);
  if (!r.change.grants) check_columns(catalog, id, r, column_privileges, table_acl);
  for (const auto& [of_column, names] : r.of_columns) {
    for (const auto& name : names) {
      if (is_of_every_table(catalog.at(id), name)) continue;
      catalog.needed_column(id, name);
      columns[name] |= of_column;
    }
  }
  if (kind == ObjectKind::table) change_columns(catalog, id, r, columns, table_acl);
}

void change_type(SqlCatalog& catalog, EntityId id, const Request& r) {
  const auto& e = catalog.at(id);
  if (e.is(TypeKind::array)) {
    throw Refused(Condition::invalid_grant_operation, "cannot set privileges of array types");
  }
  if (e.is(TypeKind::multirange) && catalog.major() >= 17) {
    throw Refused(Condition::invalid_grant_operation, "cannot set privileges of multirange types");
  }
  if (r.object_type == "OBJECT_DOMAIN" && !e.is(TypeKind::domain) && !e.dependents_unknown) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is not a domain", e.name));
  }
  change_object(catalog, id, e.object, r, r.all ? whole_of(r.kind, catalog) : r.privileges);
}

void change_one(SqlCatalog& catalog, EntityId id, const Request& r) {
  const auto& e = catalog.at(id);
  if (e.is(LanguageKind::untrusted)) {
    throw Refused(Condition::wrong_object_type,
                  fmt::format("language `{}` is not trusted", e.name));
  }
  if (e.temporary && e.object == no_object) return;
  if (e.kind == EntityKind::relation) return change_relation(catalog, id, r);
  if (e.kind == EntityKind::type) return change_type(catalog, id, r);
  change_object(catalog, id, e.object, r, r.all ? whole_of(r.kind, catalog) : r.privileges);
}

/// What of pg_catalog the grant is on, in the model from now on; none: it stays left out.
EntityId object_of_catalogs(SqlCatalog& catalog, const Request& r, const SqlNode& object,
                            const SqlNode& privileges) {
  if (!catalog.is_of_scripts()) return no_entity;
  if (r.kind == ObjectKind::table) {
    const auto name = relation_name(object);
    if (name.schema == "information_schema") return no_entity;
    return catalog_relation(catalog, name.name, privileges);
  }
  const auto& with = inside(object, "ObjectWithArgs");
  if (r.kind != ObjectKind::function) return no_entity;
  const auto name = qualified_name_of(list_at(with, "objname"));
  if (name.schema == "information_schema") return no_entity;
  if (truth_at(with, "args_unspecified")) {
    const bool matters = r.change.grants && is_guarded_function(name.name);
    if (matters) throw Undecidable{"which functions of the server have that name is not known"};
    return no_entity;
  }
  std::vector<TypeRef> types;
  for (const auto& argument : list_at(with, "objargs")) {
    types.push_back(catalog.find_type(argument));
    if (types.back().builtin.empty()) return no_entity;
  }
  return catalog_function(catalog, name.name, types);
}

/// The catalogs are not in the model: what is granted on them is left out, not unseen.
bool is_catalogs(const SqlCatalog& catalog, const Request& r, const SqlNode& object) {
  if (r.kind == ObjectKind::function) {
    if (!catalog.is_of_scripts()) return false;
    const auto name = qualified_name_of(list_at(inside(object, "ObjectWithArgs"), "objname"));
    if (name.schema == "pg_catalog" || name.schema == "information_schema") return true;
    const bool servers = name.name.starts_with("pg_") || is_guarded_function(name.name);
    return name.schema.empty() && servers && catalog.find_functions(name).empty();
  }
  if (r.kind == ObjectKind::type) {
    auto tree = SqlNode::object();
    tree["names"] = items_of(object);
    const auto type = catalog.find_type(object.contains("TypeName") ? object : tree);
    return !type.builtin.empty() || !type.text.empty();
  }
  if (r.kind == ObjectKind::table) {
    const auto name = relation_name(object);
    const auto found = catalog.find_named(EntityKind::relation, name);
    if (found == no_entity) return catalog.is_of_server(name);
    return catalog.is_of_scripts() && catalog.at(found).object != no_object &&
           catalog.object(found).system;
  }
  return false;
}

void change_database(SqlCatalog& catalog, const std::string& name, const Request& r) {
  const auto id = catalog.database_named(name);
  if (id == no_object) {
    throw Refused(Condition::invalid_catalog_name,
                  fmt::format("database `{}` does not exist", name), name);
  }
  change_object(catalog, no_entity, id, r, r.all ? whole_of(r.kind, catalog) : r.privileges);
}

// A known one, or a name of two words or more for which a library may ask (guc.c,
// check_GUC_name_for_parameter_acl).
bool is_parameter_name(const std::string& name, int major) {
  if (find_setting_info(name, major) != nullptr) return true;
  bool starts = true, dotted = false;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                        static_cast<unsigned char>(c) >= 0x80;
    const bool later = letter || (c >= '0' && c <= '9') || c == '$';
    if (c == '.' && !starts) {
      starts = dotted = true;
    } else if (starts ? letter : later) {
      starts = false;
    } else {
      return false;
    }
  }
  return dotted && !starts;
}

// parameter_acl.c: an entry goes when nothing is granted any more; the owner is the bootstrap
// superuser.
void change_parameter(SqlCatalog& catalog, const std::string& written, const Request& r) {
  const auto name = setting_key(written);
  auto& cluster = catalog.cluster();
  auto id = no_object;
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    const auto& o = cluster.objects[i];
    if (o.kind == ObjectKind::parameter && o.name == name) id = ObjectId{i};
  }
  if (id == no_object) {
    if (!r.change.grants) return;
    if (!is_parameter_name(name, catalog.major())) {
      throw Refused(Condition::invalid_name, fmt::format("invalid parameter name `{}`", written),
                    written);
    }
    id = catalog.make_parameter(name);
  }
  const auto all = r.all ? whole_of(r.kind, catalog) : r.privileges;
  const auto object = cluster.object(id);
  // Its built-in list is not what is stored first (aclchk.c, ExecGrant_Parameter).
  const auto acl = cluster.effective_acl(object);
  const auto grantor = best_grantor(catalog, r.grantor, all, acl, object.owner);
  const auto given =
      checked(catalog, grantor, all, acl, object.owner, all, {"parameter", name}, id);
  const auto now = acl_after(catalog, acl, r, given, grantor.role, object.owner);
  const bool same = now == default_acl(ObjectKind::parameter, object.owner, catalog.major());
  catalog.edit_object(id).acl = same ? null_acl : catalog.intern(now);
}

EntityId large_object(const SqlCatalog& catalog, const SqlNode& object) {
  const auto name = word_of(object);
  const auto id = catalog.find_in_database(EntityKind::large_object, name);
  if (id == no_entity) {
    throw Refused(Condition::undefined_object, fmt::format("large object {} does not exist", name));
  }
  return id;
}

/// What `GRANT ... ON ALL ... IN SCHEMA pg_catalog` is on. The server's functions are not known.
void need_catalogs(SqlCatalog& catalog, const Request& r) {
  if (!catalog.is_of_scripts()) return;
  if (r.kind == ObjectKind::table) need_catalog_relations(catalog);
  const bool matters = r.kind == ObjectKind::function && r.change.grants;
  if (matters) throw Undecidable{"which functions the server has is not known"};
}

void change_in_schema(SqlCatalog& catalog, const SqlNode& node, const Request& r) {
  for (const auto& name : strings_of(list_at(node, "objects"))) {
    const auto schema = catalog.schema_named(name);
    if (name == "pg_catalog") need_catalogs(catalog, r);
    const auto kind = target_kind(r.object_type).entity;
    for (const auto id : catalog.children(schema, kind)) {
      const auto& e = catalog.at(id);
      const bool fits = r.object_type == "OBJECT_TABLE"
                            ? !e.is(RelationKind::sequence) && !e.is(RelationKind::index) &&
                                  !e.is(RelationKind::composite_type)
                        : r.object_type == "OBJECT_SEQUENCE"  ? e.is(RelationKind::sequence)
                        : r.object_type == "OBJECT_FUNCTION"  ? !e.is(RoutineKind::procedure)
                        : r.object_type == "OBJECT_PROCEDURE" ? e.is(RoutineKind::procedure)
                                                              : true;
      if (fits) change_one(catalog, id, r);
    }
  }
}

/// Who GRANTED BY names. Before version 19 it can only be the current user, and changes nothing.
std::optional<RoleId> named_grantor(SqlCatalog& catalog, const SqlNode& node) {
  if (!node.contains("grantor")) return std::nullopt;
  const auto role = catalog.roles().role_of(role_name(node["grantor"]));
  if (catalog.major() >= 19) return role;
  if (role != catalog.user()) {
    throw Refused(Condition::feature_not_supported, "grantor must be current user");
  }
  return std::nullopt;
}

}  // namespace

void grant(SqlCatalog& catalog, const SqlNode& node) {
  catalog.touch();
  auto r = request_of(catalog, node);
  r.grantor = named_grantor(catalog, node);
  take_privileges(node, catalog.major(), r);
  if (text_at(node, "targtype") == "ACL_TARGET_ALL_IN_SCHEMA") {
    return change_in_schema(catalog, node, r);
  }
  std::vector<EntityId> targets;
  for (const auto& object : list_at(node, "objects")) {
    if (r.kind == ObjectKind::database) {
      change_database(catalog, string_of(object), r);
    } else if (r.kind == ObjectKind::parameter) {
      change_parameter(catalog, string_of(object), r);
    } else if (r.kind == ObjectKind::large_object) {
      targets.push_back(large_object(catalog, object));
    } else if (is_catalogs(catalog, r, object)) {
      const auto known = object_of_catalogs(catalog, r, object, list_at(node, "privileges"));
      if (known != no_entity) {
        targets.push_back(known);
        continue;
      }
      const auto& to = r.change.grantees;
      const bool everyone = std::find(to.begin(), to.end(), public_role) != to.end();
      if (everyone && r.change.grants && r.change.option) {
        throw Refused(Condition::invalid_grant_operation,
                      "grant options can only be granted to roles");
      }
    } else {
      const auto type = r.object_type == "OBJECT_TABLE" || r.object_type == "OBJECT_SEQUENCE"
                            ? std::string("relation")
                            : r.object_type;
      targets.push_back(named_object(catalog, type, object));
    }
  }
  for (const auto id : targets) change_one(catalog, id, r);
}

// --- ALTER DEFAULT PRIVILEGES -------------------------------------------------------------------

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
void set_default_acl(SqlCatalog& catalog, const Request& r, RoleId creator, EntityId schema) {
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
    Request strict = r;
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
