#include "escalation/name_path.hpp"

#include <algorithm>

#include "pg/identifier.hpp"
#include "pg/name_list.hpp"
#include "pg/option_list.hpp"

namespace pgleast {

std::optional<std::string> own_search_path(const FunctionDetail& function) {
  return option_value(function.config, "search_path");
}

std::string pinned_search_path(const Cluster& cluster, const Object& function) {
  const auto path = own_search_path(cluster.function(function));
  auto names = path ? schemas_of_path(*path, cluster.major())
                    : std::vector<std::string>{cluster.object(function.schema).name};
  std::erase_if(names, [](const auto& n) {
    return n == temporary_schema || n == "$user" || n == "pg_catalog";
  });
  std::string result = "pg_catalog";
  for (const auto& name : names) result += ", " + quote_identifier(name);
  return result + ", pg_temp";
}

}  // namespace pgleast
