// What the methods ask of their options as a whole (the end of hba.c, parse_hba_line).

#include <fmt/format.h>

#include <algorithm>

#include "input/config/hba_options.hpp"
#include "input/config/hba_record.hpp"
#include "pg/name_list.hpp"
#include "pg/version.hpp"
#include "text/display.hpp"

namespace pgleast {

void HbaOptions::finish(Span method, const HbaSettings& settings) {
  if (method_ == "ldap") finish_ldap(method);
  if (method_ == "radius") finish_radius(method);
  if (method_ == "oauth") finish_oauth(method, settings);
  if (method_ == "cert") {
    // Minor releases 12.10, 13.6 and 14.2 show what was always meant.
    const bool old = version_num_ < 120010 || (version_num_ >= 130000 && version_num_ < 130006) ||
                     (version_num_ >= 140000 && version_num_ < 140002);
    set("clientcert", old ? "verify-ca" : "verify-full");
  }
}

void HbaOptions::finish_ldap(Span method) const {
  if (has("ldapprefix") || has("ldapsuffix")) {
    for (const auto* name : {"ldapbasedn", "ldapbinddn", "ldapbindpasswd", "ldapsearchattribute",
                             "ldapsearchfilter"}) {
      if (!has(name)) continue;
      throw HbaRefusal{method, fmt::format("`{}` cannot be combined with `ldapprefix` and "
                                           "`ldapsuffix`",
                                           name)};
    }
  } else if (!has("ldapbasedn")) {
    throw HbaRefusal{method, "method `ldap` needs `ldapbasedn`, `ldapprefix` or `ldapsuffix`"};
  }
  if (has("ldapsearchattribute") && has("ldapsearchfilter")) {
    throw HbaRefusal{method, "`ldapsearchattribute` and `ldapsearchfilter` exclude each other"};
  }
}

void HbaOptions::finish_radius(Span method) const {
  const auto count = [&](std::string_view name) {
    const auto list = split_guc_list(value(name), major_of(version_num_));
    return list ? list->size() : 0;
  };
  const auto servers = count("radiusservers");
  for (const auto* name : {"radiusservers", "radiussecrets"}) {
    if (count(name) == 0) throw HbaRefusal{method, fmt::format("method `radius` needs `{}`", name)};
  }
  for (const auto* name : {"radiussecrets", "radiusports", "radiusidentifiers"}) {
    const auto n = count(name);
    if (n <= 1 || n == servers) continue;
    throw HbaRefusal{method,
                     fmt::format("`{}` names {}, but `radiusservers` names {}", name, n, servers),
                     major_of(version_num_) < 14};
  }
}

void HbaOptions::finish_oauth(Span method, const HbaSettings& settings) {
  for (const auto* name : {"scope", "issuer"}) {
    if (!has(name)) throw HbaRefusal{method, fmt::format("method `oauth` needs `{}`", name)};
  }
  if (settings.oauth_validator_libraries) {
    const auto& text = *settings.oauth_validator_libraries;
    const auto list = split_guc_list(text, major_of(version_num_));
    if (text.empty() || !list) {
      throw HbaRefusal{method, "method `oauth` needs the setting `oauth_validator_libraries`"};
    }
    const auto validator = value("validator");
    if (!has("validator")) {
      if (list->size() != 1) {
        throw HbaRefusal{method,
                         "option `validator` must say which of "
                         "`oauth_validator_libraries` is meant"};
      }
      set("validator", list->front());
    } else if (std::find(list->begin(), list->end(), validator) == list->end()) {
      throw HbaRefusal{method, fmt::format("validator `{}` is not in `oauth_validator_libraries`",
                                           displayed(validator))};
    }
  }
  if (value("delegate_ident_mapping") == "1" && has("map")) {
    throw HbaRefusal{method, "`map` and `delegate_ident_mapping` exclude each other"};
  }
}

}  // namespace pgleast
