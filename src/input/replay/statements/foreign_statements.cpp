// What leads to other servers: foreign data wrappers, servers, user mappings, publications,
// subscriptions.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "input/replay/catalog/extension_members.hpp"
#include "input/replay/catalog/script_code.hpp"
#include "input/replay/query/query.hpp"
#include "input/replay/statements/new_entity.hpp"
#include "input/replay/statements/object_statement.hpp"

namespace pgleast {

void create_wrapper(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "fdwname");
  catalog.need_superuser(
      fmt::format("permission denied to create foreign-data wrapper `{}`", name));
  need_new(catalog, EntityKind::wrapper, name, false, "foreign-data wrapper");
  Entity e;
  e.kind = EntityKind::wrapper;
  e.name = name;
  if (!list_at(node, "func_options").empty()) catalog.has_hidden_calls = true;  // a validator
  catalog.make(std::move(e), ObjectKind::foreign_data_wrapper);
}

void create_server(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "servername");
  if (!need_new(catalog, EntityKind::server, name, truth_at(node, "if_not_exists"), "server")) {
    return;
  }
  const auto of = text_at(node, "fdwname");
  const auto wrapper = catalog.find_in_database(EntityKind::wrapper, of);
  if (wrapper == no_entity) {
    if (may_be_of_extension(catalog, EntityKind::wrapper, {"", of})) {
      throw Undecidable{"a wrapper that may be an extension's"};
    }
    throw Refused(Condition::undefined_object,
                  fmt::format("foreign-data wrapper `{}` does not exist", of), of);
  }
  if (!catalog.holds(catalog.user(), wrapper, Privilege::usage)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied for foreign-data wrapper {}", of), of);
  }
  Entity e;
  e.kind = EntityKind::server;
  e.name = name;
  auto& details = catalog.cluster().foreign_servers;
  details.push_back({catalog.at(wrapper).object, {}});
  const auto id = catalog.make(std::move(e), ObjectKind::foreign_server,
                               static_cast<std::uint32_t>(details.size() - 1));
  catalog.add_ref(id, {wrapper, 0, Ref::Kind::normal, 0});
  change_options(catalog, id, list_at(node, "options"));
}

void alter_server(SqlCatalog& catalog, const SqlNode& node) {
  const auto id = catalog.find_in_database(EntityKind::server, text_at(node, "servername"));
  if (id == no_entity) {
    throw Refused(Condition::undefined_object,
                  fmt::format("server `{}` does not exist", text_at(node, "servername")));
  }
  catalog.need_owner(id, "foreign server");
  change_options(catalog, id, list_at(node, "options"));
}

namespace {

EntityId server_of_mapping(const SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "servername");
  const auto server = catalog.find_in_database(EntityKind::server, name);
  if (server != no_entity) return server;
  throw Refused(Condition::undefined_object, fmt::format("server `{}` does not exist", name));
}

/// Empty for PUBLIC's.
std::string name_of_mapping(SqlCatalog& catalog, const SqlNode& node) {
  const auto who = role_name(node_at(node, "user"));
  if (who.kind == RoleName::Kind::everyone) return "";
  return fmt::format("mapping {}", index(catalog.roles().role_of(who)));
}

}  // namespace

void create_user_mapping(SqlCatalog& catalog, const SqlNode& node) {
  const auto server = server_of_mapping(catalog, node);
  const auto who = role_name(node_at(node, "user"));
  auto name = std::string();
  if (who.kind != RoleName::Kind::everyone) {
    const auto role = catalog.roles().role_of(who);
    name = fmt::format("mapping {}", index(role));
    if (!catalog.owns(server) && role != catalog.user()) {
      throw Refused(Condition::insufficient_privilege,
                    fmt::format("must be owner of foreign server {}", catalog.at(server).name));
    }
  }
  if (catalog.find_on(server, EntityKind::user_mapping, name) != no_entity) {
    if (truth_at(node, "if_not_exists")) return;
    throw Refused(Condition::duplicate_object, "user mapping already exists");
  }
  auto e = entity_of(catalog, EntityKind::user_mapping, name);
  e.owner = no_role;
  e.parent = server;
  e.refs.push_back({server, 0, Ref::Kind::normal, 0});
  const auto id = catalog.add(std::move(e));
  EntityCode code;
  if (who.kind != RoleName::Kind::everyone) code.role = catalog.roles().role_of(who);
  catalog.set_code(id, std::move(code));
  change_options(catalog, id, list_at(node, "options"));
}

void alter_user_mapping(SqlCatalog& catalog, const SqlNode& node) {
  const auto server = server_of_mapping(catalog, node);
  const auto name = name_of_mapping(catalog, node);
  const auto id = catalog.find_on(server, EntityKind::user_mapping, name);
  if (id == no_entity) {
    if (catalog.has_read_objects()) throw Undecidable{"a user mapping that was read"};
    throw Refused(Condition::undefined_object, "user mapping does not exist");
  }
  change_options(catalog, id, list_at(node, "options"));
}

void drop_user_mapping(SqlCatalog& catalog, const SqlNode& node) {
  const auto server = catalog.find_in_database(EntityKind::server, text_at(node, "servername"));
  if (server == no_entity) return;
  const auto name = name_of_mapping(catalog, node);
  const auto id = catalog.find_on(server, EntityKind::user_mapping, name);
  if (id != no_entity) catalog.mark_dropped(id);
}

void create_publication(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "pubname");
  need_new(catalog, EntityKind::publication, name, false, "publication");
  if (truth_at(node, "for_all_tables")) {
    catalog.need_superuser("must be superuser to create FOR ALL TABLES publication");
  }
  need_create_in_database(catalog);
  catalog.add(entity_of(catalog, EntityKind::publication, name));
}

void create_subscription(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "subname");
  catalog.need_superuser("must be superuser to create subscriptions");
  need_new(catalog, EntityKind::subscription, name, false, "subscription");
  auto e = entity_of(catalog, EntityKind::subscription, name);
  e.database = no_object;
  catalog.add(std::move(e));
  catalog.subscriptions_made = true;
}

void drop_subscription(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "subname");
  const auto id = catalog.find_in_database(EntityKind::subscription, name);
  if (id != no_entity) {
    catalog.need_owner(id, "subscription");
    return catalog.mark_dropped(id);
  }
  if (truth_at(node, "missing_ok")) return;
  if (catalog.has_read_objects()) return;
  throw Refused(Condition::undefined_object, fmt::format("subscription `{}` does not exist", name),
                name);
}

}  // namespace pgleast
