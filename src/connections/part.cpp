#include "connections/part.hpp"

#include <algorithm>
#include <map>

namespace pgleast {

std::vector<Part> parts_of(const ConnectionClasses& classes,
                           std::vector<std::pair<std::uint8_t, Region>>&& regions) {
  std::map<std::uint8_t, std::vector<Region>> by_transport;
  for (auto& [transport, region] : regions) by_transport[transport].push_back(std::move(region));
  std::map<Region, std::vector<Transport>> by_region;
  for (auto& [transport, list] : by_transport) {
    const auto& transports = classes.transports()[transport];
    for (auto& region : list.size() < 2 ? list : merged(std::move(list))) {
      auto& over = by_region[std::move(region)];
      over.insert(over.end(), transports.begin(), transports.end());
    }
  }
  std::vector<Part> result;
  for (auto& [region, transports] : by_region) {
    std::sort(transports.begin(), transports.end());
    result.push_back({std::move(transports), region});
  }
  std::sort(result.begin(), result.end(), [](const Part& a, const Part& b) {
    return std::tie(a.transports, a.region) < std::tie(b.transports, b.region);
  });
  return result;
}

}  // namespace pgleast
