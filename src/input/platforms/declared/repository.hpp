#pragma once
// The documents of a repository, and what they may refer to.

#include <string>
#include <string_view>
#include <vector>

#include "text/files.hpp"
#include "text/yaml_documents.hpp"

namespace pgleast {

/// A file with documents that may stand for servers.
struct Manifest {
  std::string path;
  std::string text;
  std::vector<YamlNode> documents;  // of YAML, JSON and HCL
};

struct Repository {
  std::vector<Manifest> manifests;  // by path
  FileReader files;
};

/// A name of the repository as a document in `path` says it: `./init` beside it.
std::string repository_path(const std::string& path, std::string_view said);

/// `db` of `db/roles.sql`; empty: it lies where pgleast was started.
std::string folder_of_path(const std::string& path);

}  // namespace pgleast
