// Kubernetes: a StatefulSet, Deployment, Pod and the like with a container of PostgreSQL.
//
//   env: [{name: POSTGRES_HOST_AUTH_METHOD, value: trust}]    host all all all trust
//   volumes: [{configMap: {name: hba}}]                       the ConfigMap of that name
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "input/platforms/container_spec.hpp"
#include "input/platforms/kubernetes.hpp"
#include "input/platforms/platform_files.hpp"
#include "input/platforms/server_image.hpp"
#include "text/display.hpp"
#include "text/path_name.hpp"

namespace pgleast {
namespace {

// None: it is none of the kinds that have pods.
const YamlNode* pod_of(const YamlNode& document) {
  const auto kind = find_text(document, {"kind"}).value_or("");
  if (kind == "Pod") return find_node(document, {"spec"});
  const bool has_pods = kind == "StatefulSet" || kind == "Deployment" || kind == "DaemonSet" ||
                        kind == "ReplicaSet" || kind == "ReplicationController";
  return has_pods ? find_node(document, {"spec", "template", "spec"}) : nullptr;
}

std::vector<const YamlNode*> containers_of(const YamlNode& document) {
  std::vector<const YamlNode*> result;
  const auto* const pod = pod_of(document);
  const auto* const containers = pod == nullptr ? nullptr : find_node(*pod, {"containers"});
  if (containers == nullptr) return result;
  for (const auto& container : containers->items) {
    if (is_server_image(find_text(container, {"image"}).value_or(""))) result.push_back(&container);
  }
  return result;
}

void take_words(const YamlNode* list, ContainerRun& run) {
  if (list == nullptr) return;
  for (const auto& item : list->items) {
    const auto text = is_template(item.text) ? std::nullopt : std::optional(item.text);
    run.command.push_back({text, item});
  }
}

bool is_entry_point(const SaidWord& word) {
  const auto text = word.text.value_or("");
  const auto name = name_of_path(text);
  return name == "docker-entrypoint.sh" || name == "entrypoint.sh";
}

// `command` stands in place of the image's entry point.
void take_command(const YamlNode& container, ContainerRun& run) {
  take_words(find_node(container, {"command"}), run);
  if (!run.command.empty() && is_entry_point(run.command.front())) {
    run.command.erase(run.command.begin());
  }
  take_words(find_node(container, {"args"}), run);
}

bool replaces_entry_point(const YamlNode& container) {
  const auto* const command = find_node(container, {"command"});
  if (command == nullptr || command->items.empty()) return false;
  return !is_entry_point({command->items.front().text, {}});
}

void admit_no_entry_point(const YamlNode& container, DeclaredServer& server) {
  const auto* const command = find_node(container, {"command"});
  const auto why = fmt::format("{}: a command stands in place of the image's entry point",
                               shown_place(*command));
  server.unknown_roles.push_back(why);
  const bool has_records = !server.hba_file.empty();
  if (!has_records) server.unknown_hba.push_back(why);
}

DeclaredServer server_in(const YamlNode& container, const YamlNode& document, std::string name,
                         const Repository& repository) {
  ContainerRun run;
  const auto* const image = find_node(container, {"image"});
  run.at = *image;
  run.image = image->text;
  if (const auto* const from = find_node(container, {"envFrom"})) {
    take_variables_from(*from, repository, run);
  }
  if (const auto* const env = find_node(container, {"env"})) take_variables(*env, repository, run);
  take_command(container, run);
  take_mounts(container, *pod_of(document), repository, run);
  auto server = server_of(run, std::move(name), repository);
  if (replaces_entry_point(container)) admit_no_entry_point(container, server);
  for (auto& file : files_of(run, repository)) server.mentioned.push_back(std::move(file));
  return server;
}

}  // namespace

bool is_workload(const YamlNode& document, std::string_view) {
  return !containers_of(document).empty();
}

std::vector<DeclaredServer> workload_servers(const YamlNode& document, const Manifest&,
                                             const Repository& repository) {
  std::vector<DeclaredServer> result;
  const auto containers = containers_of(document);
  for (const auto* const container : containers) {
    auto name =
        lower_case(find_text(document, {"kind"}).value_or("")) + '/' + object_name(document);
    if (containers.size() > 1) name += '/' + find_text(*container, {"name"}).value_or("");
    result.push_back(server_in(*container, document, std::move(name), repository));
  }
  return result;
}

}  // namespace pgleast
