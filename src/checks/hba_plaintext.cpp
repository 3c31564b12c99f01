// Records that let somebody in over the network without encryption.
//
//   fix: {set_type: hostssl}

#include <fmt/format.h>

#include "checks/check.hpp"
#include "checks/hba_exposure.hpp"
#include "text/display.hpp"

namespace pgleast {

Check hba_plaintext(MapReader&, MapReader& fix) {
  const auto type = fix.text("set_type", "");
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing_records()) return *missing;
    std::vector<Finding> findings;
    for (const auto& exposure :
         exposures(facts, Origin::network, [](const HbaRecord&, const DecidedPart& part) {
           return part.transport == Transport::plain;
         })) {
      const auto& record = facts.cluster().hba.records[exposure.record];
      auto finding = record_finding(
          facts, exposure, record.at.type,
          fmt::format("`{}` accepts logins over the network without TLS", to_string(record.type)));
      if (!type.empty()) {
        finding.remedies.emplace_back(EditRecord{exposure.record, HbaField::type, type});
      }
      findings.push_back(std::move(finding));
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
