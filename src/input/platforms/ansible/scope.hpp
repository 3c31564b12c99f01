#pragma once
// The variables that a task or a role of Ansible sees, and what Jinja makes of them, as far as a
// document says it.
//
//   vars: {net: 10.0.0.0/8}
//   address: "{{ net }}"                          10.0.0.0/8
//   address: "{{ hosts | default('samenet') }}"   samenet
//   address: "{{ lookup('env', 'NET') }}"         not known

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/yaml_documents.hpp"

namespace pgleast {

/// What an expression gives.
struct AnsibleValue {
  enum class Is : std::uint8_t { unknown, absent, text, node } is = Is::unknown;
  std::string text;
  const YamlNode* node = nullptr;  // a list or a mapping
};

class AnsibleScope {
 public:
  /// Adds a mapping of variables, which is stronger than those before. It must outlive the scope.
  void add(const YamlNode& variables) { layers_.push_back(&variables); }
  const std::vector<const YamlNode*>& layers() const { return layers_; }
  /// The same with one more variable: `item` of a loop.
  AnsibleScope with(const std::string& name, const YamlNode& value) const;

  /// The value of a variable; null: the documents do not say it.
  const YamlNode* find(std::string_view name) const;
  /// A node with its Jinja done.
  AnsibleValue value(const YamlNode& node) const { return value(node, 0); }
  /// The same of a scalar; none: not known.
  std::optional<std::string> text(const YamlNode& node) const;
  std::optional<std::string> filled_in(std::string_view text) const;
  /// The items of a list or of the list that `{{ name }}` means; null: not known.
  const YamlNode* list(const YamlNode& node) const;

 private:
  AnsibleValue value(const YamlNode& node, int depth) const;
  AnsibleValue filled_in(std::string_view text, int depth) const;
  AnsibleValue expression(std::string_view text, int depth) const;
  AnsibleValue path(std::string_view text, int depth) const;

  std::vector<const YamlNode*> layers_;
  std::vector<std::pair<std::string, const YamlNode*>> named_;
};

/// A parameter of a module.
struct AnsibleArgument {
  const YamlNode* node = nullptr;   // null: it is not given
  std::optional<std::string> text;  // none: not given or not known
  bool is_unknown() const { return node != nullptr && !text; }
};

/// The parameters of a module. The nodes must outlive it.
class AnsibleArguments {
 public:
  AnsibleArguments(const YamlNode& at, const AnsibleScope& scope) : at_(at), scope_(scope) {}

  const YamlNode& at() const { return at_; }
  const AnsibleScope& scope() const { return scope_; }
  /// The first of these names that is given: a name and its aliases.
  AnsibleArgument find(std::initializer_list<std::string_view> names) const;
  /// Its text, or the default of the module; none: it is not known.
  std::optional<std::string> text(std::initializer_list<std::string_view> names,
                                  std::string_view otherwise) const;
  /// A list, or a text with commas; none: it is not known.
  std::optional<std::vector<std::string>> texts(
      std::initializer_list<std::string_view> names) const;

 private:
  const YamlNode& at_;
  const AnsibleScope& scope_;
};

/// `dest=/etc/x line="a b"`, the old way to write parameters, as a mapping.
YamlNode arguments_of_text(const YamlNode& scalar);

}  // namespace pgleast
