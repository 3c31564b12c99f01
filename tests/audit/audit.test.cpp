// All rules against one cluster: waivers, what was not read, the order of findings, the numbers of
// the last line and the exit code.

#include "audit/audit.hpp"

#include <fmt/format.h>

#include "audit/exit_code.hpp"
#include "audit/tally.hpp"
#include "policies/examples.hpp"
#include "support/catch.hpp"
#include "support/script_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

using Kind = Verdict::Kind;

struct Found {
  Severity severity;
  bool waived = false;
};

Judgement judgement_of(Severity severity, Kind kind, const std::vector<Found>& findings = {},
                       const char* why = "") {
  Judgement result{"RUL-001", "title", severity, {}};
  result.verdict.kind = kind;
  result.verdict.why = why;
  for (const auto& f : findings) {
    Finding finding;
    finding.severity = f.severity;
    if (f.waived) finding.waived = Waiver{};
    result.verdict.findings.push_back(finding);
  }
  return result;
}

constexpr auto low = Severity::low;
constexpr auto high = Severity::high;

// The judgement of one rule of a policy that has a few.
Audit audit_of(const Cluster& cluster, const std::string& policy) {
  auto read = policy_of_text("policy: 1\nextends: [baseline]\n" + policy);
  std::erase_if(read.rules, [](const Rule& rule) {
    return rule.id != "ROL-001" && rule.id != "ACL-001" && rule.id != "SET-001";
  });
  return Auditor(std::move(read), "2026-06-15").audit(cluster);
}

std::string shown(const Audit& audit) {
  std::string text;
  for (const auto& j : audit.judgements) {
    text += fmt::format("{} {}", j.rule, to_string(j.verdict.kind));
    if (!j.verdict.why.empty()) text += fmt::format(" ({}; {})", j.verdict.why, j.verdict.remedy);
    for (const auto& f : j.verdict.findings) {
      text += fmt::format(" {}{}", f.subject.name, f.waived ? " waived" : "");
    }
    text += '\n';
  }
  for (const auto& r : audit.remarks) text += fmt::format("{}; {}\n", r.why, r.remedy);
  return text;
}

}  // namespace

TEST_CASE("the exit code says what counts", "[audit]") {
  struct Case {
    std::vector<Judgement> judgements;
    const char* fail_on;
    int code;
  };
  const Case cases[] = {
      {{}, "info", 0},
      {{judgement_of(high, Kind::holds)}, "info", 0},
      {{judgement_of(high, Kind::broken, {{high}})}, "high", 1},
      {{judgement_of(high, Kind::broken, {{high}})}, "critical", 0},
      {{judgement_of(low, Kind::broken, {{low}})}, "high", 0},
      {{judgement_of(low, Kind::broken, {{low}})}, "low", 1},
      {{judgement_of(high, Kind::broken, {{high, true}})}, "info", 0},
      {{judgement_of(high, Kind::broken, {{high, true}, {high}})}, "info", 1},
      {{judgement_of(high, Kind::unseen, {}, "not read")}, "info", 3},
      {{judgement_of(low, Kind::unseen, {}, "not read")}, "high", 0},
      {{judgement_of(high, Kind::unseen, {}, "not read")}, "never", 0},
      {{judgement_of(high, Kind::broken, {{high}})}, "never", 0},
      // A finding weighs more than what was not seen.
      {{judgement_of(high, Kind::unseen, {}, "not read"),
        judgement_of(high, Kind::broken, {{high}})},
       "high",
       1},
      // All findings are waived, but a database was not read.
      {{judgement_of(high, Kind::broken, {{high, true}}, "not read")}, "high", 3},
  };
  for (const auto& c : cases) {
    INFO(shown({c.judgements, {}}) << c.fail_on);
    CHECK(exit_code(c.judgements, c.fail_on) == c.code);
  }
}

TEST_CASE("the tally counts rules and findings", "[audit]") {
  const auto t = tally({{judgement_of(high, Kind::holds), judgement_of(low, Kind::unseen),
                         judgement_of(high, Kind::broken, {{high}, {low}, {low, true}}),
                         judgement_of(low, Kind::broken, {{low}}),
                         judgement_of(low, Kind::broken, {{low, true}, {low, true}})},
                        {}});
  CHECK(t.rules == 5);
  CHECK(t.holds == 1);
  CHECK(t.unseen == 1);
  CHECK(t.broken == 2);
  CHECK(t.waived == 3);
  CHECK(t.broken_rules == BySeverity{0, 1, 0, 1, 0});
  CHECK(t.findings == BySeverity{0, 2, 0, 1, 0});
}

