#pragma once
// pg_ident.conf: which outside names may log in as which role, where a record of pg_hba.conf
// says `map=...`. Manual section 20.2; hba.c, parse_ident_line.
//
//   corp   /^(.*)@example\.org$   \1
//   corp   anna                   "all"       quoted: a role named all

#include <cstdint>
#include <string>
#include <vector>

#include "model/hba.hpp"

namespace pgleast {

/// Where in ConfigFile `file` a mapping stands, as byte offsets of the original text.
/// INVARIANT: all of 0 where the record came from pg_ident_file_mappings.
struct IdentPlace {
  std::string file;
  std::uint32_t line = 0;  // first physical line
  Span whole, map, system_user, pg_user;
  bool operator==(const IdentPlace&) const = default;
};

struct IdentRecord {
  std::string map;
  HbaName system_user;  // `/...` is a regular expression, quoted or not; no other keyword
  HbaName pg_user;      // version 16: `all`, `+group` unless quoted, `/...`; `\1` from the match
  IdentPlace at;
  std::uint32_t row = 0;  // place among the rows of pg_ident_file_mappings, from 0
  bool operator==(const IdentRecord&) const = default;
};

struct IdentFile {
  std::vector<IdentRecord> records;
  std::vector<HbaProblem> problems;
  bool loads() const { return problems.empty(); }  // an empty file is fine
  bool operator==(const IdentFile&) const = default;
};

}  // namespace pgleast
