// Functions, views, policies and the like that ran as somebody, and do not any more: a privilege
// that they need is gone, or a name of theirs is not found in the new search_path.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "change/code_runs.hpp"
#include "change/loss.hpp"
#include "escalation/name_path.hpp"
#include "model/ordinary_roles.hpp"
#include "pg/name_list.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

class LostCode {
 public:
  LostCode(const ClusterState& before, const ClusterState& after, std::vector<Loss>& losses)
      : before_(before), after_(after), losses_(losses) {
    for (const auto role : changed_roles(before, after)) changed_.insert(role);
    for (const auto role : ordinary_roles(before.cluster)) people_.insert(role);
  }

  void look_at(const CodeRun& run) {
    const auto& needs = run.use.privileges;
    if (needs.empty()) return;
    const auto& was = before_.cluster.object(run.use.object);
    const auto& is = after_.cluster.object(run.use.object);
    const bool same = was.owner == is.owner &&
                      before_.cluster.effective_acl(was) == after_.cluster.effective_acl(is);
    if (same && changed_.empty()) return;
    run.roles.each([&](RoleId role) {
      if (!people_.contains(role) || (same && !changed_.contains(role))) return;
      const auto lost =
          before_.graph.held_on_any(role, was, needs) - after_.graph.held_on_any(role, is, needs);
      if (lost.empty()) return;
      add(run, role, fmt::format("it needs {} on {}", to_string(lost), displayed(was.identity)));
    });
  }

  /// Of names without a schema that a function looks up when it runs.
  void look_at_path(const Body& body) {
    const auto& object = before_.cluster.object(body.of);
    if (object.kind != ObjectKind::function) return;
    const auto path = own_search_path(after_.cluster.function(after_.cluster.object(body.of)));
    if (!path || path == own_search_path(before_.cluster.function(object))) return;
    const auto schemas = schemas_of_path(*path, before_.cluster.major());
    for (const auto& use : body.code.uses) {
      const auto& used = before_.cluster.object(use.object);
      if (!use.by_search_path || used.schema == no_object || used.system) continue;
      const auto& name = before_.cluster.object(used.schema).name;
      if (std::find(schemas.begin(), schemas.end(), name) != schemas.end()) continue;
      auto loss = loss_on(before_.cluster, Loss::What::code, object.owner, body.of);
      loss.after = fmt::format("{} is not found in its search_path", displayed(used.identity));
      losses_.push_back(std::move(loss));
    }
  }

 private:
  void add(const CodeRun& run, RoleId role, std::string why) {
    auto loss = loss_on(before_.cluster, Loss::What::code, role, run.of);
    loss.before = run.name;
    loss.after = std::move(why);
    losses_.push_back(std::move(loss));
  }

  const ClusterState& before_;
  const ClusterState& after_;
  std::vector<Loss>& losses_;
  std::set<RoleId> people_, changed_;
};

}  // namespace

void add_lost_code(const ClusterState& before, const ClusterState& after,
                   std::vector<Loss>& losses) {
  LostCode lost(before, after, losses);
  each_code_run(before, [&](const CodeRun& run) { lost.look_at(run); });
  for (const auto& body : before.cluster.bodies) lost.look_at_path(body);
}

}  // namespace pgleast
