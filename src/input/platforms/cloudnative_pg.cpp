// CloudNativePG: Cluster, with its Pooler, Database and DatabaseRole, and the values of its chart.
// The records that it adds: pkg/postgres/configuration.go, hbaTemplateString.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "input/platforms/kubernetes.hpp"
#include "input/platforms/platform_files.hpp"
#include "input/platforms/postgres_image.hpp"
#include "input/platforms/role_words.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

constexpr std::string_view group = "postgresql.cnpg.io";
constexpr const char* always = "added by CloudNativePG";
constexpr const char* by_default = "default of CloudNativePG";

class ClusterReader {
 public:
  /// `spec`: of a Cluster, or what the chart makes of its values.
  ClusterReader(const YamlNode& spec, const YamlNode& at, std::string name, bool of_chart,
                const Repository& repository)
      : spec_(spec), at_(at), name_(std::move(name)), of_chart_(of_chart), repository_(repository) {
    server_.name = "cluster/" + name_;
    server_.path = at.source->name();
    server_.major = major();
    server_.settings_at = place_at(place_of({"postgresql", "parameters"}));
  }

  DeclaredServer take() {
    add_records();
    add_mappings();
    add_settings();
    add_roles();
    return std::move(server_);
  }

 private:
  // The deepest key that is there.
  const YamlNode& place_of(std::initializer_list<std::string_view> keys) const {
    if (const auto* const found = find_key(spec_, keys)) return *found;
    const auto* const outer = find_key(spec_, {*keys.begin()});
    return outer == nullptr ? at_ : *outer;
  }

  int major() const {
    const auto image = find_text(spec_, {"imageName"});
    if (image) return major_of_image(*image);
    const auto catalog = find_text(spec_, {"imageCatalogRef", "major"});
    return catalog ? major_of_image(":" + *catalog) : 0;
  }

  void add_records() {
    const auto& at = place_of({"postgresql", "pg_hba"});
    constexpr std::array fixed{
        "local all all peer map=local",
        "hostssl postgres streaming_replica all cert map=cnpg_streaming_replica",
        "hostssl replication streaming_replica all cert map=cnpg_streaming_replica",
        "hostssl all cnpg_pooler_pgbouncer all cert map=cnpg_pooler_pgbouncer"};
    for (const auto* const line : fixed) server_.hba.push_back(added_line(at, line, always));
    add_lines_said(find_node(spec_, {"postgresql", "pg_hba"}), server_.hba, server_.unknown_hba);
    if (const auto* const ldap = find_node(spec_, {"postgresql", "ldap"})) {
      server_.hba.push_back(added_line(*ldap, ldap_record(*ldap), always));
    }
    const bool md5 = server_.major != 0 && server_.major < 14;
    server_.hba.push_back(added_line(
        at, fmt::format("host all all all {}", md5 ? "md5" : "scram-sha-256"), by_default));
  }

  // Who is asked; the server's own words for it do not change who gets in.
  static std::string ldap_record(const YamlNode& ldap) {
    return fmt::format("host all all 0.0.0.0/0 ldap ldapserver=\"{}\" ldapbasedn=\"not shown\"",
                       find_text(ldap, {"server"}).value_or("unknown"));
  }

  void add_mappings() {
    const auto& at = place_of({"postgresql", "pg_ident"});
    for (const auto* const line :
         {"local postgres postgres", "cnpg_streaming_replica streaming_replica streaming_replica",
          "cnpg_pooler_pgbouncer cnpg_pooler_pgbouncer "
          "cnpg_pooler_pgbouncer"}) {
      server_.ident.push_back(added_line(at, line, always));
    }
    add_lines_said(find_node(spec_, {"postgresql", "pg_ident"}), server_.ident,
                   server_.unknown_hba);
  }

  void add_settings() {
    const auto& at = place_of({"postgresql", "parameters"});
    const auto add = [&](std::string line, const char* by) {
      server_.conf.push_back(added_line(at, std::move(line), by));
    };
    for (const auto* const line :
         {"logging_collector = on", "log_destination = 'csvlog'", "wal_level = 'logical'",
          "ssl_min_protocol_version = 'TLSv1.3'", "ssl_max_protocol_version = 'TLSv1.3'"}) {
      add(line, by_default);
    }
    if (const auto* const parameters = find_node(spec_, {"postgresql", "parameters"})) {
      for (const auto& parameter : parameters->entries) {
        const auto line = parameter_line(parameter);
        if (line) {
          server_.conf.push_back(*line);
        } else {
          server_.unknown_conf.push_back(shown_place(parameter.second) + ": " +
                                         parameter.first.text);
        }
      }
    }
    for (const auto* const line :
         {"listen_addresses = '*'", "port = 5432", "ssl = on", "archive_mode = on",
          "unix_socket_directories = '/controller/run'"}) {
      add(line, always);
    }
    const bool may_alter =
        truth_of(find_node(spec_, {"postgresql", "enableAlterSystem"})).value_or(false);
    if (server_.major == 0 || server_.major >= 17) {
      add(fmt::format("allow_alter_system = {}", may_alter ? "on" : "off"), always);
    }
  }

