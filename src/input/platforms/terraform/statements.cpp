// The provider cyrilgdn/postgresql: postgresql/resource_postgresql_*.go.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "input/platforms/terraform/servers.hpp"
#include "pg/identifier.hpp"
#include "text/upper_case.hpp"

namespace pgleast {
namespace {

using Texts = std::vector<std::string>;

std::string grantee(const std::string& role) {
  return upper_case(role) == "PUBLIC" ? "PUBLIC" : quote_identifier(role);
}

std::string quoted_list(const Texts& names, const std::string& schema) {
  std::string result;
  for (const auto& name : names) {
    result += result.empty() ? "" : ", ";
    if (!schema.empty()) result += quote_identifier(schema) + '.';
    // A function may have its arguments behind it.
    const auto paren = std::min(name.find('('), name.size());
    result += quote_identifier(name.substr(0, paren)) + name.substr(paren);
  }
  return result;
}

std::string listed_words(const Texts& words) { return fmt::format("{}", fmt::join(words, ", ")); }

class ProviderReader {
 public:
  ProviderReader(const TerraformModule& module, DeclaredServer& server)
      : module_(module), server_(server) {}

  // In the order in which they hang on each other.
  void read() {
    each("postgresql_role", &ProviderReader::role);
    each("postgresql_role", &ProviderReader::memberships);
    each("postgresql_grant_role", &ProviderReader::grant_role);
    each("postgresql_database", &ProviderReader::database);
    each("postgresql_schema", &ProviderReader::schema);
    each("postgresql_grant", &ProviderReader::grant);
    each("postgresql_default_privileges", &ProviderReader::default_privileges);
  }

 private:
  void each(std::string_view type, void (ProviderReader::*take)()) {
    for (const auto* const resource : module_.of_type(type)) {
      resource_ = resource;
      is_known_ = true;
      (this->*take)();
    }
  }

  void add(std::string sql) {
    server_.statements.push_back(line_at(*resource_->at, std::move(sql)));
  }
  void do_not_know(const std::string& what) {
    server_.unknown_roles.push_back(fmt::format("{}: {}", shown_place(*resource_->at), what));
  }
  // Whether all was known that was asked for.
  bool all_known(const std::string& what) {
    if (!is_known_) do_not_know(what);
    return is_known_;
  }

  std::string text(std::string_view attribute) { return text(*resource_->body, attribute); }
  std::string text(const YamlNode& body, std::string_view attribute) {
    const auto found = module_.value(*resource_, body, attribute);
    is_known_ = is_known_ && !found.is_unknown();
    return found.text.value_or("");
  }
  bool truth(std::string_view attribute, bool otherwise) {
    return truth(*resource_->body, attribute, otherwise);
  }
  bool truth(const YamlNode& body, std::string_view attribute, bool otherwise) {
    const auto found = module_.truth(*resource_, body, attribute, otherwise);
    is_known_ = is_known_ && found.has_value();
    return found.value_or(otherwise);
  }
  Texts texts(std::string_view attribute) {
    const auto found = module_.texts(*resource_, attribute);
    is_known_ = is_known_ && found.has_value();
    return found.value_or(Texts());
  }

  void connect(const std::string& database) {
    if (database.empty() || database == connected_) return;
    connected_ = database;
    add(connect_command(database));
  }

  void role() {
    struct Flag {
      std::string_view attribute;
      bool otherwise;
      std::string_view word;
    };
    constexpr std::array flags{Flag{"superuser", false, "SUPERUSER"},
                               Flag{"create_database", false, "CREATEDB"},
                               Flag{"create_role", false, "CREATEROLE"},
                               Flag{"inherit", true, "INHERIT"},
                               Flag{"login", false, "LOGIN"},
                               Flag{"replication", false, "REPLICATION"},
                               Flag{"bypass_row_level_security", false, "BYPASSRLS"}};
    const auto name = text("name");
    auto sql = "CREATE ROLE " + quote_identifier(name);
    for (const auto& flag : flags) {
      const bool is_set = truth(flag.attribute, flag.otherwise);
      if (is_set != flag.otherwise) sql += fmt::format(" {}{}", is_set ? "" : "NO", flag.word);
    }
    if (!all_known("a role") || name.empty()) return;
    add(sql + password() + valid_until());
  }

  // Only its kind is of interest.
  std::string password() {
    for (const char* const attribute : {"password", "password_wo"}) {
      const auto said = module_.value(*resource_, attribute);
      if (said.node == nullptr || (said.text && said.text->empty())) continue;
      return password_clause(said.text);
    }
    return "";
  }

  std::string valid_until() {
    const auto until = module_.value(*resource_, "valid_until");
    if (!until.text || until.text->empty()) return "";
    return " VALID UNTIL " + quote_literal(*until.text);
  }

  void memberships() {
    const auto name = text("name");
    const auto groups = texts("roles");
    if (!is_known_) return do_not_know("the groups of a role");
    for (const auto& group : groups) {
      add(fmt::format("GRANT {} TO {}", quote_identifier(group), quote_identifier(name)));
    }
  }

