// Tools that are told by how their folders or files are named:
//
//   db/migrations/000002_grants.up.sql            golang-migrate: by number
//   prisma/migrations/20240101_init/migration.sql Prisma: by the folders' names
//   migrations/2024-01-01-000000_init/up.sql      Diesel: the same
//   supabase/migrations/20240101000000_init.sql   Supabase: by name, then seed.sql
//   db/structure.sql                              Rails: what its migrations made
//   docker-entrypoint-initdb.d/10-roles.sql       the official image: as the shell sorts them
#include <algorithm>
#include <set>
#include <utility>

#include "input/migrations/pool.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// Each in a folder of its own, which names it.
std::vector<ScriptSet> take_one_a_folder(ScriptPool& pool, std::string_view forward,
                                         std::string_view back) {
  std::map<std::string, ScriptSet> sets;
  const auto folders = pool.by_folder();
  for (const auto& [folder, paths] : folders) {
    const auto path = path_in(folder, forward);
    if (folder.empty() || !pool.has(path)) continue;
    const auto back_path = path_in(folder, back);
    if (!back.empty() && !pool.has(back_path)) continue;
    const auto parent = folder_of_path(folder);
    auto& set = sets[parent];
    set.folder = parent;
    set.scripts.push_back({path});
    for (const auto& other : paths) {
      if (other != path) set.not_run.push_back(other);
    }
    pool.take(paths);
  }
  std::vector<ScriptSet> result;
  for (auto& [parent, set] : sets) {
    std::sort(set.scripts.begin(), set.scripts.end(),
              [](const Script& a, const Script& b) { return a.path < b.path; });
    result.push_back(std::move(set));
  }
  return result;
}

bool is_below(const std::string& folder, std::string_view name) {
  return folder == name || folder.ends_with('/' + std::string(name));
}

// `enabled = false` in `[db.seed]` of Supabase's config.toml.
bool seeds(const std::string& config) {
  bool here = false;
  for (const auto line : lines_of_text(config)) {
    const auto words = trimmed_text(line);
    if (words.starts_with('[')) here = words.starts_with("[db.seed]");
    if (!here || !words.starts_with("enabled")) continue;
    if (words.find("false") != std::string_view::npos) return false;
  }
  return true;
}

// Names between quotes in `sql_paths = ["./seed.sql"]`; none: it is not said.
std::vector<std::string> seed_paths(const std::string& config) {
  std::vector<std::string> paths;
  bool here = false;
  for (const auto line : lines_of_text(config)) {
    auto words = trimmed_text(line);
    if (words.starts_with('[')) here = words.starts_with("[db.seed]");
    if (!here || !words.starts_with("sql_paths")) continue;
    for (auto open = words.find_first_of("\"'"); open != std::string_view::npos;
         open = words.find_first_of("\"'")) {
      const auto close = words.find(words[open], open + 1);
      if (close == std::string_view::npos) break;
      auto path = words.substr(open + 1, close - open - 1);
      while (path.starts_with("./")) path.remove_prefix(2);
      paths.emplace_back(path);
      words.remove_prefix(close + 1);
    }
  }
  return paths;
}

// By letters and digits alone, as a locale like en_US sorts first of all.
std::string without_marks(std::string_view name) {
  std::string result;
  for (const char c : lower_case(name)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) result += c;
  }
  return result;
}

}  // namespace

std::vector<ScriptSet> take_prisma(ScriptPool& pool, std::string_view /*name*/) {
  auto sets = take_one_a_folder(pool, "migration.sql", "");
  for (auto& set : sets) {
    const auto lock = pool.text(path_in(set.folder, "migration_lock.toml")).value_or("");
    const auto provider = lock.find("provider");
    const bool other = provider != std::string::npos && lock.find("postgres") == std::string::npos;
    if (!other) continue;
    for (const auto& script : set.scripts) set.not_run.push_back(script.path);
    set.scripts.clear();
  }
  return sets;
}

std::vector<ScriptSet> take_diesel(ScriptPool& pool, std::string_view /*name*/) {
  return take_one_a_folder(pool, "up.sql", "down.sql");
}

