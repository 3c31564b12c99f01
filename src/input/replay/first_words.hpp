#pragma once
// What a statement is by its first words, before it is parsed, and where it cannot be: psql fills
// something in, it nests too deep, it is newer than the grammar. `ALTER` may be forty kinds, and
// one kind begins with `BEGIN` or `ABORT`: what is to know of a kind stands in
// statements/statement_table.hpp. Here: whether it is followed, and what it may change where not:
//
//   CREATE USER MAPPING ...       objects
//   ALTER ROLE app SET ...        role settings
//   CALL make_roles('shop')       nothing by itself; running_code.hpp has what it runs

#include <cstdint>
#include <string>
#include <string_view>

#include "input/replay/statements/touched.hpp"
#include "input/sql/psql_script.hpp"

namespace pgleast {

/// By action: a reader of its row. By tree: what its row does to the catalog.
enum class Followed : std::uint8_t { no, by_action, by_tree };

struct FirstWords {
  std::string_view words;  // it begins with these
  Followed followed;
  Touched touched;  // what it may change where it is not followed
};

/// None: it is no SQL.
const FirstWords* first_words_of(const PsqlItem& statement);
/// `CREATE TABEL`: no version has such a kind of object, so that the statement is no SQL.
bool names_no_kind(const PsqlItem& statement);
/// What its first words say that it may change: anything where they are cut off or a placeholder.
Touched touched_by(const PsqlItem& statement, const FirstWords& kind);
/// It may run code besides doing what it says: it is not about roles, transactions and the session.
bool runs_code(const PsqlItem& statement, const FirstWords& kind);

bool begins_with(const PsqlItem& statement, std::string_view words);
/// `GRANT ... ON ...`, not of a role.
bool is_on_objects(const PsqlItem& statement);
/// `CREATE ROLE`, `GRANT role TO ...`
bool is_of_roles(const PsqlItem& statement);
/// `SELECT set_config('search_path', 's', false)`, `SELECT lo_create(17)`: done here.
bool is_for_effect(const PsqlItem& statement);
/// What is there keeps its name and its privileges, whatever else it does.
bool only_adds_objects(const PsqlItem& statement);
/// It goes on with the catalog's parse trees.
bool is_by_tree(const PsqlItem& statement, const FirstWords& kind);
/// `DO`, `ALTER TABLE`, `\\gexec`: what a person calls it.
std::string called(const PsqlItem& item);

}  // namespace pgleast
