#pragma once
// Worlds of roles, databases, objects and grants, made at random as the SQL that a superuser
// would run. The same number gives the same world. Some statements are refused, as in life (a
// grantor without the option, a membership that would be a circle): the next one is run after it.
//
//   random_world(7, 16).in_database  ->  {"CREATE SCHEMA \"s 1\" AUTHORIZATION \"b=r/c\"", ...}

#include <cstdint>
#include <string>
#include <vector>

namespace pgleast::test {

struct RandomWorld {
  std::string database;  // its name, as it is
  std::string second;    // of the other one; empty: none
  /// One statement each, without its semicolon; by the bootstrap superuser.
  std::vector<std::string> everywhere;  // in any database; they make the databases, too
  std::vector<std::string> in_database;
  std::vector<std::string> in_second;
};

/// `number` picks the world, `major` what its server knows.
RandomWorld random_world(std::uint64_t number, int major);

/// As psql takes it, each statement on its own.
std::string script(const std::vector<std::string>& statements);

/// Takes back all worlds of a server: run in `postgres` after the databases are dropped.
inline constexpr const char* drop_random_worlds = R"sql(
DROP TABLESPACE IF EXISTS "t s";
DELETE FROM pg_auth_members WHERE roleid >= 16384 OR member >= 16384 OR grantor >= 16384;
DELETE FROM pg_authid WHERE oid >= 16384;
DELETE FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid >= 16384;
DELETE FROM pg_db_role_setting WHERE setrole >= 16384;
UPDATE pg_tablespace SET spcowner = 10, spcacl = NULL;
UPDATE pg_database SET datdba = 10, datacl = NULL WHERE datname IN ('postgres', 'template1');
)sql";

}  // namespace pgleast::test
