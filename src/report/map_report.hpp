#pragma once
// What `pgleast ident decide --map corp --system-user anna@example.org` prints: whether that name
// may log in as one role, or as which roles.

#include <string>

#include "model/cluster.hpp"

namespace pgleast {

/// A name from outside, and the map that it comes over; an empty one: without a map.
struct OutsideName {
  std::string map, system_user;
};

struct MapReport {
  std::string text;
  bool admitted = false;  // of one role: it may
  bool unknown = false;   // or of some of all roles
};

/// `format` is `text` or `json`.
MapReport map_report(const Cluster& cluster, const OutsideName& name, const std::string& role,
                     const std::string& format);
/// Of all roles.
MapReport map_report(const Cluster& cluster, const OutsideName& name, const std::string& format);

}  // namespace pgleast
