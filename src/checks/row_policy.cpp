// Row-security policies in force that let through more than they seem to.
//
//   with: {forbid: moot_policy}        one that is always true makes the others for the same
//                                      commands and roles say nothing
//   with: {forbid: trusted_setting}    it reads a setting that whoever sends SQL may set
//   with: {forbid: foreign_function}   it calls a function that somebody else can change
//   with: {forbid: volatile_function}  it calls one that answers differently for one row
//   with: {forbid: leaking_function}   it calls one of users that is not LEAKPROOF
//   with: {forbid: unguarded_write}    new rows may be what rows that are seen may not
//   with: {forbid: writable_table}     it reads a table that those whom it binds may write

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "checks/check.hpp"
#include "privileges/row_access.hpp"
#include "privileges/setting_in_force.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::array writing{Privilege::insert, Privilege::update, Privilege::delete_};

/// The policies of one table on which row security is on.
struct Guarded {
  ObjectId table{};
  std::vector<const RowPolicy*> policies;
};

class PolicyJudge {
 public:
  explicit PolicyJudge(const Facts& facts) : facts_(facts), cluster_(facts.cluster()) {
    for (const auto& body : cluster_.bodies) bodies_.emplace(body.of, &body.code);
  }

  using PolicyQuestion = std::string (PolicyJudge::*)(const RowPolicy&, const Guarded&) const;

  /// `follows`: what it calls is looked into, too.
  Verdict ask(PolicyQuestion question, const char* decision, bool follows) const {
    std::string unknown;
    std::vector<Finding> findings;
    for (const auto& guarded : all_guarded()) {
      const auto& table = cluster_.object(guarded.table);
      for (const auto* const policy : guarded.policies) {
        if (unknown.empty()) unknown = not_followed(*policy, table, follows);
        const auto fault = (this->*question)(*policy, guarded);
        if (fault.empty()) continue;
        Finding finding;
        finding.subject = facts_.subject(table);
        finding.subject.name = policy->name + " on " + table.identity;
        finding.subject.kind = "policy";
        finding.message =
            fmt::format("policy {} of {} {}", displayed(policy->name), facts_.shown(table), fault);
        finding.decision = decision;
        findings.push_back(std::move(finding));
      }
    }
    if (findings.empty() && !unknown.empty()) {
      return unseen(
          unknown,
          "give what makes the functions that it calls, and let none put SQL together as it runs");
    }
    return verdict_of(std::move(findings));
  }

  std::string moot_policy(const RowPolicy& policy, const Guarded& guarded) const;
  std::string trusted_setting(const RowPolicy& policy, const Guarded&) const;
  std::string foreign_function(const RowPolicy& policy, const Guarded& guarded) const;
  std::string volatile_function(const RowPolicy& policy, const Guarded&) const;
  std::string leaking_function(const RowPolicy& policy, const Guarded&) const;
  std::string unguarded_write(const RowPolicy& policy, const Guarded& guarded) const;
  std::string writable_table(const RowPolicy& policy, const Guarded& guarded) const;

 private:
  std::vector<Guarded> all_guarded() const {
    std::map<ObjectId, Guarded> tables;
    for (const auto& policy : cluster_.row_policies) {
      if (!cluster_.relation(cluster_.object(policy.table)).row_security) continue;
      auto& guarded = tables[policy.table];
      guarded.table = policy.table;
      guarded.policies.push_back(&policy);
    }
    std::vector<Guarded> result;
    for (auto& [id, guarded] : tables) result.push_back(std::move(guarded));
    return result;
  }

  bool settable(const std::string& name) const;
  /// What the policy does itself, and the functions that it calls, these once each.
  std::vector<const Code*> codes_of(const RowPolicy& policy) const;
  /// Settings that the policy reads, itself or in the functions that it calls.
  std::set<std::string> settings_of(const RowPolicy& policy) const;
  std::string not_followed(const RowPolicy& policy, const Object& table, bool follows) const;
  std::string writers_of(ObjectId table, const RowPolicy& policy, const Object& guarded) const;

