// What the code that scripts make does: bodies, views, rules, triggers, policies.
#include "input/replay/catalog/script_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "input/code/code_reader.hpp"
#include "input/replay/catalog/server_relation.hpp"
#include "input/sql/psql_script.hpp"
#include "model/bootstrap_superuser.hpp"
#include "model/objects_of.hpp"
#include "pg/setting_value.hpp"

namespace pgleast {
namespace {

// Functions of the server that are volatile and that a policy may ask without an argument.
constexpr std::array<std::string_view, 16> volatile_functions{
    "clock_timestamp",    "current_query",     "gen_random_uuid",    "lastval", "pg_backend_pid",
    "pg_current_logfile", "pg_is_in_recovery", "pg_jit_available",   "random",  "random_normal",
    "timeofday",          "txid_current",      "pg_current_wal_lsn", "uuidv4",  "uuidv7",
    "pg_reload_conf"};

class ScriptCodeReader {
 public:
  ScriptCodeReader(SqlCatalog& catalog, const MovedDatabase& database,
                   const std::function<ObjectId(EntityId)>& object)
      : catalog_(catalog), before_(database.before), database_(database.now), object_(object) {}

  void read() {
    if (may_use_server()) add_server_relations();
    CodeNames names(cluster(), database_);
    add_operators(names);
    for (std::uint32_t i = 0; i < catalog_.size(); ++i) {
      const auto& e = catalog_.at(EntityId{i});
      if (e.alive && !e.temporary && !e.dependents_unknown && e.database == before_) {
        read(EntityId{i}, e, names);
      }
    }
    for (auto& [type, code] : of_types_) {
      cluster().bodies.push_back({type, std::move(code), std::nullopt});
    }
    for (auto& policy : cluster().row_policies) {
      if (cluster().object(policy.table).database != database_) continue;
      const auto path = paths_.find({policy.table, policy.name});
      if (path != paths_.end()) read_policy_code(policy, names, path->second);
    }
    read_volatile();
  }

 private:
  Cluster& cluster() { return catalog_.cluster(); }

  /// Whether there is code, which may name relations of the server.
  bool may_use_server() const {
    for (std::uint32_t i = 0; i < catalog_.size(); ++i) {
      const auto& e = catalog_.at(EntityId{i});
      if (e.alive && e.database == before_ && (e.code || !e.catalogs.empty())) return true;
    }
    return false;
  }

  /// With the lists that initdb gives; some are there, for a script grants something on them.
  void add_server_relations() {
    auto& c = cluster();
    const auto schema = schema_of_server();
    for (const auto id : objects_of(c, ObjectKind::table)) {
      const auto& o = c.object(id);
      if (o.schema == schema) of_server_[o.name] = id;
    }
    const auto owner = bootstrap_superuser(c);
    Acl acl{{owner, owner, grantable_privileges(ObjectKind::table, c.major()), {}}};
    const auto guarded = catalog_.intern(acl);
    acl.push_back({public_role, owner, Privilege::select, {}});
    const auto open = catalog_.intern(acl);
    for (const auto& relation : server_relations(c.major())) {
      if (of_server_.contains(relation.name)) continue;
      Object o = of_server(ObjectKind::table, std::string(relation.name));
      o.acl = relation.guarded ? guarded : open;
      o.detail = static_cast<std::uint32_t>(c.relations.size());
      RelationDetail detail;
      detail.relkind = relation.relkind;
      c.relations.push_back(std::move(detail));
      of_server_[o.name] = ObjectId{static_cast<std::uint32_t>(c.objects.size())};
      c.objects.push_back(std::move(o));
    }
  }

  ObjectId schema_of_server() {
    for (const auto id : objects_of(cluster(), ObjectKind::schema)) {
      const auto& o = cluster().object(id);
      if (o.database == database_ && o.name == "pg_catalog") return id;
    }
    return no_object;
  }

  Object of_server(ObjectKind kind, const std::string& name) {
    Object o;
    o.kind = kind;
    o.database = database_;
    o.name = name;
    o.identity = "pg_catalog." + name;
    o.system = true;
    o.owner = bootstrap_superuser(cluster());
    o.schema = schema_of_server();
    return o;
  }

