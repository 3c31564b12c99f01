#include "graph/escalation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "pg/predefined_role.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::string_view escalation_of(const Role& role) {
  for (const auto& p : predefined_roles) {
    if (p.name == role.name) return p.escalation;
  }
  return "";
}

class Search {
 public:
  explicit Search(const Graph& graph)
      : graph_(graph), cluster_(graph.cluster()), before_(cluster_.roles.size()) {}

  std::vector<Step> from(RoleId start) {
    before_[index(start)] = Step{Step::Kind::superuser, start, start};
    for (std::deque<RoleId> open{start}; !open.empty(); open.pop_front()) {
      const auto at = open.front();
      if (cluster_.role(at).superuser) return way(start, {Step::Kind::superuser, at, at});
      if (const auto power = server_access(at)) {
        return way(start, {Step::Kind::server_access, at, *power});
      }
      for (const auto& step : steps(at)) {
        if (before_[index(step.to)]) continue;
        before_[index(step.to)] = step;
        open.push_back(step.to);
      }
    }
    return {};
  }

 private:
  std::optional<RoleId> server_access(RoleId role) const {
    for (const auto held : graph_.reach(role, Closure::inherits).members()) {
      if (!escalation_of(cluster_.role(held)).empty()) return held;
    }
    return std::nullopt;
  }

  std::vector<Step> steps(RoleId role) const {
    std::vector<Step> result;
    for (const auto& m : cluster_.memberships) {
      if (m.member != role) continue;
      if (m.set) result.push_back({Step::Kind::set_role, role, m.role});
      if (m.admin && !cluster_.role(m.role).superuser) {
        result.push_back({Step::Kind::admin_option, role, m.role});
      }
    }
    if (cluster_.role(role).createrole && cluster_.major() < 16) {
      if (const auto power = cluster_.find_role("pg_execute_server_program")) {
        result.push_back({Step::Kind::create_role, role, *power});
      }
    }
    return result;
  }

  std::vector<Step> way(RoleId start, Step last) const {
    std::vector<Step> result{last};
    for (auto at = last.from; at != start;) {
      result.push_back(*before_[index(at)]);
      at = result.back().from;
    }
    std::reverse(result.begin(), result.end());
    return result;
  }

  const Graph& graph_;
  const Cluster& cluster_;
  std::vector<std::optional<Step>> before_;
};

}  // namespace

std::vector<Step> way_to_superuser(const Graph& graph, RoleId role) {
  return Search(graph).from(role);
}

std::string to_string(const Cluster& cluster, const Step& step) {
  const auto from = displayed(cluster.role_name(step.from));
  const auto to = displayed(cluster.role_name(step.to));
  switch (step.kind) {
    case Step::Kind::set_role:
      return fmt::format("{} may SET ROLE {}", from, to);
    case Step::Kind::admin_option:
      return fmt::format("{} has ADMIN on {} and may grant it to itself", from, to);
    case Step::Kind::create_role:
      return fmt::format("{} has CREATEROLE and may grant itself {}", from, to);
    case Step::Kind::server_access:
      return fmt::format("{} {} ({})", from, escalation_of(cluster.role(step.to)), to);
    case Step::Kind::superuser:
      return fmt::format("{} is SUPERUSER", from);
  }
  return "";
}

}  // namespace pgleast
