#pragma once
// Values of Helm's charts: a file of them, those of one that the chart of the file depends on
// below its key, or those that Flux or Argo CD hand to it.
//
//   postgresql:
//     enabled: true
//     auth: {username: app}

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "text/yaml_documents.hpp"

namespace pgleast {

struct ValuesSection {
  std::string key;               // postgresql
  const YamlNode* at = nullptr;  // the key, or all values
  const YamlNode* values = nullptr;
};

/// None: a document of another kind.
const YamlNode* helm_values(const YamlNode& document);
/// The values of a chart by what they look like; less will do below a key that says `postgres`.
using AreItsValues = bool (*)(const YamlNode& values, bool below_named_key);
std::vector<ValuesSection> sections_of(const YamlNode& document, AreItsValues are_its);

/// There, and not null.
bool has(const YamlNode& node, std::initializer_list<std::string_view> keys);
/// None: it is not said, or empty.
const YamlNode* said(const YamlNode* node);

}  // namespace pgleast
