#pragma once
// What is typed to have code of one's own run by what one owns: a function that says as whom it
// runs, made where its maker may, and what calls it.
//
//   CREATE FUNCTION own.f() RETURNS bool ... AS 'BEGIN RAISE NOTICE ''%'', current_user; ...';
//   CREATE POLICY p ON s.orders USING (own.f());

#include <string>
#include <vector>

#include "escalation/edge.hpp"

namespace pgleast {

enum class OwnCode : std::uint8_t {
  trigger,
  policy,
  index,  // of statistics, where the maker may make no index
  check,  // of a domain
  cast_,  // of a type
  table,  // one with a check that a dump takes along; on a schema, or on a database
};

std::vector<std::string> own_code_sql(const Context& context, RoleId maker, OwnCode kind,
                                      ObjectId on);

/// The first schema of a database where `maker` may create, or pg_temp; quoted.
std::string place_of_code(const Context& context, RoleId maker, ObjectId database);

}  // namespace pgleast
