#pragma once
// PL/pgSQL that libpg_query does not take, because it knows no types: cursors that are opened,
// fetched and looped over, and RETURN NEXT without an expression. Written another way that uses
// the same:
//
//   OPEN c FOR SELECT id FROM t;      ->  SELECT id FROM t;
//   FOR r IN c(x) LOOP                ->  FOR r IN 1..(x) LOOP
//   FETCH c INTO r;  RETURN NEXT;     ->  NULL;  RETURN NEXT NULL;

#include <string>

namespace pgleast {

/// Whether a body fetches from a cursor that it neither declares with its query nor opens: its
/// caller's, whose query then runs as the function does.
bool fetches_from_elsewhere(const std::string& body);

/// Whether a body gives a parameter, or NEW, another name: `row ALIAS FOR NEW`.
bool declares_aliases(const std::string& body);

std::string without_cursors(const std::string& body);

}  // namespace pgleast
