#pragma once
// pg_hba.conf as tasks of Ansible edit it: what a package wrote, and each task's change. As
// community.postgresql does it (plugins/modules/postgresql_pg_hba.py), its lines are sorted, the
// more specific first, whatever the order of the tasks.
//
//   postgresql_pg_hba: {contype: host, users: app, source: 10.0.0.0/8}
//   -> host all app 10.0.0.0/8 md5          before `host all all ...` of any network

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "input/platforms/ansible/scope.hpp"
#include "input/platforms/declared/declared_server.hpp"

namespace pgleast {

/// A line of the file, taken apart so far as sorting needs it.
struct HbaFileLine {
  DeclaredLine line;
  std::string type, database, user, source;  // type empty: a comment
  std::string sorted_as;                     // the whole line, as the module writes it
  bool operator<(const HbaFileLine& other) const;
  /// Whether it is the one that a rule with these fields changes.
  bool is_same_rule(const HbaFileLine& other) const;
};

class AnsibleHba {
 public:
  /// The module postgresql_pg_hba.
  void take_rules(const AnsibleArguments& task);
  void take_lineinfile(const AnsibleArguments& task);
  void take_blockinfile(const AnsibleArguments& task);
  /// `copy` and `template`: the whole file.
  void replace(std::vector<DeclaredLine> lines);
  void do_not_know(const YamlNode& at, const std::string& what);

  bool is_touched() const { return is_touched_; }
  std::vector<DeclaredLine> take_lines();
  /// Whose file was there before, and the task that says so.
  struct Package {
    YamlNode at;  // of no source: a task wrote the whole file
    bool is_debian = false;
    int major = 0;  // 15 of /etc/postgresql/15/main/pg_hba.conf; 0: its path does not say
  };
  const Package& package() const { return package_; }
  std::vector<std::string> unknown;
  std::vector<std::string> notes;

 private:
  void begin(const AnsibleArguments& task);
  void take_rule(const AnsibleArguments& rule, const AnsibleArguments* otherwise);
  void sort_now();
  void enter(HbaFileLine line, bool is_absent);
  void insert(const AnsibleArguments& task, std::vector<HbaFileLine> lines);
  std::optional<std::size_t> last_match(const std::string& pattern, const YamlNode& at);

  bool is_touched_ = false;
  bool is_unsorted_ = false;  // it is sorted when something hangs on the order
  Package package_;
  std::vector<HbaFileLine> lines_;
};

/// Python's `re.search` for patterns without groups; none: the pattern has more than that.
std::optional<bool> matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace pgleast
