// docker compose: services of the image of PostgreSQL.
#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

#include "input/platforms/dockerfile.hpp"
#include "input/platforms/platform_files.hpp"
#include "input/platforms/server_image.hpp"
#include "input/platforms/shell_words.hpp"
#include "input/platforms/variables.hpp"
#include "text/path_name.hpp"

namespace pgleast {
namespace {

// What only the image of the server looks at: whatever an image is called, it is built on that.
bool is_run_as_server(const YamlNode* service) {
  const auto is_sign = [](std::string_view text) {
    return text.starts_with("POSTGRES_HOST_AUTH_METHOD") ||
           text.starts_with("POSTGRES_INITDB_ARGS") ||
           text.find("/var/lib/postgresql") != std::string_view::npos;
  };
  const auto* const environment = find_node(*service, {"environment"});
  const auto* const volumes = find_node(*service, {"volumes"});
  const auto is_said = [&](const YamlNode* list) {
    if (list == nullptr) return false;
    return std::any_of(list->items.begin(), list->items.end(),
                       [&](const YamlNode& item) {
                         return is_sign(item.text) ||
                                is_sign(find_text(item, {"target"}).value_or(""));
                       }) ||
           std::any_of(list->entries.begin(), list->entries.end(),
                       [&](const YamlEntry& entry) { return is_sign(entry.first.text); });
  };
  return is_said(environment) || is_said(volumes);
}

class ComposeReader {
 public:
  ComposeReader(const YamlNode& document, const Manifest& manifest, const Repository& repository)
      : document_(document), path_(manifest.path), repository_(repository) {
    if (const auto text = read("./.env")) variables_ = read_env_file(*text);
    find_override();
  }

  std::vector<DeclaredServer> servers() {
    std::vector<DeclaredServer> result;
    const auto* const services = find_node(document_, {"services"});
    if (services == nullptr) return result;
    for (const auto& [name, service] : services->entries) {
      auto run = run_of(parts_of(name.text, service));
      if (!run) continue;
      run->at = name;
      auto server = server_of(*run, "compose/" + name.text, repository_);
      if (!dockerfile_.empty()) server.mentioned.push_back(dockerfile_);
      if (override_ != nullptr) server.mentioned.push_back(override_->source->name());
      result.push_back(std::move(server));
    }
    return result;
  }

 private:
  std::optional<std::string> read(const std::string& said) const {
    return repository_.files.read(repository_path(path_, said)).text;
  }
  SaidWord word_of(const YamlNode& node) const { return {filled_in(node.text, variables_), node}; }
  std::string text_of(const YamlNode* node) const {
    if (node == nullptr || !node->is(YamlNode::Kind::scalar)) return "";
    return filled_in(node->text, variables_).value_or("");
  }

  // The first document of another file.
  const YamlNode* document_of(const std::string& path) {
    const auto text = repository_.files.read(path).text;
    if (!text) return nullptr;
    auto read = read_yaml_documents(Source(path, *text));
    if (read.documents.empty()) return nullptr;
    return &others_.emplace_back(std::move(read.documents.front()));
  }

  // What compose reads besides where no file is named.
  void find_override() {
    const auto name = name_of_path(path_);
    const bool usual = name == "docker-compose.yml" || name == "docker-compose.yaml" ||
                       name == "compose.yml" || name == "compose.yaml";
    if (!usual) return;
    for (const auto* const other : {"docker-compose.override.yml", "docker-compose.override.yaml",
                                    "compose.override.yml", "compose.override.yaml"}) {
      if (override_ == nullptr) override_ = document_of(repository_path(path_, other));
    }
  }

  // What a service says, the last word last: what it extends, itself, what overrides it.
  std::vector<const YamlNode*> parts_of(const std::string& name, const YamlNode& service) {
    std::vector<const YamlNode*> parts;
    add_extended(service, parts);
    parts.push_back(&service);
    const auto* const over =
        override_ == nullptr ? nullptr : find_node(*override_, {"services", name});
    if (over != nullptr) parts.push_back(over);
    return parts;
  }

