#include "fix/unified_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "input/config/secrets.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find('\n', begin);
    const auto stop = end == std::string::npos ? text.size() : end + 1;
    lines.push_back(text.substr(begin, stop - begin));
    begin = stop;
  }
  return lines;
}

// Lines that both have in order, by the longest common subsequence between what is left
// after the same beginning and the same end are set aside.
std::vector<std::pair<std::size_t, std::size_t>> common_lines(const std::vector<std::string>& a,
                                                              const std::vector<std::string>& b) {
  std::vector<std::pair<std::size_t, std::size_t>> result;
  std::size_t head = 0, tail = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) {
    result.emplace_back(head, head);
    ++head;
  }
  while (tail < a.size() - head && tail < b.size() - head &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
    ++tail;
  }
  const auto n = a.size() - head - tail;
  const auto m = b.size() - head - tail;
  constexpr std::size_t most_cells = std::size_t{16} << 20U;
  if (n > 0 && m > 0 && n * m <= most_cells) {
    std::vector<std::vector<std::uint32_t>> best(n + 1, std::vector<std::uint32_t>(m + 1));
    for (std::size_t i = n; i-- > 0;) {
      for (std::size_t j = m; j-- > 0;) {
        best[i][j] = a[head + i] == b[head + j] ? best[i + 1][j + 1] + 1
                                                : std::max(best[i + 1][j], best[i][j + 1]);
      }
    }
    for (std::size_t i = 0, j = 0; i < n && j < m;) {
      if (a[head + i] == b[head + j]) {
        result.emplace_back(head + i++, head + j++);
      } else {
        best[i + 1][j] >= best[i][j + 1] ? ++i : ++j;
      }
    }
  }
  for (std::size_t t = tail; t > 0; --t) result.emplace_back(a.size() - t, b.size() - t);
  return result;
}

struct DiffLine {
  char mark;
  const std::string* text;
  std::size_t a, b;  // lines before it in each file
};

std::vector<DiffLine> diff_lines(const std::vector<std::string>& a,
                                 const std::vector<std::string>& b) {
  std::vector<DiffLine> lines;
  std::size_t i = 0, j = 0;
  auto common = common_lines(a, b);
  common.emplace_back(a.size(), b.size());
  for (const auto& [ca, cb] : common) {
    for (; i < ca; ++i) lines.push_back({'-', &a[i], i, j});
    for (; j < cb; ++j) lines.push_back({'+', &b[j], i, j});
    if (i < a.size() && ca < a.size()) lines.push_back({' ', &a[i], i, j});
    ++i;
    ++j;
  }
  return lines;
}

}  // namespace

std::string unified_diff(const FilePatch& patch, ConfigKind kind, int version_num) {
  const auto before = lines_of(starred(kind, patch.before, version_num));
  const auto after = lines_of(starred(kind, patch.after, version_num));
  const auto lines = diff_lines(before, after);
  constexpr std::size_t context = 3;
  auto text = fmt::format("--- {}\n+++ {}\n", displayed(patch.path), displayed(patch.path));
  for (std::size_t at = 0; at < lines.size();) {
    if (lines[at].mark == ' ') {
      ++at;
      continue;
    }
    const auto begin = at - std::min(at, context);
    auto end = at;
    for (std::size_t same = 0; end < lines.size() && same <= 2 * context; ++end) {
      same = lines[end].mark == ' ' ? same + 1 : 0;
    }
    while (end > at && lines[end - 1].mark == ' ') --end;
    end = std::min(end + context, lines.size());
    std::size_t old_count = 0, new_count = 0;
    std::string body;
    for (auto i = begin; i < end; ++i) {
      old_count += lines[i].mark != '+' ? 1U : 0U;
      new_count += lines[i].mark != '-' ? 1U : 0U;
      body += lines[i].mark + *lines[i].text;
      if (lines[i].text->back() != '\n') body += "\n\\ No newline at end of file\n";
    }
    text += fmt::format("@@ -{},{} +{},{} @@\n{}", lines[begin].a + (old_count > 0 ? 1 : 0),
                        old_count, lines[begin].b + (new_count > 0 ? 1 : 0), new_count, body);
    at = end;
  }
  return text;
}

}  // namespace pgleast
