#pragma once
// The options at the end of a record: `map=staff clientcert=verify-full`. Which are legal
// with which method, in which version, and how the server shows them (hba.c,
// parse_hba_auth_opt; hbafuncs.c, get_hba_options).

#include <map>
#include <string>
#include <string_view>

#include "input/config/auth_fields.hpp"
#include "input/config/hba.hpp"
#include "model/hba.hpp"

namespace pgleast {

class HbaOptions {
 public:
  /// `method` is the server's: `peer` for ident on local.
  HbaOptions(ConnectionType type, std::string_view method, int version_num);

  /// Takes one `name=value`. Throws HbaRefusal.
  void take(const AuthWord& word);
  /// What the method asks for as a whole; `method` is where to point. Throws HbaRefusal.
  void finish(Span method, const HbaSettings& settings);
  /// Fills options and unshown.
  void show(HbaRecord& record) const;

 private:
  bool has(std::string_view name) const { return values_.contains(name); }
  std::string value(std::string_view name) const;
  void set(std::string_view name, std::string text);
  void take_clientcert(const AuthWord& word, const std::string& text);
  void take_clientname(const AuthWord& word, const std::string& text);
  void take_ldap(const AuthWord& word, std::string_view name, const std::string& text);
  void take_ldap_url(const AuthWord& word, const std::string& text);
  void take_radius(const AuthWord& word, std::string_view name, const std::string& text);
  void finish_ldap(Span method) const;
  void finish_radius(Span method) const;
  void finish_oauth(Span method, const HbaSettings& settings);
  bool shows_scheme() const;

  ConnectionType type_;
  std::string_view method_;
  int version_num_;
  std::map<std::string, std::string, std::less<>> values_;
  int ldap_scope_ = 0;
  bool after_secret_ = false;  // what follows may be the rest of one
};

}  // namespace pgleast
