#include "sources/revision.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

#include "input/documents/document.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"
#include "text/files.hpp"
#include "text/path_name.hpp"

namespace fs = std::filesystem;

namespace pgleast {
namespace {

constexpr std::size_t largest_file = std::size_t{64} << 20U;

std::vector<std::string> environment() {
  std::vector<std::string> result;
  for (auto** entry = environ; *entry != nullptr; ++entry) result.emplace_back(*entry);
  result.emplace_back("GIT_NO_LAZY_FETCH=1");
  result.emplace_back("GIT_OPTIONAL_LOCKS=0");
  result.emplace_back("GIT_TERMINAL_PROMPT=0");
  result.emplace_back("LC_ALL=C");
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (auto& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  void open(int number, const std::string& path, int flags) {
    posix_spawn_file_actions_addopen(&actions_, number, path.c_str(), flags, 0600);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

// Its whole output. Throws Error with the first line of what it says where it fails.
std::string git(const std::string& folder, std::vector<std::string> arguments,
                const std::string& input = "/dev/null") {
  arguments.insert(arguments.begin(), "git");
  const auto out = folder + "/out", errors = folder + "/errors";
  FileActions actions;
  actions.open(0, input, O_RDONLY);
  actions.open(1, out, O_WRONLY | O_CREAT | O_TRUNC);
  actions.open(2, errors, O_WRONLY | O_CREAT | O_TRUNC);
  auto variables = environment();
  pid_t child = 0;
  if (posix_spawnp(&child, "git", actions.get(), nullptr, pointers(arguments).data(),
                   pointers(variables).data()) != 0) {
    fail("", "git cannot be run: --git needs it");
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    const auto said = read_file(errors);
    fail_usage(fmt::format("--git: {}", displayed(said.substr(0, said.find('\n')))));
  }
  return read_file(out);
}

struct Blob {
  std::string id, path;
};

// "100644 blob ID\tPATH" and a NUL each. Links and other repositories are left out, and what by its
// name is nothing that pgleast reads.
std::vector<Blob> blobs_of(std::string_view listing) {
  std::vector<Blob> result;
  while (!listing.empty()) {
    const auto end = std::min(listing.find('\0'), listing.size());
    const auto line = listing.substr(0, end);
    listing.remove_prefix(std::min(end + 1, listing.size()));
    const auto tab = line.find('\t');
    const auto space = line.rfind(' ', tab);
    if (tab == std::string_view::npos || space == std::string_view::npos) continue;
    const auto path = line.substr(tab + 1);
    const bool file = line.starts_with("1006") || line.starts_with("1007");
    if (!file || is_surely_none(name_of_path(path))) continue;
    result.push_back({std::string(line.substr(space + 1, tab - space - 1)), std::string(path)});
  }
  return result;
}

bool is_inside(const std::string& path) {
  const auto normal = fs::path(path).lexically_normal();
  return !normal.is_absolute() && !normal.empty() && *normal.begin() != "..";
}

void write_blob(const std::string& root, const std::string& path, std::string_view text) {
  if (!is_inside(path)) return;
  const auto target = fs::path(root) / path;
  fs::create_directories(target.parent_path());
  std::ofstream file(target, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file) fail(target.string(), "cannot be written");
}

// "ID blob SIZE\n" and so many bytes and a line break, each in its turn.
void write_blobs(const std::string& root, const std::vector<Blob>& blobs, std::string_view text) {
  for (const auto& blob : blobs) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) fail("", "git did not give all files");
    const auto head = text.substr(0, end);
    const auto number = head.substr(head.rfind(' ') + 1);
    std::size_t size = 0;
    std::from_chars(number.data(), number.data() + number.size(), size);
    text.remove_prefix(end + 1);
    if (size > text.size()) fail("", "git did not give all files");
    if (size <= largest_file) write_blob(root, blob.path, text.substr(0, size));
    text.remove_prefix(std::min(size + 1, text.size()));
  }
}

std::string new_folder() {
  auto name = (fs::temp_directory_path() / "pgleast-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) fail(name, "cannot be made");
  return name;
}

}  // namespace

Revision::Revision(const std::string& commit) : folder_(new_folder()) {
  const auto work = new_folder();
  try {
    const auto listing = git(work, {"ls-tree", "-r", "-z", "--end-of-options", commit});
    const auto blobs = blobs_of(listing);
    std::string ids;
    for (const auto& blob : blobs) ids += blob.id + '\n';
    write_file(work + "/ids", ids);
    write_blobs(folder_, blobs, git(work, {"cat-file", "--batch"}, work + "/ids"));
    fs::remove_all(work);
  } catch (...) {
    fs::remove_all(work);
    fs::remove_all(folder_);
    throw;
  }
}

Revision::~Revision() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

InFolder::InFolder(const std::string& folder) : before_(fs::current_path().string()) {
  fs::current_path(folder);
}

InFolder::~InFolder() {
  std::error_code ignored;
  fs::current_path(before_, ignored);
}

}  // namespace pgleast
