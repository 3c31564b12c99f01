#include "fix/word.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "connections/credential.hpp"
#include "escalation/name_path.hpp"
#include "fix/config_edit.hpp"
#include "fix/statement.hpp"
#include "fix/take_back.hpp"
#include "fix/word_judge.hpp"
#include "model/objects_of.hpp"
#include "model/ordinary_roles.hpp"
#include "pg/name_list.hpp"
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

bool Words::Judge::is_check(const Finding& finding, std::string_view check) const {
  const auto* const rule = policy_.find_rule(finding.rule);
  return rule != nullptr && rule->check == check;
}

std::vector<RoleId> Words::Judge::below(RoleId member) const {
  return facts_.graph().who_has(member, Closure::members).members();
}

std::string Words::Judge::names_of(const std::vector<RoleId>& roles) const {
  std::vector<std::string> names;
  for (const auto role : roles) names.push_back(facts_.shown(role));
  return listed(names, 6);
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
  for (const auto role : ordinary_roles(model_)) {
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
