#pragma once
// Which rows of a table or view a role reaches (rls.c, check_enable_rls; rowsecurity.c,
// get_row_security_policies; relcache.c for whom views act as):
//
//   app, orders, SELECT  ->  some: by policies tenant (permissive) and not_deleted (restrictive)
//
// A command is the barest of its kind, DELETE FROM orders: one that reads columns, too, is bound
// by the policies for SELECT besides. What a view leaves out itself is not looked at, nor what its
// WITH CHECK OPTION refuses.

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "privileges/graph.hpp"

namespace pgleast {

/// Whether a view acts as who uses it, not as its owner: from version 15 on it may.
bool is_security_invoker(const Cluster& cluster, const Object& view);

struct RowAccess {
  enum class Kind { none, some, all, unknown } kind = Kind::unknown;
  enum class Why {
    no_privilege,       // none: on the relation or, of a view, its owner's on a base table
    no_usage,           // none: of its schema
    no_policy,          // none: row security is on and no policy admits anything
    policies,           // some: those of `permissive` that all of `restrictive` admit
    not_enabled,        // all: row security is off, or the server's own relation
    superuser,          // all
    bypassrls,          // all
    owner,              // all: the owner or who inherits from it, row security is not forced
    always_true,        // all: a policy admits every row, and no other takes one away
    materialized_view,  // all that whoever refreshed it saw
    view,               // as `bases`
    not_writable,       // none: the server writes nothing through such a view
    not_followed,       // unknown: `unknown` says why
  } why = Why::not_followed;
  ObjectId relation{};
  RoleId as{};  // whose privileges and policies count
  // Into Cluster::row_policies; of UPDATE those for the rows that are there and for the new ones.
  std::vector<std::size_t> permissive;
  std::vector<std::size_t> restrictive;  // of which none is always true
  std::vector<RowAccess> bases;          // of a view: the tables that it reads in the end
  std::string unknown;
};

class RowReach {
 public:
  /// Keeps a reference: the graph must outlive it. Not for several threads.
  explicit RowReach(const Graph& graph);

  /// `command` is SELECT, INSERT, UPDATE or DELETE; `relation` a table of any kind.
  RowAccess access(RoleId role, ObjectId relation, Privilege command) const;

  /// Whether policies bind the role there at all: RLS is on and it does not pass it by.
  bool bound(RoleId role, const Object& table) const;

 private:
  struct Asked {
    RoleId caller;
    Privilege command;
    int depth;
  };
  // As whom, what, for whom, the command.
  using Known = std::tuple<RoleId, ObjectId, RoleId, Privilege>;
  RowAccess of(RoleId as, ObjectId relation, const Asked& asked) const;
  const RowAccess& of_view(RoleId as, ObjectId view, const Asked& asked) const;
  RowAccess through_view(RowAccess access, const Asked& asked) const;
  std::string not_followed(ObjectId view, const Body* body, const Asked& asked) const;
  void admitted(RowAccess& access, Privilege command, bool checked) const;
  void by_policies(RowAccess& access, Privilege command) const;

  const Graph& graph_;
  std::map<ObjectId, std::vector<std::size_t>> policies_;
  std::map<ObjectId, const Body*> bodies_;
  std::map<ObjectId, PrivilegeSet> diverted_;  // what triggers and rules of a view may do instead
  // Of views, each worked out once: many use the same ones. None: it is being worked out.
  mutable std::map<Known, std::optional<RowAccess>> known_;
};

}  // namespace pgleast
