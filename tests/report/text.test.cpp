#include "report/sample_report.hpp"
#include "support/catch.hpp"

namespace pgleast::test {
namespace {

std::string report_of(const Audit& audit, bool verbose = false, bool colour = false) {
  return written(text_report, sample_cluster(), sample_policy(), audit, verbose, colour);
}

}  // namespace

TEST_CASE("the text report shows place, proof and advice, the gravest first", "[report][text]") {
  CHECK(report_of(sample_audit()) ==
        R"(critical  HBA-001  broken: nobody logs in without a credential
  conf/pg hba.conf:12:27
    host all all 0.0.0.0/0 trust
                           ^~~~~
  trust lets in without a credential
  lets in: any role, from any address, [see](0)
  for example: psql
  fix: Set the method to scram-sha-256.

high      ROL-002  broken: applications are not superusers
  a role of {applications} is superuser
  path: app_user logs in by pg_hba.conf:12
        app_user is SUPERUSER
  fix: ALTER ROLE "app_user" NOSUPERUSER;

  a role of {applications} is superuser
  fix: ALTER ROLE "x""\nhigh      FAK-001  forged\x1b[2J\xff\u202e" NOSUPERUSER;

  1 other finding waived

high      TLS-001  broken: TLS is on
  /etc/pg/postgresql.conf:1
  ssl is off
  fix: conf/postgresql.conf (line 1): ssl = on
  decide: make a certificate

  not seen: settings of roles cannot be read

unseen    PWD-001 and PWD-002
  pg_authid cannot be read by audit_ro; GRANT SELECT on it

note      database \x1b[31mb was not read; GRANT CONNECT

mystore on PostgreSQL 15.18: 1 rule holds, 3 broken (1 critical, 2 high), 2 unseen, 1 waived
`pgleast fix` has a fix for 3 of the 4 findings; `pgleast rules HBA-001` explains a rule
)");
}

TEST_CASE("what is waived and what holds is added by --verbose", "[report][text]") {
  auto audit = sample_audit();
  for (const auto removed : {5, 0}) audit.judgements.erase(audit.judgements.begin() + removed);
  audit.judgements[3].verdict.findings.resize(1);
  audit.remarks.clear();
  CHECK(report_of(audit, true) == R"(waived    ROL-002  applications are not superusers
  a role of {applications} is superuser
  waived by dba@example.org until 2030-01-31: break glass

unseen    PWD-001  stored passwords are SCRAM
unseen    PWD-002  passwords expire
  pg_authid cannot be read by audit_ro; GRANT SELECT on it

holds     LOG-001  connections are logged

mystore on PostgreSQL 15.18: 1 rule holds, none broken, 2 unseen, 1 waived
)");
}

TEST_CASE("an audit of files alone that finds nothing is one line", "[report][text]") {
  Cluster cluster;
  cluster.version_num = 170000;
  const Policy policy;
  Audit audit;
  audit.judgements = {{"A-1", "a", Severity::low, {}}, {"A-2", "b", Severity::low, {}}};
  CHECK(written(text_report, cluster, policy, audit) ==
        "files read as PostgreSQL 17: 2 rules hold, none broken\n");
}

TEST_CASE("colour carries only what the words carry", "[report][text]") {
  auto coloured = report_of(sample_audit(), true, true);
  CHECK(coloured.starts_with("\x1b[1;31mcritical\x1b[0m  \x1b[1mHBA-001\x1b[0m  broken: nobody"));
  for (auto at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b')) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }
  CHECK(coloured == report_of(sample_audit(), true));
}

TEST_CASE("no text from outside begins a line of the report", "[report][text]") {
  const std::string forged = "a\nhigh      FAK-001  forged\r\x1b[31m\xc2\x9b\xe2\x80\xa8";
  auto finding = role_finding(forged, RoleId{1});
  finding.subject.database = forged;
  finding.message = finding.decision = forged;
  finding.path = {forged};
  finding.detail = {forged};
  finding.location = {forged, 1, 1, "    " + forged};
  auto waived = finding;
  waived.waived = Waiver{forged, forged, forged, forged, forged};
  const Verdict part{Verdict::Kind::broken, forged, forged, {finding, waived}};
  Audit audit;
  audit.judgements = {{forged, forged, Severity::high, part},
                      {forged, forged, Severity::low, unseen(forged, forged)},
                      {forged, forged, Severity::low, {}}};
  for (auto& f : audit.judgements[0].verdict.findings) f.rule = forged;
  audit.remarks = {{forged, forged}};
  auto cluster = sample_cluster();
  cluster.name = cluster.server = forged;
  cluster.databases.push_back(cluster.databases.front());
  const Policy policy;
  const auto report = written(text_report, cluster, policy, audit, true, false);
  CHECK(report.find("\nhigh ") == std::string::npos);
  for (const auto* const sent : {"\r", "\x1b", "\xc2\x9b", "\xe2\x80\xa8"}) {
    CHECK(report.find(sent) == std::string::npos);
  }
}

TEST_CASE("many findings of one rule are counted, --verbose lists them", "[report][text]") {
  Audit audit;
  std::vector<Finding> findings(30, role_finding("app_user", RoleId{1}));
  audit.judgements = {{"ROL-002", "t", Severity::high, verdict_of(std::move(findings))}};
  const auto shown = [](const std::string& report) {
    std::size_t count = 0;
    for (auto at = report.find("  fix: "); at != std::string::npos;
         at = report.find("  fix: ", at + 1)) {
      ++count;
    }
    return count;
  };
  const auto brief = report_of(audit);
  CHECK(shown(brief) == 25);
  CHECK(brief.find("\n\n  and 5 more findings, which --verbose lists\n") != std::string::npos);
  CHECK(brief.find("`pgleast fix` has a fix for 30 findings; ") != std::string::npos);
  CHECK(shown(report_of(audit, true)) == 30);
}

TEST_CASE("a password in a changed line is not shown", "[report]") {
  auto cluster = sample_cluster();
  cluster.files[0].text = "ssl = off # password=hunter2\nprimary_conninfo = 'password=hunter2'\n";
  auto finding = setting_finding();
  finding.remedies = {ChangeSetting{"primary_conninfo", "host=a password=hunter2"}};
  Audit audit;
  audit.judgements = {{"TLS-001", "t", Severity::high, verdict_of({finding})}};
  const auto policy = sample_policy();
  for (const auto& format : report_formats()) {
    CAPTURE(format.name);
    const auto report = written(format.write, cluster, policy, audit);
    CHECK(report.find("conninfo") != std::string::npos);  // Markdown has a backslash before it
    CHECK(report.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("several databases are told apart", "[report][text]") {
  auto cluster = sample_cluster();
  cluster.databases.push_back(cluster.databases.front());
  auto finding = role_finding("app_user", RoleId{1});
  finding.subject.database = "my\nstore";
  Audit audit;
  audit.judgements = {{"ROL-002", "t", Severity::high, verdict_of({finding})}};
  const auto policy = sample_policy();
  CHECK(written(text_report, cluster, policy, audit).find("superuser\n  database: my\\nstore\n") !=
        std::string::npos);
}

}  // namespace pgleast::test
