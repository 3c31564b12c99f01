#include "text/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "text/diagnostic.hpp"

namespace fs = std::filesystem;

namespace pgleast {
namespace {

constexpr std::uintmax_t largest_file = std::uintmax_t{1} << 30U;

FileText refused(std::string why, bool missing = false) {
  return {std::nullopt, std::move(why), missing};
}

FileText read_disk(const std::string& path) {
  if (path.find('\0') != std::string::npos) return refused("the name holds a NUL byte");
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return refused("no such file", true);
  if (error) return refused(error.message());
  if (status.type() == fs::file_type::directory) {
    return {std::nullopt, "is a directory", false, true};
  }
  if (status.type() == fs::file_type::regular) {
    const auto size = fs::file_size(path, error);
    if (!error && size > largest_file) return refused("is larger than 1 GiB");
  } else if (status.type() != fs::file_type::fifo && status.type() != fs::file_type::character) {
    return refused("is not a file");
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return refused(std::strerror(errno));
  std::string text;
  for (std::string block(std::size_t{1} << 16U, '\0'); file;) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    const auto size = static_cast<std::size_t>(file.gcount());
    if (text.size() + size > largest_file) return refused("is larger than 1 GiB");
    text.append(block, 0, size);
  }
  return {std::move(text), "", false};
}

FolderNames list_disk(const std::string& path) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_directory(ignored)) names.push_back(entry->path().filename().string());
  }
  if (error) return {std::nullopt, error.message()};
  return {std::move(names), ""};
}

}  // namespace

FileReader disk_files() { return {read_disk, list_disk}; }

namespace {

// Once: a second source from it would silently be an empty one.
std::string read_standard_input() {
  static bool is_read = false;
  if (std::exchange(is_read, true)) fail_usage("standard input is given for two sources");
  std::string text;
  std::string block(std::size_t{1} << 16U, '\0');
  while (const auto size = std::fread(block.data(), 1, block.size(), stdin)) {
    if (text.size() + size > largest_file) fail("standard input", "is larger than 1 GiB");
    text.append(block, 0, size);
  }
  if (std::ferror(stdin) != 0) {
    fail("standard input", std::string("cannot be read: ") + std::strerror(errno));
  }
  return text;
}

}  // namespace

std::string read_file(const std::string& path) {
  if (path == "-") return read_standard_input();
  auto file = read_disk(path);
  if (!file.text) fail(path, "cannot be read: " + file.why);
  return std::move(*file.text);
}

namespace {

[[noreturn]] void fail_to_write(const std::string& path, int error) {
  fail(path, std::string("cannot be written: ") + std::strerror(error == 0 ? EIO : error));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  bool close() { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

void write_all(const std::string& path, int to, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(to, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail_to_write(path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_pieces(const std::string& path, Descriptor& to,
                  const std::function<void(const Write&)>& pieces) {
  // A piece may be a few bytes.
  constexpr std::size_t enough = std::size_t{1} << 16U;
  std::string waiting;
  pieces([&](std::string_view text) {
    waiting += text;
    if (waiting.size() < enough) return;
    write_all(path, to.number(), waiting);
    waiting.clear();
  });
  write_all(path, to.number(), waiting);
  if (!to.close()) fail_to_write(path, errno);
}

// A terminal, a pipe, /dev/null: not a file whose place another can take. /dev/stdout is a link
// to whatever that is.
bool is_stream(const std::string& path) {
  for (const std::string_view of_this_process :
       {"/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/"}) {
    if (path.starts_with(of_this_process)) return true;
  }
  struct stat found {};
  return lstat(path.c_str(), &found) == 0 && (S_ISCHR(found.st_mode) || S_ISFIFO(found.st_mode));
}

}  // namespace

// What is written may hold names and places that are not everybody's to know. A link that lies
// there already is replaced, not followed, and a reader sees the whole or what was before.
void write_file(const std::string& path, const std::function<void(const Write&)>& pieces) {
  if (path.find('\0') != std::string::npos) fail(path, "the name holds a NUL byte");
  if (is_stream(path)) {
    Descriptor stream(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (stream.number() < 0) fail_to_write(path, errno);
    return write_pieces(path, stream, pieces);
  }
  std::error_code ignored;
  if (fs::is_directory(fs::symlink_status(path, ignored))) fail_to_write(path, EISDIR);
  auto name = path + ".XXXXXX";
  Descriptor file(mkostemp(name.data(), O_CLOEXEC));  // 0600, and new
  if (file.number() < 0) fail_to_write(path, errno);
  try {
    write_pieces(path, file, pieces);
    if (rename(name.c_str(), path.c_str()) != 0) fail_to_write(path, errno);
  } catch (...) {
    unlink(name.c_str());
    throw;
  }
}

void write_file(const std::string& path, std::string_view text) {
  write_file(path, [&](const Write& write) { write(text); });
}

std::string beside(const std::string& including_file, const std::string& path) {
  if (!path.empty() && path.front() == '/') return path;
  const auto slash = including_file.rfind('/');
  return slash == std::string::npos ? path : including_file.substr(0, slash + 1) + path;
}

}  // namespace pgleast
