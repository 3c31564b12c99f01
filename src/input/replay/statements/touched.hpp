#pragma once
// Which facts a statement may change.

#include "model/cluster.hpp"

namespace pgleast {

/// A set of Fact.
using Touched = unsigned;
constexpr Touched bit(Fact fact) { return 1U << static_cast<unsigned>(fact); }
namespace touches {
constexpr Touched nothing = 0;
constexpr Touched roles = bit(Fact::roles);
constexpr Touched objects = bit(Fact::objects);
constexpr Touched role_settings = bit(Fact::role_settings);
constexpr Touched settings = bit(Fact::settings);
constexpr Touched anything = roles | objects | role_settings | settings;
}  // namespace touches

}  // namespace pgleast