std::vector<ScriptSet> take_supabase(ScriptPool& pool, std::string_view /*name*/) {
  std::vector<ScriptSet> sets;
  const auto folders = pool.by_folder();
  for (const auto& [folder, paths] : folders) {
    if (!is_below(folder, "supabase/migrations")) continue;
    ScriptSet set;
    set.folder = folder_of_path(folder);
    set.prelude = "supabase";
    for (const auto& path : paths) {
      const auto name = name_of_path(path);
      const bool named = is_number(name.substr(0, name.find('_')));
      if (named) {
        set.scripts.push_back({path});
      } else {
        set.not_run.push_back(path);
      }
    }
    pool.take(paths);
    const auto config = pool.text(path_in(set.folder, "config.toml")).value_or("");
    auto seeded = seed_paths(config);
    if (seeded.empty()) seeded.emplace_back("seed.sql");
    for (const auto& seed : seeds(config) ? seeded : std::vector<std::string>()) {
      for (const auto& path : pool.below(set.folder)) {
        const auto relative =
            std::string_view(path).substr(set.folder.empty() ? 0 : set.folder.size() + 1);
        if (relative != seed) continue;
        set.scripts.push_back({path});
        pool.take(path);
      }
    }
    // Declared schemas, tests and snippets: no run of the migrations reads them.
    const auto rest = pool.below(set.folder);
    set.not_run.insert(set.not_run.end(), rest.begin(), rest.end());
    pool.take(rest);
    sets.push_back(std::move(set));
  }
  return sets;
}

std::vector<ScriptSet> take_init_scripts(ScriptPool& pool, std::string_view name) {
  std::vector<ScriptSet> sets;
  const auto folders = pool.by_folder();
  for (const auto& [folder, paths] : folders) {
    if (!is_below(folder, name)) continue;
    ScriptSet set;
    set.folder = folder;
    auto names = pool.names_in(folder);
    for (const auto& path : paths) {
      const std::string own(name_of_path(path));
      if (std::find(names.begin(), names.end(), own) == names.end()) names.push_back(own);
    }
    std::sort(names.begin(), names.end());
    std::vector<std::string> run;
    for (const auto& file : names) {
      const auto path = path_in(folder, file);
      if (file.ends_with(".sh")) {
        set.not_followed.push_back(path + ": what a shell script does is not known");
      } else if (file.ends_with(".sql.gz") || file.ends_with(".sql.xz") ||
                 file.ends_with(".sql.zst")) {
        set.not_followed.push_back(path + ": is compressed and not read");
      } else if (file.ends_with(".sql") && pool.has(path)) {
        set.scripts.push_back({path});
        run.push_back(file);
      }
    }
    if (!std::is_sorted(run.begin(), run.end(), [](const auto& a, const auto& b) {
          return without_marks(a) < without_marks(b);
        })) {
      set.order_note =
          "in which order the image runs these scripts hangs on its locale: they are "
          "taken as LC_ALL=C sorts them";
    }
    pool.take(paths);
    if (!set.scripts.empty() || !set.not_followed.empty()) sets.push_back(std::move(set));
  }
  return sets;
}

std::vector<ScriptSet> take_rails(ScriptPool& pool, std::string_view /*name*/) {
  std::vector<ScriptSet> sets;
  const auto folders = pool.by_folder();
  for (const auto& [folder, paths] : folders) {
    const auto structure = path_in(folder, "structure.sql");
    if (!is_below(folder, "db") || !pool.has(structure)) continue;
    ScriptSet set;
    set.folder = folder;
    set.scripts.push_back({structure});
    for (const auto& path : paths) {
      if (path != structure) set.not_run.push_back(path);
    }
    pool.take(paths);
    sets.push_back(std::move(set));
  }
  return sets;
}

std::vector<ScriptSet> take_golang_migrate(ScriptPool& pool, std::string_view /*name*/) {
  std::vector<ScriptSet> sets;
  const auto folders = pool.by_folder();
  for (const auto& [folder, paths] : folders) {
    ScriptSet set;
    set.folder = folder;
    for (const auto& path : paths) {
      const auto name = name_of_path(path);
      const bool forward = name.ends_with(".up.sql") && is_number(name.substr(0, name.find('_')));
      if (forward) {
        set.scripts.push_back({path});
      } else {
        set.not_run.push_back(path);
      }
    }
    if (set.scripts.empty()) continue;
    std::stable_sort(set.scripts.begin(), set.scripts.end(), [](const Script& a, const Script& b) {
      const auto x = name_of_path(a.path), y = name_of_path(b.path);
      return compare_numbers(x.substr(0, x.find('_')), y.substr(0, y.find('_'))) < 0;
    });
    pool.take(paths);
    sets.push_back(std::move(set));
  }
  return sets;
}

}  // namespace pgleast
