#include "input/platforms/bitnami_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "input/platforms/container_reader.hpp"
#include "input/platforms/shell_words.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"
#include "text/path_name.hpp"

namespace pgleast {
namespace {

constexpr const char* of_image = "default of the bitnami image";
const std::string conf_folder = "/bitnami/postgresql/conf";

bool is_yes(std::string_view text) {
  const auto word = lower_case(text);
  return word == "yes" || word == "true" || word == "1";
}

struct SettingOfVariable {
  std::string_view variable, old_variable, setting;
};
// In postgresql_configure_logging, postgresql_configure_connections and others.
constexpr std::array settings_of_variables{
    SettingOfVariable{"POSTGRESQL_CLIENT_MIN_MESSAGES", "POSTGRES_CLIENT_MIN_MESSAGES",
                      "client_min_messages"},
    SettingOfVariable{"POSTGRESQL_LOG_CONNECTIONS", "POSTGRES_LOG_CONNECTIONS", "log_connections"},
    SettingOfVariable{"POSTGRESQL_LOG_DISCONNECTIONS", "POSTGRES_LOG_DISCONNECTIONS",
                      "log_disconnections"},
    SettingOfVariable{"POSTGRESQL_LOG_HOSTNAME", "POSTGRES_LOG_HOSTNAME", "log_hostname"},
    SettingOfVariable{"POSTGRESQL_LOG_LINE_PREFIX", "POSTGRES_LOG_LINE_PREFIX", "log_line_prefix"},
    SettingOfVariable{"POSTGRESQL_MAX_CONNECTIONS", "POSTGRES_MAX_CONNECTIONS", "max_connections"},
    SettingOfVariable{"POSTGRESQL_PASSWORD_ENCRYPTION", "POSTGRES_PASSWORD_ENCRYPTION",
                      "password_encryption"},
    SettingOfVariable{"POSTGRESQL_PGAUDIT_LOG", "POSTGRES_PGAUDIT_LOG", "pgaudit.log"},
    SettingOfVariable{"POSTGRESQL_PGAUDIT_LOG_CATALOG", "POSTGRES_PGAUDIT_LOG_CATALOG",
                      "pgaudit.log_catalog"},
    SettingOfVariable{"POSTGRESQL_STATEMENT_TIMEOUT", "POSTGRES_STATEMENT_TIMEOUT",
                      "statement_timeout"},
};

class BitnamiReader : ContainerReader {
 public:
  using ContainerReader::ContainerReader;

  DeclaredServer take() {
    is_repmgr_ = name_of_image(run_.image) == "postgresql-repmgr";
    read_names();
    read_roles();
    read_settings();
    read_records();
    const auto runs_scripts_as =
        known({"POSTGRESQL_INITSCRIPTS_USERNAME", "POSTGRES_INITSCRIPTS_USERNAME"},
              server_.unknown_roles);
    const auto& user = runs_scripts_as.empty() ? user_ : runs_scripts_as;
    take_scripts(user == "postgres"
                     ? ""
                     : fmt::format("SET SESSION AUTHORIZATION {}; ", quote_identifier(user)));
    return std::move(server_);
  }

 private:
  bool is_on(std::initializer_list<std::string_view> names, std::vector<std::string>& unknowns) {
    return is_yes(known(names, unknowns));
  }
  // The word that has a password of the user who is named, from wherever.
  const SaidWord* password() const {
    return set_or_read({"POSTGRESQL_PASSWORD", "POSTGRES_PASSWORD"});
  }
  void run(const YamlNode& at, std::string statement) {
    server_.statements.push_back(line_at(at, std::move(statement)));
  }
  const YamlNode& place_of_user() const {
    for (const auto* const name :
         {"POSTGRESQL_USERNAME", "POSTGRES_USERNAME", "POSTGRES_USER", "POSTGRESQL_USER"}) {
      if (run_.environment.contains(name)) return place_of(name);
    }
    return run_.at;
  }

  void read_names() {
    user_ = known({"POSTGRESQL_USERNAME", "POSTGRES_USERNAME", "POSTGRES_USER", "POSTGRESQL_USER"},
                  server_.unknown_roles);
    if (user_.empty()) user_ = "postgres";
    server_.superuser = line_at(run_.at, "postgres");
    server_.database =
        known({"POSTGRESQL_DATABASE", "POSTGRES_DATABASE", "POSTGRES_DB"}, server_.unknown_roles);
    if (server_.database.empty()) server_.database = "postgres";
    replicator_ =
        known({"POSTGRESQL_REPLICATION_USER", "POSTGRES_REPLICATION_USER"}, server_.unknown_roles);
    const auto mode =
        known({"POSTGRESQL_REPLICATION_MODE", "POSTGRES_REPLICATION_MODE"}, server_.unknown_roles);
    if (mode != "slave") return;
    replicator_.clear();
    server_.unknown_roles.push_back(unknown(run_.at, "a standby has the roles of its primary"));
  }