  void read(EntityId id, const Entity& e, const CodeNames& names) {
    switch (e.kind) {
      case EntityKind::function:
        return function(id, e, names);
      case EntityKind::relation:
        if (e.is(RelationKind::view) || e.is(RelationKind::materialized_view)) return view(id, e);
        if (e.is(RelationKind::index)) {
          if (e.code) unique_key(e, e.refs.front().to);
          return expression(e, e.refs.front().to, e.name);
        }
        if (e.is(RelationKind::foreign_table)) foreign_table(id, e);
        column_types(id, e);
        if (e.is(RelationKind::partitioned_table)) partition_key(id, e);
        return inheritances(id, e);
      case EntityKind::type:
        parts(id, e);
        return domain(id, e);
      case EntityKind::trigger:
        return trigger(e);
      case EntityKind::rule:
        return rule(e, names);
      case EntityKind::column_default:
        return expression(e, e.parent, column_name(e));
      case EntityKind::constraint:
        if (e.code) return foreign_key(e);
        if (e.is(ConstraintKind::primary_key) || e.is(ConstraintKind::unique)) {
          return unique_key(e, e.parent);
        }
        return expression(e, e.parent, e.name);
      case EntityKind::policy:
        if (e.code) paths_[{object_(e.parent), e.name}] = path_of(e);
        return;
      case EntityKind::event_trigger:
        return event_trigger(e);
      case EntityKind::server:
        return server(id, e);
      case EntityKind::user_mapping:
        return mapping(e);
      case EntityKind::other:
        if (is_other(e, statistics_kind)) return statistics(e);
        return by_types(e);
      case EntityKind::extension:
        cluster().extensions.push_back({database_, e.name, "", no_object, e.owner});
        return;
      default:
        return;
    }
  }

  void add_operators(CodeNames& names) {
    for (std::uint32_t i = 0; i < catalog_.size(); ++i) {
      const auto& e = catalog_.at(EntityId{i});
      if (is_operator(e) && e.database == before_) names.add_operator(operator_of(e));
    }
  }

  bool is_operator(const Entity& e) const {
    if (!e.alive || !is_other(e, operator_kind) || e.schema == no_entity) return false;
    const auto& schema = catalog_.at(e.schema);
    return schema.alive && !schema.temporary && schema.object != no_object;
  }

  NamedOperator operator_of(const Entity& e) {
    NamedOperator made{object_(e.schema), e.name.substr(operator_kind.size()), "", e.owner};
    made.identity = identity_of(e, made);
    for (const auto& ref : e.refs) {
      const auto& to = catalog_.at(ref.to);
      if (to.kind != EntityKind::function || !to.alive || to.object == no_object) continue;
      made.function = object_(ref.to);
    }
    return made;
  }

  /// shop.@@@(integer,integer); prefix operators have NONE first.
  std::string identity_of(const Entity& e, const NamedOperator& made) {
    auto result = fmt::format("{}.{}(", cluster().object(made.schema).identity, made.name);
    if (e.types.size() == 1) result += "NONE,";
    for (const auto& type : e.types) {
      if (!result.ends_with('(') && !result.ends_with(',')) result += ',';
      result += catalog_.shown(type);
    }
    return result + ')';
  }

  static NamePath path_of(const Entity& e) {
    return {e.code ? e.code->path : std::vector<std::string>(), true};
  }

  void function(EntityId id, const Entity& e, const CodeNames& names) {
    const auto& o = cluster().object(object_(id));
    if (o.system || o.oid < first_oid_of_users) return;
    const auto& detail = cluster().function(o);
    FunctionText text;
    text.language = detail.language;
    text.trigger = detail.trigger;
    text.config = detail.config;
    if (e.code) {
      text.body = e.code->text;
      text.standard = e.code->standard;
      text.names = e.code->names;
      text.returns_set = e.code->returns_set;
    }
    text.parameters = given_parameters(o.identity, e.names, {});
    const auto path = text.standard ? path_of(e) : path_of_database(cluster(), database_);
    if (detail.prokind == 'a') {
      Body body{object_(id), {}, std::nullopt};
      add_uses(e, body.code, false);
      return cluster().bodies.push_back(std::move(body));
    }
    auto code = code_of_function(text, names, path);
    for (const auto& ref : e.refs) {
      const auto& type = catalog_.at(ref.to);
      if (type.kind != EntityKind::type || !type.alive || type.object == no_object) continue;
      // The checks of a domain that it is given run before.
      const bool given_back = e.result.entity == ref.to;
      if (type.is(TypeKind::domain) && !given_back) continue;
      code.uses.push_back({object_(ref.to), Privilege::usage});
    }
    cluster().bodies.push_back({object_(id), std::move(code), std::nullopt});
  }

