// Records whose address is every address: 0.0.0.0/0, ::/0 or `all`.
//
//   fix: {narrow_to: $client_networks}

#include <fmt/format.h>

#include <algorithm>

#include "checks/check.hpp"
#include "checks/hba_exposure.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

bool is_any(const HbaAddress& address) {
  if (address.kind == AddressKind::all) return true;
  return address.kind == AddressKind::ip &&
         std::all_of(address.mask.begin(), address.mask.end(), [](auto b) { return b == 0; });
}

std::string narrowed(const Policy& policy, const std::string& parameter) {
  std::string result;
  const auto found = policy.parameters.find(parameter);
  if (found == policy.parameters.end()) return result;
  for (const auto& pattern : found->second) result += (result.empty() ? "" : " ") + pattern.text;
  return result;
}

}  // namespace

Check hba_any_address(MapReader&, MapReader& fix) {
  auto parameter = fix.text("narrow_to", "");
  if (parameter.starts_with('$')) parameter.erase(0, 1);
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing_records()) return *missing;
    std::vector<Finding> findings;
    for (const auto& exposure :
         exposures(facts, Origin::network,
                   [](const HbaRecord&r, const DecidedPart&) { return is_any(r.address); })) {
      const auto& record = facts.cluster().hba.records[exposure.record];
      auto finding = record_finding(
          facts, exposure, record.at.address,
          fmt::format("`{}` is {}", to_string(record.address),
                      record.address.kind == AddressKind::all ? "every address"
                                                              : "every address of its family"));
      if (const auto networks = narrowed(facts.policy(), parameter); !networks.empty()) {
        finding.remedies.emplace_back(EditRecord{exposure.record, HbaField::address, networks});
        finding.decision = fmt::format(
            "name the networks that clients come from (parameter {}); until then the record is "
            "narrowed to {}",
            parameter, networks);
      }
      findings.push_back(std::move(finding));
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
