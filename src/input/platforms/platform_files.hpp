#pragma once
// What each platform's file has for the table.

#include <string_view>
#include <vector>

#include "input/platforms/platform.hpp"

namespace pgleast {

using ServersOf = std::vector<DeclaredServer>(const YamlNode& document, const Manifest& manifest,
                                              const Repository& repository);
using IsDocument = bool(const YamlNode& document, std::string_view file_name);

IsDocument is_compose, is_built_from_dockerfile, is_cloudnative_pg, is_cloudnative_pg_chart,
    is_patroni, is_zalando, is_workload, is_bitnami_chart, is_crunchy, is_percona, is_stackgres,
    is_groundhog_chart, is_sergelogvinov_chart;
ServersOf compose_servers, dockerfile_servers, cloudnative_pg_servers, cloudnative_pg_chart_servers,
    patroni_servers, zalando_servers, workload_servers, bitnami_chart_servers, crunchy_servers,
    stackgres_servers, groundhog_chart_servers, sergelogvinov_chart_servers;

}  // namespace pgleast