  CodeUse call(EntityId function) const { return {object_(function), Privilege::execute, false}; }

  /// What it needs, by the catalog's own records.
  void add_uses(const Entity& e, Code& code, bool relations) {
    for (const auto& ref : e.refs) {
      const auto& to = catalog_.at(ref.to);
      if (is_operator(to)) add_operator(to, code);
      if (!to.alive || to.object == no_object) continue;
      if (to.kind == EntityKind::function) code.uses.push_back(call(ref.to));
      if (to.kind == EntityKind::type && to.is(TypeKind::domain)) {
        code.uses.push_back({object_(ref.to), Privilege::usage, false});
      }
      const bool read = to.kind == EntityKind::relation && relations;
      if (read) code.uses.push_back({object_(ref.to), Privilege::select, false});
    }
  }

  void add_operator(const Entity& e, Code& code) {
    const auto o = operator_of(e);
    code.operators.push_back({o.schema, o.identity, o.owner, false});
    if (o.function == no_object) return;
    CodeUse use{o.function, Privilege::execute};
    use.by_operator = true;
    code.uses.push_back(std::move(use));
  }

  void view(EntityId id, const Entity& e) {
    Body body{object_(id), {}, std::nullopt};
    if (e.is(RelationKind::view)) body.writable = passed_on(e, 0);
    add_uses(e, body.code, true);
    for (const auto& name : e.catalogs) {
      const auto found = of_server_.find(name);
      if (found != of_server_.end()) {
        body.code.uses.push_back({found->second, Privilege::select, false});
      }
    }
    const bool any = !body.code.uses.empty() || !body.code.operators.empty();
    if (any) cluster().bodies.push_back(std::move(body));
  }

  /// To a table, also through other views.
  std::optional<PrivilegeSet> passed_on(const Entity& view, int depth) const {
    constexpr int deepest = 64;
    if (!view.code || depth > deepest) return std::nullopt;
    std::set<EntityId> read;
    for (const auto& ref : view.refs) {
      if (catalog_.at(ref.to).kind == EntityKind::relation) read.insert(ref.to);
    }
    auto result = view.code->on;
    for (const auto id : read) {
      const auto& e = catalog_.at(id);
      if (is_table(e) || result.empty()) continue;
      if (read.size() > 1) return std::nullopt;  // one of them may be in a subquery
      if (!e.is(RelationKind::view)) return PrivilegeSet();
      const auto behind = passed_on(e, depth + 1);
      if (!behind) return std::nullopt;
      result = result & *behind;
    }
    return result;
  }

  /// Its owner may add a check, also where it has none.
  void domain(EntityId id, const Entity& e) {
    if (!e.is(TypeKind::domain) || e.object == no_object) return;
    Body body{object_(id), {}, std::nullopt};
    add_uses(e, body.code, false);
    cluster().bodies.push_back(std::move(body));
  }

  void column_types(EntityId id, const Entity& e) {
    if (e.object == no_object) return;
    types_of_query(id, e);
    if (!is_table(e)) return;
    for (const auto& column : e.columns) {
      if (column.type.entity == no_entity) continue;
      const auto& type = catalog_.at(column.type.entity);
      const bool domain = type.is(TypeKind::domain);
      if (type.object == no_object || (domain && column.type.array)) continue;
      Attachment attachment;
      attachment.kind = Attachment::Kind::expression;
      attachment.relation = object_(id);
      attachment.name = "type of column " + std::to_string(column.number);
      attachment.on = PrivilegeSet(Privilege::insert) | Privilege::update;
      if (!domain) attachment.on |= PrivilegeSet(Privilege::select) | Privilege::maintain;
      attachment.code.uses = {{object_(column.type.entity), Privilege::usage, false}};
      cluster().attachments.push_back(std::move(attachment));
    }
  }

