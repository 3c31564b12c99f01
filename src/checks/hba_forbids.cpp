// Records that let somebody in from an origin by a method that is not wanted.
//
//   with: {origin: network, methods: [trust]}
//   with: {origin: network, methods: [password, ldap], unencrypted: true}
//   fix: {set_method: scram-sha-256}

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "checks/check.hpp"
#include "checks/hba_exposure.hpp"
#include "connections/credential.hpp"
#include "model/bootstrap_superuser.hpp"
#include "pg/auth_method.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::string why_bad(const HbaRecord& record) {
  const auto method = auth_method_named(record.method);
  const auto name = displayed(record.method);
  if (!method) return fmt::format("`{}` is not wanted here", name);
  switch (method->credential) {
    case Credential::nothing:
      return fmt::format("`{}` asks for no credential", name);
    case Credential::clear_password:
      return fmt::format("`{}` sends the password itself to the server", name);
    case Credential::hashed_password:
      return fmt::format("`{}` takes an MD5 hash, which is as good as the password", name);
    case Credential::client_claim:
      return fmt::format("`{}` believes what the client's machine says", name);
    default:
      return fmt::format("`{}` is not wanted here", name);
  }
}

// The server's administrator logs in over the socket by who the kernel says it is, before
// everybody else is asked for a password that may not be set yet.
void keep_peer_for_bootstrap(const Facts& facts, const Exposure& exposure, Finding& finding) {
  const auto& record = facts.cluster().hba.records[exposure.record];
  if (record.type != ConnectionType::local) return;
  for (const auto& part : exposure.parts) {
    for (const auto i : part.roles) {
      const auto& atom = facts.decided().roles[i];
      if (!atom.role || !is_bootstrap_superuser(facts.cluster().role(*atom.role))) continue;
      finding.remedies.emplace_back(InsertRecord{
          exposure.record,
          fmt::format("local   all             {:<39} peer", quote_identifier(atom.name))});
      return;
    }
  }
}

// Who was let in without a password has none to give.
std::string passwords_needed(const Facts& facts, const Exposure& exposure,
                             const std::string& method) {
  const auto& cluster = facts.cluster();
  const auto old = auth_method_named(cluster.hba.records[exposure.record].method);
  const auto wanted = auth_method_named(method);
  const bool new_password =
      old && wanted && wanted->credential == Credential::hashed_password &&
      (old->credential == Credential::nothing || old->credential == Credential::client_claim);
  if (!new_password) return "";
  if (!cluster.seen(Fact::passwords)) return "set passwords for the roles that log in by it first";
  std::set<std::string> without;
  for (const auto& part : exposure.parts) {
    for (const auto i : part.roles) {
      const auto& role = facts.decided().roles[i].role;
      if (!role ||
          (part.transport == Transport::local && is_bootstrap_superuser(cluster.role(*role)))) {
        continue;
      }
      if (cluster.role(*role).password == PasswordKind::none) {
        without.insert(facts.shown(*role));
      }
    }
  }
  if (without.empty()) return "";
  return fmt::format("set passwords first: {} {} none", listed({without.begin(), without.end()}),
                     without.size() == 1 ? "has" : "have");
}

// `trust clientcert=verify-full` asks for a certificate, `hostgssenc ... trust` for a ticket.
bool asks_no_more(const Facts& facts, const HbaRecord& record) {
  const auto method = auth_method_named(record.method);
  if (!method || method->credential != Credential::nothing) return true;
  return challenge_of(facts.graph(), record, nullptr, facts.today()).asks ==
         AskedCredential::nothing;
}

// The server cannot check by a hash of its own what another one knows: then TLS must do.
EditRecord remedy_of(const Facts& facts, std::size_t number, const std::string& method,
                     bool unencrypted) {
  const auto& old = facts.cluster().hba.records[number].method;
  const auto known = auth_method_named(old);
  const bool elsewhere =
      known && known->credential == Credential::clear_password && old != "password";
  if (unencrypted && elsewhere) return {number, HbaField::type, "hostssl"};
  return {number, HbaField::method, method};
}

}  // namespace

Check hba_forbids(MapReader& with, MapReader& fix) {
  const auto origin = read_origin(with);
  const auto methods = with.texts("methods");
  const bool unencrypted = with.boolean("unencrypted", false);
  const auto method = fix.text("set_method", "");
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing_records()) return *missing;
    std::vector<Finding> findings;
    for (const auto& exposure :
         exposures(facts, origin, [&](const HbaRecord&r, const DecidedPart&part) {
           if (unencrypted && part.transport != Transport::plain) return false;
           return std::find(methods.begin(), methods.end(), r.method) != methods.end() &&
                  asks_no_more(facts, r);
         })) {
      const auto& record = facts.cluster().hba.records[exposure.record];
      auto finding = record_finding(facts, exposure, record.at.method, why_bad(record));
      if (!method.empty()) {
        keep_peer_for_bootstrap(facts, exposure, finding);
        auto remedy = remedy_of(facts, exposure.record, method, unencrypted);
        const bool changes_method = remedy.field == HbaField::method;
        finding.remedies.emplace_back(std::move(remedy));
        if (changes_method) finding.decision = passwords_needed(facts, exposure, method);
      }
      findings.push_back(std::move(finding));
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
