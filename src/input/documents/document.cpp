#include "input/documents/document.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "input/documents/recognisers.hpp"
#include "text/path_name.hpp"

namespace pgleast {
namespace {

constexpr std::array kinds{
    DocumentRow{DocumentKind::hba, "pg_hba.conf", is_named_hba, is_hba},
    DocumentRow{DocumentKind::ident, "pg_ident.conf", is_named_ident, is_ident},
    DocumentRow{DocumentKind::conf, "postgresql.conf", is_named_conf, is_conf},
    DocumentRow{DocumentKind::pgbouncer, "pgbouncer.ini", is_named_pgbouncer, is_pgbouncer},
    DocumentRow{DocumentKind::userlist, "userlist.txt", is_named_userlist, is_userlist},
    DocumentRow{DocumentKind::sql, "SQL script", is_named_sql, is_sql},
    DocumentRow{DocumentKind::snapshot, "snapshot", is_named_snapshot, is_snapshot},
    DocumentRow{DocumentKind::manifest, "document of a platform", is_surely_manifest, is_manifest},
};

// Of a repository's files most are none of these by their names alone.
constexpr std::array<std::string_view, 62> never{
    ".a",   ".bmp",  ".bz2",  ".c",     ".cc",   ".class", ".cpp",   ".cs",  ".css",
    ".csv", ".dart", ".dll",  ".exe",   ".gif",  ".go",    ".gz",    ".h",   ".hpp",
    ".htm", ".html", ".ico",  ".ipynb", ".jar",  ".java",  ".jpeg",  ".jpg", ".js",
    ".jsx", ".kt",   ".less", ".lock",  ".lua",  ".m",     ".map",   ".md",  ".mjs",
    ".mp4", ".o",    ".otf",  ".pdf",   ".php",  ".png",   ".proto", ".py",  ".pyc",
    ".rb",  ".rs",   ".rst",  ".scala", ".scss", ".so",    ".sum",   ".svg", ".swift",
    ".ts",  ".tsx",  ".ttf",  ".vue",   ".wasm", ".woff",  ".xz",    ".zip",
};
static_assert(std::is_sorted(never.begin(), never.end()));

constexpr std::size_t first_block = 4096;
constexpr std::size_t longest_beginning = std::size_t{1} << 18U;
constexpr std::size_t largest_manifest = std::size_t{64} << 20U;
constexpr std::size_t enough_lines = 12;

bool is_comment(std::string_view line) {
  return line.starts_with('#') || line.starts_with(';') || line.starts_with("--");
}

class OpenFile {
 public:
  // A pipe that nobody writes to is not waited for.
  explicit OpenFile(const std::string& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenFile() {
    if (number_ >= 0) ::close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  /// Appends up to `size` bytes; false: there are no more.
  bool read(std::string& text, std::size_t size) const {
    if (number_ < 0) return false;
    const auto before = text.size();
    text.resize(before + size);
    const auto got = ::read(number_, text.data() + before, size);
    text.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
    return got == static_cast<ssize_t>(size);
  }

 private:
  int number_;
};

}  // namespace

std::span<const DocumentRow> document_kinds() { return kinds; }

const DocumentRow* row_of(DocumentKind kind) {
  const auto* row = std::find_if(kinds.begin(), kinds.end(),
                                 [&](const DocumentRow& each) { return each.kind == kind; });
  return row == kinds.end() ? nullptr : row;
}

std::string known_documents() {
  std::string text;
  for (const auto& row : kinds) {
    if (row.kind == DocumentKind::manifest) continue;  // which platforms there are say they
    const bool last = row.kind == DocumentKind::snapshot;
    text += text.empty() ? "" : last ? " and " : ", ";
    text += row.called;
    if (last || row.kind == DocumentKind::sql) text += 's';
  }
  return text;
}

Beginning beginning_of(const std::string& path, std::string_view text, bool is_whole) {
  Beginning result{std::string(name_of_path(path)), text, is_whole, {}};
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  bool in_comment = false;
  while (!text.empty() && result.lines.size() < enough_lines) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos && !is_whole) break;  // half a line
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) {
      line.remove_suffix(1);
    }
    in_comment = in_comment || line.starts_with("/*");
    if (in_comment) {
      in_comment = line.find("*/") == std::string_view::npos;
      continue;
    }
    if (!line.empty() && !is_comment(line)) result.lines.push_back(line);
  }
  return result;
}

bool is_surely_none(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot != std::string_view::npos && dot > 0 &&
         std::binary_search(never.begin(), never.end(), name.substr(dot));
}

bool is_binary(std::string_view beginning) {
  return beginning.substr(0, first_block).find('\0') != std::string_view::npos;
}

std::optional<DocumentKind> kind_of_text(const std::string& path, std::string_view text,
                                         bool is_whole, Found found) {
  const auto beginning = beginning_of(path, text, is_whole);
  // What is wrong with a file of that name its reader says.
  if (is_binary(text) && found == Found::in_folder) return std::nullopt;
  if (found == Found::in_folder && is_of_others(beginning)) return DocumentKind::foreign_sql;
  if (found == Found::in_folder && is_named_sql(beginning.name) && is_in_folder_of_others(path)) {
    return DocumentKind::foreign_sql;
  }
  for (const auto& row : kinds) {
    if (row.is_named(beginning.name)) return row.kind;
  }
  if (is_binary(text)) return std::nullopt;
  if (is_named_manifest(beginning.name)) {
    return is_manifest(beginning) ? std::optional(DocumentKind::manifest) : std::nullopt;
  }
  for (const auto& row : kinds) {
    const bool bare_sql = row.kind == DocumentKind::sql && found == Found::in_folder;
    if (!bare_sql && row.is(beginning)) return row.kind;
  }
  return std::nullopt;
}

std::optional<DocumentKind> kind_of_file(const std::string& path, Found found) {
  if (found == Found::in_folder && is_surely_none(name_of_path(path))) return std::nullopt;
  const OpenFile file(path);
  std::string text;
  bool more = file.read(text, first_block);
  // The word may stand anywhere.
  const bool whole = is_named_manifest(name_of_path(path));
  while (whole && more && text.size() < largest_manifest) more = file.read(text, text.size());
  // A sample's first lines are a long comment.
  while (more && !is_binary(text) && text.size() < longest_beginning &&
         beginning_of(path, text, false).lines.empty()) {
    const auto block = text.size();
    more = file.read(text, block);
  }
  return kind_of_text(path, text, !more, found);
}

}  // namespace pgleast
