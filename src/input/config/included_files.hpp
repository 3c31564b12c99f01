#pragma once
// The files that a configuration file pulls in, shared by the readers of pg_hba.conf,
// pg_ident.conf and postgresql.conf: each is read once, in order, and a loop or a flood of
// includes ends in a message, not in a full memory.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/config_file.hpp"
#include "text/files.hpp"
#include "text/source.hpp"

namespace pgleast {

inline constexpr int deepest_include = 10;  // conffiles.h, CONF_FILE_MAX_DEPTH

/// A file that was opened, or why not.
struct OpenedFile {
  const Source* source = nullptr;  // to show: secrets are stars there, all at the same places
  std::string_view text;           // to read
  std::string why;
  bool missing = false;
  bool folder = false;
};

class IncludedFiles {
 public:
  /// `read` receives the text of each file when it is first read.
  IncludedFiles(const FileReader& files, ConfigKind kind, int version_num,
                std::vector<ConfigFile>& read)
      : files_(files), kind_(kind), version_num_(version_num), read_(read) {}

  /// Call close() for each that has a source, in reverse order.
  OpenedFile open(const std::string& path, int depth, int deepest);
  void close() { open_.pop_back(); }

  /// The files of a folder that include_dir takes, in its order. `why` is set when it fails.
  std::vector<std::string> in_folder(const std::string& path, std::string& why) const;

 private:
  OpenedFile load(const std::string& path);
  bool within_budget(const Source& source, std::string& why);

  struct Held {
    std::string text;  // empty where it is that of the source
    Source source;
  };

  const FileReader& files_;
  ConfigKind kind_;
  int version_num_;
  std::vector<ConfigFile>& read_;
  std::map<std::string, Held, std::less<>> held_;  // addresses stay what they are
  std::vector<const Source*> open_;
  std::size_t inclusions_ = 0;
  std::size_t repeated_ = 0;
  std::size_t bytes_ = 0;
};

/// `path` as the server resolves it beside the file that names it: `.` and `..` folded, before
/// version 15 only at the ends.
std::string resolved(const std::string& including_file, const std::string& path, int version_num);

}  // namespace pgleast
