#pragma once
// One connection that can be tried, as a person would type it.

#include <optional>
#include <string>

#include "connections/connection_classes.hpp"

namespace pgleast {

struct Witness {
  Transport transport = Transport::local;
  std::string user;
  std::optional<std::string> database;  // none: physical replication
  std::string from;                     // an address or a host's name; empty for local
  bool replication = false;             // in `database`: replication=database
};

/// `psql "host=SERVER user=app dbname=shop sslmode=disable" from 203.0.113.9`: safe to paste,
/// whatever the names are.
std::string to_string(const Witness& witness);

}  // namespace pgleast
