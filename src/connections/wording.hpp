#pragma once
// Parts of the connection space in words.

#include <string>
#include <vector>

#include "connections/hba_lint.hpp"
#include "connections/witness.hpp"

namespace pgleast {

class Wording {
 public:
  /// Keeps a reference.
  explicit Wording(const ConnectionClasses& classes);

  /// "any role", "any role but postgres", "anna, bob", "whoever +staff takes".
  std::string roles(const NameSet& roles) const;
  /// "every database", "database shop and replication".
  std::string databases(const NameSet& databases) const;
  /// "local", "plain, TLS or GSSAPI".
  static std::string transports(const std::vector<Transport>& transports);
  /// "10.0.0.0/8 and whoever samenet takes"; empty for local connections.
  std::string origin(const Part& part) const;
  /// "from 10.0.0.0/8, plain or TLS, as any role, to database shop".
  std::string part(const Part& part) const;
  /// The plainest one of its connections.
  Witness witness(const Part& part) const;

  /// Names for machines: those in the set, or with `all_but` those that are not.
  struct Names {
    bool all_but = false;
    std::vector<std::string> names;
  };
  Names role_names(const NameSet& roles) const;
  Names database_names(const NameSet& databases) const;

 private:
  const ConnectionClasses& classes_;
  std::string stranger_, nowhere_;  // a role and a database that nothing mentions
};

}  // namespace pgleast
