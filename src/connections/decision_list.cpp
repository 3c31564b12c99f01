#include "connections/decision_list.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "connections/line_index.hpp"

namespace pgleast {
namespace {

using Sides = std::vector<std::pair<NameSet, RankSet>>;  // databases x origins, disjoint

// What is left when the origins of `lines` are taken away.
template <typename Lines>
RankSet without_lines(const RankSet& origin, const Lines& lines) {
  std::vector<RankRange> taken;
  for (const auto* line : lines) {
    taken.insert(taken.end(), line->origin.begin(), line->origin.end());
  }
  return taken.empty() ? origin : without(origin, rank_set(std::move(taken)));
}

// The names of a set, put together when the same lines hold them.
struct Grouped {
  struct Group {
    NameSet names;
    std::vector<const Line*> lines;
  };
  std::vector<Group> groups;  // those that some line tells apart; first the rest, if there is any
};

template <typename SetOf>
Grouped grouped(const NameSet& names, const std::vector<const Line*>& lines, SetOf set_of) {
  std::map<std::uint32_t, std::vector<const Line*>> touched;
  std::vector<const Line*> most;  // hold all but a few
  for (const auto* line : lines) {
    const NameSet& set = set_of(*line);
    if (set.inverted()) {
      most.push_back(line);
      for (const auto id : set.ids()) {
        if (names.has(id)) touched[id];
      }
      continue;
    }
    const auto common = names.intersection(set);
    for (const auto id : common.ids()) touched[id].push_back(line);
  }
  std::vector<std::uint32_t> ids;
  std::map<std::vector<const Line*>, std::vector<std::uint32_t>> by_lines;
  for (auto& [id, own] : touched) {
    ids.push_back(id);
    for (const auto* line : most) {
      if (set_of(*line).has(id)) own.push_back(line);
    }
    std::sort(own.begin(), own.end());
    by_lines[std::move(own)].push_back(id);
  }
  Grouped result;
  const auto classes = names.classes();
  auto rest = names.without(NameSet::of(classes, ids));
  if (!rest.empty()) result.groups.push_back({std::move(rest), std::move(most)});
  for (auto& [own, group] : by_lines) {
    result.groups.push_back({NameSet::of(classes, std::move(group)), own});
  }
  // By name, not by where the lines happen to lie in memory.
  const auto first = result.groups.begin() + (result.groups.size() > by_lines.size() ? 1 : 0);
  std::sort(first, result.groups.end(),
            [](const auto& a, const auto& b) { return a.names.ids() < b.names.ids(); });
  return result;
}

class Remainder {
 public:
  Remainder(const std::vector<NameSet>& role_sets, const std::vector<NameSet>& database_sets,
            const std::function<bool(Region)>& take)
      : role_sets_(role_sets), database_sets_(database_sets), take_(take) {}

  void run(const Region& region, const std::vector<const Line*>& lines) {
    std::vector<const Line*> all_roles, some_roles;
    for (const auto* line : lines) {
      (roles(*line).covers(region.roles) ? all_roles : some_roles).push_back(line);
    }
    for (const auto& [names, origin] : sides(region.databases, region.origin, all_roles)) {
      if (!run(region.roles, names, origin, some_roles)) return;
    }
  }

 private:
  const NameSet& roles(const Line& line) const { return role_sets_[line.roles]; }
  const NameSet& databases(const Line& line) const { return database_sets_[line.databases]; }

  // One side of the product is settled: the lines that hold some of its roles.
  bool run(const NameSet& names, const NameSet& in, const RankSet& origin,
           const std::vector<const Line*>& lines) {
    std::vector<const Line*> near;
    for (const auto* line : lines) {
      if (databases(*line).intersects(in) && intersects(line->origin, origin)) near.push_back(line);
    }
    const auto role_groups =
        grouped(names, near, [&](const Line& l) -> const NameSet& { return roles(l); });
    for (const auto& group : role_groups.groups) {
      for (auto& [databases, left] : sides(in, origin, group.lines)) {
        if (!take_({group.names, std::move(databases), std::move(left)})) return false;
      }
    }
    return true;
  }

  // The roles do not matter any more.
  Sides sides(const NameSet& names, const RankSet& origin,
              const std::vector<const Line*>& lines) const {
    std::vector<const Line*> all_databases, some_databases;
    for (const auto* line : lines) {
      (databases(*line).covers(names) ? all_databases : some_databases).push_back(line);
    }
    const auto left = without_lines(origin, all_databases);
    if (left.empty()) return {};
    std::erase_if(some_databases,
                  [&](const Line* line) { return !intersects(line->origin, left); });
    if (some_databases.empty()) return {{names, left}};
    std::map<RankSet, NameSet> by_origin;
    const auto groups = grouped(names, some_databases,
                                [&](const Line& l) -> const NameSet& { return databases(l); });
    for (const auto& group : groups.groups) {
      auto part = without_lines(left, group.lines);
      if (part.empty()) continue;
      const auto [place, added] = by_origin.try_emplace(std::move(part), group.names);
      if (!added) place->second = place->second.united(group.names);
    }
    Sides result;
    for (const auto& [part, databases] : by_origin) result.emplace_back(databases, part);
    return result;
  }

