#include "pg/psql_command.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "text/display.hpp"

namespace pgleast {
namespace {

bool is_bare(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || std::string_view("_-./+:,@%").find(c) != std::string_view::npos;
}

// The text with an escape before what may not stand between the quotes.
template <typename Escaped>
std::string between(std::string_view begin, std::string_view text, Escaped escaped) {
  std::string result(begin);
  for (const char c : text) result += escaped(c);
  return result + '\'';
}

std::string plain_quoted(std::string_view text) {
  return between("'", text, [](char c) { return c == '\'' ? "'\\''" : std::string(1, c); });
}

std::string escape_quoted(std::string_view text) {
  return between("$'", text, [](char c) {
    if (c == '\'' || c == '\\') return std::string{'\\', c};
    return is_plain({&c, 1}) ? std::string(1, c)
                             : fmt::format("\\{:03o}", static_cast<unsigned char>(c));
  });
}

// What psql would take for a connection string is given as one (libpq,
// recognized_connection_string).
std::string given_database(std::string_view name) {
  const bool uri = name.starts_with("postgresql://") || name.starts_with("postgres://");
  if (!uri && name.find('=') == std::string_view::npos) return std::string(name);
  return between("dbname='", name, [](char c) {
    return c == '\'' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  });
}

}  // namespace

std::string shell_word(std::string_view text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_bare)) return std::string(text);
  return displayed(text) == text ? plain_quoted(text) : escape_quoted(text);
}

std::string psql_command(std::string_view database, std::string_view file) {
  return fmt::format("psql -v ON_ERROR_STOP=1 -d {} -f {}",
                     database.empty() ? "DATABASE" : shell_word(given_database(database)),
                     shell_word(file));
}

}  // namespace pgleast
