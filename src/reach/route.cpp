#include "reach/route.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr const char* every_row = "all rows";

std::string shown_role(const Cluster& cluster, RoleId role) {
  return displayed(cluster.role_name(role));
}

void add_inherited(const Cluster& cluster, const std::vector<RoleId>& path, Route& route) {
  for (std::size_t i = 1; i < path.size(); ++i) {
    route.legs.push_back({"member of (inherits)", shown_role(cluster, path[i])});
    route.cuts.emplace_back(ChangeMembership{false, path[i], path[i - 1]});
  }
}

void add_set_roles(const Cluster& cluster, const std::vector<RoleId>& path, Route& route) {
  for (std::size_t i = 1; i < path.size(); ++i) {
    route.cuts.emplace_back(ChangeMembership{false, path[i], path[i - 1]});
  }
  if (path.size() < 2) return;
  route.legs.push_back({"SET ROLE", shown_role(cluster, path.back())});
  route.statements.push_back(
      fmt::format("SET ROLE {};", quote_identifier(cluster.role_name(path.back()))));
}

std::string grant_words(const Cluster& cluster, const Object& object, const Cause& cause) {
  const auto by = " by " + shown_role(cluster, cause.item.grantor);
  const bool built_in = cause.kind == Cause::Kind::acl_item && object.acl == null_acl;
  if (cause.grantee == public_role) {
    return built_in ? "PUBLIC, by default" : "GRANT to PUBLIC" + by;
  }
  if (cause.grantee == object.owner) return "owner";
  return (cause.kind == Cause::Kind::column_item ? "GRANT on the column" : "GRANT") + by;
}

void add_cause(const Cluster& cluster, const Target& target, const Cause& cause, Route& route) {
  const auto end = end_of_path(cluster, target);
  if (cause.kind == Cause::Kind::superuser) {
    route.legs.push_back({"SUPERUSER", end, true});
    route.cuts.emplace_back(ChangeAttribute{cause.path.back(), RoleAttribute::superuser, false});
    return;
  }
  add_inherited(cluster, cause.path, route);
  if (cause.kind == Cause::Kind::predefined_role) {
    route.legs.push_back({"on all such objects", end});
    return;
  }
  const auto& object = cluster.object(target.object);
  route.legs.push_back({grant_words(cluster, object, cause), end});
  ChangePrivileges revoke{false, target.object, std::nullopt, cause.grantee, target.privilege};
  if (cause.kind == Cause::Kind::column_item) {
    revoke.column = static_cast<std::uint32_t>(*target.column);
  }
  route.cuts.emplace_back(revoke);
}

void add_step(const Cluster& cluster, const Step& step, Route& route) {
  route.legs.push_back({std::string(step.edge), step.to.power
                                                    ? std::string(to_string(*step.to.power))
                                                    : shown_role(cluster, step.to.role)});
  route.steps.push_back(fmt::format("{}: {}", step.edge, step.how));
  route.statements.insert(route.statements.end(), step.statements.begin(), step.statements.end());
  route.cuts.insert(route.cuts.end(), step.cut.begin(), step.cut.end());
  route.needs_victim = route.needs_victim || step.needs_victim;
  if (!step.certain) route.unknown = step.how;
}

bool reads_rows(const Target& target, const Cluster& cluster) {
  if (target.power || cluster.object(target.object).kind != ObjectKind::table) return false;
  return (PrivilegeSet(Privilege::select) | Privilege::update | Privilege::delete_)
      .has(target.privilege);
}

void add_policies(const Cluster& cluster, const RowAccess& access,
                  std::vector<std::string>& names) {
  for (const auto* const list : {&access.permissive, &access.restrictive}) {
    for (const auto policy : *list) names.push_back(displayed(cluster.row_policies[policy].name));
  }
  for (const auto& base : access.bases) add_policies(cluster, base, names);
}

std::string row_words(const Cluster& cluster, const RowAccess& access) {
  switch (access.kind) {
    case RowAccess::Kind::none:
      return "no rows";
    case RowAccess::Kind::all:
      return every_row;
    case RowAccess::Kind::unknown:
      return "unknown which rows" +
             (access.unknown.empty() ? "" : ": " + displayed(access.unknown));
    case RowAccess::Kind::some:
      break;
  }
  std::vector<std::string> names;
  add_policies(cluster, access, names);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return fmt::format("rows of {} {}", names.size() == 1 ? "policy" : "policies", listed(names));
}

}  // namespace

Routes::Routes(const Graph& graph, const Escalations& escalations, Target target)
    : graph_(graph),
      cluster_(graph.cluster()),
      escalations_(escalations),
      row_reach_(graph),
      target_(target),
      reached_(cluster_.roles.size()) {
  goals_ = goals();
}

bool Routes::has_reached(RoleId role) const {
  auto& known = reached_[index(role)];
  if (!known) known = !causes_of(graph_, role, target_).empty();
  return *known;
}

std::optional<RowsReached> Routes::rows_of(RoleId role) const {
  if (!reads_rows(target_, cluster_)) return std::nullopt;
  const auto access = row_reach_.access(role, target_.object, target_.privilege);
  return RowsReached{access.kind, row_words(cluster_, access)};
}

