#pragma once
// What only the server knows of one client, taken as true of it; all else is taken as false.
//
//   +staff              its role is a member of staff
//   db.example.org      that is the name of its address; so .example.org is true of it, too
//   samehost            its address is one of the server's; so samenet is true of it, too

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace pgleast {

/// INVARIANT: each side ascends, each fact once.
struct Truth {
  std::vector<std::string> roles;      // "+staff", "/^app_"
  std::vector<std::string> databases;  // "sameuser", "samerole", "/^app_"
  std::vector<std::string> origins;    // "db.example.org", "samenet"

  std::size_t size() const { return roles.size() + databases.size() + origins.size(); }
  bool operator==(const Truth&) const = default;
  auto operator<=>(const Truth&) const = default;
};

/// Both; none where no client can be of both: an address has one name.
std::optional<Truth> both(const Truth& a, const Truth& b);
/// Whether a record with that address field takes a client of whom it is the truth.
bool says_origin(const Truth& truth, const std::string& origin);
/// Each fact in words: "the role is a member of staff".
std::vector<std::string> facts_of(const Truth& truth);

}  // namespace pgleast
