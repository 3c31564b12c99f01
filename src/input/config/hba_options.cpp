#include "input/config/hba_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "input/config/hba_record.hpp"
#include "net/inet.hpp"
#include "pg/ldap_url.hpp"
#include "pg/name_list.hpp"
#include "pg/version.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

enum class Shown {
  always,
  as_true,  // a flag: `=true` or nothing
  never,
  never_flag,
};

struct OptionInfo {
  std::string_view name;
  std::string_view methods;  // between blanks; empty: any
  Shown shown = Shown::always;
  Versions versions = {};
};

/// In the order in which the server shows them. A flag takes `1` for true and everything
/// else, `true` and `on` included, for false.
constexpr std::array<OptionInfo, 29> options{{
    {"include_realm", " gss sspi ", Shown::as_true},
    {"krb_realm", " gss sspi "},
    {"map", " ident peer gss sspi cert oauth "},
    {"clientcert", ""},
    {"pamservice", " pam "},
    {"ldapserver", " ldap "},
    {"ldapport", " ldap "},
    {"ldapscheme", " ldap "},
    {"ldaptls", " ldap ", Shown::as_true},
    {"ldapprefix", " ldap "},
    {"ldapsuffix", " ldap "},
    {"ldapbasedn", " ldap "},
    {"ldapbinddn", " ldap "},
    {"ldapbindpasswd", " ldap "},
    {"ldapsearchattribute", " ldap "},
    {"ldapsearchfilter", " ldap "},
    {"ldapurl", " ldap ", Shown::never},
    {"radiusservers", " radius ", Shown::always, {12, 18}},
    {"radiussecrets", " radius ", Shown::always, {12, 18}},
    {"radiusidentifiers", " radius ", Shown::always, {12, 18}},
    {"radiusports", " radius ", Shown::always, {12, 18}},
    {"issuer", " oauth ", Shown::always, {18}},
    {"scope", " oauth ", Shown::always, {18}},
    {"validator", " oauth ", Shown::always, {18}},
    {"delegate_ident_mapping", " oauth ", Shown::as_true, {18}},
    {"clientname", "", Shown::never, {14}},
    {"pam_use_hostname", " pam ", Shown::never_flag},
    {"compat_realm", " sspi ", Shown::never_flag},
    {"upn_username", " sspi ", Shown::never_flag},
}};

bool is_flag(const OptionInfo& option) {
  return option.shown == Shown::as_true || option.shown == Shown::never_flag;
}

const OptionInfo* find_option(std::string_view name, int major) {
  const auto* found = std::find_if(options.begin(), options.end(),
                                   [&](const OptionInfo& o) { return o.name == name; });
  return found == options.end() || name.empty() || !found->versions.has(major) ? nullptr : found;
}

bool allows(const OptionInfo& option, std::string_view method) {
  return option.methods.empty() ||
         option.methods.find(fmt::format(" {} ", method)) != std::string_view::npos;
}

/// atoi, for text of any length.
int number_at_start(const std::string& text) {
  return static_cast<int>(std::strtol(text.c_str(), nullptr, 10));
}

/// Only what can be known without asking a name server: what is no name at all, that no
/// top-level domain is a number, and that RFC 6761 keeps `.invalid` empty.
bool cannot_resolve(const std::string& host) {
  const bool name = std::all_of(host.begin(), host.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.';
  });
  const auto last = host.substr(0, host.find_last_not_of('.') + 1);
  const auto top = last.substr(last.rfind('.') + 1);
  return !name || top == "invalid" || top.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

HbaOptions::HbaOptions(ConnectionType type, std::string_view method, int version_num)
    : type_(type), method_(method), version_num_(version_num) {
  if (method == "gss") set("include_realm", "1");
}

std::string HbaOptions::value(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? "" : found->second;
}

void HbaOptions::set(std::string_view name, std::string text) {
  values_.insert_or_assign(std::string(name), std::move(text));
}

void HbaOptions::take(const AuthWord& word) {
  const auto equals = word.text.find('=');
  if (equals == std::string::npos) {
    if (after_secret_) throw HbaRefusal{word.span, "this word is not of the form name=value"};
    throw HbaRefusal{
        word.span, fmt::format("option `{}` is not of the form name=value", displayed(word.text))};
  }
  const auto name = word.text.substr(0, equals);
  after_secret_ = is_secret_option(name);
  const auto text = word.text.substr(equals + 1);
  const auto major = major_of(version_num_);
  const auto* option = find_option(name, major);
  ldap_scope_ = 2;  // every option resets what ldapurl said
  if (option == nullptr) {
    std::vector<std::string> known;
    for (const auto& o : options) {
      if (!o.name.empty() && o.versions.has(major) && allows(o, method_))
        known.emplace_back(o.name);
    }
    throw HbaRefusal{word.span, fmt::format("unknown option `{}`{}", displayed(name),
                                            did_you_mean(name, known))};
  }
  if (!allows(*option, method_)) {
    throw HbaRefusal{word.span,
                     fmt::format("option `{}` is not allowed with method `{}`", name, method_)};
  }
  if (is_flag(*option)) {
    set(name, text == "1" ? "1" : "0");
  } else if (name == "clientcert") {
    take_clientcert(word, text);
  } else if (name == "clientname") {
    take_clientname(word, text);
  } else if (name.starts_with("ldap")) {
    take_ldap(word, name, text);
  } else if (name.starts_with("radius")) {
    take_radius(word, name, text);
  } else {
    set(name, text);
  }
}

