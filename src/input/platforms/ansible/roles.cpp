#include "input/platforms/ansible/roles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "pg/setting_table.hpp"
#include "pg/version.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

using Is = AnsibleValue::Is;

// A role's variables: what documents say, and its own defaults where they say nothing.
class RoleReader {
 public:
  RoleReader(AnsibleRun& run, const AnsibleScope& scope, const YamlNode& at,
             const std::string& called, const std::string& defaults)
      : run_(run), at_(at), called_("default of " + called) {
    auto read = read_yaml_documents(Source(called_, defaults));
    if (!read.documents.empty()) defaults_ = std::move(read.documents.front());
    scope_.add(defaults_);
    for (const auto* const layer : scope.layers()) scope_.add(*layer);
    run_.is_used = true;
    run_.server.major = major();
    run_.server.settings_at = place_at(at);
  }

  AnsibleRun& run() { return run_; }
  const AnsibleScope& scope() const { return scope_; }
  const YamlNode& at() const { return at_; }
  const YamlNode* find(std::string_view name) const { return scope_.find(name); }
  std::string text(std::string_view name) const {
    const auto* const node = find(name);
    return node == nullptr ? "" : scope_.text(*node).value_or("");
  }
  bool is_true(std::string_view name) const {
    const auto* const node = find(name);
    if (node == nullptr) return true;
    YamlNode said;
    said.kind = YamlNode::Kind::scalar;
    said.text = scope_.text(*node).value_or("true");
    return truth_of(&said) != false;
  }

  /// The items of a list of variables; what is not known is said.
  template <typename Function>
  void each(std::string_view name, std::vector<std::string>& unknowns, Function take) {
    const auto* const node = find(name);
    if (node == nullptr || node->is(YamlNode::Kind::null)) return;
    const auto value = scope_.value(*node);
    if (value.is == Is::absent || (value.is == Is::text && value.text.empty())) return;
    const auto* const items = scope_.list(*node);
    if (items == nullptr) return run_.do_not_know(unknowns, place_of(*node), std::string(name));
    for (const auto& item : items->items) {
      const auto inner = scope_.value(item);
      take(inner.is == Is::node ? *inner.node : item);
    }
  }

  /// A line of a document or, where it is of the role's own variables, of the role.
  DeclaredLine line(const YamlNode& node, std::string text) const {
    return is_default(node) ? added(std::move(text)) : line_at(node, std::move(text));
  }
  DeclaredLine added(std::string text) const { return added_line(at_, std::move(text), called_); }
  const YamlNode& place_of(const YamlNode& node) const { return is_default(node) ? at_ : node; }

  void add_hba(DeclaredLine line) { run_.server.hba.push_back(std::move(line)); }
  /// `type database user address method`, from these keys of an entry.
  void add_entry(const YamlNode& entry, std::initializer_list<std::string_view> keys,
                 std::initializer_list<std::string_view> optional) {
    std::string text;
    for (const auto key : keys) {
      const auto* const node = find_node(entry, {key});
      const bool may_miss = std::find(optional.begin(), optional.end(), key) != optional.end();
      if (node == nullptr && may_miss) continue;
      const auto value = node == nullptr ? std::nullopt : text_of(*node);
      if (!value) {
        return run_.do_not_know(run_.server.unknown_hba, place_of(node == nullptr ? entry : *node),
                                fmt::format("`{}` of a record", key));
      }
      if (!value->empty()) text += (text.empty() ? "" : " ") + *value;
    }
    add_hba(line(entry, std::move(text)));
  }

  /// `{option: ssl, value: on}`
  void add_option(const YamlNode& item) {
    const AnsibleArguments option(item, scope_);
    const auto name = option.text({"option"}, "");
    const auto value = option.find({"value"});
    if (option.text({"state"}, "present") == "absent") return;
    if (!name || value.is_unknown()) {
      if (name) return run_.hide(setting_key(*name), place_of(item), "the value of " + *name);
      return run_.do_not_know(run_.server.unknown_conf, place_of(item), "the name of a setting");
    }
    if (value.text) add_setting(*value.node, *name, *value.text);
  }
  void add_setting(const YamlNode& node, const std::string& name, const std::string& value) {
    auto made = setting_line(place_of(node), name, value);
    if (is_default(node)) made.added_by = called_;
    run_.server.conf.push_back(std::move(made));
  }

