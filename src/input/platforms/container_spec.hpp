#pragma once
// A container as Kubernetes describes it: variables and ConfigMaps, which other documents hold.

#include <optional>
#include <string>
#include <vector>

#include "input/platforms/postgres_image.hpp"

namespace pgleast {

/// A key of a ConfigMap: a text of a document, or a file that kustomize makes it of.
struct ConfigEntry {
  std::string key;
  YamlNode text;
  std::string file;  // empty: it is the text
};
/// None: the repository does not hold it. `near`: the document that refers to it.
std::optional<std::vector<ConfigEntry>> config_map(const std::string& name, const YamlNode& near,
                                                   const Repository& repository);

/// `env`, a list.
void take_variables(const YamlNode& env, const Repository& repository, ContainerRun& run);
/// `envFrom`, a list.
void take_variables_from(const YamlNode& env_from, const Repository& repository, ContainerRun& run);
/// All of a ConfigMap below a path of the container.
void mount_config_map(const std::string& name, const std::string& path, const YamlNode& near,
                      const Repository& repository, ContainerRun& run);
/// `volumeMounts` of a container and `volumes` of its pod.
void take_mounts(const YamlNode& container, const YamlNode& pod, const Repository& repository,
                 ContainerRun& run);
/// Files that the variables and texts of a container stand in, but its own, and servers' none.
std::vector<std::string> files_of(const ContainerRun& run, const Repository& repository);

}  // namespace pgleast
