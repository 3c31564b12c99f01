#include "reach/route.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "finding/said_place.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr const char* every_row = "all rows";

std::string shown_role(const Cluster& cluster, RoleId role) {
  return displayed(cluster.role_name(role));
}

// Of a longer chain of memberships the beginning and the end are told: each of them ends it.
constexpr std::size_t told_at_each_end = 16;

bool is_told(std::size_t place, const std::vector<RoleId>& path) {
  return place <= told_at_each_end || place + told_at_each_end >= path.size();
}

// The last leg is what the last cut takes away.
void note_place(const Cluster& cluster, Route& route) {
  route.legs.back().said = said_by(cluster, route.cuts.back());
}

void add_cut(const std::vector<RoleId>& path, std::size_t place, Route& route) {
  route.cuts.emplace_back(ChangeMembership{false, path[place], path[place - 1]});
}

void add_inherited(const Cluster& cluster, const std::vector<RoleId>& path, Route& route) {
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (!is_told(i, path)) continue;
    const bool skips = i > 1 && !is_told(i - 1, path);
    route.legs.push_back({skips ? "member of (inherits), and so on" : "member of (inherits)",
                          shown_role(cluster, path[i])});
    add_cut(path, i, route);
    note_place(cluster, route);
  }
}

void add_set_roles(const Cluster& cluster, const std::vector<RoleId>& path, Route& route) {
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (is_told(i, path)) add_cut(path, i, route);
  }
  if (path.size() < 2) return;
  route.legs.push_back({"SET ROLE", shown_role(cluster, path.back())});
  if (path.size() == 2) note_place(cluster, route);
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

// Where the privilege is held, which may not be the end.
void add_cause(const Cluster& cluster, const Reason& reason, Route& route) {
  const auto& [target, cause] = reason;
  const auto there = end_of_path(cluster, target);
  if (cause.kind == Cause::Kind::superuser) {
    route.legs.push_back({"SUPERUSER", there, true});
    route.cuts.emplace_back(ChangeAttribute{cause.path.back(), RoleAttribute::superuser, false});
    note_place(cluster, route);
    return;
  }
  add_inherited(cluster, cause.path, route);
  if (cause.kind == Cause::Kind::predefined_role) {
    route.legs.push_back({"on all such objects", there});
    return;
  }
  const auto& object = cluster.object(target.object);
  route.legs.push_back({grant_words(cluster, object, cause), there});
  ChangePrivileges revoke{false, target.object, std::nullopt, cause.grantee, target.privilege};
  if (cause.kind == Cause::Kind::column_item) {
    revoke.column = static_cast<std::uint32_t>(*target.column);
  }
  route.cuts.emplace_back(revoke);
  note_place(cluster, route);
}

std::string indirect_words(const Cluster& cluster, const IndirectUse& use) {
  const auto as = use.as == no_role ? "" : ", as " + shown_role(cluster, use.as);
  switch (use.kind) {
    case IndirectUse::Kind::view:
      return "view" + as;
    case IndirectUse::Kind::materialized_view:
      return "materialized view" + as;
    case IndirectUse::Kind::rule:
      return "rule " + displayed(use.name) + as;
    case IndirectUse::Kind::trigger:
      return "trigger " + displayed(use.name) + as;
    case IndirectUse::Kind::function:
      return "SECURITY DEFINER" + as;
    case IndirectUse::Kind::foreign_key:
      return "foreign key " + displayed(use.name) + as;
    case IndirectUse::Kind::foreign_table:
      return "foreign table" + as;
    case IndirectUse::Kind::partition:
      return "partition";
    case IndirectUse::Kind::parent:
      break;
  }
  return "parent";
}

std::string conninfo_value(const std::string& text) {
  std::string value = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') value += '\\';
    value += c;
  }
  return value + "'";
}

// As psql takes it; a quote within is doubled.
std::string connect_with(const std::string& conninfo) {
  std::string quoted;
  for (const char c : conninfo) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return "\\connect -reuse-previous=on \"" + quoted + '"';
}

