#include "input/platforms/postgres_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "input/platforms/initdb.hpp"
#include "input/platforms/shell_words.hpp"
#include "pg/identifier.hpp"
#include "pg/version.hpp"
#include "text/display.hpp"
#include "text/path_name.hpp"

namespace pgleast {
namespace {

constexpr const char* of_image = "default of the postgres image";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_digest(std::string_view image) { return image.substr(0, image.find('@')); }

std::string_view name_of_image(std::string_view image) {
  image = without_digest(image);
  image = image.substr(image.rfind('/') == std::string_view::npos ? 0 : image.rfind('/') + 1);
  return image.substr(0, image.find(':'));
}

int number_at(std::string_view text) {
  int number = 0;
  for (std::size_t i = 0; i < text.size() && i < 4 && is_digit(text[i]); ++i) {
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

bool is_major(int number) { return number >= oldest_major && number < 100; }

bool is_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
}

class ImageReader {
 public:
  ImageReader(const ContainerRun& run, std::string name, const Repository& repository)
      : run_(run), repository_(repository) {
    server_.name = std::move(name);
    server_.path = run.at.source->name();
    server_.major = major_of_image(run.image);
    server_.settings_at = place_at(run.command.empty() ? run.at : run.command.front().node);
  }

  DeclaredServer take() {
    read_mounts();
    read_environment();
    read_command();
    if (server_.hba_file.empty() && server_.unknown_hba.empty()) add_records();
    return std::move(server_);
  }

 private:
  const SaidWord* variable(const std::string& name) const {
    const auto found = run_.environment.find(name);
    return found == run_.environment.end() ? nullptr : &found->second;
  }
  // Where the document would say what it does not say.
  const YamlNode& place_of(const std::string& name) const {
    const auto* const said = variable(name);
    return said == nullptr ? run_.at : said->node;
  }
  static std::string unknown(const YamlNode& node, std::string_view what) {
    return fmt::format("{}: {}", shown_place(node), what);
  }
  // Empty: it is not set, or not known, which is said.
  std::string known(const std::string& name, std::vector<std::string>& unknowns) const {
    if (const auto* const file = variable(name + "_FILE")) {
      unknowns.push_back(unknown(file->node, name + " is read from a file"));
      return "";
    }
    const auto* const said = variable(name);
    if (said == nullptr) return "";
    if (!said->text) unknowns.push_back(unknown(said->node, "the value of " + name));
    return said->text.value_or("");
  }

  void read_environment() {
    const auto user = known("POSTGRES_USER", server_.unknown_roles);
    server_.superuser = line_at(place_of("POSTGRES_USER"), user.empty() ? "postgres" : user);
    server_.database = known("POSTGRES_DB", server_.unknown_roles);
    if (server_.database.empty()) server_.database = server_.superuser.text;
    if (server_.database != "postgres") {
      server_.statements.push_back(line_at(
          place_of("POSTGRES_DB"), "CREATE DATABASE " + quote_identifier(server_.database)));
    }
    const auto* const password = variable("POSTGRES_PASSWORD");
    const auto* const file = variable("POSTGRES_PASSWORD_FILE");
    if (password == nullptr && file == nullptr) return;
    if (password != nullptr && password->text && password->text->empty()) return;
    server_.statements.push_back(line_at((password != nullptr ? password : file)->node,
                                         fmt::format("ALTER ROLE {} PASSWORD 'not shown'",
                                                     quote_identifier(server_.superuser.text))));
  }

  void add_records() {
    const auto arguments = initdb_arguments(known("POSTGRES_INITDB_ARGS", server_.unknown_hba));
    add_initdb_records(arguments, place_of("POSTGRES_INITDB_ARGS"), server_.hba);
    const auto method = known("POSTGRES_HOST_AUTH_METHOD", server_.unknown_hba);
    if (!method.empty()) {
      server_.hba.push_back(
          line_at(place_of("POSTGRES_HOST_AUTH_METHOD"), "host all all all " + method));
      return;
    }
    const bool is_md5 = server_.major != 0 && server_.major < 14;
    server_.hba.push_back(added_line(
        run_.at, fmt::format("host all all all {}", is_md5 ? "md5" : "scram-sha-256"), of_image));
  }

  void read_command() {
    const auto& words = run_.command;
    const auto is_shell = [&](const SaidWord& word) {
      const auto name = name_of_path(word.text.value_or(""));
      return name == "sh" || name == "bash" || name == "ash";
    };
    if (!words.empty() && is_shell(words.front())) {
      server_.unknown_conf.push_back(unknown(words.front().node, "a shell starts the server"));
      server_.unknown_hba.push_back(server_.unknown_conf.back());
      return;
    }
    for (const auto& [name, value] : settings_of_command(words)) {
      if (!value.text) {
        server_.unknown_conf.push_back(unknown(value.node, "the value of " + name));
      } else if (name == "config_file") {
        mount_file(server_.conf_file, *value.text, value.node, server_.unknown_conf);
      } else if (name == "hba_file") {
        mount_file(server_.hba_file, *value.text, value.node, server_.unknown_hba);
      } else if (name == "ident_file") {
        mount_file(server_.ident_file, *value.text, value.node, server_.unknown_conf);
      } else {
        server_.conf.push_back(setting_line(value.node, name, *value.text));
      }
    }
    // So the image's sample has it.
    if (server_.conf_file.empty()) {
      server_.conf.insert(server_.conf.begin(),
                          added_line(run_.at, "listen_addresses = '*'", of_image));
    }
  }

  void mount_file(std::string& slot, const std::string& path, const YamlNode& at,
                  std::vector<std::string>& unknowns) {
    slot = mounted(path);
    if (slot.empty()) unknowns.push_back(unknown(at, path + " is no file of the repository"));
  }

  // The file of the repository behind a path of the container.
  std::string mounted(const std::string& path) const {
    for (const auto& [inside, outside] : run_.mounts) {
      if (inside == path) return outside;
      if (is_below(path, inside)) return outside + path.substr(inside.size());
    }
    return "";
  }

  void read_mounts() {
    std::map<std::string, std::string> run;  // by the name in the folder of the container
    const std::string folder = "/docker-entrypoint-initdb.d";
    for (const auto& [inside, outside] : run_.mounts) {
      const auto name = name_of_path(inside);
      if (inside == folder || inside == folder + "/") {
        const auto listed = repository_.files.list(outside);
        for (const auto& file : listed.names.value_or(std::vector<std::string>())) {
          run[file] = outside + '/' + file;
        }
      } else if (is_below(inside, folder)) {
        run[std::string(name)] = outside;
      } else if (name == "pg_hba.conf") {
        server_.hba_file = outside;
      } else if (name == "pg_ident.conf") {
        server_.ident_file = outside;
      } else if (name == "postgresql.conf") {
        server_.conf_file = outside;
      }
    }
    for (const auto& [name, path] : run) {
      if (name.ends_with(".sql")) {
        server_.scripts.push_back(path);
      } else if (name.ends_with(".sh")) {
        server_.not_followed.push_back(path + ": a shell script is not run");
      } else if (name.find(".sql.") != std::string::npos) {
        server_.not_followed.push_back(path + ": is compressed");
      }
    }
    for (const auto* const file : {&server_.hba_file, &server_.ident_file, &server_.conf_file}) {
      if (!file->empty()) server_.mentioned.push_back(*file);
    }
    for (const auto& [name, path] : run) server_.mentioned.push_back(path);
  }

  const ContainerRun& run_;
  const Repository& repository_;
  DeclaredServer server_;
};

}  // namespace

bool is_postgres_image(std::string_view image) {
  constexpr std::array<std::string_view, 11> names{
      "postgres",        "postgis",           "pgvector",          "timescaledb", "timescaledb-ha",
      "postgres-alpine", "postgresql-alpine", "postgres-pgvector", "pgrouting",   "age",
      "pg_cron"};
  const auto name = name_of_image(image);
  if (std::find(names.begin(), names.end(), name) == names.end()) return false;
  // Others have names like it and an entry point of their own.
  return image.find("bitnami") == std::string_view::npos &&
         image.find("kartoza") == std::string_view::npos;
}

int major_of_image(std::string_view image) {
  image = without_digest(image);
  const auto colon = image.rfind(':');
  if (colon == std::string_view::npos || image.find('/', colon) != std::string_view::npos) return 0;
  const auto tag = image.substr(colon + 1);
  const auto marked = tag.find("pg");
  const int number = marked != std::string_view::npos ? number_at(tag.substr(marked + 2)) : 0;
  if (is_major(number)) return number;
  return is_major(number_at(tag)) ? number_at(tag) : 0;
}

std::vector<std::pair<std::string, SaidWord>> settings_of_command(
    const std::vector<SaidWord>& words) {
  std::vector<std::pair<std::string, SaidWord>> result;
  const auto add = [&](std::string_view pair, const SaidWord& word) {
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) return;
    std::string name(pair.substr(0, equals));
    std::replace(name.begin(), name.end(), '-', '_');  // as the server does it
    result.push_back({name, {std::string(pair.substr(equals + 1)), word.node}});
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view text = words[i].text ? *words[i].text : std::string_view();
    const bool has_next = i + 1 < words.size() && words[i + 1].text;
    if (text == "-c" && has_next) {
      add(*words[i + 1].text, words[i + 1]);
      ++i;
    } else if (text.starts_with("-c")) {
      add(text.substr(2), words[i]);
    } else if (text.starts_with("--")) {
      add(text.substr(2), words[i]);
    } else if (text == "-l") {
      result.push_back({"ssl", {"on", words[i].node}});
    }
  }
  return result;
}

DeclaredServer server_of(const ContainerRun& run, std::string name, const Repository& repository) {
  return ImageReader(run, std::move(name), repository).take();
}

}  // namespace pgleast
