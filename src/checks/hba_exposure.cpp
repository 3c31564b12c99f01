#include "checks/hba_exposure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "connections/witness.hpp"
#include "pg/auth_method.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::string roles_text(const Facts& facts, const std::set<std::uint32_t>& roles) {
  const auto& space = facts.space();
  if (roles.size() == space.roles.size() && roles.size() > 1) {
    std::vector<std::string> superusers;
    for (const auto& atom : space.roles) {
      if (atom.role && facts.cluster().role(*atom.role).superuser) {
        superusers.push_back(displayed(atom.name));
      }
    }
    if (superusers.empty()) return "any role";
    return fmt::format("any role, {} {} among them",
                       superusers.size() == 1 ? "superuser" : "superusers", listed(superusers));
  }
  std::vector<std::string> names;
  bool others = false;
  for (const auto role : roles) {
    others = others || space.roles[role].other;
    if (!space.roles[role].other) names.push_back(displayed(space.roles[role].name));
  }
  if (others) return names.empty() ? "any role" : "any role, " + listed(names) + " among them";
  return listed(names);
}

std::string databases_text(const Facts& facts, const std::set<std::uint32_t>& databases) {
  const auto& space = facts.space();
  std::size_t known = 0;
  bool others = false, replication = false;
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < space.databases.size(); ++i) {
    const auto& atom = space.databases[i];
    known += atom.replication || atom.other ? 0U : 1U;
    if (!databases.contains(i)) continue;
    others = others || atom.other;
    replication = replication || atom.replication;
    if (!atom.other && !atom.replication) names.push_back(displayed(atom.name));
  }
  std::string result;
  if (others || (names.size() == known && known > 1)) {
    result = "every database";
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

std::string connection_string(const Facts& facts, const Piece& piece) {
  const auto& space = facts.space();
  // The mightiest role makes the plainest example.
  auto chosen = piece.roles.front();
  for (const auto i : piece.roles) {
    const auto& role = space.roles[i].role;
    const auto& best = space.roles[chosen].role;
    const bool super = role && facts.cluster().role(*role).superuser;
    if (super && !(best && facts.cluster().role(*best).superuser)) chosen = i;
  }
  const auto& role = space.roles[chosen];
  const auto& database = space.databases[piece.databases.front()];
  Witness witness{piece.transport, role.other ? "postgres" : role.name, std::nullopt, ""};
  if (!database.replication) witness.database = database.other ? "postgres" : database.name;
  if (piece.transport != Transport::local) witness.from = example_address(piece.origin);
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

std::optional<Piece> part_from(const Piece& piece, Origin origin) {
  if (origin == Origin::any) return piece;
  const bool local = piece.transport == Transport::local;
  if (local || origin == Origin::local) {
    return local && origin == Origin::local ? std::optional(piece) : std::nullopt;
  }
  auto part = piece;
  const auto beyond = piece.origin.without(AddressSet::loopback());
  part.origin = origin == Origin::network ? beyond : piece.origin.without(beyond);
  if (part.origin.empty()) return std::nullopt;
  return part;
}

std::vector<Exposure> exposures(
    const Facts& facts, Origin origin,
    const std::function<bool(const HbaRecord&, const Piece&)>& objects) {
  std::vector<Exposure> result;
  const auto& records = facts.cluster().hba.records;
  for (const auto& piece : facts.space().pieces) {
    const auto& record = records[piece.record];
    const auto method = auth_method_named(record.method);
    if (method && method->credential == Credential::refused) continue;
    const auto part = part_from(piece, origin);
    if (!part || !objects(record, *part)) continue;
    // A record that the network reaches is told of there, with all that it lets in.
    if (origin == Origin::loopback && part_from(piece, Origin::network)) continue;
    if (result.empty() || result.back().record != piece.record) {
      result.push_back({piece.record, {}});
    }
    result.back().pieces.push_back(*part);
  }
  return result;
}

Finding record_finding(const Facts& facts, const Exposure& exposure, Span place,
                       std::string message) {
  const auto& record = facts.cluster().hba.records[exposure.record];
  Finding finding;
  finding.subject = {"record", to_string(record), ""};
  finding.message = std::move(message);
  finding.location = facts.location(record, place);
  std::set<std::uint32_t> roles, databases;
  std::set<Transport> transports;
  AddressSet origin;
  for (const auto& piece : exposure.pieces) {
    roles.insert(piece.roles.begin(), piece.roles.end());
    databases.insert(piece.databases.begin(), piece.databases.end());
    transports.insert(piece.transport);
    origin.add(piece.origin);
  }
  const auto from =
      origin.empty() ? std::string("the server's own machine") : to_string(rounded(origin));
  finding.detail.push_back(fmt::format("lets in: {}, from {}, to {}{}", roles_text(facts, roles),
                                       from, databases_text(facts, databases),
                                       transports_text(transports)));
  finding.detail.push_back("for example: " + connection_string(facts, exposure.pieces.front()));
  return finding;
}

}  // namespace pgleast