std::string connect_to(const std::string& database) {
  return connect_with("dbname=" + conninfo_value(database));
}

// Replication takes a connection of its own.
void add_replication(const Cluster& cluster, const Step& step, Route& route) {
  if (route.steps.empty()) {
    route.replication = true;
    return;
  }
  route.statements.push_back(connect_with(
      fmt::format("user={} replication=database", conninfo_value(cluster.role_name(step.from)))));
}

void add_step(const Cluster& cluster, const Step& step, Route& route) {
  if (step.edge == "ESC-REPLICATION") add_replication(cluster, step, route);
  route.legs.push_back({std::string(step.edge), step.to.power
                                                    ? std::string(to_string(*step.to.power))
                                                    : shown_role(cluster, step.to.role)});
  route.steps.push_back(
      told_step(cluster, fmt::format("{}: {}", step.edge, step.how), said_by(cluster, step.cut)));
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

std::string leg_words(const Cluster& cluster, const Leg& leg) {
  return with_place(cluster, leg.how, leg.said);
}

void forget_other_places(std::vector<Leg>& legs, const std::vector<Leg>& others) {
  for (std::size_t i = 0; i < legs.size() && i < others.size(); ++i) {
    if (legs[i].said != others[i].said) legs[i].said.reset();
  }
}

Routes::Routes(const Graph& graph, const Escalations& escalations, Target target, Help help)
    : graph_(graph),
      cluster_(graph.cluster()),
      escalations_(escalations),
      target_(target),
      help_(help),
      reached_(cluster_.roles.size()) {
  const bool has_rows = !target_.power && cluster_.object(target_.object).kind == ObjectKind::table;
  if (has_rows && cluster_.seen(Fact::code)) {
    const auto& object = cluster_.object(target_.object);
    const auto column =
        target_.column ? cluster_.relation(object).columns[*target_.column].name : std::string();
    indirect_ = escalations_.indirect_uses().to(target_.object, target_.privilege, column);
  }
  for (std::size_t i = 0; i < indirect_.size(); ++i) certain_first_.push_back(i);
  std::stable_partition(certain_first_.begin(), certain_first_.end(),
                        [&](std::size_t i) { return indirect_[i].unknown.empty(); });
  goals_ = goals();
}

// Its own privileges first, then what leads there.
std::vector<Routes::Arrival> Routes::arrivals(RoleId role, bool nearest_alone) const {
  std::vector<Arrival> result;
  for (auto& reason : reasons_of(graph_, role, target_)) {
    result.push_back({std::move(reason), std::nullopt});
  }
  // A superuser needs nothing else.
  const bool enough = target_.power || cluster_.role(role).superuser;
  for (const auto i : certain_first_) {
    if (enough || (nearest_alone && !result.empty())) break;
    const auto& use = *indirect_[i].use;
    const Target on{std::nullopt, use.object, std::nullopt, use.privilege};
    for (auto& reason : reasons_of(graph_, role, on, indirect_[i].columns)) {
      result.push_back({std::move(reason), i});
    }
  }
  return result;
}

Routes::Reached Routes::has_reached(RoleId role) const {
  auto& known = reached_[index(role)];
  if (known) return *known;
  const auto found = arrivals(role, true);
  const bool perhaps = !found.empty() && found.front().indirect &&
                       !indirect_[*found.front().indirect].unknown.empty();
  known = found.empty() ? Reached::no : perhaps ? Reached::perhaps : Reached::yes;
  return *known;
}

// Of what leads there by other objects, those of the first of them.
std::optional<RowsReached> Routes::rows_of(RoleId role, const Arrival& arrival) const {
  if (!arrival.indirect) {
    if (!reads_rows(target_, cluster_)) return std::nullopt;
    const auto access = escalations_.row_reach().access(role, target_.object, target_.privilege);
    return RowsReached{access.kind, row_words(cluster_, access)};
  }
  const auto& use = *indirect_[*arrival.indirect].use;
  const auto through = displayed(cluster_.object(use.object).identity);
  if (!reads_rows(target_, cluster_)) return std::nullopt;
  if (cluster_.object(use.object).kind != ObjectKind::table) {
    return RowsReached{RowAccess::Kind::some, "rows that " + through + " works on"};
  }
  const auto access = escalations_.row_reach().access(role, use.object, use.privilege);
  if (access.kind == RowAccess::Kind::none && access.why != RowAccess::Why::not_writable) {
    return RowsReached{access.kind, "no rows"};
  }
  const bool some = access.kind == RowAccess::Kind::some;
  return RowsReached{RowAccess::Kind::some,
                     some ? fmt::format("{} of {}", row_words(cluster_, access), through)
                          : "rows that " + through + " leads to"};
}

// A power that gives it, and the roles that the access lists name.
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
  std::set<RoleId> named;
  const auto add = [&](ObjectId id) {
    const auto& o = cluster_.object(id);
    named.insert(o.owner);
    for (const auto& item : cluster_.effective_acl(o)) named.insert(item.grantee);
    if (o.kind != ObjectKind::table) return;
    for (const auto& column : cluster_.relation(o).columns) {
      for (const auto& item : cluster_.column_acl(column)) named.insert(item.grantee);
    }
  };
  add(target_.object);
  for (const auto& access : indirect_) add(access.use->object);
  for (const auto role : named) {
    if (role != public_role && role != no_role && has_reached(role) != Reached::no) {
      result.push_back({role, std::nullopt});
    }
  }
  return result;
}

