#pragma once
// One rule: what it says, why, how it is checked, how it is fixed, and its own tests.
// One YAML file each under policies/<pack>/; ids are never used twice.

#include <map>
#include <string>
#include <vector>

#include "finding/finding.hpp"
#include "text/yaml.hpp"

namespace pgleast {

struct Rule {
  std::string id;
  std::string title;
  Severity severity = Severity::medium;
  std::string why;
  std::string check;        // a row of the table in checks/check.hpp
  YamlNode check_node;      // where the name stands
  YamlNode with;            // what the check is told; null: nothing
  YamlNode fix;             // what its fix is told; null: nothing
  std::string remediation;  // in words
  std::map<std::string, std::vector<std::string>> controls;  // framework -> its numbers
  std::vector<std::string> references;
  std::vector<std::string> bad, good;  // inputs of the check's kind: hba lines, settings, SQL
  std::string pack;
  bool enabled = true;
};

/// Throws Error (usage) for a word that is no severity.
Severity read_severity(const YamlNode& node);

/// Reads a rule's file, strictly. Throws Error (usage).
Rule read_rule(const YamlNode& node, const std::string& pack);

}  // namespace pgleast
