#pragma once
// UTF-8 (RFC 3629): no surrogates, nothing longer than it must be.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgleast {

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;  // in bytes; 0: not UTF-8
};

/// Of a text that is not empty.
Character first_character(std::string_view text);

/// Whether every byte belongs to a character.
bool is_utf8(std::string_view text);

}  // namespace pgleast
