#include "input/platforms/postgres_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "input/platforms/container_reader.hpp"
#include "input/platforms/initdb.hpp"
#include "pg/identifier.hpp"
#include "pg/version.hpp"
#include "text/display.hpp"
#include "text/path_name.hpp"

namespace pgleast {
namespace {

constexpr const char* of_image = "default of the postgres image";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_digest(std::string_view image) { return image.substr(0, image.find('@')); }

int number_at(std::string_view text) {
  int number = 0;
  for (std::size_t i = 0; i < text.size() && i < 4 && is_digit(text[i]); ++i) {
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

bool is_major(int number) { return number >= oldest_major && number < 100; }

class ImageReader : ContainerReader {
 public:
  using ContainerReader::ContainerReader;

  DeclaredServer take() {
    take_scripts();
    take_configuration();
    read_environment();
    read_command();
    if (!has_records() && server_.unknown_hba.empty()) add_records();
    return std::move(server_);
  }

 private:
  void read_environment() {
    const auto user = known({"POSTGRES_USER"}, server_.unknown_roles);
    server_.superuser = line_at(place_of("POSTGRES_USER"), user.empty() ? "postgres" : user);
    server_.database = known({"POSTGRES_DB"}, server_.unknown_roles);
    if (server_.database.empty()) server_.database = server_.superuser.text;
    if (server_.database != "postgres") {
      server_.statements.push_back(line_at(
          place_of("POSTGRES_DB"), "CREATE DATABASE " + quote_identifier(server_.database)));
    }
    const auto* const password = set_or_read({"POSTGRES_PASSWORD"});
    if (password == nullptr) return;
    server_.statements.push_back(
        line_at(password->node, fmt::format("ALTER ROLE {} PASSWORD 'not shown'",
                                            quote_identifier(server_.superuser.text))));
  }

  void add_records() {
    const auto arguments = initdb_arguments(known({"POSTGRES_INITDB_ARGS"}, server_.unknown_hba));
    add_initdb_records(arguments, place_of("POSTGRES_INITDB_ARGS"), server_.hba);
    const auto method = known({"POSTGRES_HOST_AUTH_METHOD"}, server_.unknown_hba);
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
    // The entry point makes the server for these alone; it hands the machine to anything else.
    const auto is_other = [&](const SaidWord& word) {
      const auto text = word.text.value_or("");
      const auto name = name_of_path(text);
      return !text.starts_with('-') && name != "postgres" && name != "docker-entrypoint.sh";
    };
    if (!words.empty() && is_other(words.front())) {
      server_.unknown_conf.push_back(
          unknown(words.front().node, "a command of its own starts the server"));
      server_.unknown_hba.push_back(server_.unknown_conf.back());
      return;
    }
    const auto settings = settings_of_command(words);
    for (const auto& [name, value] : settings) {
      if (name == "config_file" && value.text) {
        take_conf(file_at(*value.text, value.node, server_.unknown_conf));
      }
    }
    take_files_of_settings();
    for (const auto& [name, value] : settings) {
      if (!value.text) {
        server_.unknown_conf.push_back(unknown(value.node, "the value of " + name));
      } else if (name == "config_file") {
        continue;
      } else if (name == "hba_file") {
        take_hba(file_at(*value.text, value.node, server_.unknown_hba));
      } else if (name == "ident_file") {
        take_ident(file_at(*value.text, value.node, server_.unknown_conf));
      } else {
        server_.conf.push_back(setting_line(value.node, name, *value.text));
      }
    }
    // So the image's sample has it.
    if (!has_conf_file()) {
      server_.conf.insert(server_.conf.begin(),
                          added_line(run_.at, "listen_addresses = '*'", of_image));
    }
  }
};

}  // namespace

std::string_view name_of_image(std::string_view image) {
  image = without_digest(image);
  image = image.substr(image.rfind('/') == std::string_view::npos ? 0 : image.rfind('/') + 1);
  return image.substr(0, image.find(':'));
}

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
    } else if (text.starts_with("-c") || text.starts_with("--")) {
      add(text.substr(2), words[i]);
    } else if (text == "-l") {
      result.push_back({"ssl", {"on", words[i].node}});
    }
  }
  return result;
}

DeclaredServer postgres_server(const ContainerRun& run, std::string name,
                               const Repository& repository) {
  return ImageReader(run, std::move(name), repository).take();
}

}  // namespace pgleast
