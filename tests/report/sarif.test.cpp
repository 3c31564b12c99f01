#include <nlohmann/json.hpp>

#include <algorithm>

#include "report/sample_report.hpp"
#include "support/catch.hpp"

namespace pgleast::test {
namespace {

using Json = nlohmann::json;

Json run_of(const Audit& audit, bool verbose = false, Policy policy = sample_policy()) {
  const auto cluster = sample_cluster();
  const auto log = Json::parse(written(sarif_report, cluster, policy, audit, verbose));
  CHECK(log["version"] == "2.1.0");
  CHECK(log["$schema"].get<std::string>().ends_with("/sarif-schema-2.1.0.json"));
  REQUIRE(log["runs"].size() == 1);
  return log["runs"][0];
}

Json result_of(const Finding& finding) {
  Audit audit;
  audit.judgements = {{finding.rule, "t", finding.severity, verdict_of({finding})}};
  const auto results = run_of(audit)["results"];
  REQUIRE(results.size() == 1);
  return results[0];
}

}  // namespace

TEST_CASE("each rule that was checked is described", "[report][sarif]") {
  const auto run = run_of(sample_audit());
  CHECK(run["columnKind"] == "unicodeCodePoints");
  const auto driver = run["tool"]["driver"];
  CHECK(driver["name"] == "pgleast");
  CHECK(driver["version"] == driver["semanticVersion"]);
  REQUIRE(driver["rules"].size() == 6);
  CHECK(driver["rules"][0] == Json::parse(R"({
    "id": "HBA-001",
    "name": "NobodyLogsInWithoutACredential",
    "shortDescription": {"text": "nobody logs in without a credential"},
    "fullDescription": {"text": "Because."},
    "help": {
      "text": "Because.\n\nRemediation: Set the method to scram-sha-256.\n\nReferences:\nhttps://www.postgresql.org/docs/current/auth-trust.html",
      "markdown": "Because.\n\n**Remediation**: Set the method to scram-sha-256.\n\n**References**\n\n- <https://www.postgresql.org/docs/current/auth-trust.html>"
    },
    "defaultConfiguration": {"level": "error"},
    "properties": {
      "tags": ["security", "cis-16/5.4", "stig/CD12-00-000900"],
      "precision": "high",
      "security-severity": "9.5"
    }
  })"));
}

TEST_CASE("a severity is a level and a score that code scanning reads as the same",
          "[report][sarif]") {
  struct Case {
    Severity severity;
    const char* level;
    const char* score;
  };
  for (const auto& c :
       {Case{Severity::critical, "error", "9.5"}, Case{Severity::high, "error", "8.0"},
        Case{Severity::medium, "warning", "5.5"}, Case{Severity::low, "note", "2.0"},
        Case{Severity::info, "note", ""}}) {
    auto finding = record_finding();
    finding.severity = c.severity;
    Audit audit;
    audit.judgements = {{"HBA-001", "t", c.severity, verdict_of({finding})}};
    const auto run = run_of(audit);
    const auto rule = run["tool"]["driver"]["rules"][0];
    CHECK(run["results"][0]["level"] == c.level);
    CHECK(rule["defaultConfiguration"]["level"] == c.level);
    CHECK(rule["properties"].value("security-severity", "") == c.score);
  }
}

TEST_CASE("a finding in a file points there", "[report][sarif]") {
  CHECK(run_of(sample_audit())["results"][0] == Json::parse(R"x({
    "ruleId": "HBA-001",
    "ruleIndex": 0,
    "level": "error",
    "message": {"text": "trust lets in without a credential\nlets in: any role, from any address, [see\\](0)\nfor example: psql"},
    "locations": [{
      "physicalLocation": {
        "artifactLocation": {"uri": "conf/pg%20hba.conf", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12, "startColumn": 27}
      },
      "logicalLocations": [{
        "name": "host all all 0.0.0.0/0 trust",
        "fullyQualifiedName": "host all all 0.0.0.0/0 trust",
        "kind": "record"
      }]
    }],
    "partialFingerprints": {"pgleastFingerprint/v1": "ecd4996353c6de04"}
  })x"));
}

TEST_CASE("a path becomes a URI", "[report][sarif]") {
  struct Case {
    const char* path;
    const char* artifact;
  };
  for (const auto& c : {
           Case{"pg_hba.conf", R"({"uri": "pg_hba.conf", "uriBaseId": "%SRCROOT%"})"},
           Case{"././a/b.conf", R"({"uri": "a/b.conf", "uriBaseId": "%SRCROOT%"})"},
           Case{"../b#1.conf", R"({"uri": "../b%231.conf", "uriBaseId": "%SRCROOT%"})"},
           Case{"c:d%20?\n", R"({"uri": "c%3Ad%2520%3F%0A", "uriBaseId": "%SRCROOT%"})"},
           Case{"/etc/pg/\xc3\xa4\xff.conf", R"({"uri": "file:///etc/pg/%C3%A4%FF.conf"})"},
       }) {
    auto finding = record_finding();
    finding.location = {c.path, 0, 0, ""};
    const auto place = result_of(finding)["locations"][0]["physicalLocation"];
    CHECK(place["artifactLocation"] == Json::parse(c.artifact));
    CHECK(place["region"] == Json::parse(R"({"startLine": 1})"));
  }
}

TEST_CASE("a path is a flow where it is known of a step where it was said", "[report][sarif]") {
  auto finding = record_finding();
  finding.path = {"app logs in", "app may SET ROLE boss (roles.sql:3)"};
  CHECK(!result_of(finding).contains("codeFlows"));
  finding.path[1].said = Location{"roles.sql", 3, 5, ""};
  CHECK(result_of(finding)["codeFlows"] == Json::parse(R"x([{"threadFlows": [{"locations": [
    {"location": {"message": {"text": "app logs in"}}},
    {"location": {
      "message": {"text": "app may SET ROLE boss (roles.sql:3)"},
      "physicalLocation": {
        "artifactLocation": {"uri": "roles.sql", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 5}
      }
    }}
  ]}]}])x"));
}

