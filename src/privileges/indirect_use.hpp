#pragma once
// What is done to a table by way of something else, where the server asks for the privileges of
// its owner, or for nobody's:
//
//   CREATE VIEW v AS TABLE secret;                  who reads or writes v, does so to secret
//   series REFERENCES datasets ON DELETE CASCADE    who deletes from datasets, deletes series
//
// Materialized views, rules, triggers and SECURITY DEFINER functions are others, as far as their
// code is known, parents of tables, partitions, and foreign tables that lead back. Each may lead to
// the next.

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "privileges/graph.hpp"

namespace pgleast {

/// One of them: who does `privilege` to `object` does `does` to `to`.
struct IndirectUse {
  enum class Kind : std::uint8_t {
    view,
    materialized_view,
    rule,
    trigger,        // of a SECURITY DEFINER function
    function,       // SECURITY DEFINER
    foreign_key,    // what it does when the key goes or changes
    parent,         // of a partition or child table
    foreign_table,  // of a server that leads back to this cluster
    partition,      // of the table: its rows are some of the table's
  } kind = Kind::view;
  ObjectId object{};
  Privilege privilege{};
  ObjectId to{};
  Privilege does{};
  RoleId as = no_role;               // whose privileges the server asks for; none: nobody's
  std::string name;                  // of a rule, trigger or foreign key
  std::vector<std::string> needs;    // columns of `object`, one of them to be changed; empty: any
  std::vector<std::string> changes;  // columns of `to`; empty: it is not known which
  std::string unknown;               // why it may do nothing of it; empty: it does
};

/// What somebody must hold, `use->privilege` on `use->object`, and what that leads to.
struct IndirectAccess {
  const IndirectUse* use = nullptr;
  std::optional<std::size_t> next;   // the one that it leads to; none: it leads to the end
  std::vector<std::string> columns;  // one of which suffices; empty: any
  std::string unknown;               // why it may not lead there; empty: it does
};
/// From one of them to the end.
std::vector<const IndirectUse*> path_of(const std::vector<IndirectAccess>& all, std::size_t from);

/// What leads to rows of the same tables, by nobody's privileges.
constexpr bool is_inheritance(IndirectUse::Kind kind) {
  return kind == IndirectUse::Kind::parent || kind == IndirectUse::Kind::partition;
}

class IndirectUses {
 public:
  /// Keeps a reference: the graph must outlive it.
  explicit IndirectUses(const Graph& graph);

  /// All that leads to it, each object and privilege once, the nearest first. With `column` what
  /// leads to that one.
  std::vector<IndirectAccess> to(ObjectId object, Privilege privilege,
                                 const std::string& column = "") const;
  /// Why not all that the function does is known, itself or in functions that it calls; empty: it
  /// is, or nothing is known of it at all.
  std::string not_followed(ObjectId function) const;

 private:
  void add_view(const Body& body);
  void add_function(const Body& body);
  void add_attachment(const Attachment& attachment);
  void add_foreign_key(const ForeignKey& key);
  void add_foreign_table(const ForeignTable& foreign);
  void add_parent(const Inheritance& inheritance);
  void add_code(IndirectUse use, const Code& code);
  void add_unknown();
  void add(IndirectUse use);
  bool is_definer(ObjectId function) const;

  const Graph& graph_;
  const Cluster& cluster_;
  std::map<ObjectId, const Body*> bodies_;
  std::map<ObjectId, PrivilegeSet> diverted_;  // what triggers and rules of a view may do instead
  std::map<ObjectId, std::vector<const Attachment*>> triggers_;
  std::map<std::pair<ObjectId, Privilege>, std::vector<IndirectUse>> leading_to_;
  std::map<ObjectId, const Body*> unknown_by_;  // whose code of what it calls is not known
};

}  // namespace pgleast
