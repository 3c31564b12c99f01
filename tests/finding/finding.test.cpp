// What a finding is known by, and what severities and verdicts are called.

#include "finding/finding.hpp"

#include <set>

#include "support/catch.hpp"

using namespace pgleast;

namespace {

Finding finding_of(const char* rule, const Subject& subject) {
  Finding finding;
  finding.rule = rule;
  finding.subject = subject;
  return finding;
}

// FNV-1a of the parts, a zero byte after each: other programs keep these.
std::string by_hand(const std::vector<std::string>& parts) {
  std::uint64_t hash = 14695981039346656037U;
  for (const auto& part : parts) {
    for (std::size_t i = 0; i <= part.size(); ++i) {
      hash ^= static_cast<unsigned char>(part.c_str()[i]);
      hash *= 1099511628211U;
    }
  }
  std::string hex(16, '0');
  for (std::size_t i = 16; i-- > 0; hash /= 16) hex[i] = "0123456789abcdef"[hash % 16];
  return hex;
}

}  // namespace

TEST_CASE("a fingerprint is of rule and subject", "[finding]") {
  const Subject subject{"table", "public.\"\xC3\xB6\nx\"", "shop"};
  CHECK(fingerprint(finding_of("ACL-001", subject)) ==
        by_hand({"ACL-001", subject.kind, subject.database, subject.name}));
  CHECK(fingerprint(finding_of("", {})) == by_hand({"", "", "", ""}));
  // What two findings may differ in, one part at a time; a part does not run into the next.
  const std::pair<const char*, Subject> others[] = {
      {"ACL-001", {"table", "t", ""}},  {"ACL-002", {"table", "t", ""}},
      {"ACL-001", {"column", "t", ""}}, {"ACL-001", {"table", "u", ""}},
      {"ACL-001", {"table", "t", "d"}}, {"ACL-001", {"table", "", "t"}},
      {"ACL-001", {"tablet", "", ""}},  {"ACL-001t", {"able", "t", ""}},
  };
  std::set<std::string> seen;
  for (const auto& [rule, s] : others) CHECK(seen.insert(fingerprint(finding_of(rule, s))).second);
}

TEST_CASE("a fingerprint stays when message, place or severity change", "[finding]") {
  auto finding = finding_of("HBA-001", {"record", "host all all 10.0.0.0/8", ""});
  const auto before = fingerprint(finding);
  finding.message = "other words";
  finding.severity = Severity::info;
  finding.location = Location{"pg_hba.conf", 7, 1, ""};
  finding.path = {"a step"};
  finding.waived = Waiver{"HBA-001", "*", "agreed", "", ""};
  CHECK(fingerprint(finding) == before);
}

TEST_CASE("severities are read as they are written", "[finding]") {
  for (std::size_t s = 0; s < severity_names.size(); ++s) {
    const auto severity = static_cast<Severity>(s);
    CHECK(severity_named(to_string(severity)) == severity);
  }
  for (const char* const word : {"", "High", "criticall", "medium ", "never"}) {
    INFO(word);
    CHECK_FALSE(severity_named(word));
  }
  CHECK(Severity::info < Severity::low);
  CHECK(Severity::high < Severity::critical);
}

TEST_CASE("a verdict is broken when there are findings", "[finding]") {
  CHECK(verdict_of({}).kind == Verdict::Kind::holds);
  const auto broken = verdict_of({finding_of("X", {"role", "r", ""})});
  CHECK(broken.kind == Verdict::Kind::broken);
  CHECK(broken.findings.size() == 1);
  const auto nothing = unseen("pg_authid cannot be read", "GRANT it");
  CHECK(nothing.kind == Verdict::Kind::unseen);
  CHECK(nothing.why == "pg_authid cannot be read");
  CHECK(nothing.remedy == "GRANT it");
  CHECK(to_string(Verdict::Kind::holds) == "holds");
  CHECK(to_string(Verdict::Kind::broken) == "broken");
  CHECK(to_string(Verdict::Kind::unseen) == "unseen");
}