  const std::vector<NameSet>& role_sets_;
  const std::vector<NameSet>& database_sets_;
  const std::function<bool(Region)>& take_;  // false: enough
};

}  // namespace

std::vector<Region> without(const Region& region, const Region& taken) {
  const auto common = intersection(region, taken);
  if (common.empty()) return {region};
  std::vector<Region> result;
  const auto add = [&](Region part) {
    if (!part.empty()) result.push_back(std::move(part));
  };
  add({region.roles.without(taken.roles), region.databases, region.origin});
  add({common.roles, region.databases.without(taken.databases), region.origin});
  add({common.roles, common.databases, without(region.origin, taken.origin)});
  return result;
}

std::vector<Region> without(const std::vector<Region>& regions, const Region& taken) {
  std::vector<Region> result;
  for (const auto& region : regions) {
    for (auto& part : without(region, taken)) result.push_back(std::move(part));
  }
  return result;
}

Region intersection(const Region& a, const Region& b) {
  return {a.roles.intersection(b.roles), a.databases.intersection(b.databases),
          intersection(a.origin, b.origin)};
}

std::vector<Region> merged(std::vector<Region> regions) {
  std::map<std::pair<NameSet, RankSet>, NameSet> by_sides;
  for (auto& region : regions) {
    const auto [place, added] =
        by_sides.try_emplace({std::move(region.databases), std::move(region.origin)}, region.roles);
    if (!added) place->second = place->second.united(region.roles);
  }
  std::map<std::pair<NameSet, RankSet>, NameSet> by_roles;
  for (auto& [sides, roles] : by_sides) {
    const auto [place, added] = by_roles.try_emplace({roles, sides.second}, sides.first);
    if (!added) place->second = place->second.united(sides.first);
  }
  std::vector<Region> result;
  for (auto& [sides, databases] : by_roles) {
    result.push_back({sides.first, databases, sides.second});
  }
  return result;
}

DecisionList::DecisionList(Sets role_sets, Sets database_sets, std::vector<Line> lines,
                           std::uint8_t transports)
    : role_sets_(std::move(role_sets)),
      database_sets_(std::move(database_sets)),
      lines_(std::move(lines)) {
  for (std::uint8_t t = 0; t < transports; ++t) {
    indexes_.emplace_back(*role_sets_, *database_sets_, lines_, t);
  }
}

DecisionList::~DecisionList() = default;
DecisionList::DecisionList(DecisionList&&) noexcept = default;
DecisionList& DecisionList::operator=(DecisionList&&) noexcept = default;

std::uint8_t DecisionList::transports() const { return static_cast<std::uint8_t>(indexes_.size()); }

DecisionList DecisionList::with_lines(std::vector<Line> lines) const {
  return {role_sets_, database_sets_, std::move(lines), transports()};
}

Region DecisionList::region(std::uint32_t line) const {
  const auto& l = lines_[line];
  return {roles(l), databases(l), l.origin};
}

LineNumbers DecisionList::overlapping(const Region& region, std::uint8_t transport,
                                      std::uint32_t begin, std::uint32_t end, Dead dead) const {
  LineNumbers found;
  indexes_[transport].candidates(region, end, dead == Dead::wanted, found);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::erase_if(found, [&](std::uint32_t number) {
    const auto& line = lines_[number];
    return number < begin || !roles(line).intersects(region.roles) ||
           !databases(line).intersects(region.databases);
  });
  return found;
}

std::optional<std::uint32_t> DecisionList::holder(
    const Region& region, std::uint8_t transport, std::uint32_t end,
    const std::function<bool(std::uint32_t)>& preferred) const {
  LineNumbers found;
  indexes_[transport].around({region.roles, region.databases, {region.origin.front()}}, end, found);
  std::optional<std::uint32_t> best;
  for (const auto number : found) {
    if (!covers(lines_[number].origin, region.origin)) continue;
    const auto rank = [&](std::uint32_t n) { return std::pair(!preferred(n), n); };
    if (!best || rank(number) < rank(*best)) best = number;
  }
  return best;
}

void DecisionList::each_left(const Region& region, const LineNumbers& numbers,
                             const std::function<bool(Region)>& take) const {
  std::vector<const Line*> lines;
  for (const auto number : numbers) lines.push_back(&lines_[number]);
  Remainder(*role_sets_, *database_sets_, take).run(region, lines);
}

void DecisionList::each_left(const Region& region, std::uint8_t transport, std::uint32_t end,
                             const std::function<bool(Region)>& take) const {
  if (holder(region, transport, end, [](std::uint32_t) { return true; })) return;
  each_left(region, overlapping(region, transport, 0, end), take);
}

std::vector<Region> DecisionList::left(const Region& region, std::uint8_t transport,
                                       std::uint32_t end) const {
  if (holder(region, transport, end, [](std::uint32_t) { return true; })) return {};
  return left(region, overlapping(region, transport, 0, end));
}

std::vector<Region> DecisionList::left(const Region& region, const LineNumbers& lines) const {
  std::vector<Region> result;
  each_left(region, lines, [&](Region part) {
    result.push_back(std::move(part));
    return true;
  });
  return result.size() < 2 ? result : merged(std::move(result));
}

bool DecisionList::holds_all(const LineNumbers& lines, const Region& region) const {
  bool all = true;
  each_left(region, lines, [&](const Region&) { return all = false; });
  return all;
}

std::vector<DecisionList::Decided> DecisionList::decide(const Region& region,
                                                        std::uint8_t transport) const {
  std::vector<Decided> result;
  const auto lines = overlapping(region, transport, 0, static_cast<std::uint32_t>(lines_.size()));
  LineNumbers before;
  for (const auto number : lines) {
    for (auto& part : left(intersection(region, this->region(number)), before)) {
      result.push_back({number, std::move(part)});
    }
    before.push_back(number);
  }
  for (auto& part : left(region, before)) result.push_back({std::nullopt, std::move(part)});
  return result;
}

}  // namespace pgleast
