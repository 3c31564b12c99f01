#include "connections/credential.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "connections/ident_map.hpp"
#include "pg/auth_method.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::string option_of(const HbaRecord& record, std::string_view name) {
  for (const auto* const list : {&record.options, &record.unshown}) {
    for (const auto& [key, value] : *list) {
      if (key == name) return value;
    }
  }
  return "";
}

Challenge nobody(AskedCredential asks, std::string why) {
  return {false, asks, "", std::move(why)};
}

enum class Expiry { never, passed, to_come, not_known };

bool is_date(const std::string& text) {
  return text.size() >= 10 && text[4] == '-' && text[7] == '-' &&
         text.find_first_not_of("0123456789-", 0) >= 10;
}

// The server prints ISO dates; a script may write others.
Expiry expiry_of(const Role& role, const std::string& today) {
  const auto& until = role.valid_until;
  if (until.empty() || until == "infinity") return Expiry::never;
  if (until == "-infinity") return Expiry::passed;
  if (!is_date(until)) return Expiry::not_known;
  return until.substr(0, 10) < today ? Expiry::passed : Expiry::to_come;
}

Challenge stored_password(const HbaRecord& record, const Role* role, const std::string& today) {
  Challenge demand{true, AskedCredential::password, "a password", ""};
  if (role == nullptr) {
    demand.why = "which passwords are stored was not read";
    return demand;
  }
  switch (role->password) {
    case PasswordKind::none:
      return nobody(AskedCredential::password, "no password is stored");
    case PasswordKind::unusable:
      return nobody(AskedCredential::password, "what is stored is no password");
    case PasswordKind::md5:
      if (record.method == "scram-sha-256") {
        return nobody(AskedCredential::password,
                      "an md5 password is stored, which SCRAM does not take");
      }
      break;
    case PasswordKind::unseen:
      demand.why = "whether a password is stored was not read";
      break;
    case PasswordKind::scram_sha_256:
      break;
  }
  const auto expiry = expiry_of(*role, today);
  if (expiry == Expiry::passed) {
    return nobody(AskedCredential::password,
                  fmt::format("its password is no longer valid: VALID UNTIL {}",
                              displayed(role->valid_until)));
  }
  if (expiry == Expiry::not_known) {
    demand.why = fmt::format("when {} is, is not known here", displayed(role->valid_until));
  }
  return demand;
}

// Which names outside the server a map lets become the role, in the words of its records.
struct MappedNames {
  std::vector<std::string> names;
  std::string unknown;
  bool any = false;  // whoever has a name at all
};

// `/`, `/^.*$`, `/(.+)`: there is no name that it does not take.
bool takes_every_name(std::string_view expression) {
  expression.remove_prefix(1);
  if (expression.starts_with('^')) expression.remove_prefix(1);
  if (expression.ends_with('$')) expression.remove_suffix(1);
  constexpr std::array<std::string_view, 6> whole{"", ".", ".*", ".+", "(.*)", "(.+)"};
  return std::find(whole.begin(), whole.end(), expression) != whole.end();
}

// One that no record of a map means.
const std::string nobodys_name = "\x01 nobody";

std::string_view any_of(AskedCredential asks) {
  if (asks == AskedCredential::certificate) return "any certificate";
  if (asks == AskedCredential::os_user) return "any account";
  return "the word of the client's machine: any account";
}

