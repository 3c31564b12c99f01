// Managed servers that Terraform declares: Amazon RDS and Aurora, Cloud SQL, Azure.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "input/platforms/terraform/servers.hpp"
#include "pg/identifier.hpp"
#include "pg/setting_table.hpp"
#include "pg/version.hpp"

namespace pgleast {
namespace {

using Resource = TerraformResource;

int major_in(const std::string& text) {
  const auto digit = std::min(text.find_first_of("0123456789"), text.size());
  const int number = std::atoi(text.c_str() + digit);
  return number >= oldest_major && number < 100 ? number : 0;
}

// What the three have in common.
class ManagedReader {
 public:
  ManagedReader(const TerraformModule& module, const Resource& instance, std::string platform)
      : module_(module), instance_(instance), platform_(std::move(platform)) {
    server_.name = fmt::format("terraform/{}.{}", instance.type, instance.name);
    if (instance.each_value != nullptr) server_.name += fmt::format("[{}]", instance.each_key);
    server_.path = instance.at->source->name();
    server_.may_hold_more = true;
    server_.settings_at = place_at(*instance.at);
  }

 protected:
  const TerraformModule& module() const { return module_; }
  const Resource& instance() const { return instance_; }
  const YamlNode& at() const { return *instance_.at; }
  DeclaredServer& server() { return server_; }

  std::string platform_default() const { return "default of " + platform_; }
  void do_not_know(std::vector<std::string>& of, const YamlNode& node, const std::string& what) {
    of.push_back(fmt::format("{}: {}", shown_place(node), what));
  }
  void note(const YamlNode& node, const std::string& what) {
    const auto text = fmt::format("{}: {}", shown_place(node), what);
    auto& notes = server_.notes;
    if (std::find(notes.begin(), notes.end(), text) == notes.end()) notes.push_back(text);
  }

  // A setting of the server, or one of the platform's own.
  void add_setting(const Resource& of, const YamlNode& body) {
    const auto name = module_.value(of, body, "name");
    const auto value = module_.value(of, body, "value");
    if (!name.text) return do_not_know(server_.unknown_conf, at(), "the name of a setting");
    if (!value.text) {
      const auto& node = value.node != nullptr ? *value.node : *name.node;
      server_.hidden_settings[setting_key(*name.text)] =
          fmt::format("{}: the value of {}", shown_place(node), *name.text);
      return;
    }
    said_[*name.text] = value;
    const bool is_own = find_setting_info(*name.text, newest_major) == nullptr &&
                        name.text->find('.') == std::string::npos;
    if (!is_own) server_.conf.push_back(setting_line(*value.node, *name.text, *value.text));
  }
  /// What a setting of the platform says; empty: nothing does.
  std::string said(const std::string& setting) const {
    const auto found = said_.find(setting);
    return found == said_.end() ? "" : *found->second.text;
  }

  // The administrator is no superuser: the platform keeps that for itself.
  void add_roles(const char* superuser, const char* group, const TerraformValue& administrator,
                 const std::string& otherwise, bool has_password) {
    server_.superuser = added_line(at(), superuser, platform_default());
    add_statement(at(), fmt::format("CREATE ROLE {}", quote_identifier(group)));
    if (administrator.is_unknown()) {
      return do_not_know(server_.unknown_roles, *administrator.node, "the administrator's name");
    }
    const auto& node = administrator.node != nullptr ? *administrator.node : at();
    const auto name = administrator.text.value_or(otherwise);
    if (name.empty()) {
      return do_not_know(server_.unknown_roles, at(), "the administrator's name");
    }
    const auto quoted = quote_identifier(name);
    add_statement(node, fmt::format("CREATE ROLE {} LOGIN CREATEDB{}{}", quoted, create_role(),
                                    has_password ? password_clause(std::nullopt) : ""));
    add_statement(node, fmt::format("GRANT {} TO {}", quote_identifier(group), quoted));
  }
  // Before 16 it would give all roles but superusers; the platforms keep theirs from it.
  std::string create_role() {
    if (server_.major == 0 || server_.major >= 16) return " CREATEROLE";
    note(at(),
         fmt::format("CREATEROLE is not shown: {} does not let it give its own roles", platform_));
    return "";
  }
  void add_statement(const YamlNode& node, std::string sql) {
    server_.statements.push_back(line_at(node, std::move(sql)));
  }
  void add_database(const Resource& of, const YamlNode& body, std::string_view attribute) {
    const auto name = module_.value(of, body, attribute);
    if (name.node == nullptr || name.text == "postgres") return;
    if (!name.text) return do_not_know(server_.unknown_roles, *name.node, "a database");
    add_statement(*name.node, "CREATE DATABASE " + quote_identifier(*name.text));
  }

