#pragma once
// Reads postgresql.conf, what it includes, and the postgresql.auto.conf beside it, as
// PostgreSQL 12 to 19 do.
//
//   include_dir 'conf.d'          in place, in byte order of the names
//   shared_buffers = 128MB        # the last entry of a name wins

#include <string>
#include <vector>

#include "model/conf.hpp"
#include "model/config_file.hpp"
#include "model/setting.hpp"
#include "text/files.hpp"

namespace pgleast {

/// `read` receives the text of every file, in the order of reading. Throws Error when the
/// file at `path` itself cannot be read.
ConfFile read_conf(const std::string& path, const FileReader& files, int version_num,
                   std::vector<ConfigFile>& read);

/// What the server does not take of the files, secrets as ********.
std::vector<SettingProblem> setting_problems(const ConfFile& file);

/// Every setting of that version, sorted by name without regard to case: what the files say,
/// else the built-in default (of a server built from source; packagers change paths). Values
/// as SHOW prints them. Of a file that does not load nothing is in force: ask loads() first.
std::vector<Setting> settings_of(const ConfFile& file, int version_num);

}  // namespace pgleast
