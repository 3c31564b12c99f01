#include "input/sql/node.hpp"

#include "pg/setting_value.hpp"

namespace pgleast {

std::string text_at(const SqlNode& node, const char* key) { return node.value(key, std::string()); }

bool truth_at(const SqlNode& node, const char* key) { return node.value(key, false); }

const SqlNode& list_at(const SqlNode& node, const char* key) {
  static const SqlNode nothing = SqlNode::array();
  const auto found = node.find(key);
  return found == node.end() ? nothing : *found;
}

const SqlNode& node_at(const SqlNode& node, const char* key) {
  static const SqlNode nothing = SqlNode::object();
  const auto found = node.find(key);
  return found == node.end() ? nothing : *found;
}

const SqlNode& inside(const SqlNode& node, const char* kind) {
  const auto found = node.find(kind);
  return found == node.end() ? node : *found;
}

// Before the grammar of version 15 the value of a String is `str`.
std::string string_of(const SqlNode& node) {
  const auto& inner = inside(node, "String");
  return inner.value("sval", inner.value("str", std::string()));
}

std::vector<std::string> strings_of(const SqlNode& list) {
  std::vector<std::string> result;
  for (const auto& node : items_of(list)) result.push_back(string_of(node));
  return result;
}

const SqlNode& items_of(const SqlNode& node) {
  return node.contains("List") ? list_at(node["List"], "items") : node;
}

RoleName role_name(const SqlNode& node) {
  const auto& spec = inside(node, "RoleSpec");
  const auto type = text_at(spec, "roletype");
  if (type == "ROLESPEC_PUBLIC") return {RoleName::Kind::everyone, ""};
  if (type == "ROLESPEC_CSTRING") return {RoleName::Kind::name, text_at(spec, "rolename")};
  if (type == "ROLESPEC_SESSION_USER") return {RoleName::Kind::session_user, ""};
  return {RoleName::Kind::current_user, ""};
}

std::vector<RoleName> role_names(const SqlNode& list) {
  std::vector<RoleName> result;
  for (const auto& node : list) result.push_back(role_name(node));
  return result;
}

const SqlNode* option_named(const SqlNode& options, std::string_view name) {
  static const SqlNode nothing;
  for (const auto& item : options) {
    const auto& element = inside(item, "DefElem");
    if (text_at(element, "defname") != name) continue;
    const auto argument = element.find("arg");
    return argument == element.end() ? &nothing : &*argument;
  }
  return nullptr;
}

// Before the grammar of version 15 a Boolean is an Integer.
bool bool_of(const SqlNode& argument) {
  if (argument.is_null()) return true;
  if (argument.contains("Boolean")) return truth_at(argument["Boolean"], "boolval");
  if (argument.contains("Integer")) return argument["Integer"].value("ival", 0) != 0;
  return parse_bool(word_of(argument)).value_or(true);
}

std::string word_of(const SqlNode& argument) {
  if (argument.contains("Integer")) {
    return std::to_string(argument["Integer"].value("ival", 0));
  }
  if (argument.contains("Boolean")) {
    return truth_at(argument["Boolean"], "boolval") ? "true" : "false";
  }
  if (argument.contains("Float")) return text_at(argument["Float"], "fval");
  if (argument.contains("TypeName")) {
    const auto names = strings_of(list_at(argument["TypeName"], "names"));
    return names.empty() ? "" : names.back();
  }
  if (argument.contains("A_Const")) {
    const auto& constant = argument["A_Const"];
    for (const char* const key : {"sval", "ival", "boolval", "fval", "val"}) {
      const auto found = constant.find(key);
      if (found == constant.end()) continue;
      if (key[0] == 's' || key[0] == 'v') return string_of(*found);
      if (key[0] == 'f') return text_at(*found, "fval");
      if (key[0] == 'b') return truth_at(*found, "boolval") ? "true" : "false";
      return std::to_string(found->value("ival", 0));
    }
    return "";
  }
  return string_of(argument);
}

}  // namespace pgleast