  /// Of a query's columns the types are not known: any that is in it.
  void types_of_query(EntityId id, const Entity& e) {
    Attachment attachment;
    attachment.kind = Attachment::Kind::expression;
    attachment.relation = object_(id);
    attachment.name = "types of columns";
    attachment.on = PrivilegeSet(Privilege::insert) | Privilege::update | Privilege::select |
                    Privilege::maintain;
    for (const auto& type : e.types) {
      if (!is_type(type.entity)) continue;
      attachment.code.uses.push_back({object_(type.entity), Privilege::usage, false, true});
    }
    if (!attachment.code.uses.empty()) cluster().attachments.push_back(std::move(attachment));
  }

  /// No column's type or default: those are a column's, or have entities of their own.
  void partition_key(EntityId id, const Entity& e) {
    Attachment attachment;
    attachment.kind = Attachment::Kind::expression;
    attachment.relation = object_(id);
    attachment.on = PrivilegeSet(Privilege::insert) | Privilege::update | Privilege::select |
                    Privilege::delete_;
    add_uses(e, attachment.code, false);
    std::erase_if(attachment.code.uses, [&](const CodeUse& use) {
      return cluster().object(use.object).kind != ObjectKind::function;
    });
    const auto& code = attachment.code;
    if (code.uses.empty() && code.operators.empty()) return;
    cluster().attachments.push_back(std::move(attachment));
  }

  bool is_type(EntityId id) const {
    if (id == no_entity) return false;
    const auto& e = catalog_.at(id);
    return e.kind == EntityKind::type && e.alive && !e.temporary && e.object != no_object;
  }

  /// What values of it are made of.
  void parts(EntityId id, const Entity& e) {
    if (e.object == no_object || e.is(TypeKind::domain)) return;
    const auto add = [&](EntityId part) {
      if (!is_type(part)) return;
      of_types_[object_(id)].uses.push_back({object_(part), Privilege::usage, false, true});
    };
    const auto add_columns = [&](const Entity& relation) {
      for (const auto& column : relation.columns) add(column.type.entity);
    };
    for (const auto& ref : e.refs) {
      add(ref.to);
      if (catalog_.at(ref.to).kind == EntityKind::relation) add_columns(catalog_.at(ref.to));
    }
    for (const auto dependent : catalog_.dependents(id)) {
      const auto& of_type = catalog_.at(dependent);
      if (of_type.alive && of_type.is(RelationKind::composite_type)) add_columns(of_type);
    }
  }

  /// A cast's function, or an operator class's, may run where there are values of its types.
  void by_types(const Entity& e) {
    if (!is_other(e, cast_kind) && !is_other(e, operator_class_kind)) return;
    Code code;
    add_uses(e, code, false);
    std::erase_if(code.uses, [&](const CodeUse& use) {
      return cluster().object(use.object).kind != ObjectKind::function;
    });
    for (auto& use : code.uses) use = {use.object, Privilege::execute, false, true};
    if (code.uses.empty()) return;
    const bool of_server = std::all_of(e.types.begin(), e.types.end(),
                                       [](const TypeRef& t) { return t.entity == no_entity; });
    for (const auto& type : e.types) {
      const bool made = type.entity != no_entity;
      if (made && catalog_.at(type.entity).is(TypeKind::domain)) continue;
      if (made && catalog_.at(type.entity).object == no_object) continue;
      // Where one of them is a user's, the code has values of that.
      if (!made && !of_server) continue;
      auto& uses = of_types_[made ? object_(type.entity) : type_of_server(type.text)].uses;
      uses.insert(uses.end(), code.uses.begin(), code.uses.end());
    }
  }

  ObjectId type_of_server(const std::string& name) {
    const auto [at, is_new] = types_of_server_.try_emplace(name, no_object);
    if (is_new) {
      at->second = ObjectId{static_cast<std::uint32_t>(cluster().objects.size())};
      cluster().objects.push_back(of_server(ObjectKind::type, name));
    }
    return at->second;
  }

