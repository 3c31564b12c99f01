#pragma once
// Settings in force, and the ones kept for roles and databases.

#include <cstdint>
#include <string>

#include "model/ids.hpp"

namespace pgleast {

/// A row of pg_settings, or what a postgresql.conf and its includes make of it.
struct Setting {
  std::string name;
  std::string value;   // with its unit where the server's own number has none: `4MB`, `off`
  std::string source;  // as pg_settings.source: `default`, `configuration file`, `command line`;
                       // `session`: pgleast's own, because the server's is not known
  std::string file;    // empty: not from a file, or not shown
  std::uint32_t line = 0;
  bool operator==(const Setting&) const = default;
};

/// An entry of postgresql.conf or its includes that the server does not take, or a line that
/// it cannot read.
struct SettingProblem {
  std::string name;   // as written; empty for a line that is no entry
  std::string value;  // as written
  std::string file;
  std::uint32_t line = 0;
  std::string message;  // in our words: "unknown setting `ports`; did you mean `port`?"
  bool operator==(const SettingProblem&) const = default;
};

/// A setting that takes effect at login (pg_db_role_setting).
struct RoleSetting {
  ObjectId database = no_object;  // none: in every database
  RoleId role = no_role;          // none: for every role
  std::string name;
  std::string value;
  bool operator==(const RoleSetting&) const = default;
};

}  // namespace pgleast