// The nearest one that it can be; itself first.
std::optional<RoleId> Routes::acting_role(RoleId role, ObjectId database) const {
  std::optional<RoleId> best;
  std::pair<bool, std::size_t> least;
  for (const auto other : graph_.reach(role, Closure::becomes, database).members()) {
    const auto reached = has_reached(other);
    if (reached == Reached::no) continue;
    const std::pair cost{reached == Reached::perhaps,
                         graph_.path_length(role, other, Closure::becomes, database)};
    if (best && least <= cost) continue;
    best = other;
    least = cost;
  }
  return best;
}

std::optional<std::uint32_t> Routes::column_named(ObjectId table, const std::string& name) const {
  const auto& columns = cluster_.relation(cluster_.object(table)).columns;
  for (std::uint32_t c = 0; c < columns.size(); ++c) {
    if (columns[c].name == name) return c;
  }
  return std::nullopt;
}

void Routes::add_indirect(std::size_t first, Route& route) const {
  for (const auto* const use : path_of(indirect_, first)) {
    route.legs.push_back(
        {indirect_words(cluster_, *use), displayed(cluster_.object(use->to).identity)});
  }
  if (!indirect_[first].unknown.empty()) route.unknown = indirect_[first].unknown;
}

void Routes::end(RoleId acting, const Arrival& arrival, Route& route) const {
  add_cause(cluster_, arrival.reason, route);
  auto on = arrival.reason.target;
  if (arrival.indirect) {
    add_indirect(*arrival.indirect, route);
    // What is changed is one of its keys.
    const auto& needed = indirect_[*arrival.indirect].columns;
    if (!on.column && !needed.empty()) on.column = column_named(on.object, needed.front());
  }
  route.rows = rows_of(acting, arrival);
  if (auto statement = statement_for(cluster_, on); !statement.empty()) {
    route.statements.push_back(std::move(statement));
  }
}

Route Routes::along_rights(RoleId role, RoleId acting, ObjectId database,
                           const Arrival& arrival) const {
  Route route;
  add_set_roles(cluster_, graph_.path(role, acting, Closure::becomes, database), route);
  end(acting, arrival, route);
  return route;
}