  void statistics(const Entity& e) {
    for (const auto& ref : e.refs) {
      const bool table = ref.kind == Ref::Kind::automatic && ref.column == 0;
      if (table && catalog_.at(ref.to).alive) expression(e, ref.to, e.name);
    }
  }

  static std::uint32_t number_of(const Entity& column_default) {
    return static_cast<std::uint32_t>(std::stoul(column_default.name.substr(8)));
  }

  std::string column_name(const Entity& column_default) {
    const auto& table = catalog_.at(column_default.parent);
    const auto& columns = cluster().relation(cluster().object(object_(column_default.parent)));
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const auto number = static_cast<std::uint32_t>(table.columns[i].number);
      if (number == number_of(column_default)) return columns.columns[i].name;
    }
    return "";
  }

  void expression(const Entity& e, EntityId relation, const std::string& name) {
    Attachment attachment;
    const bool planned = e.kind == EntityKind::relation || e.kind == EntityKind::other;
    attachment.kind = planned ? Attachment::Kind::index : Attachment::Kind::expression;
    if (relation == no_entity || catalog_.at(relation).temporary) return;
    add_uses(e, attachment.code, false);
    if (attachment.code.uses.empty() && attachment.code.operators.empty()) return;
    attachment.relation = object_(relation);
    attachment.name = name;
    attachment.on = PrivilegeSet(Privilege::insert) | Privilege::update;
    if (attachment.kind == Attachment::Kind::index) {
      attachment.on |= PrivilegeSet(Privilege::select) | Privilege::delete_;
    }
    cluster().attachments.push_back(std::move(attachment));
  }

