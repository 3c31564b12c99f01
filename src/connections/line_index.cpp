#include "connections/line_index.hpp"

#include <algorithm>
#include <tuple>

namespace pgleast {
namespace {

constexpr std::uint32_t any = 0xFFFFFFFF;
constexpr std::uint32_t many_bit = 0x80000000;
constexpr std::uint32_t none = 0xFFFFFFFF;
constexpr std::size_t few = 16;

bool is_few(const NameSet& names) { return !names.inverted() && names.ids().size() <= few; }

std::uint64_t bucket_of(std::uint32_t role, std::uint32_t database) {
  return (std::uint64_t{role} << 32U) | database;
}

bool names_all(std::uint64_t bucket) {
  return (bucket >> 32U) != any && (bucket & 0xFFFFFFFFU) != any;
}

bool holds(const RankRange& outer, const RankRange& inner) {
  return outer.first <= inner.first && inner.last <= outer.last;
}

}  // namespace

LineIndex::ManySets LineIndex::many(const std::vector<NameSet>& sets) {
  ManySets result;
  for (std::uint32_t i = 0; i < sets.size(); ++i) {
    if (is_few(sets[i])) continue;
    const auto place = static_cast<Key>(result.keys.size());
    result.keys.push_back(many_bit | i);
    result.sets.push_back(&sets[i]);
    if (sets[i].inverted()) {
      result.inverted.push_back(place);
    } else {
      for (const auto id : sets[i].ids()) result.of[id].push_back(place);
    }
  }
  return result;
}

// Under which keys a line with that set is kept.
std::vector<LineIndex::Key> LineIndex::keys_of(std::uint32_t set, const NameSet& names) {
  if (is_few(names)) return names.ids();
  return {many_bit | set};
}

// Under which keys the lines are that may share a name.
std::vector<LineIndex::Key> LineIndex::keys_for(const NameSet& names, const ManySets& many) {
  if (!is_few(names)) return {any};
  auto result = names.ids();
  for (const auto id : names.ids()) {
    const auto found = many.of.find(id);
    if (found == many.of.end()) continue;
    for (const auto place : found->second) result.push_back(many.keys[place]);
  }
  for (const auto place : many.inverted) {
    if (many.sets[place]->intersects(names)) result.push_back(many.keys[place]);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

std::vector<LineIndex::Key> LineIndex::keys_around(const NameSet& names, const ManySets& many) {
  std::vector<Key> result;
  if (!names.inverted() && names.ids().size() == 1) {
    result = keys_for(names, many);
  } else {
    for (const auto place : many.inverted) {
      if (many.sets[place]->covers(names)) result.push_back(many.keys[place]);
    }
  }
  return result;
}

LineIndex::LineIndex(const std::vector<NameSet>& role_sets,
                     const std::vector<NameSet>& database_sets, const std::vector<Line>& lines,
                     std::uint8_t transport)
    : roles_(many(role_sets)), databases_(many(database_sets)) {
  for (std::uint32_t i = 0; i < lines.size(); ++i) {
    const auto& line = lines[i];
    if ((line.transports & (1U << transport)) == 0) continue;
    const auto roles = keys_of(line.roles, role_sets[line.roles]);
    const auto databases = keys_of(line.databases, database_sets[line.databases]);
    for (const auto role : roles) {
      for (const auto database : databases) add(role, database, line, i);
      add(role, any, line, i);
    }
    for (const auto database : databases) add(any, database, line, i);
    add(any, any, line, i);
  }
  sort();
  drop_held();
  link();
}

void LineIndex::add(Key role, Key database, const Line& line, std::uint32_t number) {
  for (const auto& range : line.origin) {
    entries_.push_back({bucket_of(role, database), range, number, none});
  }
}

// In a bucket a range stands behind those around it.
void LineIndex::sort() {
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.bucket, a.range.first, b.range.last, a.line) <
           std::tie(b.bucket, b.range.first, a.range.last, b.line);
  });
}

// What an earlier line of the very same names holds already.
void LineIndex::drop_held() {
  std::vector<Entry> around;  // of one bucket, from the widest to the narrowest
  std::size_t kept = 0;
  for (const auto& entry : entries_) {
    while (!around.empty() &&
           (around.back().bucket != entry.bucket || !holds(around.back().range, entry.range))) {
      around.pop_back();
    }
    const bool held = names_all(entry.bucket) && !around.empty() &&
                      std::any_of(around.begin(), around.end(),
                                  [&](const Entry& e) { return e.line < entry.line; });
    if (held) continue;
    around.push_back(entry);
    entries_[kept++] = entry;
  }
  entries_.resize(kept);
}

void LineIndex::link() {
  for (std::uint32_t i = 1; i < entries_.size(); ++i) {
    auto& entry = entries_[i];
    auto parent = i - 1;
    if (entries_[parent].bucket != entry.bucket) continue;
    while (parent != none && !holds(entries_[parent].range, entry.range)) {
      parent = entries_[parent].parent;
    }
    entry.parent = parent;
  }
}

void LineIndex::find(Key role, Key database, const RankSet& origin, std::uint32_t end,
                     LineNumbers& found) const {
  const auto bucket = bucket_of(role, database);
  const auto add = [&](const Entry& entry) {
    if (entry.line < end) found.push_back(entry.line);
  };
  for (const auto& range : origin) {
    const auto at = std::lower_bound(
        entries_.begin(), entries_.end(), range.first, [&](const Entry& e, std::uint32_t first) {
          return std::tie(e.bucket, e.range.first) < std::tie(bucket, first);
        });
    for (auto i = at; i != entries_.end() && i->bucket == bucket && i->range.first <= range.last;
         ++i) {
      add(*i);
    }
    if (at == entries_.begin() || (at - 1)->bucket != bucket) continue;
    for (auto i = static_cast<std::uint32_t>(at - entries_.begin() - 1); i != none;
         i = entries_[i].parent) {
      if (range.first <= entries_[i].range.last) add(entries_[i]);
    }
  }
}

void LineIndex::candidates(const Region& region, std::uint32_t end, bool dead,
                           LineNumbers& found) const {
  const auto databases = dead ? std::vector<Key>{any} : keys_for(region.databases, databases_);
  for (const auto role : keys_for(region.roles, roles_)) {
    for (const auto database : databases) find(role, database, region.origin, end, found);
  }
}

void LineIndex::around(const Region& region, std::uint32_t end, LineNumbers& found) const {
  const auto databases = keys_around(region.databases, databases_);
  for (const auto role : keys_around(region.roles, roles_)) {
    for (const auto database : databases) find(role, database, region.origin, end, found);
  }
}

}  // namespace pgleast
