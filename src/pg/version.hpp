#pragma once
// The versions of PostgreSQL whose rules are known.

namespace pgleast {

inline constexpr int oldest_major = 12;
inline constexpr int newest_major = 18;

/// 150018 -> 15; the form of server_version_num since version 10.
constexpr int major_of(int version_num) { return version_num / 10000; }

}  // namespace pgleast
