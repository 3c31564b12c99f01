#include "fix/word.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "change/code_runs.hpp"
#include "change/loss.hpp"
#include "checks/grant_model.hpp"
#include "connections/credential.hpp"
#include "escalation/name_path.hpp"
#include "fix/config_edit.hpp"
#include "fix/statement.hpp"
#include "fix/take_back.hpp"
#include "model/objects_of.hpp"
#include "pg/name_list.hpp"
#include "pg/predefined_role.hpp"
#include "privileges/access_matrix.hpp"
#include "privileges/row_access.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// Settings by which something may stop; none of the others turns anybody away.
struct RiskySetting {
  std::string_view name, kind, why;
};
constexpr std::array<RiskySetting, 7> risky_settings{{
    {"listen_addresses", "addresses", "clients from elsewhere cannot connect any more"},
    {"ssl", "tls", "the server does not start without a certificate and its key"},
    {"ssl_min_protocol_version", "tls", "clients with older protocols are turned away"},
    {"db_user_namespace", "setting", "names of roles for one database do not log in any more"},
    {"lo_compat_privileges", "setting", "large objects are read by those alone that may"},
    {"session_replication_role", "setting", "triggers and rules fire that did not"},
    {"backslash_quote", "setting", "clients that quote by a backslash are refused"},
}};

// Whether a rule speaks of paths: what is cut there may be somebody else's way, too.
bool is_of_a_path(const Finding& finding) { return !finding.paths.empty(); }

NeededWord word(std::string_view kind, std::string why) { return {kind, std::move(why)}; }

}  // namespace

std::set<std::string> accepted_kinds(const std::vector<std::string>& names) {
  std::set<std::string> result;
  for (const auto& name : names) {
    const auto kinds = word_kinds_named(name);
    if (kinds.empty()) fail_usage("--accept: " + no_word_kind(name));
    result.insert(kinds.begin(), kinds.end());
  }
  return result;
}

class Words::Judge {
 public:
  Judge(Cluster& model, const Policy& policy, const std::string& today)
      : model_(model), policy_(policy), facts_(model, policy, today), matrix_(facts_.graph()) {}

  std::optional<NeededWord> needed(const Finding& finding, const ChangePrivileges& r);
  std::optional<NeededWord> needed(const Finding& finding, const ChangeMembership& r);
  std::optional<NeededWord> needed(const Finding&, const ChangeAttribute& r);
  std::optional<NeededWord> needed(const Finding&, const ChangeConnectionLimit&) { return {}; }
  std::optional<NeededWord> needed(const Finding&, const ChangeOwner& r);
  std::optional<NeededWord> needed(const Finding&, const ChangeOperatorOwner& r);
  std::optional<NeededWord> needed(const Finding&, const PinSearchPath& r);
  std::optional<NeededWord> needed(const Finding&, const EnableRowSecurity& r);
  std::optional<NeededWord> needed(const Finding&, const ChangeDefaultPrivileges&) { return {}; }
  std::optional<NeededWord> needed(const Finding&, const ResetStored& r) {
    return of_setting(r.name);
  }
  std::optional<NeededWord> needed(const Finding&, const ChangeSetting& r) {
    return of_setting(r.name);
  }
  std::optional<NeededWord> needed(const Finding&, const EditRecord& r);
  std::optional<NeededWord> needed(const Finding&, const InsertRecord& r);
  std::optional<NeededWord> needed(const Finding&, const DisableRecord& r);
  std::optional<NeededWord> needed(const Finding&, const DisableMapping& r);

 private:
  using Lost = std::map<Privilege, RoleSet>;

  bool is_check(const Finding& finding, std::string_view check) const;
  bool is_described(RoleId role) const;
  bool may_be_using(RoleId role, const Finding& finding) const;
  bool can_get_to(RoleId role, const Object& object) const;
  bool has_made_something_in(RoleId role, ObjectId container) const;
  std::string names_of(const std::vector<RoleId>& roles) const;
  Lost lost_by(const ChangePrivileges& r);
  std::optional<NeededWord> stopped_code(const ChangePrivileges& r, const Lost& lost);
  std::vector<RoleId> losing(const Lost& lost, PrivilegeSet of,
                             const std::function<bool(RoleId)>& counts) const;
  std::optional<NeededWord> of_setting(const std::string& name) const;
  bool lets_the_network_in() const;
  std::optional<NeededWord> of_group(const ChangeMembership& r);
  std::vector<RoleId> below(RoleId member) const;

