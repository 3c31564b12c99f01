// Records whose address is every address: 0.0.0.0/0, ::/0 or `all`; or who are so together, like
// those of 0.0.0.0/1 and 128.0.0.0/1.
//
//   fix: {narrow_to: $client_networks}

#include <fmt/format.h>

#include <algorithm>
#include <bit>

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

// What the address fields of records for one family take together; the widest are the first.
struct Together {
  std::vector<Exposure> records;
  AddressSet addresses;
};

AddressSet addresses_in(const HbaAddress& address) {
  bool exact = true;
  auto result = addresses_of(address.address, address.mask, exact);
  return exact ? result : AddressSet{};
}

std::size_t bits_in(const HbaAddress& address) {
  std::size_t result = 0;
  for (const auto byte : address.mask) result += static_cast<std::size_t>(std::popcount(byte));
  return result;
}

// None when they leave something out, or when one of them is every address alone.
Together together(const Facts& facts, std::vector<Exposure> exposures, std::size_t bytes) {
  const auto& records = facts.cluster().hba.records;
  std::erase_if(exposures, [&](const Exposure& e) {
    return records[e.record].address.kind != AddressKind::ip ||
           records[e.record].address.address.size() != bytes;
  });
  std::stable_sort(exposures.begin(), exposures.end(), [&](const Exposure& a, const Exposure& b) {
    return bits_in(records[a.record].address) < bits_in(records[b.record].address);
  });
  const auto all = AddressSet::all();
  Together result;
  result.addresses = AddressSet::loopback();
  for (auto& exposure : exposures) {
    const auto own = addresses_in(records[exposure.record].address);
    auto more = result.addresses;
    more.add(own);
    if (more == result.addresses) continue;
    result.addresses = more;
    result.records.push_back(std::move(exposure));
    const bool whole = bytes == 4 ? more.v4 == all.v4 : more.v6 == all.v6;
    if (whole) return result.records.size() > 1 ? result : Together{};
  }
  return {};
}

// What the platform adds whatever the document says, nobody can narrow.
bool is_mandatory(const HbaRecord& record) { return record.at.added_by.starts_with("added by "); }

Finding together_finding(const Facts& facts, const Together& all, std::size_t bytes) {
  const auto& records = facts.cluster().hba.records;
  std::vector<std::string> addresses;
  Exposure first{all.records.front().record, {}};
  for (const auto& exposure : all.records) {
    const auto& record = records[exposure.record];
    addresses.push_back(fmt::format("`{}` ({}:{})", to_string(record.address),
                                    displayed(record.at.file), record.at.line));
    first.parts.insert(first.parts.end(), exposure.parts.begin(), exposure.parts.end());
  }
  return record_finding(
      facts, first, records[first.record].at.address,
      fmt::format("{} together are every IPv{} address", listed(addresses), bytes == 4 ? 4 : 6));
}

}  // namespace

Check hba_any_address(MapReader&, MapReader& fix) {
  auto parameter = fix.text("narrow_to", "");
  if (parameter.starts_with('$')) parameter.erase(0, 1);
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing_records()) return *missing;
    std::vector<Finding> findings;
    const auto networks = narrowed(facts.policy(), parameter);
    const auto narrow = [&](const Exposure& exposure, Finding& finding) {
      if (networks.empty()) return;
      finding.remedies.emplace_back(EditRecord{exposure.record, HbaField::address, networks});
      finding.decision = fmt::format(
          "name the networks that clients come from (parameter {}); until then {} narrowed to {}",
          parameter, finding.remedies.size() == 1 ? "the record is" : "the records are", networks);
    };
    const auto in_all = exposures(facts, Origin::network,
                                  [](const HbaRecord&, const DecidedPart&) { return true; });
    for (const auto& exposure : in_all) {
      const auto& record = facts.cluster().hba.records[exposure.record];
      if (!is_any(record.address) || is_mandatory(record)) continue;
      auto finding = record_finding(
          facts, exposure, record.at.address,
          fmt::format("`{}` is {}", to_string(record.address),
                      record.address.kind == AddressKind::all ? "every address"
                                                              : "every address of its family"));
      narrow(exposure, finding);
      findings.push_back(std::move(finding));
    }
    for (const std::size_t bytes : {4U, 16U}) {
      const auto all = together(facts, in_all, bytes);
      if (all.records.empty()) continue;
      findings.push_back(together_finding(facts, all, bytes));
      for (const auto& exposure : all.records) narrow(exposure, findings.back());
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