// A power that gives it, and the roles that its access list names.
std::vector<Goal> Routes::goals() const {
  if (target_.power) return {{no_role, target_.power}};
  std::vector<Goal> result;
  const auto& object = cluster_.object(target_.object);
  const bool table = object.kind == ObjectKind::table;
  if (table && target_.privilege == Privilege::select) {
    result.push_back({no_role, Power::read_data});
  } else if (table && (PrivilegeSet(Privilege::insert) | Privilege::update | Privilege::delete_)
                          .has(target_.privilege)) {
    result.push_back({no_role, Power::write_data});
  } else {
    result.push_back({no_role, Power::superuser});
  }
  std::vector<RoleId> named{object.owner};
  for (const auto& item : cluster_.effective_acl(object)) named.push_back(item.grantee);
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());
  for (const auto role : named) {
    if (role != public_role && has_reached(role)) result.push_back({role, std::nullopt});
  }
  return result;
}

// The nearest one that it can be; itself first.
std::optional<RoleId> Routes::acting_role(RoleId role, ObjectId database) const {
  std::optional<RoleId> best;
  std::size_t length = 0;
  for (const auto other : graph_.reach(role, Closure::becomes, database).members()) {
    if (!has_reached(other)) continue;
    const auto way = graph_.path(role, other, Closure::becomes, database).size();
    if (best && length <= way) continue;
    best = other;
    length = way;
  }
  return best;
}

void Routes::end(RoleId acting, const Cause& cause, Route& route) const {
  add_cause(cluster_, target_, cause, route);
  route.rows = rows_of(acting);
  if (auto statement = statement_for(cluster_, target_); !statement.empty()) {
    route.statements.push_back(std::move(statement));
  }
}

Route Routes::along_rights(RoleId role, RoleId acting, ObjectId database,
                           const Cause& cause) const {
  Route route;
  add_set_roles(cluster_, graph_.path(role, acting, Closure::becomes, database), route);
  end(acting, cause, route);
  return route;
}

std::optional<Route> Routes::way_up(RoleId role, bool all_rows) const {
  std::vector<Step> best;
  std::tuple<int, int, std::size_t> least;
  for (const auto& goal : goals_) {
    if (all_rows && !goal.power) {
      const auto rows = rows_of(goal.role);
      if (!rows || rows->kind != RowAccess::Kind::all) continue;
    }
    auto way = escalations_.way(role, goal);
    if (way.empty()) continue;
    int uncertain = 0, victims = 0;
    for (const auto& step : way) {
      uncertain += step.certain ? 0 : 1;
      victims += step.needs_victim ? 1 : 0;
    }
    const std::tuple cost{uncertain, victims, way.size()};
    if (!best.empty() && least <= cost) continue;
    best = std::move(way);
    least = cost;
  }
  if (best.empty()) return std::nullopt;
  Route route;
  for (const auto& step : best) add_step(cluster_, step, route);
  const auto& last = best.back().to;
  if (last.power) {
    if (!target_.power) route.legs.push_back({"", end_of_path(cluster_, target_)});
    if (reads_rows(target_, cluster_)) route.rows = {RowAccess::Kind::all, every_row};
  } else {
    end(last.role, causes_of(graph_, last.role, target_).front(), route);
  }
  return route;
}

std::vector<Route> Routes::from(RoleId role, ObjectId database) const {
  std::vector<Route> result;
  if (const auto acting = acting_role(role, database)) {
    const auto cause = causes_of(graph_, *acting, target_).front();
    result.push_back(along_rights(role, *acting, database, cause));
  }
  add_way_up(role, result);
  return result;
}

std::vector<Route> Routes::all_from(RoleId role, ObjectId database) const {
  // Its own causes first; another role that it can be adds those that it does not inherit.
  std::vector<RoleId> acting{role};
  for (const auto other : graph_.reach(role, Closure::becomes, database).members()) {
    if (other != role && has_reached(other)) acting.push_back(other);
  }
  std::vector<Route> result;
  std::set<std::tuple<Cause::Kind, RoleId, RoleId>> known;
  for (const auto as : acting) {
    for (const auto& cause : causes_of(graph_, as, target_)) {
      const bool shared =
          cause.kind == Cause::Kind::acl_item || cause.kind == Cause::Kind::column_item;
      const auto key = std::tuple(cause.kind, shared ? cause.grantee : cause.path.back(),
                                  shared ? cause.item.grantor : no_role);
      if (known.insert(key).second) result.push_back(along_rights(role, as, database, cause));
    }
  }
  add_way_up(role, result);
  return result;
}

// Where rights give nothing, or not all rows.
void Routes::add_way_up(RoleId role, std::vector<Route>& routes) const {
  const bool partly = !routes.empty();
  const bool enough = std::any_of(routes.begin(), routes.end(), [](const Route& route) {
    return !route.rows || route.rows->kind == RowAccess::Kind::all;
  });
  if (enough) return;
  if (auto up = way_up(role, partly)) routes.push_back(*std::move(up));
}

}  // namespace pgleast