  Cluster& model_;
  const Policy& policy_;
  Facts facts_;
  AccessMatrix matrix_;
  std::map<ObjectId, std::vector<std::tuple<ObjectId, std::string, PrivilegeSet, RoleSet>>> needs_;
  bool needs_known_ = false;
  mutable std::map<RoleId, bool> described_;
};

bool Words::Judge::is_check(const Finding& finding, std::string_view check) const {
  const auto* const rule = policy_.find_rule(finding.rule);
  return rule != nullptr && rule->check == check;
}

// The policy says what the role, or a group that it is in, must have: the rest it may lose.
bool Words::Judge::is_described(RoleId role) const {
  const auto [at, added] = described_.try_emplace(role, false);
  if (!added) return at->second;
  auto groups = facts_.graph().along_memberships(role, Closure::inherits);
  // Where it is not a member yet, it will be.
  for (const auto& entry : policy_.memberships) {
    const auto group = model_.find_role(entry.group);
    if (group && facts_.roles().matches(entry.require, role)) groups.insert(*group);
  }
  for (const auto& entry : policy_.grants) {
    for (const auto& name : entry.to) {
      const auto to = model_.find_role(name);
      if (to && groups.has(*to)) return at->second = true;
    }
  }
  return false;
}

// A role of a class or, where the policy has none, any that logs in. What a role of which the
// policy says what it needs has beyond that it may lose, but not by a cut of somebody else's path.
bool Words::Judge::may_be_using(RoleId role, const Finding& finding) const {
  const auto& r = model_.role(role);
  if (r.superuser || r.dropped || !r.login || is_reserved_role_name(r.name)) return false;
  const bool in_class = facts_.roles().class_of(role) != nullptr;
  if (is_check(finding, "model_access")) return in_class;
  if (is_of_a_path(finding)) return true;
  if (!policy_.classes.empty() && !in_class) return false;
  return !is_described(role);
}

bool Words::Judge::can_get_to(RoleId role, const Object& object) const {
  const auto holds = [&](ObjectId id, Privilege p) {
    return id == no_object || facts_.graph().held(role, model_.object(id)).privileges.has(p);
  };
  return holds(object.database, Privilege::connect) && holds(object.schema, Privilege::usage);
}

bool Words::Judge::has_made_something_in(RoleId role, ObjectId container) const {
  return std::any_of(model_.objects.begin(), model_.objects.end(), [&](const Object& object) {
    const bool inside = object.schema == container ||
                        (object.kind == ObjectKind::schema && object.database == container);
    return inside && object.owner == role && !object.system;
  });
}

std::string Words::Judge::names_of(const std::vector<RoleId>& roles) const {
  std::vector<std::string> names;
  for (const auto role : roles) names.push_back(facts_.shown(role));
  return listed(names, 6);
}

Words::Judge::Lost Words::Judge::lost_by(const ChangePrivileges& r) {
  // On the object as a whole, and of a table on any column.
  const auto holders = [&](Privilege p) {
    const auto& object = model_.object(r.object);
    if (r.column) {
      const auto& column = model_.relation(object).columns[*r.column];
      auto of_column = matrix_.holders(object, column);
      return std::pair(of_column[p], RoleSet(model_.roles.size()));
    }
    const bool table = object.kind == ObjectKind::table;
    return std::pair(matrix_.holders(object, p),
                     table ? matrix_.holders_on_any(object, p) : RoleSet(model_.roles.size()));
  };
  std::map<Privilege, std::pair<RoleSet, RoleSet>> before;
  r.privileges.each([&](Privilege p) { before.emplace(p, holders(p)); });
  const auto lists = model_.acls.size();
  const auto take_back = kept_before(model_, r);
  enact(model_, r);
  Lost lost;
  for (auto& [privilege, was] : before) {
    const auto is = holders(privilege);
    for (const auto role : is.first.members()) was.first.erase(role);
    for (const auto role : is.second.members()) was.second.erase(role);
    was.first |= was.second;
    lost.emplace(privilege, std::move(was.first));
  }
  take_back();
  model_.acls.resize(lists);
  return lost;
}

std::vector<RoleId> Words::Judge::losing(const Lost& lost, PrivilegeSet of,
                                         const std::function<bool(RoleId)>& counts) const {
  RoleSet all(model_.roles.size());
  for (const auto& [privilege, roles] : lost) {
    if (of.has(privilege)) all |= roles;
  }
  std::vector<RoleId> result;
  for (const auto role : all.members()) {
    if (counts(role)) result.push_back(role);
  }
  return result;
}