MappedNames mapped_to(const Graph& graph, const std::string& map, const std::string& role) {
  const auto& cluster = graph.cluster();
  MappedNames result;
  if (map.empty()) return {{displayed(role)}, ""};
  if (!cluster.seen(Fact::ident)) return {{}, "pg_ident.conf was not read"};
  for (const auto& record : cluster.ident.records) {
    if (record.map != map) continue;
    const auto& name = record.system_user.text;
    const bool expression = name.starts_with('/');
    if (expression && takes_every_name(name)) {
      const auto targets = map_targets(cluster.ident, map, nobodys_name, cluster.major());
      const auto outcome = decide(targets, role, graph).outcome;
      result.any = result.any || outcome == MapDecision::Outcome::admitted;
      const bool same_for_all = record.pg_user.text.find("\\1") == std::string::npos;
      if (same_for_all && outcome != MapDecision::Outcome::unknown) continue;
    }
    const auto asked = expression ? role : name;
    const auto decision =
        decide(map_targets(cluster.ident, map, asked, cluster.major()), role, graph);
    if (decision.outcome == MapDecision::Outcome::admitted) {
      result.names.push_back(displayed(asked));
    } else if (expression || decision.outcome == MapDecision::Outcome::unknown) {
      const bool may = expression ? record.pg_user.text.find("\\1") != std::string::npos ||
                                        record.pg_user.text == role || cluster.major() >= 16
                                  : true;
      if (may) {
        result.unknown = fmt::format("whom map {} lets become {} hangs on {}", displayed(map),
                                     displayed(role), displayed(name));
      }
    }
  }
  std::sort(result.names.begin(), result.names.end());
  result.names.erase(std::unique(result.names.begin(), result.names.end()), result.names.end());
  return result;
}

Challenge by_name(const Graph& graph, const HbaRecord& record, const Role* role,
                  AskedCredential asks, std::string_view what) {
  const auto map = option_of(record, "map");
  Challenge demand{true, asks, std::string(what), ""};
  if (role == nullptr) return demand;
  const auto mapped = mapped_to(graph, map, role->name);
  if (mapped.any) {
    demand.credential = fmt::format("{} (map {})", any_of(asks), displayed(map));
    return demand;
  }
  if (mapped.names.empty() && mapped.unknown.empty()) {
    return nobody(asks, fmt::format("map {} lets nobody become it", displayed(map)));
  }
  demand.why = mapped.names.empty() ? mapped.unknown : "";
  if (map.empty()) {
    demand.credential += " of the same name";
  } else if (!mapped.names.empty()) {
    demand.credential += fmt::format(" {} (map {})", listed(mapped.names), displayed(map));
  }
  return demand;
}

void add_certificate(const HbaRecord& record, Challenge& demand) {
  const auto wanted = option_of(record, "clientcert");
  if (!demand.can_be_met || record.method == "cert" || wanted.empty() || wanted == "0" ||
      wanted == "no-verify") {
    return;
  }
  demand.credential = demand.asks == AskedCredential::nothing
                          ? "a certificate"
                          : demand.credential + " and a certificate";
  demand.asks = std::max(demand.asks, AskedCredential::certificate);
}

Challenge by_method(const Graph& graph, const HbaRecord& record, const Role* role,
                    const std::string& today) {
  const auto method = auth_method_named(record.method);
  if (!method)
    return {true, AskedCredential::external, displayed(record.method), "the method is not known"};
  switch (method->credential) {
    case Credential::nothing:
      return {true, AskedCredential::nothing, "no credential", ""};
    case Credential::refused:
      return nobody(AskedCredential::nothing, "reject");
    case Credential::client_claim:
      return by_name(graph, record, role, AskedCredential::claim,
                     "the word of the client's machine: its account");
    case Credential::os_user:
      return by_name(graph, record, role, AskedCredential::os_user, "the account");
    case Credential::certificate:
      return by_name(graph, record, role, AskedCredential::certificate, "a certificate");
    case Credential::hashed_password:
      return stored_password(record, role, today);
    case Credential::clear_password:
      if (record.method == "password") return stored_password(record, role, today);
      break;
    case Credential::ticket:
      break;
  }
  return {true, AskedCredential::external, "what " + record.method + " accepts", ""};
}

}  // namespace

Challenge challenge_of(const Graph& graph, const HbaRecord& record, const Role* role,
                       const std::string& today) {
  auto demand = by_method(graph, record, role, today);
  add_certificate(record, demand);
  if (record.type == ConnectionType::hostgssenc && demand.can_be_met) {
    demand.asks = AskedCredential::external;
    demand.credential = "a Kerberos ticket";
  }
  return demand;
}

std::string_view to_string(AskedCredential asks) {
  constexpr std::array<std::string_view, 6> names{"nothing",  "claim",       "os_user",
                                                  "password", "certificate", "external"};
  return names[static_cast<std::size_t>(asks)];
}

}  // namespace pgleast
