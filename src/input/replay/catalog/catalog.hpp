#pragma once
// The catalogs of a cluster while scripts change it: names, what depends on what, who runs the
// statements, and a journal that takes changes back.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "input/replay/catalog/compact.hpp"
#include "input/replay/catalog/entity.hpp"
#include "input/replay/catalog/name_index.hpp"
#include "input/replay/catalog/row_shape.hpp"
#include "input/replay/roles/role_editor.hpp"
#include "input/replay/roles/undecidable.hpp"
#include "input/sql/node.hpp"
#include "input/sql/psql_script.hpp"
#include "model/cluster.hpp"
#include "privileges/acl_edit.hpp"

namespace pgleast {

/// schema.name; without a schema it is looked up along search_path.
struct QualifiedName {
  std::string schema, name;
  bool operator==(const QualifiedName&) const = default;
};
QualifiedName qualified_name_of(const SqlNode& names);
/// Of a RangeVar.
QualifiedName relation_name(const SqlNode& range);

class SqlCatalog {
 public:
  SqlCatalog(Cluster& cluster, RoleEditor& roles);

  // --- The session -----------------------------------------------------------------------------
  struct Session {
    RoleId authenticated{}, session_user{}, current_user{};
    std::vector<std::string> search_path{"$user", "public"};
    std::vector<std::string> stored_path{"$user", "public"};  // what RESET gives
    ObjectId database = no_object;
    EntityId temporary = no_entity;  // the schema, once there is one
  };
  /// What temporary objects there were is gone; search_path is what is stored.
  Session& start_session(const std::string& database, RoleId user);
  const Session& session() const { return session_; }
  Session& edit_session();
  void tell_roles() { roles_.run_as(session_.current_user, session_.session_user); }
  RoleId user() const { return session_.current_user; }
  void end_session();
  void drop_temporary();
  /// SET LOCAL holds until the transaction ends.
  void remember_for_end_of_transaction(bool local);
  void end_transaction(bool committed);
  /// Puts what lies in the session's database into the model where that is not done yet.
  /// Throws Undecidable where it was not read.
  void load_database();
  /// What lies in it is not in the model, for nobody changed it.
  bool is_pristine(ObjectId database) const;
  void copy_contents(ObjectId from, ObjectId to);

  // --- The journal -----------------------------------------------------------------------------
  std::size_t mark() const { return journal_.size(); }
  void undo_to(std::size_t mark);
  void forget_journal();

  // --- Entities --------------------------------------------------------------------------------
  const Entity& at(EntityId id) const { return entities_[index(id)]; }
  std::size_t size() const { return entities_.size(); }
  /// Also those that are gone.
  const std::vector<EntityId>& of_kind(EntityKind kind) const;
  /// Of an object that was read; no_entity: it is none of those.
  EntityId entity_of(ObjectId id) const;
  /// Something of that name was there once: where it is not now, it is certainly not.
  bool was_named(const std::string& name) const { return once_named_.contains(name); }
  /// Another number after every change.
  std::size_t version() const { return version_; }
  Entity& edit(EntityId id);
  EntityId add(Entity entity);
  void mark_dropped(EntityId id);
  void rename(EntityId id, const std::string& name);
  void move(EntityId id, EntityId schema);
  void add_ref(EntityId from, const Ref& ref);
  void remove_ref(EntityId from, EntityId to);
  const std::vector<EntityId>& dependents(EntityId id) const;
  /// Those of a relation, or in a schema: alive.
  std::vector<EntityId> children(EntityId parent, EntityKind kind) const;
  /// Those that need it in any way, alive, each once.
  std::vector<EntityId> children_of(EntityId id) const;
  EntityCode code_of(EntityId id) const { return at(id).code ? *at(id).code : EntityCode(); }
  void set_code(EntityId id, EntityCode code);

  // --- The model -------------------------------------------------------------------------------
  Cluster& cluster() { return cluster_; }
  const Cluster& cluster() const { return cluster_; }
  RoleEditor& roles() { return roles_; }
  int major() const { return cluster_.major(); }
  const Object& object(EntityId id) const { return cluster_.object(at(id).object); }
  Object& edit_object(ObjectId id);
  RelationDetail& edit_relation(EntityId id);
  FunctionDetail& edit_function(EntityId id);
  DatabaseDetail& edit_database(ObjectId id);
  RowPolicy& edit_policy(std::size_t at);
  void add_policy(RowPolicy policy);
  std::vector<DefaultAcl>& edit_default_acls();
  std::vector<RoleSetting>& edit_role_settings();
  Column& edit_column(ObjectId table, std::size_t at);
  /// Its row in Cluster::row_policies.
  std::size_t policy_place(EntityId policy) const { return at(policy).place; }
  AclId intern(const Acl& acl);
  /// What came about by itself, without an entity.
  void note_made(ObjectId id) { before_.made.push_back(id); }
  ObjectId make_parameter(const std::string& name);
  /// A new entity with its object in the model: owned by the user, access list by default.
  EntityId make(Entity entity, ObjectKind kind, std::uint32_t detail = no_detail);
  RoleId owner_of(EntityId id) const;
  void set_owner(EntityId id, RoleId owner);
  /// The list of a new object of that owner there (get_user_default_acl).
  AclId default_acl_for(ObjectKind kind, RoleId owner, EntityId schema);
  void set_acl(EntityId id, AclId acl);
  ObjectId database_named(const std::string& name) const;

