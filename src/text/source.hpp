#pragma once
// A named piece of input text, and places in it. The bottom room: every parser
// points into a Source, every message is printed from one.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

/// Half-open byte range in one Source.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const Span&) const = default;
};

/// What a person calls a place: both count from 1, columns in characters.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
  bool operator==(const Position&) const = default;
};

class Source {
 public:
  Source(std::string name, std::string text);

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }

  Position position(std::size_t offset) const;
  /// The text of offset's line that comes before offset.
  std::string_view line_before(std::size_t offset) const;
  /// The rest of offset's line, without the line break.
  std::string_view line_after(std::size_t offset) const;
  /// Where line `number` (from 1) starts; the end of the text for a line past the last.
  std::size_t line_start(std::size_t number) const;

 private:
  std::size_t line_number(std::size_t offset) const;

  std::string name_;
  std::string text_;
  std::vector<std::size_t> line_starts_;  // INVARIANT: sorted, first is 0
};

/// Characters, not bytes, in UTF-8 text.
std::size_t character_count(std::string_view utf8);

}  // namespace pgleast
