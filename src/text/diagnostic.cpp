#include "text/diagnostic.hpp"

#include <algorithm>
#include <utility>

#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::size_t longest_side = 120;  // bytes shown on each side of a place

std::string_view tail(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  auto start = text.size() - most;
  while (start < text.size() && character_count(text.substr(start, 1)) == 0) ++start;
  return text.substr(start);
}

std::string_view head(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && character_count(text.substr(most, 1)) == 0) --most;
  return text.substr(0, most);
}

}  // namespace

std::string excerpt(const Source& source, Span span, std::size_t indent) {
  const auto line_end = source.line_after(span.begin);
  const auto raw_before = tail(source.line_before(span.begin), longest_side);
  const auto raw_after = head(line_end, longest_side);
  const auto before = displayed(raw_before, Tabs::kept);
  const auto marked =
      displayed(raw_after.substr(0, span.end > span.begin ? span.end - span.begin : 0), Tabs::kept);
  const auto after = displayed(raw_after, Tabs::kept);

  // Tabs are kept in the padding, so the caret lines up at any tab width.
  const std::string margin(indent, ' ');
  std::string padding = margin;
  for (const char c : before) {
    if (character_count({&c, 1}) == 1) padding += c == '\t' ? '\t' : ' ';
  }
  const auto width = std::max<std::size_t>(character_count(marked), 1);
  return margin + before + after + "\n" + padding + '^' + std::string(width - 1, '~');
}

Diagnostic make_diagnostic(const Source& source, Span span, std::string message) {
  span.begin = std::min(span.begin, source.text().size());
  return {source.name(), source.position(span.begin), std::move(message), excerpt(source, span)};
}

std::string to_string(const Diagnostic& d) {
  std::string result;
  if (!d.file.empty()) result += displayed(d.file) + ':';
  if (d.at) result += std::to_string(d.at->line) + ':' + std::to_string(d.at->column) + ':';
  if (!result.empty()) result += " error: ";
  result += d.message;
  if (!d.excerpt.empty()) result += '\n' + d.excerpt;
  return result;
}

Error::Error(Fault fault, Diagnostic diagnostic)
    : std::runtime_error(to_string(diagnostic)),
      fault_(fault),
      diagnostic_(std::move(diagnostic)) {}

void fail(const Source& source, Span span, std::string message) {
  throw Error(Fault::unreadable, make_diagnostic(source, span, std::move(message)));
}

void fail(std::string file, std::string message) {
  throw Error(Fault::unreadable, {std::move(file), std::nullopt, std::move(message), ""});
}

void fail_usage(std::string message) {
  throw Error(Fault::usage, {"", std::nullopt, std::move(message), ""});
}

}  // namespace pgleast
