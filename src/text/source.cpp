#include "text/source.hpp"

#include <algorithm>
#include <utility>

namespace pgleast {

Source::Source(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)), line_starts_{0} {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
}

Position Source::position(std::size_t offset) const {
  return {line_number(offset), character_count(line_before(offset)) + 1};
}

std::string_view Source::line_before(std::size_t offset) const {
  const auto start = line_starts_[line_number(offset) - 1];
  return text().substr(start, offset - start);
}

std::string_view Source::line_after(std::size_t offset) const {
  const auto rest = text().substr(offset);
  return rest.substr(0, rest.find_first_of("\r\n"));
}

std::size_t Source::line_start(std::size_t number) const {
  return number <= line_starts_.size() ? line_starts_[number - 1] : text_.size();
}

std::size_t Source::line_number(std::size_t offset) const {
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::size_t>(next - line_starts_.begin());
}

std::size_t character_count(std::string_view utf8) {
  const auto starts_character = [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  };
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), starts_character));
}

}  // namespace pgleast
