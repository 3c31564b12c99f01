#pragma once
// YAML as a tree of our own in which every node knows its place (yaml-cpp's types stop in
// yaml.cpp). Anchors, aliases and tags are refused: a policy says everything where it is
// read. A key given twice in one mapping is refused.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "text/diagnostic.hpp"

namespace pgleast {

struct YamlEntry;

struct YamlNode {
  enum class Kind { null, scalar, sequence, mapping } kind = Kind::null;
  std::string text;                // scalar
  bool quoted = false;             // scalar: in quotes, so never null, boolean or number
  std::vector<YamlNode> items;     // sequence
  std::vector<YamlEntry> entries;  // mapping, in order
  Span span;
  std::shared_ptr<const Source> source;  // shared: messages outlive the reading

  bool is(Kind k) const { return kind == k; }
};

struct YamlEntry {
  YamlNode first;   // the key
  YamlNode second;  // the value
};

/// The one document of `source`. Throws Error (usage) with its place.
YamlNode read_yaml(Source source);

/// "policy.yaml:7:12", safe to show.
std::string place_of(const YamlNode& node);

/// A policy that is not valid, at a place.
[[noreturn]] void fail_policy(const YamlNode& at, std::string message);

/// Reads a mapping key by key; finish() refuses what nobody asked for.
class MapReader {
 public:
  /// `what` names the mapping in messages: "a rule". A null node is an empty mapping.
  MapReader(const YamlNode& node, std::string what);

  const YamlNode& node() const { return node_; }
  bool has(const std::string& key) const;
  const YamlNode* find(const std::string& key);
  const YamlNode& need(const std::string& key);

  std::string text(const std::string& key);                                // required
  std::string text(const std::string& key, const std::string& otherwise);  // optional
  std::string said(const std::string& key);  // required, and not empty
  bool boolean(const std::string& key, bool otherwise);
  std::vector<std::string> texts(const std::string& key);  // a list or one; missing: empty

  /// Throws for a key that was never asked for, naming the nearest one that was.
  void finish() const;

 private:
  const YamlNode& node_;
  std::string what_;
  std::vector<std::string> asked_;
};

std::string scalar_text(const YamlNode& node);
std::vector<std::string> scalar_texts(const YamlNode& node);  // a list of scalars, or one
bool scalar_boolean(const YamlNode& node);

}  // namespace pgleast
