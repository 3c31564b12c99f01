#include "fix/way_cuts.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "fix/take_back.hpp"
#include "model/bootstrap_superuser.hpp"

namespace pgleast {
namespace {

constexpr std::size_t most_remedies = 16;
constexpr std::size_t most_objects_in_all = 400'000;  // of all copies that are tried

// As whom, by which record and through which pooler.
using Arrival = std::tuple<std::size_t, std::string, std::string>;

Arrival arrival(const Way& way, const std::string& role) {
  const auto hop = way.pooler ? way.pooler->file + ':' + std::to_string(way.pooler->line) + ' ' +
                                    way.pooler->database
                              : std::string();
  return {way.record, role, hop};
}

std::set<Arrival> arrivals(const std::vector<Way>& ways) {
  std::set<Arrival> result;
  for (const auto& way : ways) {
    for (const auto& role : way.roles) result.insert(arrival(way, role));
  }
  return result;
}

std::vector<Remedy> candidates(const Cluster& cluster, const std::vector<Way>& ways) {
  const auto most = std::min(
      most_remedies, most_objects_in_all / std::max<std::size_t>(cluster.objects.size(), 1));
  std::vector<Remedy> result;
  for (const auto& way : ways) {
    for (const auto& cut : way.route.cuts) {
      if (result.size() == most) return result;
      const auto* const attribute = std::get_if<ChangeAttribute>(&cut);
      // The server does not take it from the bootstrap superuser.
      if (attribute != nullptr && attribute->attribute == RoleAttribute::superuser &&
          is_bootstrap_superuser(cluster.role(attribute->role))) {
        continue;
      }
      if (std::find(result.begin(), result.end(), cut) == result.end()) result.push_back(cut);
    }
  }
  return result;
}

std::vector<EndedWay> ended(const std::vector<Way>& ways, const std::set<Arrival>& left) {
  std::vector<EndedWay> result;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    std::vector<std::string> gone;
    for (const auto& role : ways[i].roles) {
      if (!left.contains(arrival(ways[i], role))) gone.push_back(role);
    }
    if (gone.empty()) continue;
    if (gone.size() == ways[i].roles.size()) gone.clear();
    result.push_back({i, std::move(gone)});
  }
  return result;
}

std::pair<std::size_t, std::size_t> worth(const WayCut& cut) {
  const auto whole = static_cast<std::size_t>(
      std::count_if(cut.ends.begin(), cut.ends.end(),
                    [](const EndedWay& ended) { return ended.only_for.empty(); }));
  return {whole, cut.ends.size()};
}

}  // namespace

std::vector<WayCut> cuts_of_ways(const Cluster& cluster, const Target& target,
                                 const Circumstances& circumstances, const Question& question,
                                 const std::vector<Way>& ways) {
  std::vector<WayCut> result;
  for (const auto& remedy : candidates(cluster, ways)) {
    auto model = cluster;
    WayCut cut{applied(model, remedy).sql, std::nullopt, {}};
    if (cut.sql.empty()) continue;
    const Graph graph(model);
    const Connections connections(graph);
    const Escalations escalations(graph, connections);
    const Doors doors(graph, connections.decided(), circumstances);
    const auto left = ways_in(graph, doors, Routes(graph, escalations, target), question);
    cut.ends = ended(ways, arrivals(left.ways));
    if (!cut.ends.empty()) result.push_back(std::move(cut));
  }
  std::map<std::size_t, std::vector<EndedWay>> by_record;
  for (std::size_t i = 0; i < ways.size(); ++i) by_record[ways[i].record].push_back({i, {}});
  for (auto& [record, ends] : by_record) result.push_back({{}, record, std::move(ends)});
  std::stable_sort(result.begin(), result.end(),
                   [](const WayCut& a, const WayCut& b) { return worth(a) > worth(b); });
  return result;
}

}  // namespace pgleast
