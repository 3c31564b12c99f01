#pragma once
// What a change of pg_hba.conf lets in that was shut out, shuts out that was let in, or asks
// another credential of. Order, comments and equivalent ways of saying it make no difference.

#include <optional>
#include <vector>

#include "connections/part.hpp"

namespace pgleast {

struct HbaChange {
  enum class Kind { gained, lost, changed } kind = Kind::gained;
  // The records that decide; none where no record does.
  std::optional<std::uint32_t> before, after;
  Part part;
};

/// `before` and `after` are files 0 and 1 of `classes`. By kind, then by record.
std::vector<HbaChange> hba_changes(const ConnectionClasses& classes,
                                   const std::vector<HbaRecord>& before,
                                   const std::vector<HbaRecord>& after);

/// Whether a client may get in with less than before.
bool gains(const HbaChange& change, const std::vector<HbaRecord>& before,
           const std::vector<HbaRecord>& after);

}  // namespace pgleast
