#include "input/platforms/role_words.hpp"

#include <fmt/format.h>

#include "pg/identifier.hpp"

namespace pgleast {

std::string attribute_word(const YamlNode& role, std::string_view key, std::string_view word) {
  const auto value = truth_of(find_node(role, {key}));
  if (!value) return "";
  return fmt::format(" {}{}", *value ? "" : "NO", word);
}

std::string create_role(const std::string& name, const std::string& words) {
  return fmt::format("CREATE ROLE {}{}", quote_identifier(name), words);
}

std::string alter_role(const std::string& name, const std::string& words) {
  return fmt::format("ALTER ROLE {}{}", quote_identifier(name), words);
}

}  // namespace pgleast
