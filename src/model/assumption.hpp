#pragma once
// What scripts take for granted, because it was made elsewhere:
//
//   GRANT SELECT ON t TO anon;     no script makes role anon: it is there, and of its attributes
//                                  and memberships nothing is known

#include <algorithm>
#include <string>
#include <vector>

#include "text/display.hpp"

namespace pgleast {

struct Assumption {
  enum class Kind { role, schema, relation };
  Kind kind = Kind::role;
  std::string name;   // `anon`, `auth.users`
  std::string place;  // "a.sql:3", where it is used first
  bool operator==(const Assumption&) const = default;
};

/// "role anon"
inline std::string called(const Assumption& a) {
  if (a.kind == Assumption::Kind::role) return "role " + displayed(a.name);
  return (a.kind == Assumption::Kind::schema ? "schema " : "relation ") + displayed(a.name);
}

struct Assumptions {
  std::vector<Assumption> made;
  /// Statements that were left out and can only have added something: "not followed: 1 statement
  /// of a.sql". What is there is there, and there may be more.
  std::vector<std::string> left_out;

  bool any_role() const {
    return std::any_of(made.begin(), made.end(),
                       [](const Assumption& a) { return a.kind == Assumption::Kind::role; });
  }
  bool any_object() const { return !left_out.empty() || any_made_object(); }
  bool any_made_object() const {
    return std::any_of(made.begin(), made.end(),
                       [](const Assumption& a) { return a.kind != Assumption::Kind::role; });
  }
  bool has_role(const std::string& name) const {
    return std::any_of(made.begin(), made.end(), [&](const Assumption& a) {
      return a.kind == Assumption::Kind::role && a.name == name;
    });
  }
  bool has_object(const std::string& name) const {
    return std::any_of(made.begin(), made.end(), [&](const Assumption& a) {
      return a.kind != Assumption::Kind::role && a.name == name;
    });
  }
};

}  // namespace pgleast
