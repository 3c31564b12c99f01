#pragma once
// The lines of pg_hba.conf and pg_ident.conf, before any word is looked at, and a way back
// from a byte of a line to the byte of the file. From version 14 on, a backslash at the end
// joins the next physical line to this one:
/*
   local all \
     all trust
*/

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/source.hpp"

namespace pgleast {

/// What is longer is not read: the server of 14 and newer has no such limit, but a tree of tokens
/// for 100 MB would not fit.
inline constexpr std::size_t longest_auth_line = std::size_t{2} << 20U;

class LogicalLines {
 public:
  /// A view: `text` must outlive it.
  LogicalLines(std::string_view text, int version_num);

  /// Steps to the next line; false at the end.
  bool next();

  std::string_view line() const { return line_; }   // until the next step
  std::uint32_t number() const { return number_; }  // as the server counts
  bool too_long() const { return too_long_; }       // the server refuses this piece of a line
  /// Where line()[begin..end) stands in the text.
  Span original(std::size_t begin, std::size_t end) const;

 private:
  struct Piece {
    std::size_t joined;
    std::size_t original;
  };

  bool next_limited();
  bool next_joined();
  bool append_physical_line();
  std::size_t original(std::size_t joined) const;

  std::string_view text_;
  std::size_t longest_;  // bytes of a physical line; 0: no limit, and lines can be continued
  std::size_t at_ = 0;
  std::uint32_t following_ = 1;
  std::string_view line_;
  std::uint32_t number_ = 0;
  bool too_long_ = false;
  std::string joined_;
  std::vector<Piece> pieces_;  // INVARIANT: rising, first at 0
};

}  // namespace pgleast
