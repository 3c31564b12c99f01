#pragma once
// What `pgleast conf show` prints: the settings in force for a session, where each comes from, and
// who may change it. `work_mem | 64MB | database user | ALTER ROLE app IN DATABASE shop | ...`

#include <string>
#include <vector>

#include "privileges/setting_in_force.hpp"
#include "report/rows.hpp"

namespace pgleast {

struct SettingReport {
  Table table;
  bool unseen = false;  // the value of one that is wanted is not known
};

/// Those called `names`, all that somebody set for none. Throws Error for a name that no setting
/// of the version has. The settings must have been seen.
SettingReport setting_report(const Cluster& cluster, const SessionOf& session,
                             const std::vector<std::string>& names);
/// Only what the server does not take: of the files, and of what is stored for the session.
SettingReport setting_problems(const Cluster& cluster, const SessionOf& session,
                               const std::vector<std::string>& names);

}  // namespace pgleast
