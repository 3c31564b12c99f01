#include "report/explanation.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "finding/said_place.hpp"
#include "fix/statement.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"
#include "text/json.hpp"

namespace pgleast {
namespace {

std::string lines_of(const std::vector<CutStatement>& statements) {
  std::string result;
  for (const auto& statement : statements) {
    for (const auto& line : statement) result += "    " + displayed(line) + '\n';
  }
  return result;
}

std::string text_of(const Cut& cut, const std::string& role) {
  std::string result;
  if (!cut.impossible.empty()) {
    result = "  nothing cuts it: " + cut.impossible + '\n';
  } else if (cut.any_of.size() == 1) {
    result = "  cut by\n" + lines_of(cut.any_of);
  } else if (!cut.any_of.empty()) {
    const bool all = cut.any_of.size() < Cut::most_of_any;
    result = fmt::format("  cut by any one of{}\n", all ? "" : ", and perhaps others") +
             lines_of(cut.any_of);
  } else {
    result = fmt::format("  cut by {} together{}\n", cut.all_of.size(),
                         cut.fewest ? "" : ", perhaps by fewer") +
             lines_of(cut.all_of);
  }
  if (cut.owner)
    result += "  " + role + " has the owner's rights and can grant it to itself again\n";
  return result;
}

}  // namespace

std::string Explainer::in_place(const std::optional<SaidAt>& at) const {
  return at ? ", " + shown_place(graph_.cluster(), at) : "";
}

const Column* Explainer::column_of(const AskedCell& cell) const {
  if (!cell.column) return nullptr;
  const auto& cluster = graph_.cluster();
  return &cluster.relation(cluster.object(cell.object)).columns[*cell.column];
}

std::string Explainer::membership(RoleId member, RoleId group) const {
  const auto& cluster = graph_.cluster();
  const auto name = displayed(cluster.role_name(member));
  for (const auto& m : cluster.memberships) {
    if (m.member != member || m.role != group || !m.inherit) continue;
    const auto at = said_by(cluster, ChangeMembership{false, group, member});
    return fmt::format("{} is a member of {} (inherits; granted by {}{})", name,
                       displayed(cluster.role_name(group)), displayed(cluster.role_name(m.grantor)),
                       in_place(at));
  }
  return name + " owns the database";
}

std::string Explainer::end_of(const AskedCell& cell, const Cause& cause) const {
  const auto& cluster = graph_.cluster();
  const auto& object = cluster.object(cell.object);
  const auto keyword = info(cell.privilege).keyword;
  if (cause.kind == Cause::Kind::superuser) {
    const auto at = said_by(cluster, ChangeAttribute{cell.role, RoleAttribute::superuser, false});
    return told_step(cluster, displayed(cluster.role_name(cell.role)) + " is SUPERUSER", at).text;
  }
  if (cause.kind == Cause::Kind::predefined_role) {
    return fmt::format("{} holds {} on all such objects", cluster.role_name(cause.grantee),
                       keyword);
  }
  const bool built_in = cause.kind == Cause::Kind::acl_item && object.acl == null_acl;
  const bool on_column = cause.kind == Cause::Kind::column_item;
  ChangePrivileges taken{false, cell.object, std::nullopt, cause.grantee, cell.privilege};
  if (on_column) taken.column = static_cast<std::uint32_t>(*cell.column);
  return fmt::format(
      "GRANT {}{} ON {} TO {}{}{}", keyword,
      on_column ? " (" + displayed(quote_identifier(column_of(cell)->name)) + ")" : "",
      displayed(grant_target(cluster, object)), displayed(grantee_sql(cluster, cause.grantee)),
      built_in ? " (built-in default)" : " by " + displayed(cluster.role_name(cause.item.grantor)),
      in_place(said_by(cluster, taken)));
}

std::vector<Explainer::Path> Explainer::paths(const AskedCell& cell) const {
  const auto& cluster = graph_.cluster();
  const auto& object = cluster.object(cell.object);
  const auto* const column = column_of(cell);
  std::vector<Path> result;
  for (const auto& cause : column != nullptr
                               ? graph_.causes(cell.role, object, *column, cell.privilege)
                               : graph_.causes(cell.role, object, cell.privilege)) {
    Path path{displayed(via(cluster, cell.role, object.owner, cause)), {}};
    for (std::size_t i = 0; i + 1 < cause.path.size(); ++i) {
      path.steps.push_back(membership(cause.path[i], cause.path[i + 1]));
    }
    path.steps.push_back(end_of(cell, cause));
    result.push_back(std::move(path));
  }
  return result;
}

bool Explainer::holds(RoleId role, const AskedCell& cell) const {
  const auto& object = graph_.cluster().object(cell.object);
  const auto* const column = column_of(cell);
  const auto held =
      column != nullptr ? graph_.held(role, object, *column) : graph_.held(role, object);
  return held.privileges.has(cell.privilege);
}

// The nearest role that it may become and that holds it.
std::optional<RoleId> Explainer::after_set_role(const AskedCell& cell) const {
  const auto database = graph_.database_of(graph_.cluster().object(cell.object));
  std::optional<RoleId> nearest;
  std::size_t length = 0;
  graph_.reach(cell.role, Closure::becomes, database).each([&](RoleId other) {
    if (!holds(other, cell)) return;
    const auto distance = graph_.path_length(cell.role, other, Closure::becomes, database);
    if (nearest && distance >= length) return;
    nearest = other;
    length = distance;
  });
  return nearest;
}

std::string Explainer::text(const AskedCell& cell) {
  const auto& cluster = graph_.cluster();
  const auto role = displayed(cluster.role_name(cell.role));
  const bool held = holds(cell.role, cell);
  const auto* const verb = held               ? "holds"
                           : cell.may_be_held ? "is not known to hold"
                                              : "does not hold";
  auto text = fmt::format("{} {} {} on {} {}", role, verb, info(cell.privilege).keyword, cell.kind,
                          displayed(cell.identity));
  if (!held) {
    if (const auto other = after_set_role(cell)) {
      text += "; after SET ROLE " + displayed(grantee_sql(cluster, *other)) + " it would";
    }
    return text + '\n';
  }
  text += '\n';
  for (const auto& path : paths(cell)) {
    text += "  " + path.via + '\n';
    for (const auto& step : path.steps) text += "    " + step + '\n';
  }
  return text + text_of(cuts_.of(cell.role, cell.object, cell.column, cell.privilege), role) + '\n';
}

std::string Explainer::json(const AskedCell& cell) {
  using nlohmann::ordered_json;
  const auto& cluster = graph_.cluster();
  ordered_json result{{"role", cluster.role_name(cell.role)},
                      {"kind", cell.kind},
                      {"object", cell.identity},
                      {"privilege", info(cell.privilege).keyword},
                      {"held", true}};
  if (!holds(cell.role, cell)) {
    result["held"] = cell.may_be_held ? ordered_json("unknown") : ordered_json(false);
    const auto other = after_set_role(cell);
    result["after_set_role"] = other ? ordered_json(cluster.role_name(*other)) : ordered_json();
  } else {
    result["paths"] = ordered_json::array();
    for (const auto& path : paths(cell)) {
      result["paths"].push_back({{"via", path.via}, {"steps", path.steps}});
    }
    const auto cut = cuts_.of(cell.role, cell.object, cell.column, cell.privilege);
    auto& shown = result["cut"];
    shown["any_of"] = cut.any_of;
    shown["all_of"] = cut.all_of;
    shown["fewest"] = cut.fewest;
    shown["impossible"] = cut.impossible.empty() ? ordered_json() : ordered_json(cut.impossible);
    shown["owner"] = cut.owner;
  }
  return "  " + json_text(result, 2, "\n  ");
}

}  // namespace pgleast
