#include "report/part_json.hpp"

#include <algorithm>

namespace pgleast {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_ranges = 1000;

Json names_json(const Wording::Names& names) {
  return Json::object({{names.all_but ? "all_but" : "names", names.names}});
}

Json addresses_json(const Part& part, const ConnectionClasses& classes) {
  auto result = Json::array();
  if (part.transports.front() == Transport::local) return result;
  const auto origin = classes.origin(part.region.origin);
  for (const auto& text : range_texts(origin.addresses)) {
    if (result.size() == most_ranges) return result.push_back("..."), result;
    result.push_back(text);
  }
  for (const auto& name : origin.named) result.push_back(name);
  return result;
}

}  // namespace

Json parts_json(const Wording& wording, const ConnectionClasses& classes,
                const std::vector<Part>& parts) {
  auto result = Json::array();
  for (const auto& part : parts) {
    auto transports = Json::array();
    for (const auto transport : part.transports) transports.push_back(to_string(transport));
    result.push_back({{"transports", std::move(transports)},
                      {"roles", names_json(wording.role_names(part.region.roles))},
                      {"databases", names_json(wording.database_names(part.region.databases))},
                      {"addresses", addresses_json(part, classes)},
                      {"witness", to_string(wording.witness(part))}});
  }
  return result;
}

}  // namespace pgleast
