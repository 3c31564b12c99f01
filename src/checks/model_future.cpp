// `future: true`: the default privileges of every role that can create there give what the
// entry requires and no more than it allows.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "checks/check.hpp"
#include "checks/grant_model.hpp"
#include "pg/default_acl_type.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

struct Privileges {
  PrivilegeSet global;  // of the global row or, without one, the built-in default
  PrivilegeSet schema;  // of the row for the schema
};

// aclchk.c, get_user_default_acl: the global row replaces the built-in default, the schema's
// row is added to it.
Privileges default_privileges(const Facts& facts, RoleId creator, ObjectId schema, char type,
                              RoleId grantee) {
  const auto& cluster = facts.cluster();
  const auto kind = default_acl_type(type).kind;
  Privileges rows{granted_to(default_acl(kind, creator, cluster.major()), grantee), {}};
  const auto database = cluster.object(schema).database;
  for (const auto& row : cluster.default_acls) {
    if (row.creator != creator || row.type != type || row.database != database) continue;
    const auto held = granted_to(cluster.acls[index(row.acl)], grantee);
    if (row.schema == no_object) rows.global = held;
    if (row.schema == schema) rows.schema = held;
  }
  return rows;
}

class Future {
 public:
  Future(const Facts& facts, std::vector<Finding>& findings) : facts_(facts), findings_(findings) {}

  void check(const GrantEntry& entry, RoleId grantee, ObjectId schema, RoleId creator) {
    const auto type = default_acl_letter(entry.kind);
    const auto legal = grantable_privileges(entry.kind, facts_.cluster().major());
    const auto rows = default_privileges(facts_, creator, schema, type, grantee);
    const auto lacking = (entry.require & legal) - rows.global - rows.schema;
    const bool is_owner = grantee == creator;
    if (!lacking.empty() && !is_owner) {
      auto& finding = add(grantee, schema, creator, type, "lacks",
                          fmt::format("{} will lack {} on future {}", facts_.shown(grantee),
                                      to_string(lacking), place(schema, creator, type)));
      finding.remedies.emplace_back(change(true, creator, schema, type, grantee, lacking));
    }
    if (!entry.allow || is_owner) return;
    const auto more_here = rows.schema - entry.ceiling();
    const auto more_everywhere = rows.global - entry.ceiling();
    if ((more_here | more_everywhere).empty()) return;
    auto& finding =
        add(grantee, more_everywhere.empty() ? schema : no_object, creator, type, "holds",
            fmt::format("{} will hold {} on future {}, more than the policy allows",
                        facts_.shown(grantee), to_string(more_here | more_everywhere),
                        place(schema, creator, type)));
    if (!more_here.empty()) {
      finding.remedies.emplace_back(change(false, creator, schema, type, grantee, more_here));
    }
    if (!more_everywhere.empty()) {
      finding.remedies.emplace_back(
          change(false, creator, no_object, type, grantee, more_everywhere));
    }
  }

 private:
  std::string place(ObjectId schema, RoleId creator, char type) const {
    return fmt::format("{} that {} creates in schema {}", default_acl_type(type).plural,
                       facts_.shown(creator), facts_.shown(facts_.cluster().object(schema)));
  }

  ChangeDefaultPrivileges change(bool grant, RoleId creator, ObjectId schema, char type,
                                 RoleId grantee, PrivilegeSet privileges) const {
    return {grant, database_, creator, schema, type, grantee, privileges};
  }

  Finding& add(RoleId grantee, ObjectId schema, RoleId creator, char type, const char* what,
               std::string message) {
    const auto& cluster = facts_.cluster();
    const auto where = schema == no_object ? "" : " in " + cluster.object(schema).identity;
    Finding finding;
    finding.subject = {
        "default-privileges",
        fmt::format("{} of {}{}: {} {}", default_acl_type(type).plural, cluster.role_name(creator),
                    where, cluster.role_name(grantee), what),
        database_ == no_object ? "" : cluster.object(database_).name};
    finding.message = std::move(message);
    findings_.push_back(std::move(finding));
    return findings_.back();
  }

 public:
  void in(ObjectId database) { database_ = database; }

 private:
  const Facts& facts_;
  std::vector<Finding>& findings_;
  ObjectId database_ = no_object;
};

}  // namespace

Check model_future(MapReader&, MapReader&) {
  return [](const Facts& facts) -> Verdict {
    const auto& grants = facts.policy().grants;
    if (std::none_of(grants.begin(), grants.end(), [](const auto& e) { return e.future; })) {
      return {};
    }
    for (const auto fact : {Fact::roles, Fact::objects}) {
      if (const auto missing = facts.missing(fact)) return *missing;
    }
    std::vector<Finding> findings;
    Future future(facts, findings);
    std::map<ObjectId, std::vector<RoleId>> creators_in;
    for (const auto& entry : grants) {
      if (!entry.future) continue;
      for (const auto schema : schemas_of(facts, entry)) {
        const auto& s = facts.cluster().object(schema);
        future.in(s.database);
        const auto [at, added] = creators_in.try_emplace(schema);
        if (added) at->second = creators(facts, s);
        for (const auto& name : entry.to) {
          const auto grantee = grantee_named(facts.cluster(), name);
          if (!grantee) continue;
          for (const auto creator : at->second) future.check(entry, *grantee, schema, creator);
        }
      }
    }
    // A default that holds in every schema is found in each of them.
    std::set<std::string> seen;
    std::erase_if(findings, [&](const Finding& f) {
      return !seen.insert(f.subject.database + '\0' + f.subject.name).second;
    });
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