  const Facts& facts_;
  const Cluster& cluster_;
  std::map<ObjectId, const Code*> bodies_;
};

bool covers_roles(const RowPolicy& wide, const RowPolicy& narrow) {
  const auto has = [&](RoleId role) {
    return std::find(wide.roles.begin(), wide.roles.end(), role) != wide.roles.end();
  };
  return has(public_role) || std::all_of(narrow.roles.begin(), narrow.roles.end(), has);
}

bool shares_commands(const RowPolicy& one, const RowPolicy& other) {
  return one.command == '*' || other.command == '*' || one.command == other.command;
}

bool is_open(const RowPolicy& policy) {
  const bool reads = policy.command == 'a' || policy.using_always_true;
  const bool writes = policy.command == 'r' || policy.command == 'd' || policy.check_always_true;
  return reads && writes;
}

std::string PolicyJudge::moot_policy(const RowPolicy& policy, const Guarded& guarded) const {
  if (!policy.permissive || !is_open(policy)) return "";
  std::string moot;
  for (const auto* const other : guarded.policies) {
    if (other == &policy || is_open(*other)) continue;
    // A restrictive one still takes rows away.
    if (!other->permissive && shares_commands(policy, *other)) return "";
    const bool same = policy.command == '*' || policy.command == other->command;
    if (!same || !covers_roles(policy, *other)) continue;
    moot += (moot.empty() ? "" : ", ") + displayed(other->name);
  }
  return moot.empty() ? ""
                      : fmt::format(
                            "admits every row: beside it {} says nothing, as one "
                            "permissive policy suffices",
                            moot);
}

std::vector<const Code*> PolicyJudge::codes_of(const RowPolicy& policy) const {
  std::set<ObjectId> seen;
  std::vector<const Code*> result{&policy.code};
  for (std::size_t i = 0; i < result.size(); ++i) {
    for (const auto& use : result[i]->uses) {
      const auto body = bodies_.find(use.object);
      const bool function = cluster_.object(use.object).kind == ObjectKind::function;
      if (function && body != bodies_.end() && seen.insert(use.object).second) {
        result.push_back(body->second);
      }
    }
  }
  return result;
}

std::set<std::string> PolicyJudge::settings_of(const RowPolicy& policy) const {
  std::set<std::string> settings;
  for (const auto* const code : codes_of(policy)) {
    settings.insert(code->settings.begin(), code->settings.end());
  }
  return settings;
}

std::string PolicyJudge::not_followed(const RowPolicy& policy, const Object& table,
                                      bool follows) const {
  const auto codes = follows ? codes_of(policy) : std::vector<const Code*>{&policy.code};
  for (const auto* const code : codes) {
    if (code->unknown.empty()) continue;
    return fmt::format("what policy {} of {} does cannot be followed: {}", displayed(policy.name),
                       facts_.shown(table), displayed(code->unknown));
  }
  return "";
}

/// By a role that is no administrator. One that the server does not know takes any value.
bool PolicyJudge::settable(const std::string& name) const {
  // Whoever sets these must be allowed to become that role.
  const auto key = setting_key(name);
  if (key == "role" || key == "session_authorization") return false;
  const auto* const info = find_setting_info(name, cluster_.major());
  if (info == nullptr) return name.find('.') != std::string::npos;
  if (info->context == SettingContext::user) return true;
  if (info->context != SettingContext::superuser) return false;
  const SettingRights rights(facts_.graph());
  const auto roles = facts_.roles().ordinary_roles();
  return std::any_of(roles.begin(), roles.end(), [&](RoleId role) {
    return !cluster_.role(role).superuser && rights.may_set(role, *info);
  });
}

std::string PolicyJudge::trusted_setting(const RowPolicy& policy, const Guarded&) const {
  std::string names;
  for (const auto& name : settings_of(policy)) {
    if (settable(name)) names += (names.empty() ? "" : ", ") + displayed(name);
  }
  // A restrictive one takes rows away from those who get them otherwise.
  if (names.empty()) return "";
  return fmt::format(
      "believes {}, which a session may set as it likes: whoever sends SQL of its "
      "own chooses whose rows it reaches",
      names);
}

