// Values of Helm's charts bitnami/postgresql and bitnami/postgresql-ha, alone or below a key of
// a chart that depends on them. The chart runs bitnami's image: its variables and mounted files.
//
//   postgresql:
//     auth: {username: app}               POSTGRES_USER=app
//     primary:
//       pgHbaConfiguration: |-            /bitnami/postgresql/conf/pg_hba.conf
//         hostssl all all 10.0.0.0/8 scram-sha-256
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "input/platforms/bitnami_image.hpp"
#include "input/platforms/container_spec.hpp"
#include "input/platforms/helm_values.hpp"
#include "input/platforms/platform_files.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr const char* conf_folder = "/bitnami/postgresql/conf";
constexpr const char* scripts_folder = "/docker-entrypoint-initdb.d";

// Keys that charts before 11 have and later ones do not.
constexpr std::array<std::string_view, 7> old_keys{
    "postgresqlUsername",        "postgresqlPassword",
    "postgresqlDatabase",        "initdbScripts",
    "postgresqlConfiguration",   "postgresqlExtendedConf",
    "postgresqlPostgresPassword"};

struct KnownKey {
  std::string_view level, name;
};
// What the charts read there and, elsewhere or written otherwise, pass over in silence.
constexpr std::array chart_keys{
    KnownKey{"primary", "pgHbaConfiguration"},        KnownKey{"primary", "extendedConfiguration"},
    KnownKey{"primary", "existingConfigmap"},         KnownKey{"primary", "initdb"},
    KnownKey{"auth", "enablePostgresUser"},           KnownKey{"auth", "postgresPassword"},
    KnownKey{"primary", "existingExtendedConfigmap"},
};
constexpr std::array ha_keys{
    KnownKey{"postgresql", "pgHbaConfiguration"},
    KnownKey{"postgresql", "pgHbaTrustAll"},
    KnownKey{"postgresql", "extendedConf"},
    KnownKey{"postgresql", "configurationCM"},
};

// `pgHbaConfiguration`, in whatever case.
bool has_records(const YamlNode& node) {
  return std::any_of(node.entries.begin(), node.entries.end(), [](const YamlEntry& e) {
    return lower_case(e.first.text) == "pghbaconfiguration";
  });
}

bool has_old_keys(const YamlNode& values) {
  return std::any_of(old_keys.begin(), old_keys.end(),
                     [&](std::string_view key) { return has(values, {key}); });
}

bool is_ha(const YamlNode& values) {
  const auto* const server = find_node(values, {"postgresql"});
  return server != nullptr && !server->entries.empty() &&
         (has(values, {"pgpool"}) || has(values, {"witness"}));
}

// Whether they are surely those of the chart, wherever they stand.
bool are_its_values(const YamlNode& values) {
  if (is_ha(values) || has_old_keys(values) || has_records(values)) return true;
  if (has(values, {"auth", "enablePostgresUser"}) || has(values, {"auth", "postgresPassword"})) {
    return true;
  }
  const auto* const primary = find_node(values, {"primary"});
  const auto image = find_text(values, {"image", "repository"}).value_or("");
  return (primary != nullptr && has_records(*primary)) || is_bitnami_image(image);
}

// sergelogvinov's has keys of the same names.
bool is_of_other_chart(const YamlNode& values) {
  return has(values, {"postgresqlServerMemory"}) || has(values, {"tlsCerts"});
}

// Below a key that says `postgres`: an application's own section about a server is none.
bool may_be_its_values(const YamlNode& values) {
  return are_its_values(values) || has(values, {"auth", "username"}) ||
         has(values, {"auth", "database"}) || has(values, {"auth", "existingSecret"}) ||
         has(values, {"primary", "persistence"}) || has(values, {"primary", "initdb"}) ||
         has(values, {"primary", "configuration"}) ||
         has(values, {"primary", "extendedConfiguration"});
}

