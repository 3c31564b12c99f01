// The rows of pg_class, pg_roles, information_schema.tables, ... as the model has them.
#include "input/replay/query/catalog_rows.hpp"

#include <algorithm>
#include <array>

#include "input/replay/catalog/extension_members.hpp"
#include "input/replay/query/shared_catalogs.hpp"
#include "pg/builtin_type.hpp"
#include "pg/information_schema.hpp"

namespace pgleast {
namespace {

/// As pg_class, pg_type and pg_proc have it.
std::string letter_of(const Entity& e) {
  const auto letter = std::visit(
      [](auto kind) {
        if constexpr (std::is_enum_v<decltype(kind)>) return static_cast<char>(kind);
        return ' ';
      },
      e.subkind);
  return {letter};
}

bool is_one_of(const Entity& e, std::initializer_list<RelationKind> kinds) {
  return std::any_of(kinds.begin(), kinds.end(), [&](RelationKind kind) { return e.is(kind); });
}

/// The entities of a kind in the session's database.
template <typename Take>
void each_entity(const SqlCatalog& catalog, EntityKind kind, Take take) {
  for (std::uint32_t i = 0; i < catalog.size(); ++i) {
    const auto& e = catalog.at(EntityId{i});
    const bool here = e.database == catalog.session().database || e.database == no_object;
    if (e.alive && here && e.kind == kind) take(EntityId{i}, e);
  }
}

SqlNode entity_oid(const SqlCatalog& catalog, EntityId id) {
  if (id == no_entity || catalog.at(id).object == no_object) return unseen_value();
  return catalog.object(id).oid;
}

/// An object's own columns: `prefix` is that of the catalog, `nsp`.
SqlNode object_row(const SqlCatalog& catalog, EntityId id, const std::string& prefix) {
  const auto& e = catalog.at(id);
  SqlNode row;
  row["oid"] = entity_oid(catalog, id);
  row[prefix + "name"] = e.name;
  row[prefix + "owner"] = role_oid(catalog, catalog.owner_of(id));
  row[prefix + "acl"] =
      e.object == no_object ? SqlNode() : acl_list(catalog, catalog.object(id).acl);
  if (e.schema != no_entity) row[prefix + "namespace"] = entity_oid(catalog, e.schema);
  return row;
}

constexpr std::array<std::string_view, 3> schemas_of_server{"pg_catalog", "information_schema",
                                                            "pg_toast"};

// What an unseen name begins with, then the extension's: one of those that it brings.
constexpr std::string_view of_extension = "extension ";

/// Whether the model has what the server made itself.
bool knows_server(const SqlCatalog& catalog, EntityKind kind) {
  if (catalog.is_of_scripts()) return false;
  bool known = false;
  each_entity(catalog, kind, [&](EntityId id, const Entity& e) {
    known = known || (e.object != no_object && catalog.object(id).system);
  });
  return known;
}

/// Columns of a row that stands for all that the server made in one of its schemas.
struct UnseenColumns {
  std::string schema;  // the one that says where it lies, by number or by name
  bool by_number = true;
  std::string name;
  std::vector<std::string> others;
};

void add_unseen(const SqlCatalog& catalog, EntityKind kind, const UnseenColumns& columns,
                CatalogRows& rows) {
  SqlNode row;
  for (const auto& other : columns.others) row[other] = unseen_value();
  row[columns.name] = row[columns.schema] = unseen_value();
  for (const auto id : extensions_here(catalog)) {
    const auto& extension = catalog.at(id).name;
    // Types of one that is known have rows of their own.
    if (is_known_extension(extension) && kind == EntityKind::type) continue;
    if (!may_bring(extension, kind)) continue;
    row[columns.name]["unseen"] = std::string(of_extension) + extension;
    rows.push_back(row);
  }
  if (knows_server(catalog, kind)) return;
  const bool named = kind == EntityKind::relation || kind == EntityKind::type;
  for (const auto name : schemas_of_server) {
    const auto id = catalog.find_schema(std::string(name));
    if (id == no_entity) continue;
    if (named) row[columns.name]["unseen"] = name == schemas_of_server[1] ? "standard" : "pg";
    if (named && kind == EntityKind::type) row[columns.name]["unseen"] = "type";
    row[columns.schema] = columns.by_number ? entity_oid(catalog, id) : SqlNode(std::string(name));
    rows.push_back(row);
  }
}

CatalogRows rows_of_namespaces(const SqlCatalog& catalog) {
  CatalogRows rows;
  each_entity(catalog, EntityKind::schema,
              [&](EntityId id, const Entity&) { rows.push_back(object_row(catalog, id, "nsp")); });
  return rows;
}

const RelationDetail* relation_detail(const SqlCatalog& catalog, EntityId id) {
  const auto& e = catalog.at(id);
  const bool table = e.object != no_object && catalog.object(id).kind == ObjectKind::table;
  return table ? &catalog.cluster().relation(catalog.object(id)) : nullptr;
}

SqlNode relation_row(const SqlCatalog& catalog, EntityId id, const Entity& e) {
  auto row = object_row(catalog, id, "rel");
  const auto* const detail = relation_detail(catalog, id);
  row["relkind"] = letter_of(e);
  row["relrowsecurity"] = detail != nullptr && detail->row_security;
  row["relforcerowsecurity"] = detail != nullptr && detail->force_row_security;
  row["relpersistence"] = e.temporary ? SqlNode("t") : unseen_value();
  row["relispartition"] = std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
    return !e.is(RelationKind::index) && !e.is(RelationKind::sequence) &&
           r.kind == Ref::Kind::automatic && r.column == 0 &&
           catalog.at(r.to).kind == EntityKind::relation;
  });
  return row;
}

