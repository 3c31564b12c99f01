// SET, RESET, DISCARD, and settings that are stored for roles and databases.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "input/replay/catalog/named_object.hpp"
#include "input/replay/statements/object_statement.hpp"
#include "input/replay/statements/setting_text.hpp"
#include "pg/identifier.hpp"
#include "pg/name_list.hpp"
#include "pg/setting_table.hpp"

namespace pgleast {
namespace {

// GUC_LIST_INPUT and GUC_LIST_QUOTE: each part is an identifier.
bool is_quoted_list(std::string_view name) {
  constexpr std::array<std::string_view, 6> names{"search_path",
                                                  "temp_tablespaces",
                                                  "local_preload_libraries",
                                                  "session_preload_libraries",
                                                  "shared_preload_libraries",
                                                  "unix_socket_directories"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string joined_path(const std::vector<std::string>& path, int major) {
  std::string result;
  for (const auto& name : path) {
    result += (result.empty() ? "" : ", ") + shown_identifier(name, major);
  }
  return result;
}

/// To the server a role is the value of a setting here (variable.c, check_role).
RoleId role_in_setting(const SqlCatalog& catalog, const std::string& name) {
  const auto role = catalog.cluster().find_role(name);
  if (role) return *role;
  throw Refused::missing_role(name, Condition::invalid_parameter_value);
}

void become(SqlCatalog& catalog, const std::string& name) {
  const auto role = role_in_setting(catalog, name);
  const auto& session = catalog.session();
  if (!catalog.can_become(session.session_user, role)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied to set role `{}`", name), name);
  }
  catalog.edit_session().current_user = role;
  catalog.tell_roles();
}

void set_session_user(SqlCatalog& catalog, const std::string& name) {
  const auto role = role_in_setting(catalog, name);
  const auto& session = catalog.session();
  const bool may = catalog.cluster().role(session.authenticated).superuser;
  if (role != session.authenticated && !may) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied to set session authorization `{}`", name), name);
  }
  auto& edited = catalog.edit_session();
  edited.session_user = edited.current_user = role;
  catalog.tell_roles();
}

void reset(SqlCatalog& catalog, const std::string& name) {
  auto& session = catalog.edit_session();
  const bool all = name.empty();
  if (name == "role") session.current_user = session.session_user;
  if (name == "session_authorization") {
    session.session_user = session.current_user = session.authenticated;
  }
  if (all || name == "search_path") session.search_path = session.stored_path;
  catalog.tell_roles();
}

}  // namespace

std::string setting_text(const SqlCatalog& catalog, const SqlNode& set) {
  const auto name = text_at(set, "name");
  if (text_at(set, "kind") == "VAR_SET_CURRENT") {
    if (name != "search_path") throw Undecidable{"SET ... FROM CURRENT"};
    return joined_path(catalog.session().search_path, catalog.major());
  }
  std::string result;
  for (const auto& item : list_at(set, "args")) {
    const auto& value = item.contains("TypeCast") ? node_at(item["TypeCast"], "arg") : item;
    const auto word = word_of(value);
    if (!result.empty()) result += ", ";
    result += is_quoted_list(name) ? shown_identifier(word, catalog.major()) : word;
  }
  return result;
}

void set_variable(SqlCatalog& catalog, const SqlNode& node) {
  const auto kind = text_at(node, "kind");
  const auto name = text_at(node, "name");
  const bool resets = kind == "VAR_RESET" || kind == "VAR_SET_DEFAULT" || kind == "VAR_RESET_ALL";
  if (name == "createrole_self_grant") catalog.roles().forget_self_grant();
  const bool ours = name == "role" || name == "session_authorization" || name == "search_path";
  if (kind == "VAR_RESET_ALL") return reset(catalog, "");
  if (!ours) return;
  catalog.remember_for_end_of_transaction(truth_at(node, "is_local"));
  if (resets) return reset(catalog, name);
  const auto& values = list_at(node, "args");
  const auto word = values.empty() ? "" : word_of(values.front());
  if (name == "search_path") {
    std::vector<std::string> path;
    for (const auto& item : values) path.push_back(word_of(item));
    catalog.edit_session().search_path = path;
  } else if (name == "role") {
    if (word == "none") return reset(catalog, "role");
    become(catalog, word);
  } else {
    set_session_user(catalog, word);
  }
}

void set_config(SqlCatalog& catalog, const std::string& name, const std::string& value) {
  if (name == "createrole_self_grant") catalog.roles().forget_self_grant();
  if (name == "search_path") {
    const auto path = split_identifiers(value, catalog.major());
    if (!path) {
      throw Refused(Condition::invalid_parameter_value,
                    "invalid value for parameter `search_path`");
    }
    catalog.edit_session().search_path = *path;
  } else if (name == "role") {
    if (value == "none") return reset(catalog, "role");
    become(catalog, value);
  } else if (name == "session_authorization") {
    set_session_user(catalog, value);
  }
}

void discard(SqlCatalog& catalog, const SqlNode& node) {
  if (text_at(node, "target") == "DISCARD_ALL") {
    reset(catalog, "session_authorization");
    reset(catalog, "");
  }
  const auto target = text_at(node, "target");
  if (target == "DISCARD_ALL" || target == "DISCARD_TEMP") catalog.drop_temporary();
}

namespace {

void store(SqlCatalog& catalog, const SqlNode& set, ObjectId database, RoleId role) {
  auto& all = catalog.edit_role_settings();
  const auto kind = text_at(set, "kind");
  const auto name = text_at(set, "name");
  const auto of = [&](const RoleSetting& s) { return s.database == database && s.role == role; };
  if (kind == "VAR_RESET_ALL") {
    std::erase_if(all, of);
    return;
  }
  const auto key = setting_key(name);
  std::erase_if(all, [&](const RoleSetting& s) { return of(s) && setting_key(s.name) == key; });
  if (kind == "VAR_RESET" || kind == "VAR_SET_DEFAULT") return;
  all.push_back({database, role, name, setting_text(catalog, set)});
}

}  // namespace

void alter_role_set(SqlCatalog& catalog, const SqlNode& node) {
  auto role = no_role;
  if (node.contains("role")) role = catalog.roles().role_of(role_name(node["role"]));
  auto database = no_object;
  const auto name = text_at(node, "database");
  if (!name.empty()) database = needed_database(catalog, name);
  if (role != no_role) {
    catalog.roles().check_may_set(role);
  } else if (!catalog.is_superuser()) {
    const auto owner = database == no_object ? no_role : catalog.cluster().object(database).owner;
    if (owner == no_role || !catalog.has_privileges(catalog.user(), owner)) {
      throw Refused(Condition::insufficient_privilege, "permission denied to alter setting");
    }
  }
  store(catalog, node_at(node, "setstmt"), database, role);
}

void alter_database_set(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "dbname");
  const auto id = needed_database(catalog, name);
  if (!catalog.has_privileges(catalog.user(), catalog.cluster().object(id).owner)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("must be owner of database {}", name), name);
  }
  store(catalog, node_at(node, "setstmt"), id, no_role);
}

// --- The session itself -------------------------------------------------------------------------

SqlCatalog::Session& SqlCatalog::start_session(const std::string& database, RoleId user_role) {
  end_session();
  session_ = {};
  session_.authenticated = session_.session_user = session_.current_user = user_role;
  session_.database = database_named(database);
  roles_.run_as(user_role, user_role);
  // For all, for the role, for the database, for both: the last one counts.
  int rank = 0;
  for (const auto& s : cluster_.role_settings) {
    if (setting_key(s.name) != "search_path") continue;
    const bool fits = (s.role == no_role || s.role == user_role) &&
                      (s.database == no_object || s.database == session_.database);
    const int own = 1 + (s.database != no_object ? 1 : 0) + (s.role != no_role ? 2 : 0);
    if (!fits || own < rank) continue;
    rank = own;
    session_.stored_path = split_identifiers(s.value, major()).value_or(std::vector<std::string>{});
  }
  session_.search_path = session_.stored_path;
  return session_;
}

}  // namespace pgleast
