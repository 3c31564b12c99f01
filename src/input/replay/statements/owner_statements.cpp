// What is said of an object by its name: ALTER ... OWNER TO, RENAME, SET SCHEMA, DROP; REASSIGN
// and DROP OWNED (alter.c, dropcmds.c, pg_shdepend.c).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "input/replay/roles/shared_name.hpp"
#include "input/replay/statements/object_statement.hpp"
#include "input/replay/statements/relation_editor.hpp"
#include "pg/default_acl_type.hpp"

namespace pgleast {
namespace {

struct NamedKind {
  std::string_view kind;
  EntityKind entity;
  std::string_view called;
  std::string_view letters;  // of relations and functions; empty: any
};

constexpr std::array named_kinds{
    NamedKind{"OBJECT_TABLE", EntityKind::relation, "table", "rp"},
    NamedKind{"OBJECT_VIEW", EntityKind::relation, "view", "v"},
    NamedKind{"OBJECT_MATVIEW", EntityKind::relation, "materialized view", "m"},
    NamedKind{"OBJECT_SEQUENCE", EntityKind::relation, "sequence", "S"},
    NamedKind{"OBJECT_INDEX", EntityKind::relation, "index", "i"},
    NamedKind{"OBJECT_FOREIGN_TABLE", EntityKind::relation, "foreign table", "f"},
    NamedKind{"relation", EntityKind::relation, "relation", ""},
    NamedKind{"OBJECT_FUNCTION", EntityKind::function, "function", "faw"},
    NamedKind{"OBJECT_PROCEDURE", EntityKind::function, "procedure", "p"},
    NamedKind{"OBJECT_AGGREGATE", EntityKind::function, "aggregate", "a"},
    NamedKind{"OBJECT_ROUTINE", EntityKind::function, "routine", ""},
    NamedKind{"OBJECT_TYPE", EntityKind::type, "type", ""},
    NamedKind{"OBJECT_DOMAIN", EntityKind::type, "domain", "d"},
    NamedKind{"OBJECT_SCHEMA", EntityKind::schema, "schema", ""},
    NamedKind{"OBJECT_LANGUAGE", EntityKind::language, "language", ""},
    NamedKind{"OBJECT_FDW", EntityKind::wrapper, "foreign-data wrapper", ""},
    NamedKind{"OBJECT_FOREIGN_SERVER", EntityKind::server, "server", ""},
    NamedKind{"OBJECT_TABLESPACE", EntityKind::tablespace, "tablespace", ""},
    NamedKind{"OBJECT_EXTENSION", EntityKind::extension, "extension", ""},
    NamedKind{"OBJECT_PUBLICATION", EntityKind::publication, "publication", ""},
    NamedKind{"OBJECT_SUBSCRIPTION", EntityKind::subscription, "subscription", ""},
    NamedKind{"OBJECT_EVENT_TRIGGER", EntityKind::event_trigger, "event trigger", ""},
    NamedKind{"OBJECT_ACCESS_METHOD", EntityKind::access_method, "access method", ""},
    NamedKind{"OBJECT_LARGEOBJECT", EntityKind::large_object, "large object", ""},
    NamedKind{"OBJECT_TRIGGER", EntityKind::trigger, "trigger", ""},
    NamedKind{"OBJECT_RULE", EntityKind::rule, "rule", ""},
    NamedKind{"OBJECT_POLICY", EntityKind::policy, "policy", ""},
    NamedKind{"OBJECT_TABCONSTRAINT", EntityKind::constraint, "constraint", ""},
};

const NamedKind* find_kind(const std::string& kind) {
  for (const auto& k : named_kinds) {
    if (k.kind == kind) return &k;
  }
  return nullptr;
}

bool is_on_relation(EntityKind kind) {
  return kind == EntityKind::trigger || kind == EntityKind::rule || kind == EntityKind::policy;
}

/// Nothing there: no_entity.
EntityId find_function(const SqlCatalog& catalog, const NamedKind& kind, const SqlNode& object) {
  const auto& with = inside(object, "ObjectWithArgs");
  const auto name = qualified_name_of(list_at(with, "objname"));
  std::vector<EntityId> found;
  for (const auto id : catalog.find_functions(name)) {
    const auto letter = catalog.at(id).letter;
    if (kind.letters.empty() || kind.letters.find(letter) != std::string_view::npos) {
      found.push_back(id);
    }
  }
  if (truth_at(with, "args_unspecified")) {
    if (found.size() > 1) {
      throw Refused(fmt::format("{} name `{}` is not unique", kind.called, name.name), name.name);
    }
    return found.empty() ? no_entity : found.front();
  }
  std::vector<TypeRef> types;
  for (const auto& argument : list_at(with, "objargs")) {
    if (argument.empty() || argument.is_null()) continue;
    const auto type = catalog.find_type(argument);
    const bool known = type.entity != no_entity || !type.builtin.empty() || !type.text.empty();
    if (!known) return no_entity;
    types.push_back(type);
  }
  for (const auto id : found) {
    if (catalog.at(id).types == types) return id;
    const bool vague = std::any_of(catalog.at(id).types.begin(), catalog.at(id).types.end(),
                                   [](const TypeRef& t) { return !t.text.empty(); });
    if (vague) throw NotFollowed{"the types of a function that was read"};
  }
  return no_entity;
}

EntityId find_on_relation(const SqlCatalog& catalog, const NamedKind& kind, const SqlNode& object) {
  auto names = strings_of(object);
  if (names.size() < 2) return no_entity;
  const auto name = names.back();
  names.pop_back();
  const auto relation = names.size() > 1 ? QualifiedName{names[names.size() - 2], names.back()}
                                         : QualifiedName{"", names.back()};
  return catalog.find_on(catalog.relation_of(relation), kind.entity, name);
}

EntityId find_type_named(const SqlCatalog& catalog, const NamedKind& kind, const SqlNode& object) {
  const bool wrapped = object.contains("TypeName") || object.contains("names");
  auto tree = SqlNode::object();
  if (!wrapped) tree["names"] = items_of(object);
  const auto type = catalog.find_type(wrapped ? object : tree);
  if (type.array) throw Refused("it is an array type");
  if (type.entity != no_entity && kind.letters == "d" && catalog.at(type.entity).letter != 'd' &&
      !catalog.at(type.entity).half_known) {
    throw Refused(fmt::format("`{}` is not a domain", catalog.at(type.entity).name));
  }
  if (!type.builtin.empty() || !type.text.empty()) throw NotFollowed{"a type of the server"};
  return type.entity;
}

EntityId find_object(const SqlCatalog& catalog, const NamedKind& kind, const SqlNode& object) {
  switch (kind.entity) {
    case EntityKind::relation: {
      const bool range = object.contains("RangeVar") || object.contains("relname");
      const auto name = range ? relation_name(object) : qualified_name_of(items_of(object));
      const auto id = catalog.find_named(EntityKind::relation, name);
      if (id == no_entity) {
        if (catalog.is_of_server(name)) throw NotFollowed{"a catalog is not in the model"};
        return id;
      }
      if (!kind.letters.empty() && kind.letters.find(catalog.at(id).letter) == std::string::npos) {
        throw Refused(fmt::format("`{}` is not a {}", name.name, kind.called), name.name);
      }
      return id;
    }
    case EntityKind::function:
      return find_function(catalog, kind, object);
    case EntityKind::type:
      return find_type_named(catalog, kind, object);
    case EntityKind::large_object:
      return catalog.find_in_database(kind.entity, word_of(object));
    case EntityKind::tablespace:
    case EntityKind::subscription:
      return catalog.find_in_database(kind.entity, string_of(object));
    default:
      break;
  }
  if (is_on_relation(kind.entity)) return find_on_relation(catalog, kind, object);
  const auto name =
      object.contains("List") ? qualified_name_of(items_of(object)).name : string_of(object);
  if (kind.entity == EntityKind::schema) return catalog.find_schema(name);
  return catalog.find_in_database(kind.entity, name);
}

std::string name_in(const SqlNode& object) {
  if (object.contains("ObjectWithArgs")) {
    return qualified_name_of(list_at(object["ObjectWithArgs"], "objname")).name;
  }
  if (object.contains("List")) return qualified_name_of(items_of(object)).name;
  if (object.contains("TypeName"))
    return qualified_name_of(list_at(object["TypeName"], "names")).name;
  if (object.contains("RangeVar")) return relation_name(object).name;
  return word_of(object);
}

/// `collation x`, and what has no name of its own.
std::vector<EntityId> find_others(const SqlCatalog& catalog, const std::string& kind,
                                  const SqlNode& object) {
  std::vector<EntityId> result;
  const auto& names = object.contains("ObjectWithArgs")
                          ? list_at(object["ObjectWithArgs"], "objname")
                          : items_of(object);
  if (!names.is_array() || names.empty() || !names.front().contains("String")) return result;
  const auto name = qualified_name_of(names);
  const auto id = catalog.find_named(EntityKind::other, {name.schema, kind + ' ' + name.name});
  if (id != no_entity) result.push_back(id);
  return result;
}

void move_sequences(SqlCatalog& catalog, EntityId relation,
                    void (*move)(SqlCatalog&, EntityId, std::uint32_t), std::uint32_t to) {
  for (const auto id : std::vector(catalog.dependents(relation))) {
    const auto& e = catalog.at(id);
    if (!e.alive || e.kind != EntityKind::relation) continue;
    const bool owned = (e.letter == 'S' || e.letter == 'i') &&
                       std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
                         return r.to == relation && r.kind != Ref::Kind::normal;
                       });
    if (owned) move(catalog, id, to);
  }
}