CatalogRows rows_of_classes(const SqlCatalog& catalog) {
  CatalogRows rows;
  each_entity(catalog, EntityKind::relation,
              [&](EntityId id, const Entity& e) { rows.push_back(relation_row(catalog, id, e)); });
  add_unseen(catalog, EntityKind::relation,
             {"relnamespace",
              true,
              "relname",
              {"oid", "relowner", "relacl", "relkind", "relrowsecurity", "relforcerowsecurity",
               "relpersistence", "relispartition"}},
             rows);
  return rows;
}

CatalogRows rows_of_functions(const SqlCatalog& catalog) {
  CatalogRows rows;
  each_entity(catalog, EntityKind::function, [&](EntityId id, const Entity& e) {
    auto row = object_row(catalog, id, "pro");
    const auto& detail = catalog.cluster().function(catalog.object(id));
    row["prokind"] = letter_of(e);
    row["prosecdef"] = detail.security_definer;
    row["provolatile"] = std::string(1, detail.volatility);
    rows.push_back(std::move(row));
  });
  add_unseen(catalog, EntityKind::function,
             {"pronamespace",
              true,
              "proname",
              {"oid", "proowner", "proacl", "prokind", "prosecdef", "provolatile"}},
             rows);
  return rows;
}

CatalogRows rows_of_types(const SqlCatalog& catalog) {
  CatalogRows rows;
  each_entity(catalog, EntityKind::type, [&](EntityId id, const Entity& e) {
    auto row = object_row(catalog, id, "typ");
    // An array is a base type.
    row["typtype"] = e.is(TypeKind::shell) ? "p" : e.is(TypeKind::array) ? "b" : letter_of(e);
    rows.push_back(std::move(row));
  });
  add_unseen(catalog, EntityKind::type,
             {"typnamespace", true, "typname", {"oid", "typowner", "typacl", "typtype"}}, rows);
  return rows;
}

/// pg_tables, pg_views, ...: those relations with their schema, name and owner.
CatalogRows relation_view(const SqlCatalog& catalog, const std::string& name,
                          const std::string& owner, std::initializer_list<RelationKind> kinds) {
  CatalogRows rows;
  each_entity(catalog, EntityKind::relation, [&](EntityId id, const Entity& e) {
    if (!is_one_of(e, kinds) || e.schema == no_entity) return;
    SqlNode row;
    const auto* const detail = relation_detail(catalog, id);
    row["schemaname"] = catalog.at(e.schema).name;
    row[name] = e.name;
    row[owner] = catalog.cluster().role_name(catalog.owner_of(id));
    row["rowsecurity"] = detail != nullptr && detail->row_security;
    rows.push_back(std::move(row));
  });
  add_unseen(catalog, EntityKind::relation, {"schemaname", false, name, {owner, "rowsecurity"}},
             rows);
  return rows;
}

