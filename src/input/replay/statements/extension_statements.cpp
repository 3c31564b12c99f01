// What is added to a database from outside: languages, extensions, tablespaces; and casts and
// statistics, of which only the names and dependencies are followed.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "input/replay/catalog/script_code.hpp"
#include "input/replay/query/query.hpp"
#include "input/replay/roles/shared_name.hpp"
#include "input/replay/statements/new_entity.hpp"
#include "input/replay/statements/object_statement.hpp"

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
  const auto id = catalog.add(entity_of(catalog, EntityKind::extension, name));
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

void create_cast(SqlCatalog& catalog, const SqlNode& node) {
  const auto source = catalog.type_of(node_at(node, "sourcetype"));
  const auto target = catalog.type_of(node_at(node, "targettype"));
  auto e = entity_of(catalog, EntityKind::other,
                     "cast " + catalog.shown(source) + " " + catalog.shown(target));
  e.owner = no_role;
  const auto id = catalog.add(std::move(e));
  for (const auto& type : {source, target}) {
    catalog.add_ref(id, {type.entity, 0, Ref::Kind::normal, 0});
  }
  if (!node.contains("func")) return;
  const auto functions = catalog.find_functions(
      qualified_name_of(list_at(inside(node["func"], "ObjectWithArgs"), "objname")));
  if (functions.empty()) return;
  catalog.add_ref(id, {functions.front(), 0, Ref::Kind::normal, 0});
  if (functions.size() > 1) catalog.has_hidden_calls = true;
}

void create_statistics(SqlCatalog& catalog, const SqlNode& node) {
  for (const auto& item : list_at(node, "exprs")) {
    if (inside(item, "StatsElem").contains("expr")) catalog.has_hidden_calls = true;
  }
  for (const auto& item : list_at(node, "relations")) {
    if (item.contains("RangeVar")) catalog.need_owner(catalog.relation_of(item), "table");
  }
}

void nothing_known(SqlCatalog&, const SqlNode&) {}

void hidden_calls(SqlCatalog& catalog, const SqlNode&) { catalog.has_hidden_calls = true; }

}  // namespace pgleast
