#include "input/config/auth_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "input/config/included_files.hpp"
#include "pg/version.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

/// Versions 12 to 15 nest `@file` until they run out of descriptors, or crash.
constexpr int deepest_list_before_16 = 100;

class AuthReader {
 public:
  using Take = std::function<void(AuthLine&)>;

  AuthReader(ConfigKind kind, const FileReader& files, int version_num,
             std::vector<ConfigFile>& read)
      : version_num_(version_num), files_(files, kind, version_num, read), fields_(version_num) {}

  /// Empty, or why the file could not be opened.
  OpenedFile read(const std::string& path, int depth, const Take& take) {
    const bool includes = major_of(version_num_) >= 16;
    auto opened = files_.open(path, depth, includes ? deepest_include : deepest_list_before_16);
    if (opened.source == nullptr) return opened;
    for (LogicalLines lines(opened.text, version_num_); lines.next();) {
      read_line(*opened.source, lines, depth, take);
    }
    files_.close();
    return opened;
  }

 private:
  void read_line(const Source& source, const LogicalLines& lines, int depth, const Take& take) {
    AuthLine line{&source, lines.number(), {}, std::nullopt};
    if (lines.too_long() || lines.line().size() > longest_auth_line) {
      line.error = {lines.original(0, 1), "the line is too long"};
    } else {
      line.fields = fields_.split(lines);
      expand_lists(line, depth);
    }
    if (line.fields.empty() && !line.error) return;
    if (!line.error && line.fields.size() == 2 && major_of(version_num_) >= 16) {
      if (include(line, depth, take)) return;
    }
    take(line);
  }

  /// Replaces each `@file` by the words of that file. Up to the first error: the server
  /// looks no further in that line.
  void expand_lists(AuthLine& line, int depth) {
    for (auto& field : line.fields) {
      const bool plain = std::none_of(field.begin(), field.end(), [](const AuthWord& w) {
        return w.too_long || names_list(w);
      });
      if (!plain) expand_list(line, field, depth);
      if (line.error) return;
    }
    std::erase_if(line.fields, [](const AuthField& field) { return field.empty(); });
  }

  static bool names_list(const AuthWord& word) {
    return !word.quoted && word.text.size() > 1 && word.text.front() == '@';
  }

  void expand_list(AuthLine& line, AuthField& field, int depth) {
    AuthField expanded;
    for (auto& word : field) {
      if (word.too_long) {
        line.error = {word.span, "the word is too long for this version"};
      } else if (!names_list(word)) {
        expanded.push_back(std::move(word));
      } else {
        append_list(line, word, depth, expanded);
      }
      if (line.error) break;
    }
    field = std::move(expanded);
  }

  void append_list(AuthLine& line, const AuthWord& list, int depth, AuthField& words) {
    const auto take_words = [&](AuthLine& inner) {
      if (line.error) return;
      if (inner.error) {
        line.error = {list.span, std::move(inner.error->message)};
        return;
      }
      for (auto& field : inner.fields) {
        for (auto& word : field) {
          word.span = list.span;  // what a person can point at is the list
          words.push_back(std::move(word));
        }
      }
    };
    const auto path = resolved(line.source->name(), list.text.substr(1), version_num_);
    const auto opened = read(path, depth + 1, take_words);
    if (opened.source == nullptr && !is_empty(opened))
      line.error = {list.span, unreadable(path, opened)};
  }

  /// Whether the line was an include directive and is done with. With an error it is a line
  /// like any other: the server lists it.
  bool include(AuthLine& line, int depth, const Take& take) {
    const auto& directive = line.fields[0][0].text;
    if (directive == "include_dir") return include_folder(line, depth, take);
    const bool may_be_missing = directive == "include_if_exists";
    if (directive != "include" && !may_be_missing) return false;
    const auto& word = line.fields[1][0];
    const auto path = resolved(line.source->name(), word.text, version_num_);
    const auto opened = read(path, depth + 1, take);
    if (opened.source != nullptr || is_empty(opened) || (may_be_missing && opened.missing))
      return true;
    line.error = {word.span, unreadable(path, opened)};
    return false;
  }

  bool include_folder(AuthLine& line, int depth, const Take& take) {
    const auto& word = line.fields[1][0];
    if (word.text.find_first_not_of(" \t\r\n") == std::string::npos) {
      line.error = {word.span, "the name of the folder is empty"};
      return false;
    }
    const auto folder = resolved(line.source->name(), word.text, version_num_);
    std::string why;
    for (const auto& path : files_.in_folder(folder, why)) {
      const auto opened = read(path, depth + 1, take);
      if (opened.source != nullptr) continue;
      if (!line.error) line.error = {word.span, unreadable(path, opened)};
    }
    if (!why.empty()) {
      line.error = {word.span,
                    fmt::format("folder `{}` cannot be read: {}", displayed(folder), why)};
    }
    return !line.error;
  }

  /// From version 14 on a folder in place of a file opens, and the failed reading is but logged.
  bool is_empty(const OpenedFile& opened) const {
    return opened.folder && major_of(version_num_) >= 14;
  }

  static std::string unreadable(const std::string& path, const OpenedFile& opened) {
    return fmt::format("file `{}` cannot be read: {}", displayed(path), opened.why);
  }

  int version_num_;
  IncludedFiles files_;
  AuthFields fields_;
};

}  // namespace

void read_auth_file(const std::string& path, ConfigKind kind, const FileReader& files,
                    int version_num, std::vector<ConfigFile>& read,
                    const std::function<void(AuthLine&)>& take) {
  AuthReader reader(kind, files, version_num, read);
  const auto opened = reader.read(path, 0, take);
  if (opened.source == nullptr) fail(path, "cannot be read: " + opened.why);
}

}  // namespace pgleast
