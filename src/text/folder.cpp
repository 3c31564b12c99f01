#include "text/folder.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "text/files.hpp"
#include "text/gitignore.hpp"

namespace fs = std::filesystem;

namespace pgleast {
namespace {

constexpr std::string_view script = ".sql";
constexpr std::size_t most_entries = 20'000;  // of a folder that is passed over

// What tools fetch or make, and their own books.
constexpr std::array<std::string_view, 27> passed_over{
    ".bzr",          ".cache",       ".git",
    ".gradle",       ".hg",          ".idea",
    ".jj",           ".mypy_cache",  ".next",
    ".nox",          ".nuxt",        ".pytest_cache",
    ".svn",          ".terraform",   ".terragrunt-cache",
    ".tox",          ".venv",        ".vscode",
    ".yarn",         "__pycache__",  "bower_components",
    "jspm_packages", "node_modules", "site-packages",
    "third_party",   "vendor",       "venv",
};

constexpr std::size_t deepest = 1000;
constexpr std::size_t longest_ignore = std::size_t{1} << 20U;

bool is_passed_over(std::string_view name) {
  return std::binary_search(passed_over.begin(), passed_over.end(), name);
}

struct Entry {
  std::string name;
  fs::file_type type;
};

class Walker {
 public:
  explicit Walker(const std::function<void(const std::string&)>& take) : take_(take) {}

  FolderWalk walk(const std::string& root) {
    std::error_code error;
    root_ = fs::canonical(root, error);
    if (error) fail(root, "cannot be read: " + error.message());
    read_ignores_above();
    auto shown = root;
    while (shown.size() > 1 && shown.ends_with('/')) shown.pop_back();
    if (!visit(shown == "." ? "" : shown, root_.string(), 0)) {
      auto problem = std::move(walk_.problems.back());
      throw Error(Fault::unreadable, std::move(problem));
    }
    return std::move(walk_);
  }

 private:
  struct Ignore {
    std::string folder;  // with a slash at its end
    GitIgnore lines;
  };

  void read_ignore(const std::string& folder) {
    const auto path = folder + "/.gitignore";
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error || size > longest_ignore) return;
    const auto file = disk_files().read(path);
    if (file.text) ignores_.push_back({folder + '/', GitIgnore(*file.text)});
  }

  // Those of the repository that the folder is in.
  void read_ignores_above() {
    std::error_code ignored;
    std::vector<fs::path> above;
    auto folder = root_;
    while (!fs::exists(folder / ".git", ignored)) {
      if (folder == folder.parent_path()) return;
      folder = folder.parent_path();
      above.push_back(folder);
    }
    for (auto at = above.rbegin(); at != above.rend(); ++at) read_ignore(at->string());
  }

  bool is_ignored(const std::string& full, bool is_folder) const {
    for (auto ignore = ignores_.rbegin(); ignore != ignores_.rend(); ++ignore) {
      if (!full.starts_with(ignore->folder)) continue;
      const auto says =
          ignore->lines.of(std::string_view(full).substr(ignore->folder.size()), is_folder);
      if (says != GitIgnore::Says::nothing) return says == GitIgnore::Says::passed_over;
    }
    return false;
  }

  // A link out of the folder, in a circle or to another folder leads nowhere new.
  bool is_file_below(const std::string& link) const {
    std::error_code error;
    const auto full = fs::canonical(link, error);
    if (error || !fs::is_regular_file(full, error)) return false;
    const auto relative = full.lexically_relative(root_);
    return !relative.empty() && *relative.begin() != "..";
  }

  // Of one with very many entries it is taken that it does.
  static bool holds_scripts(const std::string& folder) {
    std::error_code error;
    std::size_t entries = 0;
    for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
      if (++entries > most_entries || entry->path().extension() == script) return true;
    }
    return bool(error);
  }

  bool list(const std::string& shown, const std::string& full, std::vector<Entry>& entries) {
    std::error_code error;
    for (fs::directory_iterator entry(full, error), end; !error && entry != end;
         entry.increment(error)) {
      std::error_code ignored;
      entries.push_back({entry->path().filename().string(), entry->symlink_status(ignored).type()});
    }
    if (error) {
      walk_.problems.push_back(
          {shown.empty() ? "." : shown, std::nullopt, "cannot be listed: " + error.message(), ""});
    }
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.name < b.name; });
    return !error;
  }

  bool visit(const std::string& shown, const std::string& full, std::size_t depth) {
    if (depth > deepest) {
      walk_.problems.push_back(
          {shown, std::nullopt, "lies too deep: what is below is not read", ""});
      return true;
    }
    std::vector<Entry> entries;
    if (!list(shown, full, entries)) return false;
    const auto ignores = ignores_.size();
    if (std::any_of(entries.begin(), entries.end(),
                    [](const Entry& e) { return e.name == ".gitignore"; })) {
      read_ignore(full);
    }
    for (const auto& entry : entries) look_at(shown, full, entry, depth);
    ignores_.erase(ignores_.begin() + static_cast<std::ptrdiff_t>(ignores), ignores_.end());
    return true;
  }

  void look_at(const std::string& shown, const std::string& full, const Entry& entry,
               std::size_t depth) {
    const auto path = full + '/' + entry.name;
    const auto name =
        shown.empty() ? entry.name : (shown.ends_with('/') ? shown : shown + '/') + entry.name;
    if (entry.type == fs::file_type::directory) {
      if (!is_passed_over(entry.name) && !is_ignored(path, true)) {
        visit(name, path, depth + 1);
      } else if (entry.name != ".git" && holds_scripts(path)) {
        walk_.passed_over.push_back(name + '/');
      }
      return;
    }
    const bool link = entry.type == fs::file_type::symlink;
    if (!link && entry.type != fs::file_type::regular) return;
    if (is_ignored(path, false) || (link && !is_file_below(path))) {
      if (name.ends_with(script)) walk_.passed_over.push_back(name);
      return;
    }
    ++walk_.files;
    take_(name);
  }

  const std::function<void(const std::string&)>& take_;
  fs::path root_;
  std::vector<Ignore> ignores_;  // the outermost first
  FolderWalk walk_;
};

}  // namespace

FolderWalk walk_folder(const std::string& root,
                       const std::function<void(const std::string& path)>& take) {
  return Walker(take).walk(root);
}

}  // namespace pgleast