  void state(const YamlNode& at, std::string sql) {
    server_.statements.push_back(line_at(at, std::move(sql)));
  }

  void add_roles() {
    server_.superuser = line_at(place_of({"enableSuperuserAccess"}), "postgres");
    if (truth_of(find_node(spec_, {"enableSuperuserAccess"})).value_or(of_chart_)) {
      state(place_of({"enableSuperuserAccess"}), "ALTER ROLE postgres PASSWORD 'not shown'");
    }
    server_.statements.push_back(
        added_line(at_, create_role("streaming_replica", " LOGIN REPLICATION"), always));
    const auto poolers = objects_of_kind(repository_, group, "Pooler");
    if (std::any_of(poolers.begin(), poolers.end(), [&](auto* p) { return is_mine(*p); })) {
      server_.statements.push_back(
          added_line(at_, create_role("cnpg_pooler_pgbouncer", " LOGIN"), always));
    }
    add_application();
    add_managed_roles();
    add_databases();
    add_initial_sql();
  }

  bool is_mine(const YamlNode& object) const {
    return find_text(object, {"spec", "cluster", "name"}) == name_;
  }

  // Made by initdb unless the cluster is restored from elsewhere.
  void add_application() {
    const auto* const bootstrap = find_node(spec_, {"bootstrap"});
    for (const std::string_view other : {"recovery", "pg_basebackup"}) {
      if (bootstrap == nullptr || find_node(*bootstrap, {other}) == nullptr) continue;
      server_.unknown_roles.push_back(shown_place(*bootstrap) + ": restored from elsewhere");
      return;
    }
    const auto* const initdb = bootstrap == nullptr ? nullptr : find_node(*bootstrap, {"initdb"});
    const auto text = [&](std::string_view key) {
      return initdb == nullptr ? std::nullopt : find_text(*initdb, {key});
    };
    const auto* const at = initdb == nullptr ? &at_ : find_key(*bootstrap, {"initdb"});
    const auto database = text("database").value_or("app");
    const auto owner = text("owner").value_or(database);
    if (owner != "postgres") state(*at, create_role(owner, " LOGIN PASSWORD 'not shown'"));
    if (database != "postgres") {
      state(*at, fmt::format("CREATE DATABASE {} OWNER {}", quote_identifier(database),
                             quote_identifier(owner)));
    }
    application_ = database;
  }

  void add_managed_roles() {
    if (const auto* const roles = find_node(spec_, {"managed", "roles"})) {
      for (const auto& role : roles->items) add_managed_role(role, role);
    }
    for (const auto* const object : objects_of_kind(repository_, group, "DatabaseRole")) {
      const auto* const role = find_node(*object, {"spec"});
      if (role != nullptr && is_mine(*object)) add_managed_role(*role, *role);
    }
  }

  void add_managed_role(const YamlNode& role, const YamlNode& at) {
    const auto name = find_text(role, {"name"}).value_or("");
    if (name.empty() || find_text(role, {"ensure"}) == "absent") return;
    std::string words;
    constexpr std::array<std::array<std::string_view, 2>, 7> attributes{
        {{"login", "LOGIN"},
         {"superuser", "SUPERUSER"},
         {"createdb", "CREATEDB"},
         {"createrole", "CREATEROLE"},
         {"replication", "REPLICATION"},
         {"bypassrls", "BYPASSRLS"},
         {"inherit", "INHERIT"}}};
    for (const auto& attribute : attributes) {
      words += attribute_word(role, attribute[0], attribute[1]);
    }
    if (const auto limit = find_text(role, {"connectionLimit"})) {
      words += " CONNECTION LIMIT " + *limit;
    }
    if (const auto until = find_text(role, {"validUntil"})) {
      words += " VALID UNTIL " + quote_literal(*until);
    }
    const bool password = find_node(role, {"passwordSecret"}) != nullptr;
    if (password) words += " PASSWORD 'not shown'";
    const bool is_there = std::any_of(
        server_.statements.begin(), server_.statements.end(),
        [&](const DeclaredLine& s) { return s.text.starts_with(create_role(name, "") + " "); });
    state(at, is_there || name == "postgres"
                  ? fmt::format("ALTER ROLE {}{}", quote_identifier(name), words)
                  : create_role(name, words));
    if (const auto* const groups = find_node(role, {"inRoles"})) {
      for (const auto& item : groups->items)
        memberships_.push_back(line_at(
            item,
            fmt::format("GRANT {} TO {}", quote_identifier(item.text), quote_identifier(name))));
    }
  }

