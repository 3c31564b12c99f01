#pragma once
// What everybody of a world (support/people_world.hpp) can do on a server: who gets in from where,
// what each deed of each role gives, who holds what; and the catalogs that a fix may change.

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "support/people_world.hpp"
#include "support/server.hpp"
#include "support/startup_client.hpp"

namespace pgleast::test {

struct LoginTry {
  std::string role;
  std::string database;  // empty: physical replication
  std::string source;    // empty: the socket
  bool tls = false;
  auto operator<=>(const LoginTry&) const = default;
};
std::string to_string(const LoginTry& login);

struct LoginAnswer {
  bool in = false;
  bool asked = false;  // for a password
  std::string error;
};

/// One privilege of a role, with kind and identity as `pgleast access` has them.
struct HeldPrivilege {
  std::string role, kind, object, privilege;
  auto operator<=>(const HeldPrivilege&) const = default;
};

struct Recording {
  bool runs = false;  // the server does
  std::map<LoginTry, LoginAnswer> logins;
  std::map<std::pair<std::string, std::size_t>, Answer> deeds;  // by role and number
  std::map<std::string, std::string> holders;  // kind, object and privilege: `,role,role,`
  std::vector<std::string> catalogs;
  std::set<std::string> superusers;
};

/// What `before` has and `after` has not, but of those that are superusers before.
std::set<HeldPrivilege> lost_privileges(const Recording& before, const Recording& after);

class PeopleRecorder {
 public:
  PeopleRecorder(const LiveServer& server, const PeopleWorld& world, bool networks);
  /// Of logins and deeds those alone that went `before`.
  Recording record(const Recording* before);
  /// Of `shop`: what fix.sql and undo.sql may change, one line for each.
  std::vector<std::string> catalogs();

 private:
  Startup startup_of(const LoginTry& login, const Person& person);
  std::vector<LoginTry> tries_of(const Person& person) const;
  LoginAnswer log_in(const LoginTry& login, const Person& person);
  std::vector<std::string> ask(const std::string& query);
  void record_deeds(const Person& person, const Recording* before, Recording& recording);
  std::string certificate_of(const std::string& role);

  const LiveServer& server_;
  const PeopleWorld& world_;
  bool networks_;
  int port_ = 0, major_ = 0;
  std::map<std::string, std::string> certificates_;
};

/// A key of the server, with which it signs its own certificate and those of clients.
void make_certificate(const LiveServer& server);

}  // namespace pgleast::test
