#include "model/named_object.hpp"

#include <fmt/format.h>

#include "pg/identifier.hpp"
#include "pg/object_name.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::size_t too_many_to_guess = 20000;

std::string identity_of(const Cluster& cluster, const Object& table, const Column& column) {
  return table.identity + '.' + shown_identifier(column.name, cluster.major());
}

void add_columns(const Cluster& cluster, const ObjectName& name, ObjectId id,
                 std::vector<NamedObject>& found) {
  const auto& table = cluster.object(id);
  if (table.kind != ObjectKind::table || !name.identity.starts_with(table.identity)) return;
  const auto& columns = cluster.relation(table).columns;
  for (std::uint32_t c = 0; c < columns.size(); ++c) {
    if (name.names(ObjectKind::column, identity_of(cluster, table, columns[c]))) {
      found.push_back({id, c});
    }
  }
}

// As it was asked for, with the kind or without.
std::vector<std::string> known_names(const Cluster& cluster, const NamingRange& range,
                                     bool with_kind) {
  auto names = range.words;
  const auto add = [&](ObjectKind kind, const std::string& identity) {
    names.push_back(with_kind ? fmt::format("{}:{}", info(kind).name, identity) : identity);
  };
  for (const auto& object : cluster.objects) {
    if (names.size() >= too_many_to_guess) return {};
    if (object.system && !range.system) continue;
    add(object.kind, object.identity);
    if (object.kind != ObjectKind::table) continue;
    for (const auto& column : cluster.relation(object).columns) {
      add(ObjectKind::column, identity_of(cluster, object, column));
    }
  }
  return names;
}

[[noreturn]] void refuse(const Cluster& cluster, std::string_view text, const NamingRange& range) {
  const auto none = fmt::format("there is no object `{}`", displayed(text));
  for (const auto& object : cluster.objects) {
    // Its schema was left out.
    if (!object.system && object.name == text && object.identity != text) {
      fail_usage(fmt::format("{}; did you mean `{}`?", none, displayed(object.identity)));
    }
  }
  const bool with_kind = text.find(':') != std::string_view::npos;
  fail_usage(none + did_you_mean(text, known_names(cluster, range, with_kind)));
}

}  // namespace

std::vector<NamedObject> find_objects(const Cluster& cluster, std::string_view text, bool system) {
  const auto name = object_name(text);
  std::vector<NamedObject> found;
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    const auto& object = cluster.objects[i];
    if (object.system && !system) continue;
    if (name.names(object.kind, object.identity)) found.push_back({ObjectId{i}, std::nullopt});
    add_columns(cluster, name, ObjectId{i}, found);
  }
  return found;
}

std::vector<NamedObject> objects_named(const Cluster& cluster, std::string_view text,
                                       const NamingRange& range) {
  auto found = find_objects(cluster, text, range.system);
  if (found.empty()) refuse(cluster, text, range);
  return found;
}

std::string identity_of(const Cluster& cluster, const NamedObject& named) {
  const auto& object = cluster.object(named.object);
  if (!named.column) return object.identity;
  return identity_of(cluster, object, cluster.relation(object).columns[*named.column]);
}

}  // namespace pgleast