TEST_CASE("a finding of the catalogs points at the policy, else at a file", "[report][sarif]") {
  const auto uri = [](const Json& run) {
    return run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
  };
  const auto run = run_of(sample_audit());
  CHECK(uri(run) == "conf/postgresql.conf");
  CHECK(run["results"][1]["locations"][0]["logicalLocations"] ==
        Json::parse(R"([{"name": "app_user", "fullyQualifiedName": "app_user", "kind": "role"}])"));
  // Code scanning would take all findings of one rule at one line for one.
  CHECK(run["results"][1]["partialFingerprints"] ==
        Json::parse(R"({"pgleastFingerprint/v1": "b32eeaae4cf7ea14",
                        "primaryLocationLineHash": "b32eeaae4cf7ea14:1"})"));

  auto policy = sample_policy();
  RoleClass role_class;
  role_class.at.source = std::make_shared<const Source>("deploy/policy.yaml", "");
  policy.classes.push_back(role_class);
  CHECK(uri(run_of(sample_audit(), false, policy)) == "deploy/policy.yaml");

  const Cluster nothing;
  Audit audit;
  auto finding = role_finding("a", RoleId{0});
  finding.remedies.clear();
  audit.judgements = {{"ROL-002", "t", Severity::high, verdict_of({finding})}};
  const auto log = Json::parse(written(sarif_report, nothing, sample_policy(), audit));
  CHECK(
      log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] ==
      "postgresql-catalogs");
}

TEST_CASE("what is unseen is told by the run, and is no alert", "[report][sarif]") {
  const auto invocations = run_of(sample_audit())["invocations"];
  REQUIRE(invocations.size() == 1);
  CHECK(invocations[0]["executionSuccessful"] == true);
  CHECK(invocations[0]["toolExecutionNotifications"] == Json::parse(R"([
    {"level": "warning", "associatedRule": {"id": "PWD-001", "index": 2}, "message": {"text":
      "PWD-001 is unseen: pg_authid cannot be read by audit_ro; GRANT SELECT on it"}},
    {"level": "note", "associatedRule": {"id": "PWD-002", "index": 3}, "message": {"text":
      "PWD-002 is unseen: pg_authid cannot be read by audit_ro; GRANT SELECT on it"}},
    {"level": "warning", "associatedRule": {"id": "TLS-001", "index": 5}, "message": {"text":
      "TLS-001 in part: settings of roles cannot be read"}},
    {"level": "note", "message": {"text": "database \\x1b[31mb was not read; GRANT CONNECT"}}
  ])"));
}

TEST_CASE("a waived finding is left out, and suppressed with --verbose", "[report][sarif]") {
  CHECK(run_of(sample_audit())["results"].size() == 4);
  const auto results = run_of(sample_audit(), true)["results"];
  REQUIRE(results.size() == 5);
  CHECK_FALSE(results[3].contains("suppressions"));
  CHECK(results[4]["suppressions"] == Json::parse(R"([{"kind": "external", "status": "accepted",
      "justification": "break glass (dba@example.org), until 2030-01-31"}])"));
}

TEST_CASE("names are shown in messages, not obeyed", "[report][sarif]") {
  const auto cluster = sample_cluster();
  const auto policy = sample_policy();
  const auto text = written(sarif_report, cluster, policy, sample_audit());
  CHECK(std::all_of(text.begin(), text.end(),
                    [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  const auto result = Json::parse(text)["runs"][0]["results"][2];
  CHECK(result["message"]["text"] ==
        "a role of {{applications}} is superuser\n"
        R"(fix: ALTER ROLE "x""\nhigh      FAK-001  forged\x1b[2J\xff\u202e" NOSUPERUSER;)");
  CHECK(result["locations"][0]["logicalLocations"][0]["name"] ==
        R"(x"\nhigh      FAK-001  forged\x1b[2J\xff\u202e)");
}

TEST_CASE("a description is no longer than code scanning takes", "[report][sarif]") {
  Audit audit;
  std::string title;
  for (int i = 0; i < 2000; ++i) title += "\xc3\xa4";
  audit.judgements = {{"HBA-001", title, Severity::high, {}}, {"X", "", Severity::low, {}}};
  const auto rules = run_of(audit)["tool"]["driver"]["rules"];
  const auto text = rules[0]["shortDescription"]["text"].get<std::string>();
  CHECK(character_count(text) == 1024);
  CHECK(text.ends_with("\xc3\xa4..."));
  CHECK(rules[1]["shortDescription"]["text"] == "-");
}

}  // namespace pgleast::test