CatalogRows rows_of_tables(const SqlCatalog& c) {
  return relation_view(c, "tablename", "tableowner",
                       {RelationKind::table, RelationKind::partitioned_table});
}
CatalogRows rows_of_views(const SqlCatalog& c) {
  return relation_view(c, "viewname", "viewowner", {RelationKind::view});
}
CatalogRows rows_of_matviews(const SqlCatalog& c) {
  return relation_view(c, "matviewname", "matviewowner", {RelationKind::materialized_view});
}
CatalogRows rows_of_sequences(const SqlCatalog& c) {
  return relation_view(c, "sequencename", "sequenceowner", {RelationKind::sequence});
}

const char* table_type(const Entity& e) {
  if (e.temporary) return "LOCAL TEMPORARY";
  return e.is(RelationKind::view)            ? "VIEW"
         : e.is(RelationKind::foreign_table) ? "FOREIGN"
                                             : "BASE TABLE";
}

/// A view of the information schema shows what the user has a privilege for: a superuser all.
CatalogRows shown_relations(const SqlCatalog& catalog, std::initializer_list<RelationKind> kinds,
                            const std::string& prefix) {
  if (!catalog.is_superuser()) throw Undecidable{"what the information schema shows to others"};
  CatalogRows rows;
  each_entity(catalog, EntityKind::relation, [&](EntityId, const Entity& e) {
    if (!is_one_of(e, kinds) || e.schema == no_entity) return;
    SqlNode row;
    row[prefix + "schema"] = catalog.at(e.schema).name;
    row[prefix + "name"] = e.name;
    row["table_type"] = table_type(e);
    rows.push_back(std::move(row));
  });
  add_unseen(catalog, EntityKind::relation,
             {prefix + "schema", false, prefix + "name", {"table_type"}}, rows);
  return rows;
}

CatalogRows shown_tables(const SqlCatalog& c) {
  return shown_relations(c,
                         {RelationKind::table, RelationKind::partitioned_table, RelationKind::view,
                          RelationKind::foreign_table},
                         "table_");
}
CatalogRows shown_views(const SqlCatalog& c) {
  return shown_relations(c, {RelationKind::view}, "table_");
}
CatalogRows shown_sequences(const SqlCatalog& c) {
  return shown_relations(c, {RelationKind::sequence}, "sequence_");
}

CatalogRows shown_columns(const SqlCatalog& catalog) {
  if (!catalog.is_superuser()) throw Undecidable{"what the information schema shows to others"};
  CatalogRows rows;
  each_entity(catalog, EntityKind::relation, [&](EntityId id, const Entity& e) {
    const auto* const detail = relation_detail(catalog, id);
    if (detail == nullptr || e.is(RelationKind::materialized_view)) return;
    for (const auto& column : detail->columns) {
      SqlNode row;
      row["table_schema"] = catalog.at(e.schema).name;
      row["table_name"] = e.name;
      row["column_name"] = column.name;
      rows.push_back(std::move(row));
    }
  });
  add_unseen(catalog, EntityKind::relation, {"table_schema", false, "table_name", {"column_name"}},
             rows);
  return rows;
}

CatalogRows shown_schemas(const SqlCatalog& catalog) {
  CatalogRows rows;
  if (!catalog.is_superuser()) throw Undecidable{"what the information schema shows to others"};
  each_entity(catalog, EntityKind::schema, [&](EntityId id, const Entity& e) {
    SqlNode row;
    row["schema_name"] = e.name;
    row["schema_owner"] = catalog.cluster().role_name(catalog.owner_of(id));
    rows.push_back(std::move(row));
  });
  return rows;
}

CatalogRows rows_of_policies(const SqlCatalog& catalog) {
  CatalogRows rows;
  each_entity(catalog, EntityKind::policy, [&](EntityId, const Entity& e) {
    SqlNode row;
    const auto& table = catalog.at(e.parent);
    row["policyname"] = row["polname"] = e.name;
    row["schemaname"] = catalog.at(table.schema).name;
    row["tablename"] = table.name;
    row["polrelid"] = entity_oid(catalog, e.parent);
    rows.push_back(std::move(row));
  });
  return rows;
}

/// Those that a relation has: of one that was read they are not known.
template <EntityKind kind>
CatalogRows rows_on_relations(const SqlCatalog& catalog) {
  constexpr bool trigger = kind == EntityKind::trigger;
  if (catalog.has_read_objects()) throw Undecidable{"what is on tables that were read"};
  CatalogRows rows;
  each_entity(catalog, kind, [&](EntityId, const Entity& e) {
    SqlNode row;
    row[trigger ? "tgname" : "conname"] = e.name;
    row[trigger ? "tgrelid" : "conrelid"] = entity_oid(catalog, e.parent);
    rows.push_back(std::move(row));
  });
  return rows;
}

