// CREATE SCHEMA, TABLE, VIEW, MATERIALIZED VIEW, SEQUENCE and INDEX (schemacmds.c, view.c,
// createas.c, sequence.c, indexcmds.c).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "input/replay/catalog/script_code.hpp"
#include "input/replay/query/query.hpp"
#include "input/replay/rows/sure_rows.hpp"
#include "input/replay/statements/create_table.hpp"
#include "input/replay/statements/new_entity.hpp"
#include "input/replay/statements/object_statement.hpp"
#include "input/replay/statements/relation_editor.hpp"
#include "input/replay/statements/relation_option.hpp"
#include "input/replay/statements/statement_table.hpp"
#include "input/replay/statements/table_constraint.hpp"
#include "input/replay/statements/view_writes.hpp"

namespace pgleast {
namespace {

// What CREATE SCHEMA makes first.
constexpr std::array<std::string_view, 6> element_order{
    "CreateSeqStmt", "CreateStmt", "ViewStmt", "IndexStmt", "CreateTrigStmt", "GrantStmt"};

void run_elements(SqlCatalog& catalog, const SqlNode& elements, EntityId schema) {
  if (elements.empty()) return;
  const auto before = catalog.session();
  auto& session = catalog.edit_session();
  session.current_user = catalog.owner_of(schema);
  session.search_path.insert(session.search_path.begin(), catalog.at(schema).name);
  catalog.tell_roles();
  for (const auto wanted : element_order) {
    for (const auto& element : elements) {
      const auto& name = element.begin().key();
      if (name == wanted) find_statement(name)->apply(catalog, element.begin().value());
    }
  }
  auto& after = catalog.edit_session();
  after.current_user = before.current_user;
  after.search_path = before.search_path;
  catalog.tell_roles();
}

std::vector<NewColumn> named_columns(const std::vector<std::string>& names) {
  std::vector<NewColumn> result;
  for (const auto& name : names) {
    const bool twice = std::any_of(result.begin(), result.end(),
                                   [&](const NewColumn& c) { return c.name == name; });
    if (twice) {
      throw Refused(Condition::duplicate_column,
                    fmt::format("column `{}` specified more than once", name), name);
    }
    result.push_back({name, {}});
  }
  return result;
}

std::vector<std::string> columns_of(const SqlCatalog& catalog, const SqlNode& query,
                                    const std::vector<std::string>& given) {
  auto names = query_columns(catalog, query);
  if (!names) throw Undecidable{"its columns are not known"};
  if (given.size() > names->size()) {
    throw Refused(Condition::syntax_error, "too many column names were specified");
  }
  std::copy(given.begin(), given.end(), names->begin());
  return *names;
}

std::vector<std::string> view_options(const SqlCatalog& catalog, const SqlNode& node) {
  std::vector<std::string> result;
  for (const auto& item : list_at(node, "options")) {
    result.push_back(view_option(catalog, inside(item, "DefElem")));
  }
  const auto check = text_at(node, "withCheckOption");
  if (check == "LOCAL_CHECK_OPTION") result.emplace_back("check_option=local");
  if (check == "CASCADED_CHECK_OPTION") result.emplace_back("check_option=cascaded");
  return result;
}

void replace_view(SqlCatalog& catalog, EntityId id, const SqlNode& query,
                  const std::vector<std::string>& names, std::vector<std::string> options) {
  const auto& e = catalog.at(id);
  if (!e.is(RelationKind::view)) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is not a view", e.name), e.name);
  }
  catalog.need_owner(id, "view");
  const auto& columns = catalog.edit_relation(id).columns;
  if (names.size() < columns.size()) {
    throw Refused(Condition::invalid_table_definition, "cannot drop columns from view");
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name != names[i]) {
      throw Refused(
          Condition::invalid_table_definition,
          fmt::format("cannot change name of view column `{}` to `{}`", columns[i].name, names[i]),
          names[i]);
    }
  }
  for (auto i = columns.size(); i < names.size(); ++i) add_column(catalog, id, {names[i], {}});
  catalog.edit_relation(id).options = std::move(options);
  auto& entity = catalog.edit(id);
  const auto schema = entity.schema;
  std::erase_if(entity.refs, [&](const Ref& r) { return r.to != schema; });
  entity.catalogs.clear();
  add_references(catalog, id, query);
}

