#pragma once
// Reads pg_hba.conf and what it includes, as PostgreSQL 12 to 19 do: every record that the
// server takes, and every line that it refuses, with the place of the offending word.
//
//   pg_hba.conf:3:24: error: unknown authentication method `md6`
//
// What is legal is what a server built with everything that runs on Linux takes: LDAP,
// GSSAPI, PAM and TLS, not SSPI (Windows) and not bsd (OpenBSD).

#include <optional>
#include <string>
#include <vector>

#include "model/config_file.hpp"
#include "model/hba.hpp"
#include "model/setting.hpp"
#include "text/files.hpp"

namespace pgleast {

/// The settings that decide what the server makes of a record. What is not known does not
/// lead to a refusal or a warning.
struct HbaSettings {
  std::optional<bool> ssl;
  std::optional<std::string> oauth_validator_libraries;  // 18 and newer
  std::optional<bool> db_user_namespace;                 // 16 and older
};

HbaSettings hba_settings(const std::vector<Setting>& settings);

/// `read` receives the text of every file, in the order of reading. Throws Error when the
/// file at `path` itself cannot be read.
HbaFile read_hba(const std::string& path, const FileReader& files, int version_num,
                 std::vector<ConfigFile>& read, const HbaSettings& settings = {});

}  // namespace pgleast
