// Objects on which a grantee holds what it should not, by their own access lists.
//
//   with: {grantee: PUBLIC, kinds: [table, column], privileges: [SELECT]}
//   with: {grantee: PUBLIC, kinds: [table], objects: [pg_catalog.pg_authid]}
//
// Without `objects` all that users made is meant; with it, what has these identities, the
// server's own included.
//
//   fix: {revoke: true}

#include <fmt/format.h>

#include <algorithm>

#include "checks/check.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

struct Wanted {
  std::vector<ObjectKind> kinds;
  PrivilegeSet privileges;  // empty: any
  Patterns objects;         // identities; empty: all that users made
  bool revoke = false;
  bool columns = false;
};

void add_finding(const Facts& facts, const Wanted& wanted, ObjectId id, PrivilegeSet held,
                 std::optional<std::uint32_t> column, std::vector<Finding>& findings) {
  const auto& cluster = facts.cluster();
  const auto& object = cluster.object(id);
  Finding finding;
  finding.subject = facts.subject(object);
  if (column) {
    finding.subject.kind = "column";
    finding.subject.name +=
        '.' + shown_identifier(cluster.relation(object).columns[*column].name, cluster.major());
  }
  finding.message = fmt::format("PUBLIC, that is every role, holds {} on {} {}", to_string(held),
                                finding.subject.kind, displayed(finding.subject.name));
  const ChangePrivileges revoke{false, id, column, public_role, held};
  finding.path = {facts.told(
      fmt::format("GRANT {} to PUBLIC on {}{}", to_string(held), displayed(finding.subject.name),
                  object.acl == null_acl && !column ? " (built-in default)" : ""),
      {revoke})};
  if (wanted.revoke) finding.remedies.emplace_back(revoke);
  findings.push_back(std::move(finding));
}

void check_object(const Facts& facts, const Wanted& wanted, ObjectId id,
                  std::vector<Finding>& findings) {
  const auto& cluster = facts.cluster();
  const auto& object = cluster.object(id);
  const auto objectionable = [&](const Acl& acl) {
    const auto held = granted_to(acl, public_role);
    return wanted.privileges.empty() ? held : held & wanted.privileges;
  };
  const bool asked =
      std::find(wanted.kinds.begin(), wanted.kinds.end(), object.kind) != wanted.kinds.end();
  if (asked) {
    const auto held = objectionable(cluster.effective_acl(object));
    if (!held.empty()) add_finding(facts, wanted, id, held, std::nullopt, findings);
  }
  if (!wanted.columns || object.kind != ObjectKind::table) return;
  const auto& columns = cluster.relation(object).columns;
  for (std::uint32_t i = 0; i < columns.size(); ++i) {
    const auto held = objectionable(cluster.column_acl(columns[i]));
    if (!held.empty()) add_finding(facts, wanted, id, held, i, findings);
  }
}

bool is_meant(const Wanted& wanted, const Object& object) {
  if (!wanted.objects.empty()) return matches_name(wanted.objects, object.identity);
  const bool template0 = object.kind == ObjectKind::database && object.name == "template0";
  return is_users_own(object) && !template0;
}

}  // namespace

Check acl_forbids(MapReader& with, MapReader& fix) {
  const auto& grantee = with.need("grantee");
  if (scalar_text(grantee) != public_name) fail_policy(grantee, "only PUBLIC is looked at");
  Wanted wanted;
  const auto& kinds = with.need("kinds");
  for (const auto& name : scalar_texts(kinds)) {
    const auto kind = object_kind_named(name);
    if (!kind) fail_policy(kinds, fmt::format("unknown kind of object `{}`", displayed(name)));
    wanted.columns = wanted.columns || *kind == ObjectKind::column;
    wanted.kinds.push_back(*kind);
  }
  if (const auto* const listed_privileges = with.find("privileges")) {
    for (const auto& name : scalar_texts(*listed_privileges)) {
      const auto privilege = privilege_named(name);
      if (!privilege)
        fail_policy(*listed_privileges, fmt::format("unknown privilege `{}`", displayed(name)));
      wanted.privileges |= *privilege;
    }
  }
  if (const auto* const objects = with.find("objects")) wanted.objects = read_patterns(*objects);
  wanted.revoke = fix.boolean("revoke", false);
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing(Fact::objects)) return *missing;
    std::vector<Finding> findings;
    const auto count = static_cast<std::uint32_t>(facts.cluster().objects.size());
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto& object = facts.cluster().objects[i];
      if (is_meant(wanted, object)) check_object(facts, wanted, ObjectId{i}, findings);
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