void need_select(const SqlCatalog& catalog, const SqlNode& query) {
  if (catalog.is_superuser()) return;
  for (const auto id : relations_in(catalog, query)) {
    if (catalog.holds(catalog.user(), id, Privilege::select)) continue;
    if (catalog.at(id).object == no_object) continue;
    const auto& object = catalog.object(id);
    if (object.kind == ObjectKind::table) {
      for (const auto& column : catalog.cluster().relation(object).columns) {
        if (column.acl != null_acl) throw Undecidable{"what may be read hangs on columns"};
      }
    }
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied for table {}", object.name), object.name);
  }
}

/// Which columns a query has is known, and not of which types.
void need_usage_of_types(const SqlCatalog& catalog, const SqlNode& query) {
  if (catalog.is_superuser()) return;
  for (const auto& type : types_in(catalog, query)) {
    const bool usable =
        type.entity == no_entity || catalog.holds(catalog.user(), type.entity, Privilege::usage);
    if (!usable) throw Undecidable{"a column may be of a type that the user may not use"};
  }
}

const SqlNode& query_of(const SqlNode& node) {
  const auto& query = node_at(node, "query");
  if (!query.contains("SelectStmt")) throw Undecidable{"it is made of what EXECUTE returns"};
  return query;
}

void make_from_query(SqlCatalog& catalog, const SqlNode& into, const SqlNode& query,
                     RelationKind kind, bool if_not_exists) {
  const auto& range = node_at(into, "rel");
  const auto name = text_at(inside(range, "RangeVar"), "relname");
  const auto schema = schema_of_new(catalog, range);
  if (is_there(catalog, schema, name, if_not_exists)) return;
  const auto names = columns_of(catalog, query, strings_of(list_at(into, "colNames")));
  need_select(catalog, query);
  need_usage_of_types(catalog, query);
  for (const auto read : relations_in(catalog, query)) {
    if (kind == RelationKind::materialized_view && catalog.at(read).temporary) {
      throw Refused(Condition::feature_not_supported,
                    "materialized views must not use temporary tables or views");
    }
  }
  const auto id = make_relation(catalog, schema, name, kind, named_columns(names));
  catalog.edit(id).types = types_in(catalog, query);
  if (kind == RelationKind::materialized_view) add_references(catalog, id, query);
}

void own_by(SqlCatalog& catalog, EntityId sequence, const SqlNode& options) {
  const auto* const owned = option_named(options, "owned_by");
  if (owned == nullptr) return;
  auto& refs = catalog.edit(sequence).refs;
  std::erase_if(refs, [](const Ref& r) { return r.kind == Ref::Kind::automatic; });
  auto names = strings_of(*owned);
  if (names.size() < 2) return;  // NONE
  const auto column = names.back();
  names.pop_back();
  const auto table =
      catalog.relation_of(names.size() > 1 ? QualifiedName{names[names.size() - 2], names.back()}
                                           : QualifiedName{"", names.back()});
  const auto number = catalog.needed_column(table, column);
  if (catalog.owner_of(table) != catalog.owner_of(sequence)) {
    throw Refused(Condition::object_not_in_prerequisite_state,
                  "sequence must have same owner as table it is linked to");
  }
  if (catalog.at(table).schema != catalog.at(sequence).schema) {
    throw Refused(Condition::object_not_in_prerequisite_state,
                  "sequence must be in same schema as table it is linked to");
  }
  catalog.add_ref(sequence, {table, number, Ref::Kind::automatic, 0});
}

}  // namespace

void create_schema(SqlCatalog& catalog, const SqlNode& node) {
  auto owner = catalog.user();
  if (node.contains("authrole")) owner = catalog.roles().role_of(role_name(node["authrole"]));
  auto name = text_at(node, "schemaname");
  if (name.empty()) name = catalog.cluster().role(owner).name;
  need_create_in_database(catalog);
  if (!catalog.can_become(catalog.user(), owner)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("must be able to SET ROLE `{}`", catalog.cluster().role(owner).name));
  }
  if (name.starts_with("pg_")) {
    throw Refused(Condition::reserved_name, fmt::format("unacceptable schema name `{}`", name),
                  name);
  }
  if (catalog.find_schema(name) != no_entity) {
    if (truth_at(node, "if_not_exists")) return;
    throw Refused(Condition::duplicate_schema, fmt::format("schema `{}` already exists", name),
                  name);
  }
  Entity schema;
  schema.kind = EntityKind::schema;
  schema.name = name;
  const auto id = catalog.make(schema, ObjectKind::schema);
  const auto acl = catalog.default_acl_for(ObjectKind::schema, owner, no_entity);
  catalog.set_owner(id, owner);
  catalog.set_acl(id, acl);
  run_elements(catalog, list_at(node, "schemaElts"), id);
}

