#include "pg/name_list.hpp"

#include <algorithm>

#include "text/display.hpp"

namespace pgleast {
namespace {

void skip_blanks(std::string_view& rest, std::string_view blanks) {
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
}

/// A name in double quotes, "" being one quote.
std::optional<std::string> quoted_name(std::string_view& rest) {
  std::string name;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      if (i + 1 == rest.size() || rest[i + 1] != '"') {
        rest.remove_prefix(i + 1);
        return name;
      }
      ++i;
    }
    name += rest[i];
  }
  return std::nullopt;
}

std::optional<std::string> plain_name(std::string_view& rest, std::string_view blanks) {
  const auto end = std::min({rest.find(','), rest.find_first_of(blanks), rest.size()});
  if (end == 0) return std::nullopt;
  std::string name(rest.substr(0, end));
  rest.remove_prefix(end);
  return name;
}

enum class Names { as_they_are, identifiers };

std::optional<std::string> next_name(std::string_view& rest, std::string_view blanks, Names names) {
  const bool quoted = rest.starts_with('"');
  auto name = quoted ? quoted_name(rest) : plain_name(rest, blanks);
  if (!name || names == Names::as_they_are) return name;
  return cut_name(quoted ? *std::move(name) : lower_case(*name));
}

std::optional<std::vector<std::string>> split_list(std::string_view rest, int major, Names names) {
  const std::string_view blanks = major < 17 ? " \t\n\r\f" : " \t\n\r\f\v";
  std::vector<std::string> result;
  skip_blanks(rest, blanks);
  if (rest.empty()) return result;
  while (true) {
    auto name = next_name(rest, blanks, names);
    if (!name) return std::nullopt;
    result.push_back(*std::move(name));
    skip_blanks(rest, blanks);
    if (rest.empty()) return result;
    if (rest.front() != ',') return std::nullopt;
    rest.remove_prefix(1);
    skip_blanks(rest, blanks);
  }
}

}  // namespace

std::string cut_name(std::string name, std::size_t bytes) {
  if (name.size() <= bytes) return name;
  while (bytes > 0 && (static_cast<unsigned char>(name[bytes]) & 0xC0U) == 0x80U) --bytes;
  name.resize(bytes);
  return name;
}

std::optional<std::vector<std::string>> split_guc_list(std::string_view text, int major) {
  return split_list(text, major, Names::as_they_are);
}

std::optional<std::vector<std::string>> split_identifiers(std::string_view text, int major) {
  return split_list(text, major, Names::identifiers);
}

std::vector<std::string> schemas_of_path(std::string_view text, int major) {
  auto names = split_identifiers(text, major).value_or(std::vector<std::string>{});
  std::erase(names, "");
  return names;
}

}  // namespace pgleast