  void add_databases() {
    // A group may stand below its members.
    server_.statements.insert(server_.statements.end(), memberships_.begin(), memberships_.end());
    for (const auto* const object : objects_of_kind(repository_, group, "Database")) {
      const auto name = find_text(*object, {"spec", "name"}).value_or("");
      const auto owner = find_text(*object, {"spec", "owner"}).value_or("");
      if (!is_mine(*object) || name.empty() || owner.empty()) continue;
      state(*find_node(*object, {"spec"}),
            fmt::format("CREATE DATABASE {} OWNER {}", quote_identifier(name),
                        quote_identifier(owner)));
    }
  }

  void add_initial_sql() {
    add_sql("postInitSQL", "postgres");
    add_sql("postInitTemplateSQL", "template1");
    add_sql("postInitApplicationSQL", application_);
    for (const std::string_view key :
         {"postInitSQLRefs", "postInitApplicationSQLRefs", "postInitTemplateSQLRefs"}) {
      const auto* const refs = find_node(spec_, {"bootstrap", "initdb", key});
      if (refs == nullptr) continue;
      server_.not_followed.push_back(fmt::format("{}: {}", shown_place(*refs), key));
    }
  }

  void add_sql(std::string_view key, const std::string& database) {
    const auto* const list = find_node(spec_, {"bootstrap", "initdb", key});
    if (list == nullptr || list->items.empty()) return;
    state(*list, "\\connect " + quote_identifier(database));
    for (const auto& item : list->items) {
      auto sql = item.text;
      const auto end = sql.find_last_not_of("; \n");
      sql.resize(end == std::string::npos ? 0 : end + 1);
      state(item, sql);
    }
  }

  const YamlNode& spec_;
  const YamlNode& at_;
  std::string name_;
  bool of_chart_;
  const Repository& repository_;
  DeclaredServer server_;
  std::string application_ = "postgres";
  std::vector<DeclaredLine> memberships_;
};

}  // namespace

bool is_cloudnative_pg(const YamlNode& document, std::string_view) {
  return is_object(document, group, "Cluster");
}

std::vector<DeclaredServer> cloudnative_pg_servers(const YamlNode& document, const Manifest&,
                                                   const Repository& repository) {
  const auto* const spec = find_node(document, {"spec"});
  if (spec == nullptr) return {};
  return {
      ClusterReader(*spec, *find_key(document, {"spec"}), object_name(document), false, repository)
          .take()};
}

// The chart `cluster`: its values have the same keys below `cluster`, and superuser access is on.
bool is_cloudnative_pg_chart(const YamlNode& document, std::string_view) {
  const auto* const cluster = find_node(document, {"cluster"});
  if (cluster == nullptr || find_node(document, {"apiVersion"}) != nullptr) return false;
  const auto has = [&](std::string_view key) { return find_node(*cluster, {key}) != nullptr; };
  return has("enableSuperuserAccess") || (has("instances") && (has("postgresql") || has("initdb")));
}

std::vector<DeclaredServer> cloudnative_pg_chart_servers(const YamlNode& document, const Manifest&,
                                                         const Repository& repository) {
  auto spec = *find_node(document, {"cluster"});
  const auto rename = [&](std::string_view from, const std::vector<std::string_view>& path) {
    const auto* const value = find_node(spec, {from});
    if (value == nullptr) return;
    auto inner = *value;
    for (auto key = path.rbegin(); key != path.rend(); ++key) {
      YamlNode outer = *value;
      outer.kind = YamlNode::Kind::mapping;
      outer.items.clear();
      outer.entries.clear();
      YamlNode name = *value;
      name.kind = YamlNode::Kind::scalar;
      name.text = *key;
      outer.entries.push_back({std::move(name), std::move(inner)});
      inner = std::move(outer);
    }
    spec.entries.push_back(inner.entries.front());
  };
  rename("initdb", {"bootstrap", "initdb"});
  rename("roles", {"managed", "roles"});
  return {ClusterReader(spec, *find_key(document, {"cluster"}), "chart", true, repository).take()};
}

}  // namespace pgleast
