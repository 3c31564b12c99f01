#include <algorithm>

#include "change/loss.hpp"
#include "model/ordinary_roles.hpp"
#include "pg/role_attribute.hpp"
#include "text/csv.hpp"

namespace pgleast {

std::string_view to_string(Loss::What what) {
  switch (what) {
    case Loss::What::login:
      return "login";
    case Loss::What::attribute:
      return "attribute";
    case Loss::What::membership:
      return "membership";
    case Loss::What::privilege:
      return "privilege";
    case Loss::What::rows:
      return "rows";
    case Loss::What::code:
      break;
  }
  return "code";
}

ClusterState::ClusterState(const Cluster& of, std::string day)
    : cluster(of), today(std::move(day)), graph(of), connections(graph) {}

std::vector<RoleId> changed_roles(const ClusterState& before, const ClusterState& after) {
  std::vector<RoleId> result;
  const bool same_memberships = before.cluster.memberships == after.cluster.memberships;
  for (const auto id : ordinary_roles(before.cluster)) {
    const auto& was = before.cluster.role(id);
    const auto& is = after.cluster.role(id);
    const auto same_groups = [&] {
      return before.graph.along_memberships(id, Closure::inherits) ==
             after.graph.along_memberships(id, Closure::inherits);
    };
    const bool same = was.superuser == is.superuser && was.bypassrls == is.bypassrls &&
                      (same_memberships || same_groups());
    if (!same) result.push_back(id);
  }
  return result;
}

Loss loss_on(const Cluster& cluster, Loss::What what, RoleId role, ObjectId id) {
  const auto& object = cluster.object(id);
  const auto database =
      object.database == no_object ? std::string() : cluster.object(object.database).name;
  return {what,
          cluster.role_name(role),
          database,
          std::string(info(object.kind).name),
          object.identity,
          "",
          "",
          ""};
}

void add_lost_attributes(const ClusterState& before, const ClusterState& after,
                         std::vector<Loss>& losses) {
  for (const auto id : ordinary_roles(before.cluster)) {
    for (const auto& attribute : role_attributes) {
      const bool lost = has(before.cluster.role(id), attribute.attribute) &&
                        !has(after.cluster.role(id), attribute.attribute);
      if (!lost) continue;
      losses.push_back({Loss::What::attribute, before.cluster.role_name(id), "", "", "",
                        std::string(attribute.keyword), "", ""});
    }
  }
}

std::string losses_csv(const std::vector<Loss>& losses) {
  std::string text = "what,role,database,kind,object,privilege,before,after\n";
  for (const auto& loss : losses) {
    text += to_string(loss.what);
    for (const auto* const field : {&loss.role, &loss.database, &loss.kind, &loss.object,
                                    &loss.privilege, &loss.before, &loss.after}) {
      text += ',';
      append_csv_field(text, *field);
    }
    text += '\n';
  }
  return text;
}

std::vector<Loss> losses(const ClusterState& before, const ClusterState& after) {
  std::vector<Loss> result;
  add_lost_logins(before, after, result);
  add_lost_attributes(before, after, result);
  add_lost_memberships(before, after, result);
  add_lost_privileges(before, after, result);
  add_lost_rows(before, after, result);
  add_lost_code(before, after, result);
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

}  // namespace pgleast