void give_types(SqlCatalog& catalog, EntityId id, RoleId owner) {
  for (const auto other : std::vector(catalog.dependents(id))) {
    const auto& e = catalog.at(other);
    if (!e.alive || e.letter == 's' || other == id) continue;
    const bool goes_along = std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
      return r.to == id && r.kind == Ref::Kind::internal;
    });
    const bool multirange = e.letter == 'm' && catalog.major() < 17;
    const bool type = e.kind == EntityKind::type && !multirange;
    const bool composite = e.kind == EntityKind::relation && e.letter == 'c';
    if (goes_along && (type || composite)) give(catalog, other, owner);
  }
}

bool is_schema_bound(const Entity& e) { return e.schema != no_entity; }

}  // namespace

EntityId named_object(const SqlCatalog& catalog, const std::string& kind, const SqlNode& object) {
  const auto* const known = find_kind(kind);
  if (known == nullptr) throw NotFollowed{kind};
  const auto id = find_object(catalog, *known, object);
  if (id != no_entity) return id;
  if (catalog.has_extensions) throw NotFollowed{"it may be an extension's"};
  const auto name = name_in(object);
  throw Refused(fmt::format("{} `{}` does not exist", known->called, name), name);
}

void give(SqlCatalog& catalog, EntityId id, RoleId owner) {
  catalog.set_owner(id, owner);
  const auto kind = catalog.at(id).kind;
  if (kind == EntityKind::relation) {
    move_sequences(
        catalog, id,
        [](SqlCatalog& c, EntityId sequence, std::uint32_t role) {
          give(c, sequence, RoleId{role});
        },
        static_cast<std::uint32_t>(owner));
  }
  if (kind == EntityKind::relation || kind == EntityKind::type) give_types(catalog, id, owner);
}

