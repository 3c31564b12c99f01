// PostgresCluster of Crunchy's operator and PerconaPGCluster of Percona's, which is made of it.
// internal/postgres/hba.go, parameters.go, users.go; internal/controller/postgrescluster.
//
//   local all postgres peer, ...         added by the operator
//   spec.authentication.rules            then these, and Patroni's pg_hba
//   hostssl all all all scram-sha-256    only where there is no rule
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

bool is_percona_cluster(const YamlNode& document) {
  return is_object(document, "pgv2.percona.com", "PerconaPGCluster");
}

// In double quotes: no keyword, no group and no file.
std::string quoted_for_hba(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += c;
    result += c;
  }
  return result + '"';
}

class CrunchyReader {
 public:
  CrunchyReader(const YamlNode& document, const YamlNode& spec, const Repository& repository)
      : document_(document),
        spec_(spec),
        repository_(repository),
        is_percona_(is_percona_cluster(document)),
        always_(is_percona_ ? "added by Percona's operator" : "added by Crunchy's operator"),
        default_(is_percona_ ? "default of Percona's operator" : "default of Crunchy's operator") {
    server_.name = (is_percona_ ? "perconapgcluster/" : "postgrescluster/") + name();
    server_.path = document.source->name();
    server_.major = major_of_image(":" + find_text(spec, {"postgresVersion"}).value_or(""));
    server_.settings_at =
        place_at(place_of(is_percona_ ? std::array{"patroni", "dynamicConfiguration"}
                                      : std::array{"config", "parameters"}));
  }

  DeclaredServer take() {
    add_records();
    add_settings();
    add_roles();
    run_first_script();
    return std::move(server_);
  }

 private:
  std::string name() const { return object_name(document_); }

  // The deepest of the two keys that is there, else that of `spec`.
  const YamlNode& place_of(const std::array<const char*, 2>& keys) const {
    if (const auto* const inner = find_key(spec_, {keys[0], keys[1]})) return *inner;
    const auto* const outer = find_key(spec_, {keys[0]});
    return outer != nullptr ? *outer : *find_key(document_, {"spec"});
  }

  bool is_there(std::initializer_list<std::string_view> keys) const {
    const auto* const node = find_node(spec_, keys);
    return node != nullptr && !node->is(YamlNode::Kind::null);
  }

  // --- Records

  void add(std::string record, const YamlNode& at, const std::string& added_by) {
    const bool is_host = record.starts_with("host ");
    if (is_host && truth_of(find_node(spec_, {"tlsOnly"})) == true) record.insert(4, "ssl");
    server_.hba.push_back(added_line(at, std::move(record), added_by));
  }

  void add_monitoring(const std::string& user, const YamlNode& at) {
    for (const auto* const loopback : {"127.0.0.0/8", "::1/128"}) {
      add(fmt::format("host all {} {} scram-sha-256", user, loopback), at, always_);
    }
    add(fmt::format("host all {} all reject", user), at, always_);
  }

  void add_records() {
    const auto& at = place_of({"authentication", "rules"});
    for (const auto* const record :
         {"local all postgres peer", "hostssl replication _crunchyrepl all cert",
          "hostssl postgres _crunchyrepl all cert", "host all _crunchyrepl all reject"}) {
      add(record, at, always_);
    }
    if (is_percona_) add_monitoring("monitor", at);
    if (is_there({"monitoring", "pgmonitor", "exporter"})) add_monitoring("ccp_monitoring", at);
    if (is_there({"proxy", "pgBouncer"})) {
      add("hostssl all _crunchypgbouncer all scram-sha-256", at, always_);
      add("host all _crunchypgbouncer all reject", at, always_);
    }
    if (is_there({"logicalReplicas"})) {
      server_.unknown_hba.push_back(
          fmt::format("{}: the records for logical replicas",
                      shown_place(*find_key(spec_, {"logicalReplicas"}))));
    }
    const auto before = server_.hba.size();
    if (const auto* const rules = find_node(spec_, {"authentication", "rules"})) {
      for (const auto& rule : rules->items) add_rule(rule);
    }
    const auto* const patroni =
        find_node(spec_, {"patroni", "dynamicConfiguration", "postgresql", "pg_hba"});
    if (patroni != nullptr) {
      for (const auto& line : patroni->items) add_said(line);
    }
    if (server_.hba.size() == before) add("hostssl all all all scram-sha-256", at, default_);
  }

  void add_said(const YamlNode& record) {
    if (!record.is(YamlNode::Kind::scalar) || record.text.starts_with("include")) return;
    if (is_template(record.text)) {
      server_.unknown_hba.push_back(fmt::format("{}: it is a template", shown_place(record)));
    }
    const auto lines = lines_said(record);
    server_.hba.insert(server_.hba.end(), lines.begin(), lines.end());
  }

