#pragma once
// Folders and plans of Terraform that stand for servers.

#include <string_view>
#include <vector>

#include "input/platforms/declared/declared_server.hpp"
#include "input/platforms/declared/repository.hpp"

namespace pgleast {

bool is_terraform(const YamlNode& document, std::string_view file_name);
std::vector<DeclaredServer> terraform_servers(const YamlNode& document, const Manifest& manifest,
                                              const Repository& repository);

}  // namespace pgleast
