#include "fix/columns.hpp"

#include <algorithm>
#include <vector>

#include "text/source.hpp"

namespace pgleast {
namespace {

constexpr std::size_t tab_stop = 8;
constexpr std::string_view blanks = " \t";

// Fields and the gaps before them; a quoted blank is no gap.
struct Fields {
  std::vector<std::string_view> gaps, words;
};

Fields fields_of(std::string_view line) {
  Fields result;
  for (std::size_t at = 0; at < line.size();) {
    const auto begin = std::min(line.find_first_not_of(blanks, at), line.size());
    auto end = begin;
    for (bool quoted = false; end < line.size(); ++end) {
      if (line[end] == '"') quoted = !quoted;
      if (!quoted && blanks.find(line[end]) != std::string_view::npos) break;
    }
    if (begin == end) break;
    result.gaps.push_back(line.substr(at, begin - at));
    result.words.push_back(line.substr(begin, end - begin));
    at = end;
  }
  return result;
}

}  // namespace

std::size_t column_after(std::string_view text) {
  std::size_t column = 0;
  for (auto at = text.rfind('\n') + 1; at < text.size();) {
    const auto tab = std::min(text.find('\t', at), text.size());
    column += character_count(text.substr(at, tab - at));
    if (tab < text.size()) column += tab_stop - column % tab_stop;
    at = tab + 1;
  }
  return column;
}

std::string kept_gap(std::string_view before, std::string_view gap, std::string_view after) {
  const auto now = column_after(after);
  if (gap.empty() || gap.find_first_not_of(blanks) != std::string_view::npos ||
      column_after(before) == now) {
    return std::string(gap);
  }
  const auto wanted = column_after(std::string(before) + std::string(gap));
  const bool tabs = gap.find('\t') != std::string_view::npos && wanted % tab_stop == 0;
  const auto room = wanted > now ? wanted - now : 1;
  return tabs ? std::string((room + tab_stop - 1) / tab_stop, '\t') : std::string(room, ' ');
}

std::string in_columns_of(std::string_view other, std::string_view line) {
  const auto theirs = fields_of(other);
  const auto own = fields_of(line);
  std::string result, before;
  for (std::size_t i = 0; i < own.words.size(); ++i) {
    const bool known = i < theirs.words.size();
    const auto gap = known ? theirs.gaps[i] : own.gaps[i];
    result += known ? kept_gap(before, gap, result) : std::string(gap);
    result += own.words[i];
    before += std::string(gap) + std::string(known ? theirs.words[i] : own.words[i]);
  }
  return result;
}

}  // namespace pgleast