  void grant_role() {
    const auto role = text("role"), group = text("grant_role");
    const bool is_admin = truth("with_admin_option", false);
    if (!all_known("a membership")) return;
    add(fmt::format("GRANT {} TO {}{}", quote_identifier(group), quote_identifier(role),
                    is_admin ? " WITH ADMIN OPTION" : ""));
  }

  void database() {
    const auto name = text("name"), owner = text("owner");
    const bool is_open = truth("allow_connections", true);
    if (!all_known("a database")) return;
    auto sql = "CREATE DATABASE " + quote_identifier(name);
    if (!owner.empty() && owner != "DEFAULT") sql += " OWNER " + quote_identifier(owner);
    if (!is_open) sql += " ALLOW_CONNECTIONS false";
    add(sql);
  }

  void schema() {
    const auto name = text("name"), owner = text("owner"), in = text("database");
    if (!all_known("a schema")) return;
    connect(in);
    const auto quoted = quote_identifier(name);
    add("CREATE SCHEMA IF NOT EXISTS " + quoted);
    if (!owner.empty()) {
      add(fmt::format("ALTER SCHEMA {} OWNER TO {}", quoted, quote_identifier(owner)));
    }
    for (const auto* const policy : TerraformModule::blocks(*resource_->body, "policy")) {
      const auto role = text(*policy, "role");
      const auto whom = role.empty() ? "PUBLIC" : quote_identifier(role);
      for (const char* const word : {"create", "usage"}) {
        const bool with_grant = truth(*policy, std::string(word) + "_with_grant", false);
        const bool is_granted = truth(*policy, word, false) || with_grant;
        if (!all_known("a policy of a schema")) return;
        if (!is_granted) continue;
        add(fmt::format("GRANT {} ON SCHEMA {} TO {}{}", upper_case(word), quoted, whom,
                        with_grant ? " WITH GRANT OPTION" : ""));
      }
    }
  }

  // What it grants is all that the role has there: the rest is revoked before.
  void grant() {
    const auto role = text("role"), in = text("database"), schema = text("schema");
    const auto type = upper_case(text("object_type"));
    const auto privileges = texts("privileges"), objects = texts("objects"),
               columns = texts("columns");
    const bool with_grant = truth("with_grant_option", false);
    if (!all_known("a grant")) return;
    std::string on, of_columns;
    auto revoked = std::string("ALL PRIVILEGES");
    if (type == "DATABASE") {
      on = "DATABASE " + quote_identifier(in);
    } else if (type == "SCHEMA") {
      on = "SCHEMA " + quote_identifier(schema);
    } else if (type == "FOREIGN_DATA_WRAPPER" || type == "FOREIGN_SERVER") {
      on = (type == "FOREIGN_SERVER" ? "FOREIGN SERVER " : "FOREIGN DATA WRAPPER ") +
           quoted_list(objects, "");
    } else if (objects.empty()) {
      on = fmt::format("ALL {}S IN SCHEMA {}", type, quote_identifier(schema));
    } else {
      on = (type == "COLUMN" ? "TABLE" : type) + ' ' + quoted_list(objects, schema);
      if (!privileges.empty()) revoked = listed_words(privileges);
    }
    if (type == "COLUMN") of_columns = fmt::format(" ({})", quoted_list(columns, ""));
    connect(in);
    add(fmt::format("REVOKE {}{} ON {} FROM {}", revoked, of_columns, on, grantee(role)));
    if (privileges.empty()) return;
    add(fmt::format("GRANT {}{} ON {} TO {}{}", listed_words(privileges), of_columns, on,
                    grantee(role), with_grant ? " WITH GRANT OPTION" : ""));
  }

  void default_privileges() {
    const auto role = text("role"), in = text("database"), owner = text("owner"),
               schema = text("schema");
    const auto type = upper_case(text("object_type"));
    const auto privileges = texts("privileges");
    const bool with_grant = truth("with_grant_option", false);
    if (!all_known("default privileges")) return;
    auto head = "ALTER DEFAULT PRIVILEGES FOR ROLE " + quote_identifier(owner);
    if (!schema.empty()) head += " IN SCHEMA " + quote_identifier(schema);
    connect(in);
    add(fmt::format("{} REVOKE ALL ON {}S FROM {}", head, type, grantee(role)));
    if (privileges.empty()) return;
    add(fmt::format("{} GRANT {} ON {}S TO {}{}", head, listed_words(privileges), type,
                    grantee(role), with_grant ? " WITH GRANT OPTION" : ""));
  }

  const TerraformModule& module_;
  DeclaredServer& server_;
  const TerraformResource* resource_ = nullptr;
  bool is_known_ = true;
  std::string connected_;
};

}  // namespace

void add_provider_statements(const TerraformModule& module, DeclaredServer& server) {
  ProviderReader(module, server).read();
}

bool has_provider_resources(const TerraformModule& module) {
  const auto& all = module.resources();
  return std::any_of(all.begin(), all.end(), [](const TerraformResource& resource) {
    return resource.type.starts_with("postgresql_");
  });
}

}  // namespace pgleast
