#include "input/code/tree_member.hpp"

#include <nlohmann/json.hpp>

namespace pgleast {

const nlohmann::json& member(const nlohmann::json& node, const char* key) {
  static const nlohmann::json nothing;
  const auto found = node.find(key);
  return found == node.end() ? nothing : *found;
}

std::string member_text(const nlohmann::json& node, const char* key) {
  const auto& value = member(node, key);
  return value.is_string() ? value.get<std::string>() : "";
}

std::string name_part(const nlohmann::json& node) {
  const auto& string = member(node, "String");
  return string.is_object() ? string.value("sval", string.value("str", std::string())) : "";
}

std::pair<std::string, std::string> qualified(const nlohmann::json& parts) {
  if (!parts.is_array() || parts.empty()) return {};
  const auto size = parts.size();
  return {size < 2 ? "" : name_part(parts[size - 2]), name_part(parts[size - 1])};
}

std::optional<std::string> constant_text(const nlohmann::json& node) {
  if (const auto& cast = member(node, "TypeCast"); cast.is_object()) {
    return constant_text(member(cast, "arg"));
  }
  if (const auto& constant = member(node, "A_Const"); constant.is_object()) {
    for (const char* const key : {"sval", "val"}) {
      const auto& value = member(constant, key);
      if (value.is_string()) return value.get<std::string>();
      if (value.is_object() && value.contains("sval")) return member_text(value, "sval");
      if (value.is_object() && value.contains("String")) return name_part(value);
    }
    return std::nullopt;
  }
  const auto& operation = member(node, "A_Expr");
  if (!operation.is_object() || qualified(member(operation, "name")).second != "||") {
    return std::nullopt;
  }
  const auto left = constant_text(member(operation, "lexpr"));
  const auto right = left ? constant_text(member(operation, "rexpr")) : std::nullopt;
  return right ? std::optional(*left + *right) : std::nullopt;
}

}  // namespace pgleast