  void add_rule(const YamlNode& rule) {
    if (const auto* const line = find_node(rule, {"hba"})) return add_said(*line);
    const auto connection = find_text(rule, {"connection"}).value_or("");
    auto method = find_text(rule, {"method"}).value_or("");
    // So the operator takes it.
    if (method == "password") method = "scram-sha-256";
    auto record =
        fmt::format("{} {} {}", connection, names(rule, "databases"), names(rule, "users"));
    record += fmt::format("{} {}", connection == "local" ? "" : " all", method);
    if (const auto* const options = find_node(rule, {"options"})) {
      for (const auto& [key, value] : options->entries) {
        record += fmt::format(" {}={}", key.text, quoted_for_hba(value.text));
      }
    }
    if (is_template(record)) {
      server_.unknown_hba.push_back(fmt::format("{}: it is a template", shown_place(rule)));
    }
    server_.hba.push_back(line_at(rule, std::move(record)));
  }

  static std::string names(const YamlNode& rule, std::string_view key) {
    const auto* const list = find_node(rule, {key});
    if (list == nullptr || list->items.empty()) return "all";
    std::string result;
    for (const auto& item : list->items) {
      result += (result.empty() ? "" : ",") + quoted_for_hba(item.text);
    }
    return result;
  }

  // --- Settings; the last of a name wins.

  void add_settings() {
    const auto& at = place_of({"config", "parameters"});
    const auto platform = [&](const char* line, const std::string& added_by) {
      server_.conf.push_back(added_line(at, line, added_by));
    };
    platform("jit = off", default_);
    platform("password_encryption = 'scram-sha-256'", default_);
    if (is_percona_) platform("wal_level = 'logical'", default_);
    add_parameters(
        find_node(spec_, {"patroni", "dynamicConfiguration", "postgresql", "parameters"}));
    const auto* const parameters = find_node(spec_, {"config", "parameters"});
    if (!is_percona_) {
      add_parameters(parameters);
    } else if (parameters != nullptr) {
      server_.notes.push_back(
          fmt::format("{}: parameters have no effect here: they belong below "
                      "`patroni.dynamicConfiguration.postgresql`",
                      shown_place(*find_key(spec_, {"config", "parameters"}))));
    }
    platform("listen_addresses = '*'", always_);
    platform("ssl = on", always_);
    if (!is_percona_) platform("wal_level = 'logical'", always_);
    if (!is_percona_) platform("log_file_mode = '0660'", always_);
    platform("archive_mode = on", always_);
    if (libraries_.empty()) platform("shared_preload_libraries = 'pgaudit'", always_);
  }

  void add_parameters(const YamlNode* parameters) {
    if (parameters == nullptr) return;
    for (const auto& [name, value] : parameters->entries) {
      YamlEntry parameter{name, value};
      if (name.text == "shared_preload_libraries") {
        libraries_ = is_percona_ ? value.text + ",pgaudit" : "pgaudit," + value.text;
        parameter.second.text = libraries_;
      }
      if (auto line = parameter_line(parameter)) {
        server_.conf.push_back(std::move(*line));
      } else {
        server_.unknown_conf.push_back(fmt::format("{}: {}", shown_place(name), name.text));
      }
    }
  }

  // --- Roles

  void state(const YamlNode& at, std::string sql) {
    server_.statements.push_back(line_at(at, std::move(sql)));
  }
  void state_always(std::string sql) {
    server_.statements.push_back(
        added_line(*find_key(document_, {"spec"}), std::move(sql), always_));
  }

  void add_roles() {
    server_.superuser = line_at(*find_key(document_, {"spec"}), "postgres");
    state_always(create_role("_crunchyrepl", " LOGIN REPLICATION"));
    if (is_there({"proxy", "pgBouncer"})) {
      state_always(create_role("_crunchypgbouncer", " LOGIN PASSWORD 'not shown'"));
    }
    if (is_there({"monitoring", "pgmonitor", "exporter"})) {
      state_always(create_role("ccp_monitoring", " LOGIN PASSWORD 'not shown'"));
    }
    if (is_percona_ && truth_of(find_node(spec_, {"pmm", "enabled"})) == true) {
      state_always(create_role("monitor", " LOGIN SUPERUSER PASSWORD 'not shown'"));
    }
    if (truth_of(find_node(spec_, {"standby", "enabled"})) == true) {
      server_.unknown_roles.push_back(fmt::format("{}: a standby has the roles of its primary",
                                                  shown_place(*find_key(spec_, {"standby"}))));
    }
    const auto* const users = find_node(spec_, {"users"});
    const bool none_said = users == nullptr || (is_percona_ && users->items.empty());
    if (none_said) return add_default_user();
    for (const auto& user : users->items) add_databases(user);
    for (const auto& user : users->items) add_user(user);
  }