/// Its owner, who may become the new one, who may create there.
void need_may_give(const SqlCatalog& catalog, EntityId id, RoleId owner) {
  if (catalog.is_superuser() || catalog.owner_of(id) == owner) return;
  catalog.need_owner(id, "object");
  const auto& e = catalog.at(id);
  const auto& name = catalog.cluster().role(owner).name;
  if (!catalog.can_become(catalog.user(), owner)) {
    throw Refused(fmt::format("must be able to SET ROLE `{}`", name), name);
  }
  if (is_schema_bound(e) && !catalog.holds(owner, e.schema, Privilege::create)) {
    throw Refused(fmt::format("permission denied for schema {}", catalog.at(e.schema).name));
  }
  const auto database = catalog.session().database;
  const bool in_database = e.kind == EntityKind::schema || e.kind == EntityKind::publication;
  const auto holder = e.kind == EntityKind::schema ? catalog.user() : owner;
  if (in_database && !catalog.held(holder, database).has(Privilege::create)) {
    throw Refused(
        fmt::format("permission denied for database {}", catalog.cluster().object(database).name));
  }
}

void change_owner(SqlCatalog& catalog, const SqlNode& node) {
  const auto kind = text_at(node, "objectType");
  const auto owner = catalog.roles().role_of(role_name(node_at(node, "newowner")));
  const auto& object = node_at(node, "object");
  if (find_kind(kind) == nullptr) {
    for (const auto id : find_others(catalog, kind, object)) {
      need_may_give(catalog, id, owner);
      catalog.set_owner(id, owner);
    }
    return;
  }
  const auto id = named_object(catalog, kind, object);
  const auto& e = catalog.at(id);
  const bool for_superusers = e.kind == EntityKind::wrapper || e.kind == EntityKind::event_trigger;
  if (for_superusers && !catalog.cluster().role(owner).superuser) {
    throw Refused(fmt::format("permission denied to change owner of {}", e.name), e.name);
  }
  if (e.kind == EntityKind::type && e.letter == 'm' && catalog.major() >= 18) {
    throw Refused(fmt::format("cannot alter multirange type `{}`", e.name), e.name);
  }
  const bool row_type = e.kind == EntityKind::type && e.letter == 'c' &&
                        std::any_of(e.refs.begin(), e.refs.end(),
                                    [&](const Ref& r) { return r.kind == Ref::Kind::internal; });
  if (row_type) throw Refused(fmt::format("`{}` is a table's row type", e.name), e.name);
  need_may_give(catalog, id, owner);
  give(catalog, id, owner);
}

