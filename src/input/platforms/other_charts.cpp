// Values of two more of Helm's charts: groundhog2k/postgres, which runs the image `postgres`, and
// sergelogvinov/postgresql-single.
//
//   settings: {authMethod: trust}      POSTGRES_HOST_AUTH_METHOD=trust
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "input/platforms/container_spec.hpp"
#include "input/platforms/helm_values.hpp"
#include "input/platforms/platform_files.hpp"
#include "input/platforms/postgres_image.hpp"
#include "input/platforms/role_words.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

constexpr const char* scripts_folder = "/docker-entrypoint-initdb.d";
constexpr const char* conf_file = "/etc/postgresql/postgresql.conf";

bool are_groundhog_values(const YamlNode& values, bool) {
  return has(values, {"settings", "superuserPassword"}) ||
         has(values, {"settings", "authMethod"}) || has(values, {"settings", "initDbArgs"}) ||
         (has(values, {"userDatabase", "name"}) && has(values, {"userDatabase", "user"}));
}

bool are_sergelogvinov_values(const YamlNode& values, bool) {
  const auto image = find_text(values, {"image", "repository"}).value_or("");
  return has(values, {"pgHbaConfiguration"}) &&
         (has(values, {"postgresqlServerMemory"}) || has(values, {"tlsCerts"}) ||
          image.find("sergelogvinov") != std::string::npos);
}

class GroundhogReader {
 public:
  GroundhogReader(const ValuesSection& section, const Repository& repository)
      : section_(section), values_(*section.values), repository_(repository) {}

  DeclaredServer take() {
    const auto* const settings = find_key(values_, {"settings"});
    run_.at = settings == nullptr ? *section_.at : *settings;
    run_.image = "postgres:" + find_text(values_, {"image", "tag"}).value_or("");
    read_variables();
    read_arguments();
    read_files();
    auto server = postgres_server(run_, "helm/" + section_.key, repository_);
    add_user(server);
    for (auto& note : notes_) server.notes.push_back(std::move(note));
    for (auto& file : files_of(run_, repository_)) server.mentioned.push_back(std::move(file));
    return server;
  }

 private:
  // `name: {value: x}` or, in old versions of the chart, `name: x`.
  const YamlNode* value(std::string_view level, std::string_view key) const {
    if (const auto* const node = said(find_node(values_, {level, key, "value"}))) return node;
    return said(find_node(values_, {level, key}));
  }
  bool is_secret(std::string_view level, std::string_view key) const {
    return has(values_, {level, "existingSecret"}) && has(values_, {level, key, "secretKey"});
  }
  void set(const std::string& variable, std::string_view level, std::string_view key) {
    if (is_secret(level, key)) {
      run_.environment[variable] = {std::nullopt, *find_node(values_, {level, key, "secretKey"})};
    } else if (const auto* const node = value(level, key)) {
      run_.environment[variable] = {
          is_template(node->text) ? std::nullopt : std::optional(node->text), *node};
    }
  }

  void read_variables() {
    set("POSTGRES_USER", "settings", "superuser");
    set("POSTGRES_PASSWORD", "settings", "superuserPassword");
    set("POSTGRES_HOST_AUTH_METHOD", "settings", "authMethod");
    set("POSTGRES_INITDB_ARGS", "settings", "initDbArgs");
    set("POSTGRES_DB", "userDatabase", "name");
    if (const auto* const env = find_node(values_, {"env"})) {
      take_variables(*env, repository_, run_);
    }
    const auto* const secrets = find_node(values_, {"extraEnvSecrets"});
    if (secrets != nullptr && !secrets->items.empty()) {
      run_.more_environment = secrets->items.front();
    }
  }

  void read_arguments() {
    const auto* const arguments = find_node(values_, {"args"});
    if (arguments == nullptr) return;
    for (const auto& item : arguments->items) {
      const auto text = is_template(item.text) ? std::nullopt : std::optional(item.text);
      run_.command.push_back({text, item});
    }
  }