void create_plain_table(SqlCatalog& catalog, const SqlNode& node) {
  create_table(catalog, node, RelationKind::table);
}

void create_foreign_table(SqlCatalog& catalog, const SqlNode& node) {
  const auto server = catalog.find_in_database(EntityKind::server, text_at(node, "servername"));
  const auto id = create_table(catalog, node_at(node, "base"), RelationKind::foreign_table);
  if (id == no_entity) return;
  if (server == no_entity) {
    throw Refused(Condition::undefined_object,
                  fmt::format("server `{}` does not exist", text_at(node, "servername")));
  }
  if (!catalog.holds(catalog.user(), server, Privilege::usage)) {
    throw Refused(
        Condition::insufficient_privilege,
        fmt::format("permission denied for foreign server {}", text_at(node, "servername")));
  }
  catalog.add_ref(id, {server, 0, Ref::Kind::normal, 0});
  change_options(catalog, id, list_at(node, "options"));
}

void create_table_as(SqlCatalog& catalog, const SqlNode& node) {
  const bool view = text_at(node, "objtype") == "OBJECT_MATVIEW";
  make_from_query(catalog, node_at(node, "into"), query_of(node),
                  view ? RelationKind::materialized_view : RelationKind::table,
                  truth_at(node, "if_not_exists"));
}

namespace {

void call_for_effect(SqlCatalog& catalog, const std::string& name, const SqlNode& arguments) {
  const auto argument = [&](std::size_t i) {
    if (i >= arguments.size() || !arguments[i].contains("A_Const")) {
      throw Undecidable{"what is not a constant"};
    }
    return word_of(arguments[i]);
  };
  if (name == "set_config") return set_config(catalog, argument(0), argument(1));
  catalog.load_database();
  const auto number = argument(0);
  if (number == "0" || number.empty()) throw Undecidable{"the number of a large object"};
  if (catalog.find_in_database(EntityKind::large_object, number) != no_entity) {
    throw Refused(Condition::unique_violation,
                  fmt::format("large object {} already exists", number));
  }
  Entity object;
  object.kind = EntityKind::large_object;
  object.name = number;
  catalog.make(std::move(object), ObjectKind::large_object);
}

}  // namespace

namespace {

/// `set_config('app.tenant', ...)`
bool is_of_no_account(const SqlNode& call) {
  constexpr std::array<std::string_view, 4> of_account{"role", "session_authorization",
                                                       "search_path", "createrole_self_grant"};
  const auto& arguments = list_at(call, "args");
  if (qualified_name_of(list_at(call, "funcname")).name != "set_config" || arguments.empty() ||
      !arguments.front().contains("A_Const")) {
    return false;
  }
  const auto name = word_of(arguments.front());
  return std::find(of_account.begin(), of_account.end(), name) == of_account.end();
}

}  // namespace

void select_statement(SqlCatalog& catalog, const SqlNode& node) {
  if (node.contains("intoClause")) {
    catalog.load_database();
    return make_from_query(catalog, node["intoClause"], node, RelationKind::table, false);
  }
  for (const auto& item : list_at(node, "targetList")) {
    const auto& call = node_at(node_at(inside(item, "ResTarget"), "val"), "FuncCall");
    const auto name = qualified_name_of(list_at(call, "funcname")).name;
    const bool effect = name == "set_config" || name == "lo_create" || name == "lo_from_bytea";
    if (!effect || is_of_no_account(call)) continue;
    if (!list_at(node, "fromClause").empty()) throw Undecidable{"it is called for each row"};
    call_for_effect(catalog, name, list_at(call, "args"));
  }
}

namespace {

void note_writes(SqlCatalog& catalog, EntityId view, const SqlNode& query) {
  const auto passed_on = passed_on_by(query);
  auto& e = catalog.edit(view);
  e.code.reset();
  if (!passed_on) return;
  EntityCode code;
  code.on = *passed_on;
  e.code = std::make_shared<const EntityCode>(std::move(code));
}

}  // namespace