  // One of the cluster's name with a database of its own.
  void add_default_user() {
    if (name().empty() || is_template(name())) {
      server_.unknown_roles.push_back(fmt::format("{}: the name of the cluster, which its user has",
                                                  shown_place(*find_key(document_, {"spec"}))));
      return;
    }
    const auto user = quote_identifier(name());
    state_always("CREATE DATABASE " + user);
    state_always(create_role(name(), " LOGIN PASSWORD 'not shown'"));
    state_always(fmt::format("GRANT ALL PRIVILEGES ON DATABASE {0} TO {0}", user));
  }

  void add_databases(const YamlNode& user) {
    const auto* const databases = find_node(user, {"databases"});
    if (databases == nullptr) return;
    for (const auto& database : databases->items) {
      if (database.text == "postgres" ||
          std::find(databases_.begin(), databases_.end(), database.text) != databases_.end()) {
        continue;
      }
      databases_.push_back(database.text);
      state(database, "CREATE DATABASE " + quote_identifier(database.text));
    }
  }

  void add_user(const YamlNode& user) {
    const auto* const said = find_node(user, {"name"});
    if (said == nullptr) return;
    const auto options = find_text(user, {"options"}).value_or("");
    const bool is_unknown =
        is_template(said->text) || is_template(options) || options.find(';') != std::string::npos;
    if (is_unknown) {
      server_.unknown_roles.push_back(fmt::format("{}: what role it is", shown_place(*said)));
      return;
    }
    if (said->text == "postgres") return state(*said, "ALTER ROLE postgres PASSWORD 'not shown'");
    state(*said, create_role(said->text, " LOGIN PASSWORD 'not shown'"));
    const auto* const at = find_node(user, {"options"});
    if (!options.empty()) state(*at, alter_role(said->text, " WITH " + options));
    const auto* const databases = find_node(user, {"databases"});
    if (databases == nullptr) return;
    for (const auto& database : databases->items) {
      state(database, fmt::format("GRANT ALL PRIVILEGES ON DATABASE {} TO {}",
                                  quote_identifier(database.text), quote_identifier(said->text)));
      add_schema(user, *said, database);
    }
  }

  void add_schema(const YamlNode& user, const YamlNode& name, const YamlNode& database) {
    const auto* const annotation = find_node(
        document_, {"metadata", "annotations",
                    is_percona_ ? "pgv2.percona.com/autoCreateUserSchema"
                                : "postgres-operator.crunchydata.com/autoCreateUserSchema"});
    const bool makes_schema =
        truth_of(annotation) == true ||
        (is_percona_ && truth_of(find_node(spec_, {"autoCreateUserSchema"})) == true);
    const bool grants_public =
        is_percona_ && truth_of(find_node(user, {"grantPublicSchemaAccess"})) == true;
    if (!makes_schema && !grants_public) return;
    const auto role = quote_identifier(name.text);
    state(database, "\\connect " + quote_identifier(database.text));
    if (makes_schema && name.text != "public" && name.text != "pgbouncer" &&
        name.text != "monitor") {
      state(database, fmt::format("CREATE SCHEMA IF NOT EXISTS {0} AUTHORIZATION {0}", role));
    }
    if (grants_public) {
      state(name, fmt::format("GRANT ALL PRIVILEGES ON SCHEMA public TO {}", role));
    }
    state(database, "\\connect postgres");
  }

  // `databaseInitSQL`: a key of a ConfigMap.
  void run_first_script() {
    const auto* const reference = find_node(spec_, {"databaseInitSQL"});
    if (reference == nullptr) return;
    const auto map = find_text(*reference, {"name"}).value_or("");
    const auto entries = config_map(map, document_, repository_);
    for (const auto& entry : entries.value_or(std::vector<ConfigEntry>())) {
      if (entry.key != find_text(*reference, {"key"})) continue;
      auto script = entry.file.empty() ? script_said(entry.text) : RunScript{entry.file, {}, ""};
      if (script) return server_.scripts.push_back(std::move(*script));
    }
    server_.not_followed.push_back("ConfigMap " + map + " is not in the repository");
  }

  const YamlNode& document_;
  const YamlNode& spec_;
  const Repository& repository_;
  bool is_percona_;
  std::string always_, default_;
  std::string libraries_;
  std::vector<std::string> databases_;
  DeclaredServer server_;
};

}  // namespace

bool is_crunchy(const YamlNode& document, std::string_view) {
  return is_object(document, "postgres-operator.crunchydata.com", "PostgresCluster") &&
         find_node(document, {"spec"}) != nullptr;
}

bool is_percona(const YamlNode& document, std::string_view) {
  return is_percona_cluster(document) && find_node(document, {"spec"}) != nullptr;
}

std::vector<DeclaredServer> crunchy_servers(const YamlNode& document, const Manifest&,
                                            const Repository& repository) {
  return {CrunchyReader(document, *find_node(document, {"spec"}), repository).take()};
}

}  // namespace pgleast
