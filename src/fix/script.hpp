#pragma once
// A plan as the files that a person runs.

#include <string>

#include "fix/plan.hpp"

namespace pgleast {

/// For psql, in one transaction for each database, then what cannot run in one.
std::string fix_script(const Plan& plan, const Cluster& cluster);
std::string undo_script(const Plan& plan, const Cluster& cluster);

/// A unified diff of a patched file, three lines around each change; secrets show as stars.
std::string unified_diff(const FilePatch& patch, ConfigKind kind, int version_num);

/// What the plan leaves to decide, as Markdown.
std::string notes(const Plan& plan);

}  // namespace pgleast
