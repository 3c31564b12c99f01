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
  // False: it hangs on something that is not known, and is so if `when`, or `unless` it is true.
  bool certain = true;
  Truth when;
  bool unless = false;
  std::vector<std::string> but;  // certain: not those of its addresses that this takes
};

struct HbaChanges {
  std::vector<HbaChange> list;  // the certain ones first, then by kind and by record
  bool complete = true;         // false: more may hang on what is not known
};

/// `before` and `after` are files 0 and 1 of `classes`.
HbaChanges hba_changes(const ConnectionClasses& classes, const std::vector<HbaRecord>& before,
                       const std::vector<HbaRecord>& after);

/// Whether a client may get in with less than before.
bool gains(const HbaChange& change, const std::vector<HbaRecord>& before,
           const std::vector<HbaRecord>& after);

}  // namespace pgleast