  // --- Names -----------------------------------------------------------------------------------
  /// Schemas of search_path that exist and may be used, in their order.
  std::vector<EntityId> path() const;
  EntityId find_schema(const std::string& name) const;
  EntityId schema_named(const std::string& name) const;  // throws Refused
  /// Where `CREATE` puts an object of that name. Throws Refused.
  EntityId schema_for_new(const QualifiedName& name) const;
  EntityId find(EntityKind kind, EntityId schema, const std::string& name) const;
  /// Functions share their names.
  std::vector<EntityId> find_all(EntityKind kind, EntityId schema, const std::string& name) const;
  EntityId find_in_database(EntityKind kind, const std::string& name) const;
  EntityId find_on(EntityId relation, EntityKind kind, const std::string& name) const;
  std::vector<EntityId> find_functions(const QualifiedName& name) const;
  /// no_entity: none with these arguments.
  EntityId find_function(EntityId schema, const std::string& name,
                         const std::vector<TypeRef>& types) const;
  EntityId find_named(EntityKind kind, const QualifiedName& name) const;
  /// Those that scripts made, in the first schema that has one. They share their names.
  std::vector<EntityId> find_operators(const QualifiedName& name) const;
  bool is_of_server(const QualifiedName& name) const;
  /// Of what is not there: that its schema is not there either, or `otherwise`.
  Condition absence(const QualifiedName& name, Condition otherwise) const;
  EntityId relation_of(const SqlNode& range) const;  // throws Refused, Undecidable
  EntityId relation_of(const QualifiedName& name) const;
  TypeRef find_type(const SqlNode& type_name) const;
  TypeRef type_of(const SqlNode& type_name) const;  // throws Refused
  std::string shown(const TypeRef& type) const;
  std::string shown_name(EntityId id) const;
  int column_number(EntityId relation, const std::string& name) const;  // 0: none
  int needed_column(EntityId relation, const std::string& name) const;  // throws Refused

  // --- Rights ----------------------------------------------------------------------------------
  bool has_privileges(RoleId role, RoleId of) const;
  HasPrivileges has_privileges() const;
  std::vector<RoleId> privileged_roles(RoleId role) const;
  bool can_become(RoleId role, RoleId other) const;
  bool is_superuser() const { return cluster_.role(user()).superuser; }
  PrivilegeSet held(RoleId role, ObjectId object) const;
  bool holds(RoleId role, EntityId id, Privilege privilege) const;
  bool owns(EntityId id) const { return has_privileges(user(), owner_of(id)); }
  void need_owner(EntityId id, std::string_view what) const;
  void need_create(EntityId schema) const;
  void need_superuser(const std::string& message) const;

  /// Something was said of what lies in databases; something there was made or changed.
  bool touched() const { return touched_; }
  void touch() { touched_ = true; }
  bool changed() const { return changed_; }
  bool has_read_objects() const { return has_read_objects_; }
  /// Nothing was read of a server.
  bool is_of_scripts() const { return cluster_.server.empty() && !has_read_objects_; }
  bool has_extensions = false;
  bool has_hidden_calls = false;       // operator classes, transforms and their like call functions
  bool is_known = false;               // all that was there before the scripts
  bool server_rights_changed = false;  // on what lies in pg_catalog
  RowVersions row_versions;
  void forget_rows() { ++row_versions.all, ++row_versions.kept; }
  void forget_kept_rows() { ++row_versions.kept; }
  std::set<EntityId> filled;        // tables that scripts put rows into, which may be undone
  bool subscriptions_made = false;  // which tables they write stands in no script
  bool roles_known = true, objects_known = true;  // to who asks the catalogs
  std::vector<std::string> new_extensions;
  void remark_extension(const std::string& name) { new_extensions.push_back(name); }

  /// The statement that is being done, for what parse trees leave out.
  struct Statement {
    std::string_view script;
    const PsqlItem* item = nullptr;
  };
  const Statement& statement() const { return statement_; }
  void set_statement(const Statement& statement) { statement_ = statement; }
  /// Leaves in the model only what is alive.
  Renumbered finish();

 private:
  void let_go(const Entity& e);
  void drop_unused_acls();
  void read_cluster();
  void read_object(ObjectId id);
  void read_types_of_functions();
  Gone gone() const;
  void read_code(const std::vector<ObjectId>& now);

  Cluster& cluster_;
  RoleEditor& roles_;
  Session session_;
  std::optional<Session> before_local_;
  bool in_transaction_ = false;
  RoleEditor::Journal& journal_;  // the same as the roles'
  Before& before_;                // the same
  std::vector<Entity> entities_;
  std::vector<std::vector<EntityId>> dependents_;
  NameIndex names_;
  std::map<EntityKind, std::vector<EntityId>> by_kind_;
  std::size_t version_ = 0;
  std::unordered_set<std::string> once_named_;
  std::size_t first_acl_ = 0;      // that scripts made
  std::size_t items_in_acls_ = 0;  // of those, also where nothing has them any more
  std::size_t items_kept_ = 0;
  std::uint32_t next_oid_ = first_oid_of_users;
  std::map<ObjectId, EntityId> entity_of_;
  Statement statement_;
  bool touched_ = false, changed_ = false, has_read_objects_ = false;
};

/// Names in pg_catalog and how they are shown.
std::vector<std::pair<std::string, std::string>> builtin_types_shown(int major);

}  // namespace pgleast
