#pragma once
// Where scripts say what is so: the statement that made a role, granted a privilege, switched row
// security on. Of a server and of a snapshot nothing is known of it.
//
//   a.sql:3:1    GRANT SELECT ON t TO app;      granted t app: SELECT

#include <algorithm>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pg/privilege.hpp"

namespace pgleast {

/// The facts, and what their numbers are; one that is not named is 0.
enum class Said : std::uint8_t {
  role,             // role: its CREATE ROLE
  attribute,        // role, RoleAttribute
  membership,       // role, member
  object,           // object: its CREATE
  owner,            // object
  granted,          // object, grantee, column (0: none; else its place + 1); privileges
  row_security,     // object: ENABLE or DISABLE
  force,            // object: FORCE or NO FORCE
  policy,           // place among the policies
  default_granted,  // place of the entry among the default access lists, grantee; privileges
  role_setting,     // place among the role settings
  function,         // object: what it runs as and with which search_path
};

struct SaidFact {
  Said what = Said::role;
  std::uint32_t a = 0, b = 0, c = 0;
  auto operator<=>(const SaidFact&) const = default;
};

/// Both count from 1, columns in characters.
struct SaidAt {
  std::uint32_t file = 0;  // into Sayings::files
  std::uint32_t line = 0, column = 0;
  auto operator<=>(const SaidAt&) const = default;
};

/// A script or a document, with stars in place of its secrets: its places are those of the file.
struct SaidFile {
  std::string name;
  std::string text;
};

struct Saying {
  SaidFact fact;
  PrivilegeSet privileges;  // of what is granted, those that are said there
  SaidAt at;
};

struct Sayings {
  std::vector<SaidFile> files;
  std::vector<Saying> facts;  // INVARIANT: sorted by fact

  void add(const Saying& saying) { facts.insert(first(saying.fact), saying); }
  std::optional<SaidAt> find(const SaidFact& fact) const {
    const auto found = first(fact);
    return found == facts.end() || found->fact != fact ? std::nullopt : std::optional(found->at);
  }
  /// Of what is granted: the first place that says one of these.
  std::optional<SaidAt> find(const SaidFact& fact, PrivilegeSet any_of) const {
    for (auto at = first(fact); at != facts.end() && at->fact == fact; ++at) {
      if (!(at->privileges & any_of).empty()) return at->at;
    }
    return std::nullopt;
  }
  /// What a cluster is does not depend on where it was said.
  bool operator==(const Sayings&) const { return true; }

 private:
  std::vector<Saying>::const_iterator first(const SaidFact& fact) const {
    return std::lower_bound(facts.begin(), facts.end(), fact,
                            [](const Saying& s, const SaidFact& f) { return s.fact < f; });
  }
};

}  // namespace pgleast