  void read_roles() {
    const auto database = quote_identifier(server_.database);
    const auto* const admin =
        set_or_read({"POSTGRESQL_POSTGRES_PASSWORD", "POSTGRES_POSTGRES_PASSWORD"});
    const auto& at = place_of_user();
    if (server_.database != "postgres") run(at, "CREATE DATABASE " + database);
    const auto* const of_postgres = user_ == "postgres" ? password() : admin;
    if (of_postgres != nullptr) {
      run(of_postgres->node, "ALTER ROLE postgres PASSWORD 'not shown'");
    }
    if (user_ != "postgres") {
      const auto user = quote_identifier(user_);
      run(at, fmt::format("CREATE ROLE {} LOGIN CREATEDB{}", user,
                          password() == nullptr ? "" : " PASSWORD 'not shown'"));
      run(at, fmt::format("GRANT ALL PRIVILEGES ON DATABASE {} TO {}", database, user));
      run(at, fmt::format("ALTER DATABASE {} OWNER TO {}", database, user));
      run(at, fmt::format("ALTER SCHEMA public OWNER TO {}", user));
    }
    if (!replicator_.empty() && replicator_ != user_) {
      run(run_.at, fmt::format("CREATE ROLE {} REPLICATION LOGIN PASSWORD 'not shown'",
                               quote_identifier(replicator_)));
    }
    if (is_repmgr_) read_repmgr();
  }

  void read_repmgr() {
    repmgr_ = known({"REPMGR_USERNAME"}, server_.unknown_roles);
    if (repmgr_.empty()) repmgr_ = "repmgr";
    repmgr_database_ = known({"REPMGR_DATABASE"}, server_.unknown_roles);
    if (repmgr_database_.empty()) repmgr_database_ = "repmgr";
    const auto& at = place_of("REPMGR_USERNAME");
    if (repmgr_ != "postgres" && repmgr_ != user_) {
      run(at, fmt::format("CREATE ROLE {} REPLICATION LOGIN PASSWORD 'not shown'",
                          quote_identifier(repmgr_)));
    }
    run(at, fmt::format("ALTER ROLE {} SUPERUSER", quote_identifier(repmgr_)));
    if (repmgr_database_ != server_.database) {
      run(at, "CREATE DATABASE " + quote_identifier(repmgr_database_));
    }
  }

  void add_setting(const std::string& line) {
    server_.conf.push_back(added_line(run_.at, line, of_image));
  }

  void read_settings() {
    if (!run_.command.empty() && name_of_path(run_.command.front().text.value_or("")) != "run.sh") {
      server_.unknown_conf.push_back(
          unknown(run_.command.front().node, "a command of its own starts the server"));
      server_.unknown_hba.push_back(server_.unknown_conf.back());
    }
    const auto folder = is_repmgr_ ? std::string("/bitnami/repmgr/conf") : conf_folder;
    const auto file = mounted(folder + "/postgresql.conf");
    file ? take_conf(file) : add_settings();
    take_more_settings();
    for (const auto& [inside, what] : run_.unseen_mounts) {
      if (!inside.starts_with(conf_folder) && !inside.starts_with(folder)) continue;
      const auto why = unknown(run_.at, what + " is not in the repository");
      server_.unknown_conf.push_back(why);
      if (!inside.starts_with(conf_folder + "/conf.d")) server_.unknown_hba.push_back(why);
    }
    take_flags();
  }

  // conf.d, which a file of the user's own must include to have it read.
  void take_more_settings() {
    const auto is_include = [](const DeclaredLine& line) {
      const auto first = line.text.find_first_not_of(" \t");
      return first != std::string::npos && line.text.compare(first, 11, "include_dir") == 0 &&
             line.text.find("conf.d") != std::string::npos;
    };
    const auto included = std::erase_if(server_.conf, is_include) > 0;
    const auto lines = more_settings();
    if (lines.empty() || !server_.conf_file.empty()) return;
    if (has_conf_file() && !included) {
      server_.notes.push_back(fmt::format(
          "{}:{}: has no effect: postgresql.conf does not include "
          "conf.d",
          lines.front().document->name(), lines.front().document->position(lines.front().at).line));
      return;
    }
    server_.conf.insert(server_.conf.end(), lines.begin(), lines.end());
  }

