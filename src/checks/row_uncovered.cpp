// Privileges on tables with row security that no policy covers, held by roles that the policies
// bind: TRUNCATE empties the table, REFERENCES asks whether a row exists, TRIGGER sees all that
// others write.
//
//   with: {privileges: [TRUNCATE, TRIGGER]}

#include <fmt/format.h>

#include <optional>

#include "checks/check.hpp"
#include "model/objects_of.hpp"
#include "privileges/row_access.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

PrivilegeSet read_uncovered(const YamlNode& node) {
  PrivilegeSet result;
  for (const auto& item : node.items) {
    const auto privilege = privilege_named(scalar_text(item));
    if (!privilege) fail_policy(item, "no privilege of this name");
    result |= *privilege;
  }
  return result;
}

}  // namespace

Check row_uncovered(MapReader& with, MapReader& fix) {
  const auto uncovered = read_uncovered(with.need("privileges"));
  const bool revoke = fix.boolean("revoke", false);
  return [=](const Facts& facts) -> Verdict {
    for (const auto fact : {Fact::roles, Fact::objects}) {
      if (const auto missing = facts.missing(fact)) return *missing;
    }
    const auto& cluster = facts.cluster();
    const RowReach reach(facts.graph());
    std::vector<Finding> findings;
    for (const auto id : objects_of(cluster, ObjectKind::table)) {
      const auto& table = cluster.object(id);
      if (!is_users_own(table)) continue;
      if (!cluster.relation(table).row_security) continue;
      Finding finding;
      std::string held;
      const auto look_at = [&](const Acl& list, std::optional<std::uint32_t> column) {
        for (const auto& item : list) {
          const auto more = item.privileges & uncovered;
          if (more.empty() || item.grantee == table.owner) continue;
          if (item.grantee != public_role && !reach.bound(item.grantee, table)) continue;
          held += fmt::format("{}{} holds {}", held.empty() ? "" : ", ", facts.shown(item.grantee),
                              to_string(more));
          if (column) {
            held += " on column " + displayed(cluster.relation(table).columns[*column].name);
          }
          if (!revoke) continue;
          finding.remedies.emplace_back(ChangePrivileges{false, id, column, item.grantee, more});
        }
      };
      look_at(facts.graph().list_of(table), std::nullopt);
      const auto& columns = cluster.relation(table).columns;
      for (std::uint32_t c = 0; c < columns.size(); ++c) look_at(cluster.column_acl(columns[c]), c);
      if (held.empty()) continue;
      finding.subject = facts.subject(table);
      finding.message =
          fmt::format("{} on {}, whose policies do not cover that", held, facts.shown(table));
      findings.push_back(std::move(finding));
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
