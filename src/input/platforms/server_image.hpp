#pragma once
// The images of a container that is a server of PostgreSQL.

#include <string>
#include <string_view>

#include "input/platforms/postgres_image.hpp"

namespace pgleast {

bool is_server_image(std::string_view image);
DeclaredServer server_of(const ContainerRun& run, std::string name, const Repository& repository);

}  // namespace pgleast