  AnsibleArguments arguments(const YamlNode& item) const { return {item, scope_}; }

 private:
  // An empty address is none.
  std::optional<std::string> text_of(const YamlNode& node) const {
    const auto value = scope_.value(node);
    if (value.is == Is::absent)
      return node.is(YamlNode::Kind::null) ? std::optional("") : std::nullopt;
    return value.is == Is::text ? std::optional(value.text) : std::nullopt;
  }
  bool is_default(const YamlNode& node) const { return node.source == defaults_.source; }
  int major() const {
    const auto said = text("postgresql_version");
    const int number = std::atoi(said.c_str());
    return number >= oldest_major && number < 100 ? number : 0;
  }

  AnsibleRun& run_;
  const YamlNode& at_;
  std::string called_;
  YamlNode defaults_;
  AnsibleScope scope_;
};

// The roles add lines to the file of a package: Debian's switches TLS on.
void hide_what_packages_set(AnsibleRun& run, const YamlNode& at) {
  run.hide("ssl", at, "the package of the distribution decides on ssl");
}

// "md5" where the version is below 14.
std::string default_method(const AnsibleScope& scope) {
  const auto* const said = scope.find("postgresql_version");
  const auto version = said == nullptr ? std::nullopt : scope.text(*said);
  const int major = version ? std::atoi(version->c_str()) : 0;
  return major != 0 && major < 14 ? "md5" : "scram-sha-256";
}

void run_users(RoleReader& reader, std::string_view name) {
  reader.each(name, reader.run().server.unknown_roles, [&](const YamlNode& item) {
    auto user = item;
    user.source = reader.place_of(item).source;
    user.span = reader.place_of(item).span;
    ansible_user(reader.run(), reader.arguments(user));
  });
}

void run_databases(RoleReader& reader, std::string_view name) {
  reader.each(name, reader.run().server.unknown_roles, [&](const YamlNode& item) {
    ansible_database(reader.run(), reader.arguments(item));
  });
}

void run_privileges(RoleReader& reader, std::string_view name) {
  reader.each(name, reader.run().server.unknown_roles, [&](const YamlNode& item) {
    ansible_privileges(reader.run(), reader.arguments(item));
  });
}

// --- geerlingguy.postgresql: templates/pg_hba.conf.j2, tasks/configure.yml, defaults/main.yml ---

constexpr std::array<std::string_view, 2> geerlingguy_variables{"postgresql_hba_entries",
                                                                "postgresql_global_config_options"};

bool is_geerlingguy(std::string_view name) {
  return name == "geerlingguy.postgresql" || name == "ansible-role-postgresql";
}

void run_geerlingguy(AnsibleRun& run, const AnsibleScope& scope, const YamlNode& at) {
  RoleReader reader(run, scope, at, "geerlingguy.postgresql",
                    "postgresql_user: postgres\n"
                    "postgresql_auth_method: md5\n"
                    "postgresql_hba_entries:\n"
                    "  - {type: local, database: all, user: postgres, auth_method: peer}\n"
                    "  - {type: local, database: all, user: all, auth_method: peer}\n"
                    "  - {type: host, database: all, user: all, address: '127.0.0.1/32', "
                    "auth_method: '{{ postgresql_auth_method }}'}\n"
                    "  - {type: host, database: all, user: all, address: '::1/128', "
                    "auth_method: '{{ postgresql_auth_method }}'}\n");
  if (scope.find("postgresql_auth_method") == nullptr &&
      scope.find("postgresql_hba_entries") == nullptr) {
    run.note(fmt::format("{}: postgresql_auth_method is md5, as on a host without FIPS mode",
                         shown_place(at)));
  }
  reader.each("postgresql_hba_entries", run.server.unknown_hba, [&](const YamlNode& entry) {
    reader.add_entry(entry,
                     {"type", "database", "user", "address", "ip_address", "ip_mask", "auth_method",
                      "auth_options"},
                     {"address", "ip_address", "ip_mask", "auth_options"});
  });
  if (run.server.hba.empty() && run.server.unknown_hba.empty()) {
    run.do_not_know(run.server.unknown_hba, at, "without entries the file of the package stays");
  }
  reader.each("postgresql_global_config_options", run.server.unknown_conf,
              [&](const YamlNode& item) { reader.add_option(item); });
  hide_what_packages_set(run, at);
  run_users(reader, "postgresql_users");
  run_databases(reader, "postgresql_databases");
  run_privileges(reader, "postgresql_privs");
}

