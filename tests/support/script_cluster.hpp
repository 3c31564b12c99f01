#pragma once
// A cluster for a test, made of texts alone:
//
//   const auto cluster = script_cluster({.sql = "CREATE ROLE app LOGIN;", .hba = "local all all
//   peer"});
//
// The script runs on a cluster as initdb leaves it, in the database `postgres`.

#include <concepts>
#include <string>
#include <vector>

#include "model/cluster.hpp"

namespace pgleast::test {

/// What lies in a database is known once something was made there.
inline constexpr const char* touch_database = "CREATE SCHEMA touched; DROP SCHEMA touched; ";

struct ScriptTexts {
  std::string sql = {};  // its superuser is `postgres`
  std::string hba = "local all all peer\n";
  std::string ident = {};
  std::string conf = {};
  std::string command_line = {};  // settings again, given with -c
  int major = newest_major;
  bool followed = true;  // a statement that is not followed fails the test
  bool whole = true;     // one that is refused does, and a conf that does not load
  bool touch = true;     // make the objects of `postgres` known
};

/// A text that cannot be read whole, or a statement that is refused, fails the test.
Cluster script_cluster(const ScriptTexts& texts);
template <std::convertible_to<std::string> Text>
Cluster script_cluster(const Text& sql) {
  return script_cluster(ScriptTexts{.sql = sql});
}

/// The role of that name, which must be there; `PUBLIC`.
RoleId role_of(const Cluster& cluster, std::string_view name);
/// The object of that kind that is named so, as `pg_identify_object` prints it.
ObjectId object_of(const Cluster& cluster, ObjectKind kind, std::string_view identity);

/// All that statements about privileges and roles may change, a sorted line for each thing, so that
/// two clusters are compared by what they say and not by how their lists are numbered.
std::vector<std::string> state_of(const Cluster& cluster);

}  // namespace pgleast::test
