#pragma once
// What resources of Terraform make of a server.

#include <string>
#include <vector>

#include "input/platforms/terraform/module.hpp"

namespace pgleast {

/// The resources of the provider cyrilgdn/postgresql, as the statements that it sends.
void add_provider_statements(const TerraformModule& module, DeclaredServer& server);
bool has_provider_resources(const TerraformModule& module);

/// Servers of Amazon RDS and Aurora, Cloud SQL and Azure. They have no pg_hba.conf: networks that
/// may connect are its records, at the places of the networks.
std::vector<DeclaredServer> managed_servers(const TerraformModule& module);

}  // namespace pgleast
