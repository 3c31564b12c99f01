// sqitch: the changes of sqitch.plan in its order, each as deploy/CHANGE.sql. A change that is
// there twice was reworked: the earlier one is deploy/CHANGE@TAG.sql.
//
//   %project=shop
//   roles 2024-01-01T00:00:00Z Ann <ann@example.org> # the first
//   @v1.0 2024-01-02T00:00:00Z Ann <ann@example.org>
//   grants [roles] 2024-01-03T00:00:00Z Ann <ann@example.org>
#include <algorithm>
#include <set>
#include <utility>

#include "input/migrations/pool.hpp"

namespace pgleast {
namespace {

struct Change {
  std::string name;
  std::string tag;  // the next one below it
  std::size_t line = 0;
};

std::vector<Change> changes_of(const std::string& plan) {
  std::vector<Change> changes;
  std::size_t number = 0, untagged = 0;
  for (auto line : lines_of_text(plan)) {
    ++number;
    line = trimmed_text(line);
    if (line.empty() || line.front() == '%' || line.front() == '#') continue;
    const auto name = line.substr(0, line.find_first_of(" \t"));
    if (name.front() == '@') {
      for (; untagged < changes.size(); ++untagged) changes[untagged].tag = name;
    } else {
      changes.push_back({std::string(name), "", number});
    }
  }
  return changes;
}

// "db/deploy" of db/deploy/api/roles.sql; empty: no such folder is above it.
std::string deploy_folder(const std::string& folder) {
  const auto padded = '/' + folder + '/';
  const auto at = padded.find("/deploy/");
  return at == std::string::npos ? "" : folder.substr(0, at + 6);
}

ScriptSet set_of(ScriptPool& pool, const std::string& top, const std::string& plan) {
  ScriptSet set;
  set.folder = top;
  const auto deploy = path_in(top, "deploy");
  const auto changes = changes_of(plan);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto& change = changes[i];
    const bool reworked =
        std::any_of(changes.begin() + static_cast<std::ptrdiff_t>(i) + 1, changes.end(),
                    [&](const Change& later) { return later.name == change.name; });
    const auto path = path_in(deploy, change.name + (reworked ? change.tag : "") + ".sql");
    if (pool.has(path)) {
      set.scripts.push_back({path});
      pool.take(path);
    } else {
      set.not_followed.push_back(path_in(top, "sqitch.plan") + ':' + std::to_string(change.line) +
                                 ": " + path + " is not there");
    }
  }
  for (const auto* const part : {"deploy", "revert", "verify"}) {
    const auto rest = pool.below(path_in(top, part));
    set.not_run.insert(set.not_run.end(), rest.begin(), rest.end());
    pool.take(rest);
  }
  return set;
}

}  // namespace

std::vector<ScriptSet> take_sqitch(ScriptPool& pool, std::string_view /*name*/) {
  std::set<std::string> tops;
  for (const auto& [folder, paths] : pool.by_folder()) {
    const auto deploy = deploy_folder(folder);
    if (!deploy.empty()) tops.insert(folder_of_path(deploy));
  }
  std::vector<ScriptSet> sets;
  for (const auto& top : tops) {
    const auto plan = pool.text(path_in(top, "sqitch.plan"));
    if (plan) sets.push_back(set_of(pool, top, *plan));
  }
  return sets;
}

}  // namespace pgleast
