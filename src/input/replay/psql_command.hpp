#pragma once
// The arguments of psql's own commands, and what these may change:
//
//   \connect shop app
//   \c -reuse-previous=on "dbname='my db' user=app"
//   \ir 'more tables.sql'

#include <string>
#include <string_view>
#include <vector>

#include "input/replay/statements/touched.hpp"

namespace pgleast {

/// Quotes are taken off, a name that is not quoted is kept.
std::vector<std::string> command_words(const std::string& arguments);

struct ConnectionWords {
  std::string database, user;  // empty: as before
};
ConnectionWords connection_words(const std::string& arguments);

/// What a command may change that is not followed.
Touched touched_by_command(std::string_view command);

}  // namespace pgleast
