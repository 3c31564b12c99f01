// The JSON report and its published schema, held together by a validator of the few keywords
// that the schema uses.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "report/sample_report.hpp"
#include "support/catch.hpp"
#include "text/embedded.hpp"

namespace pgleast::test {
namespace {

using Json = nlohmann::json;

class Schema {
 public:
  explicit Schema(std::string_view text) : root_(Json::parse(text)) {}

  /// The places of `value` that break the schema.
  std::vector<std::string> faults(const Json& value) const { return check(root_, value, "$"); }
  const Json& root() const { return root_; }

 private:
  static bool is(const Json& value, const std::string& type) {
    if (type == "integer") return value.is_number_integer();
    return type == value.type_name();
  }

  static bool has_type(const Json& types, const Json& value) {
    if (types.is_string()) return is(value, types);
    return std::any_of(types.begin(), types.end(), [&](const Json& t) { return is(value, t); });
  }

  bool holds(const std::string& keyword, const Json& rule, const Json& value) const {
    if (keyword == "type") return has_type(rule, value);
    if (keyword == "const") return value == rule;
    if (keyword == "enum") return std::find(rule.begin(), rule.end(), value) != rule.end();
    if (keyword == "minimum") return !value.is_number() || value >= rule;
    if (keyword == "pattern") {
      return !value.is_string() ||
             std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>()));
    }
    if (keyword == "anyOf") {
      return std::any_of(rule.begin(), rule.end(),
                         [&](const Json& option) { return check(option, value, "").empty(); });
    }
    if (keyword == "required") {
      return !value.is_object() || std::all_of(rule.begin(), rule.end(), [&](const Json& name) {
        return value.contains(name.get<std::string>());
      });
    }
    const std::set<std::string> elsewhere{
        "$schema",     "$defs", "$ref",       "title",
        "description", "items", "properties", "additionalProperties"};
    return elsewhere.contains(keyword);  // a keyword that is not known here holds nothing
  }

  std::vector<std::string> check(const Json& schema, const Json& value,
                                 const std::string& at) const {
    std::vector<std::string> found;
    const auto add = [&](const std::vector<std::string>& more) {
      found.insert(found.end(), more.begin(), more.end());
    };
    for (const auto& [keyword, rule] : schema.items()) {
      if (!holds(keyword, rule, value)) found.push_back(at + " " + keyword);
    }
    if (schema.contains("$ref")) {
      const auto pointer = schema["$ref"].get<std::string>().substr(1);
      add(check(root_.at(Json::json_pointer(pointer)), value, at));
    }
    if (schema.contains("items") && value.is_array()) {
      for (const auto& item : value) add(check(schema["items"], item, at + "[]"));
    }
    if (!schema.contains("properties") || !value.is_object()) return found;
    for (const auto& [name, item] : value.items()) {
      if (schema["properties"].contains(name)) {
        add(check(schema["properties"][name], item, at + "." + name));
      } else if (schema.value("additionalProperties", true) == false) {
        found.push_back(at + "." + name + " is not in the schema");
      }
    }
    return found;
  }

  Json root_;
};

Json sample_report() {
  const auto cluster = sample_cluster();
  const auto policy = sample_policy();
  return Json::parse(written(json_report, cluster, policy, sample_audit()));
}

const Schema& schema() {
  static const Schema schema(embedded_file("src/report/report.schema.json"));
  return schema;
}

// Every object of the schema that lists properties, to hold it to be strict.
void objects_of(const Json& node, std::vector<Json>& found) {
  if (node.is_object() && node.contains("properties") && node.contains("type")) {
    found.push_back(node);
  }
  for (const auto& child : node) {
    if (child.is_structured()) objects_of(child, found);
  }
}

}  // namespace

TEST_CASE("the JSON report is as its schema says", "[report][json]") {
  CHECK(schema().faults(sample_report()) == std::vector<std::string>{});
  const Cluster cluster;
  const Policy policy;
  const auto empty = written(json_report, cluster, policy, Audit());
  CHECK(schema().faults(Json::parse(empty)) == std::vector<std::string>{});
}

