// CREATE TYPE and DOMAIN, and what else CREATE defines (typecmds.c, define.c).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "input/replay/query/query.hpp"
#include "input/replay/statements/object_statement.hpp"
#include "input/replay/statements/relation_editor.hpp"
#include "model/bootstrap_superuser.hpp"

namespace pgleast {
namespace {

EntityId schema_for_type(SqlCatalog& catalog, const QualifiedName& name) {
  const auto schema = schema_of_new(catalog, name);
  need_new_type(catalog, schema, name.name);
  return schema;
}

void define_type(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = qualified_name_of(list_at(node, "defnames"));
  catalog.need_superuser("must be superuser to create a base type");
  const auto schema = schema_of_new(catalog, name);
  const auto found = catalog.find(EntityKind::type, schema, name.name);
  const bool shell = list_at(node, "definition").empty();
  if (!shell) catalog.has_hidden_calls = true;
  if (found != no_entity && catalog.at(found).is(TypeKind::shell) && !shell) {
    catalog.edit(found).subkind = TypeKind::base;
    Entity array;
    array.kind = EntityKind::type;
    array.name = '_' + name.name;
    array.schema = schema;
    array.subkind = TypeKind::array;
    array.parent = found;
    array.refs.push_back({found, 0, Ref::Kind::internal, 0});
    catalog.set_acl(catalog.make(array, ObjectKind::type), catalog.object(found).acl);
    return;
  }
  if (!shell) {
    throw Refused(Condition::undefined_object, fmt::format("type `{}` does not exist", name.name),
                  name.name);
  }
  need_new_type(catalog, schema, name.name);
  make_type(catalog, schema, name.name, TypeKind::shell);
}

// no_entity: it is the server's, or not known.
EntityId function_of_operator(SqlCatalog& catalog, const QualifiedName& name,
                              const std::vector<TypeRef>& types) {
  const auto functions = catalog.find_functions(name);
  if (functions.size() == 1) return functions.front();
  if (functions.empty()) return no_entity;
  const auto found = catalog.find_function(catalog.at(functions.front()).schema, name.name, types);
  if (found == no_entity) catalog.has_hidden_calls = true;
  return found;
}

// `collation`, `operator`: the name begins with it.
void define_other(SqlCatalog& catalog, const SqlNode& node, const std::string& kind) {
  const auto name = qualified_name_of(list_at(node, "defnames"));
  const auto schema = schema_of_new(catalog, name);
  Entity other;
  other.kind = EntityKind::other;
  other.name = kind + ' ' + name.name;
  other.schema = schema;
  other.database = catalog.session().database;
  other.owner = catalog.user();
  const bool overloaded = kind == "OBJECT_OPERATOR";
  const auto found = catalog.find(EntityKind::other, schema, other.name);
  if (!overloaded && found != no_entity) {
    if (truth_at(node, "if_not_exists")) return;
    throw Refused(Condition::duplicate_object, fmt::format("`{}` already exists", name.name),
                  name.name);
  }
  const auto given = [&](const char* part) {
    const auto* const found = option_named(list_at(node, "definition"), part);
    return found != nullptr && found->contains("TypeName") ? found : nullptr;
  };
  for (const char* const part : {"leftarg", "rightarg"}) {
    if (overloaded && given(part) != nullptr)
      other.types.push_back(catalog.find_type(*given(part)));
  }
  const auto types = other.types;
  const auto id = catalog.add(std::move(other));
  for (const auto& type : types) catalog.add_ref(id, {type.entity, 0, Ref::Kind::normal, 0});
  for (const char* const part : {"procedure", "function"}) {
    if (given(part) == nullptr) continue;
    const auto names = qualified_name_of(list_at((*given(part))["TypeName"], "names"));
    const auto function = function_of_operator(catalog, names, types);
    if (function != no_entity) catalog.add_ref(id, {function, 0, Ref::Kind::normal, 0});
  }
}

}  // namespace

void define(SqlCatalog& catalog, const SqlNode& node) {
  const auto kind = text_at(node, "kind");
  if (kind == "OBJECT_AGGREGATE") return create_aggregate(catalog, node);
  if (kind == "OBJECT_TYPE") return define_type(catalog, node);
  define_other(catalog, node, kind);
}

void create_composite(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = relation_name(node_at(node, "typevar"));
  const auto schema = schema_for_type(catalog, name);
  need_new_type(catalog, schema, name.name);
  need_new_relation(catalog, schema, name.name);
  Entity relation;
  relation.kind = EntityKind::relation;
  relation.name = name.name;
  relation.schema = schema;
  relation.database = catalog.session().database;
  relation.subkind = RelationKind::composite_type;
  relation.owner = catalog.user();
  std::vector<Ref> refs;
  for (const auto& item : list_at(node, "coldeflist")) {
    const auto& column = inside(item, "ColumnDef");
    const auto type = catalog.type_of(node_at(column, "typeName"));
    need_usage(catalog, type);
    const auto number = relation.next_column++;
    relation.columns.push_back({number, type, true, 0});
    relation.names.push_back(text_at(column, "colname"));
    refs.push_back({type.entity, 0, Ref::Kind::normal, number});
  }
  const auto type = make_type(catalog, schema, name.name, TypeKind::composite);
  // The relation goes with its type, not the other way round.
  relation.refs.push_back({type, 0, Ref::Kind::internal, 0});
  const auto id = catalog.add(std::move(relation));
  for (const auto& ref : refs) catalog.add_ref(id, ref);
}

void create_enum(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = qualified_name_of(list_at(node, "typeName"));
  make_type(catalog, schema_for_type(catalog, name), name.name, TypeKind::enumeration);
}

namespace {

// What makes values of a range: `r(int, int)`, `r_multirange(r[])`.
void make_constructor(SqlCatalog& catalog, EntityId schema, const std::string& name, EntityId of,
                      const std::vector<TypeRef>& types) {
  const bool multirange = catalog.at(of).is(TypeKind::multirange);
  if (catalog.find_function(schema, name, types) != no_entity) {
    throw Refused(Condition::duplicate_function,
                  fmt::format("function `{}` already exists with same argument types", name), name);
  }
  auto& details = catalog.cluster().functions;
  details.push_back({'f', false, false, 'i', "internal", false, {}});
  Entity function;
  function.kind = EntityKind::function;
  function.name = name;
  function.schema = schema;
  function.subkind = RoutineKind::function;
  function.types = types;
  function.result = {of, "", false, ""};
  function.refs.push_back({of, 0, Ref::Kind::internal, 0});
  EntityCode code;
  code.text = fmt::format("{}range_constructor{}", multirange ? "multi" : "", types.size());
  function.code = std::make_shared<const EntityCode>(std::move(code));
  const auto id = catalog.make(std::move(function), ObjectKind::function,
                               static_cast<std::uint32_t>(details.size() - 1));
  // They are the bootstrap superuser's, whoever makes the type (makeRangeConstructors).
  const auto owner = bootstrap_superuser(catalog.cluster());
  if (owner == no_role) return;
  catalog.set_owner(id, owner);
  catalog.set_acl(id, catalog.default_acl_for(ObjectKind::function, owner, schema));
}

EntityId array_of(const SqlCatalog& catalog, EntityId type) {
  for (const auto id : catalog.dependents(type)) {
    if (catalog.at(id).is(TypeKind::array) && catalog.at(id).parent == type) return id;
  }
  return no_entity;
}

}  // namespace

void create_range(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = qualified_name_of(list_at(node, "typeName"));
  const auto schema = schema_for_type(catalog, name);
  const auto& parameters = list_at(node, "params");
  const auto* const subtype = option_named(parameters, "subtype");
  if (subtype == nullptr) {
    throw Refused(Condition::syntax_error, "type attribute `subtype` is required");
  }
  const auto element = catalog.type_of(*subtype);
  const auto id = make_type(catalog, schema, name.name, TypeKind::range);
  catalog.add_ref(id, {element.entity, 0, Ref::Kind::normal, 0});
  const TypeRef text{no_entity, "text", false, ""};
  make_constructor(catalog, schema, name.name, id, {element, element});
  make_constructor(catalog, schema, name.name, id, {element, element, text});
  if (catalog.major() < 14) return;
  auto multirange = QualifiedName{"", name.name};
  const auto at = multirange.name.find("range");
  if (at == std::string::npos) {
    multirange.name += "_multirange";
  } else {
    multirange.name.insert(at, "multi");
  }
  auto its_schema = schema;
  if (const auto* const given = option_named(parameters, "multirange_type_name")) {
    multirange = qualified_name_of(
        given->contains("TypeName") ? list_at((*given)["TypeName"], "names") : items_of(*given));
    if (!multirange.schema.empty()) its_schema = catalog.schema_named(multirange.schema);
  }
  need_new_type(catalog, its_schema, multirange.name);
  const auto of_ranges = make_type(catalog, its_schema, multirange.name, TypeKind::multirange);
  catalog.edit(of_ranges).types = {{id, "", false, ""}};
  catalog.add_ref(of_ranges, {id, 0, Ref::Kind::internal, 0});
  make_constructor(catalog, its_schema, multirange.name, of_ranges, {});
  make_constructor(catalog, its_schema, multirange.name, of_ranges, {{id, "", false, ""}});
  make_constructor(catalog, its_schema, multirange.name, of_ranges,
                   {{array_of(catalog, id), "", false, ""}});
  if (catalog.major() >= 17) catalog.set_acl(of_ranges, catalog.object(id).acl);
}

void create_domain(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = qualified_name_of(list_at(node, "domainname"));
  const auto schema = schema_for_type(catalog, name);
  const auto base = catalog.type_of(node_at(node, "typeName"));
  if (base.entity != no_entity && !catalog.holds(catalog.user(), base.entity, Privilege::usage)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied for type {}", catalog.at(base.entity).name));
  }
  const auto id = make_type(catalog, schema, name.name, TypeKind::domain);
  catalog.add_ref(id, {base.entity, 0, Ref::Kind::normal, 0});
  add_references(catalog, id, list_at(node, "constraints"));
}

namespace {

EntityId altered_type(const SqlCatalog& catalog, const SqlNode& node) {
  const auto name = qualified_name_of(list_at(node, "typeName"));
  const auto id = catalog.find_named(EntityKind::type, name);
  if (id != no_entity) return id;
  throw Refused(Condition::undefined_object, fmt::format("type `{}` does not exist", name.name),
                name.name);
}

}  // namespace

void alter_enum(SqlCatalog& catalog, const SqlNode& node) {
  const auto id = altered_type(catalog, node);
  catalog.need_owner(id, "type");
}

void alter_domain(SqlCatalog& catalog, const SqlNode& node) {
  const auto id = altered_type(catalog, node);
  if (!catalog.at(id).is(TypeKind::domain) && !catalog.at(id).dependents_unknown) {
    const auto& name = catalog.at(id).name;
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is not a domain", name), name);
  }
  catalog.need_owner(id, "type");
  add_references(catalog, id, node_at(node, "def"));
}

}  // namespace pgleast
