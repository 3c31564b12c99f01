#include "pg/name_list.hpp"

#include <algorithm>

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

}  // namespace

std::optional<std::vector<std::string>> split_guc_list(std::string_view rest, int major) {
  const std::string_view blanks = major < 17 ? " \t\n\r\f" : " \t\n\r\f\v";
  std::vector<std::string> names;
  skip_blanks(rest, blanks);
  if (rest.empty()) return names;
  while (true) {
    auto name = rest.starts_with('"') ? quoted_name(rest) : plain_name(rest, blanks);
    if (!name) return std::nullopt;
    names.push_back(std::move(*name));
    skip_blanks(rest, blanks);
    if (rest.empty()) return names;
    if (rest.front() != ',') return std::nullopt;
    rest.remove_prefix(1);
    skip_blanks(rest, blanks);
  }
}

}  // namespace pgleast
