#pragma once
// What kind of document a file is, by what it says; by its name only where that says enough. One
// table of the kinds.
//
//   10-app.conf    host shop app 10.0.0.0/8 scram-sha-256     pg_hba.conf
//   install        CREATE ROLE app LOGIN;                     an SQL script
//   notes.txt      nothing that pgleast knows

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

enum class DocumentKind : std::uint8_t {
  hba,
  ident,
  conf,
  pgbouncer,
  userlist,
  sql,
  snapshot,
  manifest,     // may stand for a server: its platform says (input/platforms)
  foreign_sql,  // of another server, a query of a program, a template: none of the table
};

/// The beginning of a file.
struct Beginning {
  std::string name;                     // without its folders
  std::string_view text;                // so much as was read
  bool is_whole = false;                // that is all
  std::vector<std::string_view> lines;  // the first that are neither blank nor comments
};
Beginning beginning_of(const std::string& path, std::string_view text, bool is_whole);

struct DocumentRow {
  DocumentKind kind;
  std::string_view called;  // `pg_hba.conf`, `SQL script`
  /// The name alone suffices: also of a file that is empty or wrong.
  bool (*is_named)(std::string_view name);
  bool (*is)(const Beginning& beginning);
};
std::span<const DocumentRow> document_kinds();
/// None for a kind that is not in the table.
const DocumentRow* row_of(DocumentKind kind);
/// "pg_hba.conf, pg_ident.conf, ... and snapshots".
std::string known_documents();

/// A file that the user named: its kind is looked for with more patience than in a folder.
enum class Found : std::uint8_t { in_folder, named };
/// Reads no more than it takes. None: nothing that pgleast knows, or it cannot be read.
std::optional<DocumentKind> kind_of_file(const std::string& path, Found found);
/// The same of a text.
std::optional<DocumentKind> kind_of_text(const std::string& path, std::string_view text,
                                         bool is_whole, Found found);
/// By its name alone: a program, a picture.
bool is_surely_none(std::string_view name);
/// A binary file: a program, an image.
bool is_binary(std::string_view beginning);

}  // namespace pgleast