TEST_CASE("findings are in the order in which they are read", "[audit]") {
  const auto finding = [](const char* name, const char* rule, Severity severity, std::size_t line,
                          const char* database, bool waived) {
    Finding f;
    f.rule = rule;
    f.severity = severity;
    f.subject = {"table", name, database};
    if (line > 0) f.location = Location{"f", line, 0, ""};
    if (waived) f.waived = Waiver{};
    return f;
  };
  Judgement j;
  j.verdict.findings = {finding("9", "A", Severity::critical, 0, "", true),
                        finding("8", "C", low, 0, "", false),
                        finding("7", "B", high, 2, "", false),
                        finding("6", "B", high, 1, "", false),
                        finding("5", "B", high, 0, "shop", false),
                        finding("4", "B", high, 0, "post", false),
                        finding("2", "A", high, 0, "post", false),
                        finding("3", "A", high, 0, "post", false),
                        finding("1", "D", Severity::critical, 0, "", false)};
  std::string order;
  for (const auto& f : sorted_findings({{j}, {}})) order += f.subject.name;
  CHECK(order == "123456789");
}

TEST_CASE("an audit judges each rule, and says what it could not", "[audit]") {
  const char* const script =
      "CREATE ROLE boss SUPERUSER; CREATE ROLE deputy SUPERUSER; CREATE TABLE t (a int);"
      "GRANT SELECT ON t TO PUBLIC;";
  struct Case {
    const char* policy;
    const char* expected;
  };
  const auto c = GENERATE(values<Case>({
      {"", "ACL-001 broken public.t\nROL-001 broken boss deputy\nSET-001 holds\n"},
      {"waivers:\n  - {rule: ROL-001, subject: boss, reason: agreed}\n",
       "ACL-001 broken public.t\nROL-001 broken boss waived deputy\nSET-001 holds\n"},
      {"waivers:\n  - {rule: ROL-001, subject: \"b*\", reason: agreed, expires: 2026-06-15}\n",
       "ACL-001 broken public.t\nROL-001 broken boss waived deputy\nSET-001 holds\n"},
      {"waivers:\n  - {rule: ROL-001, subject: boss, reason: agreed, expires: 2026-06-14}\n",
       "ACL-001 broken public.t\nROL-001 broken boss deputy\nSET-001 holds\n"
       "the waiver of ROL-001 for boss expired on 2026-06-14; renew or remove it\n"},
      {"waivers:\n  - {rule: ROL-001, subject: nobody, reason: agreed}\n",
       "ACL-001 broken public.t\nROL-001 broken boss deputy\nSET-001 holds\n"
       "the waiver of ROL-001 for nobody matches nothing; remove it\n"},
      {"rules:\n  ROL-001: {enabled: false, reason: elsewhere}\n",
       "ACL-001 broken public.t\nSET-001 holds\n"},
  }));
  INFO(c.policy);
  CHECK(shown(audit_of(script_cluster(script), c.policy)) == c.expected);
}

TEST_CASE("a database that was not read may hide what the others do not show", "[audit]") {
  auto cluster = script_cluster("CREATE TABLE t (a int);");
  cluster.unread_databases = Unseen{"database b could not be read", "GRANT CONNECT"};
  cluster.remarks = {{"a file was not read", "read it"}};
  CHECK(shown(audit_of(cluster, "")) ==
        "ACL-001 unseen (database b could not be read; GRANT CONNECT)\n"
        "ROL-001 holds\n"
        "SET-001 holds\n"
        "a file was not read; read it\n");
  auto open = script_cluster("CREATE TABLE t (a int); GRANT SELECT ON t TO PUBLIC;");
  open.unread_databases = cluster.unread_databases;
  CHECK(shown(audit_of(open, "")) ==
        "ACL-001 broken (database b could not be read; GRANT CONNECT) public.t\n"
        "ROL-001 holds\n"
        "SET-001 holds\n");
}
