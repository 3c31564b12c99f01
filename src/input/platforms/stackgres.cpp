// StackGres: SGCluster, with its SGPostgresConfig and SGScripts.
// PatroniConfigEndpoints.java; postgresql-default-values-pg14.properties, postgresql-blocklist.
//
//   patroni.dynamicConfig.postgresql.pg_hba    first, and then always:
//   host all all 0.0.0.0/0 md5                 added by StackGres
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "input/platforms/container_spec.hpp"
#include "input/platforms/kubernetes.hpp"
#include "input/platforms/platform_files.hpp"
#include "input/platforms/postgres_image.hpp"
#include "input/platforms/role_words.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

constexpr std::string_view group = "stackgres.io";
constexpr const char* always = "added by StackGres";
constexpr const char* by_default = "default of StackGres";

// What it takes out of an SGPostgresConfig.
constexpr std::array<std::string_view, 14> blocked{"archive_command",
                                                   "archive_mode",
                                                   "dynamic_library_path",
                                                   "lc_messages",
                                                   "listen_addresses",
                                                   "logging_collector",
                                                   "log_destination",
                                                   "log_directory",
                                                   "log_filename",
                                                   "log_rotation_age",
                                                   "log_rotation_size",
                                                   "log_truncate_on_rotation",
                                                   "port",
                                                   "wal_log_hints"};

class StackGresReader {
 public:
  StackGresReader(const YamlNode& document, const YamlNode& spec, const Repository& repository)
      : document_(document), spec_(spec), repository_(repository) {
    server_.name = "sgcluster/" + object_name(document);
    server_.path = document.source->name();
    server_.major = major_of_image(":" + find_text(spec, {"postgres", "version"}).value_or(""));
  }

  DeclaredServer take() {
    add_records();
    add_settings();
    add_roles();
    add_scripts();
    return std::move(server_);
  }

 private:
  const YamlNode& place_of(std::initializer_list<std::string_view> keys) const {
    const auto* const found = find_key(spec_, keys);
    return found != nullptr ? *found : *find_key(document_, {"spec"});
  }
  const YamlNode* object(std::string_view kind, const std::string& name) const {
    for (const auto* const found : objects_of_kind(repository_, group, kind)) {
      if (object_name(*found) == name) return found;
    }
    return nullptr;
  }
  // A file of its own belongs to the cluster.
  void mention(const YamlNode& part) {
    if (part.source->name() != server_.path) server_.mentioned.push_back(part.source->name());
  }

  void add_records() {
    const auto* const said =
        find_node(spec_, {"configurations", "patroni", "dynamicConfig", "postgresql", "pg_hba"});
    if (said != nullptr) {
      for (const auto& record : said->items) {
        if (is_template(record.text)) {
          server_.unknown_hba.push_back(fmt::format("{}: it is a template", shown_place(record)));
        }
        const auto lines = lines_said(record);
        server_.hba.insert(server_.hba.end(), lines.begin(), lines.end());
      }
    }
    const auto& at =
        place_of({"configurations", "patroni", "dynamicConfig", "postgresql", "pg_hba"});
    for (const auto* const record :
         {"local all all trust", "host all all 127.0.0.1/32 md5", "host all all ::1/128 md5",
          "local replication all trust", "host all all 0.0.0.0/0 md5",
          "host replication replicator 0.0.0.0/0 md5"}) {
      server_.hba.push_back(added_line(at, record, always));
    }
  }

  void add_settings() {
    const auto& at = place_of({"configurations", "sgPostgresConfig"});
    server_.settings_at = place_at(at);
    const auto platform = [&](const char* line, const char* added_by) {
      server_.conf.push_back(added_line(at, line, added_by));
    };
    for (const auto* const line :
         {"log_connections = on", "log_disconnections = on", "log_statement = 'ddl'",
          "log_min_duration_statement = 1000", "log_lock_waits = on", "wal_level = 'logical'",
          "shared_preload_libraries = 'pg_stat_statements, auto_explain'"}) {
      platform(line, by_default);
    }
    const auto name = find_text(spec_, {"configurations", "sgPostgresConfig"});
    if (name) add_configuration(*name, at);
    // Clients come in through its proxy or by the address of the pod, in some versions.
    platform("listen_addresses = '*'", always);
    const auto* const tls = find_node(spec_, {"postgres", "ssl", "enabled"});
    if (truth_of(tls) == false) return;
    server_.conf.push_back(tls == nullptr ? added_line(at, "ssl = on", by_default)
                                          : line_at(*tls, "ssl = on"));
  }