void HbaOptions::take_clientcert(const AuthWord& word, const std::string& text) {
  if (type_ != ConnectionType::hostssl) {
    throw HbaRefusal{word.span, "option `clientcert` is allowed on `hostssl` only"};
  }
  const bool old = major_of(version_num_) < 14;
  if (text == "verify-full") {
    set("clientcert", text);
  } else if (text == "verify-ca" || (old && text == "1")) {
    if (!old && method_ == "cert") {
      throw HbaRefusal{word.span, "method `cert` allows `clientcert=verify-full` only"};
    }
    set("clientcert", "verify-ca");
  } else if (old && (text == "0" || text == "no-verify")) {
    if (method_ == "cert") {
      throw HbaRefusal{word.span, "method `cert` cannot do without `clientcert`"};
    }
    values_.erase("clientcert");
  } else {
    throw HbaRefusal{word.span, fmt::format("invalid value `{}` of `clientcert`", displayed(text)),
                     true};
  }
}

void HbaOptions::take_clientname(const AuthWord& word, const std::string& text) {
  if (type_ != ConnectionType::hostssl) {
    throw HbaRefusal{word.span, "option `clientname` is allowed on `hostssl` only"};
  }
  if (text != "CN" && text != "DN") {
    throw HbaRefusal{
        word.span,
        fmt::format("invalid value `{}` of `clientname`; it is `CN` or `DN`", displayed(text)),
        true};
  }
  set("clientname", text);
}

void HbaOptions::take_ldap(const AuthWord& word, std::string_view name, const std::string& text) {
  if (name == "ldapurl") {
    take_ldap_url(word, text);
  } else if (name == "ldapport") {
    const auto port = number_at_start(text);
    if (port == 0) {
      throw HbaRefusal{word.span, fmt::format("invalid LDAP port `{}`", displayed(text))};
    }
    set(name, std::to_string(port));
  } else {
    set(name, text);
  }
}

void HbaOptions::take_ldap_url(const AuthWord& word, const std::string& text) {
  const auto url = parse_ldap_url(text);
  if (!url || (url->scheme != "ldap" && url->scheme != "ldaps")) {
    throw HbaRefusal{word.span, "the LDAP URL cannot be read"};  // it may hold a password
  }
  set("ldapscheme", url->scheme);
  if (url->host) set("ldapserver", *url->host);
  set("ldapport", std::to_string(url->port));
  if (url->base) set("ldapbasedn", *url->base);
  if (url->attribute) set("ldapsearchattribute", *url->attribute);
  if (url->filter) set("ldapsearchfilter", *url->filter);
  ldap_scope_ = url->scope;
}

void HbaOptions::take_radius(const AuthWord& word, std::string_view name, const std::string& text) {
  const auto list = split_guc_list(text, major_of(version_num_));
  const bool ports = name == "radiusports";
  if (!list) {
    throw HbaRefusal{word.span, fmt::format("the list in `{}` cannot be read", name), !ports};
  }
  for (const auto& item : *list) {
    if (ports && number_at_start(item) == 0) {
      throw HbaRefusal{word.span, fmt::format("invalid RADIUS port `{}`", displayed(item)), true};
    }
    if (name == "radiusservers" && numeric_host(item).bytes.empty() && cannot_resolve(item)) {
      throw HbaRefusal{word.span,
                       fmt::format("RADIUS server `{}` cannot be resolved", displayed(item)), true};
    }
  }
  set(name, text);
}

/// Newer minor releases show it in all versions; what is known is from when 17 and 15.18 do.
bool HbaOptions::shows_scheme() const {
  switch (major_of(version_num_)) {
    case 12:
    case 13:
      return false;
    case 14:
      return version_num_ >= 140023;
    case 15:
      return version_num_ >= 150018;
    case 16:
      return version_num_ >= 160014;
    default:
      return true;
  }
}

void HbaOptions::show(HbaRecord& record) const {
  for (const auto& option : options) {
    if (!has(option.name)) continue;
    const auto text = value(option.name);
    const bool hidden = option.shown == Shown::never || option.shown == Shown::never_flag ||
                        (option.shown == Shown::as_true && text != "1") ||
                        (option.name == "ldapscheme" && !shows_scheme());
    auto& list = hidden ? record.unshown : record.options;
    list.emplace_back(option.name, option.shown == Shown::as_true && !hidden ? "true" : text);
    if (option.name == "include_realm" || !hidden) continue;
    if (text == "0") list.pop_back();  // off is the default of all the others
  }
  if (method_ == "ldap" && ldap_scope_ != 0) {
    record.options.emplace_back("ldapscope", std::to_string(ldap_scope_));
  }
}

}  // namespace pgleast
