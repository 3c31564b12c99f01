#pragma once
// What is in a field of an answer: the server's text of a boolean, a letter, a number.

#include <charconv>
#include <cstdint>
#include <string>

#include "input/server/connection.hpp"

namespace pgleast {

inline std::string text_of(const Field& field) { return std::string(field.value_or("")); }
inline bool truth(const Field& field) { return field == "t"; }
inline char letter(const Field& field) { return field && !field->empty() ? field->front() : ' '; }

/// Its own text, for what outlives the answer.
inline std::optional<std::string> kept(const Field& field) {
  return field ? std::optional(std::string(*field)) : std::nullopt;
}

template <typename Number>
Number number_of(const Field& field) {
  Number n{};
  if (field) std::from_chars(field->data(), field->data() + field->size(), n);
  return n;
}

inline std::uint32_t oid_of(const Field& field) { return number_of<std::uint32_t>(field); }

/// Calls f(OID) for each of an oid[], `{1,2}`, or of an oidvector, `1 2`.
template <typename F>
void each_oid(std::string_view text, F&& f) {
  const auto* at = text.data();
  const auto* const end = at + text.size();
  while (at != end) {
    std::uint32_t oid = 0;
    const auto [after, error] = std::from_chars(at, end, oid);
    if (error == std::errc()) f(oid);
    at = error == std::errc() ? after : at + 1;
  }
}

}  // namespace pgleast