  void read_files() {
    const auto named = fmt::format("config_file={}", conf_file);
    const auto names_file = [&](const SaidWord& word) {
      return word.text && word.text->find(named) != std::string::npos;
    };
    const auto* const conf = said(find_node(values_, {"customConfig"}));
    const bool is_used = std::any_of(run_.command.begin(), run_.command.end(), names_file);
    if (conf != nullptr && is_used) run_.texts[conf_file] = *conf;
    if (conf != nullptr && !is_used) {
      notes_.push_back(fmt::format("{}: customConfig has no effect: no `args` name {}",
                                   shown_place(*conf), named));
    }
    if (const auto* const scripts = find_node(values_, {"customScripts"})) {
      for (const auto& [name, script] : scripts->entries) {
        run_.texts[scripts_folder + ('/' + name.text)] = script;
      }
    }
    if (const auto* const more = said(find_node(values_, {"extraScripts"}))) {
      mount_config_map(more->text, scripts_folder, *more, repository_, run_);
    }
  }

  // What the chart's own script does first.
  void add_user(DeclaredServer& server) const {
    if (is_secret("userDatabase", "user")) {
      server.unknown_roles.push_back(fmt::format(
          "{}: the user of the database", shown_place(*find_node(values_, {"userDatabase"}))));
    }
    const auto* const user = value("userDatabase", "user");
    if (user == nullptr || is_template(user->text)) return;
    const auto state = [&](std::string sql) {
      server.statements.push_back(line_at(*user, std::move(sql)));
    };
    const auto role = quote_identifier(user->text);
    const auto database = quote_identifier(server.database);
    state(create_role(user->text, " LOGIN PASSWORD 'not shown'"));
    state(fmt::format("GRANT ALL PRIVILEGES ON DATABASE {} TO {}", database, role));
    state(fmt::format("ALTER DATABASE {} OWNER TO {}", database, role));
  }

  const ValuesSection& section_;
  const YamlNode& values_;
  const Repository& repository_;
  ContainerRun run_;
  std::vector<std::string> notes_;
};

// Its records are those of the values; most of its settings and its image are its own.
DeclaredServer sergelogvinov_server(const ValuesSection& section) {
  DeclaredServer server;
  server.name = "helm/" + section.key;
  server.path = section.values->source->name();
  server.major = major_of_image(":" + find_text(*section.values, {"image", "tag"}).value_or(""));
  const auto& records = *find_node(*section.values, {"pgHbaConfiguration"});
  server.settings_at = place_at(*section.at);
  server.hba = lines_said(records);
  for (const auto& line : server.hba) {
    if (is_template(line.text)) server.unknown_hba.push_back(shown_place(records));
  }
  const auto place = shown_place(*section.at);
  server.unknown_conf.push_back(place + ": what the chart sets");
  server.unknown_roles.push_back(place + ": which roles the chart's image makes");
  return server;
}

}  // namespace

bool is_groundhog_chart(const YamlNode& document, std::string_view) {
  return !sections_of(document, are_groundhog_values).empty();
}

bool is_sergelogvinov_chart(const YamlNode& document, std::string_view) {
  return !sections_of(document, are_sergelogvinov_values).empty();
}

std::vector<DeclaredServer> groundhog_chart_servers(const YamlNode& document, const Manifest&,
                                                    const Repository& repository) {
  std::vector<DeclaredServer> result;
  for (const auto& section : sections_of(document, are_groundhog_values)) {
    result.push_back(GroundhogReader(section, repository).take());
  }
  return result;
}

std::vector<DeclaredServer> sergelogvinov_chart_servers(const YamlNode& document, const Manifest&,
                                                        const Repository&) {
  std::vector<DeclaredServer> result;
  for (const auto& section : sections_of(document, are_sergelogvinov_values)) {
    result.push_back(sergelogvinov_server(section));
  }
  return result;
}

}  // namespace pgleast
