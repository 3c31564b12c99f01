#pragma once
// What the files of ConnectionClasses share: each set of names once, and which fields of a
// record hang on something that only the server knows.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "connections/connection_classes.hpp"

namespace pgleast {

/// Each set once, by number.
class ConnectionClasses::Sets {
 public:
  std::uint32_t add(NameSet set) {
    const auto [place, added] =
        numbers_.try_emplace(std::move(set), static_cast<std::uint32_t>(numbers_.size()));
    return place->second;
  }
  std::vector<NameSet> all() && {
    std::vector<NameSet> result(numbers_.size());
    while (!numbers_.empty()) {
      auto node = numbers_.extract(numbers_.begin());
      result[node.mapped()] = std::move(node.key());
    }
    return result;
  }

 private:
  std::map<NameSet, std::uint32_t> numbers_;
};

/// sameuser, samerole: the database is tied to the role.
bool ties_names(const HbaName& name);
/// "sameuser" or "samerole", which was samegroup once.
std::string tie_of(const HbaName& name);
/// An address field whose addresses nobody knows here; empty for the others.
std::string named_origin(const HbaAddress& address);

}  // namespace pgleast
