#include "input/config/logical_lines.hpp"

#include <algorithm>

#include "pg/version.hpp"

namespace pgleast {
namespace {

/// hba.c, MAX_LINE - 1: raised by the minor releases 12.16 and 13.12, gone in 14.
std::size_t longest_line(int version_num) {
  if (major_of(version_num) >= 14) return 0;
  const bool raised = version_num >= (major_of(version_num) == 12 ? 120016 : 130012);
  return raised ? 20479 : 8191;
}

std::string_view without_line_end(std::string_view line) {
  const auto last = line.find_last_not_of("\r\n");
  return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

}  // namespace

LogicalLines::LogicalLines(std::string_view text, int version_num)
    : text_(text), longest_(longest_line(version_num)) {}

bool LogicalLines::next() {
  if (at_ >= text_.size()) return false;
  number_ = following_;
  too_long_ = false;
  pieces_.clear();
  return longest_ > 0 ? next_limited() : next_joined();
}

/// Versions 12 and 13: what does not fit is an error, and the rest a line of its own. A NUL
/// hides the rest of the line.
bool LogicalLines::next_limited() {
  const auto rest = text_.substr(at_, longest_);
  const auto line = rest.substr(0, std::min(rest.find('\n'), rest.size() - 1) + 1);
  const auto shown = line.substr(0, line.find('\0'));
  pieces_.push_back({0, at_});
  too_long_ = shown.size() == longest_;
  line_ = without_line_end(shown);
  at_ += line.size();
  ++following_;
  return true;
}

/// Version 14 and newer: a backslash at the end continues the line, if it lies after the
/// place of the last continuation.
bool LogicalLines::next_joined() {
  const auto end = std::min(text_.find('\n', at_), text_.size());
  const auto physical = text_.substr(at_, end - at_);
  const auto plain = without_line_end(physical);
  if (!plain.ends_with('\\') && physical.find('\0') == std::string_view::npos) {
    pieces_.push_back({0, at_});
    line_ = plain;
    at_ = end + 1;
    ++following_;
    return true;
  }
  joined_.clear();
  std::size_t last_continuation = 0;
  while (append_physical_line()) {
    joined_.resize(without_line_end(joined_).size());
    if (joined_.size() <= last_continuation || joined_.back() != '\\') break;
    joined_.pop_back();
    last_continuation = joined_.size();
    ++following_;
  }
  ++following_;
  line_ = joined_;
  return true;
}

/// As pg_get_line_append: a NUL hides everything up to and with the line break, so that the
/// next physical line is glued on (and not counted). False when there was nothing to add.
bool LogicalLines::append_physical_line() {
  const auto before = joined_.size();
  while (at_ < text_.size()) {
    const auto end = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
    const auto physical = text_.substr(at_, end - at_);
    while (!pieces_.empty() && pieces_.back().joined > joined_.size()) pieces_.pop_back();
    pieces_.push_back({joined_.size(), at_});
    joined_ += physical.substr(0, physical.find('\0'));
    at_ = end;
    if (joined_.size() > before && joined_.back() == '\n') return true;
  }
  return joined_.size() > before;
}

std::size_t LogicalLines::original(std::size_t joined) const {
  auto piece = std::upper_bound(pieces_.begin(), pieces_.end(), joined,
                                [](std::size_t at, const Piece& p) { return at < p.joined; });
  if (piece == pieces_.begin()) return joined;
  --piece;
  return piece->original + (joined - piece->joined);
}

Span LogicalLines::original(std::size_t begin, std::size_t end) const {
  // The end belongs to the piece of the last byte, not to the one that starts there.
  return {original(begin), end > begin ? original(end - 1) + 1 : original(begin)};
}

}  // namespace pgleast
