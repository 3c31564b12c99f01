#pragma once
// What the paths of a command line are: files, and folders that are walked whole.
//
//   pgleast audit .        infra/pg_hba.conf and infra/postgresql.conf   one cluster, `infra`
//                          db/migrations/V1__roles.sql ...               another, `db/migrations`
//
// Files that are named describe one cluster; what a folder holds is one for each folder in it.

#include <cstddef>
#include <string>
#include <vector>

#include "sources/source_options.hpp"
#include "text/diagnostic.hpp"

namespace pgleast {

struct NamedSources {
  std::string name;  // the folder; empty: what the command line names
  SourceOptions options;
};

struct FoundSources {
  std::vector<NamedSources> clusters;  // by name
  std::string looked;                  // "looked at 12 files: ..."; empty: no folder was named
  std::vector<Diagnostic> problems;    // folders that were not read
};

/// Whether folders that hold nothing that pgleast knows are wrong usage.
enum class NothingFound { refused, allowed };
/// Throws Error: a path that is nothing that pgleast knows is wrong usage.
FoundSources find_sources(const SourceOptions& given, NothingFound nothing = NothingFound::refused);

/// The one cluster that a question is about. Throws Error (usage) with the names where there are
/// several.
const NamedSources& only_cluster(const FoundSources& found);

}  // namespace pgleast
