#include "pg/ldap_url.hpp"
#include "text/display.hpp"

#include <array>
#include <cctype>
#include <cstdlib>
#include <utility>
#include <vector>

namespace pgleast {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const auto l = std::tolower(static_cast<unsigned char>(c));
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/// %41 is A; what is no escape ends the text, as in OpenLDAP.
std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return "";
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

/// Removes and returns the scheme; empty when there is none.
std::string take_scheme(std::string_view& rest) {
  if (rest.starts_with('<') != rest.ends_with('>')) {
    if (rest.starts_with('<')) return "";
  } else if (rest.starts_with('<')) {
    rest = rest.substr(1, rest.size() - 2);
  }
  if (lower_case(rest.substr(0, 4)) == "url:") rest.remove_prefix(4);
  for (const std::string_view scheme : {"ldap", "ldapi", "ldaps", "cldap"}) {
    const auto prefix = std::string(scheme) + "://";
    if (lower_case(rest.substr(0, prefix.size())) != prefix) continue;
    rest.remove_prefix(prefix.size());
    return std::string(scheme);
  }
  return "";
}

bool take_host(std::string_view text, LdapUrl& url) {
  auto colon = text.find(':');
  if (text.starts_with('[')) {
    const auto bracket = text.find(']');
    if (bracket == std::string_view::npos) return false;
    colon = text.substr(bracket + 1).starts_with(':') ? bracket + 1 : std::string_view::npos;
    url.host = unescaped(text.substr(1, bracket - 1));
  } else {
    url.host = unescaped(text.substr(0, colon));
  }
  if (url.host->empty()) url.host.reset();
  if (colon == std::string_view::npos) return true;
  const auto digits = unescaped(text.substr(colon + 1));
  char* end = nullptr;
  url.port = static_cast<int>(std::strtol(digits.c_str(), &end, 10));
  return !digits.empty() && end != digits.c_str() && *end == '\0';
}

std::optional<int> scope_named(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, int>, 7> scopes{{{"base", 0},
                                                                    {"one", 1},
                                                                    {"onelevel", 1},
                                                                    {"sub", 2},
                                                                    {"subtree", 2},
                                                                    {"subordinate", 3},
                                                                    {"children", 3}}};
  for (const auto& [scope, number] : scopes) {
    if (lower_case(name) == scope) return number;
  }
  return std::nullopt;
}

std::optional<std::string> first_of_list(std::string_view list) {
  const auto begin = list.find_first_not_of(',');
  if (begin == std::string_view::npos) return std::nullopt;
  const auto end = list.find(',', begin);
  return std::string(list.substr(begin, end == std::string_view::npos ? end : end - begin));
}

/// What follows the base: `?attributes?scope?filter?extensions`.
bool take_search(const std::vector<std::string_view>& parts, LdapUrl& url) {
  if (parts.size() > 5) return false;
  if (parts.size() > 1 && !parts[1].empty()) {
    url.attribute = first_of_list(unescaped(parts[1]));
    if (!url.attribute) return false;
  }
  if (parts.size() > 2 && !parts[2].empty()) {
    const auto scope = scope_named(unescaped(parts[2]));
    if (!scope) return false;
    url.scope = *scope;
  }
  if (parts.size() > 3 && !parts[3].empty()) {
    url.filter = unescaped(parts[3]);
    if (url.filter->empty()) return false;
  }
  return parts.size() < 5 || first_of_list(parts[4]).has_value();
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::optional<LdapUrl> parse_ldap_url(std::string_view text) {
  LdapUrl url;
  url.scheme = take_scheme(text);
  if (url.scheme.empty()) return std::nullopt;
  const auto slash = text.find('/');
  const auto host = text.substr(0, slash);
  if (!take_host(slash == std::string_view::npos ? host.substr(0, host.find('?')) : host, url)) {
    return std::nullopt;
  }
  if (url.port == 0) url.port = url.scheme == "ldaps" ? 636 : 389;
  if (slash == std::string_view::npos) return url;
  const auto parts = split(text.substr(slash + 1), '?');
  url.base = unescaped(parts[0]);
  if (!take_search(parts, url)) return std::nullopt;
  return url;
}

}  // namespace pgleast
