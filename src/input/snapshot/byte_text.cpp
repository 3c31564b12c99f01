#include "input/snapshot/byte_text.hpp"

#include "text/utf8.hpp"

namespace pgleast {
namespace {

constexpr char byte_mark = '\x01';

std::string bytes_as_characters(const std::string& bytes) {
  std::string result(1, byte_mark);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      result += c;
    } else {
      result += static_cast<char>(0xC0U | (byte >> 6U));
      result += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return result;
}

std::string characters_as_bytes(const std::string& text) {
  std::string result;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80 || i + 1 >= text.size()) {
      result += text[i];
    } else {
      result += static_cast<char>(((byte & 0x03U) << 6U) |
                                  (static_cast<unsigned char>(text[++i]) & 0x3FU));
    }
  }
  return result;
}

}  // namespace

std::string text_in_snapshot(const std::string& text) {
  const bool plain = is_utf8(text) && (text.empty() || text.front() != byte_mark);
  return plain ? text : bytes_as_characters(text);
}

std::string text_from_snapshot(const std::string& text) {
  return !text.empty() && text.front() == byte_mark ? characters_as_bytes(text) : text;
}

}  // namespace pgleast