  void add_configuration(const std::string& name, const YamlNode& at) {
    const auto* const found = object("SGPostgresConfig", name);
    if (found == nullptr) {
      server_.unknown_conf.push_back(
          fmt::format("{}: SGPostgresConfig {} is not in the repository", shown_place(at), name));
      return;
    }
    mention(*found);
    const auto* const parameters = find_node(*found, {"spec", "postgresql.conf"});
    if (parameters == nullptr) return;
    server_.settings_at = place_at(*find_key(*found, {"spec", "postgresql.conf"}));
    for (const auto& parameter : parameters->entries) {
      const auto& key = parameter.first;
      if (std::find(blocked.begin(), blocked.end(), key.text) != blocked.end()) {
        server_.notes.push_back(
            fmt::format("{}: {} has no effect: StackGres sets it", shown_place(key), key.text));
      } else if (auto line = parameter_line(parameter)) {
        server_.conf.push_back(std::move(*line));
      } else {
        server_.unknown_conf.push_back(fmt::format("{}: {}", shown_place(key), key.text));
      }
    }
  }

  void add_roles() {
    const auto& at = *find_key(document_, {"spec"});
    server_.superuser = line_at(at, "postgres");
    server_.statements.push_back(
        added_line(at, "ALTER ROLE postgres PASSWORD 'not shown'", always));
    server_.statements.push_back(added_line(
        at, create_role("replicator", " LOGIN REPLICATION PASSWORD 'not shown'"), always));
    server_.notes.push_back(
        fmt::format("{}: what the role authenticator may, which StackGres makes, is not looked at",
                    shown_place(at)));
    for (const auto* const user : {"superuser", "replication"}) {
      const auto* const said =
          find_node(spec_, {"configurations", "credentials", "users", user, "username"});
      if (said == nullptr) continue;
      const auto why = fmt::format("{}: the name of the user for {}", shown_place(*said), user);
      server_.unknown_roles.push_back(why);
      server_.unknown_hba.push_back(why);
    }
    if (find_node(spec_, {"replicateFrom"}) != nullptr) {
      server_.unknown_roles.push_back(fmt::format("{}: a standby has the roles of its primary",
                                                  shown_place(place_of({"replicateFrom"}))));
    }
  }

  void add_scripts() {
    if (const auto* const list = find_node(spec_, {"managedSql", "scripts"})) {
      for (const auto& item : list->items) {
        const auto name = find_text(item, {"sgScript"}).value_or("");
        const auto* const found = object("SGScript", name);
        if (found == nullptr) {
          server_.not_followed.push_back("SGScript " + name + " is not in the repository");
          continue;
        }
        mention(*found);
        if (const auto* const scripts = find_node(*found, {"spec", "scripts"})) run_all(*scripts);
      }
    }
    for (const auto* const key : {"initialData", "initData"}) {
      if (const auto* const scripts = find_node(spec_, {key, "scripts"})) run_all(*scripts);
    }
  }

  void run_all(const YamlNode& scripts) {
    for (const auto& script : scripts.items) {
      const auto database = find_text(script, {"database"}).value_or("postgres");
      const auto user = find_text(script, {"user"}).value_or("postgres");
      std::string before;
      if (database != "postgres") before = "\\connect " + quote_identifier(database) + " \\\\ ";
      if (user != "postgres") {
        before += fmt::format("SET SESSION AUTHORIZATION {}; ", quote_identifier(user));
      }
      const auto* const text = text_of(script);
      auto said = text == nullptr ? std::nullopt : script_said(*text, before);
      if (said) {
        server_.scripts.push_back(std::move(*said));
      } else {
        server_.not_followed.push_back(shown_place(script) + ": no script of the repository");
      }
    }
  }

  const YamlNode* text_of(const YamlNode& script) {
    if (const auto* const inlined = find_node(script, {"script"})) return inlined;
    const auto* const reference = find_node(script, {"scriptFrom", "configMapKeyRef"});
    if (reference == nullptr) return nullptr;
    const auto name = find_text(*reference, {"name"}).value_or("");
    for (const auto* const map : objects_of_kind(repository_, "", "ConfigMap")) {
      if (object_name(*map) != name) continue;
      mention(*map);
      return find_node(*map, {"data", find_text(*reference, {"key"}).value_or("")});
    }
    return nullptr;
  }

  const YamlNode& document_;
  const YamlNode& spec_;
  const Repository& repository_;
  DeclaredServer server_;
};

}  // namespace

bool is_stackgres(const YamlNode& document, std::string_view) {
  return is_object(document, group, "SGCluster") && find_node(document, {"spec"}) != nullptr;
}

std::vector<DeclaredServer> stackgres_servers(const YamlNode& document, const Manifest&,
                                              const Repository& repository) {
  return {StackGresReader(document, *find_node(document, {"spec"}), repository).take()};
}

}  // namespace pgleast
