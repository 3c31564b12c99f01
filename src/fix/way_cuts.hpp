#pragma once
// What ends ways in, one remedy at a time:
//
//   ALTER ROLE "app_user" NOSUPERUSER;     ends ways 1 and 3
//   pg_hba.conf:27 with `reject`           ends ways 1, 2 and 4
//
// A statement is tried on a copy of the model: a way is ended for a role that does not get there by
// its record any more, on whatever route.

#include <optional>
#include <string>
#include <vector>

#include "reach/ways.hpp"

namespace pgleast {

struct EndedWay {
  std::size_t way = 0;                // into WaysIn::ways
  std::vector<std::string> only_for;  // of its roles; empty: for all of them
};

struct WayCut {
  std::vector<std::string> sql;       // of one remedy; empty: another method for the record
  std::optional<std::size_t> record;  // into Cluster::hba.records
  std::vector<EndedWay> ends;         // by way
};

/// Those that end a way for somebody, the ones that end most first. Large models are tried with
/// fewer remedies.
std::vector<WayCut> cuts_of_ways(const Cluster& cluster, const Target& target,
                                 const Circumstances& circumstances, const Question& question,
                                 const std::vector<Way>& ways);

}  // namespace pgleast
