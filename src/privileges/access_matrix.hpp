#pragma once
// Who can: for each access list the set of roles that hold each privilege, without ever asking
// role by role. Objects that share a list share the answer.
//
//   AccessMatrix matrix(graph);
//   matrix.holders(orders)[Privilege::select]  ->  {app_user, analyst}
//   matrix.holders(orders, Privilege::select)  ->  the same, without the others
//   matrix.count(ObjectKind::table)            ->  all (role, table, privilege) that are held

#include <array>
#include <cstdint>

#include "privileges/graph.hpp"

namespace pgleast {

class AccessMatrix {
 public:
  /// The roles that hold each privilege.
  class Holders {
   public:
    explicit Holders(std::size_t roles) { sets_.fill(RoleSet(roles)); }
    RoleSet& operator[](Privilege p) { return sets_[static_cast<std::size_t>(p)]; }
    const RoleSet& operator[](Privilege p) const { return sets_[static_cast<std::size_t>(p)]; }

   private:
    std::array<RoleSet, privileges.size()> sets_;
  };

  /// Keeps a reference: the graph must outlive it.
  explicit AccessMatrix(const Graph& graph);

  /// As Graph::held() answers for each role that exists.
  Holders holders(const Object& object) const;
  Holders holders(const Object& table, const Column& column) const;
  RoleSet holders(const Object& object, Privilege privilege) const;
  /// On the object or on any of its columns, as Graph::held_on_any().
  RoleSet holders_on_any(const Object& object, Privilege privilege) const;
  /// How many cells (role, object, privilege) are held over the objects of `kind`, those of the
  /// server's own schemas left out.
  std::uint64_t count(ObjectKind kind) const;

 private:
  template <typename Add>
  void each_set(RoleId grantee, ObjectId database, Add&& add) const;
  template <typename Add>
  void each_set(const Object& object, Add&& add) const;
  void add_object(Holders& holders, const Object& object, PrivilegeSet of) const;

  const Graph& graph_;
  RoleSet existing_;
  RoleSet superusers_;
};

}  // namespace pgleast
