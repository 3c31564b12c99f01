#pragma once
// YAML as other tools write it: several documents in one file, anchors, aliases and merge keys.
// Every node knows its place; one that an alias stands for has the place of its anchor.
//
//   x-db: &db {POSTGRES_USER: app}
//   environment: {<<: *db, POSTGRES_DB: shop}      POSTGRES_USER stands in line 1

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/yaml.hpp"

namespace pgleast {

struct YamlDocuments {
  std::vector<YamlNode> documents;  // those before the error, where there is one
  std::optional<Diagnostic> error;
};
/// Tags are left out, of a key that is given twice the last counts, as these tools do it. Never
/// throws: what is too large, too deep or grows by its aliases is an error.
YamlDocuments read_yaml_documents(Source text);

/// The value below these keys; none: one of them is not there or is no mapping.
const YamlNode* find_node(const YamlNode& node, std::initializer_list<std::string_view> keys);
/// The last of these keys itself: where it stands.
const YamlNode* find_key(const YamlNode& node, std::initializer_list<std::string_view> keys);
/// The text of that value, where it is a scalar.
std::optional<std::string> find_text(const YamlNode& node,
                                     std::initializer_list<std::string_view> keys);
/// yes, true and on, whatever their case; none: it is no scalar that says so.
std::optional<bool> truth_of(const YamlNode* node);

/// A line of a scalar's text.
struct ScalarLine {
  std::string text;
  std::size_t at = 0;        // where in the file it stands, or the scalar does
  bool is_verbatim = false;  // its bytes are those of the file
};
/// Of a block each line, else all of it.
std::vector<ScalarLine> lines_of(const YamlNode& scalar);

}  // namespace pgleast
