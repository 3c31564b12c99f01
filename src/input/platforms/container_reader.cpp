#include "input/platforms/container_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "text/path_name.hpp"

namespace pgleast {
namespace {

const std::string scripts_folder = "/docker-entrypoint-initdb.d";

bool is_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
}

bool is_configuration(std::string_view name) {
  return name == "pg_hba.conf" || name == "pg_ident.conf" || name == "postgresql.conf";
}

}  // namespace

std::vector<DeclaredLine> lines_of_file(const std::string& path, const std::string& text) {
  std::vector<DeclaredLine> result;
  const auto document = std::make_shared<const Source>(path, text);
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    result.push_back({text.substr(at, end - at), document, at, true, ""});
    at = end + 1;
  }
  return result;
}

std::vector<DeclaredLine> known_lines(const YamlNode& text, std::vector<std::string>& unknowns) {
  auto lines = lines_said(text);
  for (const auto& line : lines) {
    const auto first = line.text.find_first_not_of(" \t");
    if (first == std::string::npos || line.text[first] == '#' || !is_template(line.text)) continue;
    unknowns.push_back(fmt::format("{}:{}: it is a template", text.source->name(),
                                   text.source->position(line.at).line));
    break;
  }
  return lines;
}

ContainerReader::ContainerReader(const ContainerRun& run, std::string name,
                                 const Repository& repository)
    : run_(run), repository_(repository) {
  server_.name = std::move(name);
  server_.path = run.at.source->name();
  server_.major = major_of_image(run.image);
  server_.settings_at = place_at(run.command.empty() ? run.at : run.command.front().node);
}

const SaidWord* ContainerReader::set_or_read(std::initializer_list<std::string_view> names) const {
  for (const auto name : names) {
    for (const auto* const suffix : {"", "_FILE"}) {
      const auto found = run_.environment.find(std::string(name) + suffix);
      if (found == run_.environment.end()) continue;
      if (!found->second.text || !found->second.text->empty()) return &found->second;
    }
  }
  return nullptr;
}

const YamlNode& ContainerReader::place_of(const std::string& name) const {
  const auto found = run_.environment.find(name);
  return found == run_.environment.end() ? run_.at : found->second.node;
}

std::string ContainerReader::unknown(const YamlNode& node, std::string_view what) {
  return fmt::format("{}: {}", shown_place(node), what);
}

std::string ContainerReader::known(std::initializer_list<std::string_view> names,
                                   std::vector<std::string>& unknowns) const {
  for (const auto view : names) {
    const std::string name(view);
    const auto file = run_.environment.find(name + "_FILE");
    if (file != run_.environment.end()) {
      unknowns.push_back(unknown(file->second.node, name + " is read from a file"));
      return "";
    }
    const auto said = run_.environment.find(name);
    if (said == run_.environment.end()) continue;
    if (!said->second.text) {
      unknowns.push_back(unknown(said->second.node, "the value of " + name));
      return "";
    }
    if (!said->second.text->empty()) return *said->second.text;
  }
  if (run_.more_environment) {
    unknowns.push_back(
        unknown(*run_.more_environment, fmt::format("the value of {}", *names.begin())));
  }
  return "";
}

std::optional<std::string> ContainerReader::outside(const std::string& path) const {
  for (const auto& [inside, outside] : run_.mounts) {
    if (inside == path) return outside;
    if (is_below(path, inside)) return outside + path.substr(inside.size());
  }
  return std::nullopt;
}

std::optional<ContainerReader::Mounted> ContainerReader::mounted(const std::string& path) const {
  const auto text = run_.texts.find(path);
  if (text != run_.texts.end()) return Mounted{"", &text->second};
  const auto file = outside(path);
  if (!file || !repository_.files.read(*file).text) return std::nullopt;
  return Mounted{*file};
}

std::optional<ContainerReader::Mounted> ContainerReader::file_at(
    const std::string& path, const YamlNode& at, std::vector<std::string>& unknowns) const {
  auto file = mounted(path);
  if (!file) unknowns.push_back(unknown(at, path + " is no file of the repository"));
  return file;
}

void ContainerReader::mention(const std::string& path) {
  if (!path.empty()) server_.mentioned.push_back(path);
}

void ContainerReader::take_hba(const std::optional<Mounted>& file) {
  if (!file) return;
  mention(file->path);
  server_.hba_file = file->path;
  server_.hba.clear();
  if (file->text != nullptr) server_.hba = known_lines(*file->text, server_.unknown_hba);
}

void ContainerReader::take_ident(const std::optional<Mounted>& file) {
  if (!file) return;
  mention(file->path);
  server_.ident_file = file->path;
  server_.ident.clear();
  if (file->text != nullptr) server_.ident = known_lines(*file->text, server_.unknown_hba);
}

