#pragma once
// How many tables of a database somebody gets at who can act as several roles: for the picture of
// a cluster, where a list would be too long.
//
// What a role holds is looked up by access list, not by table: thousands of tables share one.

#include <array>
#include <map>
#include <tuple>
#include <vector>

#include "privileges/access_matrix.hpp"

namespace pgleast {

inline constexpr std::array<Privilege, 4> counted_privileges{Privilege::select, Privilege::insert,
                                                             Privilege::update, Privilege::delete_};

struct TableCounts {
  std::size_t tables = 0;                                     // that users made
  std::array<std::size_t, counted_privileges.size()> held{};  // of them, by counted_privileges
  bool any() const;
  bool operator==(const TableCounts&) const = default;
};

class Holdings {
 public:
  Holdings(const Graph& graph, ObjectId database);

  /// Of who acts as one role of `acting` after the other. USAGE of the schema is asked for, too.
  TableCounts held_by(const RoleSet& acting) const;

 private:
  struct Group {
    std::size_t tables = 0;
    std::array<RoleSet, counted_privileges.size()> reached_by;
  };
  std::vector<Group> groups_;
};

}  // namespace pgleast
