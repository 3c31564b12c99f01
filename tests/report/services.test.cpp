// What a CI service is given: GitHub's workflow commands, GitLab's code quality, JUnit, Markdown.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "report/sample_report.hpp"
#include "support/catch.hpp"

namespace pgleast::test {
namespace {

std::string report(std::string (*write)(const ReportInput&), bool verbose = false) {
  return written(write, sample_cluster(), sample_policy(), sample_audit(), verbose);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Nothing of a name from outside begins a line, or drives a terminal.
void is_tame(const std::string& text) {
  CHECK(!has(text, "\nhigh      FAK-001"));
  CHECK(!has(text, "\x1b"));
  CHECK(!has(text, "\xff"));
  CHECK(!has(text, "\xe2\x80\xae"));
}

}  // namespace

TEST_CASE("workflow commands are a line each, at the places of the findings", "[report][github]") {
  const auto text = report(github_report);
  is_tame(text);
  CHECK(has(text,
            "::error file=conf/pg hba.conf,line=12,col=27,title=HBA-001 (critical)::trust lets in "
            "without a credential%0Alets in: any role"));
  CHECK(has(text, "::error title=ROL-002 (high)::a role of {applications} is superuser%0Apath: "));
  CHECK(has(text, "::warning title=PWD-001 is unseen::stored passwords are SCRAM: pg_authid "));
  const auto lines = std::count(text.begin(), text.end(), '\n');
  CHECK(lines == 4 + 2 + 1);  // findings but the waived one, unseen rules, the summary
  CHECK(std::count_if(text.begin(), text.end(), [](char c) { return c == '\r'; }) == 0);
  const auto all = report(github_report, true);
  CHECK(std::count(all.begin(), all.end(), '\n') == lines + 1);
}

TEST_CASE("a code quality report has an issue for each finding and each rule that is unseen",
          "[report][gitlab]") {
  const auto text = report(gitlab_report);
  is_tame(text);
  const auto issues = nlohmann::json::parse(text);
  REQUIRE(issues.size() == 6);
  CHECK(issues[0] == nlohmann::json::parse(R"({
    "description": "trust lets in without a credential",
    "check_name": "HBA-001",
    "fingerprint": ")" + fingerprint(record_finding()) +
                                           R"(",
    "severity": "blocker",
    "location": {"path": "conf/pg hba.conf", "lines": {"begin": 12}},
    "content": {"body": "trust lets in without a credential\nlets in: any role, from any address, [see](0)\nfor example: psql"}
  })"));
  std::set<std::string> prints;
  for (const auto& issue : issues) prints.insert(issue.at("fingerprint").get<std::string>());
  CHECK(prints.size() == issues.size());
  CHECK(issues.back().at("check_name") == "PWD-002");
  CHECK(issues.back().at("description").get<std::string>().starts_with("unseen: "));
}

TEST_CASE("JUnit's file has a test for each rule", "[report][junit]") {
  const auto text = report(junit_report);
  is_tame(text);
  CHECK(has(text, "<testsuites tests=\"6\" failures=\"3\" errors=\"0\" skipped=\"2\">"));
  CHECK(has(text, "<testcase classname=\"pgleast\" name=\"LOG-001 connections are logged\"/>"));
  CHECK(
      has(text, "name=\"PWD-002 passwords expire\">\n      <skipped message=\"unseen: pg_authid "));
  CHECK(has(text, "<failure type=\"high\" message=\"2 findings\">a role of {applications} is"));
  CHECK(has(text, "fix: ALTER ROLE &quot;app_user&quot; NOSUPERUSER;"));
  Audit odd;
  odd.judgements = {{"A", "<b a=\"1\">&\xef\xbf\xbf</b>", Severity::low, {}}};
  CHECK(has(written(junit_report, sample_cluster(), sample_policy(), odd),
            "name=\"A &lt;b a=&quot;1&quot;&gt;&amp;\xef\xbf\xbd&lt;/b&gt;\""));
}

TEST_CASE("a comment of a pull request fits one screen, and its names are text",
          "[report][markdown]") {
  const auto text = report(markdown_report);
  is_tame(text);
  CHECK(has(text,
            "| critical | HBA-001 | trust lets in without a credential | conf/pg "
            "hba.conf&#58;12 |"));
  CHECK(has(text, "Not checked, and so not clean: PWD-001 and PWD-002."));
  Audit many;
  auto& findings =
      many.judgements.emplace_back(Judgement{"ROL-002", "t", Severity::high, {}}).verdict.findings;
  for (int i = 0; i < 100; ++i) {
    findings.push_back(role_finding("[a](http://x) @all <b> |\n# " + std::to_string(i), RoleId{1}));
  }
  many.judgements[0].verdict = verdict_of(findings);
  const auto long_text = written(markdown_report, sample_cluster(), sample_policy(), many);
  CHECK(std::count(long_text.begin(), long_text.end(), '\n') < 25);
  CHECK(has(long_text, "and 88 more findings"));
  for (const auto* const part : {"[a]", "@all", "<b>", "\n# "}) {
    INFO(part);
    CHECK(!has(long_text, part));
  }
}

}  // namespace pgleast::test
