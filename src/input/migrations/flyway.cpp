// Flyway: V1__a.sql, V1.1__b.sql, V10__c.sql by number; B is what stands for all before it; what is
// repeatable (R__) comes last, by its description; U undoes and is not run. Callbacks of `migrate`
// are run before and after.
#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "input/migrations/pool.hpp"

namespace pgleast {
namespace {

enum class Turn { before, baseline, version, before_repeatable, repeatable, after, never };

struct FlywayScript {
  Turn turn;
  std::vector<std::string> version;  // its numbers
  std::string_view name;
  std::string path;
};

// "1.1" or "1_1"; none: it is no version.
std::optional<std::vector<std::string>> version_of(std::string_view text) {
  std::vector<std::string> numbers;
  while (true) {
    const auto end = std::min(text.find_first_of("._"), text.size());
    if (!is_number(text.substr(0, end))) return std::nullopt;
    numbers.emplace_back(text.substr(0, end));
    if (end == text.size()) return numbers;
    text.remove_prefix(end + 1);
  }
}

int compare_versions(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const std::string none = "0";
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const int order = compare_numbers(i < a.size() ? a[i] : none, i < b.size() ? b[i] : none);
    if (order != 0) return order;
  }
  return 0;
}

Turn turn_of_callback(std::string_view event) {
  constexpr std::array<std::string_view, 3> before{"beforeMigrate", "beforeEachMigrate",
                                                   "beforeVersioned"};
  constexpr std::array<std::string_view, 4> after{"afterMigrate", "afterEachMigrate",
                                                  "afterVersioned", "afterMigrateApplied"};
  if (std::find(before.begin(), before.end(), event) != before.end()) return Turn::before;
  if (std::find(after.begin(), after.end(), event) != after.end()) return Turn::after;
  return event == "beforeRepeatables" ? Turn::before_repeatable : Turn::never;
}

std::optional<FlywayScript> script_of(const std::string& path) {
  const auto name = name_of_path(path);
  if (!name.ends_with(".sql")) return std::nullopt;
  const auto separator = name.find("__");
  const auto first = name.substr(0, separator);
  if (separator != std::string_view::npos && first == "R") {
    return FlywayScript{Turn::repeatable, {}, name, path};
  }
  if (separator != std::string_view::npos && first.size() > 1) {
    const auto version = version_of(first.substr(1));
    const char kind = first.front();
    if (version && kind == 'V') return FlywayScript{Turn::version, *version, name, path};
    if (version && kind == 'B') return FlywayScript{Turn::baseline, *version, name, path};
    if (version && kind == 'U') return FlywayScript{Turn::never, *version, name, path};
  }
  const auto event = name.substr(0, std::min(separator, name.size() - 4));
  const auto turn = turn_of_callback(event);
  if (turn == Turn::never) return std::nullopt;
  return FlywayScript{turn, {}, name, path};
}

bool is_sure(const FlywayScript& s) {
  return s.turn == Turn::version || s.turn == Turn::baseline || s.turn == Turn::repeatable;
}

ScriptSet set_of(const std::string& folder, const std::vector<std::string>& paths) {
  ScriptSet set;
  set.folder = folder;
  std::vector<FlywayScript> scripts;
  const std::vector<std::string>* baseline = nullptr;
  for (const auto& path : paths) {
    auto script = script_of(path);
    if (!script || script->turn == Turn::never) {
      set.not_run.push_back(path);
    } else {
      scripts.push_back(std::move(*script));
    }
  }
  for (const auto& s : scripts) {
    if (s.turn != Turn::baseline) continue;
    if (baseline == nullptr || compare_versions(s.version, *baseline) > 0) baseline = &s.version;
  }
  std::vector<FlywayScript> run;
  for (const auto& s : scripts) {
    const int order =
        baseline == nullptr || s.version.empty() ? 1 : compare_versions(s.version, *baseline);
    if (order > 0 || (order == 0 && s.turn == Turn::baseline)) {
      run.push_back(s);
    } else {
      set.not_run.push_back(s.path);
    }
  }
  std::sort(run.begin(), run.end(), [](const FlywayScript& a, const FlywayScript& b) {
    if (a.turn != b.turn) return a.turn < b.turn;
    const int order = compare_versions(a.version, b.version);
    return order != 0 ? order < 0 : std::pair(a.name, a.path) < std::pair(b.name, b.path);
  });
  for (std::size_t i = 0; i < run.size(); ++i) {
    const bool same = i > 0 && run[i].turn == Turn::version && run[i - 1].turn == Turn::version &&
                      compare_versions(run[i].version, run[i - 1].version) == 0;
    if (same) {
      set.not_followed.push_back(run[i].path + ": has the version of " + run[i - 1].path +
                                 ", which Flyway refuses");
    }
    set.scripts.push_back({run[i].path});
  }
  return set;
}

}  // namespace

// Folders below one that has such scripts are of the same location.
std::vector<ScriptSet> take_flyway(ScriptPool& pool, std::string_view /*name*/) {
  std::vector<std::string> locations;
  for (const auto& [folder, paths] : pool.by_folder()) {
    const bool below = !locations.empty() && folder.starts_with(locations.back() + '/');
    const bool any = std::any_of(paths.begin(), paths.end(), [](const std::string& path) {
      const auto script = script_of(path);
      return script && is_sure(*script);
    });
    if (any && !below) locations.push_back(folder);
  }
  std::vector<ScriptSet> sets;
  for (const auto& folder : locations) {
    const auto paths = pool.below(folder);
    sets.push_back(set_of(folder, paths));
    pool.take(paths);
  }
  return sets;
}

}  // namespace pgleast