void ContainerReader::take_conf(const std::optional<Mounted>& file) {
  if (!file) return;
  has_conf_ = true;
  mention(file->path);
  server_.conf_file = file->path;
  auto& conf = server_.conf;
  conf.erase(conf.begin(), conf.begin() + conf_lines_);
  std::vector<DeclaredLine> lines;
  if (file->text != nullptr) lines = known_lines(*file->text, server_.unknown_conf);
  conf.insert(conf.begin(), lines.begin(), lines.end());
  conf_lines_ = static_cast<std::ptrdiff_t>(lines.size());
}

void ContainerReader::take_configuration() {
  std::map<std::string, std::string> found;  // by name
  const auto look_at = [&](const std::string& inside) {
    const auto name = name_of_path(inside);
    if (is_configuration(name)) found[std::string(name)] = inside;
  };
  for (const auto& [inside, outside] : run_.mounts) look_at(inside);
  for (const auto& [inside, text] : run_.texts) look_at(inside);
  for (const auto& [name, path] : found) {
    if (name == "pg_hba.conf") take_hba(file_at(path, run_.at, server_.unknown_hba));
    if (name == "pg_ident.conf") take_ident(file_at(path, run_.at, server_.unknown_hba));
    if (name == "postgresql.conf") take_conf(file_at(path, run_.at, server_.unknown_conf));
  }
}

std::optional<std::pair<std::string, YamlNode>> ContainerReader::path_said(
    std::string_view setting) const {
  std::vector<DeclaredLine> lines(server_.conf.begin(), server_.conf.begin() + conf_lines_);
  if (!server_.conf_file.empty()) {
    const auto text = repository_.files.read(server_.conf_file).text.value_or("");
    lines = lines_of_file(server_.conf_file, text);
  }
  std::optional<std::pair<std::string, YamlNode>> result;
  for (const auto& line : lines) {
    const auto begin = line.text.find_first_not_of(" \t");
    if (begin == std::string::npos || line.text.compare(begin, setting.size(), setting) != 0) {
      continue;
    }
    const auto quote = line.text.find('\'', begin);
    const auto end = quote == std::string::npos ? quote : line.text.find('\'', quote + 1);
    if (end == std::string::npos) continue;
    YamlNode place;
    place.source = line.document;
    place.span = {line.at, line.at + 1};
    result = {line.text.substr(quote + 1, end - quote - 1), place};
  }
  return result;
}

void ContainerReader::take_files_of_settings() {
  if (const auto said = path_said("hba_file")) {
    take_hba(file_at(said->first, said->second, server_.unknown_hba));
  }
  if (const auto said = path_said("ident_file")) {
    take_ident(file_at(said->first, said->second, server_.unknown_hba));
  }
}

void ContainerReader::take_script(const std::string& name, const Mounted& script,
                                  const std::string& before) {
  const auto shown = script.text == nullptr ? script.path : shown_place(*script.text);
  mention(script.path);
  if (name.ends_with(".sh")) {
    server_.not_followed.push_back(shown + ": a shell script is not run");
  } else if (name.find(".sql.") != std::string::npos) {
    server_.not_followed.push_back(shown + ": is compressed");
  } else if (name.ends_with(".sql") && script.text == nullptr) {
    server_.scripts.push_back({script.path, {}, before});
  } else if (name.ends_with(".sql")) {
    auto said = script_said(*script.text, before);
    if (said) server_.scripts.push_back(std::move(*said));
    if (!said) server_.not_followed.push_back(shown + ": is no block of lines");
  }
}

void ContainerReader::take_scripts(const std::string& before) {
  std::map<std::string, Mounted> run;  // by the name in the folder of the container
  for (const auto& [inside, outside] : run_.mounts) {
    if (inside == scripts_folder) {
      const auto listed = repository_.files.list(outside);
      for (const auto& file : listed.names.value_or(std::vector<std::string>())) {
        run[file] = {fmt::format("{}/{}", outside, file)};
      }
    } else if (is_below(inside, scripts_folder)) {
      run[std::string(name_of_path(inside))] = {outside};
    }
  }
  for (const auto& [inside, text] : run_.texts) {
    if (is_below(inside, scripts_folder)) run[std::string(name_of_path(inside))] = {"", &text};
  }
  for (const auto& [inside, what] : run_.unseen_mounts) {
    if (inside == scripts_folder || is_below(inside, scripts_folder)) {
      server_.not_followed.push_back(what + " is not in the repository");
    }
  }
  for (const auto& [name, script] : run) take_script(name, script, before);
}

}  // namespace pgleast
