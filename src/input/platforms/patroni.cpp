// Patroni: its configuration file. patroni/postgresql/config.py and bootstrap.py; what stands below
// `postgresql` beats what stands below `bootstrap.dcs`.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "input/platforms/initdb.hpp"
#include "input/platforms/platform_files.hpp"
#include "input/platforms/role_words.hpp"

namespace pgleast {
namespace {

constexpr const char* by_default = "default of Patroni";

// These must be the same in all members: a local value is left out.
constexpr std::array<std::string_view, 6> of_dcs_alone{
    "max_connections", "max_locks_per_transaction", "max_worker_processes",
    "wal_level",       "max_prepared_transactions", "track_commit_timestamp"};

int number_in(std::string_view path) {
  // /usr/lib/postgresql/16/bin, /var/lib/pgsql/15/data
  for (std::size_t at = 0; at < path.size(); ++at) {
    if (path[at] != '/') continue;
    const auto end = std::min(path.find('/', at + 1), path.size());
    const auto part = path.substr(at + 1, end - at - 1);
    if (part.size() == 2 && part[0] == '1' && part[1] >= '2' && part[1] <= '9') {
      return 10 + (part[1] - '0');
    }
  }
  return 0;
}

class PatroniReader {
 public:
  PatroniReader(const YamlNode& document, const Manifest& manifest)
      : document_(document),
        postgresql_(*find_node(document, {"postgresql"})),
        at_(*find_key(document, {"postgresql"})) {
    server_.path = manifest.path;
    server_.name = "patroni/" + find_text(document, {"scope"}).value_or(manifest.path);
    for (const std::string_view key : {"bin_dir", "data_dir"}) {
      if (server_.major == 0) {
        server_.major = number_in(find_text(postgresql_, {key}).value_or(""));
      }
    }
    const auto* const parameters = find_key(postgresql_, {"parameters"});
    server_.settings_at = place_at(parameters != nullptr ? *parameters : at_);
  }

  DeclaredServer take() {
    add_records();
    add_lines_said(either("pg_ident"), server_.ident, server_.unknown_hba);
    add_settings();
    add_roles();
    return std::move(server_);
  }

 private:
  const YamlNode* dcs(std::string_view key) const {
    return find_node(document_, {"bootstrap", "dcs", "postgresql", key});
  }
  const YamlNode* either(std::string_view key) const {
    const auto* const local = find_node(postgresql_, {key});
    return local != nullptr && !local->is(YamlNode::Kind::null) ? local : dcs(key);
  }

  // For one role of a member there may be others.
  const YamlNode* records() const {
    for (const std::string_view key : {"pg_hba_primary", "pg_hba"}) {
      if (const auto* const found = either(key)) return found;
    }
    return nullptr;
  }

  void add_records() {
    const auto* const parameters = find_node(postgresql_, {"parameters"});
    const auto elsewhere =
        parameters == nullptr ? std::nullopt : find_text(*parameters, {"hba_file"});
    if (elsewhere) {
      server_.unknown_hba.push_back(shown_place(*find_node(*parameters, {"hba_file"})) +
                                    ": the records stand in another file");
      return;
    }
    if (const auto* const said = records()) {
      if (find_node(postgresql_, {"pg_hba"}) == nullptr) note_bootstrap(*said);
      return add_lines_said(said, server_.hba, server_.unknown_hba);
    }
    InitdbArguments arguments;
    const auto* const initdb = find_node(document_, {"bootstrap", "initdb"});
    if (initdb != nullptr) arguments = initdb_arguments(*initdb);
    const auto* const key = find_key(document_, {"bootstrap", "initdb"});
    add_initdb_records(arguments, key == nullptr ? at_ : *key, server_.hba);
    add_lines_said(find_node(document_, {"bootstrap", "pg_hba"}), server_.hba, server_.unknown_hba);
  }

  void note_bootstrap(const YamlNode& at) {
    server_.notes.push_back(fmt::format(
        "{}: what stands below bootstrap.dcs counts when the cluster is made; later `patronictl "
        "edit-config` changes it",
        shown_place(at)));
  }

  void add_settings() {
    const auto listen = find_text(postgresql_, {"listen"}).value_or("");
    const auto colon = listen.rfind(':');
    const auto hosts = listen.substr(0, colon == std::string::npos ? listen.size() : colon);
    if (!hosts.empty() && !is_template(hosts)) {
      server_.conf.push_back(
          setting_line(*find_node(postgresql_, {"listen"}), "listen_addresses", hosts));
    } else if (!hosts.empty()) {
      server_.unknown_conf.push_back(shown_place(*find_node(postgresql_, {"listen"})) +
                                     ": listen_addresses");
    }
    for (const auto* const line :
         {"wal_level = 'replica'", "hot_standby = on", "max_connections = 100",
          "max_wal_senders = 10", "max_replication_slots = 10", "wal_log_hints = on",
          "max_prepared_transactions = 0"}) {
      server_.conf.push_back(added_line(at_, line, by_default));
    }
    add_parameters(dcs("parameters"), false);
    add_parameters(find_node(postgresql_, {"parameters"}), true);
  }

