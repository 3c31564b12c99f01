#pragma once
// The container images bitnami/postgresql and bitnami/postgresql-repmgr, which have an entry point
// of their own. bitnami/containers: libpostgresql.sh, librepmgr.sh, postgresql-env.sh.
//
//   POSTGRESQL_USERNAME=app       a role `app` with CREATEDB, which owns its database; the
//                                 superuser is postgres
//   POSTGRESQL_PASSWORD=...       host all all 0.0.0.0/0 md5: without it `trust`

#include <string>
#include <string_view>

#include "input/platforms/postgres_image.hpp"

namespace pgleast {

/// Also their copies: bitnamilegacy/postgresql.
bool is_bitnami_image(std::string_view image);
DeclaredServer bitnami_server(const ContainerRun& run, std::string name,
                              const Repository& repository);

}  // namespace pgleast
