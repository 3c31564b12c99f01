#pragma once
// What `diff` says of two pg_hba.conf files, for a person or a script.

#include <string>

#include "model/cluster.hpp"

namespace pgleast {

struct DiffReport {
  std::string text;       // empty as text when nothing changed
  bool gained = false;    // it certainly lets in more
  bool possible = false;  // something may change, and hangs on what is not known
};

/// `facts` are the roles and databases that both are about; both files load. `format` is `text`
/// or `json`.
DiffReport hba_diff_report(const Cluster& facts, const HbaFile& before, const HbaFile& after,
                           const std::string& format);

}  // namespace pgleast