// A view, a policy or a function that runs as somebody who loses what it needs.
std::optional<NeededWord> Words::Judge::stopped_code(const ChangePrivileges& r, const Lost& lost) {
  if (!needs_known_) {
    const ClusterState state(model_, "");
    each_code_run(state, [&](const CodeRun& run) {
      if (!run.use.privileges.empty()) {
        needs_[run.use.object].emplace_back(run.of, run.name, run.use.privileges, run.roles);
      }
    });
    needs_known_ = true;
  }
  const auto needs = needs_.find(r.object);
  if (needs == needs_.end()) return std::nullopt;
  for (const auto& need : needs->second) {
    const auto& of = std::get<0>(need);
    const auto& name = std::get<1>(need);
    const auto& privileges = std::get<2>(need);
    if (of == r.object) continue;
    const auto& roles = std::get<RoleSet>(need);
    for (const auto role : losing(lost, privileges, [&](RoleId id) { return roles.has(id); })) {
      if (model_.role(role).superuser || model_.role(role).dropped) continue;
      const auto what = (name.empty() ? "" : name + " on ") + facts_.shown(model_.object(of));
      return word("privilege", fmt::format("{} runs as {} and needs {} on {}", what,
                                           facts_.shown(role), to_string(privileges & r.privileges),
                                           facts_.shown(model_.object(r.object))));
    }
  }
  return std::nullopt;
}

std::optional<NeededWord> Words::Judge::needed(const Finding& finding, const ChangePrivileges& r) {
  if (r.grant) return std::nullopt;
  const auto lost = lost_by(r);
  const auto& object = model_.object(r.object);
  const auto shown = facts_.shown(object);
  const auto guarded = [&](RoleId role) { return may_be_using(role, finding); };
  const auto concerned = [&](RoleId role) {
    return std::find(finding.concerns.begin(), finding.concerns.end(), role) !=
           finding.concerns.end();
  };
  if (is_check(finding, "model_access")) {
    const auto others = losing(lost, every_privilege(),
                               [&](RoleId role) { return guarded(role) && !concerned(role); });
    if (others.empty()) return std::nullopt;
    return word("privilege", fmt::format("{} {} it by the same grant", names_of(others),
                                         others.size() == 1 ? "has" : "have"));
  }
  if (object.kind == ObjectKind::database) {
    const auto out = losing(lost, Privilege::connect, guarded);
    if (!out.empty()) {
      return word("login", fmt::format("{} cannot log in to {} any more", names_of(out), shown));
    }
  }
  if (const auto code = stopped_code(r, lost)) return code;
  if (object.system || is_check(finding, "model_ceilings")) return std::nullopt;
  const auto of_data = PrivilegeSet(Privilege::select) | Privilege::insert | Privilege::update |
                       Privilege::delete_ | Privilege::usage;
  const auto used = r.grantee == public_role || is_of_a_path(finding) ? of_data | Privilege::execute
                                                                      : PrivilegeSet();
  const auto users = losing(lost, used, [&](RoleId role) {
    if (!guarded(role) || !can_get_to(role, object)) return false;
    if (!is_of_a_path(finding) || !concerned(role)) return true;
    return !losing(lost, of_data, [&](RoleId id) { return id == role; }).empty();
  });
  if (!users.empty()) {
    return word("privilege", fmt::format("{} {} it by this grant alone", names_of(users),
                                         users.size() == 1 ? "has" : "have"));
  }
  const auto makers = losing(lost, Privilege::create, [&](RoleId role) {
    return guarded(role) && has_made_something_in(role, r.object);
  });
  if (makers.empty()) return std::nullopt;
  return word("privilege", fmt::format("{} {} made something in {}", names_of(makers),
                                       makers.size() == 1 ? "has" : "have", shown));
}

std::vector<RoleId> Words::Judge::below(RoleId member) const {
  auto roles = facts_.graph().who_has(member, Closure::members);
  roles.insert(member);
  return roles.members();
}

// Records of pg_hba.conf that take whoever is in a group.
std::optional<NeededWord> Words::Judge::of_group(const ChangeMembership& r) {
  for (const auto& record : model_.hba.records) {
    for (const auto& name : record.users) {
      if (name.quoted || !name.text.starts_with('+')) continue;
      const auto group = model_.find_role(name.text.substr(1));
      if (!group || !facts_.graph().reach(r.role, Closure::members).has(*group)) continue;
      return word("login", fmt::format("{}:{} takes the members of {}", displayed(record.at.file),
                                       record.at.line, facts_.shown(*group)));
    }
  }
  return std::nullopt;
}