void create_view(SqlCatalog& catalog, const SqlNode& node) {
  const auto& range = node_at(node, "view");
  const auto name = text_at(inside(range, "RangeVar"), "relname");
  const auto& query = node_at(node, "query");
  const auto names = columns_of(catalog, query, strings_of(list_at(node, "aliases")));
  need_usage_of_types(catalog, query);
  auto options = view_options(catalog, node);
  auto schema = no_entity;
  const auto temporary = catalog.session().temporary;
  bool reads_temporary = false;
  for (const auto id : relations_in(catalog, query)) {
    reads_temporary = reads_temporary || catalog.at(id).temporary;
  }
  const auto given = relation_name(range).schema;
  if (reads_temporary && !given.empty() && given != "pg_temp") {
    throw Refused(Condition::invalid_table_definition,
                  "cannot create temporary relation in non-temporary schema", given);
  }
  schema = reads_temporary ? temporary : schema_of_new(catalog, range);
  const auto found = catalog.find(EntityKind::relation, schema, name);
  if (found != no_entity && truth_at(node, "replace")) {
    replace_view(catalog, found, query, names, std::move(options));
    return note_writes(catalog, found, query);
  }
  const auto id = make_relation(catalog, schema, name, RelationKind::view, named_columns(names));
  catalog.edit_relation(id).options = std::move(options);
  add_references(catalog, id, query);
  note_writes(catalog, id, query);
}

void create_sequence(SqlCatalog& catalog, const SqlNode& node) {
  const auto& range = node_at(node, "sequence");
  const auto name = text_at(inside(range, "RangeVar"), "relname");
  const auto schema = schema_of_new(catalog, range);
  if (is_there(catalog, schema, name, truth_at(node, "if_not_exists"))) return;
  own_by(catalog, make_sequence(catalog, schema, name), list_at(node, "options"));
}

void alter_sequence(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = relation_name(node_at(node, "sequence"));
  const auto found = catalog.find_named(EntityKind::relation, name);
  if (found == no_entity && truth_at(node, "missing_ok")) return;
  const auto id = catalog.relation_of(name);
  if (!catalog.at(id).is(RelationKind::sequence)) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is not a sequence", name.name),
                  name.name);
  }
  catalog.need_owner(id, "sequence");
  own_by(catalog, id, list_at(node, "options"));
}

void create_index(SqlCatalog& catalog, const SqlNode& node) {
  const auto relation = catalog.relation_of(node_at(node, "relation"));
  const auto e = catalog.at(relation);
  if (!e.is(RelationKind::table) && !e.is(RelationKind::partitioned_table) &&
      !e.is(RelationKind::materialized_view)) {
    throw Refused(Condition::wrong_object_type,
                  fmt::format("cannot create index on relation `{}`", e.name), e.name);
  }
  catalog.need_owner(relation, "table");
  auto name = text_at(node, "idxname");
  std::vector<int> columns;
  std::string second;
  for (const auto& item : list_at(node, "indexParams")) {
    const auto& element = inside(item, "IndexElem");
    const auto column = text_at(element, "name");
    if (!column.empty()) {
      const auto number = catalog.column_number(relation, column);
      if (number == 0) {
        throw Refused(Condition::undefined_column,
                      fmt::format("column `{}` does not exist", column), column);
      }
      columns.push_back(number);
    }
    const auto part = column.empty() ? text_at(element, "indexcolname") : column;
    second += (second.empty() ? "" : "_") + (part.empty() ? "expr" : part);
  }
  if (name.empty()) name = chosen_name(catalog, e.schema, e.name, second, "idx");
  if (is_there(catalog, e.schema, name, truth_at(node, "if_not_exists"))) return;
  const auto id = make_index(catalog, relation, name);
  for (const auto number : columns) {
    catalog.add_ref(id, {relation, number, Ref::Kind::automatic, 0});
  }
  add_references(catalog, id, list_at(node, "indexParams"), relation);
  goes_with_columns(catalog, id, relation);
  const bool whole =
      !node.contains("whereClause") && columns.size() == list_at(node, "indexParams").size();
  if (truth_at(node, "unique") && whole) catalog.set_code(id, {});  // a foreign key may refer to it
  shape_index(catalog, relation, id, node);
}

}  // namespace pgleast