  std::vector<DeclaredLine> more_settings() {
    const auto folder = conf_folder + "/conf.d";
    std::map<std::string, std::vector<DeclaredLine>> files;  // in the order of their names
    for (const auto& [inside, text] : run_.texts) {
      if (inside.starts_with(folder + '/')) files[inside] = known_lines(text, server_.unknown_conf);
    }
    const auto path = outside(folder);
    const auto listed = path ? repository_.files.list(*path) : FolderNames{};
    for (const auto& name : listed.names.value_or(std::vector<std::string>())) {
      if (!name.ends_with(".conf")) continue;
      files[fmt::format("{}/{}", folder, name)] =
          lines_of_mounted(fmt::format("{}/{}", *path, name));
    }
    for (const auto& [inside, file] : run_.mounts) {
      if (inside.starts_with(folder + '/')) files[inside] = lines_of_mounted(file);
    }
    std::vector<DeclaredLine> result;
    for (const auto& [inside, lines] : files) {
      result.insert(result.end(), lines.begin(), lines.end());
    }
    return result;
  }

  std::vector<DeclaredLine> lines_of_mounted(const std::string& path) {
    const auto text = repository_.files.read(path).text;
    if (!text) return {};
    mention(path);
    return lines_of_file(path, *text);
  }

  void add_settings() {
    if (!is_no({"POSTGRESQL_ALLOW_REMOTE_CONNECTIONS", "POSTGRES_ALLOW_REMOTE_CONNECTIONS"})) {
      add_setting("listen_addresses = '*'");
    }
    add_setting("max_wal_senders = '16'");
    add_setting("client_min_messages = 'error'");
    if (!run_.environment.contains("POSTGRESQL_SHARED_PRELOAD_LIBRARIES")) {
      add_setting("shared_preload_libraries = 'pgaudit'");
    } else {
      add_variable({"POSTGRESQL_SHARED_PRELOAD_LIBRARIES", "", "shared_preload_libraries"});
    }
    for (const auto& row : settings_of_variables) add_variable(row);
    if (has_tls()) {
      server_.conf.push_back(line_at(place_of("POSTGRESQL_ENABLE_TLS"), "ssl = 'on'"));
    }
  }

  void add_variable(const SettingOfVariable& row) {
    for (const auto name : {row.variable, row.old_variable}) {
      const auto found = run_.environment.find(std::string(name));
      if (found == run_.environment.end()) continue;
      if (!found->second.text) {
        server_.unknown_conf.push_back(
            unknown(found->second.node, "the value of " + std::string(name)));
      } else if (!found->second.text->empty()) {
        server_.conf.push_back(
            setting_line(found->second.node, std::string(row.setting), *found->second.text));
      }
      return;
    }
  }

  bool is_no(std::initializer_list<std::string_view> names) {
    const auto text = known(names, server_.unknown_conf);
    return !text.empty() && !is_yes(text);
  }

  void take_flags() {
    const auto flags = known({"POSTGRESQL_EXTRA_FLAGS"}, server_.unknown_conf);
    const auto& at = place_of("POSTGRESQL_EXTRA_FLAGS");
    std::vector<SaidWord> words;
    for (auto& word : shell_words(flags)) words.push_back({std::move(word), at});
    for (const auto& [name, value] : settings_of_command(words)) {
      server_.conf.push_back(setting_line(at, name, value.text.value_or("")));
    }
  }

  bool has_tls() {
    return is_on({"POSTGRESQL_ENABLE_TLS", "POSTGRES_ENABLE_TLS"}, server_.unknown_conf);
  }

