#include "access/access_items.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "model/named_object.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

// By their names.
constexpr auto ranks_of_kinds = [] {
  std::array<std::size_t, object_kinds.size()> ranks{};
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    for (const auto& other : object_kinds) ranks[i] += other.name < object_kinds[i].name ? 1U : 0U;
  }
  return ranks;
}();

}  // namespace

AccessItems::AccessItems(const Cluster& cluster, std::string_view wanted, bool system)
    : cluster_(cluster) {
  if (!wanted.empty()) {
    for (const auto& named : objects_named(cluster, wanted, {system, {}})) {
      items_.push_back({named.object, named.column, {}});
    }
    return;
  }
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    if (!cluster.objects[i].system || system) take(ObjectId{i}, cluster.objects[i]);
  }
}

void AccessItems::take(ObjectId id, const Object& object) {
  items_.push_back({id, std::nullopt, {}});
  if (object.kind != ObjectKind::table) return;
  const auto& columns = cluster_.relation(object).columns;
  for (std::uint32_t c = 0; c < columns.size(); ++c) items_.push_back({id, c, {}});
}

std::string AccessItems::shown(const Column& column) const {
  return shown_identifier(column.name, cluster_.major());
}

const Column* AccessItems::column_of(const AccessItem& item) const {
  if (!item.column) return nullptr;
  return &cluster_.relation(cluster_.object(item.object)).columns[*item.column];
}

ObjectKind AccessItems::kind_of(const AccessItem& item) const {
  return item.column ? ObjectKind::column : cluster_.object(item.object).kind;
}

std::string AccessItems::identity_of(const AccessItem& item) const {
  return pgleast::identity_of(cluster_, {item.object, item.column});
}

// By identity, of the same kind.
bool AccessItems::is_before(const AccessItem& a, const AccessItem& b) const {
  const std::string_view first = cluster_.object(a.object).identity;
  const std::string_view second = cluster_.object(b.object).identity;
  if (!a.column) return first < second;
  if (first == second) return shown(*column_of(a)) < shown(*column_of(b));
  const auto same = static_cast<std::size_t>(
      std::mismatch(first.begin(), first.end(), second.begin(), second.end()).first -
      first.begin());
  const auto next = [&](std::string_view text) {
    return static_cast<unsigned char>(same < text.size() ? text[same] : '.');
  };
  return next(first) < next(second);
}

// The kind's rank and the beginning of the identity, which mostly decide: names lie all over the
// memory.
struct AccessItems::Key {
  std::size_t kind = 0;
  std::array<std::uint64_t, 2> begin{};
  std::uint32_t at = 0;
};

AccessItems::Key AccessItems::key_of(const AccessItem& item, std::uint32_t at) const {
  Key key{ranks_of_kinds[static_cast<std::size_t>(kind_of(item))], {}, at};
  const auto& identity = cluster_.object(item.object).identity;
  for (std::size_t i = 0; i < 16; ++i) {
    const char after = i == identity.size() && item.column ? '.' : '\0';
    const auto byte = static_cast<unsigned char>(i < identity.size() ? identity[i] : after);
    key.begin[i / 8] = key.begin[i / 8] << 8U | byte;
  }
  return key;
}

std::vector<AccessItem> AccessItems::sorted(const std::vector<AccessItem>& items) const {
  std::vector<Key> keys;
  keys.reserve(items.size());
  for (std::uint32_t i = 0; i < items.size(); ++i) keys.push_back(key_of(items[i], i));
  std::stable_sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
    if (a.kind != b.kind) return a.kind < b.kind;
    if (a.begin != b.begin) return a.begin < b.begin;
    return is_before(items[a.at], items[b.at]);
  });
  std::vector<AccessItem> result;
  result.reserve(items.size());
  for (const auto& key : keys) result.push_back(items[key.at]);
  return result;
}

}  // namespace pgleast