  void add_extended(const YamlNode& service, std::vector<const YamlNode*>& parts) {
    constexpr std::size_t deepest = 16;
    const auto* const extends = find_node(service, {"extends"});
    if (extends == nullptr || parts.size() >= deepest) return;
    const auto name =
        text_of(extends->entries.empty() ? extends : find_node(*extends, {"service"}));
    const auto file = text_of(find_node(*extends, {"file"}));
    const auto* const document =
        file.empty() ? &document_ : document_of(repository_path(path_, file));
    const auto* const base =
        document == nullptr ? nullptr : find_node(*document, {"services", name});
    if (base == nullptr || base == &service) return;
    parts.insert(parts.begin(), base);
    add_extended(*base, parts);
  }

  std::optional<ContainerRun> run_of(const std::vector<const YamlNode*>& parts) {
    dockerfile_.clear();
    std::string image;
    std::optional<ContainerRun> run;
    for (const auto* const part : parts) {
      const auto said = text_of(find_node(*part, {"image"}));
      if (!said.empty()) image = said;
      if (const auto* const build = find_node(*part, {"build"})) run = built(*build);
    }
    if (!run) {
      const bool by_signs = std::any_of(parts.begin(), parts.end(), is_run_as_server);
      if (!is_server_image(image) && !by_signs) return std::nullopt;
      run.emplace();
      run->image = image;
    }
    for (const auto* const part : parts) {
      take_environment(*part, *run);
      take_command(*part, *run);
      take_mounts(*part, *run);
    }
    return run;
  }

  std::optional<ContainerRun> built(const YamlNode& build) {
    const bool is_short = build.is(YamlNode::Kind::scalar);
    auto context = text_of(is_short ? &build : find_node(build, {"context"}));
    if (context.empty()) context = ".";
    auto file = is_short ? "" : text_of(find_node(build, {"dockerfile"}));
    if (file.empty()) file = "Dockerfile";
    const auto folder = repository_path(path_, context);
    const auto inside = repository_path(folder + "/.", file);
    const auto* const inlined = find_node(build, {"dockerfile_inline"});
    const auto text =
        inlined != nullptr ? std::optional(inlined->text) : repository_.files.read(inside).text;
    if (!text) return std::nullopt;
    auto run = read_dockerfile(inside, *text, folder, text_of(find_node(build, {"target"})));
    if (run) dockerfile_ = inside;
    return run;
  }

  void take_environment(const YamlNode& service, ContainerRun& run) const {
    if (const auto* const files = find_node(service, {"env_file"})) take_env_files(*files, run);
    const auto* const environment = find_node(service, {"environment"});
    if (environment == nullptr) return;
    for (const auto& [name, value] : environment->entries) {
      // Without a value it is that of who calls compose.
      if (value.is(YamlNode::Kind::null)) {
        run.environment[name.text] = word_without_value(name.text, name);
      } else {
        auto node = value;
        node.span = name.span;
        run.environment[name.text] = {filled_in(value.text, variables_), node};
      }
    }
    for (const auto& item : environment->items) {
      const auto equals = item.text.find('=');
      const auto name = item.text.substr(0, equals);
      if (equals == std::string::npos) {
        run.environment[name] = word_without_value(name, item);
      } else {
        run.environment[name] = {filled_in(item.text.substr(equals + 1), variables_), item};
      }
    }
  }

  SaidWord word_without_value(const std::string& name, const YamlNode& at) const {
    const auto found = variables_.find(name);
    return {found == variables_.end() ? std::nullopt : std::optional(found->second), at};
  }

  void take_env_files(const YamlNode& files, ContainerRun& run) const {
    const auto take = [&](const YamlNode& said) {
      const auto* const node = said.entries.empty() ? &said : find_node(said, {"path"});
      if (node == nullptr) return;
      const auto path = repository_path(path_, "./" + text_of(node));
      const auto text = repository_.files.read(path).text;
      // It is on the machine where this runs, and may say anything.
      if (!text) run.more_environment = *node;
      if (!text) return;
      YamlNode line = *node;
      line.source = std::make_shared<const Source>(path, *text);
      for (const auto& [name, value] : read_env_file(*text)) {
        const auto at = std::min(text->find(name), text->size());
        line.span = {at, at + name.size()};
        run.environment[name] = {value, line};
      }
    };
    if (files.is(YamlNode::Kind::scalar)) take(files);
    for (const auto& item : files.items) take(item);
  }

