#pragma once
// What the server asks of the rows of a table that a script makes, and which keys they have, as far
// as constants tell:
//
//   CREATE TABLE t (id serial PRIMARY KEY, name text NOT NULL, price numeric(10,2) CHECK (price >=
//   0))
//
// A table of which more is asked, or not all is known, has none.

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "input/replay/catalog/entity.hpp"
#include "input/sql/node.hpp"

namespace pgleast {

/// What stands in one column of a row.
struct RowValue {
  enum class Kind : std::uint8_t {
    null,
    exact,     // `text` is equal in equal values, and in no others
    inexact,   // one that is surely taken
    distinct,  // like no other: a new uuid
    drawn,     // from the column's own sequence
    unsure,    // the server may refuse it
  } kind = Kind::null;
  std::string text;
  bool calls = false;  // a function of the server's, which takes EXECUTE
};

struct RowColumn {
  int number = 0;
  std::string type;  // in pg_catalog; empty: not one of the simple ones
  std::vector<int> modifiers;
  bool not_null = false;
  bool always = false;  // GENERATED ALWAYS AS IDENTITY
  bool identity = false;
  RowValue otherwise;  // what it gets where nothing is said
};

struct RowKey {
  std::vector<int> columns;
  EntityId by{};  // the constraint or index
  /// Of rows that may be there, and of those that surely are.
  struct Taken {
    std::set<std::string> maybe, surely;
    std::size_t version = 0;  // of rows, to which `surely` belongs
    bool all = true;          // that may be there are known
  };
  std::shared_ptr<Taken> taken;
};

struct RowReference {
  std::vector<int> columns;
  EntityId to{};
  std::vector<int> key;  // of the other table
};

struct RowShape {
  std::vector<RowColumn> columns;
  std::vector<RowKey> keys;
  std::vector<RowReference> references;
  std::vector<std::pair<int, SqlNode>> checks;  // of one column each
  std::set<EntityId> parts;                     // constraints and indexes that are among these
  /// Not taken back by a rollback: what may be there, and what sequences have given.
  struct Rows {
    std::size_t version = 0;  // of all rows, since the table was made
    bool any = false;
    std::map<int, std::int64_t> drawn;  // by column
  };
  std::shared_ptr<Rows> rows;
};

/// Which rows there are may change in ways that are not followed.
struct RowVersions {
  std::size_t all = 0;   // another number: nothing is known of keys that tables have
  std::size_t kept = 0;  // another number: rows may be gone
};

}  // namespace pgleast