  void add_record(const YamlNode& node, bool is_tls, const std::string& address,
                  const std::string& options = "") {
    auto text = fmt::format("{} all all {} scram-sha-256", is_tls ? "hostssl" : "host", address);
    if (!options.empty()) text += ' ' + options;
    server_.hba.push_back(line_at(node, std::move(text)));
  }
  // That nobody may connect is known, too.
  void end_records() {
    if (!server_.hba.empty() || !server_.unknown_hba.empty()) return;
    server_.hba.push_back(added_line(at(), "host all all all reject", platform_default()));
  }
  void switch_tls_on() {
    server_.conf.insert(server_.conf.begin(), added_line(at(), "ssl = on", platform_default()));
  }
  DeclaredServer take() { return std::move(server_); }

 private:
  const TerraformModule& module_;
  const Resource& instance_;
  std::string platform_;
  DeclaredServer server_;
  std::map<std::string, TerraformValue> said_;
};

// --- Amazon RDS and Aurora ----------------------------------------------------------------------

class RdsReader : public ManagedReader {
 public:
  RdsReader(const TerraformModule& module, const Resource& instance)
      : ManagedReader(module, instance, "Amazon RDS"),
        is_aurora_(instance.type == "aws_rds_cluster") {}

  DeclaredServer read() {
    const auto version = module().value(instance(), "engine_version");
    server().major = major_in(version.text.value_or(""));
    add_parameters();
    const auto* const name = is_aurora_ ? "master_username" : "username";
    add_roles("rdsadmin", "rds_superuser", module().value(instance(), name), "", true);
    add_database(instance(), *instance().body, is_aurora_ ? "database_name" : "db_name");
    add_networks();
    switch_tls_on();
    return take();
  }

 private:
  void add_parameters() {
    // Of a module, which makes the group.
    for (const char* const list : {"parameters", "db_cluster_parameter_group_parameters"}) {
      for (const auto* const parameter : TerraformModule::blocks(*instance().body, list)) {
        add_setting(instance(), *parameter);
      }
    }
    const auto* const attribute =
        is_aurora_ ? "db_cluster_parameter_group_name" : "parameter_group_name";
    const auto* const type =
        is_aurora_ ? "aws_rds_cluster_parameter_group" : "aws_db_parameter_group";
    const auto name = module().value(instance(), attribute);
    if (name.node == nullptr || (name.text && name.text->starts_with("default."))) return;
    const auto* group = module().referred(*name.node);
    for (const auto* const each : module().of_type(type)) {
      if (group == nullptr && name.text && module().value(*each, "name").text == name.text) {
        group = each;
      }
    }
    if (group == nullptr || group->type != type) {
      return do_not_know(server().unknown_conf, *name.node, "the parameter group");
    }
    if (find_node(*group->body, {"dynamic"}) != nullptr) {
      do_not_know(server().unknown_conf, *group->at, "parameters of a dynamic block");
    }
    for (const auto* const parameter : TerraformModule::blocks(*group->body, "parameter")) {
      add_setting(*group, *parameter);
    }
  }

  // On by itself from 15 of RDS and from 17 of Aurora.
  bool is_tls_forced() {
    const auto forced = said("rds.force_ssl");
    if (!forced.empty()) return forced == "1" || forced == "on" || forced == "true";
    const int major = server().major;
    if (major == 0) {
      note(at(), "rds.force_ssl hangs on the version, which is not known: taken as off");
    }
    return major >= (is_aurora_ ? 17 : 15);
  }

  bool is_public() {
    if (!is_aurora_) return is_true(instance());
    const auto all = module().of_type("aws_rds_cluster_instance");
    return std::any_of(all.begin(), all.end(), [&](const Resource* r) { return is_true(*r); });
  }
  bool is_true(const Resource& resource) {
    const auto found = module().truth(resource, *resource.body, "publicly_accessible", false);
    if (!found) {
      do_not_know(server().unknown_hba, *resource.at, "whether it is publicly accessible");
    }
    return found.value_or(true);
  }