bool are_bitnami_values(const YamlNode& values, bool below_named_key) {
  const auto image = find_text(values, {"image", "repository"}).value_or("");
  if (!image.empty() && !is_bitnami_image(image) && is_postgres_image(image)) return false;
  if (is_of_other_chart(values)) return false;
  return are_its_values(values) || (below_named_key && may_be_its_values(values));
}

std::string snake_case(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (is_upper && !result.empty()) result += '_';
    result += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

class ChartReader {
 public:
  ChartReader(const YamlNode& document, const ValuesSection& section, const Repository& repository)
      : all_(*helm_values(document)),
        section_(section),
        values_(*section.values),
        repository_(repository) {
    run_.at = place_of(is_ha(values_) ? "postgresql" : "primary");
  }

  DeclaredServer take() {
    const auto tag = find_text(values_, {"image", "tag"}).value_or("");
    run_.image = "bitnami/postgresql" + (tag.empty() ? "" : ':' + tag);
    if (is_ha(values_)) {
      read_ha();
    } else if (is_new()) {
      read();
    } else {
      read_old();
    }
    auto server = bitnami_server(run_, "helm/" + section_.key, repository_);
    if (!is_ha(values_) && !is_new() && !has_old_keys(values_)) {
      server.unknown_hba.push_back(
          fmt::format("{}: for which version of the chart it is", shown_place(run_.at)));
      server.unknown_roles.push_back(server.unknown_hba.back());
    }
    for (const auto& line : conf_) server.conf.push_back(line);
    for (auto& why : unknown_conf_) server.unknown_conf.push_back(std::move(why));
    for (auto& note : notes_) server.notes.push_back(std::move(note));
    for (auto& file : files_of(run_, repository_)) server.mentioned.push_back(std::move(file));
    return server;
  }

 private:
  // Since version 11 of the chart. What has records at the top and nothing else may be of either.
  bool is_new() const {
    return has(values_, {"auth"}) || has(values_, {"primary"}) ||
           (!has_old_keys(values_) && !has_records(values_));
  }

  // The key where it is there, else that of all values.
  const YamlNode& place_of(std::string_view key) const {
    for (const auto& [name, value] : values_.entries) {
      if (name.text == key) return name;
    }
    return *section_.at;
  }

  // `global.postgresql` of the document comes before the chart's own.
  const YamlNode* find(std::string_view level, std::string_view key) const {
    const auto* const nothing = static_cast<const YamlNode*>(nullptr);
    const auto* const global = find_node(all_, {"global", "postgresql"});
    const auto at = [&](const YamlNode& node) {
      return level.empty() ? find_node(node, {key}) : find_node(node, {level, key});
    };
    const auto* const first = said(global == nullptr ? nothing : at(*global));
    return first != nullptr ? first : said(at(values_));
  }
  std::string text(std::string_view level, std::string_view key) const {
    const auto* const node = find(level, key);
    return node == nullptr ? "" : node->text;
  }

  void set(const std::string& variable, const YamlNode* node) {
    if (node == nullptr) return;
    run_.environment[variable] = {
        is_template(node->text) ? std::nullopt : std::optional(node->text), *node};
  }
  void set(const std::string& variable, const std::string& value, const YamlNode& at) {
    run_.environment[variable] = {value, at};
  }
  // The chart makes one up where none is said.
  void set_password(const std::string& variable, const YamlNode* node, const YamlNode& otherwise) {
    run_.environment[variable] = {std::nullopt, node == nullptr ? otherwise : *node};
  }
  void set_switch(const std::string& variable, std::initializer_list<std::string_view> keys) {
    const auto* const node = find_node(values_, keys);
    if (truth_of(node) == true) set(variable, "yes", *node);
  }

  void hold(const std::string& path, const YamlNode* node) {
    if (said(node) != nullptr) run_.texts[path] = *node;
  }
  void hold_scripts(const YamlNode* scripts) {
    if (scripts == nullptr) return;
    for (const auto& [name, script] : scripts->entries) {
      hold(scripts_folder + ('/' + name.text), &script);
    }
  }
  void mount(const YamlNode* name, const std::string& path) {
    if (name != nullptr) mount_config_map(name->text, path, *name, repository_, run_);
  }

  void read_audit(const YamlNode* audit) {
    if (audit == nullptr) return;
    for (const auto& [key, variable] :
         {std::pair{"logHostname", "POSTGRESQL_LOG_HOSTNAME"},
          std::pair{"logConnections", "POSTGRESQL_LOG_CONNECTIONS"},
          std::pair{"logDisconnections", "POSTGRESQL_LOG_DISCONNECTIONS"},
          std::pair{"logLinePrefix", "POSTGRESQL_LOG_LINE_PREFIX"},
          std::pair{"pgAuditLog", "POSTGRESQL_PGAUDIT_LOG"},
          std::pair{"pgAuditLogCatalog", "POSTGRESQL_PGAUDIT_LOG_CATALOG"},
          std::pair{"clientMinMessages", "POSTGRESQL_CLIENT_MIN_MESSAGES"}}) {
      set(variable, said(find_node(*audit, {key})));
    }
  }

  void read_more_variables(const YamlNode& level) {
    if (const auto* const list = find_node(level, {"extraEnvVars"})) {
      take_variables(*list, repository_, run_);
    }
    for (const auto* const key : {"extraEnvVarsCM", "extraEnvVarsSecret"}) {
      if (const auto* const node = said(find_node(level, {key}))) run_.more_environment = *node;
    }
  }

  void read() {
    read_auth();
    if (text("", "architecture") == "replication") {
      const auto* const replicator = find("auth", "replicationUsername");
      set("POSTGRES_REPLICATION_USER", "repl_user", place_of("architecture"));
      set("POSTGRES_REPLICATION_USER", replicator);
      set_password("POSTGRES_REPLICATION_PASSWORD", nullptr, place_of("architecture"));
    }
    set_switch("POSTGRESQL_ENABLE_TLS", {"tls", "enabled"});
    set("POSTGRESQL_TLS_CA_FILE", find("tls", "certCAFilename"));
    set_switch("POSTGRESQL_ENABLE_LDAP", {"ldap", "enabled"});
    set("POSTGRESQL_SHARED_PRELOAD_LIBRARIES", find("", "postgresqlSharedPreloadLibraries"));
    read_audit(find_node(values_, {"audit"}));
    if (const auto* const primary = find_node(values_, {"primary"})) read_primary(*primary);
    look_for_keys(chart_keys, {"primary", "auth"});
  }

  void read_auth() {
    const auto* const user = find("auth", "username");
    const auto* const has_admin = find("auth", "enablePostgresUser");
    const bool is_admin = user == nullptr || user->text == "postgres";
    const auto& at = place_of("auth");
    if (truth_of(has_admin) != false) {
      const auto* const variable = is_admin ? "POSTGRES_PASSWORD" : "POSTGRES_POSTGRES_PASSWORD";
      set_password(variable, find("auth", "postgresPassword"), at);
    } else if (is_admin) {
      set("ALLOW_EMPTY_PASSWORD", "true", *has_admin);
    }
    if (!is_admin) {
      set("POSTGRES_USER", user);
      set_password("POSTGRES_PASSWORD", find("auth", "password"), at);
    }
    set("POSTGRES_DATABASE", find("auth", "database"));
  }

  void read_primary(const YamlNode& primary) {
    const auto* const existing = said(find_node(primary, {"existingConfigmap"}));
    const auto* const records = find_node(primary, {"pgHbaConfiguration"});
    if (existing == nullptr) {
      hold(std::string(conf_folder) + "/postgresql.conf", find_node(primary, {"configuration"}));
      hold(std::string(conf_folder) + "/pg_hba.conf", records);
    } else if (said(records) != nullptr) {
      notes_.push_back(fmt::format("{}: pgHbaConfiguration has no effect beside existingConfigmap",
                                   shown_place(*records)));
    }
    mount(existing, conf_folder);
    const auto conf_d = std::string(conf_folder) + "/conf.d";
    const auto* const extended = said(find_node(primary, {"existingExtendedConfigmap"}));
    if (extended == nullptr) {
      hold(conf_d + "/override.conf", find_node(primary, {"extendedConfiguration"}));
    }
    mount(extended, conf_d);
    const auto* const scripts = said(find_node(primary, {"initdb", "scriptsConfigMap"}));
    if (scripts == nullptr) hold_scripts(find_node(primary, {"initdb", "scripts"}));
    mount(scripts, scripts_folder);
    if (const auto* const secret = said(find_node(primary, {"initdb", "scriptsSecret"}))) {
      run_.unseen_mounts[std::string(scripts_folder) + "/secret"] = "Secret " + secret->text;
    }
    set("POSTGRES_INITSCRIPTS_USERNAME", said(find_node(primary, {"initdb", "user"})));
    if (truth_of(find_node(primary, {"standby", "enabled"})) == true) {
      set("POSTGRES_REPLICATION_MODE", "slave", *find_node(primary, {"standby", "enabled"}));
    }
    read_more_variables(primary);
  }

  // The chart before version 11.
  void read_old() {
    const auto* const user = find("", "postgresqlUsername");
    set("POSTGRES_USER", user);
    set_password("POSTGRES_PASSWORD", find("", "postgresqlPassword"), *section_.at);
    const auto* const admin = find("", "postgresqlPostgresPassword");
    if (admin != nullptr) set_password("POSTGRES_POSTGRES_PASSWORD", admin, *admin);
    set("POSTGRES_DB", find("", "postgresqlDatabase"));
    if (truth_of(find_node(values_, {"replication", "enabled"})) == true) {
      set("POSTGRES_REPLICATION_USER", "repl_user", place_of("replication"));
      set("POSTGRES_REPLICATION_USER", find("replication", "user"));
      set_password("POSTGRES_REPLICATION_PASSWORD", nullptr, place_of("replication"));
    }
    set_switch("POSTGRESQL_ENABLE_TLS", {"tls", "enabled"});
    set("POSTGRESQL_TLS_CA_FILE", find("tls", "certCAFilename"));
    set_switch("POSTGRESQL_ENABLE_LDAP", {"ldap", "enabled"});
    read_audit(find_node(values_, {"audit"}));
    hold(std::string(conf_folder) + "/pg_hba.conf", find_node(values_, {"pgHbaConfiguration"}));
    hold_scripts(find_node(values_, {"initdbScripts"}));
    mount(find("", "initdbScriptsConfigMap"), scripts_folder);
    mount(find("", "configurationConfigMap"), conf_folder);
    mount(find("", "extendedConfConfigMap"), std::string(conf_folder) + "/conf.d");
    read_settings(find_node(values_, {"postgresqlConfiguration"}));
    read_settings(find_node(values_, {"postgresqlExtendedConf"}));
    read_more_variables(values_);
  }

  // A mapping whose keys become names of settings: `sharedBuffers`.
  void read_settings(const YamlNode* settings) {
    if (settings == nullptr) return;
    for (const auto& [key, value] : settings->entries) {
      YamlEntry setting{key, value};
      setting.first.text = snake_case(key.text);
      if (auto line = parameter_line(setting)) {
        conf_.push_back(std::move(*line));
      } else {
        unknown_conf_.push_back(fmt::format("{}: {}", shown_place(key), key.text));
      }
    }
  }

  void read_ha() {
    const auto tag = find_text(values_, {"postgresql", "image", "tag"}).value_or("");
    run_.image = "bitnami/postgresql-repmgr" + (tag.empty() ? "" : ':' + tag);
    const auto& server = *find_node(values_, {"postgresql"});
    const auto& at = place_of("postgresql");
    set("POSTGRES_USER", find("postgresql", "username"));
    set_password("POSTGRES_PASSWORD", find("postgresql", "password"), at);
    const auto* const admin = find("postgresql", "postgresPassword");
    if (admin != nullptr) set_password("POSTGRES_POSTGRES_PASSWORD", admin, *admin);
    set("POSTGRES_DB", find("postgresql", "database"));
    set("REPMGR_USERNAME", find("postgresql", "repmgrUsername"));
    set("REPMGR_DATABASE", find("postgresql", "repmgrDatabase"));
    set_switch("REPMGR_PGHBA_TRUST_ALL", {"postgresql", "pgHbaTrustAll"});
    set_switch("POSTGRESQL_ENABLE_TLS", {"postgresql", "tls", "enabled"});
    set("POSTGRESQL_PGHBA_REMOVE_FILTERS", find("postgresql", "pghbaRemoveFilters"));
    read_audit(find_node(server, {"audit"}));
    const std::string folder = "/bitnami/repmgr/conf";
    const auto* const existing = find("postgresql", "configurationCM");
    if (existing == nullptr) {
      hold(folder + "/pg_hba.conf", find_node(server, {"pgHbaConfiguration"}));
      hold(folder + "/postgresql.conf", find_node(server, {"configuration"}));
    }
    mount(existing, folder);
    hold(std::string(conf_folder) + "/conf.d/override.conf", find_node(server, {"extendedConf"}));
    mount(find("postgresql", "extendedConfCM"), std::string(conf_folder) + "/conf.d");
    hold_scripts(find_node(server, {"initdbScripts"}));
    mount(find("postgresql", "initdbScriptsCM"), scripts_folder);
    read_more_variables(server);
    look_for_keys(ha_keys, {"postgresql", "primary"});
  }

  void look_for_keys(std::span<const KnownKey> known,
                     std::initializer_list<std::string_view> levels) {
    look_at(values_, "", known);
    for (const auto level : levels) {
      if (const auto* const node = find_node(values_, {level})) look_at(*node, level, known);
    }
    if (const auto* const node = find_node(values_, {"readReplicas"})) {
      look_at(*node, "readReplicas", known);
    }
  }

  void look_at(const YamlNode& node, std::string_view level, std::span<const KnownKey> known) {
    for (const auto& [key, value] : node.entries) {
      for (const auto& row : known) {
        if (lower_case(row.name) != lower_case(key.text)) continue;
        // Replicas have settings of their own.
        if (level == "readReplicas" && row.name.starts_with("ext")) continue;
        if (level != row.level) {
          notes_.push_back(fmt::format(
              "{}: {} has no effect here: it belongs below `{}`{}", shown_place(key), key.text,
              row.level,
              row.name == key.text ? "" : fmt::format(" and is written `{}`", row.name)));
        } else if (row.name != key.text) {
          notes_.push_back(fmt::format("{}: {} has no effect: it is written `{}`", shown_place(key),
                                       key.text, row.name));
        }
      }
    }
  }

  const YamlNode& all_;
  const ValuesSection& section_;
  const YamlNode& values_;
  const Repository& repository_;
  ContainerRun run_;
  std::vector<DeclaredLine> conf_;
  std::vector<std::string> unknown_conf_, notes_;
};

}  // namespace

bool is_bitnami_chart(const YamlNode& document, std::string_view) {
  return !sections_of(document, are_bitnami_values).empty();
}

std::vector<DeclaredServer> bitnami_chart_servers(const YamlNode& document, const Manifest&,
                                                  const Repository& repository) {
  std::vector<DeclaredServer> result;
  for (const auto& section : sections_of(document, are_bitnami_values)) {
    result.push_back(ChartReader(document, section, repository).take());
  }
  return result;
}

}  // namespace pgleast