// --- galaxyproject.postgresql: templates/pg_hba.conf.debian.j2, 25ansible_postgresql.conf.j2 ----

constexpr std::array<std::string_view, 6> galaxy_variables{
    "postgresql_pg_hba_conf",        "postgresql_conf",
    "postgresql_objects_users",      "postgresql_objects_databases",
    "postgresql_objects_privileges", "postgresql_objects_groups"};

bool is_galaxy(std::string_view name) { return name.starts_with("galaxyproject.postgresql"); }

void add_galaxy_records(RoleReader& reader) {
  const auto method = reader.text("postgresql_default_auth_method");
  const auto add = [&](std::string_view variable, std::string line) {
    if (reader.is_true(variable)) reader.add_hba(reader.added(std::move(line)));
  };
  add("postgresql_pg_hba_local_postgres_user", "local all postgres peer");
  add("postgresql_pg_hba_local_socket", "local all all peer");
  add("postgresql_pg_hba_local_ipv4", "host all all 127.0.0.1/32 " + method);
  add("postgresql_pg_hba_local_ipv6", "host all all ::1/128 " + method);
  auto& run = reader.run();
  reader.each("postgresql_pg_hba_conf", run.server.unknown_hba, [&](const YamlNode& item) {
    const auto text = reader.scope().text(item);
    if (!text) return run.do_not_know(run.server.unknown_hba, item, "a line of pg_hba.conf");
    for (auto& line : lines_said(item)) {
      if (line.text != *text) line = line_at(item, *text);
      reader.add_hba(std::move(line));
    }
  });
}

// The values have their own quotes.
void add_galaxy_settings(RoleReader& reader) {
  auto& run = reader.run();
  const auto* const said = reader.find("postgresql_conf");
  if (said == nullptr) return;
  const auto add = [&](const YamlNode& pairs) {
    for (const auto& entry : pairs.entries) {
      const auto value = reader.scope().text(entry.second);
      if (value) {
        run.server.conf.push_back(
            line_at(entry.second, fmt::format("{} = {}", entry.first.text, *value)));
      } else {
        run.hide(setting_key(entry.first.text), entry.second, "the value of " + entry.first.text);
      }
    }
  };
  if (said->is(YamlNode::Kind::mapping)) return add(*said);
  reader.each("postgresql_conf", run.server.unknown_conf, add);
}

void add_groups(RoleReader& reader) {
  auto& run = reader.run();
  reader.each("postgresql_objects_groups", run.server.unknown_roles, [&](const YamlNode& item) {
    ansible_user(run, reader.arguments(item));
    const auto* const users = find_node(item, {"users"});
    if (users == nullptr) return;
    for (const auto& user : users->items) {
      auto member = user;
      auto name = find_node(user, {"name"});
      const auto* const group = find_node(item, {"name"});
      if (name == nullptr || group == nullptr) continue;
      member.entries.push_back({*name, *name});
      member.entries.back().first.text = "user";
      member.entries.push_back({*group, *group});
      member.entries.back().first.text = "group";
      ansible_membership(run, reader.arguments(member));
    }
  });
}

void run_galaxy(AnsibleRun& run, const AnsibleScope& scope, const YamlNode& at) {
  RoleReader reader(run, scope, at, "galaxyproject.postgresql",
                    "postgresql_default_auth_method: " + default_method(scope) + "\n");
  add_galaxy_records(reader);
  add_galaxy_settings(reader);
  hide_what_packages_set(run, at);
  run_users(reader, "postgresql_objects_users");
  add_groups(reader);
  run_databases(reader, "postgresql_objects_databases");
  run_privileges(reader, "postgresql_objects_privileges");
}