  void add_parameters(const YamlNode* parameters, bool is_local) {
    if (parameters == nullptr) return;
    for (const auto& parameter : parameters->entries) {
      const auto& name = parameter.first.text;
      const bool ignored = is_local && std::find(of_dcs_alone.begin(), of_dcs_alone.end(), name) !=
                                           of_dcs_alone.end();
      if (ignored) {
        server_.notes.push_back(
            fmt::format("{}: {} has no effect here: Patroni takes it from "
                        "bootstrap.dcs alone",
                        shown_place(parameter.first), name));
        continue;
      }
      const auto line = parameter_line(parameter);
      if (line) {
        server_.conf.push_back(*line);
      } else {
        server_.unknown_conf.push_back(shown_place(parameter.first) + ": " + name);
      }
    }
  }

  std::string user_of(std::string_view who) const {
    return find_text(postgresql_, {"authentication", who, "username"}).value_or("");
  }

  void add_roles() {
    const auto superuser = user_of("superuser");
    const auto* const at = find_node(postgresql_, {"authentication", "superuser"});
    server_.superuser =
        line_at(at == nullptr ? postgresql_ : *at, superuser.empty() ? "postgres" : superuser);
    if (at != nullptr && find_node(*at, {"password"}) != nullptr) {
      server_.statements.push_back(
          line_at(*at, alter_role(server_.superuser.text, " PASSWORD 'not shown'")));
    }
    add_user("replication", " LOGIN REPLICATION PASSWORD 'not shown'");
    add_user("rewind", " LOGIN PASSWORD 'not shown'");
    if (is_template(superuser)) {
      server_.unknown_roles.push_back(shown_place(*at) + ": the name of the superuser");
    }
    const auto* const users = find_node(document_, {"bootstrap", "users"});
    if (users != nullptr) {
      for (const auto& [name, user] : users->entries) add_old_user(name, user);
    }
    for (const std::string_view key : {"post_bootstrap", "post_init"}) {
      if (const auto* const script = find_node(document_, {"bootstrap", key})) {
        server_.not_followed.push_back(fmt::format("{}: {}", shown_place(*script), script->text));
      }
    }
  }

  void add_user(std::string_view who, const std::string& words) {
    const auto name = user_of(who);
    if (name.empty() || name == server_.superuser.text) return;
    const auto& at = *find_key(postgresql_, {"authentication", who});
    if (is_template(name)) {
      server_.unknown_roles.push_back(shown_place(at) + ": " + name);
      return;
    }
    server_.statements.push_back(line_at(at, create_role(name, words)));
  }

  // CREATE USER with the words of `options`.
  void add_old_user(const YamlNode& name, const YamlNode& user) {
    std::string words = " LOGIN";
    if (find_node(user, {"password"}) != nullptr) words += " PASSWORD 'not shown'";
    if (const auto* const options = find_node(user, {"options"})) {
      for (const auto& option : options->items) words += ' ' + option.text;
    }
    server_.statements.push_back(line_at(name, create_role(name.text, words)));
  }

  const YamlNode& document_;
  const YamlNode& postgresql_;
  const YamlNode& at_;  // its key
  DeclaredServer server_;
};

}  // namespace

bool is_patroni(const YamlNode& document, std::string_view) {
  const auto* const postgresql = find_node(document, {"postgresql"});
  if (postgresql == nullptr || !postgresql->is(YamlNode::Kind::mapping)) return false;
  const auto has = [](const YamlNode& node, std::string_view key) {
    return find_node(node, {key}) != nullptr;
  };
  const bool of_member = has(document, "scope") || has(document, "restapi") ||
                         find_node(document, {"bootstrap", "dcs"}) != nullptr;
  return of_member && (has(*postgresql, "data_dir") || has(*postgresql, "listen") ||
                       has(*postgresql, "authentication") || has(*postgresql, "pg_hba") ||
                       has(*postgresql, "parameters"));
}

std::vector<DeclaredServer> patroni_servers(const YamlNode& document, const Manifest& manifest,
                                            const Repository&) {
  return {PatroniReader(document, manifest).take()};
}

}  // namespace pgleast