  void add_networks() {
    is_public_ = is_public();
    is_tls_ = is_tls_forced();
    const auto groups = module().list(instance(), *instance().body, "vpc_security_group_ids");
    if (!groups || groups->empty()) {
      return do_not_know(server().unknown_hba, at(), "its security groups");
    }
    for (const auto* const node : *groups) {
      const auto* const group = module().referred(*node);
      if (group == nullptr || group->type != "aws_security_group") {
        do_not_know(server().unknown_hba, *node, "the rules of a security group");
        continue;
      }
      add_group(*group);
    }
    end_records();
  }

  void add_group(const Resource& group) {
    for (const auto* const rule : TerraformModule::blocks(*group.body, "ingress")) {
      add_rule(group, *rule);
    }
    for (const auto* const rule : module().of_type("aws_security_group_rule")) {
      const auto* const its = find_node(*rule->body, {"security_group_id"});
      if (its == nullptr || module().referred(*its) != &group) continue;
      if (module().value(*rule, "type").text == "ingress") add_rule(*rule, *rule->body);
    }
    for (const auto* const rule : module().of_type("aws_vpc_security_group_ingress_rule")) {
      const auto* const its = find_node(*rule->body, {"security_group_id"});
      if (its == nullptr || module().referred(*its) != &group) continue;
      add_rule(*rule, *rule->body);
    }
  }

  // Whether it lets through to the port of the server.
  bool is_for_port(const Resource& of, const YamlNode& rule) {
    const auto number = [&](const char* attribute, int otherwise) {
      const auto found = module().value(of, rule, attribute);
      return found.text ? std::atoi(found.text->c_str()) : otherwise;
    };
    const auto protocol = module().value(of, rule, "protocol").text;
    const auto other = module().value(of, rule, "ip_protocol").text;
    if (protocol == "-1" || other == "-1" || protocol == "all") return true;
    if (protocol == "udp" || other == "udp" || protocol == "icmp" || other == "icmp") return false;
    const auto said = module().value(instance(), "port").text;
    const int port = said ? std::atoi(said->c_str()) : 5432;
    return number("from_port", 0) <= port && port <= number("to_port", 65535);
  }

  void add_rule(const Resource& of, const YamlNode& rule) {
    if (!is_for_port(of, rule)) return;
    for (const char* const attribute : {"cidr_blocks", "ipv6_cidr_blocks"}) {
      const auto all = module().list(of, rule, attribute);
      if (!all) {
        do_not_know(server().unknown_hba, *find_node(rule, {attribute}), "a network");
        continue;
      }
      for (const auto* const node : *all) add_network(of, *node);
    }
    for (const char* const attribute : {"cidr_ipv4", "cidr_ipv6"}) {
      const auto* const node = find_node(rule, {attribute});
      if (node != nullptr && !node->is(YamlNode::Kind::null)) add_network(of, *node);
    }
    for (const char* const attribute :
         {"security_groups", "source_security_group_id", "referenced_security_group_id", "self"}) {
      const auto* const node = find_node(rule, {attribute});
      const bool is_empty = node == nullptr || node->is(YamlNode::Kind::null) ||
                            node->text == "false" ||
                            (node->is(YamlNode::Kind::sequence) && node->items.empty());
      if (is_empty) continue;
      note(*node, "who is in a security group is shown as samenet");
      add_record(*node, is_tls_, "samenet");
    }
  }

  // What is not publicly accessible has a private address alone.
  void add_network(const Resource& of, const YamlNode& node) {
    const auto text = module().text(of, node);
    if (!text) return do_not_know(server().unknown_hba, node, "a network");
    if (is_public_ || (*text != "0.0.0.0/0" && *text != "::/0")) {
      return add_record(node, is_tls_, *text);
    }
    note(node, "the server has no public address: everybody is everybody in private networks");
    if (*text == "::/0") return add_record(node, is_tls_, "fc00::/7");
    for (const char* const network : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}) {
      add_record(node, is_tls_, network);
    }
  }

  bool is_aurora_;
  bool is_public_ = false, is_tls_ = false;
};

// --- Cloud SQL ----------------------------------------------------------------------------------

class CloudSqlReader : public ManagedReader {
 public:
  CloudSqlReader(const TerraformModule& module, const Resource& instance)
      : ManagedReader(module, instance, "Cloud SQL") {}

