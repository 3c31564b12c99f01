#pragma once
// The authentication methods of pg_hba.conf (manual section 20.3; hba.c, parse_hba_line).

#include <array>
#include <optional>
#include <string_view>

#include "pg/version.hpp"

namespace pgleast {

/// What a client must show to be let in by a method.
enum class Credential {
  nothing,          // trust
  refused,          // reject: nobody is let in
  clear_password,   // the password itself crosses the connection
  hashed_password,  // md5 or SCRAM: only a proof of it does
  client_claim,     // ident: the client's own machine says who it is
  os_user,          // peer: the kernel says who it is
  certificate,
  ticket,  // gss, sspi, oauth
};

struct AuthMethod {
  std::string_view name;
  Credential credential;
  Versions versions = {};
};

inline constexpr std::array<AuthMethod, 15> auth_methods{{
    {"trust", Credential::nothing},
    {"reject", Credential::refused},
    {"password", Credential::clear_password},
    {"md5", Credential::hashed_password},
    {"scram-sha-256", Credential::hashed_password},
    {"ident", Credential::client_claim},
    {"peer", Credential::os_user},
    {"gss", Credential::ticket},
    {"sspi", Credential::ticket},
    {"ldap", Credential::clear_password},
    {"pam", Credential::clear_password},
    {"bsd", Credential::clear_password},
    {"radius", Credential::clear_password, {12, 18}},
    {"cert", Credential::certificate},
    {"oauth", Credential::ticket, {18}},
}};

constexpr std::optional<AuthMethod> auth_method_named(std::string_view name) {
  for (const auto& m : auth_methods) {
    if (m.name == name) return m;
  }
  return std::nullopt;
}

}  // namespace pgleast
