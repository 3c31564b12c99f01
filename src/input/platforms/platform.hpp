#pragma once
// The platforms whose documents stand for servers. One table; each has one file that turns its
// documents into what the server would read.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "input/platforms/declared_server.hpp"
#include "text/files.hpp"

namespace pgleast {

/// A file with documents that may stand for servers.
struct Manifest {
  std::string path;
  std::string text;
  std::vector<YamlNode> documents;  // of YAML and JSON
};

/// What documents may refer to.
struct Repository {
  std::vector<Manifest> manifests;  // by path
  FileReader files;
};

struct PlatformRow {
  std::string_view called;  // `docker compose`
  /// Whether a document of a file is one of its.
  bool (*is)(const YamlNode& document, std::string_view file_name);
  /// The servers that a document declares; none: it belongs to another one.
  std::vector<DeclaredServer> (*servers)(const YamlNode& document, const Manifest& manifest,
                                         const Repository& repository);
};
std::span<const PlatformRow> platforms();

struct FoundServers {
  std::vector<DeclaredServer> servers;           // by path, then as they stand
  std::map<std::string, std::size_t> documents;  // of each platform
};
FoundServers declared_servers(const Repository& repository);

/// Reads the documents of a text; an error leaves those before it.
Manifest read_manifest(const std::string& path, std::string text,
                       std::vector<Diagnostic>& problems);
/// A name of the repository as a document in `path` says it: `./init` beside it.
std::string repository_path(const std::string& path, std::string_view said);

}  // namespace pgleast
