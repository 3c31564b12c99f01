// Zalando's operator: postgresql. The records are those of its image Spilo
// (postgres-appliance/scripts/configure_spilo.py) unless the document has its own.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "input/platforms/kubernetes.hpp"
#include "input/platforms/platform_files.hpp"
#include "input/platforms/postgres_image.hpp"
#include "input/platforms/role_words.hpp"
#include "pg/identifier.hpp"
#include "text/upper_case.hpp"

namespace pgleast {
namespace {

constexpr const char* of_spilo = "default of Spilo";
constexpr const char* of_operator = "added by Zalando's operator";

class ZalandoReader {
 public:
  ZalandoReader(const YamlNode& document, const YamlNode& spec)
      : spec_(spec), at_(*find_key(document, {"spec"})) {
    server_.name = "postgresql/" + object_name(document);
    server_.path = document.source->name();
    server_.major = major_of_image(":" + find_text(spec, {"postgresql", "version"}).value_or(""));
    const auto* const parameters = find_key(spec, {"postgresql", "parameters"});
    server_.settings_at = place_at(parameters != nullptr ? *parameters : at_);
  }

  DeclaredServer take() {
    add_records();
    add_settings();
    add_roles();
    return std::move(server_);
  }

 private:
  void add_records() {
    const auto* const said = find_node(spec_, {"patroni", "pg_hba"});
    if (said != nullptr && !said->items.empty()) {
      add_lines_said(said, server_.hba, server_.unknown_hba);
      return;
    }
    const auto* const patroni = find_key(spec_, {"patroni"});
    const auto& at = patroni != nullptr ? *patroni : at_;
    const bool plain = allows_no_tls();
    for (const auto* const line :
         {"local all all trust", "hostssl all +zalandos 127.0.0.1/32 pam",
          "host all all 127.0.0.1/32 md5", "hostssl all +zalandos ::1/128 pam",
          "host all all ::1/128 md5", "local replication standby trust",
          "hostssl replication standby all md5"}) {
      server_.hba.push_back(added_line(at, line, of_spilo));
    }
    if (!plain) server_.hba.push_back(added_line(at, "hostnossl all all all reject", of_spilo));
    server_.hba.push_back(added_line(at, "hostssl all +zalandos all pam", of_spilo));
    server_.hba.push_back(
        added_line(at, plain ? "host all all all md5" : "hostssl all all all md5", of_spilo));
  }

  // ALLOW_NOSSL, whatever it says but nothing.
  bool allows_no_tls() const {
    const auto* const environment = find_node(spec_, {"env"});
    if (environment == nullptr) return false;
    return std::any_of(environment->items.begin(), environment->items.end(),
                       [](const YamlNode& item) {
                         return find_text(item, {"name"}) == "ALLOW_NOSSL" &&
                                !find_text(item, {"value"}).value_or("").empty();
                       });
  }

  void add_settings() {
    for (const auto* const line :
         {"listen_addresses = '*'", "ssl = on", "log_connections = on", "log_disconnections = on",
          "log_statement = 'ddl'", "log_lock_waits = on", "logging_collector = on",
          "log_destination = 'csvlog'", "wal_level = 'logical'"}) {
      server_.conf.push_back(added_line(at_, line, of_spilo));
    }
    const auto* const parameters = find_node(spec_, {"postgresql", "parameters"});
    if (parameters == nullptr) return;
    for (const auto& parameter : parameters->entries) {
      const auto line = parameter_line(parameter);
      if (line) {
        server_.conf.push_back(*line);
      } else {
        server_.unknown_conf.push_back(shown_place(parameter.first) + ": " + parameter.first.text);
      }
    }
  }

  void state(const YamlNode& at, std::string sql) {
    server_.statements.push_back(line_at(at, std::move(sql)));
  }

  void add_roles() {
    server_.superuser = line_at(at_, "postgres");
    const auto add = [&](std::string sql) {
      server_.statements.push_back(added_line(at_, std::move(sql), of_operator));
    };
    add("ALTER ROLE postgres PASSWORD 'not shown'");
    add(create_role("standby", " LOGIN REPLICATION PASSWORD 'not shown'"));
    add(create_role("zalandos", " NOLOGIN CREATEDB"));
    add(create_role("admin", " NOLOGIN CREATEDB CREATEROLE"));
    add(create_role("robot_zmon", " NOLOGIN"));
    if (const auto* const users = find_node(spec_, {"users"})) {
      for (const auto& [name, flags] : users->entries)
        state(name, create_role(name.text, words_of(flags)));
    }
    if (const auto* const databases = find_node(spec_, {"databases"})) {
      for (const auto& [name, owner] : databases->entries) {
        state(name, fmt::format("CREATE DATABASE {} OWNER {}", quote_identifier(name.text),
                                quote_identifier(owner.text)));
      }
    }
    if (const auto* const prepared = find_node(spec_, {"preparedDatabases"})) {
      for (const auto& [name, database] : prepared->entries) add_prepared(name, database);
    }
  }

  // LOGIN is implied; case does not matter.
  static std::string words_of(const YamlNode& flags) {
    constexpr std::array<std::string_view, 8> known{"SUPERUSER",   "CREATEDB", "CREATEROLE",
                                                    "REPLICATION", "INHERIT",  "BYPASSRLS",
                                                    "NOLOGIN",     "LOGIN"};
    std::string words, login = " LOGIN";
    for (const auto& flag : flags.items) {
      const auto word = upper_case(flag.text);
      if (std::find(known.begin(), known.end(), word) == known.end()) continue;
      if (word == "NOLOGIN") login = " NOLOGIN";
      if (word != "NOLOGIN" && word != "LOGIN") words += ' ' + word;
    }
    return login + " PASSWORD 'not shown'" + words;
  }

  // owner, reader and writer; what they may do in the schemas is not followed.
  void add_prepared(const YamlNode& name, const YamlNode& database) {
    const bool users = truth_of(find_node(database, {"defaultUsers"})).value_or(false);
    const auto role = [&](const char* kind) { return name.text + kind; };
    for (const auto* const kind : {"_reader", "_writer", "_owner"}) {
      state(name, create_role(role(kind), " NOLOGIN"));
    }
    const auto grant = [&](const std::string& group, const std::string& member) {
      state(name, fmt::format("GRANT {} TO {}", quote_identifier(group), quote_identifier(member)));
    };
    grant(role("_reader"), role("_writer"));
    grant(role("_writer"), role("_owner"));
    for (const auto* const kind : {"_reader", "_writer", "_owner"}) {
      if (!users) continue;
      state(name, create_role(role(kind) + "_user", " LOGIN PASSWORD 'not shown'"));
      grant(role(kind), role(kind) + "_user");
    }
    state(name, fmt::format("CREATE DATABASE {} OWNER {}", quote_identifier(name.text),
                            quote_identifier(role("_owner"))));
    server_.not_followed.push_back(
        fmt::format("{}: schemas and default privileges of preparedDatabases", shown_place(name)));
  }

  const YamlNode& spec_;
  const YamlNode& at_;  // its key
  DeclaredServer server_;
};

}  // namespace

bool is_zalando(const YamlNode& document, std::string_view) {
  return is_object(document, "acid.zalan.do", "postgresql");
}

std::vector<DeclaredServer> zalando_servers(const YamlNode& document, const Manifest&,
                                            const Repository&) {
  const auto* const spec = find_node(document, {"spec"});
  if (spec == nullptr) return {};
  return {ZalandoReader(document, *spec).take()};
}

}  // namespace pgleast