TEST_CASE("the schema is strict and sees what is wrong", "[report][json]") {
  std::vector<Json> objects;
  objects_of(schema().root(), objects);
  CHECK(objects.size() == 14);
  for (const auto& object : objects) {
    CAPTURE(object.dump());
    CHECK(object.value("additionalProperties", true) == false);
    // What is there only where a report is of several clusters.
    const auto& properties = object["properties"];
    const bool of_several = properties.contains("clusters") ||
                            (properties.contains("cluster") && !properties.contains("called"));
    CHECK(object["required"].size() + (of_several ? 1U : 0U) == properties.size());
  }

  struct Case {
    const char* place;
    Json value;
    const char* fault;
  };
  for (const auto& c : std::vector<Case>{
           {"/schema", "pgleast-report/2", "$.schema const"},
           {"/cluster/version", "15", "$.cluster.version type"},
           {"/extra", 1, "$.extra is not in the schema"},
           {"/findings/0/extra", 1, "$.findings[].extra is not in the schema"},
           {"/findings/0/severity", "grave", "$.findings[].severity enum"},
           {"/findings/0/location/line", 0, "$.findings[].location anyOf"},
           {"/findings/0/fingerprint", "12", "$.findings[].fingerprint pattern"},
           {"/findings/0/path/0", 7, "$.findings[].path[] type"},
           {"/findings/0/subject", Json::object(), "$.findings[].subject required"},
           {"/summary/holds", -1, "$.summary.holds minimum"},
       }) {
    auto report = sample_report();
    report[Json::json_pointer(c.place)] = c.value;
    CHECK(schema().faults(report) == std::vector<std::string>{c.fault});
  }
}

TEST_CASE("the JSON report says what the audit says", "[report][json]") {
  const auto report = sample_report();
  CHECK(report["cluster"] == Json::parse(R"({"name": "mystore", "server": "PostgreSQL 15.18",
      "version": 150018, "reader": "audit_ro", "databases": ["mystore"]})"));
  CHECK(report["policy"] == Json::parse(R"({"name": "shop", "packs": ["baseline"]})"));
  CHECK(report["summary"] == Json::parse(R"({"rules": 6, "holds": 1, "broken": 3, "unseen": 2,
      "waived": 1, "findings": {"critical": 1, "high": 3, "medium": 0, "low": 0, "info": 0}})"));
  CHECK(report["verdicts"].size() == 6);
  CHECK(report["verdicts"][2] == Json::parse(R"({"rule": "PWD-001",
      "title": "stored passwords are SCRAM", "severity": "medium", "verdict": "unseen",
      "why": "pg_authid cannot be read by audit_ro", "remedy": "GRANT SELECT on it"})"));
  CHECK(report["findings"].size() == 5);
  CHECK(report["findings"][1] == Json::parse(R"({"rule": "ROL-002", "severity": "high",
      "fingerprint": "b32eeaae4cf7ea14",
      "subject": {"kind": "role", "name": "app_user", "database": null},
      "message": "a role of {applications} is superuser", "location": null,
      "path": ["app_user logs in by pg_hba.conf:12", "app_user is SUPERUSER"], "detail": [],
      "decision": null, "waived": null, "fix": {"sql": ["ALTER ROLE \"app_user\" NOSUPERUSER;"],
      "undo": ["ALTER ROLE \"app_user\" SUPERUSER;"], "edits": []}})"));
  CHECK(report["findings"][3]["location"] ==
        Json::parse(R"({"file": "/etc/pg/postgresql.conf", "line": 1, "column": null})"));
  CHECK(report["findings"][3]["fix"]["edits"] ==
        Json::parse(R"([{"file": "conf/postgresql.conf", "line": 1, "before": "ssl = off",
                         "after": "ssl = on"}])"));
  CHECK(report["findings"][4]["waived"] == Json::parse(R"({"reason": "break glass",
      "owner": "dba@example.org", "expires": "2030-01-31"})"));
  CHECK(report["remarks"] == Json::parse(R"([{"why": "database \u001b[31mb was not read",
      "remedy": "GRANT CONNECT"}])"));
}

TEST_CASE("the JSON report is text that drives no terminal, names whole", "[report][json]") {
  const auto cluster = sample_cluster();
  const auto policy = sample_policy();
  const auto report = written(json_report, cluster, policy, sample_audit());
  CHECK(report == written(json_report, cluster, policy, sample_audit()));
  CHECK(report.starts_with("{\n  \"schema\": \"pgleast-report/1\",\n  \"pgleast\": \""));
  CHECK(report.ends_with("\n}\n"));
  CHECK(std::all_of(report.begin(), report.end(),
                    [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  CHECK(Json::parse(report)["findings"][2]["subject"]["name"] ==
        "x\"\nhigh      FAK-001  forged\x1b[2J\xef\xbf\xbd\xe2\x80\xae");
}

}  // namespace pgleast::test
