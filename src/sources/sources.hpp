#pragma once
// Several inputs, one cluster:
//
//   --dsn dbname=shop --hba pg_hba.conf     the server, with records from a file
//   --sql schema.sql --server-version 16    a cluster as initdb leaves it, and a script on top
//   db/ pgbouncer.ini                       what the folder holds, and a pooler in front

#include <optional>
#include <string>
#include <string_view>

#include "model/assumption.hpp"
#include "model/cluster.hpp"
#include "sources/found_sources.hpp"
#include "sources/timings.hpp"
#include "text/files.hpp"

namespace pgleast {

/// What scripts rest on.
struct Grounds {
  Assumptions assumptions;          // what they take for granted
  std::optional<Cluster> platform;  // as it comes, where it is said which
};

/// Everything the sources say of one cluster; a file given explicitly wins over what the
/// server says. Says what was looked at. Throws Error, also where folders hold several.
Cluster read_sources(const SourceOptions& options);
/// The same; each phase is ended in `timings`. With `grounds` what scripts take for granted is
/// taken as there; else it makes facts unseen.
Cluster read_sources(const SourceOptions& options, Timings& timings, Grounds* grounds = nullptr);

/// One of those that were found.
Cluster read_cluster(const SourceOptions& options, Timings& timings, Grounds* grounds = nullptr);
/// `rds`: what --assume takes besides files.
bool is_platform(const std::string& name);
/// Folders that could not be read, and what was looked at, on standard error.
void print_problems(const FoundSources& found);
void print_looked(const FoundSources& found);

/// What tells of roles and databases; with none of them nothing is known. Throws Error.
Cluster read_facts(const SourceOptions& options);

/// Throws Error, "WHAT: why it is unseen; what would let it be", unless the fact was seen.
void need(const Cluster& cluster, Fact fact, std::string_view what);

/// The records of pg_hba.conf are known and the file loads: nothing is said of the good lines of
/// one that does not, for the server would not take them. Throws Error.
void need_records(const Cluster& cluster);

/// The remarks on what was read, and why roles are known in part, on standard error, a line each.
void print_notes(const Cluster& cluster);
/// Only that the version is not known, for what prints no other remark.
void print_version_note(const Cluster& cluster);

/// One more, where there is one.
void print_note(const std::optional<Unseen>& note);

/// `first`, `-` as standard input, and what it includes, as far as it may: contained_files.hpp. An
/// include in standard input is looked for beside the caller.
FileReader files_from(const std::string& first);

/// The version whose rules apply to files that come without a server.
int version_num_of(const SourceOptions& options);

}  // namespace pgleast