  // An entry point of its own is what is run: with it the image's command goes.
  void take_command(const YamlNode& service, ContainerRun& run) const {
    for (const std::string_view key : {"entrypoint", "command"}) {
      const auto* const words = find_node(service, {key});
      if (words == nullptr || words->is(YamlNode::Kind::null)) continue;
      const bool of_entry_point = key == "command" && find_node(service, {"entrypoint"}) != nullptr;
      if (!of_entry_point) run.command.clear();
      add_words(words, run);
    }
  }

  void add_words(const YamlNode* command, ContainerRun& run) const {
    if (command->is(YamlNode::Kind::sequence)) {
      for (const auto& item : command->items) run.command.push_back(word_of(item));
      return;
    }
    for (const auto& word : shell_words(command->text)) {
      run.command.push_back({filled_in(word, variables_), placed_in(*command, word)});
    }
  }

  // Of a command of several lines the one that a word stands in.
  static YamlNode placed_in(const YamlNode& command, const std::string& word) {
    auto node = command;
    const auto found = command.source->text().find(word, command.span.begin);
    if (found != std::string_view::npos) node.span = {found, found + word.size()};
    return node;
  }

  void take_mounts(const YamlNode& service, ContainerRun& run) const {
    if (const auto* const volumes = find_node(service, {"volumes"})) {
      for (const auto& volume : volumes->items) take_volume(volume, run);
    }
    const auto* const configs = find_node(service, {"configs"});
    if (configs == nullptr) return;
    for (const auto& config : configs->items) {
      const auto source = text_of(config.entries.empty() ? &config : find_node(config, {"source"}));
      auto target = text_of(find_node(config, {"target"}));
      if (target.empty()) target = "/" + source;
      const auto file = text_of(find_node(document_, {"configs", source, "file"}));
      if (!file.empty()) run.mounts.emplace_back(target, repository_path(path_, file));
    }
  }

  void take_volume(const YamlNode& volume, ContainerRun& run) const {
    std::string source, target;
    if (volume.is(YamlNode::Kind::scalar)) {
      const auto text = text_of(&volume);
      const auto colon = text.find(':');
      if (colon == std::string::npos) return;
      source = text.substr(0, colon);
      target = text.substr(colon + 1, text.find(':', colon + 1) - colon - 1);
    } else {
      source = text_of(find_node(volume, {"source"}));
      target = text_of(find_node(volume, {"target"}));
    }
    // What has no slash is a volume of docker's own.
    if (source.find('/') == std::string::npos && !source.starts_with('.')) return;
    while (target.size() > 1 && target.ends_with('/')) target.pop_back();
    run.mounts.emplace_back(target, repository_path(path_, source));
  }

  const YamlNode& document_;
  const std::string& path_;
  const Repository& repository_;
  std::map<std::string, std::string> variables_;
  std::string dockerfile_;
  std::deque<YamlNode> others_;  // documents of other files
  const YamlNode* override_ = nullptr;
};

}  // namespace

bool is_compose(const YamlNode& document, std::string_view) {
  const auto* const services = find_node(document, {"services"});
  if (services == nullptr) return false;
  return std::any_of(services->entries.begin(), services->entries.end(), [](const YamlEntry& e) {
    return find_node(e.second, {"image"}) != nullptr || find_node(e.second, {"build"}) != nullptr;
  });
}

std::vector<DeclaredServer> compose_servers(const YamlNode& document, const Manifest& manifest,
                                            const Repository& repository) {
  return ComposeReader(document, manifest, repository).servers();
}

bool is_built_from_dockerfile(const YamlNode&, std::string_view name) {
  return is_dockerfile(name);
}

std::vector<DeclaredServer> dockerfile_servers(const YamlNode&, const Manifest& manifest,
                                               const Repository& repository) {
  const auto folder = folder_of_path(manifest.path);
  const auto run = read_dockerfile(manifest.path, manifest.text, folder.empty() ? "." : folder);
  if (!run) return {};
  return {server_of(*run, "dockerfile/" + manifest.path, repository)};
}

}  // namespace pgleast
