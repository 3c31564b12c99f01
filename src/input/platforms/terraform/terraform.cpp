#include "input/platforms/terraform/terraform.hpp"

#include <algorithm>

#include "input/platforms/terraform/servers.hpp"
#include "text/path_name.hpp"

namespace pgleast {
namespace {

// The other files are parts, but for those where a server stands.
void mention_files(std::vector<DeclaredServer>& servers, const TerraformModule& module) {
  if (servers.empty()) return;
  for (const auto& file : module.files()) {
    const bool is_servers = std::any_of(servers.begin(), servers.end(),
                                        [&](const DeclaredServer& s) { return s.path == file; });
    if (!is_servers) servers.front().mentioned.push_back(file);
  }
}

// Roles and grants are those of the one server that is declared beside them.
std::vector<DeclaredServer> servers_of(const TerraformModule& module, const std::string& path,
                                       const std::string& name) {
  auto servers = managed_servers(module);
  if (!has_provider_resources(module)) return servers;
  if (servers.size() == 1) {
    add_provider_statements(module, servers.front());
    return servers;
  }
  DeclaredServer own;
  own.name = "terraform/" + name;
  own.path = path;
  own.may_hold_more = true;
  own.unknown_hba.push_back(path + ": the server that the roles are of");
  own.unknown_conf = own.unknown_hba;
  add_provider_statements(module, own);
  servers.push_back(std::move(own));
  return servers;
}

// The first file of a folder that may stand for a server; it speaks for all of them.
bool is_first_of_folder(const Manifest& manifest, const Repository& repository) {
  return std::none_of(repository.manifests.begin(), repository.manifests.end(),
                      [&](const Manifest& other) {
                        return other.path.ends_with(".tf") && other.path < manifest.path &&
                               folder_of_path(other.path) == folder_of_path(manifest.path);
                      });
}

}  // namespace

bool is_terraform(const YamlNode& document, std::string_view name) {
  if (name.ends_with(".tf")) return true;
  return find_node(document, {"terraform_version"}) != nullptr;
}

std::vector<DeclaredServer> terraform_servers(const YamlNode& document, const Manifest& manifest,
                                              const Repository& repository) {
  if (!manifest.path.ends_with(".tf")) {
    return servers_of(TerraformModule(document), manifest.path, manifest.path);
  }
  if (!is_first_of_folder(manifest, repository)) return {};
  const auto folder = folder_of_path(manifest.path);
  const TerraformModule module(folder, repository.files);
  auto servers = servers_of(module, manifest.path, folder.empty() ? manifest.path : folder);
  mention_files(servers, module);
  return servers;
}

}  // namespace pgleast
