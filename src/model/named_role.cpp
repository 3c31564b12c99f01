#include "model/named_role.hpp"

#include <fmt/format.h>

#include <vector>

#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {

RoleId role_asked_for(const Cluster& cluster, const std::string& name) {
  if (const auto role = cluster.find_role(name)) return *role;
  std::vector<std::string> names;
  for (const auto& role : cluster.roles) {
    if (!role.dropped) names.push_back(role.name);
  }
  fail_usage(fmt::format("there is no role `{}`{}", displayed(name), did_you_mean(name, names)));
}

}  // namespace pgleast
