// Liquibase's formatted SQL: changesets in the order of the file, the files in the order of the
// changelog that includes them, where that says it literally.
//
//   --liquibase formatted sql
//   --changeset ann:1 dbms:postgresql
//   CREATE ROLE app;
//   --rollback DROP ROLE app;           a comment, and so not run
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "input/migrations/pool.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// "changeset ann:1" of `-- changeset ann:1`.
std::string directive(std::string_view line) {
  line = trimmed_text(line);
  if (!line.starts_with("--")) return "";
  line.remove_prefix(2);
  return lower_case(trimmed_text(line));
}

bool is_formatted(const std::string& text) {
  for (auto line : lines_of_text(text)) {
    if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    const auto said = directive(line);
    if (said.starts_with("liquibase formatted sql")) return true;
    if (!trimmed_text(line).empty() && said.empty()) return false;
  }
  return false;
}

// The value of `dbms:postgresql,h2`; empty: it is not said.
std::string attribute(const std::string& said, std::string_view name) {
  const auto at = said.find(' ' + std::string(name) + ':');
  if (at == std::string::npos) return "";
  const auto begin = at + name.size() + 2;
  const bool quoted = begin < said.size() && said[begin] == '"';
  const auto end = quoted ? said.find('"', begin + 1) : said.find(' ', begin);
  const auto from = quoted ? begin + 1 : begin;
  return said.substr(from, end == std::string::npos ? end : end - from);
}

bool is_of_postgresql(const std::string& said) {
  if (attribute(said, "ignore") == "true") return false;
  const auto dbms = attribute(said, "dbms");
  if (dbms.empty() || dbms == "all") return true;
  if (dbms.find('!') != std::string::npos) return dbms.find("!postgresql") == std::string::npos;
  return dbms.find("postgresql") != std::string::npos;
}

// What hangs on the data or on a word at the time of running.
void note_conditions(const std::string& path, const std::string& text, ScriptSet& set) {
  std::size_t number = 0;
  for (const auto line : lines_of_text(text)) {
    ++number;
    const auto said = directive(line);
    const bool changeset = said.starts_with("changeset ");
    const bool precondition =
        said.starts_with("precondition") && !said.starts_with("preconditions");
    const bool context = changeset && (!attribute(said, "context").empty() ||
                                       !attribute(said, "contextfilter").empty() ||
                                       !attribute(said, "labels").empty());
    if (!precondition && !context) continue;
    set.not_followed.push_back(
        path + ':' + std::to_string(number) + ": whether this changeset is " +
        (precondition ? "run hangs on a precondition" : "run hangs on contexts or labels"));
  }
}

bool is_changelog(std::string_view name) {
  const auto lower = lower_case(name);
  const bool format = lower.ends_with(".xml") || lower.ends_with(".yaml") ||
                      lower.ends_with(".yml") || lower.ends_with(".json");
  return format && (lower.find("changelog") != std::string::npos ||
                    lower.find("master") != std::string::npos);
}

// What stands after `file` or `path` and its `=` or `:`.
std::string_view value_after(std::string_view line, std::string_view key) {
  for (auto at = line.find(key); at != std::string_view::npos; at = line.find(key, at + 1)) {
    if (at > 0 && ((line[at - 1] >= 'a' && line[at - 1] <= 'z') ||
                   (line[at - 1] >= 'A' && line[at - 1] <= 'Z'))) {
      continue;
    }
    auto rest = line.substr(at + key.size());
    if (rest.starts_with('"')) rest.remove_prefix(1);
    rest = trimmed_text(rest);
    if (rest.empty() || (rest.front() != '=' && rest.front() != ':')) continue;
    rest = trimmed_text(rest.substr(1));
    const bool quoted = rest.starts_with('"') || rest.starts_with('\'');
    const auto end = quoted ? rest.find(rest.front(), 1) : rest.find_first_of(" \t,>}");
    if (quoted) return rest.substr(1, end == std::string_view::npos ? end : end - 1);
    return rest.substr(0, end);
  }
  return {};
}

class Changelog {
 public:
  Changelog(const ScriptPool& pool, const std::map<std::string, std::string>& formatted)
      : pool_(pool), formatted_(formatted) {}

  void read(const std::string& path, std::size_t depth = 0) {
    constexpr std::size_t deepest = 20;
    if (depth > deepest || !read_.insert(path).second) return;
    const auto text = pool_.text(path);
    if (!text) return;
    for (const auto line : lines_of_text(*text)) {
      const auto file = std::string(value_after(line, "file"));
      const auto folder = std::string(value_after(line, "path"));
      literal_ = literal_ && file.find("${") == std::string::npos &&
                 folder.find("${") == std::string::npos;
      if (file.ends_with(".sql")) include(folder_of_path(path), file);
      if (is_changelog_name(file)) include_changelog(folder_of_path(path), file, depth);
      const bool all = !folder.empty() && line.find(".sql") == std::string_view::npos;
      if (all) include_all(folder_of_path(path), folder);
    }
  }
  const std::vector<std::string>& order() const { return order_; }
  bool is_literal() const { return literal_; }

