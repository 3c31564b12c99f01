#include "input/migrations/pool.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::array tools{
    MigrationTool{"sqitch", take_sqitch},
    MigrationTool{"Prisma", take_prisma},
    MigrationTool{"Diesel", take_diesel},
    MigrationTool{"Supabase", take_supabase},
    MigrationTool{"docker-entrypoint-initdb.d", take_init_scripts},
    MigrationTool{"Rails", take_rails},
    MigrationTool{"golang-migrate", take_golang_migrate},
    MigrationTool{"Flyway", take_flyway},
    MigrationTool{"Liquibase", take_liquibase},
    MigrationTool{"dbmate", take_dbmate},
    MigrationTool{"goose", take_goose},
    MigrationTool{"sql-migrate", take_sql_migrate},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view leading_digits(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  return text.substr(0, end);
}

// The path that `\i` or `\ir` names; empty: the line includes nothing.
std::string_view included_by(std::string_view line) {
  line = trimmed_text(line);
  for (const std::string_view command : {"\\ir ", "\\i ", "\\include_relative ", "\\include "}) {
    if (!line.starts_with(command)) continue;
    auto path = trimmed_text(line.substr(command.size()));
    if (path.size() > 1 && path.front() == '\'' && path.back() == '\'') {
      path = path.substr(1, path.size() - 2);
    }
    while (path.starts_with("./")) path.remove_prefix(2);
    return path;
  }
  return {};
}

bool is_named_so(const std::string& path, std::string_view included) {
  while (included.starts_with("../")) included.remove_prefix(3);
  return path == included ||
         (path.ends_with(included) && path[path.size() - included.size() - 1] == '/');
}

// What another script includes is run in its place.
std::vector<std::string> included_scripts(const ScriptPool& pool) {
  std::vector<std::string> all, result;
  for (const auto& [folder, paths] : pool.by_folder())
    all.insert(all.end(), paths.begin(), paths.end());
  for (const auto& path : all) {
    const auto text = pool.text(path);
    if (!text || text->find("\\i") == std::string::npos) continue;
    for (const auto line : lines_of_text(*text)) {
      const auto included = included_by(line);
      if (included.empty()) continue;
      for (const auto& other : all) {
        if (other != path && is_named_so(other, included)) result.push_back(other);
      }
    }
  }
  return result;
}

// `001_roles.down.sql`, `rollback.sql`: the way back.
bool leads_back(std::string_view name) {
  constexpr std::array<std::string_view, 9> words{
      "down", "rollback", "undo", "revert", "drop", "teardown", "cleanup", "uninstall", "destroy"};
  auto stem = lower_case(name.substr(0, name.rfind('.')));
  std::replace_if(
      stem.begin(), stem.end(), [](char c) { return c == '_' || c == '-'; }, '.');
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    const auto with_dot = "." + std::string(word);
    return stem == word || stem.ends_with(with_dot);
  });
}

ScriptSet set_by_name(const std::string& folder, std::vector<std::string> paths) {
  std::stable_sort(paths.begin(), paths.end(), [](const std::string& a, const std::string& b) {
    return is_before_naturally(name_of_path(a), name_of_path(b));
  });
  ScriptSet set;
  set.folder = folder;
  const bool all_back = std::all_of(paths.begin(), paths.end(), [](const std::string& path) {
    return leads_back(name_of_path(path));
  });
  for (const auto& path : paths) {
    if (leads_back(name_of_path(path)) && !all_back) {
      set.not_run.push_back(path);
    } else {
      set.scripts.push_back({path});
    }
  }
  if (set.scripts.size() > 1) {
    set.order_note =
        "no tool that is known runs these scripts: they are taken by name, numbers in "
        "names as numbers";
  }
  return set;
}

}  // namespace

std::span<const MigrationTool> migration_tools() { return tools; }

ScriptPool::ScriptPool(const std::vector<std::string>& paths, const FileReader& files)
    : files_(files) {
  for (const auto& path : paths) by_folder_[folder_of_path(path)].push_back(path);
  for (auto& [folder, all] : by_folder_) {
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
  }
}

std::vector<std::string> ScriptPool::below(const std::string& folder) const {
  std::vector<std::string> result;
  const auto prefix = folder.empty() ? "" : folder + '/';
  for (const auto& [name, paths] : by_folder_) {
    if (name != folder && !name.starts_with(prefix)) continue;
    result.insert(result.end(), paths.begin(), paths.end());
  }
  return result;
}

bool ScriptPool::has(const std::string& path) const {
  const auto found = by_folder_.find(folder_of_path(path));
  return found != by_folder_.end() &&
         std::binary_search(found->second.begin(), found->second.end(), path);
}

void ScriptPool::take(const std::string& path) {
  const auto found = by_folder_.find(folder_of_path(path));
  if (found == by_folder_.end()) return;
  std::erase(found->second, path);
  if (found->second.empty()) by_folder_.erase(found);
}

void ScriptPool::take(const std::vector<std::string>& paths) {
  for (const auto& path : paths) take(path);
}

std::optional<std::string> ScriptPool::text(const std::string& path) const {
  return files_.read(path).text;
}

std::vector<std::string> ScriptPool::names_in(const std::string& folder) const {
  if (!files_.list) return {};
  auto found =
      files_.list(folder.empty() ? "." : folder).names.value_or(std::vector<std::string>());
  std::sort(found.begin(), found.end());
  return found;
}

std::string folder_of_path(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash));
}

std::string path_in(const std::string& folder, std::string_view name) {
  return folder.empty() ? std::string(name) : folder + '/' + std::string(name);
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

int compare_numbers(std::string_view a, std::string_view b) {
  const auto strip = [](std::string_view& n) {
    while (n.size() > 1 && n.front() == '0') n.remove_prefix(1);
  };
  strip(a);
  strip(b);
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

bool is_before_naturally(std::string_view a, std::string_view b) {
  const auto whole_a = a, whole_b = b;
  while (!a.empty() && !b.empty()) {
    const auto m = leading_digits(a), n = leading_digits(b);
    if (!m.empty() && !n.empty()) {
      if (const int order = compare_numbers(m, n); order != 0) return order < 0;
      a.remove_prefix(m.size());
      b.remove_prefix(n.size());
      continue;
    }
    if (a.front() != b.front()) {
      return static_cast<unsigned char>(a.front()) < static_cast<unsigned char>(b.front());
    }
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  if (a.empty() != b.empty()) return a.empty();
  return whole_a < whole_b;
}

std::vector<std::string_view> lines_of_text(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view trimmed_text(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r;") - begin + 1);
}

std::vector<ScriptSet> script_sets(const std::vector<std::string>& paths, const FileReader& files,
                                   bool keep_order) {
  ScriptPool pool(paths, files);
  std::vector<ScriptSet> sets;
  for (const auto& tool : tools) {
    auto taken = tool.take(pool, tool.name);
    for (auto& set : taken) {
      set.tool = tool.name;
      sets.push_back(std::move(set));
    }
  }
  if (keep_order) {
    ScriptSet rest;
    for (const auto& path : paths) {
      if (pool.has(path)) rest.scripts.push_back({path});
    }
    if (!rest.scripts.empty()) sets.push_back(std::move(rest));
    return sets;
  }
  pool.take(included_scripts(pool));
  for (const auto& [folder, left] : pool.by_folder()) sets.push_back(set_by_name(folder, left));
  return sets;
}

}  // namespace pgleast
