#pragma once
// A function of PL/pgSQL as libpg_query takes it apart. Its versions disagree about variables that
// hold a whole row; here they are always a PLpgSQL_rec, where they are declared and where rows go:
//
//   DECLARE r record; BEGIN FOR r IN SELECT ... LOOP
//     version 15: "var": {"PLpgSQL_row": {"fields": [{"name": "r", "varno": 1}]}}
//     version 17: "var": {"PLpgSQL_rec": {"refname": "r", "dno": 1}}

#include <string>

#include "input/sql/node.hpp"

namespace pgleast {

struct PlpgsqlTree {
  SqlNode function;   // {"datums": [...], "action": {...}}; null where it is not understood
  std::string error;  // why, may be empty
};

/// `head` is what stands before the language: CREATE FUNCTION f(a text) RETURNS void.
PlpgsqlTree read_plpgsql(const std::string& head, const std::string& body);

}  // namespace pgleast