// --- RENAME, SET SCHEMA -------------------------------------------------------------------------

namespace {

void rename_column(SqlCatalog& catalog, EntityId id, const std::string& from, const std::string& to,
                   int depth) {
  const auto number = catalog.needed_column(id, from);
  if (catalog.column_number(id, to) != 0) {
    throw Refused(
        fmt::format("column `{}` of relation `{}` already exists", to, catalog.at(id).name), to);
  }
  for (const auto& column : catalog.at(id).columns) {
    if (column.number == number && column.inherited > depth) {
      throw Refused(fmt::format("cannot rename inherited column `{}`", from), from);
    }
  }
  for (auto& column : catalog.edit_relation(id).columns) {
    if (column.name == from) column.name = to;
  }
  for (const auto child : std::vector(catalog.dependents(id))) {
    const auto& e = catalog.at(child);
    const bool table = e.alive && e.kind == EntityKind::relation &&
                       (e.letter == 'r' || e.letter == 'p' || e.letter == 'f');
    if (!table) continue;
    const bool inherits = std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
      return r.to == id && r.column == 0 && r.from_column == 0;
    });
    if (inherits) rename_column(catalog, child, from, to, depth + 1);
  }
}

void rename_attribute(SqlCatalog& catalog, EntityId id, const SqlNode& node) {
  const auto from = text_at(node, "subname");
  const auto to = text_at(node, "newname");
  catalog.need_owner(id, "type");
  const auto tables = tables_of_type(catalog, id);
  if (!tables.empty() && text_at(node, "behavior") != "DROP_CASCADE") {
    throw Refused("cannot alter type because it is the type of a typed table");
  }
  if (attribute_number(catalog, id, from) == 0) {
    throw Refused(fmt::format("column `{}` does not exist", from), from);
  }
  if (attribute_number(catalog, id, to) != 0) {
    throw Refused(fmt::format("column `{}` already exists", to), to);
  }
  for (auto& name : catalog.edit(id).names) {
    if (name == from) name = to;
  }
  for (const auto table : tables) rename_column(catalog, table, from, to, 0);
}

void rename_row_type(SqlCatalog& catalog, EntityId relation, const std::string& to) {
  for (const auto id : std::vector(catalog.dependents(relation))) {
    const auto& e = catalog.at(id);
    const bool row = e.alive && e.kind == EntityKind::type && e.letter == 'c' &&
                     e.schema == catalog.at(relation).schema;
    if (row) catalog.rename(id, to);
  }
}

void rename_relation(SqlCatalog& catalog, EntityId id, const std::string& to) {
  const auto e = catalog.at(id);
  need_new_relation(catalog, e.schema, to);
  if (e.letter != 'i') need_new_type(catalog, e.schema, to);
  catalog.rename(id, to);
  rename_row_type(catalog, id, to);
  // A constraint has its index's name.
  for (const auto& ref : e.refs) {
    if (catalog.at(ref.to).kind == EntityKind::constraint) catalog.rename(ref.to, to);
  }
}

void rename_composite(SqlCatalog& catalog, EntityId type, const std::string& to) {
  for (const auto id : std::vector(catalog.dependents(type))) {
    const auto& e = catalog.at(id);
    if (e.alive && e.kind == EntityKind::relation && e.letter == 'c') catalog.rename(id, to);
  }
}

