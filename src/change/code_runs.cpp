#include "change/code_runs.hpp"

#include <fmt/format.h>

#include "privileges/access_matrix.hpp"
#include "privileges/row_access.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

class CodeRuns {
 public:
  CodeRuns(const ClusterState& state, const std::function<void(const CodeRun&)>& take)
      : cluster_(state.cluster), matrix_(state.graph), take_(take) {}

  void body(const Body& body) {
    const auto& object = cluster_.object(body.of);
    if (object.system || object.extension) return;
    if (object.kind == ObjectKind::table) return view(body, object);
    if (object.kind != ObjectKind::function) return;
    const auto& function = cluster_.function(object);
    const auto roles =
        function.security_definer ? one(object.owner) : matrix_.holders(object, Privilege::execute);
    all(body.of, "", body.code, roles, roles);
  }

  void policy(const RowPolicy& policy) {
    const auto roles = users(cluster_.object(policy.table));
    all(policy.table, fmt::format("policy {}", displayed(policy.name)), policy.code, roles, roles);
  }

  void attachment(const Attachment& attachment) {
    // Firing a trigger needs no EXECUTE.
    if (attachment.kind == Attachment::Kind::trigger || !attachment.enabled) return;
    const auto& relation = cluster_.object(attachment.relation);
    const auto writers = holders_of(relation, attachment.on);
    const bool rule = attachment.kind == Attachment::Kind::rule;
    all(attachment.relation,
        fmt::format("{} {}", rule ? "rule" : "expression", displayed(attachment.name)),
        attachment.code, rule ? one(relation.owner) : writers, writers);
  }

 private:
  void view(const Body& body, const Object& view) {
    const auto callers = users(view);
    const auto as_owner = is_security_invoker(cluster_, view) ? callers : one(view.owner);
    all(body.of, "", body.code, as_owner, callers);
  }

  RoleSet one(RoleId role) const {
    RoleSet result(cluster_.roles.size());
    result.insert(role);
    return result;
  }
  RoleSet holders_of(const Object& object, PrivilegeSet privileges) const {
    RoleSet result(cluster_.roles.size());
    privileges.each([&](Privilege p) { result |= matrix_.holders_on_any(object, p); });
    return result;
  }
  RoleSet users(const Object& table) const {
    return holders_of(table, PrivilegeSet(Privilege::select) | Privilege::insert |
                                 Privilege::update | Privilege::delete_);
  }

  void all(ObjectId of, const std::string& name, const Code& code, const RoleSet& to_relations,
           const RoleSet& to_functions) {
    for (const auto& use : code.uses) {
      const auto kind = cluster_.object(use.object).kind;
      if (kind == ObjectKind::table && use.maybe) continue;
      const bool function = kind == ObjectKind::function;
      take_({of, name, use, function ? to_functions : to_relations});
    }
  }

  const Cluster& cluster_;
  AccessMatrix matrix_;
  const std::function<void(const CodeRun&)>& take_;
};

}  // namespace

void each_code_run(const ClusterState& state, const std::function<void(const CodeRun&)>& take) {
  CodeRuns runs(state, take);
  for (const auto& body : state.cluster.bodies) runs.body(body);
  for (const auto& policy : state.cluster.row_policies) runs.policy(policy);
  for (const auto& attachment : state.cluster.attachments) runs.attachment(attachment);
}

}  // namespace pgleast
