#pragma once
// What code does, from its text, through libpg_query (parser.hpp):
//
//   SELECT o.id FROM app.orders o WHERE o.tenant = current_setting('app.tenant')
//     -> uses app.orders SELECT; settings app.tenant
//   EXECUTE 'TRUNCATE ' || name
//     -> unknown: EXECUTE of a text that is put together when it runs
//
// Texts are not kept. A function of the server itself is a use only if it is volatile or not for
// everyone; its operators and types are no uses, but names that are looked up along search_path
// all the same.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "input/code/code_names.hpp"
#include "input/code/parameter_flow.hpp"
#include "model/code.hpp"
#include "model/object.hpp"

namespace pgleast {

struct FunctionText {
  std::string language;            // `sql` and `plpgsql` are followed
  std::string body;                // what stands between the quotes
  bool standard = false;           // or, without quotes: `RETURN x`, `BEGIN ATOMIC ... END`
  std::vector<std::string> names;  // of all parameters, those that are returned included
  bool returns_set = false;
  bool trigger = false;                    // returns trigger or event_trigger
  std::vector<std::string> config;         // `search_path=app, pg_temp`
  std::vector<Parameter> parameters = {};  // those that a caller gives, in their order
};

/// Those of a function: `names` are of all parameters, `modes` say which a caller gives (empty:
/// all). The types are those of its identity, `app.f(integer,text)`.
std::vector<Parameter> given_parameters(std::string_view identity,
                                        const std::vector<std::string>& names,
                                        const std::vector<std::string>& modes);

/// `path` is the session's, for a function without a search_path of its own. A standard body's
/// names were looked up when it was made; one that the catalogs print has their schemas.
Code code_of_function(const FunctionText& function, const CodeNames& names, const NamePath& path);

/// Of `CREATE RULE ...` as the catalogs print it: what its actions use.
Code code_of_rule(const std::string& text, const CodeNames& names);

/// Of a statement in a script, `CREATE RULE ...`, whose names are found along that path.
Code code_of_statement(const std::string& text, const CodeNames& names, const NamePath& path);

/// Fills `code` and the two about what is always true from the policy's expressions. `path` is
/// what their names without a schema are looked up in: none for those of the catalogs.
void read_policy_code(RowPolicy& policy, const CodeNames& names, const NamePath& path);

/// Whether a condition holds for every row, whatever is in it: `true`, `1 = 1 OR x`.
bool is_always_true(const std::string& expression);

/// For deparsed expressions: pg_catalog alone, and names are what they were.
NamePath path_of_catalogs();

}  // namespace pgleast
