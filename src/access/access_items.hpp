#pragma once
// What a question about access is about: objects and the columns of tables.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "privileges/graph.hpp"

namespace pgleast {

/// An object, or one column of a table, and what somebody holds on it.
struct AccessItem {
  ObjectId object{};
  std::optional<std::uint32_t> column;  // its place in the table
  Held held;
};

class AccessItems {
 public:
  /// All, or those that `wanted` names (model/named_object.hpp). Of system schemas only with
  /// `system`. Keeps a reference: the cluster must outlive it. Throws Error where there is none.
  AccessItems(const Cluster& cluster, std::string_view wanted, bool system);

  const std::vector<AccessItem>& all() const { return items_; }
  /// By the names of their kinds, then by identity.
  std::vector<AccessItem> sorted(const std::vector<AccessItem>& items) const;

  /// Null for an object.
  const Column* column_of(const AccessItem& item) const;
  ObjectKind kind_of(const AccessItem& item) const;
  std::string identity_of(const AccessItem& item) const;

 private:
  struct Key;
  Key key_of(const AccessItem& item, std::uint32_t at) const;
  void take(ObjectId id, const Object& object);
  std::string shown(const Column& column) const;
  bool is_before(const AccessItem& a, const AccessItem& b) const;

  const Cluster& cluster_;
  std::vector<AccessItem> items_;
};

}  // namespace pgleast
