// The kinds of objects that statements name, and how each is found.
#include "input/replay/catalog/named_object.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "input/replay/catalog/extension_members.hpp"

namespace pgleast {
namespace {

constexpr std::array named_kinds{
    NamedKind{"OBJECT_TABLE",
              EntityKind::relation,
              "table",
              {RelationKind::table, RelationKind::partitioned_table}},
    NamedKind{"OBJECT_VIEW", EntityKind::relation, "view", {RelationKind::view}},
    NamedKind{"OBJECT_MATVIEW",
              EntityKind::relation,
              "materialized view",
              {RelationKind::materialized_view}},
    NamedKind{"OBJECT_SEQUENCE", EntityKind::relation, "sequence", {RelationKind::sequence}},
    NamedKind{"OBJECT_INDEX", EntityKind::relation, "index", {RelationKind::index}},
    NamedKind{"OBJECT_FOREIGN_TABLE",
              EntityKind::relation,
              "foreign table",
              {RelationKind::foreign_table}},
    NamedKind{"relation", EntityKind::relation, "relation"},
    NamedKind{"OBJECT_FUNCTION",
              EntityKind::function,
              "function",
              {RoutineKind::function, RoutineKind::aggregate, RoutineKind::window}},
    NamedKind{"OBJECT_PROCEDURE", EntityKind::function, "procedure", {RoutineKind::procedure}},
    NamedKind{"OBJECT_AGGREGATE", EntityKind::function, "aggregate", {RoutineKind::aggregate}},
    NamedKind{"OBJECT_ROUTINE", EntityKind::function, "routine"},
    NamedKind{"OBJECT_TYPE", EntityKind::type, "type"},
    NamedKind{"OBJECT_DOMAIN", EntityKind::type, "domain", {TypeKind::domain}},
    NamedKind{"OBJECT_SCHEMA", EntityKind::schema, "schema"},
    NamedKind{"OBJECT_LANGUAGE", EntityKind::language, "language"},
    NamedKind{"OBJECT_FDW", EntityKind::wrapper, "foreign-data wrapper"},
    NamedKind{"OBJECT_FOREIGN_SERVER", EntityKind::server, "server"},
    NamedKind{"OBJECT_TABLESPACE", EntityKind::tablespace, "tablespace"},
    NamedKind{"OBJECT_EXTENSION", EntityKind::extension, "extension"},
    NamedKind{"OBJECT_PUBLICATION", EntityKind::publication, "publication"},
    NamedKind{"OBJECT_SUBSCRIPTION", EntityKind::subscription, "subscription"},
    NamedKind{"OBJECT_EVENT_TRIGGER", EntityKind::event_trigger, "event trigger"},
    NamedKind{"OBJECT_ACCESS_METHOD", EntityKind::access_method, "access method"},
    NamedKind{"OBJECT_LARGEOBJECT", EntityKind::large_object, "large object"},
    NamedKind{"OBJECT_TRIGGER", EntityKind::trigger, "trigger"},
    NamedKind{"OBJECT_RULE", EntityKind::rule, "rule"},
    NamedKind{"OBJECT_POLICY", EntityKind::policy, "policy"},
    NamedKind{"OBJECT_TABCONSTRAINT", EntityKind::constraint, "constraint"},
};

bool is_any(const NamedKind& kind) { return kind.only.front() == Subkind(); }

/// Nothing there: no_entity.
EntityId find_function(const SqlCatalog& catalog, const NamedKind& kind, const SqlNode& object) {
  const auto& with = inside(object, "ObjectWithArgs");
  const auto name = qualified_name_of(list_at(with, "objname"));
  std::vector<EntityId> found;
  for (const auto id : catalog.find_functions(name)) {
    if (fits(kind, catalog.at(id))) found.push_back(id);
  }
  if (truth_at(with, "args_unspecified")) {
    if (found.size() > 1) {
      throw Refused(Condition::ambiguous_function,
                    fmt::format("{} name `{}` is not unique", kind.called, name.name), name.name);
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
    if (vague) throw Undecidable{"the types of a function that was read"};
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
  if (type.array) throw Refused(Condition::dependent_objects_still_exist, "it is an array type");
  if (type.entity != no_entity && !fits(kind, catalog.at(type.entity)) &&
      !catalog.at(type.entity).dependents_unknown) {
    throw Refused(Condition::wrong_object_type,
                  fmt::format("`{}` is not a domain", catalog.at(type.entity).name));
  }
  if (!type.builtin.empty() || !type.text.empty()) throw Undecidable{"a type of the server"};
  return type.entity;
}

/// The rest of a list of words.
SqlNode without_first(const SqlNode& names) {
  auto result = SqlNode::array();
  for (std::size_t i = 1; i < names.size(); ++i) result.push_back(names[i]);
  return result;
}

}  // namespace

const NamedKind* find_kind(const std::string& kind) {
  for (const auto& k : named_kinds) {
    if (k.kind == kind) return &k;
  }
  return nullptr;
}

bool fits(const NamedKind& kind, const Entity& e) {
  return is_any(kind) || (e.subkind != Subkind() && std::find(kind.only.begin(), kind.only.end(),
                                                              e.subkind) != kind.only.end());
}

bool is_on_relation(EntityKind kind) {
  return kind == EntityKind::trigger || kind == EntityKind::rule || kind == EntityKind::policy;
}

bool is_row_type(const Entity& e) {
  return e.is(TypeKind::composite) && std::any_of(e.refs.begin(), e.refs.end(), [](const Ref& r) {
           return r.kind == Ref::Kind::internal;
         });
}

EntityId find_object(const SqlCatalog& catalog, const NamedKind& kind, const SqlNode& object) {
  switch (kind.entity) {
    case EntityKind::relation: {
      const bool range = object.contains("RangeVar") || object.contains("relname");
      const auto name = range ? relation_name(object) : qualified_name_of(items_of(object));
      const auto id = catalog.find_named(EntityKind::relation, name);
      if (id == no_entity) {
        if (catalog.is_of_server(name)) throw Undecidable{"a catalog is not in the model"};
        return id;
      }
      if (!fits(kind, catalog.at(id))) {
        throw Refused(Condition::wrong_object_type,
                      fmt::format("`{}` is not a {}", name.name, kind.called), name.name);
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

QualifiedName name_in(const SqlNode& object) {
  const auto& with = inside(object, "ObjectWithArgs");
  if (with.contains("objname")) return qualified_name_of(list_at(with, "objname"));
  if (object.contains("List")) return qualified_name_of(items_of(object));
  if (object.contains("TypeName")) return qualified_name_of(list_at(object["TypeName"], "names"));
  if (object.contains("RangeVar")) return relation_name(object);
  return {"", word_of(object)};
}

Condition absence(const SqlCatalog& catalog, EntityKind kind, const QualifiedName& name) {
  if (kind == EntityKind::relation) return catalog.absence(name, Condition::undefined_table);
  if (kind == EntityKind::function) return catalog.absence(name, Condition::undefined_function);
  if (kind == EntityKind::type) return catalog.absence(name, Condition::undefined_object);
  if (kind == EntityKind::schema) return Condition::invalid_schema_name;
  return Condition::undefined_object;
}

/// Of operators that share a name that which takes these; NONE is no type.
std::vector<EntityId> with_types(const SqlCatalog& catalog, const std::vector<EntityId>& operators,
                                 const SqlNode& object) {
  std::vector<std::string> wanted;
  for (const auto& argument : list_at(inside(object, "ObjectWithArgs"), "objargs")) {
    if (!argument.contains("TypeName")) continue;
    wanted.push_back(catalog.shown(catalog.find_type(argument["TypeName"])));
  }
  for (const auto id : operators) {
    std::vector<std::string> types;
    for (const auto& type : catalog.at(id).types) types.push_back(catalog.shown(type));
    if (types == wanted) return {id};
  }
  return {};
}

std::vector<EntityId> find_others(const SqlCatalog& catalog, const std::string& kind,
                                  const SqlNode& object) {
  std::vector<EntityId> result;
  const auto& names = object.contains("ObjectWithArgs")
                          ? list_at(object["ObjectWithArgs"], "objname")
                          : items_of(object);
  if (!names.is_array() || names.empty() || !names.front().contains("String")) return result;
  // The access method comes first.
  const bool of_method = kind == "OBJECT_OPCLASS" || kind == "OBJECT_OPFAMILY";
  const auto name = qualified_name_of(of_method ? without_first(names) : names);
  if (kind + ' ' == operator_kind) return with_types(catalog, catalog.find_operators(name), object);
  const auto id = catalog.find_named(EntityKind::other, {name.schema, kind + ' ' + name.name});
  if (id != no_entity) result.push_back(id);
  return result;
}

EntityId named_object(const SqlCatalog& catalog, const std::string& kind, const SqlNode& object) {
  const auto* const known = find_kind(kind);
  if (known == nullptr) throw Undecidable{kind};
  const auto id = find_object(catalog, *known, object);
  if (id != no_entity) return id;
  const auto name = name_in(object);
  if (may_be_of_extension(catalog, known->entity, name)) {
    throw Undecidable{"it may be an extension's"};
  }
  const bool servers =
      name.schema == "pg_catalog" ||
      (name.schema.empty() && (name.name.starts_with("pg_") || name.name.starts_with("lo_")));
  if (servers && known->entity == EntityKind::function && catalog.is_of_scripts()) {
    throw Undecidable{"a function of the server"};
  }
  throw Refused(absence(catalog, known->entity, name),
                fmt::format("{} `{}` does not exist", known->called, name.name), name.name);
}

ObjectId needed_database(const SqlCatalog& catalog, const std::string& name) {
  const auto id = catalog.database_named(name);
  if (id != no_object) return id;
  throw Refused(Condition::invalid_catalog_name, fmt::format("database `{}` does not exist", name),
                name);
}

}  // namespace pgleast
