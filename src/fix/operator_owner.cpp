// ALTER OPERATOR ... OWNER TO.

#include <fmt/format.h>

#include "fix/statement.hpp"
#include "pg/identifier.hpp"

namespace pgleast {

std::vector<OperatorUse*> uses_of(Cluster& model, const ChangeOperatorOwner& remedy) {
  std::vector<OperatorUse*> result;
  const auto add = [&](Code& code) {
    for (auto& use : code.operators) {
      const bool same = use.schema == remedy.schema && use.identity == remedy.identity;
      if (same && use.owner != no_role) result.push_back(&use);
    }
  };
  for (auto& body : model.bodies) add(body.code);
  for (auto& attachment : model.attachments) add(attachment.code);
  for (auto& policy : model.row_policies) add(policy.code);
  return result;
}

Statements enact(Cluster& model, const ChangeOperatorOwner& remedy) {
  const auto uses = uses_of(model, remedy);
  if (uses.empty() || uses.front()->owner == remedy.owner) return {};
  const auto statement = [&](RoleId owner) {
    return fmt::format("ALTER OPERATOR {} OWNER TO {};", remedy.identity,
                       quote_identifier(model.role_name(owner)));
  };
  Statements result{model.object(remedy.schema).database,
                    {statement(remedy.owner)},
                    {statement(uses.front()->owner)},
                    false,
                    {}};
  for (auto* const use : uses) use->owner = remedy.owner;
  return result;
}

}  // namespace pgleast