void rename_any(SqlCatalog& catalog, EntityId id, const std::string& to) {
  const auto e = catalog.at(id);
  const auto taken = [&](EntityId other) {
    if (other != no_entity) throw Refused(fmt::format("`{}` already exists", to), to);
  };
  if (e.kind == EntityKind::relation) return rename_relation(catalog, id, to);
  if (e.kind == EntityKind::type) {
    need_new_type(catalog, e.schema, to);
    rename_composite(catalog, id, to);
  } else if (e.kind == EntityKind::function) {
    taken(catalog.find_function(e.schema, to, e.types));
  } else if (e.parent != no_entity) {
    taken(catalog.find_on(e.parent, e.kind, to));
    if (e.kind == EntityKind::policy) {
      catalog.edit_policy(catalog.policy_place(id)).name = to;
    }
  } else {
    taken(catalog.find_in_database(e.kind, to));
  }
  catalog.rename(id, to);
}

bool is_relation_kind(const std::string& kind) {
  const auto* const known = find_kind(kind);
  return known != nullptr && known->entity == EntityKind::relation;
}

EntityId renamed(const SqlCatalog& catalog, const SqlNode& node, const std::string& kind) {
  const auto* const known = find_kind(kind);
  if (known == nullptr) return no_entity;
  if (known->entity == EntityKind::relation) {
    const auto name = relation_name(node_at(node, "relation"));
    const auto found = catalog.find_named(EntityKind::relation, name);
    if (found == no_entity && truth_at(node, "missing_ok")) return no_entity;
    const auto id = catalog.relation_of(name);
    const auto letter = catalog.at(id).letter;
    // ALTER TABLE takes all kinds of relations.
    const bool fits = kind == "OBJECT_TABLE" || known->letters.find(letter) != std::string::npos;
    if (!fits) throw Refused(fmt::format("`{}` is not a {}", name.name, known->called), name.name);
    if (letter == 'c') throw Refused(fmt::format("`{}` is a composite type", name.name), name.name);
    return id;
  }
  if (is_on_relation(known->entity) || known->entity == EntityKind::constraint) {
    const auto relation = catalog.relation_of(node_at(node, "relation"));
    const auto name = text_at(node, "subname");
    const auto id = catalog.find_on(relation, known->entity, name);
    if (id != no_entity) return id;
    if (catalog.at(relation).half_known) throw NotFollowed{"what is on a table that was read"};
    throw Refused(fmt::format("{} `{}` does not exist", known->called, name), name);
  }
  const auto subname = text_at(node, "subname");
  if (subname.empty() || node.contains("object")) {
    return named_object(catalog, kind, node_at(node, "object"));
  }
  auto tree = SqlNode::object();
  tree["String"]["sval"] = subname;
  return named_object(catalog, kind, tree);
}

void need_create_in_database(const SqlCatalog& catalog) {
  const auto database = catalog.session().database;
  if (catalog.held(catalog.user(), database).has(Privilege::create)) return;
  throw Refused(
      fmt::format("permission denied for database {}", catalog.cluster().object(database).name));
}

}  // namespace

void rename_object(SqlCatalog& catalog, const SqlNode& node) {
  const auto kind = text_at(node, "renameType");
  const auto to = text_at(node, "newname");
  if (kind == "OBJECT_COLUMN" || kind == "OBJECT_ATTRIBUTE") {
    const auto name = relation_name(node_at(node, "relation"));
    const auto found = catalog.find_named(EntityKind::relation, name);
    if (found == no_entity && truth_at(node, "missing_ok")) return;
    const auto id = catalog.relation_of(name);
    if (catalog.at(id).letter == 'c') {
      return rename_attribute(catalog, id, node);
    }
    catalog.need_owner(id, "table");
    if (catalog.at(id).result.entity != no_entity) {
      throw Refused("cannot rename column of typed table");
    }
    if (catalog.at(id).letter == 'S' || catalog.at(id).letter == 'i') return;
    return rename_column(catalog, id, text_at(node, "subname"), to, 0);
  }
  if (kind == "OBJECT_DOMCONSTRAINT") return;
  if (find_kind(kind) == nullptr) {
    for (const auto id : find_others(catalog, kind, node_at(node, "object"))) {
      catalog.rename(id, fmt::format("{} {}", kind, to));
    }
    return;
  }
  if (kind == "OBJECT_TABLESPACE") check_shared_name("tablespace", to, catalog.major());
  const auto id = renamed(catalog, node, kind);
  if (id == no_entity) return;
  const auto& e = catalog.at(id);
  const bool on = is_on_relation(e.kind) || e.kind == EntityKind::constraint;
  catalog.need_owner(on ? e.parent : id, find_kind(kind)->called);
  if (e.kind == EntityKind::schema) {
    if (to.starts_with("pg_")) throw Refused(fmt::format("unacceptable schema name `{}`", to), to);
    if (!catalog.is_superuser()) need_create_in_database(catalog);
  } else if (is_schema_bound(e) && !catalog.is_superuser() &&
             !catalog.holds(catalog.user(), e.schema, Privilege::create)) {
    throw Refused(fmt::format("permission denied for schema {}", catalog.at(e.schema).name));
  }
  const bool row_type = e.kind == EntityKind::type && e.letter == 'c' &&
                        std::any_of(e.refs.begin(), e.refs.end(),
                                    [&](const Ref& r) { return r.kind == Ref::Kind::internal; });
  if (row_type) throw Refused(fmt::format("`{}` is a table's row type", e.name), e.name);
  static_cast<void>(is_relation_kind);
  rename_any(catalog, id, to);
}

