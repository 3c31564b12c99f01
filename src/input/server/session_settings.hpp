#pragma once
// What a session sets before it asks anything, so that nothing that the server's files, a
// database's owner or a role says changes how questions are read and answered:
//
//   ALTER DATABASE shop SET standard_conforming_strings = off;
//   ALTER ROLE auditor SET enable_seqscan = off;

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

/// A setting as the session began with it.
struct SettingAtStart {
  std::string source;  // as pg_settings.source
  std::string context;
  std::string boot_value;
};
using SettingsAtStart = std::map<std::string, SettingAtStart>;  // by name

/// Whether that session has it from its client, its role or its database: what the server itself
/// has is hidden behind it.
bool hides_the_servers(const SettingAtStart& setting);

/// One query that sets, for the transaction, those that change how we ask and what is answered.
std::string fixed_settings_sql(const SettingsAtStart& at_start);
/// Each a query that takes back one that is stored for the role or the database; the server may
/// refuse it where only the start of a session can change it.
std::vector<std::string> stored_settings_sql(const SettingsAtStart& at_start);

/// What a client says at the start of a session wins over what is stored, such as a time limit
/// that ends the session before it can set another.
std::string options_against_stored(int major);

}  // namespace pgleast