std::string PolicyJudge::foreign_function(const RowPolicy& policy, const Guarded& guarded) const {
  const auto& table = cluster_.object(guarded.table);
  for (const auto* const code : codes_of(policy)) {
    for (const auto& use : code->uses) {
      const auto& function = cluster_.object(use.object);
      if (function.kind != ObjectKind::function || !is_users_own(function)) continue;
      const auto& owner = cluster_.role(function.owner);
      const auto& as_owner =
          facts_.graph().reach(function.owner, Closure::inherits, table.database);
      if (owner.superuser || function.owner == table.owner || as_owner.has(table.owner)) continue;
      return fmt::format("calls {}, which {} owns and can change, and with it who sees which rows",
                         facts_.shown(function), facts_.shown(function.owner));
    }
  }
  return "";
}

std::string PolicyJudge::volatile_function(const RowPolicy& policy, const Guarded&) const {
  for (const auto& use : policy.code.uses) {
    const auto& function = cluster_.object(use.object);
    if (function.kind != ObjectKind::function) continue;
    if (cluster_.function(function).volatility != 'v') continue;
    return fmt::format(
        "calls {}, which is volatile: it may answer differently for the same row, "
        "and do something each time",
        facts_.shown(function));
  }
  return "";
}

/// The server's own functions say little; what a user's says in an error is for its author to know.
std::string PolicyJudge::leaking_function(const RowPolicy& policy, const Guarded&) const {
  for (const auto& use : policy.code.uses) {
    const auto& object = cluster_.object(use.object);
    if (object.kind != ObjectKind::function || !is_users_own(object)) continue;
    const auto& function = cluster_.function(object);
    // Without an argument it is given nothing.
    if (function.leakproof || object.identity.ends_with("()")) continue;
    return fmt::format(
        "calls {}, which is not LEAKPROOF{}: it is given the rows that the policy hides, and an "
        "error or a notice of it may tell of them",
        facts_.shown(object),
        function.security_definer ? " and runs as its owner for whoever sends a query" : "");
  }
  return "";
}

/// Where WITH CHECK is left out, USING stands for it: that is no fault.
std::string PolicyJudge::unguarded_write(const RowPolicy& policy, const Guarded& guarded) const {
  const bool writes = policy.command == '*' || policy.command == 'w';
  if (!policy.permissive || !writes || !policy.check_always_true || policy.using_always_true) {
    return "";
  }
  for (const auto* const other : guarded.policies) {
    if (!other->permissive && shares_commands(policy, *other) && !other->check_always_true)
      return "";
  }
  return policy.command == '*'
             ? "takes any new row: whoever it is for can make rows that it says are another's, and "
               "give its own away"
             : "takes any changed row: whoever it is for can give its rows to another";
}

/// Whom the policy binds and who may write the table that it reads.
std::string PolicyJudge::writers_of(ObjectId table, const RowPolicy& policy,
                                    const Object& guarded) const {
  constexpr std::size_t most_shown = 3;
  const auto& reach = facts_.escalations().row_reach();
  std::vector<RoleId> writers;
  for (const auto role : facts_.roles().ordinary_roles()) {
    if (!reach.bound(role, guarded)) continue;
    const auto& inherited = facts_.graph().reach(role, Closure::inherits, guarded.database);
    const bool binds = std::any_of(policy.roles.begin(), policy.roles.end(),
                                   [&](RoleId r) { return r == public_role || inherited.has(r); });
    if (!binds ||
        reach.access(role, policy.table, Privilege::select).kind == RowAccess::Kind::none) {
      continue;
    }
    const bool writes = std::any_of(writing.begin(), writing.end(), [&](Privilege p) {
      const auto kind = reach.access(role, table, p).kind;
      return kind == RowAccess::Kind::all || kind == RowAccess::Kind::some;
    });
    if (writes) writers.push_back(role);
  }
  std::string text;
  for (std::size_t i = 0; i < std::min(writers.size(), most_shown); ++i) {
    text += (text.empty() ? "" : ", ") + facts_.shown(writers[i]);
  }
  if (writers.size() > most_shown) text += fmt::format(" and {} more", writers.size() - most_shown);
  return text;
}

