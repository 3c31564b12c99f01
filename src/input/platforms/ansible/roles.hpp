#pragma once
// Roles of Ansible that many use: what they make of their variables, and what their templates add.
// One table; a row is a role.

#include <span>
#include <string_view>

#include "input/platforms/ansible/run.hpp"

namespace pgleast {

struct AnsibleRole {
  std::string_view called;  // `geerlingguy.postgresql`
  bool (*is_named)(std::string_view name);
  /// Variables that only this role has.
  std::span<const std::string_view> variables;
  /// `at`: where the document would say what it does not say.
  void (*run)(AnsibleRun& run, const AnsibleScope& scope, const YamlNode& at);
};

/// Null: none of that name.
const AnsibleRole* ansible_role_named(std::string_view name);
/// By its variables; the place of the first of them in `found`. Null: none of them is there.
const AnsibleRole* ansible_role_of(const YamlNode& variables, const YamlNode*& found);

}  // namespace pgleast
