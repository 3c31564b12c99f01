#include "input/platforms/platform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "input/platforms/ansible/ansible.hpp"
#include "input/platforms/dockerfile.hpp"
#include "input/platforms/platform_files.hpp"
#include "input/platforms/terraform/hcl.hpp"
#include "input/platforms/terraform/terraform.hpp"
#include "text/path_name.hpp"

namespace pgleast {
namespace {

constexpr std::array table{
    PlatformRow{"docker compose", is_compose, compose_servers},
    PlatformRow{"Dockerfile", is_built_from_dockerfile, dockerfile_servers},
    PlatformRow{"CloudNativePG", is_cloudnative_pg, cloudnative_pg_servers},
    PlatformRow{"CloudNativePG's chart", is_cloudnative_pg_chart, cloudnative_pg_chart_servers},
    PlatformRow{"Patroni", is_patroni, patroni_servers},
    PlatformRow{"Zalando's operator", is_zalando, zalando_servers},
    PlatformRow{"Kubernetes", is_workload, workload_servers},
    PlatformRow{"bitnami's chart", is_bitnami_chart, bitnami_chart_servers},
    PlatformRow{"groundhog2k's chart", is_groundhog_chart, groundhog_chart_servers},
    PlatformRow{"sergelogvinov's chart", is_sergelogvinov_chart, sergelogvinov_chart_servers},
    PlatformRow{"Crunchy's operator", is_crunchy, crunchy_servers},
    PlatformRow{"Percona's operator", is_percona, crunchy_servers},
    PlatformRow{"StackGres", is_stackgres, stackgres_servers},
    PlatformRow{"templates", is_template_of_server, template_servers},
    PlatformRow{"Terraform", is_terraform, terraform_servers},
    PlatformRow{"Ansible", is_ansible, ansible_servers},
};

// One that another document refers to is a part of it.
void leave_out_parts(std::vector<DeclaredServer>& servers) {
  std::set<std::string> mentioned;
  for (const auto& server : servers) {
    mentioned.insert(server.mentioned.begin(), server.mentioned.end());
  }
  std::erase_if(servers, [&](const DeclaredServer& s) { return mentioned.contains(s.path); });
}

// The same name in two documents: the document says which, its number in a file where that does
// not suffice.
void tell_apart(std::vector<DeclaredServer>& servers) {
  std::map<std::string, std::size_t> counts, seen;
  for (const auto& server : servers) ++counts[server.name];
  for (auto& server : servers) {
    if (counts[server.name] > 1 && !server.name.ends_with(server.path)) {
      server.name += " (" + server.path + ")";
    }
    const auto number = ++seen[server.name];
    if (number > 1) server.name += fmt::format(" #{}", number);
  }
}

}  // namespace

std::span<const PlatformRow> platforms() { return table; }

Manifest read_manifest(const std::string& path, std::string text,
                       std::vector<Diagnostic>& problems) {
  Manifest manifest{path, std::move(text), {}};
  if (path.ends_with(".tf")) {
    manifest.documents.push_back(read_hcl(Source(path, manifest.text)));
    return manifest;
  }
  if (is_dockerfile(name_of_path(path)) || is_jinja_template(name_of_path(path))) {
    YamlNode nothing;
    nothing.source = std::make_shared<const Source>(path, manifest.text);
    manifest.documents.push_back(std::move(nothing));
    return manifest;
  }
  auto read = read_yaml_documents(Source(path, manifest.text));
  manifest.documents = std::move(read.documents);
  if (read.error) problems.push_back(std::move(*read.error));
  return manifest;
}

FoundServers declared_servers(const Repository& repository) {
  FoundServers result;
  for (const auto& manifest : repository.manifests) {
    for (const auto& document : manifest.documents) {
      const auto row = std::find_if(table.begin(), table.end(), [&](const PlatformRow& r) {
        return r.is(document, name_of_path(manifest.path));
      });
      if (row == table.end()) continue;
      auto servers = row->servers(document, manifest, repository);
      if (servers.empty()) continue;
      ++result.documents[std::string(row->called)];
      std::move(servers.begin(), servers.end(), std::back_inserter(result.servers));
    }
  }
  leave_out_parts(result.servers);
  tell_apart(result.servers);
  return result;
}

}  // namespace pgleast
