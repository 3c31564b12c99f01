#include "model/conf.hpp"

#include <algorithm>
#include <utility>

namespace pgleast {
namespace {

bool any(const ConfFile& file, ConfState state) {
  return std::any_of(file.entries.begin(), file.entries.end(),
                     [&](const ConfEntry& entry) { return entry.state == state; });
}

}  // namespace

bool ConfFile::loads() const { return problems.empty() && !any(*this, ConfState::unknown); }

bool ConfFile::starts() const { return loads() && !any(*this, ConfState::refused); }

std::vector<Diagnostic> ConfFile::diagnostics() const {
  std::vector<std::pair<std::uint32_t, const Diagnostic*>> found;
  for (const auto& problem : problems) found.emplace_back(problem.row, &problem.diagnostic);
  for (const auto& entry : entries) {
    if (entry.error) found.emplace_back(entry.row, &*entry.error);
  }
  std::sort(found.begin(), found.end());
  std::vector<Diagnostic> result;
  for (const auto& [row, diagnostic] : found) result.push_back(*diagnostic);
  return result;
}

}  // namespace pgleast
