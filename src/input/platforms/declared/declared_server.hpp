#pragma once
// A server that a document declares, as its platform would start it: what the document says, and
// what the platform adds before and after it.
//
//   pg_hba:                                    local all all peer map=local     CloudNativePG,
//   always
//     - hostssl app app 10.0.0.0/8 scram...    hostssl app app 10.0.0.0/8 ...   line 2 of the
//     document
//                                              host all all all scram-sha-256   CloudNativePG's
//                                              default

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "text/source.hpp"
#include "text/yaml_documents.hpp"

namespace pgleast {

/// A line of pg_hba.conf, pg_ident.conf or postgresql.conf, or a statement.
struct DeclaredLine {
  std::string text;
  std::shared_ptr<const Source> document;
  /// Where its text stands or, where the platform adds it, where the document would change it.
  std::size_t at = 0;
  bool is_verbatim = false;  // its bytes are those of the document
  std::string added_by;      // "default of CloudNativePG"; empty: the document says it
};

/// A script that the server runs: a file or, of a document, the block that holds it.
struct RunScript {
  std::string path;
  Span within;         // empty: the whole file
  std::string before;  // what its session begins with: SET SESSION AUTHORIZATION "app";
  bool operator==(const RunScript&) const = default;
};

struct DeclaredServer {
  std::string name;                      // compose/db
  std::string path;                      // of the document
  DeclaredLine settings_at;              // where it would say a setting that it does not say
  int major = 0;                         // 0: the document does not say
  bool may_hold_more = false;            // roles and objects that no document makes
  DeclaredLine superuser;                // the name of whom initdb makes; empty: postgres
  std::string database;                  // in which scripts are run; empty: postgres
  std::vector<DeclaredLine> hba, ident;  // in the order of the server; hba empty: not known
  std::vector<DeclaredLine> conf;        // on top of conf_file; the last of a name wins
  std::vector<DeclaredLine> statements;  // before the scripts
  // Files of the repository, which the document mounts.
  std::string hba_file, ident_file, conf_file;
  std::vector<RunScript> scripts;         // in the order in which they are run
  std::vector<std::string> not_followed;  // of what is run: "init/1-users.sh: a shell script"
  std::vector<std::string> poolers;       // pgbouncer.ini
  std::vector<std::string> mentioned;     // all files that belong to it
  // What is not known: "docker-compose.yml:7: ${METHOD} has no value".
  std::vector<std::string> unknown_hba, unknown_conf, unknown_roles;
  std::map<std::string, std::string> hidden_settings;  // these alone are not known, and why
  std::vector<std::string> notes;
};

/// The text of a scalar as lines that the document says.
std::vector<DeclaredLine> lines_said(const YamlNode& scalar);
/// Adds those of a list, or of one scalar; none: nothing. What stands in a template is not known,
/// which is said.
void add_lines_said(const YamlNode* list, std::vector<DeclaredLine>& lines,
                    std::vector<std::string>& unknown);
/// The script that a scalar holds; none: it is no block, so its lines stand nowhere.
std::optional<RunScript> script_said(const YamlNode& scalar, const std::string& before = "");
/// One line that is put together from what the document says there.
DeclaredLine line_at(const YamlNode& node, std::string text);
/// A line that the platform adds: "default of CloudNativePG".
DeclaredLine added_line(const YamlNode& changed_at, std::string text, std::string added_by);
/// `name = 'value'`, quoted as postgresql.conf has it.
DeclaredLine setting_line(const YamlNode& value, const std::string& name, const std::string& text);
/// The same of a value that is true or false, a number or a text; none: it is a template.
std::optional<DeclaredLine> parameter_line(const YamlEntry& parameter);
/// A node of a document, of no text.
DeclaredLine place_at(const YamlNode& node);
/// `\connect` to a database: what is after it is done there.
std::string connect_command(const std::string& database);
/// ` PASSWORD '...'` of which only the kind is true: a verifier of md5 stays one. `said` is what
/// the document has; none: it is not known.
std::string password_clause(const std::optional<std::string>& said);
/// "docker-compose.yml:7"
std::string shown_place(const YamlNode& node);
/// Of a template, which nobody filled in: `{{ net }}`, `${NET}`, `<%= net %>`.
bool is_template(std::string_view text);

}  // namespace pgleast
