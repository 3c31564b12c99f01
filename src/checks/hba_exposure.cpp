#include "checks/hba_exposure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "connections/login.hpp"
#include "connections/witness.hpp"
#include "pg/auth_method.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::string roles_text(const Facts& facts, const std::set<std::uint32_t>& roles) {
  const auto& decided = facts.decided();
  if (roles.size() == decided.roles.size() && roles.size() > 1) {
    std::vector<std::string> superusers;
    for (const auto& atom : decided.roles) {
      if (atom.role && facts.cluster().role(*atom.role).superuser) {
        superusers.push_back(displayed(atom.name));
      }
    }
    if (superusers.empty()) return "any role";
    return fmt::format("any role, {} {} among them",
                       superusers.size() == 1 ? "superuser" : "superusers", listed(superusers));
  }
  std::vector<std::string> in, out;
  bool others = false;
  for (std::uint32_t i = 0; i < decided.roles.size(); ++i) {
    const auto& atom = decided.roles[i];
    const bool let_in = roles.contains(i);
    others = others || (let_in && atom.other);
    if (!atom.other) (let_in ? in : out).push_back(displayed(atom.name));
  }
  if (!others) return listed(in);
  return out.empty() ? "any role" : "any role but " + listed(out);
}

std::string databases_text(const Facts& facts, const std::set<std::uint32_t>& databases) {
  const auto& decided = facts.decided();
  std::size_t known = 0;
  bool others = false, replication = false;
  std::vector<std::string> names, left_out;
  for (std::uint32_t i = 0; i < decided.databases.size(); ++i) {
    const auto& atom = decided.databases[i];
    known += atom.replication || atom.other ? 0U : 1U;
    if (!databases.contains(i)) {
      if (!atom.replication && !atom.other) left_out.push_back(displayed(atom.name));
      continue;
    }
    others = others || atom.other;
    replication = replication || atom.replication;
    if (!atom.other && !atom.replication) names.push_back(displayed(atom.name));
  }
  std::string result;
  if (others || (names.size() == known && known > 1)) {
    result = left_out.empty() ? "every database" : "every database but " + listed(left_out);
  } else if (!names.empty()) {
    result = "database " + listed(names);
  }
  if (replication) result += result.empty() ? "replication" : " and replication";
  return result;
}

// Every address but loopback reads as every address.
AddressSet rounded(AddressSet origin) {
  auto with_loopback = origin;
  with_loopback.add(AddressSet::loopback());
  const auto all = AddressSet::all();
  if (with_loopback.v4 == all.v4) origin.v4 = all.v4;
  if (with_loopback.v6 == all.v6) origin.v6 = all.v6;
  return origin;
}

std::string transports_text(const std::set<Transport>& transports) {
  if (transports.contains(Transport::plain)) return ", without TLS";
  return transports.contains(Transport::local) ? "" : ", encrypted";
}

std::string connection_string(const Facts& facts, const DecidedPart& part) {
  const auto& decided = facts.decided();
  // The mightiest role makes the plainest example.
  auto chosen = part.roles.front();
  for (const auto i : part.roles) {
    const auto& role = decided.roles[i].role;
    const auto& best = decided.roles[chosen].role;
    const bool super = role && facts.cluster().role(*role).superuser;
    if (super && !(best && facts.cluster().role(*best).superuser)) chosen = i;
  }
  const auto& role = decided.roles[chosen];
  const auto& database = decided.databases[part.databases.front()];
  Witness witness{part.transport, role.other ? "postgres" : role.name, std::nullopt, ""};
  if (!database.replication) witness.database = database.other ? "postgres" : database.name;
  if (part.transport != Transport::local) witness.from = example_address(part.origin);
  return to_string(witness);
}

}  // namespace

Origin read_origin(MapReader& with) {
  const auto word = with.text("origin", "any");
  if (word == "any") return Origin::any;
  if (word == "local") return Origin::local;
  if (word == "loopback") return Origin::loopback;
  if (word == "network") return Origin::network;
  fail_policy(with.need("origin"), "an origin is `any`, `local`, `loopback` or `network`");
}

std::optional<DecidedPart> part_from(const DecidedPart& part, Origin origin) {
  if (origin == Origin::any) return part;
  const bool local = part.transport == Transport::local;
  if (local || origin == Origin::local) {
    return local && origin == Origin::local ? std::optional(part) : std::nullopt;
  }
  auto from = part;
  const auto beyond = part.origin.without(AddressSet::loopback());
  from.origin = origin == Origin::network ? beyond : part.origin.without(beyond);
  if (from.origin.empty()) return std::nullopt;
  return from;
}

std::vector<Exposure> exposures(
    const Facts& facts, Origin origin,
    const std::function<bool(const HbaRecord&, const DecidedPart&)>& objects) {
  std::vector<Exposure> result;
  const auto& records = facts.cluster().hba.records;
  for (const auto& part : facts.decided().parts) {
    const auto& record = records[part.record];
    const auto method = auth_method_named(record.method);
    if (method && method->credential == Credential::refused) continue;
    const auto from = part_from(part, origin);
    if (!from || !objects(record, *from)) continue;
    // A record that the network reaches is told of there, with all that it lets in.
    if (origin == Origin::loopback && part_from(part, Origin::network)) continue;
    if (result.empty() || result.back().record != part.record) {
      result.push_back({part.record, {}});
    }
    result.back().parts.push_back(*from);
  }
  return result;
}

bool can_log_in(const Facts& facts, const DecidedPart& part, RoleId role) {
  const auto& cluster = facts.cluster();
  const auto& record = cluster.hba.records[part.record];
  return std::any_of(part.databases.begin(), part.databases.end(), [&](auto i) {
    const auto& atom = facts.decided().databases[i];
    const auto kind =
        atom.replication ? Session::Kind::physical_replication : Session::Kind::ordinary;
    const Session session{kind, facts.database(atom.name)};
    return login(facts.graph(), record, role, session, facts.today()).can_be_met;
  });
}

Finding record_finding(const Facts& facts, const Exposure& exposure, Span place,
                       std::string message) {
  const auto& record = facts.cluster().hba.records[exposure.record];
  Finding finding;
  finding.subject = {"record", to_string(record), ""};
  finding.message = std::move(message);
  finding.location = facts.location(record, place);
  if (!record.at.added_by.empty()) {
    finding.detail.push_back(
        fmt::format("no line of the document: {}", displayed(record.at.added_by)));
  }
  std::set<std::uint32_t> roles, databases;
  std::set<Transport> transports;
  AddressSet origin;
  for (const auto& part : exposure.parts) {
    roles.insert(part.roles.begin(), part.roles.end());
    databases.insert(part.databases.begin(), part.databases.end());
    transports.insert(part.transport);
    origin.add(part.origin);
  }
  const auto from =
      origin.empty() ? std::string("the server's own machine") : to_string(rounded(origin));
  finding.detail.push_back(fmt::format("lets in: {}, from {}, to {}{}", roles_text(facts, roles),
                                       from, databases_text(facts, databases),
                                       transports_text(transports)));
  finding.detail.push_back("for example: " + connection_string(facts, exposure.parts.front()));
  return finding;
}

}  // namespace pgleast
