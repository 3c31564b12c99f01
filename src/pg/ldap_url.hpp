#pragma once
// `ldapurl=ldaps://ldap.example.org/ou=people,dc=example?uid?one` as OpenLDAP's
// ldap_url_parse takes it apart, which is what the server calls.

#include <optional>
#include <string>
#include <string_view>

namespace pgleast {

struct LdapUrl {
  std::string scheme;  // ldap, ldaps, ldapi, cldap
  std::optional<std::string> host;
  int port = 0;
  std::optional<std::string> base;
  std::optional<std::string> attribute;  // the first
  int scope = 0;                         // 0 base, 1 one, 2 sub, 3 children
  std::optional<std::string> filter;
};

/// Absent for what ldap_url_parse refuses.
std::optional<LdapUrl> parse_ldap_url(std::string_view text);

}  // namespace pgleast
