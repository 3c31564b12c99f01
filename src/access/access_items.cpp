#include "access/access_items.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "pg/identifier.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

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
    : cluster_(cluster), wanted_(wanted), system_(system) {
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    if (!cluster.objects[i].system || system) take(ObjectId{i}, cluster.objects[i]);
  }
  if (items_.empty() && !wanted.empty()) fail_unknown();
}

void AccessItems::take(ObjectId id, const Object& object) {
  if (is_chosen(object)) items_.push_back({id, std::nullopt, {}});
  if (object.kind != ObjectKind::table) return;
  const auto& columns = cluster_.relation(object).columns;
  for (std::uint32_t c = 0; c < columns.size(); ++c) {
    if (is_chosen(object, columns[c])) items_.push_back({id, c, {}});
  }
}

bool AccessItems::is_chosen(const Object& object) const {
  const auto kind = info(object.kind).name;
  return wanted_.empty() || wanted_ == object.identity ||
         (wanted_.size() == kind.size() + 1 + object.identity.size() && wanted_.starts_with(kind) &&
          wanted_[kind.size()] == ':' && wanted_.ends_with(object.identity));
}

// `public.orders.id`, or `column:public.orders.id`.
bool AccessItems::is_chosen(const Object& table, const Column& column) const {
  auto wanted = wanted_;
  if (wanted.empty()) return true;
  if (wanted.starts_with("column:")) wanted.remove_prefix(7);
  if (!wanted.starts_with(table.identity)) return false;
  wanted.remove_prefix(table.identity.size());
  return wanted.starts_with('.') && wanted.substr(1) == shown(column);
}

void AccessItems::fail_unknown() const {
  constexpr std::size_t many = 20000;
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < cluster_.objects.size() && names.size() < many; ++i) {
    const auto& object = cluster_.objects[i];
    if (object.system && !system_) continue;
    names.push_back(object.identity);
    if (object.kind != ObjectKind::table) continue;
    for (const auto& column : cluster_.relation(object).columns) {
      names.push_back(object.identity + '.' + shown(column));
    }
  }
  fail_usage(fmt::format("there is no object `{}`{}", displayed(wanted_),
                         names.size() < many ? did_you_mean(wanted_, names) : ""));
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
  const auto& identity = cluster_.object(item.object).identity;
  return item.column ? identity + '.' + shown(*column_of(item)) : identity;
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
