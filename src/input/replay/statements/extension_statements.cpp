// What is added to a database from outside: languages, extensions, tablespaces; and casts and
// statistics, of which only the names and dependencies are followed.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "input/replay/catalog/extension_members.hpp"
#include "input/replay/catalog/script_code.hpp"
#include "input/replay/query/query.hpp"
#include "input/replay/roles/shared_name.hpp"
#include "input/replay/statements/new_entity.hpp"
#include "input/replay/statements/object_statement.hpp"
#include "input/replay/statements/relation_editor.hpp"

namespace pgleast {
namespace {

struct ExtensionObject {
  std::string_view extension, name;
  ObjectKind kind;
  bool trusted = false;
};
constexpr std::array extension_objects{
    ExtensionObject{"dblink", "dblink_fdw", ObjectKind::foreign_data_wrapper},
    ExtensionObject{"file_fdw", "file_fdw", ObjectKind::foreign_data_wrapper},
    ExtensionObject{"postgres_fdw", "postgres_fdw", ObjectKind::foreign_data_wrapper},
    ExtensionObject{"plperl", "plperl", ObjectKind::language, true},
    ExtensionObject{"plperlu", "plperlu", ObjectKind::language},
    ExtensionObject{"plpython3u", "plpython3u", ObjectKind::language},
    ExtensionObject{"pltcl", "pltcl", ObjectKind::language, true},
    ExtensionObject{"pltclu", "pltclu", ObjectKind::language},
};

void make_of_extension(SqlCatalog& catalog, EntityId extension, const ExtensionObject& known) {
  Entity e;
  e.name = known.name;
  auto detail = no_detail;
  const bool language = known.kind == ObjectKind::language;
  e.kind = language ? EntityKind::language : EntityKind::wrapper;
  if (language) {
    e.subkind = known.trusted ? LanguageKind::trusted : LanguageKind::untrusted;
    auto& details = catalog.cluster().languages;
    details.push_back({known.trusted});
    detail = static_cast<std::uint32_t>(details.size() - 1);
  }
  const auto id = catalog.make(std::move(e), known.kind, detail);
  catalog.add_ref(id, {extension, 0, Ref::Kind::internal, 0});
  catalog.edit_object(catalog.at(id).object).extension = true;
}

// Where its objects come to lie; none: that stands in its control file.
EntityId schema_of_extension(SqlCatalog& catalog, const SqlNode& node, const std::string& name) {
  std::string schema;
  for (const auto& given : list_at(node, "options")) {
    const auto& option = inside(given, "DefElem");
    if (text_at(option, "defname") == "schema") schema = string_of(node_at(option, "arg"));
  }
  if (schema == "pg_catalog") return no_entity;
  if (!schema.empty()) return catalog.schema_named(schema);
  return is_known_extension(name) ? catalog.schema_for_new({}) : no_entity;
}

void make_types(SqlCatalog& catalog, EntityId extension, EntityId schema, const std::string& name) {
  const auto own = [&](EntityId id) {
    catalog.edit_object(catalog.at(id).object).extension = true;
  };
  for (const auto known : types_of_extension(name)) {
    const std::string type(known);
    need_new_type(catalog, schema, type);
    const auto id = make_type(catalog, schema, type, TypeKind::base);
    catalog.add_ref(id, {extension, 0, Ref::Kind::internal, 0});
    own(id);
    own(catalog.find_on(id, EntityKind::type, '_' + type));
  }
}

}  // namespace

void create_language(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "plname");
  if (!need_new(catalog, EntityKind::language, name, truth_at(node, "replace"), "language")) {
    return;
  }
  const auto& handler = list_at(node, "plhandler");
  if (handler.empty()) throw Undecidable{"a language that an extension brings"};
  catalog.need_superuser("must be superuser to create custom procedural language");
  const auto function = qualified_name_of(handler);
  const bool of_server = function.name == "plpgsql_call_handler";
  if (!of_server && catalog.find_functions(function).empty()) {
    throw Refused(Condition::undefined_function,
                  fmt::format("function {}() does not exist", function.name), function.name);
  }
  Entity e;
  e.kind = EntityKind::language;
  e.name = name;
  const bool trusted = truth_at(node, "pltrusted");
  e.subkind = trusted ? LanguageKind::trusted : LanguageKind::untrusted;
  auto& details = catalog.cluster().languages;
  details.push_back({trusted});
  catalog.has_hidden_calls = true;
  catalog.make(std::move(e), ObjectKind::language, static_cast<std::uint32_t>(details.size() - 1));
}

void create_extension(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "extname");
  if (!need_new(catalog, EntityKind::extension, name, truth_at(node, "if_not_exists"),
                "extension")) {
    return;
  }
  const auto schema = schema_of_extension(catalog, node, name);
  const auto id = catalog.add(entity_of(catalog, EntityKind::extension, name));
  if (schema != no_entity) catalog.add_ref(id, {schema, 0, Ref::Kind::normal, 0});
  // Of a trusted one that somebody else makes the types are the bootstrap superuser's.
  if (schema != no_entity && catalog.is_superuser()) make_types(catalog, id, schema, name);
  for (const auto& known : extension_objects) {
    if (known.extension == name) make_of_extension(catalog, id, known);
  }
  catalog.has_extensions = true;
  catalog.remark_extension(name);
}