std::optional<Route> Routes::way_up(RoleId role, bool all_rows, Help help) const {
  std::vector<Step> best;
  std::tuple<int, int, std::size_t> least;
  for (const auto& goal : goals_) {
    if (all_rows && !goal.power) {
      const auto rows = rows_of(goal.role, arrivals(goal.role, true).front());
      if (!rows || rows->kind != RowAccess::Kind::all) continue;
    }
    auto way = escalations_.way(role, goal, help);
    if (way.empty()) continue;
    int uncertain = 0, victims = 0;
    for (const auto& step : way) {
      uncertain += step.certain ? 0 : 1;
      victims += step.needs_victim ? 1 : 0;
    }
    if (!goal.power && has_reached(goal.role) == Reached::perhaps) ++uncertain;
    const std::tuple cost{uncertain, victims, way.size()};
    if (!best.empty() && least <= cost) continue;
    best = std::move(way);
    least = cost;
  }
  if (best.empty()) return std::nullopt;
  Route route;
  auto where = no_object;
  for (const auto& step : best) {
    const auto database =
        step.object == no_object ? no_object : cluster_.object(step.object).database;
    if (database != no_object && database != where) {
      if (where == no_object) route.database = database;
      if (!route.statements.empty()) {
        route.statements.push_back(connect_to(cluster_.object(database).name));
      }
      where = database;
    }
    add_step(cluster_, step, route);
  }
  const auto& last = best.back().to;
  if (last.power) {
    if (!target_.power) route.legs.push_back({"", end_of_path(cluster_, target_)});
    if (reads_rows(target_, cluster_)) route.rows = {RowAccess::Kind::all, every_row};
  } else {
    end(last.role, arrivals(last.role, true).front(), route);
  }
  return route;
}

std::vector<Route> Routes::from(RoleId role, ObjectId database) const {
  std::vector<Route> result;
  if (const auto acting = acting_role(role, database)) {
    result.push_back(along_rights(role, *acting, database, arrivals(*acting, true).front()));
  }
  add_way_up(role, result);
  return result;
}

std::vector<Route> Routes::all_from(RoleId role, ObjectId database) const {
  // Its own causes first; another role that it can be adds those that it does not inherit.
  std::vector<RoleId> acting{role};
  for (const auto other : graph_.reach(role, Closure::becomes, database).members()) {
    if (other != role && has_reached(other) != Reached::no) acting.push_back(other);
  }
  std::vector<Route> result;
  using Key =
      std::tuple<ObjectId, Privilege, std::optional<std::uint32_t>, Cause::Kind, RoleId, RoleId>;
  std::set<Key> known;
  for (const auto as : acting) {
    for (const auto& arrival : arrivals(as, false)) {
      const auto& [on, cause] = arrival.reason;
      const bool shared =
          cause.kind == Cause::Kind::acl_item || cause.kind == Cause::Kind::column_item;
      const Key key{on.object,
                    on.privilege,
                    on.column,
                    cause.kind,
                    shared ? cause.grantee : cause.path.back(),
                    shared ? cause.item.grantor : no_role};
      if (known.insert(key).second) result.push_back(along_rights(role, as, database, arrival));
    }
  }
  add_way_up(role, result);
  return result;
}

// Where rights give nothing, or not all rows; with the help of somebody else only what cannot be
// had alone.
void Routes::add_way_up(RoleId role, std::vector<Route>& routes) const {
  const bool partly = !routes.empty();
  const bool enough = std::any_of(routes.begin(), routes.end(), [](const Route& route) {
    return route.unknown.empty() && (!route.rows || route.rows->kind == RowAccess::Kind::all);
  });
  if (enough) return;
  auto up = way_up(role, partly, Help::none);
  const bool certain = up && up->unknown.empty();
  if (up) routes.push_back(*std::move(up));
  if (certain || help_ == Help::none) return;
  auto helped = way_up(role, partly, Help::any);
  if (helped && helped->needs_victim) routes.push_back(*std::move(helped));
}

}  // namespace pgleast
