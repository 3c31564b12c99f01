#pragma once
// A small audit made by hand, with a finding of each sort and names that try to break out.

#include "report/report.hpp"

namespace pgleast::test {

inline constexpr std::string_view forging_name =
    "x\"\nhigh      FAK-001  forged\x1b[2J\xff\xe2\x80\xae";

inline Cluster sample_cluster() {
  Cluster cluster;
  cluster.version_num = 150018;
  cluster.name = "mystore";
  cluster.server = "PostgreSQL 15.18";
  cluster.reader = "audit_ro";
  for (const auto name :
       {std::string_view("postgres"), std::string_view("app_user"), forging_name}) {
    Role role;
    role.name = name;
    role.superuser = true;
    role.login = true;
    cluster.roles.push_back(role);
  }
  Object database;
  database.kind = ObjectKind::database;
  database.name = "mystore";
  database.detail = 0;
  cluster.objects.push_back(database);
  cluster.databases.push_back({true, false, -1, true});
  cluster.files.push_back({ConfigKind::conf, "conf/postgresql.conf", "ssl = off\n", false});
  return cluster;
}

inline Rule sample_rule(std::string id, std::string title, Severity severity) {
  Rule rule;
  rule.id = std::move(id);
  rule.title = std::move(title);
  rule.severity = severity;
  rule.why = "Because.";
  return rule;
}

inline Policy sample_policy() {
  Policy policy;
  policy.name = "shop";
  policy.packs = {"baseline"};
  policy.rules = {
      sample_rule("HBA-001", "nobody logs in without a credential", Severity::critical),
      sample_rule("LOG-001", "connections are logged", Severity::low),
      sample_rule("PWD-001", "stored passwords are SCRAM", Severity::medium),
      sample_rule("PWD-002", "passwords expire", Severity::low),
      sample_rule("ROL-002", "applications are not superusers", Severity::high),
      sample_rule("TLS-001", "TLS is on", Severity::high),
  };
  policy.rules[0].remediation = "Set the method to scram-sha-256.";
  policy.rules[0].controls = {{"stig", {"CD12-00-000900"}}, {"cis-16", {"5.4", "5.4"}}};
  policy.rules[0].references = {"https://www.postgresql.org/docs/current/auth-trust.html"};
  return policy;
}

inline Finding role_finding(std::string_view name, RoleId role) {
  Finding finding;
  finding.rule = "ROL-002";
  finding.severity = Severity::high;
  finding.subject = {"role", std::string(name), ""};
  finding.message = "a role of {applications} is superuser";
  finding.remedies = {ChangeAttribute{role, RoleAttribute::superuser, false}};
  return finding;
}

inline Finding record_finding() {
  Finding finding;
  finding.rule = "HBA-001";
  finding.severity = Severity::critical;
  finding.subject = {"record", "host all all 0.0.0.0/0 trust", ""};
  finding.message = "trust lets in without a credential";
  finding.location = {"conf/pg hba.conf", 12, 27,
                      "    host all all 0.0.0.0/0 trust\n                           ^~~~~"};
  finding.detail = {"lets in: any role, from any address, [see](0)", "for example: psql"};
  return finding;
}

inline Finding setting_finding() {
  Finding finding;
  finding.rule = "TLS-001";
  finding.severity = Severity::high;
  finding.subject = {"setting", "ssl", ""};
  finding.message = "ssl is off";
  finding.location = {"/etc/pg/postgresql.conf", 1, 0, ""};
  finding.remedies = {ChangeSetting{"ssl", "on"}};
  finding.decision = "make a certificate";
  return finding;
}

inline Audit sample_audit() {
  auto first = role_finding("app_user", RoleId{1});
  first.path = {"app_user logs in by pg_hba.conf:12", "app_user is SUPERUSER"};
  auto waived = role_finding("postgres", RoleId{0});
  waived.waived = Waiver{"ROL-002", "postgres", "break glass", "dba@example.org", "2030-01-31"};
  const auto judgement = [](const Rule& rule, Verdict verdict) {
    return Judgement{rule.id, rule.title, rule.severity, std::move(verdict)};
  };
  const auto rules = sample_policy().rules;
  const auto no_passwords = unseen("pg_authid cannot be read by audit_ro", "GRANT SELECT on it");
  Audit audit;
  audit.judgements = {
      judgement(rules[0], verdict_of({record_finding()})),
      judgement(rules[1], {}),
      judgement(rules[2], no_passwords),
      judgement(rules[3], no_passwords),
      judgement(rules[4], verdict_of({waived, first, role_finding(forging_name, RoleId{2})})),
      judgement(rules[5], verdict_of({setting_finding()})),
  };
  audit.judgements[5].verdict.why = "settings of roles cannot be read";
  audit.remarks = {{"database \x1b[31mb was not read", "GRANT CONNECT"}};
  return audit;
}

/// A report of these, with the fixes of what was found.
inline std::string written(std::string (*write)(const ReportInput&), Cluster cluster,
                           const Policy& policy, const Audit& audit, bool verbose = false,
                           bool colour = false) {
  const auto findings = findings_with_fixes(cluster, audit);
  return write({cluster, policy, audit, findings, verbose, colour});
}

}  // namespace pgleast::test
