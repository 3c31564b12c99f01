// Trees of statements about roles, databases and transactions, to what they ask for.
#include "input/sql/action_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string_view>
#include <utility>

#include "pg/refused.hpp"

namespace pgleast {
namespace {

using Token = SqlToken::Kind;
using Parsed = ActionTree;

struct Option {
  std::string name;
  const SqlNode& argument;  // null: none was given
  std::size_t token;        // where it starts in the statement
};

std::vector<Option> options_of(const Parsed& p) {
  static const SqlNode nothing;
  std::vector<Option> result;
  for (const auto& item : list_at(p.node, "options")) {
    const auto& element = item.at("DefElem");
    const auto at = p.statement.span.begin + element.value("location", std::size_t{0});
    const auto& tokens = p.statement.tokens;
    const auto token =
        std::find_if(tokens.begin(), tokens.end(), [&](const auto& t) { return t.span.end > at; });
    const auto argument = element.find("arg");
    result.push_back({text_at(element, "defname"), argument == element.end() ? nothing : *argument,
                      static_cast<std::size_t>(token - tokens.begin())});
  }
  return result;
}

/// The library loses the number where it is negative; the script has it.
std::optional<std::int64_t> number_of(const Option& option, const Parsed& p) {
  if (!option.argument.contains("Integer")) return std::nullopt;
  const auto& tokens = p.statement.tokens;
  for (auto i = option.token; i < tokens.size(); ++i) {
    if (tokens[i].kind != Token::number) continue;
    const bool negative = i > 0 && p.script[tokens[i - 1].span.begin] == '-';
    const auto known = option.argument["Integer"].value("ival", 0);
    if (known != 0) return known;
    std::int64_t number = 0;
    std::from_chars(p.script.data() + tokens[i].span.begin, p.script.data() + tokens[i].span.end,
                    number);
    return negative ? -number : number;
  }
  return std::nullopt;
}

NewPassword password_of(const Option& option, const Parsed& p) {
  if (option.argument.is_null()) return {true, true, ""};
  const auto& tokens = p.statement.tokens;
  for (auto i = option.token; i < tokens.size(); ++i) {
    if (tokens[i].kind == Token::variable) return {false, false, ""};
    if (tokens[i].kind == Token::string) break;
  }
  return {false, true, string_of(option.argument)};
}

std::optional<RoleAttribute> attribute_of(std::string_view option) {
  if (option == "canlogin") return RoleAttribute::login;
  if (option == "isreplication") return RoleAttribute::replication;
  return role_attribute_named(option);
}

bool are_conflicting(const std::vector<Option>& options) {
  std::set<std::string> names;
  for (const auto& option : options) names.insert(option.name);
  return names.size() < options.size();
}

RoleOptions role_options(const Parsed& p) {
  RoleOptions result;
  const auto options = options_of(p);
  result.conflicting = are_conflicting(options);
  for (const auto& option : options) {
    const auto names = [&] { return role_names(list_at(option.argument.at("List"), "items")); };
    if (const auto attribute = attribute_of(option.name)) {
      result.attributes[static_cast<std::size_t>(*attribute)] = bool_of(option.argument);
    } else if (option.name == "connectionlimit") {
      result.connection_limit = number_of(option, p);
    } else if (option.name == "password") {
      result.password = password_of(option, p);
    } else if (option.name == "validUntil") {
      result.valid_until = string_of(option.argument);
    } else if (option.name == "addroleto") {
      result.groups = names();
    } else if (option.name == "rolemembers") {
      result.members = names();
    } else if (option.name == "adminmembers") {
      result.admins = names();
    }
  }
  return result;
}

DatabaseOptions database_options(const Parsed& p) {
  DatabaseOptions result;
  const auto options = options_of(p);
  if (are_conflicting(options)) {
    throw Refused(Condition::syntax_error, "conflicting or redundant options");
  }
  for (const auto& option : options) {
    if (option.argument.is_null()) continue;  // DEFAULT
    if (option.name == "owner") result.owner = string_of(option.argument);
    if (option.name == "template") result.from_template = string_of(option.argument);
    if (option.name == "is_template") result.is_template = bool_of(option.argument);
    if (option.name == "allow_connections") result.allows_connections = bool_of(option.argument);
    if (option.name == "connection_limit") {
      result.connection_limit = number_of(option, p);
    }
  }
  return result;
}

}  // namespace

// --- One function for each kind of statement ----------------------------------------------------

SqlActionRead read_create_role(const ActionTree& p) {
  CreateRole result{text_at(p.node, "role"), role_options(p)};
  auto& login = result.options.attributes[static_cast<std::size_t>(RoleAttribute::login)];
  if (!login && text_at(p.node, "stmt_type") == "ROLESTMT_USER") login = true;
  return result;
}

SqlActionRead read_alter_role(const ActionTree& p) {
  return AlterRole{role_name(p.node.at("role")), role_options(p), p.node.value("action", 0) < 0};
}

SqlActionRead read_drop_role(const ActionTree& p) {
  return DropRole{role_names(list_at(p.node, "roles")), truth_at(p.node, "missing_ok")};
}

SqlActionRead read_grant_role(const ActionTree& p) {
  std::vector<std::string> roles;
  for (const auto& item : list_at(p.node, "granted_roles")) {
    const auto& granted = item.at("AccessPriv");
    if (granted.contains("cols")) {
      throw Refused(Condition::invalid_grant_operation,
                    "column names cannot be included in GRANT/REVOKE ROLE");
    }
    roles.push_back(text_at(granted, "priv_name"));
  }
  auto members = role_names(list_at(p.node, "grantee_roles"));
  if (truth_at(p.node, "is_grant")) return GrantRole{roles, members, p.options, p.grantor};
  return RevokeRole{roles, members, p.options, p.grantor,
                    text_at(p.node, "behavior") == "DROP_CASCADE"};
}

SqlActionRead read_create_database(const ActionTree& p) {
  return CreateDatabase{text_at(p.node, "dbname"), database_options(p)};
}

SqlActionRead read_alter_database(const ActionTree& p) {
  return AlterDatabase{text_at(p.node, "dbname"), database_options(p)};
}

SqlActionRead read_drop_database(const ActionTree& p) {
  return DropDatabase{text_at(p.node, "dbname"), truth_at(p.node, "missing_ok")};
}

SqlActionRead read_rename(const ActionTree& p) {
  const auto type = text_at(p.node, "renameType");
  auto from = text_at(p.node, "subname");
  auto to = text_at(p.node, "newname");
  if (type == "OBJECT_ROLE") return RenameRole{from, to};
  if (type == "OBJECT_DATABASE") return RenameDatabase{from, to};
  return std::nullopt;
}

SqlActionRead read_change_owner(const ActionTree& p) {
  if (text_at(p.node, "objectType") != "OBJECT_DATABASE") return std::nullopt;
  return OwnDatabase{string_of(p.node.at("object")), role_name(p.node.at("newowner"))};
}

SqlActionRead read_transaction(const ActionTree& p) {
  using Kind = Transaction::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 7> kinds{{
      {"TRANS_STMT_BEGIN", Kind::begin},
      {"TRANS_STMT_START", Kind::begin},
      {"TRANS_STMT_COMMIT", Kind::commit},
      {"TRANS_STMT_ROLLBACK", Kind::rollback},
      {"TRANS_STMT_SAVEPOINT", Kind::savepoint},
      {"TRANS_STMT_RELEASE", Kind::release},
      {"TRANS_STMT_ROLLBACK_TO", Kind::rollback_to},
  }};
  for (const auto& [name, kind] : kinds) {
    if (text_at(p.node, "kind") != name) continue;
    return Transaction{kind, text_at(p.node, "savepoint_name"), truth_at(p.node, "chain")};
  }
  return std::nullopt;
}

SqlActionRead read_set_variable(const ActionTree& p) {
  if (text_at(p.node, "name") != "password_encryption") return std::nullopt;
  const bool local = truth_at(p.node, "is_local");
  const auto& values = list_at(p.node, "args");
  if (values.empty()) return SetPasswordEncryption{std::nullopt, local};
  const auto& constant = values.front().value("A_Const", SqlNode::object());
  // Since the grammar of version 15; before it the constant is in `val`.
  const auto& value = constant.contains("sval")  ? constant["sval"]
                      : constant.contains("val") ? constant["val"]
                                                 : constant;
  return SetPasswordEncryption{string_of(value), local};
}

}  // namespace pgleast
