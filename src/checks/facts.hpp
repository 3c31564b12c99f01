#pragma once
// All that a check may look at, and what several of them need to say.

#include <map>
#include <optional>
#include <string>

#include "connections/decided_connections.hpp"
#include "escalation/escalation.hpp"
#include "finding/finding.hpp"
#include "policy/role_matcher.hpp"
#include "privileges/graph.hpp"

namespace pgleast {

class Facts {
 public:
  /// Keeps references: both must outlive it. `today` is YYYY-MM-DD; empty: what has an end is taken
  /// as not over.
  Facts(const Cluster& cluster, const Policy& policy, std::string today = "");

  const Cluster& cluster() const { return cluster_; }
  const Policy& policy() const { return policy_; }
  const Graph& graph() const { return graph_; }
  const RoleMatcher& roles() const { return roles_; }
  const std::string& today() const { return today_; }
  // Computed when first asked for.
  const Escalations& escalations() const;
  const DecidedConnections& decided() const { return connections_.decided(); }
  /// Where the role stands in decided().roles; none: no record tells of it.
  std::optional<std::uint32_t> atom_of(RoleId role) const;

  /// Why a fact that a check needs is not there; none when it is.
  std::optional<Verdict> missing(Fact fact) const;
  /// The records are known and the file loads.
  std::optional<Verdict> missing_records() const;
  /// The same of the mappings.
  std::optional<Verdict> missing_mappings() const;

  /// A database by its name.
  std::optional<ObjectId> database(const std::string& name) const;

  Location location(const HbaRecord& record, Span span) const;
  Location location(const std::string& file, std::size_t line) const;

  Location location(const SaidAt& at) const;
  /// What a finding without a place is about: where a script says it.
  std::optional<Location> said_location(const Finding& finding) const;
  /// A step of a path, with the place of what these take back.
  PathStep told(const std::string& words, const std::vector<Remedy>& taken_back_by) const;
  PathStep told(const Step& step) const;

  Subject subject(const Object& object) const;
  std::string shown(const Object& object) const;  // identity, safe to print
  std::string shown(RoleId role) const;

 private:
  const Source* source_of(const std::string& path) const;

  const Cluster& cluster_;
  const Policy& policy_;
  Graph graph_;
  Connections connections_;
  RoleMatcher roles_;
  std::string today_;
  mutable std::optional<Escalations> escalations_;
  mutable std::map<RoleId, std::uint32_t> atoms_;
  mutable std::optional<std::map<std::string, ObjectId>> databases_;
  mutable std::map<std::string, Source> sources_;
};

/// The SECURITY DEFINER functions that users made.
std::vector<ObjectId> security_definer_functions(const Cluster& cluster);

/// Objects that users made and own: not the server's own and not an extension's.
bool is_users_own(const Object& object);

}  // namespace pgleast
