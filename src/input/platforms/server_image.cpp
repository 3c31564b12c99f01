#include "input/platforms/server_image.hpp"

#include <utility>

#include "input/platforms/bitnami_image.hpp"

namespace pgleast {

bool is_server_image(std::string_view image) {
  return is_postgres_image(image) || is_bitnami_image(image);
}

DeclaredServer server_of(const ContainerRun& run, std::string name, const Repository& repository) {
  return is_bitnami_image(run.image) ? bitnami_server(run, std::move(name), repository)
                                     : postgres_server(run, std::move(name), repository);
}

}  // namespace pgleast