// --- ANXS.postgresql: templates/pg_hba.conf.j2, postgresql.conf-*.j2, defaults/main.yml ---------

constexpr std::array<std::string_view, 5> anxs_variables{
    "postgresql_pg_hba_default", "postgresql_pg_hba_custom", "postgresql_pg_hba_md5_hosts",
    "postgresql_pg_hba_passwd_hosts", "postgresql_pg_hba_trust_hosts"};

bool is_anxs(std::string_view name) {
  const auto word = lower_case(name);
  return word == "anxs.postgresql";
}

void add_hosts(RoleReader& reader, std::string_view variable, const char* method) {
  auto& run = reader.run();
  reader.each(variable, run.server.unknown_hba, [&](const YamlNode& host) {
    const auto text = reader.scope().text(host);
    if (!text) return run.do_not_know(run.server.unknown_hba, host, "an address");
    reader.add_hba(reader.line(host, fmt::format("host all all {} {}", *text, method)));
  });
}

// `postgresql_ssl: on` is the setting ssl, and so are all others.
void add_anxs_settings(RoleReader& reader) {
  auto& run = reader.run();
  for (const auto* const info : settings_of_version(newest_major)) {
    const auto* const node = reader.find("postgresql_" + setting_key(info->name));
    if (node == nullptr) continue;
    std::optional<std::string> value;
    if (const auto* const items = reader.scope().list(*node)) {
      const auto texts = reader.arguments(reader.at()).scope();
      std::string joined;
      for (const auto& item : items->items) {
        joined += (joined.empty() ? "" : ", ") + texts.text(item).value_or("");
      }
      value = joined;
    } else {
      value = reader.scope().text(*node);
    }
    if (!value) {
      run.hide(setting_key(info->name), reader.place_of(*node),
               fmt::format("the value of {}", info->name));
    } else if (!value->empty()) {
      reader.add_setting(*node, std::string(info->name), *value);
    }
  }
}

void run_anxs(AnsibleRun& run, const AnsibleScope& scope, const YamlNode& at) {
  const auto method = default_method(scope);
  RoleReader reader(run, scope, at, "ANXS.postgresql",
                    "postgresql_admin_user: postgres\n"
                    "postgresql_default_auth_method: peer\n"
                    "postgresql_default_auth_method_hosts: " +
                        method +
                        "\n"
                        "postgresql_password_encryption: " +
                        method +
                        "\n"
                        "postgresql_listen_addresses: [localhost]\n"
                        "postgresql_ssl: 'off'\n"
                        "postgresql_pg_hba_default:\n"
                        "  - {type: local, database: all, user: all, method: '{{ "
                        "postgresql_default_auth_method }}'}\n"
                        "  - {type: host, database: all, user: all, address: 127.0.0.1/32, "
                        "method: '{{ postgresql_default_auth_method_hosts }}'}\n"
                        "  - {type: host, database: all, user: all, address: '::1/128', "
                        "method: '{{ postgresql_default_auth_method_hosts }}'}\n"
                        "  - {type: local, database: all, user: '{{ postgresql_admin_user }}', "
                        "method: 'peer map=root_as_{{ postgresql_admin_user }}'}\n"
                        "postgresql_pg_ident:\n"
                        "  - {mapname: 'root_as_{{ postgresql_admin_user }}', "
                        "system_username: '{{ postgresql_admin_user }}', pg_username: '{{ "
                        "postgresql_admin_user }}'}\n");
  const auto add = [&](const YamlNode& entry) {
    reader.add_entry(entry, {"type", "database", "user", "address", "method"}, {"address"});
  };
  reader.each("postgresql_pg_hba_default", run.server.unknown_hba, add);
  add_hosts(reader, "postgresql_pg_hba_md5_hosts", "md5");
  add_hosts(reader, "postgresql_pg_hba_passwd_hosts", "password");
  add_hosts(reader, "postgresql_pg_hba_trust_hosts", "trust");
  reader.each("postgresql_pg_hba_custom", run.server.unknown_hba, add);
  reader.each("postgresql_pg_ident", run.server.unknown_conf, [&](const YamlNode& item) {
    const auto map = reader.arguments(item);
    const auto name = map.text({"mapname"}, ""), system = map.text({"system_username"}, ""),
               user = map.text({"pg_username"}, "");
    if (!name || !system || !user) return;
    run.server.ident.push_back(reader.line(item, fmt::format("{} {} {}", *name, *system, *user)));
  });
  add_anxs_settings(reader);
  run_users(reader, "postgresql_users");
  run_databases(reader, "postgresql_databases");
  reader.each("postgresql_user_privileges", run.server.unknown_roles, [&](const YamlNode& item) {
    const auto grant = reader.arguments(item);
    const auto name = grant.text({"name"}, ""), database = grant.text({"db"}, ""),
               privileges = grant.text({"privs"}, "ALL");
    if (!name || !database || !privileges) {
      return run.do_not_know(run.server.unknown_roles, item, "privileges");
    }
    YamlNode asked = item;
    const auto set = [&](const char* key, const std::string& text) {
      YamlNode word = item;
      word.kind = YamlNode::Kind::scalar;
      word.entries.clear();
      word.text = key;
      asked.entries.push_back({word, word});
      asked.entries.back().second.text = text;
    };
    asked.entries.clear();
    set("type", "database");
    set("db", *database);
    set("roles", *name);
    set("privs", *privileges);
    ansible_privileges(run, reader.arguments(asked));
  });
}

