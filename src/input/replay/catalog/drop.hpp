#pragma once
// DROP, with what goes along and what stands in the way (dependency.c):
//
//   DROP TABLE t;            its indexes, triggers, policies and sequences go, too
//   DROP TABLE t;            refused where a view reads it
//   DROP TABLE t CASCADE;    then the view goes, too

#include <vector>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

struct DropTarget {
  EntityId id{};
  int column = 0;  // only that one of a relation
  bool operator==(const DropTarget&) const = default;
};

/// Throws Refused, and Undecidable where it is not known what depends on them.
void drop(SqlCatalog& catalog, const std::vector<DropTarget>& targets, bool cascade);
/// Whatever depends on them.
void drop_all(SqlCatalog& catalog, std::vector<DropTarget> targets);

}  // namespace pgleast