  DeclaredServer read() {
    const auto version = module().value(instance(), "database_version");
    server().major = major_in(version.text.value_or(""));
    add_roles("cloudsqladmin", "cloudsqlsuperuser", {}, "postgres",
              find_node(*instance().body, {"root_password"}) != nullptr);
    const auto settings = TerraformModule::blocks(*instance().body, "settings");
    for (const auto* const each : settings) {
      for (const auto* const flag : TerraformModule::blocks(*each, "database_flags")) {
        add_setting(instance(), *flag);
      }
      add_access(*each);
    }
    if (settings.empty()) do_not_know(server().unknown_hba, at(), "its settings");
    add_users();
    for (const auto* const database : module().of_type("google_sql_database")) {
      if (is_mine(*database)) add_database(*database, *database->body, "name");
    }
    switch_tls_on();
    return take();
  }

 private:
  bool is_mine(const Resource& resource) const {
    const auto* const node = find_node(*resource.body, {"instance"});
    if (node == nullptr) return false;
    if (module().referred(*node) == &instance()) return true;
    const auto name = module().value(instance(), "name").text;
    return name && module().text(resource, *node) == name;
  }

  // A user that is created so is as the administrator is.
  void add_users() {
    for (const auto* const user : module().of_type("google_sql_user")) {
      if (!is_mine(*user)) continue;
      const auto name = module().value(*user, "name");
      if (name.is_unknown()) {
        do_not_know(server().unknown_roles, *name.node, "a user");
        continue;
      }
      const auto type = module().value(*user, "type").text.value_or("BUILT_IN");
      const auto quoted = quote_identifier(name.text.value_or(""));
      const bool is_built_in = type == "BUILT_IN" || type.empty();
      if (!is_built_in) {
        add_statement(*user->at, fmt::format("CREATE ROLE {} LOGIN", quoted));
      } else if (name.text == "postgres") {
        add_statement(*user->at,
                      fmt::format("ALTER ROLE {}{}", quoted, password_clause(std::nullopt)));
      } else {
        add_statement(*user->at, fmt::format("CREATE ROLE {} LOGIN CREATEDB{}{}", quoted,
                                             create_role(), password_clause(std::nullopt)));
        add_statement(*user->at, fmt::format("GRANT \"cloudsqlsuperuser\" TO {}", quoted));
      }
    }
  }

  void add_access(const YamlNode& settings) {
    const auto all = TerraformModule::blocks(settings, "ip_configuration");
    for (const auto* const access : all) {
      const auto mode = module().value(instance(), *access, "ssl_mode");
      const auto required = module().truth(instance(), *access, "require_ssl", false);
      const auto is_public = module().truth(instance(), *access, "ipv4_enabled", true);
      if (mode.is_unknown() || !required || !is_public) {
        do_not_know(server().unknown_hba, *access, "ip_configuration");
        continue;
      }
      const auto said = mode.text.value_or("");
      const bool is_certificate = said.starts_with("TRUSTED_CLIENT") || (said.empty() && *required);
      const bool is_tls = said == "ENCRYPTED_ONLY" || is_certificate;
      const std::string options = is_certificate ? "clientcert=verify-ca" : "";
      if (*is_public) add_authorized(*access, is_tls, options);
      if (const auto* const network = find_node(*access, {"private_network"})) {
        note(*network, "who is in the private network is shown as samenet");
        add_record(*network, is_tls, "samenet", options);
      }
    }
    end_records();
  }

  void add_authorized(const YamlNode& access, bool is_tls, const std::string& options) {
    if (find_node(access, {"dynamic"}) != nullptr) {
      do_not_know(server().unknown_hba, access, "networks of a dynamic block");
    }
    for (const auto* const network : TerraformModule::blocks(access, "authorized_networks")) {
      const auto value = module().value(instance(), *network, "value");
      if (value.text) {
        add_record(*value.node, is_tls,
                   value.text->find('/') == std::string::npos ? *value.text + "/32" : *value.text,
                   options);
      } else {
        do_not_know(server().unknown_hba, *network, "a network");
      }
    }
  }
};

// --- Azure --------------------------------------------------------------------------------------

// The networks that a range of addresses is made of; empty: it is none.
std::vector<std::string> networks_between(const std::string& first, const std::string& last) {
  in_addr a{}, b{};
  if (inet_pton(AF_INET, first.c_str(), &a) != 1 || inet_pton(AF_INET, last.c_str(), &b) != 1) {
    return {};
  }
  std::vector<std::string> result;
  std::uint64_t from = ntohl(a.s_addr);
  const std::uint64_t to = std::uint64_t{ntohl(b.s_addr)} + 1;
  while (from < to) {
    unsigned bits = 32;
    // The largest that begins there and does not go too far.
    while (bits > 0 && from % (std::uint64_t{1} << (33 - bits)) == 0 &&
           from + (std::uint64_t{1} << (33 - bits)) <= to) {
      --bits;
    }
    result.push_back(fmt::format("{}.{}.{}.{}/{}", from >> 24U & 255U, from >> 16U & 255U,
                                 from >> 8U & 255U, from & 255U, bits));
    from += std::uint64_t{1} << (32 - bits);
  }
  return result;
}

class AzureReader : public ManagedReader {
 public:
  AzureReader(const TerraformModule& module, const Resource& instance)
      : ManagedReader(module, instance, "Azure") {}

