// Who is no superuser and reads what the server keeps in its catalogs for superusers: by a grant to
// a role, or by a view or SECURITY DEFINER function that hands it on. What everybody holds is
// acl_forbids's.
//
//   with:
//     tables: [pg_catalog.pg_authid.rolpassword, pg_catalog.pg_statistic]
//     except: $administrators
//   fix: {revoke: true}
//
// Of a table with a column that one alone is secret; a grant on the table gives it, too.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "checks/check.hpp"
#include "model/objects_of.hpp"
#include "privileges/indirect_use.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

struct Secret {
  std::string table;   // identity
  std::string column;  // empty: any
};

Secret read_secret(const std::string& text) {
  const auto first = text.find('.');
  const auto second = first == std::string::npos ? first : text.find('.', first + 1);
  if (second == std::string::npos) return {text, ""};
  return {text.substr(0, second), text.substr(second + 1)};
}

class SecretReaders {
 public:
  SecretReaders(const Facts& facts, const Patterns& except, bool revoke)
      : facts_(facts), cluster_(facts.cluster()), except_(except), revoke_(revoke) {}

  void add(ObjectId table, const std::string& column) {
    const auto& object = cluster_.object(table);
    look_at(table, Privilege::select, facts_.graph().list_of(object), std::nullopt, "");
    const auto& columns = cluster_.relation(object).columns;
    for (std::uint32_t c = 0; c < columns.size(); ++c) {
      if (!column.empty() && columns[c].name != column) continue;
      look_at(table, Privilege::select, cluster_.column_acl(columns[c]), c, "");
    }
    for (const auto& access : facts_.escalations().indirect_uses().to(table, Privilege::select)) {
      add_handed_on(*access.use, object, column);
    }
  }

  Verdict verdict() && {
    std::vector<Finding> findings;
    for (auto& [key, finding] : findings_) findings.push_back(std::move(finding));
    auto verdict = verdict_of(std::move(findings));
    if (renamed_.empty()) return verdict;
    const char* const remedy = "look at its query";
    if (verdict.kind == Verdict::Kind::holds) return unseen(renamed_, remedy);
    verdict.why = renamed_;
    verdict.remedy = remedy;
    return verdict;
  }

 private:
  // A view without such a column may show it by another name.
  void add_handed_on(const IndirectUse& use, const Object& table, const std::string& column) {
    const auto& by = cluster_.object(use.object);
    if (by.system || by.extension) return;
    const auto words = fmt::format(", which reads {} as {}", facts_.shown(table),
                                   facts_.shown(use.as == no_role ? by.owner : use.as));
    if (by.kind == ObjectKind::table) {
      const auto& columns = cluster_.relation(by).columns;
      const bool shows =
          column.empty() || std::any_of(columns.begin(), columns.end(),
                                        [&](const Column& c) { return c.name == column; });
      if (!shows) return note_renamed(use, table, column);
      for (std::uint32_t c = 0; c < columns.size(); ++c) {
        if (!column.empty() && columns[c].name != column) continue;
        look_at(use.object, use.privilege, cluster_.column_acl(columns[c]), c, words);
      }
    }
    look_at(use.object, use.privilege, facts_.graph().list_of(by), std::nullopt, words);
  }

  void note_renamed(const IndirectUse& use, const Object& table, const std::string& column) {
    const auto& view = cluster_.object(use.object);
    bool any = holds(use.object, use.privilege, facts_.graph().list_of(view));
    for (const auto& c : cluster_.relation(view).columns) {
      any = any || holds(use.object, use.privilege, cluster_.column_acl(c));
    }
    if (!any || !renamed_.empty()) return;
    renamed_ = fmt::format("whether {} shows {} of {} by another name is not told apart",
                           facts_.shown(view), displayed(column), facts_.shown(table));
  }

  bool holds(ObjectId id, Privilege privilege, const Acl& list) const {
    return std::any_of(list.begin(), list.end(), [&](const AclItem& item) {
      return item.privileges.has(privilege) && is_meant(item.grantee, id);
    });
  }

  bool is_meant(RoleId grantee, ObjectId object) const {
    const auto& o = cluster_.object(object);
    if (grantee == public_role) return !o.system;
    const auto& role = cluster_.role(grantee);
    const bool its_own = role.name.starts_with("pg_") || grantee == o.owner;
    return !role.superuser && !role.dropped && !its_own && role.name != cluster_.reader &&
           !facts_.roles().matches(except_, grantee);
  }

  void look_at(ObjectId id, Privilege privilege, const Acl& list,
               std::optional<std::uint32_t> column, const std::string& words) {
    for (const auto& item : list) {
      if (!item.privileges.has(privilege) || !is_meant(item.grantee, id)) continue;
      const auto& object = cluster_.object(id);
      auto& finding = findings_[{id, item.grantee}];
      if (finding.message.empty()) {
        finding.subject = facts_.subject(object);
        finding.subject.name += " for " + cluster_.role_name(item.grantee);
        finding.message = fmt::format("{} holds {} on {}{}", facts_.shown(item.grantee),
                                      info(privilege).keyword, facts_.shown(object), words);
        if (!revoke_) finding.decision = "revoke it, or make the role an administrator";
      }
      const Remedy revoke = ChangePrivileges{false, id, column, item.grantee, privilege};
      const bool known = std::find(finding.remedies.begin(), finding.remedies.end(), revoke) !=
                         finding.remedies.end();
      if (revoke_ && !known) finding.remedies.push_back(revoke);
    }
  }

  const Facts& facts_;
  const Cluster& cluster_;
  const Patterns& except_;
  bool revoke_;
  std::map<std::pair<ObjectId, RoleId>, Finding> findings_;
  std::string renamed_;  // a view that may show a secret; empty: none
};

}  // namespace

Check secret_readers(MapReader& with, MapReader& fix) {
  std::vector<Secret> secrets;
  for (const auto& text : scalar_texts(with.need("tables"))) secrets.push_back(read_secret(text));
  const auto except = read_patterns(with.need("except"));
  const bool revoke = fix.boolean("revoke", false);
  return [=](const Facts& facts) -> Verdict {
    for (const auto fact : {Fact::roles, Fact::objects, Fact::code}) {
      if (const auto missing = facts.missing(fact)) return *missing;
    }
    const auto& cluster = facts.cluster();
    SecretReaders readers(facts, except, revoke);
    for (const auto id : objects_of(cluster, ObjectKind::table)) {
      const auto& object = cluster.object(id);
      if (!object.system) continue;
      for (const auto& secret : secrets) {
        if (object.identity == secret.table) readers.add(id, secret.column);
      }
    }
    return std::move(readers).verdict();
  };
}

}  // namespace pgleast
