#pragma once
// What a record of pg_hba.conf asks of somebody who would be a role, and whether anybody can
// give it.
//
//   trust                                 nothing
//   scram-sha-256, no password is stored  nobody gets in
//   peer map=os                           the account of the machine that the map names
//
// auth.c, ClientAuthentication; crypt.c, get_role_password: VALID UNTIL counts where a stored
// password is asked for, and nowhere else.

#include <string>
#include <string_view>

#include "model/hba.hpp"
#include "privileges/graph.hpp"

namespace pgleast {

/// From what is had most easily to what is hardest.
enum class AskedCredential : std::uint8_t {
  nothing,
  claim,
  os_user,
  password,
  certificate,
  external
};

struct Challenge {
  bool can_be_met = true;
  AskedCredential asks = AskedCredential::nothing;
  std::string credential;  // "no credential", "a password", "the account anna of the machine"
  std::string why;         // why nobody can meet it, or why that is not known; else empty
};

/// `role` as the cluster knows it; null where roles were not read. `today` is YYYY-MM-DD.
Challenge challenge_of(const Graph& graph, const HbaRecord& record, const Role* role,
                       const std::string& today);

/// "nothing", "claim", "os_user", "password", "certificate", "external".
std::string_view to_string(AskedCredential asks);

}  // namespace pgleast