std::optional<NeededWord> Words::Judge::needed(const Finding& finding, const ChangeMembership& r) {
  if (r.grant || (is_check(finding, "model_access") && policy_.classes.empty())) {
    return std::nullopt;
  }
  if (auto group = of_group(r)) return group;
  if (is_check(finding, "model_memberships")) return std::nullopt;
  static constexpr std::array<std::string_view, 3> of_the_machine{
      "pg_execute_server_program", "pg_read_server_files", "pg_write_server_files"};
  const auto& group = model_.role(r.role).name;
  std::vector<RoleId> users;
  for (const auto role : below(r.member)) {
    if (may_be_using(role, finding)) users.push_back(role);
  }
  const bool is_the_fault =
      std::find(of_the_machine.begin(), of_the_machine.end(), group) != of_the_machine.end();
  if (users.empty() || is_the_fault) return std::nullopt;
  const auto why = fmt::format("{} {} everything that {} has", names_of(users),
                               users.size() == 1 ? "loses" : "lose", facts_.shown(r.role));
  if (is_reserved_role_name(group)) return word("membership", why);
  const auto& groups = facts_.graph().along_memberships(r.role, Closure::inherits);
  const bool gives_something =
      std::any_of(model_.objects.begin(), model_.objects.end(), [&](const Object& object) {
        if (object.system) return false;
        if (groups.has(object.owner)) return true;
        const auto& list = model_.effective_acl(object);
        return std::any_of(list.begin(), list.end(), [&](const AclItem& item) {
          return item.grantee != public_role && groups.has(item.grantee);
        });
      });
  if (!gives_something) return std::nullopt;
  return word("membership", why);
}

std::optional<NeededWord> Words::Judge::needed(const Finding&, const ChangeAttribute& r) {
  if (r.value) return std::nullopt;
  const auto& role = model_.role(r.role);
  const auto name = facts_.shown(r.role);
  const auto keyword = info(r.attribute).keyword;
  switch (r.attribute) {
    case RoleAttribute::login:
      return word("login", name + " cannot log in any more");
    case RoleAttribute::replication:
      if (!role.login) return std::nullopt;
      return word("attribute", fmt::format("{} cannot stream, nor take a base backup", name));
    case RoleAttribute::bypassrls: {
      const bool any = std::any_of(model_.relations.begin(), model_.relations.end(),
                                   [](const RelationDetail& t) { return t.row_security; });
      if (!any) return std::nullopt;
      return word("attribute", name + " sees only what policies let through");
    }
    case RoleAttribute::inherit:
      return word("attribute", name + " has nothing of its groups without SET ROLE");
    case RoleAttribute::superuser:
      if (is_described(r.role) || (!role.login && below(r.role).size() == 1)) return std::nullopt;
      return word("attribute",
                  fmt::format("{} loses all that it has by {}, and the policy does not say what it "
                              "needs",
                              name, keyword));
    case RoleAttribute::createrole:
    case RoleAttribute::createdb:
      break;
  }
  return std::nullopt;
}

std::optional<NeededWord> Words::Judge::needed(const Finding&, const ChangeOwner& r) {
  const auto& object = model_.object(r.object);
  return word("owner", fmt::format("{} is no longer the owner of {}", facts_.shown(object.owner),
                                   facts_.shown(object)));
}

std::optional<NeededWord> Words::Judge::needed(const Finding&, const ChangeOperatorOwner& r) {
  const auto uses = uses_of(model_, r);
  if (uses.empty()) return std::nullopt;
  return word("owner", fmt::format("{} is no longer the owner of operator {}",
                                   facts_.shown(uses.front()->owner), displayed(r.identity)));
}

std::optional<NeededWord> Words::Judge::needed(const Finding&, const PinSearchPath& r) {
  const auto schemas = schemas_of_path(r.path, model_.major());
  for (const auto& body : model_.bodies) {
    if (body.of != r.function) continue;
    for (const auto& use : body.code.uses) {
      const auto& used = model_.object(use.object);
      if (!use.by_search_path || used.schema == no_object || used.system) continue;
      const auto& schema = model_.object(used.schema).name;
      if (std::find(schemas.begin(), schemas.end(), schema) != schemas.end()) continue;
      return word("search-path", fmt::format("{} is not found by that path", facts_.shown(used)));
    }
  }
  return std::nullopt;
}

std::optional<NeededWord> Words::Judge::needed(const Finding&, const EnableRowSecurity& r) {
  const auto& table = model_.object(r.table);
  std::vector<RoleId> users;
  for (const auto role : people_of(model_)) {
    if (!facts_.graph().held_on_any(role, table).empty()) users.push_back(role);
  }
  const RowReach before(facts_.graph());
  std::erase_if(users, [&](RoleId role) { return before.bound(role, table); });
  const auto take_back = kept_before(model_, r);
  enact(model_, r);
  const RowReach after(facts_.graph());
  std::erase_if(users, [&](RoleId role) { return !after.bound(role, table); });
  take_back();
  if (users.empty()) return std::nullopt;
  return word(
      "row-security",
      fmt::format("{} {} all rows of {}, and then only what its policies let through",
                  names_of(users), users.size() == 1 ? "sees" : "see", facts_.shown(table)));
}

