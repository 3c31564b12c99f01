#include "pg/array_text.hpp"

namespace pgleast {

std::string array_element(std::string_view text, std::size_t& at) {
  std::string element;
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      quoted = !quoted;
    } else if (c == '\\' && at + 1 < text.size()) {
      element += text[++at];
    } else if (!quoted && (c == ',' || c == '}')) {
      break;
    } else {
      element += c;
    }
  }
  return element;
}

std::vector<std::string> array_elements(std::string_view array) {
  std::vector<std::string> elements;
  for (std::size_t at = 1; at + 1 < array.size(); ++at) {
    elements.push_back(array_element(array, at));
  }
  return elements;
}

std::string in_array(std::string_view element) {
  const bool plain = !element.empty() && element != "NULL" &&
                     element.find_first_of("\"\\{}, \t\n\r\v\f") == std::string_view::npos;
  if (plain) return std::string(element);
  std::string result = "\"";
  for (const char c : element) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

}  // namespace pgleast
