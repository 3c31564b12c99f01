#pragma once
// The records that initdb writes, by what it is told of authentication. initdb.c, setup_config;
// pg_hba.conf.sample.

#include <string>
#include <vector>

#include "input/platforms/declared/declared_server.hpp"

namespace pgleast {

struct InitdbArguments {
  std::string host = "trust", local = "trust";
  bool host_said = false, local_said = false;

  /// `auth`, `auth-host`, `auth-local`; another option: nothing.
  void take(const std::string& option, const std::string& value);
};

/// Of `--auth-host=md5 -A scram-sha-256`.
InitdbArguments initdb_arguments(const std::string& words);
/// Of Patroni's list or mapping.
InitdbArguments initdb_arguments(const YamlNode& options);

/// `at`: where the document would say it.
void add_initdb_records(const InitdbArguments& arguments, const YamlNode& at,
                        std::vector<DeclaredLine>& records);

}  // namespace pgleast