namespace {

void move_entity(SqlCatalog& catalog, EntityId id, EntityId schema) {
  const auto e = catalog.at(id);
  if (e.schema == schema) return;
  if (e.kind == EntityKind::relation) need_new_relation(catalog, schema, e.name);
  if (e.kind == EntityKind::type && e.letter != 'a') need_new_type(catalog, schema, e.name);
  if (e.kind == EntityKind::function) {
    if (catalog.find_function(schema, e.name, e.types) != no_entity) {
      throw Refused(fmt::format("function `{}` already exists in schema `{}`", e.name,
                                catalog.at(schema).name),
                    e.name);
    }
  }
  catalog.move(id, schema);
  for (const auto other : std::vector(catalog.dependents(id))) {
    const auto& o = catalog.at(other);
    if (!o.alive || o.schema != e.schema) continue;
    const bool along = std::any_of(o.refs.begin(), o.refs.end(), [&](const Ref& r) {
      return r.to == id && r.kind != Ref::Kind::normal;
    });
    const bool type = o.kind == EntityKind::type && o.letter != 'm';
    const bool part =
        o.kind == EntityKind::relation && (o.letter == 'S' || o.letter == 'i' || o.letter == 'c');
    if (along && (type || part)) move_entity(catalog, other, schema);
  }
}

}  // namespace

void set_schema(SqlCatalog& catalog, const SqlNode& node) {
  const auto kind = text_at(node, "objectType");
  const auto name = text_at(node, "newschema");
  if (find_kind(kind) == nullptr) {
    const auto schema = catalog.schema_named(name);
    for (const auto id : find_others(catalog, kind, node_at(node, "object"))) {
      catalog.move(id, schema);
    }
    return;
  }
  if (kind == "OBJECT_EXTENSION") throw NotFollowed{"the objects of an extension"};
  const auto id = node.contains("relation") ? renamed(catalog, node, kind)
                                            : named_object(catalog, kind, node_at(node, "object"));
  if (id == no_entity) return;
  const auto& e = catalog.at(id);
  catalog.need_owner(id, find_kind(kind)->called);
  const auto schema = catalog.schema_named(name);
  if (!catalog.holds(catalog.user(), schema, Privilege::create)) {
    throw Refused(fmt::format("permission denied for schema {}", name), name);
  }
  if (catalog.at(schema).temporary != e.temporary) {
    throw Refused("cannot move objects into or out of temporary schemas");
  }
  if (catalog.object(schema).system) throw NotFollowed{"it moves into the catalogs"};
  const bool bound = std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
    return r.kind != Ref::Kind::normal && (e.letter == 'S' || e.kind == EntityKind::type);
  });
  if (bound && e.schema != schema) {
    throw Refused(fmt::format("cannot move `{}` into another schema", e.name), e.name);
  }
  move_entity(catalog, id, schema);
}

// --- DROP ---------------------------------------------------------------------------------------

namespace {

bool may_drop(const SqlCatalog& catalog, EntityId id) {
  const auto& e = catalog.at(id);
  if (catalog.owns(id)) return true;
  if (e.schema != no_entity) return catalog.owns(e.schema);
  return false;
}

/// With IF EXISTS a schema or table that is not there makes nothing wrong.
std::vector<EntityId> targets_of(const SqlCatalog& catalog, const SqlNode& node,
                                 const SqlNode& object) {
  const auto kind = text_at(node, "removeType");
  const bool missing_ok = truth_at(node, "missing_ok");
  const auto* const known = find_kind(kind);
  if (known == nullptr) return find_others(catalog, kind, object);
  try {
    const auto id = find_object(catalog, *known, object);
    if (id != no_entity) return {id};
  } catch (const Refused& e) {
    const bool absent = std::string_view(e.what()).ends_with("does not exist");
    if (!missing_ok || !absent) throw;
  }
  const bool of_read = known->entity == EntityKind::trigger || known->entity == EntityKind::rule;
  if (of_read && catalog.has_read_objects()) return {};
  if (catalog.has_extensions) throw NotFollowed{"it may be an extension's"};
  if (missing_ok) return {};
  const auto name = name_in(object);
  throw Refused(fmt::format("{} `{}` does not exist", known->called, name), name);
}

}  // namespace