std::string PolicyJudge::writable_table(const RowPolicy& policy, const Guarded& guarded) const {
  const auto& table = cluster_.object(guarded.table);
  std::set<ObjectId> seen{guarded.table};
  for (const auto* const code : codes_of(policy)) {
    for (const auto& use : code->uses) {
      const auto& read = cluster_.object(use.object);
      const bool reads =
          read.kind == ObjectKind::table && !read.system && use.privileges.has(Privilege::select);
      if (!reads || !seen.insert(use.object).second) continue;
      const auto writers = writers_of(use.object, policy, table);
      if (writers.empty()) continue;
      return fmt::format("goes by what is in {}, which {}, whom it binds, may write",
                         facts_.shown(read), writers);
    }
  }
  return "";
}

struct Forbidden {
  std::string_view word;
  PolicyJudge::PolicyQuestion question;
  const char* decision;
  bool follows = false;
};

constexpr std::array forbidden_kinds{
    Forbidden{"moot_policy", &PolicyJudge::moot_policy,
              "drop the policy, name the roles that it is for, or make it restrictive"},
    Forbidden{"trusted_setting", &PolicyJudge::trusted_setting,
              "let the policy go by current_user, or keep the roles that it is for from sending "
              "SQL of their own",
              true},
    Forbidden{"foreign_function", &PolicyJudge::foreign_function,
              "let the owner of the table own the function", true},
    Forbidden{"volatile_function", &PolicyJudge::volatile_function,
              "make the function stable, or leave it out"},
    Forbidden{
        "leaking_function", &PolicyJudge::leaking_function,
        "see to it that no argument makes the function fail or speak, and waive it, or compare "
        "columns in the policy itself"},
    Forbidden{"unguarded_write", &PolicyJudge::unguarded_write,
              "leave WITH CHECK out, so that USING holds for new rows, too"},
    Forbidden{"writable_table", &PolicyJudge::writable_table,
              "let only roles that the policy does not bind write what it goes by", true},
};

}  // namespace

Check row_policy(MapReader& with, MapReader&) {
  const auto& node = with.need("forbid");
  const auto word = scalar_text(node);
  const auto* const kind = std::find_if(forbidden_kinds.begin(), forbidden_kinds.end(),
                                        [&](const Forbidden& f) { return f.word == word; });
  if (kind == forbidden_kinds.end()) {
    std::vector<std::string> words;
    for (const auto& f : forbidden_kinds) words.emplace_back(f.word);
    fail_policy(node,
                fmt::format("unknown fault `{}`{}", displayed(word), did_you_mean(word, words)));
  }
  const auto question = kind->question;
  const auto* const decision = kind->decision;
  const auto follows = kind->follows;
  const bool asks_of_roles = word == "writable_table";
  return [=](const Facts& facts) -> Verdict {
    for (const auto fact : {Fact::objects, Fact::code}) {
      if (const auto missing = facts.missing(fact)) return *missing;
    }
    if (asks_of_roles) {
      if (const auto missing = facts.missing(Fact::roles)) return *missing;
    }
    auto verdict = PolicyJudge(facts).ask(question, decision, follows);
    if (verdict.kind != Verdict::Kind::holds) return verdict;
    for (const auto& policy : facts.cluster().row_policies) {
      if (policy.using_expression || policy.check_expression || policy.code.unknown.empty())
        continue;
      return unseen(
          fmt::format("policy {} of {}: {}", displayed(policy.name),
                      facts.shown(facts.cluster().object(policy.table)), policy.code.unknown),
          "read it again");
    }
    return verdict;
  };
}

}  // namespace pgleast
