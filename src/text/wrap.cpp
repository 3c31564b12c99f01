#include "text/wrap.hpp"

#include <algorithm>

namespace pgleast {
namespace {

// Bytes that begin a character.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  if (width == 0 || characters(text) <= width) return {std::string(text)};
  std::vector<std::string> lines;
  std::string line;
  for (std::size_t begin = 0; begin < text.size();) {
    // A word with the blanks before it.
    const auto word = std::min(text.find_first_not_of(' ', begin), text.size());
    const auto end = std::min(text.find(' ', word), text.size());
    const auto piece = text.substr(begin, end - begin);
    if (!line.empty() && characters(line) + characters(piece) > width) {
      lines.push_back(std::move(line));
      line = std::string(text.substr(word, end - word));
    } else {
      line += piece;
    }
    begin = end;
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

}  // namespace pgleast
