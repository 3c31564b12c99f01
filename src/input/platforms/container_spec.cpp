#include "input/platforms/container_spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "input/platforms/kubernetes.hpp"
#include "text/path_name.hpp"

namespace pgleast {
namespace {

// Those of one namespace; one that is not named may be any.
bool are_together(const YamlNode& a, const YamlNode& b) {
  const auto one = find_text(a, {"metadata", "namespace"});
  const auto other = find_text(b, {"metadata", "namespace"});
  return !one || !other || *one == *other;
}

std::vector<const YamlNode*> named(const std::string& kind, const std::string& name,
                                   const YamlNode& near, const Repository& repository) {
  std::vector<const YamlNode*> result;
  for (const auto* const object : objects_of_kind(repository, "", kind)) {
    if (object_name(*object) == name && are_together(*object, near)) result.push_back(object);
  }
  return result;
}

// kustomize: `files: [pg_hba.conf, init.sql=sql/roles.sql]`.
std::optional<std::vector<ConfigEntry>> generated(const std::string& name, const YamlNode& near,
                                                  const Repository& repository) {
  const auto& path = near.source->name();
  const auto text = repository.files.read(repository_path(path, "./kustomization.yaml")).text;
  if (!text) return std::nullopt;
  const auto read = read_yaml_documents(Source("kustomization.yaml", *text));
  if (read.documents.empty()) return std::nullopt;
  const auto* const generators = find_node(read.documents.front(), {"configMapGenerator"});
  if (generators == nullptr) return std::nullopt;
  for (const auto& generator : generators->items) {
    const auto* const files = find_node(generator, {"files"});
    if (find_text(generator, {"name"}) != name) continue;
    const bool has_more =
        find_node(generator, {"literals"}) != nullptr || find_node(generator, {"envs"}) != nullptr;
    if (files == nullptr || has_more) return std::nullopt;
    std::vector<ConfigEntry> entries;
    for (const auto& file : files->items) {
      const auto equals = file.text.find('=');
      const auto said = equals == std::string::npos ? file.text : file.text.substr(equals + 1);
      const auto key = equals == std::string::npos ? std::string(name_of_path(said))
                                                   : file.text.substr(0, equals);
      entries.push_back({key, {}, repository_path(path, said)});
    }
    return entries;
  }
  return std::nullopt;
}

std::optional<std::string> known_text(const YamlNode& value) {
  if (value.is(YamlNode::Kind::null)) return "";
  if (!value.is(YamlNode::Kind::scalar) || is_template(value.text)) return std::nullopt;
  return value.text;
}

// The value of a key of a ConfigMap.
SaidWord word_of_map(const YamlNode& reference, const YamlNode& at, const Repository& repository) {
  const auto key = find_text(reference, {"key"});
  const auto entries = config_map(find_text(reference, {"name"}).value_or(""), at, repository);
  if (!entries) return {std::nullopt, at};
  for (const auto& entry : *entries) {
    if (entry.key == key && entry.file.empty()) return {known_text(entry.text), entry.text};
  }
  return {std::nullopt, at};
}

// The keys of a Secret; what they hold is not looked at.
std::optional<std::vector<std::string>> secret_keys(const std::string& name, const YamlNode& near,
                                                    const Repository& repository) {
  const auto secrets = named("Secret", name, near, repository);
  if (secrets.empty()) return std::nullopt;
  std::vector<std::string> keys;
  for (const auto* const part : {"data", "stringData"}) {
    const auto* const held = find_node(*secrets.front(), {part});
    if (held == nullptr) continue;
    for (const auto& [key, value] : held->entries) keys.push_back(key.text);
  }
  return keys;
}

struct Volume {
  std::string config_map;
  const YamlNode* items = nullptr;  // keys and the names of their files; none: all
  std::string unseen;               // "Secret certs"
};

std::vector<Volume> volumes_of(const YamlNode& volume) {
  std::vector<Volume> result;
  const auto take = [&](const YamlNode& source, std::string_view name_of_secret) {
    const auto secret = find_text(source, {"secret", name_of_secret});
    if (secret) result.push_back({"", nullptr, "Secret " + *secret});
    const auto* const map = find_node(source, {"configMap"});
    if (map == nullptr) return;
    result.push_back({find_text(*map, {"name"}).value_or(""), find_node(*map, {"items"}), ""});
  };
  take(volume, "secretName");
  if (const auto* const sources = find_node(volume, {"projected", "sources"})) {
    for (const auto& source : sources->items) take(source, "name");
  }
  if (const auto host = find_text(volume, {"hostPath", "path"})) {
    result.push_back({"", nullptr, "the host's " + *host});
  }
  return result;
}

// The name of the file that a key becomes; empty: it becomes none.
std::string file_of_key(const std::string& key, const YamlNode* items) {
  if (items == nullptr) return key;
  for (const auto& item : items->items) {
    if (find_text(item, {"key"}) == key) return find_text(item, {"path"}).value_or("");
  }
  return "";
}

void mount(const Volume& volume, const std::string& path, const std::string& sub_path,
           const YamlNode& near, const Repository& repository, ContainerRun& run) {
  const auto entries =
      volume.unseen.empty() ? config_map(volume.config_map, near, repository) : std::nullopt;
  if (!entries) {
    run.unseen_mounts[path] =
        volume.unseen.empty() ? "ConfigMap " + volume.config_map : volume.unseen;
    return;
  }
  for (const auto& entry : *entries) {
    const auto file = file_of_key(entry.key, volume.items);
    if (file.empty() || (!sub_path.empty() && file != sub_path)) continue;
    const auto inside = sub_path.empty() ? fmt::format("{}/{}", path, file) : path;
    if (entry.file.empty()) {
      run.texts[inside] = entry.text;
    } else {
      run.mounts.emplace_back(inside, entry.file);
    }
  }
}

bool declares_server(const Manifest& manifest) {
  return std::any_of(
      manifest.documents.begin(), manifest.documents.end(), [&](const YamlNode& document) {
        return std::any_of(platforms().begin(), platforms().end(), [&](const PlatformRow& row) {
          return row.is(document, name_of_path(manifest.path));
        });
      });
}

}  // namespace

std::optional<std::vector<ConfigEntry>> config_map(const std::string& name, const YamlNode& near,
                                                   const Repository& repository) {
  const auto maps = named("ConfigMap", name, near, repository);
  if (maps.empty()) return generated(name, near, repository);
  std::vector<ConfigEntry> entries;
  if (const auto* const data = find_node(*maps.front(), {"data"})) {
    for (const auto& [key, value] : data->entries) entries.push_back({key.text, value, ""});
  }
  return entries;
}

void take_variables(const YamlNode& env, const Repository& repository, ContainerRun& run) {
  for (const auto& item : env.items) {
    const auto name = find_text(item, {"name"}).value_or("");
    auto& word = run.environment[name];
    const auto* const value = find_node(item, {"value"});
    const auto* const reference = find_node(item, {"valueFrom", "configMapKeyRef"});
    if (value != nullptr) {
      word = {known_text(*value), *value};
    } else if (reference != nullptr) {
      word = word_of_map(*reference, item, repository);
    } else {
      const bool is_empty = find_node(item, {"valueFrom"}) == nullptr;
      word = {is_empty ? std::optional<std::string>("") : std::nullopt, item};
    }
  }
}

void take_variables_from(const YamlNode& env_from, const Repository& repository,
                         ContainerRun& run) {
  for (const auto& item : env_from.items) {
    const auto prefix = find_text(item, {"prefix"}).value_or("");
    if (const auto name = find_text(item, {"configMapRef", "name"})) {
      const auto entries = config_map(*name, item, repository);
      if (!entries) run.more_environment = item;
      for (const auto& entry : entries.value_or(std::vector<ConfigEntry>())) {
        if (!entry.file.empty()) continue;
        run.environment[prefix + entry.key] = {known_text(entry.text), entry.text};
      }
    }
    if (const auto name = find_text(item, {"secretRef", "name"})) {
      const auto keys = secret_keys(*name, item, repository);
      if (!keys) run.more_environment = item;
      for (const auto& key : keys.value_or(std::vector<std::string>())) {
        run.environment[prefix + key] = {std::nullopt, item};
      }
    }
  }
}

void mount_config_map(const std::string& name, const std::string& path, const YamlNode& near,
                      const Repository& repository, ContainerRun& run) {
  mount({name, nullptr, ""}, path, "", near, repository, run);
}

void take_mounts(const YamlNode& container, const YamlNode& pod, const Repository& repository,
                 ContainerRun& run) {
  const auto* const mounts = find_node(container, {"volumeMounts"});
  const auto* const volumes = find_node(pod, {"volumes"});
  if (mounts == nullptr || volumes == nullptr) return;
  for (const auto& item : mounts->items) {
    auto path = find_text(item, {"mountPath"}).value_or("");
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    for (const auto& volume : volumes->items) {
      if (find_text(volume, {"name"}) != find_text(item, {"name"})) continue;
      for (const auto& source : volumes_of(volume)) {
        mount(source, path, find_text(item, {"subPath"}).value_or(""), pod, repository, run);
      }
    }
  }
}

std::vector<std::string> files_of(const ContainerRun& run, const Repository& repository) {
  std::set<std::string> paths;
  for (const auto& [name, word] : run.environment) {
    if (word.node.source) paths.insert(word.node.source->name());
  }
  for (const auto& [path, text] : run.texts) paths.insert(text.source->name());
  std::vector<std::string> result;
  for (const auto& manifest : repository.manifests) {
    if (paths.contains(manifest.path) && !declares_server(manifest)) {
      result.push_back(manifest.path);
    }
  }
  return result;
}

}  // namespace pgleast