void drop_objects(SqlCatalog& catalog, const SqlNode& node) {
  std::vector<SqlCatalog::Target> targets;
  for (const auto& object : list_at(node, "objects")) {
    for (const auto id : targets_of(catalog, node, object)) {
      const auto& e = catalog.at(id);
      const bool on = is_on_relation(e.kind);
      const bool aggregate = text_at(node, "removeType") == "OBJECT_FUNCTION" && e.letter == 'a';
      if (aggregate) throw Refused(fmt::format("`{}` is an aggregate function", e.name), e.name);
      if (on) {
        catalog.need_owner(e.parent, "table");
      } else if (!may_drop(catalog, id)) {
        throw Refused(fmt::format("must be owner of {}", e.name), e.name);
      }
      if (e.object != no_object && catalog.object(id).system) {
        throw Refused(
            fmt::format("cannot drop {} because it is required by the database system", e.name),
            e.name);
      }
      if (e.kind == EntityKind::extension && e.name != "plpgsql") {
        throw NotFollowed{"the objects of an extension"};
      }
      targets.push_back({id, 0});
    }
  }
  catalog.drop(targets, text_at(node, "behavior") == "DROP_CASCADE");
  catalog.touch();
}

// --- REASSIGN and DROP OWNED --------------------------------------------------------------------

