#pragma once
// The versions of PostgreSQL whose rules are known. A new one is a row here and rows of the other
// tables of this room (CONTRIBUTING.md, "A version").

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace pgleast {

struct KnownVersion {
  int major;
  int newest_minor;  // that is known
};

inline constexpr std::array<KnownVersion, 8> known_versions{
    {{12, 22}, {13, 23}, {14, 23}, {15, 18}, {16, 14}, {17, 10}, {18, 4}, {19, 0}}};

inline constexpr int oldest_major = known_versions.front().major;
inline constexpr int newest_major = known_versions.back().major;

/// 150018; the form of server_version_num since version 10.
constexpr int version_num_of(KnownVersion version) {
  return version.major * 10000 + version.newest_minor;
}
inline constexpr int newest_version_num = version_num_of(known_versions.back());

/// Newer than what is known: its rules are taken to be those of the newest.
constexpr bool is_newer_than_known(int version_num) { return version_num / 10000 > newest_major; }

/// Whose rules apply: 150018 -> 15, and the newest known for all that is newer.
constexpr int major_of(int version_num) { return std::min(version_num / 10000, newest_major); }

/// The major versions of a row of a table.
struct Versions {
  int since = oldest_major;
  std::optional<int> until = std::nullopt;  // the last one, where it ended
  constexpr bool has(int major) const { return since <= major && (!until || major <= *until); }
};

/// "15" is its newest minor release known, "15.4" that one; none for what is no known version.
std::optional<int> version_named(std::string_view text);

}  // namespace pgleast
