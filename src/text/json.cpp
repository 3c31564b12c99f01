#include "text/json.hpp"

#include <nlohmann/json.hpp>

namespace pgleast {
namespace {

template <typename Json>
std::string text_of_json(const Json& value, int indent, std::string_view line_break) {
  auto text = value.dump(indent, ' ', true, Json::error_handler_t::replace);
  if (line_break == "\n") return text;
  std::string result;
  for (const char c : text) c == '\n' ? result += line_break : result += c;
  return result;
}

}  // namespace

std::string json_text(const nlohmann::json& value, int indent, std::string_view line_break) {
  return text_of_json(value, indent, line_break);
}

std::string json_text(const nlohmann::ordered_json& value, int indent,
                      std::string_view line_break) {
  return text_of_json(value, indent, line_break);
}

}  // namespace pgleast