namespace {

std::vector<RoleId> owned_by(SqlCatalog& catalog, const SqlNode& node) {
  std::vector<RoleId> result;
  for (const auto& name : role_names(list_at(node, "roles"))) {
    const auto role = catalog.roles().role_of(name);
    if (!catalog.has_privileges(catalog.user(), role)) {
      throw Refused("permission denied to reassign or drop objects");
    }
    if (catalog.cluster().role(role).oid < first_oid_of_users) {
      throw Refused("cannot drop objects owned by a role that is required by the database system");
    }
    result.push_back(role);
  }
  return result;
}

bool is_one_of_roles(const std::vector<RoleId>& roles, RoleId role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

bool is_here(const SqlCatalog& catalog, const Entity& e) {
  return e.alive && (e.database == catalog.session().database || e.database == no_object);
}

/// What has an owner of its own in the catalogs.
bool has_owner(const SqlCatalog& catalog, EntityId id) {
  const auto& e = catalog.at(id);
  if (e.object != no_object) return !(e.kind == EntityKind::type && e.letter == 'a');
  return e.owner != no_role && e.letter != 'i';
}

void reassign_databases(SqlCatalog& catalog, const std::vector<RoleId>& from, RoleId to) {
  for (std::uint32_t i = 0; i < catalog.cluster().objects.size(); ++i) {
    const auto& o = catalog.cluster().objects[i];
    if (o.kind != ObjectKind::database || o.name.empty() || !is_one_of_roles(from, o.owner))
      continue;
    auto& edited = catalog.edit_object(ObjectId{i});
    const auto old = std::exchange(edited.owner, to);
    if (edited.acl != null_acl && old != to) {
      edited.acl =
          catalog.keep(acl_of_new_owner(catalog.cluster().acls[index(edited.acl)], old, to));
    }
  }
}

}  // namespace

void reassign_owned(SqlCatalog& catalog, const SqlNode& node) {
  const auto from = owned_by(catalog, node);
  const auto to = catalog.roles().role_of(role_name(node_at(node, "newrole")));
  if (!catalog.has_privileges(catalog.user(), to)) {
    throw Refused("permission denied to reassign objects");
  }
  for (std::uint32_t i = 0; i < catalog.size(); ++i) {
    const auto id = EntityId{i};
    if (!is_here(catalog, catalog.at(id)) || !has_owner(catalog, id)) continue;
    if (is_one_of_roles(from, catalog.owner_of(id))) give(catalog, id, to);
  }
  reassign_databases(catalog, from, to);
  catalog.touch();
}

namespace {

Acl without(const SqlCatalog& catalog, const Acl& acl, RoleId owner, RoleId gone,
            PrivilegeSet all) {
  AclChange change;
  change.grants = false;
  change.cascade = true;
  change.privileges = all;
  change.grantees = {gone};
  change.grantor = owner;
  change.owner = owner;
  return changed_acl(acl, change, catalog.has_privileges());
}

bool mentions(const Acl& acl, RoleId role) {
  return std::any_of(acl.begin(), acl.end(),
                     [&](const AclItem& i) { return i.grantee == role || i.grantor == role; });
}

void revoke_on_objects(SqlCatalog& catalog, RoleId role) {
  for (std::uint32_t i = 0; i < catalog.cluster().objects.size(); ++i) {
    const auto o = catalog.cluster().object(ObjectId{i});
    const bool here = o.database == catalog.session().database || o.database == no_object;
    if (!here || o.owner == role) continue;
    const auto all = grantable_privileges(o.kind, catalog.major());
    if (o.acl != null_acl && mentions(catalog.cluster().acls[index(o.acl)], role)) {
      const auto acl = without(catalog, catalog.cluster().acls[index(o.acl)], o.owner, role, all);
      catalog.edit_object(ObjectId{i}).acl = catalog.keep(acl);
    }
    if (o.kind != ObjectKind::table) continue;
    const auto columns = catalog.cluster().relation(o).columns;
    for (std::size_t n = 0; n < columns.size(); ++n) {
      const auto& acl = catalog.cluster().column_acl(columns[n]);
      if (!mentions(acl, role)) continue;
      const auto left = without(catalog, acl, o.owner, role, info(ObjectKind::column).all);
      catalog.edit_column(ObjectId{i}, n).acl = left.empty() ? null_acl : catalog.keep(left);
    }
  }
}

void revoke_defaults(SqlCatalog& catalog, RoleId role) {
  auto& rows = catalog.edit_default_acls();
  const auto database = catalog.session().database;
  std::vector<DefaultAcl> left;
  for (auto row : rows) {
    const bool here = row.database == database;
    if (here && row.creator == role) continue;
    const auto& acl = catalog.cluster().acls[index(row.acl)];
    if (here && mentions(acl, role)) {
      const auto kind = default_acl_type(row.type).kind;
      const auto now =
          without(catalog, acl, row.creator, role, grantable_privileges(kind, catalog.major()));
      if (now.empty() && row.schema != no_object) continue;
      row.acl = catalog.keep(now);
    }
    left.push_back(row);
  }
  rows = left;
}

void drop_from_policies(SqlCatalog& catalog, RoleId role) {
  for (std::uint32_t i = 0; i < catalog.size(); ++i) {
    const auto id = EntityId{i};
    const auto& e = catalog.at(id);
    if (!e.alive || e.kind != EntityKind::policy || !is_here(catalog, e)) continue;
    const auto place = catalog.policy_place(id);
    const auto& roles = catalog.cluster().row_policies[place].roles;
    if (!is_one_of_roles(roles, role)) continue;
    if (roles.size() == 1) {
      catalog.kill(id);
    } else {
      std::erase(catalog.edit_policy(place).roles, role);
    }
  }
}

}  // namespace

void drop_owned(SqlCatalog& catalog, const SqlNode& node) {
  const auto roles = owned_by(catalog, node);
  for (const auto role : roles) {
    revoke_on_objects(catalog, role);
    revoke_defaults(catalog, role);
    drop_from_policies(catalog, role);
  }
  std::vector<SqlCatalog::Target> targets;
  for (std::uint32_t i = 0; i < catalog.size(); ++i) {
    const auto id = EntityId{i};
    const auto& e = catalog.at(id);
    if (!e.alive || e.database != catalog.session().database || !has_owner(catalog, id)) continue;
    const bool row_type = e.kind == EntityKind::type &&
                          std::any_of(e.refs.begin(), e.refs.end(),
                                      [](const Ref& r) { return r.kind == Ref::Kind::internal; });
    const bool composite = e.kind == EntityKind::relation && e.letter == 'c';
    if (row_type || composite) continue;
    if (is_one_of_roles(roles, catalog.owner_of(id))) targets.push_back({id, 0});
  }
  catalog.drop(targets, text_at(node, "behavior") == "DROP_CASCADE");
  if (catalog.major() >= 16) catalog.drop_memberships_granted_by(roles);
  catalog.touch();
}

}  // namespace pgleast
