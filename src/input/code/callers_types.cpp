#include "input/code/callers_types.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "input/sql/node.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

/// `NEW`, `updated` of ` NEW.updated[1]`; `X` of `"X"`: as the parser folds them.
std::vector<std::string> names_in(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  std::vector<std::string> result(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      const bool doubled = quoted && text.substr(i + 1).starts_with('"');
      if (doubled) result.back() += text[i++];
      quoted = quoted == doubled;
    } else if (quoted) {
      result.back() += c;
    } else if (c == '[') {
      break;
    } else if (c == '.') {
      result.emplace_back();
    } else if (blanks.find(c) == std::string_view::npos) {
      result.back() += lower_case(std::string(1, c));
    }
  }
  return result;
}

}  // namespace

bool takes_any_type(std::string_view type) {
  constexpr std::string_view catalog = "pg_catalog.", variadic = "VARIADIC ", array = "[]";
  if (type.starts_with(variadic)) type.remove_prefix(variadic.size());
  if (type.starts_with(catalog)) type.remove_prefix(catalog.size());
  if (type.ends_with(array)) type.remove_suffix(array.size());
  return type == "record" || type.starts_with("any") || type == "\"any\"";
}

CallersTypes::CallersTypes(const std::vector<Parameter>& parameters, bool trigger)
    : trigger_(trigger) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!parameters[i].any_type) continue;
    names_.insert(fmt::format("${}", i + 1));
    if (!parameters[i].name.empty()) names_.insert(parameters[i].name);
  }
  if (trigger) names_.insert({"new", "old"});
}

bool CallersTypes::is_one(const std::string& key, const nlohmann::json& value) const {
  if (names_.empty()) return false;
  if (key == "ParamRef") return names_.contains(fmt::format("${}", value.value("number", 0)));
  if (key != "ColumnRef") return false;
  // Of several the first is the row's name, or the function's.
  for (const auto& part : strings_of(list_at(value, "fields"))) {
    if (names_.contains(part)) return true;
  }
  return false;
}

bool CallersTypes::is_row(std::string_view text) const {
  const auto names = names_in(text);
  return trigger_ && names.size() == 1 && names_.contains(names.front());
}

// The first may be the function's name, or a block's.
bool CallersTypes::is_target(std::string_view text) const {
  const auto names = names_in(text);
  return names_.contains(names.front()) || (names.size() > 1 && names_.contains(names[1]));
}

bool CallersTypes::is_looked_at(const std::string& key, const nlohmann::json& value) const {
  if (key != "NullTest") return false;
  const auto& looked_at = node_at(value, "arg");
  for (auto item = looked_at.begin(); item != looked_at.end(); ++item) {
    if (is_one(item.key(), *item)) return true;
  }
  return false;
}

}  // namespace pgleast
