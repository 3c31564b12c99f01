#include "escalation/name_path.hpp"

#include <algorithm>
#include <cctype>

#include "pg/identifier.hpp"

namespace pgleast {

std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < path.size();) {
    std::string name;
    bool any = false;
    for (bool quoted = false; at < path.size() && (quoted || path[at] != ','); ++at) {
      const char c = path[at];
      if (c == '"') {
        any = true;
        const bool doubled = quoted && at + 1 < path.size() && path[at + 1] == '"';
        if (doubled) name += path[++at];
        if (!doubled) quoted = !quoted;
      } else if (quoted || std::isspace(static_cast<unsigned char>(c)) == 0) {
        any = true;
        name += quoted ? c : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      }
    }
    ++at;
    if (any && !name.empty()) names.push_back(name);
  }
  return names;
}

std::optional<std::string> own_search_path(const FunctionDetail& function) {
  constexpr std::string_view key = "search_path=";
  for (const auto& entry : function.config) {
    if (entry.starts_with(key)) return entry.substr(key.size());
  }
  return std::nullopt;
}

std::string pinned_search_path(const Cluster& cluster, const Object& function) {
  const auto path = own_search_path(cluster.function(function));
  auto names =
      path ? split_path(*path) : std::vector<std::string>{cluster.object(function.schema).name};
  std::erase_if(names, [](const auto& n) {
    return n == temporary_schema || n == "$user" || n == "pg_catalog";
  });
  std::string result = "pg_catalog";
  for (const auto& name : names) result += ", " + quote_identifier(name);
  return result + ", pg_temp";
}

}  // namespace pgleast
