#pragma once
// What `pgleast hba decide` is asked: one connection as a client asks for it, and who gets in.
//
//   --user anna --database shop --address 10.1.2.3 --ssl     admit by the record that decides; or
//                                                            nobody gets in as anna: NOLOGIN

#include <string>

#include "connections/decide.hpp"

namespace pgleast {

struct WantedConnection {
  std::string user;
  std::string database;               // empty: the user's name
  std::vector<std::uint8_t> address;  // as Attempt has it
  Encryption encryption = Encryption::none;
  bool replication = false;  // physical without a database, logical with one
  std::optional<std::string> host_name;
};

/// What the records decide, and in its `why` what else keeps everybody out, whatever they show.
Decision decide(const Cluster& cluster, const WantedConnection& wanted, const std::string& today);

}  // namespace pgleast
