#include "input/config/included_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "input/config/secrets.hpp"
#include "pg/version.hpp"

namespace pgleast {
namespace {

// Far above what anyone has, and low enough that the worst file ends in seconds.
constexpr std::size_t most_inclusions = 20'000;
constexpr std::size_t most_repeated = 1'000;  // of a file that is being read already
constexpr std::size_t most_bytes = std::size_t{1} << 30U;

/// path.c before version 15, join_path_components and canonicalize_path.
std::string folded_at_ends(const std::string& including_file, std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  auto whole = beside(including_file, std::string(path));
  whole.erase(
      std::unique(whole.begin(), whole.end(), [](char a, char b) { return a == '/' && b == '/'; }),
      whole.end());
  if (whole.size() > 1 && whole.ends_with('/')) whole.pop_back();
  const auto trim = [&] { whole.resize(std::max<std::size_t>(whole.rfind('/'), 1)); };
  for (std::size_t above = 0; whole.find('/') != std::string::npos && whole.size() > 1;) {
    if (whole.ends_with("/..")) {
      ++above;
    } else if (!whole.ends_with("/.")) {
      if (above == 0) break;
      --above;
    }
    trim();
  }
  return whole;
}

}  // namespace

std::string resolved(const std::string& including_file, const std::string& path, int version_num) {
  if (path.starts_with('/')) return path;
  if (major_of(version_num) < 15) return folded_at_ends(including_file, path);
  auto folded = std::filesystem::path(beside(including_file, path)).lexically_normal().string();
  if (folded.size() > 1 && folded.ends_with('/')) folded.pop_back();
  return folded;
}

OpenedFile IncludedFiles::open(const std::string& path, int depth, int deepest) {
  if (depth > deepest) {
    return {nullptr, "", fmt::format("files are nested more than {} deep", deepest), false, false};
  }
  auto opened = load(path);
  if (opened.source == nullptr) return opened;
  if (!within_budget(*opened.source, opened.why)) return {nullptr, "", opened.why, false, false};
  open_.push_back(opened.source);
  return opened;
}

OpenedFile IncludedFiles::load(const std::string& path) {
  auto held = held_.find(path);
  if (held == held_.end()) {
    auto file = files_.read(path);
    if (!file.text) return {nullptr, "", file.why, file.missing, file.folder};
    Source shown(path, starred(kind_, *file.text, version_num_));
    const bool same = shown.text() == *file.text;
    held = held_.emplace(path, Held{same ? "" : *file.text, std::move(shown)}).first;
    read_.push_back({kind_, path, std::move(*file.text), false});
  }
  const auto& [hidden, source] = held->second;
  return {&source, hidden.empty() ? source.text() : hidden, "", false, false};
}

bool IncludedFiles::within_budget(const Source& source, std::string& why) {
  if (std::find(open_.begin(), open_.end(), &source) != open_.end() &&
      ++repeated_ > most_repeated) {
    why = "it includes itself";
  } else if (++inclusions_ > most_inclusions) {
    why = fmt::format("more than {} files are included", most_inclusions);
  } else if ((bytes_ += source.text().size()) > most_bytes) {
    why = "the included files are larger than 1 GiB together";
  }
  return why.empty();
}

std::vector<std::string> IncludedFiles::in_folder(const std::string& path, std::string& why) const {
  auto folder = files_.list(path);
  if (!folder.names) {
    why = folder.why;
    return {};
  }
  const auto before = path.ends_with('/') ? path : path + '/';
  std::vector<std::string> paths;
  for (const auto& name : *folder.names) {
    if (name.size() < 6 || name.starts_with('.') || !name.ends_with(".conf")) continue;
    paths.push_back(before + name);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace pgleast