  void read_records() {
    const auto folder = is_repmgr_ ? std::string("/bitnami/repmgr/conf") : conf_folder;
    const auto records = folder + "/pg_hba.conf";
    const bool is_said = std::any_of(run_.mounts.begin(), run_.mounts.end(),
                                     [&](const auto& mount) { return mount.first == records; });
    if (const auto file =
            is_said ? file_at(records, run_.at, server_.unknown_hba) : mounted(records)) {
      take_hba(file);
      if (is_repmgr_) restrict_said_records();
      return;
    }
    if (mounted("/opt/bitnami/postgresql/conf/pg_hba.conf")) {
      server_.unknown_hba.push_back(
          unknown(run_.at, "the image may write over the pg_hba.conf that is mounted there"));
    }
    if (is_no({"POSTGRESQL_ALLOW_REMOTE_CONNECTIONS", "POSTGRES_ALLOW_REMOTE_CONNECTIONS"})) {
      server_.unknown_hba.push_back(unknown(run_.at, "which records the image comes with"));
    }
    if (is_on({"POSTGRESQL_ENABLE_LDAP", "POSTGRES_ENABLE_LDAP"}, server_.unknown_hba)) {
      server_.unknown_hba.push_back(
          unknown(place_of("POSTGRESQL_ENABLE_LDAP"), "the records for LDAP"));
    }
    if (set_or_read({"POSTGRESQL_PGHBA_REMOVE_FILTERS", "POSTGRES_PGHBA_REMOVE_FILTERS"})) {
      server_.unknown_hba.push_back(unknown(place_of("POSTGRESQL_PGHBA_REMOVE_FILTERS"),
                                            "which records the filters take away"));
    }
    if (run_.more_environment && password() == nullptr) {
      server_.unknown_hba.push_back(
          unknown(*run_.more_environment, "the value of POSTGRESQL_PASSWORD"));
    }
    if (!server_.unknown_hba.empty()) return;
    if (password() == nullptr && !is_on({"ALLOW_EMPTY_PASSWORD"}, server_.unknown_hba)) {
      server_.unknown_hba.push_back(
          unknown(run_.at, "the image does not start without POSTGRESQL_PASSWORD"));
      return;
    }
    is_repmgr_ ? add_repmgr_records() : add_records();
  }

  // The place of what makes it `trust`, where something does.
  const YamlNode& place_of_trust() const {
    return password() == nullptr ? place_of("ALLOW_EMPTY_PASSWORD") : run_.at;
  }
  void add_record(const std::string& record) {
    server_.hba.push_back(added_line(place_of_trust(), record, of_image));
  }
  void add_everywhere(std::string_view type, std::string_view names, std::string_view method) {
    for (const auto* const net : {"0.0.0.0/0", "::/0"}) {
      add_record(fmt::format("{} {} {} {}", type, names, net, method));
    }
  }

  void add_records() {
    // `trust` becomes md5 in the whole file.
    const auto* const method = password() == nullptr ? "trust" : "md5";
    if (has_tls() && set_or_read({"POSTGRESQL_TLS_CA_FILE", "POSTGRES_TLS_CA_FILE"})) {
      add_everywhere("hostssl", "all all", "cert");
    }
    add_everywhere("host", "all all", method);
    add_record(fmt::format("local all all {}", method));
    for (const auto* const loopback : {"127.0.0.1/32", "::1/128"}) {
      add_record(fmt::format("host all all {} {}", loopback, method));
    }
    if (replicator_.empty()) return;
    const auto* const secret =
        set_or_read({"POSTGRESQL_REPLICATION_PASSWORD", "POSTGRES_REPLICATION_PASSWORD"});
    add_everywhere("host", "replication all", secret == nullptr ? "trust" : "md5");
  }

  bool is_restricted() {
    return password() != nullptr && !is_on({"REPMGR_PGHBA_TRUST_ALL"}, server_.unknown_hba);
  }

  void add_repmgr_records() {
    const auto* const method = is_restricted() ? "md5" : "trust";
    const auto user = quote_identifier(repmgr_);
    add_record(fmt::format("host all {} 0.0.0.0/0 {}", user, method));
    add_everywhere("host", quote_identifier(repmgr_database_) + ' ' + user, method);
    add_everywhere("host", "replication " + user, method);
    if (has_tls() && set_or_read({"POSTGRESQL_TLS_CA_FILE", "POSTGRES_TLS_CA_FILE"})) {
      add_everywhere("hostssl", "all all", "cert");
    }
    add_everywhere("host", "all all", method);
    add_record(fmt::format("local all all {}", method));
  }

  // It puts md5 in place of `trust` also where the document says that.
  void restrict_said_records() {
    if (!server_.hba_file.empty() || !is_restricted()) return;
    for (auto& line : server_.hba) {
      for (auto at = line.text.find("trust"); at != std::string::npos;
           at = line.text.find("trust", at)) {
        line.text.replace(at, 5, "md5");
        line.is_verbatim = false;
      }
    }
  }

  bool is_repmgr_ = false;
  std::string user_, replicator_, repmgr_, repmgr_database_;
};

}  // namespace

bool is_bitnami_image(std::string_view image) {
  const auto name = name_of_image(image);
  return (name == "postgresql" || name == "postgresql-repmgr") &&
         image.find("bitnami") != std::string_view::npos;
}

DeclaredServer bitnami_server(const ContainerRun& run, std::string name,
                              const Repository& repository) {
  return BitnamiReader(run, std::move(name), repository).take();
}

}  // namespace pgleast
