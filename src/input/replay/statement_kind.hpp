#pragma once
// What kind of statement a script has, by its first words, and which facts it may change where it
// is not followed:
//
//   CREATE USER MAPPING ...       objects
//   ALTER ROLE app SET ...        role settings
//   CALL make_roles('shop')       nothing by itself; running_code.hpp has what it runs

#include <cstdint>
#include <string>
#include <string_view>

#include "input/sql/psql_script.hpp"
#include "model/cluster.hpp"

namespace pgleast {

/// A set of Fact.
using Touched = unsigned;
constexpr Touched bit(Fact fact) { return 1U << static_cast<unsigned>(fact); }
namespace touches {
constexpr Touched nothing = 0;
constexpr Touched roles = bit(Fact::roles);
constexpr Touched objects = bit(Fact::objects);
constexpr Touched role_settings = bit(Fact::role_settings);
constexpr Touched settings = bit(Fact::settings);
constexpr Touched anything = roles | objects | role_settings | settings;
}  // namespace touches

/// By action: input/sql/parser.cpp has a reader for it. By tree: object_statement.cpp has a row.
enum class Followed : std::uint8_t { no, by_action, by_tree };

struct StatementKind {
  std::string_view words;  // it begins with these
  Followed followed;
  Touched touched;  // what it may change where it is not followed
};

/// None: it is no SQL.
const StatementKind* kind_of(const PsqlItem& statement);
/// What its first words say that it may change: anything where they are cut off or a placeholder.
Touched touched_by(const PsqlItem& statement, const StatementKind& kind);
/// It may run code besides doing what it says: it is not about roles, transactions and the session.
bool runs_code(const PsqlItem& statement, const StatementKind& kind);

/// It surely runs no code that may change rows; `has_triggers`: some may be due at a commit.
bool runs_no_code(std::string_view script, const PsqlItem& statement, bool has_triggers);

bool begins_with(const PsqlItem& statement, std::string_view words);
/// `GRANT ... ON ...`, not of a role.
bool is_on_objects(const PsqlItem& statement);
/// `CREATE ROLE`, `GRANT role TO ...`
bool is_of_roles(const PsqlItem& statement);
/// `SELECT set_config('search_path', 's', false)`, `SELECT lo_create(17)`: done here.
bool is_for_effect(const PsqlItem& statement);
/// It goes on with the catalog's parse trees.
bool is_by_tree(const PsqlItem& statement, const StatementKind& kind);
/// `DO`, `ALTER TABLE`, `\\gexec`: what a person calls it.
std::string called(const PsqlItem& item);

}  // namespace pgleast
