#pragma once
// The container image `postgres` and those that are built on it: what its entry point makes of
// environment variables, arguments and mounted files. docker-library/postgres,
// docker-entrypoint.sh; initdb.c.
//
//   POSTGRES_USER=app                   a superuser `app` in place of postgres
//   POSTGRES_HOST_AUTH_METHOD=trust     host all all all trust, as the last record
//   -c hba_file=/etc/pg_hba.conf        the records of the file that is mounted there

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "input/platforms/platform.hpp"

namespace pgleast {

/// A word of a document.
struct SaidWord {
  std::optional<std::string> text;  // none: it is not known, a variable has no value
  YamlNode node;                    // where it stands
};

struct ContainerRun {
  YamlNode at;        // the service or container
  std::string image;  // postgres:16-alpine
  std::map<std::string, SaidWord> environment;
  std::optional<YamlNode> more_environment;  // where it gets variables that nobody sees
  std::vector<SaidWord> command;             // words
  /// Path in the container, path in the repository.
  std::vector<std::pair<std::string, std::string>> mounts;
  /// The same of texts that documents hold.
  std::map<std::string, YamlNode> texts;
  /// The same of what is not in the repository: "ConfigMap init".
  std::map<std::string, std::string> unseen_mounts;
};

/// Whether it is that image or one that keeps its entry point.
bool is_postgres_image(std::string_view image);
/// 16 of `postgres:16-alpine`, `pgvector/pgvector:0.7-pg16`; 0: it does not say.
int major_of_image(std::string_view image);

DeclaredServer postgres_server(const ContainerRun& run, std::string name,
                               const Repository& repository);

/// The same without its registry and tag: `postgres`.
std::string_view name_of_image(std::string_view image);
/// `-c name=value` and `--name=value`.
std::vector<std::pair<std::string, SaidWord>> settings_of_command(
    const std::vector<SaidWord>& words);

}  // namespace pgleast