 private:
  static bool is_changelog_name(const std::string& name) {
    return name.ends_with(".xml") || name.ends_with(".yaml") || name.ends_with(".yml");
  }
  // Beside the changelog, or from the folder that Liquibase is started in.
  static std::vector<std::string> candidates(std::string folder, std::string name) {
    if (name.starts_with("classpath:")) name = name.substr(10);
    while (name.starts_with("./") || name.starts_with("/")) name = name.substr(name.find('/') + 1);
    std::vector<std::string> result{path_in(folder, name)};
    while (!folder.empty()) {
      folder = folder_of_path(folder);
      result.push_back(path_in(folder, name));
    }
    return result;
  }
  void add(const std::string& path) {
    if (formatted_.contains(path) && added_.insert(path).second) order_.push_back(path);
  }
  void include(const std::string& folder, const std::string& name) {
    for (const auto& path : candidates(folder, name)) {
      if (formatted_.contains(path)) return add(path);
    }
  }
  void include_changelog(const std::string& folder, const std::string& name, std::size_t depth) {
    for (const auto& path : candidates(folder, name)) {
      if (pool_.text(path)) return read(path, depth + 1);
    }
  }
  void include_all(const std::string& folder, std::string name) {
    while (name.ends_with('/')) name.pop_back();
    for (const auto& below : candidates(folder, name)) {
      bool any = false;
      for (const auto& [path, text] : formatted_) {
        if (!path.starts_with(below + '/')) continue;
        add(path);
        any = true;
      }
      if (any) return;
    }
  }

  const ScriptPool& pool_;
  const std::map<std::string, std::string>& formatted_;  // by path: its folder
  std::vector<std::string> order_;
  std::set<std::string> added_, read_;
  bool literal_ = true;
};

// The changelog nearest above, the shortest name first.
std::string changelog_above(const ScriptPool& pool, std::string folder) {
  for (int up = 0; up < 4; ++up) {
    std::string best;
    for (const auto& name : pool.names_in(folder)) {
      if (!is_changelog(name)) continue;
      const bool master = lower_case(name).find("master") != std::string::npos;
      if (best.empty() || master) best = name;
    }
    if (!best.empty()) return path_in(folder, best);
    if (folder.empty()) break;
    folder = folder_of_path(folder);
  }
  return "";
}

void add_script(const ScriptPool& pool, const std::string& path, ScriptSet& set) {
  set.scripts.push_back({path, ScriptPart::liquibase});
  note_conditions(path, pool.text(path).value_or(""), set);
}

}  // namespace

std::string liquibase_part(std::string text) {
  bool run = true;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto said = directive(std::string_view(text).substr(begin, end - begin));
    if (said.starts_with("changeset ")) run = is_of_postgresql(said);
    for (auto i = begin; i < end && !run; ++i) {
      if (text[i] != '\r') text[i] = ' ';
    }
    begin = end + 1;
  }
  return text;
}

std::vector<ScriptSet> take_liquibase(ScriptPool& pool, std::string_view /*name*/) {
  std::map<std::string, std::string> formatted;
  for (const auto& [folder, paths] : pool.by_folder()) {
    for (const auto& path : paths) {
      const auto text = pool.text(path);
      if (text && is_formatted(*text)) formatted.emplace(path, folder);
    }
  }
  std::map<std::string, std::vector<std::string>> by_changelog;  // or by folder
  for (const auto& [path, folder] : formatted) {
    const auto changelog = changelog_above(pool, folder);
    by_changelog[changelog.empty() ? folder + '/' : changelog].push_back(path);
  }
  std::vector<ScriptSet> sets;
  for (auto& [changelog, paths] : by_changelog) {
    ScriptSet set;
    set.folder = folder_of_path(changelog);
    Changelog order(pool, formatted);
    if (!changelog.ends_with('/')) order.read(changelog);
    const bool known = order.is_literal() && !order.order().empty();
    if (known) {
      for (const auto& path : order.order()) add_script(pool, path, set);
      for (const auto& path : paths) {
        const auto& in = order.order();
        if (std::find(in.begin(), in.end(), path) == in.end()) set.not_run.push_back(path);
      }
    } else {
      std::sort(paths.begin(), paths.end(), is_before_naturally);
      for (const auto& path : paths) add_script(pool, path, set);
      if (paths.size() > 1) {
        set.order_note =
            "no changelog says the order of these scripts: they are taken by name, "
            "numbers in names as numbers";
      }
    }
    pool.take(paths);
    sets.push_back(std::move(set));
  }
  return sets;
}

}  // namespace pgleast
