#pragma once
// Where input text comes from. A reader that follows includes asks a FileReader,
// so that it reads the disk, what a server showed, and a test's table alike.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

/// What became of one attempt to read a file or list a folder.
struct FileText {
  std::optional<std::string> text;
  std::string why;       // why there is no text, as the system says it
  bool missing = false;  // it does not exist (include_if_exists passes over that)
  bool folder = false;   // it is one: opened without an error, and then nothing can be read
};

struct FolderNames {
  std::optional<std::vector<std::string>> names;  // no order, without `.` and `..`, no folders
  std::string why;
};

struct FileReader {
  std::function<FileText(const std::string& path)> read;
  std::function<FolderNames(const std::string& path)> list;
};

/// The files of this machine. A file above 1 GiB is refused.
FileReader disk_files();

/// Reads a whole file or, for `-`, standard input. Throws Error (unreadable) that
/// names the file for a missing file, a folder, a device, a file without the right.
std::string read_file(const std::string& path);

/// Writes all of `text` to a new file of its owner's alone, which then takes the place of what was
/// there. Throws Error.
void write_file(const std::string& path, std::string_view text);

/// Takes the next piece of an output. Throws Error where it cannot be written.
using Write = std::function<void(std::string_view)>;
/// The same for a text that `pieces` writes piece by piece.
void write_file(const std::string& path, const std::function<void(const Write&)>& pieces);

/// `path` as the server takes it: absolute as it is, else beside `including_file`.
std::string beside(const std::string& including_file, const std::string& path);

}  // namespace pgleast
