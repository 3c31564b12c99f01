#include "connections/witness.hpp"

#include <fmt/format.h>

#include "text/display.hpp"

namespace pgleast {
namespace {

// Names are other people's: what is pasted into a shell must not run them.
std::string psql_command(const std::string& conninfo) {
  std::string word;
  for (const char c : conninfo) {
    if (std::string_view("\"\\$`").find(c) != std::string_view::npos) word += '\\';
    word += c;
  }
  return displayed("psql \"" + word + '"');
}

std::string conninfo_value(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  const bool plain = !text.empty() && text.find_first_of(" '\\\t\r\n\v\f") == std::string::npos;
  return plain ? text : quoted + "'";
}

}  // namespace

std::string to_string(const Witness& witness) {
  const auto user = conninfo_value(witness.user);
  auto target =
      witness.database ? "dbname=" + conninfo_value(*witness.database) : "replication=true";
  if (witness.database && witness.replication) target += " replication=database";
  if (witness.transport == Transport::local) {
    return psql_command(fmt::format("user={} {}", user, target)) + " on the server's machine";
  }
  const auto* const mode = witness.transport == Transport::plain ? "sslmode=disable"
                           : witness.transport == Transport::tls ? "sslmode=require"
                                                                 : "gssencmode=require";
  return psql_command(fmt::format("host=SERVER user={} {} {}", user, target, mode)) + " from " +
         displayed(witness.from);
}

}  // namespace pgleast