void create_tablespace(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "tablespacename");
  catalog.need_superuser(fmt::format("permission denied to create tablespace `{}`", name));
  check_shared_name("tablespace", name, catalog.major());
  if (name.starts_with("pg_")) {
    throw Refused(Condition::reserved_name, fmt::format("unacceptable tablespace name `{}`", name),
                  name);
  }
  const auto location = text_at(node, "location");
  if (!location.empty() && location.front() != '/') {
    throw Refused(Condition::invalid_object_definition,
                  "tablespace location must be an absolute path");
  }
  need_new(catalog, EntityKind::tablespace, name, false, "tablespace");
  Entity e;
  e.kind = EntityKind::tablespace;
  e.name = name;
  const auto id = catalog.make(std::move(e), ObjectKind::tablespace);
  if (node.contains("owner")) {
    catalog.set_owner(id, catalog.roles().role_of(role_name(node["owner"])));
  }
}

void drop_tablespace(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "tablespacename");
  const auto id = catalog.find_in_database(EntityKind::tablespace, name);
  if (id == no_entity) {
    if (truth_at(node, "missing_ok")) return;
    throw Refused(Condition::undefined_object, fmt::format("tablespace `{}` does not exist", name),
                  name);
  }
  catalog.need_owner(id, "tablespace");
  catalog.mark_dropped(id);
}

/// FUNCTION 1 f(t, t), OPERATOR 1 <: the types that a function is for are those of the entity, too.
void add_members(SqlCatalog& catalog, EntityId id, const SqlNode& node) {
  for (const auto& given : list_at(node, "items")) {
    const auto& item = inside(given, "CreateOpClassItem");
    const auto& named = node_at(item, "name");
    const auto name = qualified_name_of(list_at(named, "objname"));
    for (const auto& found : {catalog.find_functions(name), catalog.find_operators(name)}) {
      for (const auto member : found) catalog.add_ref(id, {member, 0, Ref::Kind::normal, 0});
    }
    for (const auto& argument : list_at(named, "objargs")) {
      if (!argument.contains("TypeName")) continue;
      catalog.edit(id).types.push_back(catalog.find_type(argument["TypeName"]));
    }
  }
}

void create_cast(SqlCatalog& catalog, const SqlNode& node) {
  const auto source = catalog.type_of(node_at(node, "sourcetype"));
  const auto target = catalog.type_of(node_at(node, "targettype"));
  auto e = entity_of(catalog, EntityKind::other,
                     std::string(cast_kind) + catalog.shown(source) + " " + catalog.shown(target));
  e.owner = no_role;
  e.types = {source, target};
  const auto id = catalog.add(std::move(e));
  for (const auto& type : {source, target}) {
    catalog.add_ref(id, {type.entity, 0, Ref::Kind::normal, 0});
  }
  if (!node.contains("func")) return;
  const auto functions = catalog.find_functions(
      qualified_name_of(list_at(inside(node["func"], "ObjectWithArgs"), "objname")));
  if (functions.empty()) return;
  for (const auto function : functions) {
    catalog.add_ref(id, {function, 0, Ref::Kind::normal, 0});
  }
}

/// Of more functions or operators of a name all are taken: types are not compared.
void create_operator_class(SqlCatalog& catalog, const SqlNode& node) {
  catalog.has_hidden_calls = true;
  const auto name = qualified_name_of(list_at(node, "opclassname"));
  auto e = entity_of(catalog, EntityKind::other, std::string(operator_class_kind) + name.name);
  e.schema = schema_of_new(catalog, name);
  e.owner = catalog.user();
  const auto type = catalog.type_of(node_at(node, "datatype"));
  e.types = {type};
  const auto id = catalog.add(std::move(e));
  catalog.add_ref(id, {type.entity, 0, Ref::Kind::normal, 0});
  add_members(catalog, id, node);
}

/// ALTER OPERATOR FAMILY ... ADD FUNCTION: for whatever types.
void alter_operator_family(SqlCatalog& catalog, const SqlNode& node) {
  catalog.has_hidden_calls = true;
  const auto name = qualified_name_of(list_at(node, "opfamilyname"));
  for (const auto id : catalog.of_kind(EntityKind::other)) {
    const auto& e = catalog.at(id);
    const bool here = e.alive && e.database == catalog.session().database;
    if (here && e.name == std::string(operator_class_kind) + name.name) {
      return add_members(catalog, id, node);
    }
  }
  auto e = entity_of(catalog, EntityKind::other, std::string(operator_class_kind) + name.name);
  e.schema = schema_of_new(catalog, name);
  e.owner = catalog.user();
  add_members(catalog, catalog.add(std::move(e)), node);
}

void create_statistics(SqlCatalog& catalog, const SqlNode& node) {
  for (const auto& item : list_at(node, "exprs")) {
    if (inside(item, "StatsElem").contains("expr")) catalog.has_hidden_calls = true;
  }
  for (const auto& item : list_at(node, "relations")) {
    if (!item.contains("RangeVar")) continue;
    const auto table = catalog.relation_of(item);
    catalog.need_owner(table, "table");
    const auto name = qualified_name_of(list_at(node, "defnames"));
    auto e = entity_of(catalog, EntityKind::other, std::string(statistics_kind) + name.name);
    e.schema = name.name.empty() ? catalog.at(table).schema : schema_of_new(catalog, name);
    e.owner = catalog.user();
    const auto id = catalog.add(std::move(e));
    catalog.add_ref(id, {table, 0, Ref::Kind::automatic, 0});
    add_references(catalog, id, list_at(node, "exprs"));
  }
}

void nothing_known(SqlCatalog&, const SqlNode&) {}

void hidden_calls(SqlCatalog& catalog, const SqlNode&) { catalog.has_hidden_calls = true; }

}  // namespace pgleast
