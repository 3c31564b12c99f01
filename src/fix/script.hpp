#pragma once
// A plan as the files that a person runs.

#include <string>
#include <vector>

#include "fix/plan.hpp"

namespace pgleast {

/// For psql, in one transaction for each database, then what cannot run in one.
std::string fix_script(const Plan& plan, const Cluster& cluster);
std::string undo_script(const Plan& plan, const Cluster& cluster);

struct ScriptFile {
  std::string name;
  std::string database;  // where it is run; empty: in any
  std::string text;
};

/// The same as files, in the order in which they run: of several databases one each, fix-1-shop.sql
/// after fix.sql, which has what is the cluster's, and undo-1-shop.sql before undo.sql.
std::vector<ScriptFile> fix_files(const Plan& plan, const Cluster& cluster);
std::vector<ScriptFile> undo_files(const Plan& plan, const Cluster& cluster);

/// What runs them by psql, a line each.
std::string commands_of(const std::vector<ScriptFile>& files, const std::string& folder,
                        const std::string& indent);

/// What the plan leaves to decide, as Markdown; of several files in which order they are run.
std::string notes(const Plan& plan, const Cluster& cluster);

}  // namespace pgleast