// --- autobase: roles/patroni/templates/pg_hba.conf.j2, roles/common/defaults/main.yml -----------

constexpr std::array<std::string_view, 2> autobase_variables{"postgresql_pg_hba",
                                                             "postgresql_parameters"};

bool is_autobase(std::string_view name) { return name == "vitabaks.autobase.patroni"; }

void add_autobase_records(RoleReader& reader) {
  auto& run = reader.run();
  reader.each("postgresql_pg_hba", run.server.unknown_hba, [&](const YamlNode& entry) {
    reader.add_entry(entry, {"type", "database", "user", "address", "method", "options"},
                     {"address", "options"});
  });
  const auto type = reader.text("host_type"), user = reader.text("patroni_replication_username"),
             method = reader.text("postgresql_password_encryption_algorithm"),
             local = reader.text("postgresql_local_replication_auth_method");
  const auto add = [&](std::string text) { reader.add_hba(reader.added(std::move(text))); };
  add(fmt::format("{} all all samehost {}", type, method));
  add(fmt::format("{} replication {} localhost {}", type, user, local));
  add(fmt::format("{} replication {} samehost {}", type, user, method));
  run.note(
      fmt::format("{}: autobase adds records for the address of each node of the cluster; "
                  "only those of the node itself are shown, as samehost",
                  shown_place(reader.at())));
}

