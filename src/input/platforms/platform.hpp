#pragma once
// The platforms whose documents stand for servers. One table; each has one file that turns its
// documents into what the server would read.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "input/platforms/declared/declared_server.hpp"
#include "input/platforms/declared/repository.hpp"

namespace pgleast {

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

}  // namespace pgleast
