#pragma once
// Documents of Ansible that stand for servers, and templates of the server's files.

#include <string_view>
#include <vector>

#include "input/platforms/declared/declared_server.hpp"
#include "input/platforms/declared/repository.hpp"

namespace pgleast {

/// Plays, lists of tasks and variables of roles.
bool is_ansible(const YamlNode& document, std::string_view file_name);
std::vector<DeclaredServer> ansible_servers(const YamlNode& document, const Manifest& manifest,
                                            const Repository& repository);

/// By its name: pg_hba.conf.j2, postgresql.conf.j2.
bool is_jinja_template(std::string_view file_name);
bool is_template_of_server(const YamlNode& document, std::string_view file_name);
std::vector<DeclaredServer> template_servers(const YamlNode& document, const Manifest& manifest,
                                             const Repository& repository);

}  // namespace pgleast
