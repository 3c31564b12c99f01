#include "finding/word_kind.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "text/display.hpp"

namespace pgleast {

std::vector<std::string> word_kinds_named(std::string_view name) {
  std::vector<std::string> result;
  for (const auto& kind : word_kinds) {
    if (name == "all" || name == kind.name) result.emplace_back(kind.name);
  }
  return result;
}

std::string no_word_kind(std::string_view name) {
  std::vector<std::string> known{"all"};
  for (const auto& kind : word_kinds) known.emplace_back(kind.name);
  const auto meant = did_you_mean(name, known);
  return fmt::format(
      "there is no kind `{}`{}", displayed(name),
      meant.empty() ? fmt::format("; the kinds are {}", fmt::join(known, ", ")) : meant);
}

const WordKind& word_kind(std::string_view name) {
  return *std::find_if(word_kinds.begin(), word_kinds.end(),
                       [&](const WordKind& kind) { return kind.name == name; });
}

}  // namespace pgleast
