#pragma once
// The objects and columns of a cluster that `public.orders`, `table:public.orders` or
// `public.orders.id` names: several where kinds or databases share a name.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/cluster.hpp"

namespace pgleast {

struct NamedObject {
  ObjectId object{};
  std::optional<std::uint32_t> column;  // its place in the table
  bool operator==(const NamedObject&) const = default;
};

struct NamingRange {
  bool system = true;              // those of system schemas, too
  std::vector<std::string> words;  // what may be said besides, for `did you mean`
};

/// In the order of the cluster; empty where there is none of that name.
std::vector<NamedObject> find_objects(const Cluster& cluster, std::string_view text, bool system);

/// The same. Throws Error (usage) where there is none of that name.
std::vector<NamedObject> objects_named(const Cluster& cluster, std::string_view text,
                                       const NamingRange& range);

/// `public.orders.id` of a column.
std::string identity_of(const Cluster& cluster, const NamedObject& named);

}  // namespace pgleast
