// ESC-IDENTMAP: one identity outside the server that may be several roles. Who logs in as one of
// them by it is the others, too, without any grant (hba.c, check_ident_usermap).
//
//   local  all  all  peer  map=m        m  deploy  app
//                                       m  deploy  postgres

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "connections/ident_map.hpp"
#include "escalation/edge.hpp"
#include "pg/auth_method.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::string map_of(const HbaRecord& record) {
  for (const auto& [name, value] : record.options) {
    if (name == "map") return value;
  }
  return "";
}

bool by_identity(const HbaRecord& record) {
  const auto method = auth_method_named(record.method);
  return method && (method->credential == Credential::os_user ||
                    method->credential == Credential::client_claim ||
                    method->credential == Credential::certificate);
}

// Whom a record decides for, of the roles that log in.
std::map<std::size_t, RoleSet> decided(const Context& context) {
  std::map<std::size_t, RoleSet> result;
  const auto& decided = context.connections();
  for (const auto& part : decided.parts) {
    if (!admits(context.cluster().hba.records[part.record])) continue;
    const bool there =
        std::any_of(part.databases.begin(), part.databases.end(),
                    [&](std::uint32_t d) { return !decided.databases[d].replication; });
    if (!there) continue;
    auto& roles =
        result.try_emplace(part.record, RoleSet(context.cluster().roles.size())).first->second;
    for (const auto r : part.roles) {
      const auto role = decided.roles[r].role;
      if (role && context.cluster().role(*role).login) roles.insert(*role);
    }
  }
  return result;
}

// What an identity becomes by one method, and by which lines of the maps.
struct Person {
  std::string method, name;
  std::map<RoleId, std::set<std::size_t>> roles;
};

void add_roles(const Context& context, const HbaRecord& record, const RoleSet& roles,
               Person& person) {
  const auto& cluster = context.cluster();
  const auto targets = map_targets(cluster.ident, map_of(record), person.name, cluster.major());
  const auto admitted = [&](const std::vector<MapTarget>& by, RoleId role) {
    return decide(by, cluster.role(role).name, context.graph()).outcome ==
           MapDecision::Outcome::admitted;
  };
  for (const auto role : roles.members()) {
    if (!admitted(targets, role)) continue;
    auto& lines = person.roles[role];
    for (const auto& target : targets) {
      if (target.record && admitted({target}, role)) lines.insert(*target.record);
    }
  }
}

// Of the names that stand in the maps.
std::vector<Person> persons(const Context& context) {
  const auto& cluster = context.cluster();
  const auto records = decided(context);
  std::set<std::pair<std::string, std::string>> known;
  std::vector<Person> result;
  for (const auto& [used, ignored] : records) {
    const auto& by = cluster.hba.records[used];
    if (!by_identity(by) || map_of(by).empty()) continue;
    for (const auto& line : cluster.ident.records) {
      if (line.map != map_of(by) || line.system_user.text.starts_with('/')) continue;
      if (!known.emplace(by.method, line.system_user.text).second) continue;
      Person person{by.method, line.system_user.text, {}};
      for (const auto& [other, roles] : records) {
        const auto& record = cluster.hba.records[other];
        if (record.method == by.method) add_roles(context, record, roles, person);
      }
      result.push_back(std::move(person));
    }
  }
  return result;
}

// Roles that somebody has to be this person to log in as.
RoleSet only_by_identity(const Context& context, const std::vector<Person>& all) {
  RoleSet result(context.cluster().roles.size());
  std::map<RoleId, int> known_as;
  for (const auto& person : all) {
    for (const auto& [role, lines] : person.roles) ++known_as[role];
  }
  for (const auto& [role, count] : known_as) {
    if (count == 1) result.insert(role);
  }
  RoleSet otherwise(context.cluster().roles.size());
  for (const auto& [record, roles] : decided(context)) {
    if (by_identity(context.cluster().hba.records[record]) &&
        !map_of(context.cluster().hba.records[record]).empty()) {
      continue;
    }
    for (const auto role : roles.members()) otherwise.insert(role);
  }
  RoleSet certain(context.cluster().roles.size());
  for (const auto role : result.members()) {
    if (!otherwise.has(role)) certain.insert(role);
  }
  return certain;
}

const Person* person_of(const std::vector<Person>& all, const std::string& why) {
  for (const auto& person : all) {
    if (person.method + ' ' + person.name == why) return &person;
  }
  return nullptr;
}

}  // namespace

void find_identity_map(const Context& context, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  if (!cluster.hba.loads() || !cluster.ident.loads() || cluster.ident.records.empty()) return;
  const auto all = persons(context);
  const auto certain = only_by_identity(context, all);
  for (const auto& person : all) {
    for (const auto& [from, ignored] : person.roles) {
      if (cluster.role(from).superuser) continue;
      for (const auto& [to, lines] : person.roles) {
        if (to == from) continue;
        Offer offer;
        offer.holder = from;
        offer.as = Mode::login;
        offer.to.role = to;
        offer.becomes = Mode::login;
        offer.certain = certain.has(from);
        offer.why = person.method + ' ' + person.name;
        offers.push_back(std::move(offer));
      }
    }
  }
}

void describe_identity_map(const Context& context, const Offer& offer, Step& step) {
  const auto all = persons(context);
  const auto* const person = person_of(all, offer.why);
  if (person == nullptr) return;
  step.how = fmt::format("{} logs in by {} as {}, whom pg_ident.conf lets log in as {}, too",
                         context.shown(step.from), displayed(person->method),
                         displayed(person->name), context.shown(offer.to.role));
  if (!offer.certain) step.how += "; whether it does log in so cannot be told from here";
  step.statements = {fmt::format("\\connect - {}", context.sql(offer.to.role))};
  const auto& lines = person->roles.at(offer.to.role).empty() ? person->roles.at(step.from)
                                                              : person->roles.at(offer.to.role);
  for (const auto line : lines) step.cut.emplace_back(DisableMapping{line});
}

}  // namespace pgleast
