#pragma once
// A SQL script done to a Cluster as psql and the server would do it, run by the bootstrap
// superuser in the database that was read, or `postgres`. A statement that the server refuses
// changes nothing, and psql goes on with the next.
//
//   CREATE ROLE app LOGIN PASSWORD 'x';   the role is there; of the password its kind
//   GRANT SELECT ON t TO app;             the table's access list is the server's
//   DO $$ ... $$;                         done step by step (do_block.hpp), or all is unseen
//   \ir tables.sql                        done in its place

#include <cstdint>
#include <vector>

#include "model/cluster.hpp"
#include "text/diagnostic.hpp"
#include "text/files.hpp"

namespace pgleast {

struct SqlProblems {
  std::vector<Diagnostic> syntax;   // statements that are no SQL
  std::vector<Diagnostic> refused;  // those that the server refuses: `role x already exists`
  std::size_t statements = 0;       // in all
};

/// Whether a cluster of which nothing was read has more than what `initdb` makes. It may: what a
/// statement does to something that is not there is unseen. Of one that was read all is known.
enum class Beneath : std::uint8_t { unknown, known };

/// Adds to `cluster` a remark on what was refused; a fact that a statement which was not followed
/// may have changed becomes unseen.
SqlProblems replay_sql(const Source& script, Cluster& cluster, Beneath beneath = Beneath::unknown);
/// Each in a session of its own. Without `files` what is included is unseen.
std::vector<SqlProblems> replay_sql(const std::vector<Source>& scripts, Cluster& cluster,
                                    const FileReader& files = {},
                                    Beneath beneath = Beneath::unknown);

}  // namespace pgleast
