#pragma once
// What a change of a cluster lets people do that they could not do before, each cause once:
//
//   access   PUBLIC newly holds SELECT on table public.t             V3.sql:2   GRANT ... TO PUBLIC
//   access   bob newly holds SELECT on 300 tables as a member of staff   V4.sql:1
//   login    any role newly logs in to any database from any address: no credential
//
// What the other direction gains is narrowed.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "change/aligned.hpp"

namespace pgleast {

struct Gain {
  /// In the order in which a person wants to know of them.
  enum class What { login, access, rows, step } what = What::access;
  std::string text;                 // one sentence, names in it safe to show
  std::vector<std::string> detail;  // objects, who else
  std::string file;                 // where the cause is said; empty: not known
  std::uint32_t line = 0;
  bool possible = false;  // it hangs on what cannot be told from here
  std::string expected;   // why it is meant; empty: nobody said so
};

std::string_view to_string(Gain::What what);

/// Sorted: what is certain first. `today` is YYYY-MM-DD.
std::vector<Gain> gains(const AlignedClusters& clusters, const std::string& today);
/// The same the other way round: what `before` let people do.
std::vector<Gain> narrowings(const AlignedClusters& clusters, const std::string& today);

}  // namespace pgleast