  static bool is_partition_of(const Entity& e, EntityId parent) {
    return std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
      return r.to == parent && r.kind == Ref::Kind::automatic && r.column == 0 && is_table(e);
    });
  }

  void inheritances(EntityId id, const Entity& e) {
    if (!is_table(e)) return;
    for (const auto& ref : e.refs) {
      const auto& parent = catalog_.at(ref.to);
      const bool table = parent.alive && parent.kind == EntityKind::relation && ref.column == 0 &&
                         ref.from_column == 0 && !parent.is(RelationKind::composite_type);
      if (!table) continue;
      cluster().inheritances.push_back(
          {object_(id), object_(ref.to), ref.kind == Ref::Kind::automatic});
    }
  }

  std::string name_of_column(EntityId relation, int number) {
    const auto& e = catalog_.at(relation);
    const auto& names = cluster().relation(cluster().object(object_(relation))).columns;
    for (std::size_t i = 0; i < e.columns.size() && i < names.size(); ++i) {
      if (e.columns[i].number == number) return names[i].name;
    }
    return "";
  }

  void foreign_key(const Entity& e) {
    ForeignKey key;
    const auto action = [&](const char* on) {
      const auto said = e.code->options.find(on);
      return said == e.code->options.end() || said->second.empty() ? 'a' : said->second.front();
    };
    key.on_delete = action("delete");
    key.on_update = action("update");
    if (catalog_.at(e.parent).temporary) return;
    key.child = object_(e.parent);
    key.name = e.name;
    auto parent = no_entity;
    for (const auto& ref : e.refs) {
      if (ref.column != 0) compare_by_type(ref, key.code);
      if (ref.kind == Ref::Kind::automatic) {
        key.columns.push_back(name_of_column(ref.to, ref.column));
      } else if (ref.column == 0) {
        parent = ref.to;
      } else {
        key.keys.push_back(name_of_column(ref.to, ref.column));
      }
    }
    if (parent != no_entity) of_partitions(parent, std::move(key));
  }

  void unique_key(const Entity& e, EntityId table) {
    if (catalog_.at(table).temporary) return;
    UniqueKey key;
    bool any = false;
    for (const auto& ref : e.refs) {
      if (ref.to != table || ref.column == 0) continue;
      key.columns.push_back(name_of_column(ref.to, ref.column));
      const auto type = cast_to(ref);
      any = any || type;
      if (type && !type->empty()) key.types.push_back(*type);
    }
    if (key.types.size() != key.columns.size()) key.types.clear();
    if (any) keys_of_partitions(table, std::move(key));
  }

  void keys_of_partitions(EntityId table, UniqueKey key) {
    key.table = object_(table);
    cluster().unique_keys.push_back(key);
    for (const auto id : catalog_.children_of(table)) {
      if (is_partition_of(catalog_.at(id), table)) keys_of_partitions(id, key);
    }
  }

  /// The type that others are cast to; empty: which is not known. None: of arrays, enums and the
  /// like, and from 18 on of those that have a collation.
  std::optional<std::string> cast_to(const Ref& column) {
    constexpr int first_with_collations_compared = 18;
    for (const auto& c : catalog_.at(column.to).columns) {
      if (c.number != column.column) continue;
      const auto& name = c.type.builtin;
      if (c.type.array || name.ends_with("range")) return std::nullopt;
      if (c.type.entity == no_entity) {
        const bool of_text = name == "text" || name == "varchar";
        const bool collatable = of_text || name == "bpchar" || name == "name";
        if (collatable && cluster().major() >= first_with_collations_compared) return std::nullopt;
        return of_text ? "text" : name;
      }
      if (catalog_.at(c.type.entity).is(TypeKind::domain)) break;
      if (!has_class(c.type.entity)) return std::nullopt;
      return catalog_.shown(c.type);
    }
    return "";
  }

  bool has_class(EntityId type) {
    return std::any_of(comparing().begin(), comparing().end(), [&](EntityId id) {
      const auto& e = catalog_.at(id);
      return is_other(e, operator_class_kind) &&
             std::any_of(e.types.begin(), e.types.end(),
                         [&](const TypeRef& t) { return t.entity == type; });
    });
  }

  /// What compares values of the column: its type's operator classes and casts. Which overloaded
  /// function or operator is a class's was not told apart, and another operator than `=` may be the
  /// equal one; where that one's function is in SQL it is inlined, and no index has it.
  void compare_by_type(const Ref& column, Code& code) {
    const auto of = type_of(column);
    if (of.empty()) return;
    for (const auto id : comparing()) {
      const auto& e = catalog_.at(id);
      const bool is_class = is_other(e, operator_class_kind);
      const bool fits = std::any_of(e.types.begin(), e.types.end(), [&](const TypeRef& t) {
        return t.entity != no_entity && of.contains(t.entity);
      });
      if (!fits) continue;
      std::vector<CodeUse> by_index, equal_ones;
      bool inlined = false;
      for (const auto& ref : e.refs) {
        const auto& member = catalog_.at(ref.to);
        auto use = compared_by(ref.to);
        if (!use) continue;
        const bool equal = is_operator(member) && member.name.ends_with(" =");
        const auto& function = cluster().function(cluster().object(use->object));
        inlined = inlined || (equal && function.language == "sql");
        use->maybe = true;
        auto& among = equal ? equal_ones : is_operator(member) ? code.uses : by_index;
        among.push_back(std::move(*use));
      }
      const bool one = is_class && equal_ones.size() == 1;
      for (auto& use : equal_ones) use.maybe = !one;
      for (auto& use : by_index) use.maybe = !one || inlined || by_index.size() > 1;
      for (const auto* const uses : {&equal_ones, &by_index}) {
        code.uses.insert(code.uses.end(), uses->begin(), uses->end());
      }
    }
  }

  const std::vector<EntityId>& comparing() {
    if (comparing_) return *comparing_;
    comparing_.emplace();
    for (const auto id : catalog_.of_kind(EntityKind::other)) {
      const auto& e = catalog_.at(id);
      const bool wanted = is_other(e, operator_class_kind) || is_other(e, cast_kind);
      if (e.alive && e.database == before_ && wanted) comparing_->push_back(id);
    }
    return *comparing_;
  }

  /// And what a domain is made of.
  std::set<EntityId> type_of(const Ref& column) const {
    std::set<EntityId> result;
    std::vector<EntityId> todo;
    for (const auto& c : catalog_.at(column.to).columns) {
      if (c.number == column.column) todo.push_back(c.type.entity);
    }
    while (!todo.empty()) {
      const auto id = todo.back();
      todo.pop_back();
      if (id == no_entity || catalog_.at(id).kind != EntityKind::type) continue;
      if (!result.insert(id).second || !catalog_.at(id).is(TypeKind::domain)) continue;
      for (const auto& ref : catalog_.at(id).refs) todo.push_back(ref.to);
    }
    return result;
  }

  /// A function, or that of an operator.
  std::optional<CodeUse> compared_by(EntityId member) {
    const auto& e = catalog_.at(member);
    auto function = no_object;
    if (!e.alive) return std::nullopt;
    if (is_operator(e)) function = operator_of(e).function;
    if (e.kind == EntityKind::function && e.object != no_object) {
      function = object_(member);
    }
    if (function == no_object) return std::nullopt;
    CodeUse use{function, Privilege::execute};
    use.by_operator = true;
    return use;
  }

  /// A partition that is referred to has one of its own.
  void of_partitions(EntityId parent, ForeignKey key) {
    key.parent = object_(parent);
    cluster().foreign_keys.push_back(key);
    for (const auto id : catalog_.children_of(parent)) {
      if (is_partition_of(catalog_.at(id), parent)) of_partitions(id, key);
    }
  }

  void trigger(const Entity& e) {
    if (!e.code) return;
    Attachment attachment;
    attachment.kind = Attachment::Kind::trigger;
    attachment.name = e.name;
    attachment.on = e.code->on;
    attachment.enabled = e.code->enabled;
    add_uses(e, attachment.code, false);
    if (!attachment.code.uses.empty()) on_partitions(e.parent, attachment, e.code->for_each_row);
  }

  /// A partition has a copy of each that runs for each row.
  void on_partitions(EntityId first, Attachment attachment, bool for_each_row) {
    std::vector<EntityId> todo{first};
    while (!todo.empty()) {
      const auto relation = todo.back();
      todo.pop_back();
      if (catalog_.at(relation).temporary) continue;
      attachment.relation = object_(relation);
      cluster().attachments.push_back(attachment);
      if (!catalog_.at(relation).is(RelationKind::partitioned_table) || !for_each_row) continue;
      for (const auto id : catalog_.children_of(relation)) {
        if (is_partition_of(catalog_.at(id), relation)) todo.push_back(id);
      }
    }
  }

  void rule(const Entity& e, const CodeNames& names) {
    if (!e.code || catalog_.at(e.parent).temporary) return;
    Attachment attachment;
    attachment.kind = Attachment::Kind::rule;
    attachment.relation = object_(e.parent);
    attachment.name = e.name;
    attachment.on = e.code->on;
    attachment.enabled = e.code->enabled;
    attachment.code = code_of_statement(e.code->text, names, path_of(e));
    cluster().attachments.push_back(std::move(attachment));
  }

  void event_trigger(const Entity& e) {
    if (!e.code) return;
    for (const auto& ref : e.refs) {
      if (catalog_.at(ref.to).kind != EntityKind::function) continue;
      cluster().event_triggers.push_back(
          {database_, e.name, e.code->text, e.owner, object_(ref.to), e.code->enabled});
    }
  }

  void server(EntityId id, const Entity& e) {
    constexpr std::array<std::string_view, 9> that_lead{
        "host",     "hostaddr", "port", "dbname", "service", "sslmode", "target_session_attrs",
        "filename", "program"};
    auto& detail = cluster().foreign_servers[cluster().object(object_(id)).detail];
    detail.options.clear();
    if (!e.code) return;
    for (const auto& [name, value] : e.code->options) {
      if (std::find(that_lead.begin(), that_lead.end(), name) != that_lead.end()) {
        auto& option = detail.options.emplace_back(name);
        option += '=';
        option += value;
      }
    }
  }

  void foreign_table(EntityId id, const Entity& e) {
    const auto named = [&](const char* option, const std::string& otherwise) {
      if (!e.code) return otherwise;
      const auto found = e.code->options.find(option);
      return found == e.code->options.end() ? otherwise : found->second;
    };
    for (const auto& ref : e.refs) {
      if (catalog_.at(ref.to).kind != EntityKind::server) continue;
      cluster().foreign_tables.push_back({object_(id), object_(ref.to),
                                          named("schema_name", catalog_.at(e.schema).name),
                                          named("table_name", e.name)});
    }
  }

  static bool is_secret(std::string_view name) {
    const auto has = [&](std::string_view part) { return name.find(part) < name.size(); };
    return name == "password" || name == "passwd" || name == "sslpassword" || name == "passcode" ||
           has("secret") || has("key") || has("token");
  }

  void mapping(const Entity& e) {
    UserMapping mapping;
    mapping.server = object_(e.parent);
    mapping.role = e.code ? e.code->role : public_role;
    mapping.options_seen = true;
    for (const auto& [name, value] :
         e.code ? e.code->options : std::map<std::string, std::string>()) {
      if (name == "user" || name == "username") mapping.user = value;
      mapping.stored_password = mapping.stored_password || is_secret(name);
      if (name == "password_required") mapping.password_required = parse_bool(value).value_or(true);
    }
    cluster().user_mappings.push_back(std::move(mapping));
  }

  // --- Volatile functions of the server, which are not in the model ---

  static std::vector<std::string> volatile_in(const std::string& expression) {
    std::vector<std::string> result;
    PsqlScript items(expression);
    while (const auto item = items.next()) {
      for (std::size_t i = 0; i + 1 < item->tokens.size(); ++i) {
        const auto& name = item->tokens[i].text;
        const auto next = item->tokens[i + 1].span.begin;
        const bool known = std::find(volatile_functions.begin(), volatile_functions.end(), name) !=
                           volatile_functions.end();
        if (known && next < expression.size() && expression[next] == '(') result.push_back(name);
      }
    }
    return result;
  }

  void read_volatile() {
    std::map<std::string, ObjectId> made;
    for (auto& policy : cluster().row_policies) {
      if (cluster().object(policy.table).database != database_) continue;
      for (const auto& text : {policy.using_expression, policy.check_expression}) {
        for (const auto& name : volatile_in(text.value_or(""))) {
          const auto [at, is_new] = made.try_emplace(name, no_object);
          if (is_new) at->second = make_server_function(name);
          policy.code.uses.push_back({at->second, Privilege::execute, false});
        }
      }
    }
  }

  ObjectId make_server_function(const std::string& name) {
    auto& c = cluster();
    auto o = of_server(ObjectKind::function, name);
    o.identity += "()";
    o.detail = static_cast<std::uint32_t>(c.functions.size());
    c.functions.push_back({'f', false, false, 'v', "internal", false, {}});
    c.objects.push_back(std::move(o));
    return ObjectId{static_cast<std::uint32_t>(c.objects.size() - 1)};
  }

  SqlCatalog& catalog_;
  ObjectId before_, database_;
  const std::function<ObjectId(EntityId)>& object_;
  std::map<std::string, ObjectId, std::less<>> of_server_;      // relations of pg_catalog
  std::map<std::pair<ObjectId, std::string>, NamePath> paths_;  // of policies
  std::map<ObjectId, Code> of_types_;                           // that are no domains
  std::map<std::string, ObjectId> types_of_server_;
  std::optional<std::vector<EntityId>> comparing_;  // operator classes and casts
};

}  // namespace

void add_script_code(SqlCatalog& catalog, const MovedDatabase& database,
                     const std::function<ObjectId(EntityId)>& object) {
  ScriptCodeReader(catalog, database, object).read();
}

std::vector<std::string> path_when_made(const SqlCatalog& catalog) {
  std::vector<std::string> result;
  for (const auto id : catalog.path()) {
    if (!catalog.at(id).temporary) result.push_back(catalog.at(id).name);
  }
  return result;
}

void change_options(SqlCatalog& catalog, EntityId id, const SqlNode& options) {
  auto code = catalog.code_of(id);
  for (const auto& item : options) {
    const auto& option = inside(item, "DefElem");
    const auto name = text_at(option, "defname");
    const auto action = text_at(option, "defaction");
    if (action == "DEFELEM_DROP") {
      code.options.erase(name);
    } else {
      code.options[name] = string_of(node_at(option, "arg"));
    }
  }
  catalog.set_code(id, std::move(code));
}

}  // namespace pgleast
