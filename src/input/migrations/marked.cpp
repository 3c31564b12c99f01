// Tools that keep the way forward and the way back in one file, below lines that say which:
//
//   -- migrate:up          dbmate
//   -- +goose Up           goose
//   -- +migrate Up         sql-migrate
#include <algorithm>
#include <utility>

#include "input/migrations/pool.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

struct Marks {
  std::string_view up, down;
};
constexpr Marks dbmate{"migrate:up", "migrate:down"};
constexpr Marks goose{"+goose up", "+goose down"};
constexpr Marks sql_migrate{"+migrate up", "+migrate down"};

bool is_mark(std::string_view line, std::string_view mark) {
  line = trimmed_text(line);
  if (!line.starts_with("--")) return false;
  line.remove_prefix(2);
  const auto words = lower_case(trimmed_text(line));
  if (!words.starts_with(mark)) return false;
  return words.size() == mark.size() || words[mark.size()] == ' ' || words[mark.size()] == '\t';
}

bool is_marked(const std::string& text, const Marks& marks) {
  // Most files are none of these: their text is searched once.
  if (text.find("--") == std::string::npos ||
      text.find(marks.up.substr(0, 4)) == std::string::npos) {
    return false;
  }
  const auto lines = lines_of_text(text);
  return std::any_of(lines.begin(), lines.end(),
                     [&](std::string_view line) { return is_mark(line, marks.up); });
}

enum class Order { bytes, natural };

std::vector<ScriptSet> take_marked(ScriptPool& pool, const Marks& marks, ScriptPart part,
                                   Order order) {
  std::vector<ScriptSet> sets;
  const auto folders = pool.by_folder();
  for (const auto& [folder, paths] : folders) {
    ScriptSet set;
    set.folder = folder;
    for (const auto& path : paths) {
      const auto text = pool.text(path);
      if (text && is_marked(*text, marks)) {
        set.scripts.push_back({path, part});
      } else {
        set.not_run.push_back(path);
      }
    }
    if (set.scripts.empty()) continue;
    if (order == Order::natural) {
      std::stable_sort(set.scripts.begin(), set.scripts.end(),
                       [](const Script& a, const Script& b) {
                         return is_before_naturally(name_of_path(a.path), name_of_path(b.path));
                       });
    }
    pool.take(paths);
    sets.push_back(std::move(set));
  }
  return sets;
}

void blank(std::string& text, std::size_t begin, std::size_t end) {
  for (auto i = begin; i < end; ++i) {
    if (text[i] != '\n' && text[i] != '\r') text[i] = ' ';
  }
}

// What stands neither below a line for the way forward nor before one for the way back.
std::string up_only(std::string text, const Marks& marks) {
  bool up = false;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto line = std::string_view(text).substr(begin, end - begin);
    if (is_mark(line, marks.up)) up = true;
    if (is_mark(line, marks.down)) up = false;
    if (!up) blank(text, begin, end);
    begin = end + 1;
  }
  return text;
}

std::string run_part(ScriptPart part, std::string text) {
  switch (part) {
    case ScriptPart::whole:
      return text;
    case ScriptPart::dbmate_up:
      return up_only(std::move(text), dbmate);
    case ScriptPart::goose_up:
      return up_only(std::move(text), goose);
    case ScriptPart::sql_migrate_up:
      return up_only(std::move(text), sql_migrate);
    case ScriptPart::liquibase:
      return liquibase_part(std::move(text));
  }
  return text;
}

}  // namespace

std::string run_text(const Script& script, std::string text) {
  if (script.within.end > 0) {
    blank(text, 0, std::min(script.within.begin, text.size()));
    blank(text, std::min(script.within.end, text.size()), text.size());
  }
  return script.before + run_part(script.part, std::move(text));
}

std::vector<ScriptSet> take_dbmate(ScriptPool& pool, std::string_view /*name*/) {
  return take_marked(pool, dbmate, ScriptPart::dbmate_up, Order::bytes);
}

std::vector<ScriptSet> take_goose(ScriptPool& pool, std::string_view /*name*/) {
  return take_marked(pool, goose, ScriptPart::goose_up, Order::natural);
}

std::vector<ScriptSet> take_sql_migrate(ScriptPool& pool, std::string_view /*name*/) {
  return take_marked(pool, sql_migrate, ScriptPart::sql_migrate_up, Order::natural);
}

}  // namespace pgleast