bool Words::Judge::lets_the_network_in() const {
  if (!model_.seen(Fact::hba)) return true;
  const auto& parts = facts_.decided().parts;
  return std::any_of(parts.begin(), parts.end(), [&](const DecidedPart& part) {
    const auto& record = model_.hba.records[part.record];
    return admits(record) && !part.origin.without(AddressSet::loopback()).empty();
  });
}

std::optional<NeededWord> Words::Judge::of_setting(const std::string& name) const {
  const auto risky = std::find_if(risky_settings.begin(), risky_settings.end(),
                                  [&](const RiskySetting& s) { return s.name == name; });
  if (risky == risky_settings.end()) return std::nullopt;
  if (name == "listen_addresses" && !lets_the_network_in()) return std::nullopt;
  const bool no_large_objects =
      model_.seen(Fact::objects) &&
      !(objects_of(model_, ObjectKind::large_object).begin() != ObjectsOf::end());
  if (name == "lo_compat_privileges" && no_large_objects) return std::nullopt;
  return word(risky->kind, std::string(risky->why));
}

std::optional<NeededWord> Words::Judge::needed(const Finding&, const EditRecord& r) {
  switch (r.field) {
    case HbaField::type:
      return word("tls", "clients that come without TLS are turned away");
    case HbaField::address:
      return word("addresses", "clients from other addresses are turned away");
    case HbaField::database:
    case HbaField::user:
      return word("login", "logins that the record took are turned away");
    case HbaField::method:
      break;
  }
  const auto& record = model_.hba.records[r.record];
  auto changed = record;
  changed.method = r.text;
  if (!admits(changed)) return word("login", "logins that the record took are turned away");
  // Of files alone nobody is known who could be shut out: what to see to first is a note.
  if (!model_.seen(Fact::roles)) return std::nullopt;
  if (!model_.seen(Fact::passwords)) {
    return word("method", "which passwords are stored is not known");
  }
  std::set<RoleId> out;
  for (const auto& part : facts_.decided().parts) {
    if (part.record != r.record) continue;
    for (const auto i : part.roles) {
      const auto& atom = facts_.decided().roles[i];
      if (!atom.role || !model_.role(*atom.role).login) continue;
      const auto* const role = &model_.role(*atom.role);
      const auto was = challenge_of(facts_.graph(), record, role, facts_.today());
      const auto is = challenge_of(facts_.graph(), changed, role, facts_.today());
      if (was.can_be_met && !is.can_be_met) out.insert(*atom.role);
    }
  }
  if (out.empty()) return std::nullopt;
  return word("method", fmt::format("{} cannot log in by `{}`: no password is stored that fits",
                                    names_of({out.begin(), out.end()}), displayed(r.text)));
}

// A record that only refuses turns somebody away; the other ones are made for who was let in.
std::optional<NeededWord> Words::Judge::needed(const Finding&, const InsertRecord& r) {
  if (!r.line.ends_with("reject")) return std::nullopt;
  return word("login", "logins that the next record takes are turned away");
}
std::optional<NeededWord> Words::Judge::needed(const Finding&, const DisableRecord& r) {
  if (!admits(model_.hba.records[r.record])) return std::nullopt;
  return word("login", "logins that the record takes go to the next one, or are turned away");
}
std::optional<NeededWord> Words::Judge::needed(const Finding&, const DisableMapping&) {
  return word("login", "logins by that line of the map are turned away");
}

Words::Words(Cluster& model, const Policy& policy, const std::string& today)
    : judge_(std::make_unique<Judge>(model, policy, today)) {}
Words::~Words() = default;

std::optional<NeededWord> Words::needed(const Finding& finding, const Remedy& remedy) {
  return std::visit([&](const auto& r) { return judge_->needed(finding, r); }, remedy);
}

// They are one change: a record that is let through alone may let somebody else in.
std::optional<NeededWord> Words::needed_for_records(const Finding& finding) {
  std::optional<NeededWord> result;
  for (const auto& remedy : finding.remedies) {
    std::visit(
        [&]<typename R>(const R& r) {
          if constexpr (edits_a_record<R>) {
            if (!result) result = judge_->needed(finding, r);
          }
        },
        remedy);
  }
  return result;
}

}  // namespace pgleast
