#pragma once
// One server, as plays of Ansible leave it: what tasks and roles do to its files, settings, roles
// and privileges, in the order in which they run.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "input/platforms/ansible/hba.hpp"
#include "input/platforms/ansible/scope.hpp"
#include "input/platforms/declared/declared_server.hpp"
#include "input/platforms/declared/repository.hpp"

namespace pgleast {

class AnsibleRun {
 public:
  AnsibleRun(std::string name, const std::string& path, const Repository& repository)
      : repository_(repository) {
    server.name = std::move(name);
    server.path = path;
    server.may_hold_more = true;
  }

  DeclaredServer server;
  AnsibleHba hba;

  const Repository& repository() const { return repository_; }
  /// A statement that the document says there.
  void add(const YamlNode& at, std::string sql) {
    server.statements.push_back(line_at(at, std::move(sql)));
    is_used = true;
  }
  /// What is after it is done in that database.
  void connect(const YamlNode& at, const std::string& database);
  /// Of a name that the statements made; true the first time.
  bool is_new_role(const std::string& name) { return roles_.insert(name).second; }
  bool is_new_database(const std::string& name) { return databases_.insert(name).second; }
  void do_not_know(std::vector<std::string>& of, const YamlNode& at, const std::string& what);
  /// The value of that setting alone is not known, where nothing else says it.
  void hide(const std::string& setting, const YamlNode& at, const std::string& why);
  /// ALTER SYSTEM, which beats postgresql.conf.
  void alter_system(const YamlNode& at, const std::string& name, const std::string& value);
  void note(std::string text) {
    if (notes_.insert(text).second) server.notes.push_back(std::move(text));
  }
  bool is_used = false;  // a task or a role had to do with PostgreSQL

  /// The server, when all is done.
  DeclaredServer take();

 private:
  void take_hba();

  const Repository& repository_;
  std::string connected_;
  std::set<std::string> roles_{"postgres"}, databases_{"postgres", "template0", "template1"};
  std::set<std::string> notes_;
  std::vector<DeclaredLine> altered_;
};

/// A module that has to do with PostgreSQL; false: it is none.
bool run_ansible_module(std::string_view name, AnsibleRun& run, const AnsibleArguments& arguments);
bool is_ansible_module(std::string_view name);

/// What a user of a role's list asks for is what its task asks the module for.
void ansible_user(AnsibleRun& run, const AnsibleArguments& arguments);
void ansible_database(AnsibleRun& run, const AnsibleArguments& arguments);
void ansible_privileges(AnsibleRun& run, const AnsibleArguments& arguments);
void ansible_membership(AnsibleRun& run, const AnsibleArguments& arguments);

}  // namespace pgleast
