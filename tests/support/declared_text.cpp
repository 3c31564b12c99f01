#include "support/declared_text.hpp"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "input/documents/document.hpp"
#include "input/platforms/platform.hpp"
#include "support/memory_files.hpp"
#include "text/files.hpp"

namespace fs = std::filesystem;

namespace pgleast::test {
namespace {

void add_lines(std::string& text, const char* kind, const std::vector<DeclaredLine>& lines) {
  for (const auto& line : lines) {
    const auto at = line.document->position(line.at);
    const auto added = line.added_by.empty() ? "" : fmt::format(" ({})", line.added_by);
    text += fmt::format("{} {}: {}{}\n", kind, at.line, line.text, added);
  }
}

void add_words(std::string& text, const char* kind, const std::vector<std::string>& words) {
  for (const auto& word : words) text += fmt::format("{} {}\n", kind, word);
}

std::string text_of(const DeclaredServer& server) {
  auto text = server.name + '\n';
  if (server.major != 0) text += fmt::format("version {}\n", server.major);
  if (server.superuser.document != nullptr) add_lines(text, "superuser", {server.superuser});
  if (!server.database.empty()) text += "database " + server.database + '\n';
  add_lines(text, "hba", server.hba);
  add_lines(text, "ident", server.ident);
  add_lines(text, "conf", server.conf);
  add_lines(text, "sql", server.statements);
  for (const auto* const file : {&server.hba_file, &server.ident_file, &server.conf_file}) {
    if (!file->empty()) text += "file " + *file + '\n';
  }
  for (const auto& script : server.scripts) {
    const auto& [begin, end] = script.within;
    const auto part = end == 0 ? "" : fmt::format(" {}-{}", begin, end);
    text += fmt::format("script {}{}{}\n", script.before, script.path, part);
  }
  add_words(text, "pooler", server.poolers);
  add_words(text, "not followed:", server.not_followed);
  add_words(text, "unknown records:", server.unknown_hba);
  add_words(text, "unknown settings:", server.unknown_conf);
  add_words(text, "unknown roles:", server.unknown_roles);
  add_words(text, "note:", server.notes);
  return text;
}

}  // namespace

std::string declared_text(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().filename() == "expected") continue;
    const auto path = entry.path().lexically_relative(folder).generic_string();
    files[path] = read_file(entry.path().string());
  }
  Repository repository;
  repository.files = memory_files(files);
  std::vector<Diagnostic> problems;
  for (const auto& [path, content] : files) {
    const auto kind = kind_of_text(path, content, true, Found::in_folder);
    if (kind != DocumentKind::manifest) continue;
    repository.manifests.push_back(read_manifest(path, content, problems));
  }
  std::string text;
  for (const auto& problem : problems) text += to_string(problem) + '\n';
  for (const auto& server : declared_servers(repository).servers) text += text_of(server) + '\n';
  return text;
}

}  // namespace pgleast::test