CatalogRows rows_of_extensions(const SqlCatalog& catalog) {
  CatalogRows rows;
  each_entity(catalog, EntityKind::extension, [&](EntityId, const Entity& e) {
    rows.push_back({{"extname", e.name}});
  });
  return rows;
}

CatalogRows rows_of_languages(const SqlCatalog& catalog) {
  CatalogRows rows;
  each_entity(catalog, EntityKind::language,
              [&](EntityId id, const Entity&) { rows.push_back(object_row(catalog, id, "lan")); });
  return rows;
}

struct CatalogTable {
  std::string_view name;  // with its schema
  CatalogRows (*rows)(const SqlCatalog&);
  bool shared = false;  // by all databases: their objects need not be known
};

constexpr std::array tables_known{
    CatalogTable{"pg_catalog.pg_auth_members", rows_of_memberships, true},
    CatalogTable{"pg_catalog.pg_authid", rows_of_roles, true},
    CatalogTable{"pg_catalog.pg_class", rows_of_classes},
    CatalogTable{"pg_catalog.pg_constraint", rows_on_relations<EntityKind::constraint>},
    CatalogTable{"pg_catalog.pg_database", rows_of_databases, true},
    CatalogTable{"pg_catalog.pg_extension", rows_of_extensions},
    CatalogTable{"pg_catalog.pg_group", rows_of_groups, true},
    CatalogTable{"pg_catalog.pg_language", rows_of_languages},
    CatalogTable{"pg_catalog.pg_matviews", rows_of_matviews},
    CatalogTable{"pg_catalog.pg_namespace", rows_of_namespaces},
    CatalogTable{"pg_catalog.pg_policies", rows_of_policies},
    CatalogTable{"pg_catalog.pg_policy", rows_of_policies},
    CatalogTable{"pg_catalog.pg_proc", rows_of_functions},
    CatalogTable{"pg_catalog.pg_roles", rows_of_roles, true},
    CatalogTable{"pg_catalog.pg_sequences", rows_of_sequences},
    CatalogTable{"pg_catalog.pg_shadow", rows_of_users, true},
    CatalogTable{"pg_catalog.pg_tables", rows_of_tables},
    CatalogTable{"pg_catalog.pg_trigger", rows_on_relations<EntityKind::trigger>},
    CatalogTable{"pg_catalog.pg_type", rows_of_types},
    CatalogTable{"pg_catalog.pg_user", rows_of_users, true},
    CatalogTable{"pg_catalog.pg_views", rows_of_views},
    CatalogTable{"information_schema.columns", shown_columns},
    CatalogTable{"information_schema.schemata", shown_schemas},
    CatalogTable{"information_schema.sequences", shown_sequences},
    CatalogTable{"information_schema.tables", shown_tables},
    CatalogTable{"information_schema.views", shown_views},
};

}  // namespace

SqlNode unseen_value() { return SqlNode::object({{"unseen", "anything"}}); }

bool may_be(const SqlNode& unseen, const std::string& text, int major) {
  const auto kind = unseen.at("unseen").get<std::string>();
  if (kind.starts_with(of_extension)) return may_bring(kind.substr(of_extension.size()), text);
  const bool standard = is_of_information_schema(text);
  if (kind == "standard") return standard || text.starts_with("_pg_");
  if (kind == "pg") return text.starts_with("pg_");
  if (kind != "type") return true;
  return standard || text.starts_with("pg_") || text.starts_with('_') ||
         find_builtin_type(text, major) != nullptr;
}

bool is_unseen(const SqlNode& value) { return value.is_object() && value.contains("unseen"); }

std::optional<CatalogRows> catalog_rows(const SqlCatalog& catalog, const QualifiedName& name) {
  const auto full = (name.schema.empty() ? "pg_catalog" : name.schema) + '.' + name.name;
  for (const auto& table : tables_known) {
    if (table.name != full) continue;
    if (!catalog.roles_known || (!table.shared && !catalog.objects_known)) return std::nullopt;
    return table.rows(catalog);
  }
  return std::nullopt;
}

}  // namespace pgleast
