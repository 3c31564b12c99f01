#pragma once
// What must not be possible, by any path:
//
//   networks:
//     office: [10.20.0.0/16]
//   access:
//     - {id: no-writes, who: class:people, cannot: [INSERT, UPDATE], tables: ["public.*"]}
//     - {id: outside, who: "*", cannot: [CONNECT], on: "database:shop", from: {not: [office,
//     local]}}
//     - {id: stays, who: class:applications, cannot_become: class:administrators}

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pg/object_kind.hpp"
#include "policy/pattern.hpp"

namespace pgleast {

/// Where from, as path/origin.hpp reads it: "10.0.0.0/8,local"; with `but` everywhere else.
struct AccessOrigin {
  std::string words;
  bool but = false;
};

struct AccessEntry {
  std::string id;
  Patterns who;
  PrivilegeSet cannot;
  ObjectKind kind = ObjectKind::table;
  Patterns objects;  // of their identities; empty with cannot_become
  std::optional<Patterns> cannot_become;
  std::optional<AccessOrigin> from;  // none: wherever they are
  YamlNode at;
};

/// Names for address sets, each as the words of an origin.
using Networks = std::map<std::string, std::string>;

/// Networks as pg_hba.conf takes them: `samenet`, 10.0.0.0/8, a host name with a dot; and the names
/// of such. Throws Error (usage) at the place of what is wrong, as the next do.
Patterns read_client_networks(const YamlNode& node, const Networks& networks);
/// Adds to `networks`.
void read_networks(const YamlNode& node, Networks& networks);
std::vector<AccessEntry> read_access(const YamlNode& node, const Networks& networks);

}  // namespace pgleast