void run_autobase(AnsibleRun& run, const AnsibleScope& scope, const YamlNode& at) {
  const auto* const tls = scope.find("tls_cert_generate");
  const bool is_tls = truth_of(tls) != false;
  const auto method = default_method(scope);
  RoleReader reader(
      run, scope, at, "autobase",
      "patroni_superuser_username: postgres\n"
      "patroni_replication_username: replicator\n"
      "pgbouncer_auth_username: pgbouncer\n"
      "postgresql_local_replication_auth_method: trust\n"
      "host_type: " +
          std::string(is_tls ? "hostssl" : "host") +
          "\n"
          "postgresql_password_encryption_algorithm: " +
          method +
          "\n"
          "postgresql_users: [{name: '{{ pgbouncer_auth_username }}', flags: LOGIN}]\n"
          "postgresql_parameters:\n"
          "  - {option: password_encryption, value: " +
          method +
          "}\n"
          "  - {option: ssl, value: '" +
          std::string(is_tls ? "on" : "off") +
          "'}\n"
          "  - {option: ssl_min_protocol_version, value: TLSv1.2}\n"
          "postgresql_pg_hba:\n"
          "  - {type: local, database: all, user: '{{ patroni_superuser_username }}', method: "
          "trust}\n"
          "  - {type: local, database: all, user: '{{ pgbouncer_auth_username }}', method: trust}\n"
          "  - {type: local, database: all, user: all, "
          "method: '{{ postgresql_password_encryption_algorithm }}'}\n"
          "  - {type: host, database: all, user: all, address: 127.0.0.1/32, "
          "method: '{{ postgresql_password_encryption_algorithm }}'}\n"
          "  - {type: host, database: all, user: all, address: '::1/128', "
          "method: '{{ postgresql_password_encryption_algorithm }}'}\n"
          "  - {type: '{{ host_type }}', database: all, user: all, address: 0.0.0.0/0, "
          "method: '{{ postgresql_password_encryption_algorithm }}'}\n");
  add_autobase_records(reader);
  for (const auto* const variable : {"postgresql_parameters", "local_postgresql_parameters"}) {
    reader.each(variable, run.server.unknown_conf,
                [&](const YamlNode& item) { reader.add_option(item); });
  }
  run_users(reader, "postgresql_users");
  reader.each("postgresql_users", run.server.unknown_roles, [&](const YamlNode& item) {
    const auto group = reader.arguments(item).text({"role"}, "");
    if (group && group->empty()) return;
    auto member = item;
    for (auto& entry : member.entries) {
      if (entry.first.text == "name") entry.first.text = "user";
      if (entry.first.text == "role") entry.first.text = "group";
    }
    ansible_membership(run, reader.arguments(member));
  });
  reader.each("postgresql_databases", run.server.unknown_roles,
              [&](const YamlNode& item) { ansible_database(run, reader.arguments(item)); });
  run_privileges(reader, "postgresql_privs");
}

// --- Which role it is, only another document says -----------------------------------------------

constexpr std::array<std::string_view, 3> shared_variables{
    "postgresql_users", "postgresql_databases", "postgresql_privs"};

void run_shared(AnsibleRun& run, const AnsibleScope& scope, const YamlNode& at) {
  RoleReader reader(run, scope, at, "the role", "{}");
  run_users(reader, "postgresql_users");
  run_databases(reader, "postgresql_databases");
  run_privileges(reader, "postgresql_privs");
  run.do_not_know(run.server.unknown_hba, at, "the role that takes these variables");
  run.do_not_know(run.server.unknown_conf, at, "the role that takes these variables");
}

bool is_no_name(std::string_view) { return false; }

constexpr std::array roles{
    AnsibleRole{"geerlingguy.postgresql", is_geerlingguy, geerlingguy_variables, run_geerlingguy},
    AnsibleRole{"galaxyproject.postgresql", is_galaxy, galaxy_variables, run_galaxy},
    AnsibleRole{"ANXS.postgresql", is_anxs, anxs_variables, run_anxs},
    AnsibleRole{"autobase", is_autobase, autobase_variables, run_autobase},
    AnsibleRole{"", is_no_name, shared_variables, run_shared},
};

}  // namespace

const AnsibleRole* ansible_role_named(std::string_view name) {
  const auto* const found = std::find_if(roles.begin(), roles.end(),
                                         [&](const AnsibleRole& r) { return r.is_named(name); });
  return found == roles.end() ? nullptr : found;
}

const AnsibleRole* ansible_role_of(const YamlNode& variables, const YamlNode*& found) {
  for (const auto& role : roles) {
    for (const auto& entry : variables.entries) {
      const auto& its = role.variables;
      if (std::find(its.begin(), its.end(), entry.first.text) == its.end()) continue;
      // Other roles have lists of lines by these names.
      const auto& items = entry.second.items;
      const bool are_lines = !items.empty() && items.front().is(YamlNode::Kind::scalar);
      if (are_lines && role.run == run_autobase) continue;
      found = &entry.first;
      return &role;
    }
  }
  return nullptr;
}

}  // namespace pgleast
