// Default privileges that give every future object away.
//
//   with: {grantee: PUBLIC, kinds: [tables, sequences]}
//   fix: {revoke: true}

#include <fmt/format.h>

#include <algorithm>

#include "checks/check.hpp"
#include "pg/default_acl_type.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::string subject_name(const Facts& facts, const DefaultAcl& row) {
  const auto& cluster = facts.cluster();
  const auto where = row.schema == no_object ? std::string("every schema")
                                             : "schema " + cluster.object(row.schema).identity;
  return fmt::format("{} of {} in {}", default_acl_type(row.type).plural,
                     cluster.role_name(row.creator), where);
}

}  // namespace

Check default_acl_forbids(MapReader& with, MapReader& fix) {
  const auto& grantee = with.need("grantee");
  if (scalar_text(grantee) != public_name) fail_policy(grantee, "only PUBLIC is looked at");
  const auto kinds = with.texts("kinds");
  const bool revoke = fix.boolean("revoke", false);
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing(Fact::objects)) return *missing;
    const auto& cluster = facts.cluster();
    std::vector<Finding> findings;
    for (const auto& row : cluster.default_acls) {
      const auto& type = default_acl_type(row.type);
      if (std::find(kinds.begin(), kinds.end(), type.plural) == kinds.end()) continue;
      const auto held = granted_to(cluster.acls[index(row.acl)], public_role);
      // A global row holds the built-in default too, which is not what somebody wrote.
      const auto built_in =
          row.schema == no_object ? info(type.kind).public_default : PrivilegeSet();
      if ((held - built_in).empty()) continue;
      Finding finding;
      finding.subject = {"default-privileges", subject_name(facts, row),
                         cluster.object(row.database).name};
      finding.message = fmt::format("PUBLIC will hold {} on future {}", to_string(held - built_in),
                                    displayed(finding.subject.name));
      if (revoke) {
        finding.remedies.emplace_back(ChangeDefaultPrivileges{
            false, row.database, row.creator, row.schema, row.type, public_role, held - built_in});
      }
      findings.push_back(std::move(finding));
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