  DeclaredServer read() {
    server().major = major_in(module().value(instance(), "version").text.value_or(""));
    add_roles("azuresu", "azure_pg_admin", module().value(instance(), "administrator_login"), "",
              true);
    for (const auto* const each : of_mine("azurerm_postgresql_flexible_server_configuration")) {
      add_setting(*each, *each->body);
    }
    for (const auto* const each : of_mine("azurerm_postgresql_flexible_server_database")) {
      add_database(*each, *each->body, "name");
    }
    add_networks();
    switch_tls_on();
    return take();
  }

 private:
  std::vector<const Resource*> of_mine(std::string_view type) const {
    auto all = module().of_type(type);
    std::erase_if(all, [&](const Resource* each) {
      const auto* const node = find_node(*each->body, {"server_id"});
      return node == nullptr || module().referred(*node) != &instance();
    });
    return all;
  }

  void add_networks() {
    auto required = said("require_secure_transport");
    std::transform(required.begin(), required.end(), required.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    is_tls_ = required != "off" && required != "false" && required != "0";
    if (const auto* const subnet = find_node(*instance().body, {"delegated_subnet_id"})) {
      note(*subnet, "who is in the virtual network is shown as samenet");
      add_record(*subnet, is_tls_, "samenet");
      return;
    }
    const auto is_public =
        module().truth(instance(), *instance().body, "public_network_access_enabled", true);
    if (!is_public) return do_not_know(server().unknown_hba, at(), "whether it is public");
    if (*is_public) {
      for (const auto* const rule : of_mine("azurerm_postgresql_flexible_server_firewall_rule")) {
        add_rule(*rule);
      }
    }
    end_records();
  }

  void add_rule(const Resource& rule) {
    const auto first = module().value(rule, "start_ip_address");
    const auto last = module().value(rule, "end_ip_address");
    if (!first.text || !last.text) {
      return do_not_know(server().unknown_hba, *rule.at, "the addresses of a firewall rule");
    }
    if (*first.text == "0.0.0.0" && *last.text == "0.0.0.0") {
      note(*first.node,
           "0.0.0.0 lets in all services of Azure, of other customers, too: shown as 0.0.0.0/0");
      return add_record(*first.node, is_tls_, "0.0.0.0/0");
    }
    const auto networks = networks_between(*first.text, *last.text);
    if (networks.empty()) do_not_know(server().unknown_hba, *rule.at, "a range of addresses");
    for (const auto& network : networks) add_record(*first.node, is_tls_, network);
  }

  bool is_tls_ = true;
};

bool is_postgres(const TerraformModule& module, const Resource& resource,
                 std::string_view attribute) {
  const auto said = module.value(resource, attribute).text.value_or("");
  return said.find("postgres") != std::string::npos || said.find("POSTGRES") != std::string::npos;
}

}  // namespace

std::vector<DeclaredServer> managed_servers(const TerraformModule& module) {
  std::vector<DeclaredServer> result;
  for (const auto& resource : module.resources()) {
    const bool is_rds = resource.type == "aws_db_instance" || resource.type == "aws_rds_cluster";
    if (is_rds && is_postgres(module, resource, "engine")) {
      result.push_back(RdsReader(module, resource).read());
    } else if (resource.type == "google_sql_database_instance" &&
               is_postgres(module, resource, "database_version")) {
      result.push_back(CloudSqlReader(module, resource).read());
    } else if (resource.type == "azurerm_postgresql_flexible_server") {
      result.push_back(AzureReader(module, resource).read());
    }
  }
  return result;
}

}  // namespace pgleast
