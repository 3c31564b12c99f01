// Everything that a parse tree names, and which of it a catalog has.
#include <set>
#include <utility>

#include "input/replay/catalog/extension_members.hpp"
#include "input/replay/query/query.hpp"
#include "pg/server_function.hpp"

namespace pgleast {
namespace {

struct Mentioned {
  std::vector<QualifiedName> relations, functions, operators;
  std::vector<std::size_t> arguments;  // of each function
  std::vector<const SqlNode*> types;
  std::set<std::string> columns, with;
  std::vector<std::string> classes;  // 'x'::regclass
  bool all_columns = false;
};

void mention_column(const SqlNode& node, Mentioned& found) {
  for (const auto& field : list_at(node, "fields")) {
    if (field.contains("A_Star")) found.all_columns = true;
    if (field.contains("String")) found.columns.insert(string_of(field));
  }
}

void mention(const SqlNode& node, Mentioned& found);

void mention_object(const std::string& key, const SqlNode& value, Mentioned& found) {
  if (key == "RangeVar" || key == "relation") {
    const auto& range = inside(value, "RangeVar");
    if (range.contains("relname")) found.relations.push_back(relation_name(range));
  } else if (key == "FuncCall") {
    found.functions.push_back(qualified_name_of(list_at(value, "funcname")));
    found.arguments.push_back(list_at(value, "args").size());
  } else if (key == "A_Expr") {
    found.operators.push_back(qualified_name_of(list_at(value, "name")));
  } else if (key == "typeName" || key == "TypeName") {
    found.types.push_back(&value);
  } else if (key == "ColumnRef") {
    mention_column(value, found);
  } else if (key == "CommonTableExpr") {
    found.with.insert(text_at(value, "ctename"));
  } else if (key == "TypeCast") {
    const auto type = qualified_name_of(list_at(node_at(value, "typeName"), "names"));
    if (type.name == "regclass") found.classes.push_back(word_of(node_at(value, "arg")));
  }
}

void mention(const SqlNode& node, Mentioned& found) {
  if (node.is_array()) {
    for (const auto& item : node) mention(item, found);
  } else if (node.is_object()) {
    for (const auto& [key, value] : node.items()) {
      if (!value.is_structured()) continue;
      mention_object(key, value, found);
      mention(value, found);
    }
  }
}

/// `public.t`, `"T"`: none for what is stranger.
std::optional<QualifiedName> name_in_text(const std::string& text) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
      parts.back() += c;
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == '.' && !quoted) {
      parts.emplace_back();
    } else {
      parts.back() += quoted || c < 'A' || c > 'Z' ? c : static_cast<char>(c - 'A' + 'a');
    }
  }
  if (parts.size() > 2 || parts.back().empty()) return std::nullopt;
  return parts.size() == 2 ? QualifiedName{parts[0], parts[1]} : QualifiedName{"", parts[0]};
}

std::vector<EntityId> mentioned_relations(const SqlCatalog& catalog, const Mentioned& found) {
  std::vector<EntityId> result;
  for (const auto& name : found.relations) {
    if (name.schema.empty() && found.with.contains(name.name)) continue;
    const auto id = relation_or_none(catalog, name);
    if (id != no_entity) result.push_back(id);
  }
  return result;
}

void add_columns(SqlCatalog& catalog, EntityId from, EntityId relation, const Mentioned& found,
                 int from_column) {
  const auto& e = catalog.at(relation);
  if (e.object == no_object || catalog.object(relation).kind != ObjectKind::table) return;
  const auto columns = catalog.cluster().relation(catalog.object(relation)).columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!found.all_columns && !found.columns.contains(columns[i].name)) continue;
    const auto number = catalog.at(relation).columns[i].number;
    catalog.add_ref(from, {relation, number, Ref::Kind::normal, from_column});
  }
}

void note_server_function(SqlCatalog& catalog, EntityId from, const QualifiedName& name) {
  if (is_harmless_of_extension(catalog, name)) return;
  const auto what = server_function(name.name);
  const bool other = what == ServerFunction::unknown && catalog.has_extensions;
  if (what == ServerFunction::harmless || (what == ServerFunction::unknown && !other)) return;
  catalog.edit(from).calls_anything = true;
}

void add_functions(SqlCatalog& catalog, EntityId from, const Mentioned& found, int from_column) {
  for (std::size_t i = 0; i < found.functions.size(); ++i) {
    const auto& name = found.functions[i];
    const auto all =
        name.schema == "pg_catalog" ? std::vector<EntityId>() : catalog.find_functions(name);
    if (all.empty()) note_server_function(catalog, from, name);
    for (const auto id : all) {
      const auto& f = catalog.at(id);
      const auto given = found.arguments[i];
      const auto most = f.types.size();
      const bool fits =
          given == most || (given < most && given + static_cast<std::size_t>(f.defaults) >= most);
      if (fits || all.size() == 1) {
        catalog.add_ref(from, {id, 0, Ref::Kind::normal, from_column});
      }
    }
  }
}

/// Types are not compared.
void add_operators(SqlCatalog& catalog, EntityId from, const Mentioned& found, int from_column) {
  for (const auto& name : found.operators) {
    for (const auto id : catalog.find_operators(name)) {
      catalog.add_ref(from, {id, 0, Ref::Kind::normal, from_column});
    }
  }
}

}  // namespace

EntityId relation_or_none(const SqlCatalog& catalog, const QualifiedName& name) {
  try {
    return catalog.relation_of(name);
  } catch (const Undecidable&) {
    return no_entity;
  } catch (const Refused& e) {
    if (!is_absence(e.condition())) throw;
    // A query does not ask for the schema first.
    throw Refused(Condition::undefined_table, e.what(), e.name());
  }
}

std::vector<EntityId> relations_in(const SqlCatalog& catalog, const SqlNode& query) {
  Mentioned found;
  mention(query, found);
  return mentioned_relations(catalog, found);
}

std::vector<TypeRef> types_in(const SqlCatalog& catalog, const SqlNode& query) {
  Mentioned found;
  mention(query, found);
  std::vector<TypeRef> result;
  for (const auto* const name : found.types) result.push_back(catalog.find_type(*name));
  for (const auto id : mentioned_relations(catalog, found)) {
    for (const auto& column : catalog.at(id).columns) result.push_back(column.type);
  }
  return result;
}

void add_references(SqlCatalog& catalog, EntityId from, const SqlNode& tree, EntityId on,
                    int from_column) {
  Mentioned found;
  mention(tree, found);
  for (const auto& name : found.relations) {
    const bool of_query = name.schema.empty() && found.with.contains(name.name);
    if (!of_query && catalog.is_of_server(name)) catalog.edit(from).catalogs.push_back(name.name);
  }
  for (const auto& text : found.classes) {
    if (const auto name = name_in_text(text)) found.relations.push_back(*name);
  }
  const auto relations = mentioned_relations(catalog, found);
  for (const auto id : relations) {
    catalog.add_ref(from, {id, 0, Ref::Kind::normal, from_column});
    add_columns(catalog, from, id, found, from_column);
  }
  if (on != no_entity) add_columns(catalog, from, on, found, from_column);
  add_functions(catalog, from, found, from_column);
  add_operators(catalog, from, found, from_column);
  for (const auto* const name : found.types) {
    const auto type = catalog.find_type(*name);
    if (type.entity != no_entity) {
      catalog.add_ref(from, {type.entity, 0, Ref::Kind::normal, from_column});
    }
  }
}

}  // namespace pgleast
