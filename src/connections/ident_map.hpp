#pragma once
// What a user name map lets an outside name become (hba.c, check_ident_usermap):
//
//   corp  /^(.*)@example\.org$  \1       anna@example.org may log in as anna
//   corp  root                  +staff   version 16: root, as every member of staff
//
// The records of the map are tried in order, until one matches or one ends in an error: `\1`
// of an expression without a group. Without a map the names must be the same.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model/ident.hpp"
#include "privileges/graph.hpp"

namespace pgleast {

/// What a record lets a name become that it takes.
struct MapTarget {
  enum class Kind {
    name,      // the role of that name
    everyone,  // `all`
    members,   // `+group`; text is the group
    matching,  // `/...`; text is the expression
    error,     // the search ends here, and nobody is let in
    unknown,   // a name made by an expression that cannot be evaluated here
  } kind = Kind::name;
  std::string text;
  std::optional<std::size_t> record;  // into IdentFile::records; none without a map
  bool certain = true;                // false: whether it takes the name is not known
  bool operator==(const MapTarget&) const = default;
};

/// What `system_user` may become over `map` (empty: without one), in the order of the records,
/// up to one that certainly ends in an error.
std::vector<MapTarget> map_targets(const IdentFile& file, const std::string& map,
                                   const std::string& system_user, int major);

/// What becomes of a request for one role.
struct MapDecision {
  enum class Outcome { admitted, no_match, error, unknown } outcome = Outcome::no_match;
  std::optional<std::size_t> target;  // the one that decides, or why it is not known
  bool operator==(const MapDecision&) const = default;
};

/// Whether `targets` let one log in as `role`. Groups are those of the graph's cluster; where
/// its roles are unseen, who is in a group is not known.
MapDecision decide(const std::vector<MapTarget>& targets, const std::string& role,
                   const Graph& graph);

}  // namespace pgleast
