#include "input/replay/catalog/extension_members.hpp"

#include <algorithm>
#include <string>

#include "input/replay/catalog/named_object.hpp"
#include "text/embedded.hpp"

namespace pgleast {
namespace {

struct Members {
  std::string_view extension, kind;     // `type`, `relation`, `function`, `harmless`: a function
  std::vector<std::string_view> names;  // `st_*`: all that begin so
};

// The text before the separator, which is taken from `rest` with it.
std::string_view cut_off(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

std::vector<Members> read_table() {
  std::vector<Members> result;
  auto rest = embedded_file("src/input/replay/catalog/extension_members.tsv");
  cut_off(rest, '\n');  // the heading
  while (!rest.empty()) {
    auto line = cut_off(rest, '\n');
    Members row;
    row.extension = cut_off(line, '\t');
    row.kind = cut_off(line, '\t');
    while (!line.empty()) row.names.push_back(cut_off(line, ' '));
    result.push_back(std::move(row));
  }
  return result;
}

const std::vector<Members>& table() {
  static const auto rows = read_table();
  return rows;
}

bool has_name(const Members& row, std::string_view name) {
  return std::any_of(row.names.begin(), row.names.end(), [&](std::string_view known) {
    return known.ends_with('*') ? name.starts_with(known.substr(0, known.size() - 1))
                                : name == known;
  });
}

bool is_of_kind(const Members& row, EntityKind kind) {
  switch (kind) {
    case EntityKind::type:
      return row.kind == "type";
    case EntityKind::relation:
      return row.kind == "relation";
    case EntityKind::function:
      return row.kind == "function" || row.kind == "harmless";
    default:
      return false;
  }
}

// What is never in the table: operators, access methods, and what is theirs.
bool is_left_out(EntityKind kind) {
  return kind == EntityKind::other || kind == EntityKind::access_method;
}

EntityId schema_of_extension(const SqlCatalog& catalog, EntityId extension) {
  for (const auto& ref : catalog.at(extension).refs) {
    if (catalog.at(ref.to).kind == EntityKind::schema) return ref.to;
  }
  return no_entity;
}

// A schema that is not there may be one that the extension makes.
bool is_elsewhere(const SqlCatalog& catalog, EntityId extension, const QualifiedName& name) {
  const auto its_own = schema_of_extension(catalog, extension);
  if (its_own == no_entity || name.schema.empty()) return false;
  const auto schema = catalog.find_schema(name.schema);
  return schema != no_entity && schema != its_own;
}

bool may_have_brought(const SqlCatalog& catalog, EntityId extension, EntityKind kind,
                      const QualifiedName& name) {
  const auto& e = catalog.at(extension);
  if (is_elsewhere(catalog, extension, name)) return false;
  if (!is_known_extension(e.name) || is_left_out(kind)) return true;
  return std::any_of(table().begin(), table().end(), [&](const Members& row) {
    return row.extension == e.name && is_of_kind(row, kind) && has_name(row, name.name);
  });
}

}  // namespace

bool is_known_extension(std::string_view name) {
  return std::any_of(table().begin(), table().end(),
                     [&](const Members& row) { return row.extension == name; });
}

std::vector<std::string_view> types_of_extension(std::string_view name) {
  for (const auto& row : table()) {
    if (row.extension == name && row.kind == "type") return row.names;
  }
  return {};
}

bool may_bring(std::string_view extension, std::string_view name) {
  return !is_known_extension(extension) ||
         std::any_of(table().begin(), table().end(), [&](const Members& row) {
           return row.extension == extension && has_name(row, name);
         });
}

bool may_bring(std::string_view extension, EntityKind kind) {
  return !is_known_extension(extension) ||
         std::any_of(table().begin(), table().end(), [&](const Members& row) {
           return row.extension == extension && is_of_kind(row, kind);
         });
}

std::vector<EntityId> extensions_here(const SqlCatalog& catalog) {
  std::vector<EntityId> result;
  for (const auto id : catalog.of_kind(EntityKind::extension)) {
    const auto& e = catalog.at(id);
    const bool here = e.alive && e.database == catalog.session().database;
    if (here && e.name != "plpgsql") result.push_back(id);
  }
  return result;
}

bool may_be_of_extension(const SqlCatalog& catalog, EntityKind kind, const QualifiedName& name) {
  // Extensions put nothing on relations of others.
  if (!catalog.has_extensions || is_on_relation(kind)) return false;
  const auto all = extensions_here(catalog);
  return std::any_of(all.begin(), all.end(), [&](EntityId id) {
    // Of one that was read its members are, but for what has no list and no owner.
    return catalog.at(id).dependents_unknown || may_have_brought(catalog, id, kind, name);
  });
}

bool is_harmless_of_extension(const SqlCatalog& catalog, const QualifiedName& function) {
  if (!catalog.has_extensions) return false;
  const auto all = extensions_here(catalog);
  return std::any_of(all.begin(), all.end(), [&](EntityId id) {
    if (is_elsewhere(catalog, id, function)) return false;
    return std::any_of(table().begin(), table().end(), [&](const Members& row) {
      return row.extension == catalog.at(id).name && row.kind == "harmless" &&
             has_name(row, function.name);
    });
  });
}

}  // namespace pgleast
