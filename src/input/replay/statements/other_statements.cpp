// What has no access list and what leads elsewhere: languages, extensions, foreign servers,
// tablespaces, publications, triggers, rules. As far as names, owners and dependencies go.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "input/replay/catalog/script_code.hpp"
#include "input/replay/query/query.hpp"
#include "input/replay/roles/shared_name.hpp"
#include "input/replay/statements/object_statement.hpp"

namespace pgleast {
namespace {

Entity entity_of(const SqlCatalog& catalog, EntityKind kind, const std::string& name) {
  Entity e;
  e.kind = kind;
  e.name = name;
  e.database = catalog.session().database;
  e.owner = catalog.user();
  return e;
}

/// False: it is there, and IF NOT EXISTS says that this is well.
bool need_new(const SqlCatalog& catalog, EntityKind kind, const std::string& name,
              bool if_not_exists, std::string_view called) {
  if (catalog.find_in_database(kind, name) == no_entity) return true;
  if (if_not_exists) return false;
  throw Refused(fmt::format("{} `{}` already exists", called, name), name);
}

/// The text of the statement that is being done.
std::string own_text(const SqlCatalog& catalog) {
  const auto& statement = catalog.statement();
  if (statement.item == nullptr) return "";
  const auto [begin, end] = statement.item->span;
  return std::string(statement.script.substr(begin, end - begin));
}

PrivilegeSet events_of_trigger(int type) {
  PrivilegeSet events;
  if ((type & 4) != 0) events |= Privilege::insert;
  if ((type & 8) != 0) events |= Privilege::delete_;
  if ((type & 16) != 0) events |= Privilege::update;
  if ((type & 32) != 0) events |= Privilege::truncate;
  return events;
}

PrivilegeSet event_named(const std::string& command) {
  if (command == "CMD_SELECT") return Privilege::select;
  if (command == "CMD_UPDATE") return Privilege::update;
  if (command == "CMD_INSERT") return Privilege::insert;
  return Privilege::delete_;
}

EntityId trigger_function(const SqlCatalog& catalog, const SqlNode& names) {
  const auto name = qualified_name_of(names);
  const auto functions = catalog.find_functions(name);
  for (const auto id : functions) {
    if (catalog.at(id).types.empty()) return id;
  }
  if (catalog.is_of_server(name) || catalog.has_extensions || name.schema == "pg_catalog" ||
      name.name == "suppress_redundant_updates_trigger" || name.name == "tsvector_update_trigger") {
    return no_entity;
  }
  throw Refused(fmt::format("function {}() does not exist", name.name), name.name);
}

EntityId make_on(SqlCatalog& catalog, EntityKind kind, EntityId relation, const std::string& name,
                 bool replace, const SqlNode& tree, EntityId function) {
  const auto before = catalog.find_on(relation, kind, name);
  if (before != no_entity) {
    if (!replace) {
      throw Refused(
          fmt::format("`{}` for relation `{}` already exists", name, catalog.at(relation).name),
          name);
    }
    catalog.kill(before);
  }
  auto e = entity_of(catalog, kind, name);
  e.owner = no_role;
  e.parent = relation;
  e.refs.push_back({relation, 0, Ref::Kind::automatic, 0});
  const auto id = catalog.add(std::move(e));
  catalog.add_ref(id, {function, 0, Ref::Kind::normal, 0});
  add_references(catalog, id, tree);
  return id;
}

// What extensions of PostgreSQL itself bring that other statements name.
struct ExtensionObject {
  std::string_view extension, name;
  ObjectKind kind;
  bool trusted = false;
};
constexpr std::array extension_objects{
    ExtensionObject{"dblink", "dblink_fdw", ObjectKind::foreign_data_wrapper},
    ExtensionObject{"file_fdw", "file_fdw", ObjectKind::foreign_data_wrapper},
    ExtensionObject{"postgres_fdw", "postgres_fdw", ObjectKind::foreign_data_wrapper},
    ExtensionObject{"plperl", "plperl", ObjectKind::language, true},
    ExtensionObject{"plperlu", "plperlu", ObjectKind::language},
    ExtensionObject{"plpython3u", "plpython3u", ObjectKind::language},
    ExtensionObject{"pltcl", "pltcl", ObjectKind::language, true},
    ExtensionObject{"pltclu", "pltclu", ObjectKind::language},
};

void make_of_extension(SqlCatalog& catalog, EntityId extension, const ExtensionObject& known) {
  Entity e;
  e.name = known.name;
  auto detail = no_detail;
  const bool language = known.kind == ObjectKind::language;
  e.kind = language ? EntityKind::language : EntityKind::wrapper;
  if (language) {
    e.letter = known.trusted ? ' ' : 'u';
    auto& details = catalog.cluster().languages;
    details.push_back({known.trusted});
    detail = static_cast<std::uint32_t>(details.size() - 1);
  }
  const auto id = catalog.make(std::move(e), known.kind, detail);
  catalog.add_ref(id, {extension, 0, Ref::Kind::internal, 0});
  catalog.edit_object(catalog.at(id).object).extension = true;
}

}  // namespace

void create_language(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "plname");
  if (!need_new(catalog, EntityKind::language, name, truth_at(node, "replace"), "language")) {
    return;
  }
  const auto& handler = list_at(node, "plhandler");
  if (handler.empty()) throw NotFollowed{"a language that an extension brings"};
  catalog.need_superuser("must be superuser to create custom procedural language");
  const auto function = qualified_name_of(handler);
  const bool of_server = function.name == "plpgsql_call_handler";
  if (!of_server && catalog.find_functions(function).empty()) {
    throw Refused(fmt::format("function {}() does not exist", function.name), function.name);
  }
  Entity e;
  e.kind = EntityKind::language;
  e.name = name;
  const bool trusted = truth_at(node, "pltrusted");
  e.letter = trusted ? ' ' : 'u';
  auto& details = catalog.cluster().languages;
  details.push_back({trusted});
  catalog.make(std::move(e), ObjectKind::language, static_cast<std::uint32_t>(details.size() - 1));
}

void create_extension(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "extname");
  if (!need_new(catalog, EntityKind::extension, name, truth_at(node, "if_not_exists"),
                "extension")) {
    return;
  }
  const auto id = catalog.add(entity_of(catalog, EntityKind::extension, name));
  for (const auto& known : extension_objects) {
    if (known.extension == name) make_of_extension(catalog, id, known);
  }
  catalog.has_extensions = true;
  catalog.remark_extension(name);
}

void create_wrapper(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "fdwname");
  catalog.need_superuser(
      fmt::format("permission denied to create foreign-data wrapper `{}`", name));
  need_new(catalog, EntityKind::wrapper, name, false, "foreign-data wrapper");
  Entity e;
  e.kind = EntityKind::wrapper;
  e.name = name;
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
    if (catalog.has_extensions) throw NotFollowed{"a wrapper that may be an extension's"};
    throw Refused(fmt::format("foreign-data wrapper `{}` does not exist", of), of);
  }
  if (!catalog.holds(catalog.user(), wrapper, Privilege::usage)) {
    throw Refused(fmt::format("permission denied for foreign-data wrapper {}", of), of);
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
    throw Refused(fmt::format("server `{}` does not exist", text_at(node, "servername")));
  }
  catalog.need_owner(id, "foreign server");
  change_options(catalog, id, list_at(node, "options"));
}

void create_user_mapping(SqlCatalog& catalog, const SqlNode& node) {
  const auto server = catalog.find_in_database(EntityKind::server, text_at(node, "servername"));
  if (server == no_entity) {
    throw Refused(fmt::format("server `{}` does not exist", text_at(node, "servername")));
  }
  const auto who = role_name(node_at(node, "user"));
  auto name = std::string();
  if (who.kind != RoleName::Kind::everyone) {
    const auto role = catalog.roles().role_of(who);
    name = fmt::format("mapping {}", index(role));
    if (!catalog.owns(server) && role != catalog.user()) {
      throw Refused(fmt::format("must be owner of foreign server {}", catalog.at(server).name));
    }
  }
  if (catalog.find_on(server, EntityKind::user_mapping, name) != no_entity) {
    if (truth_at(node, "if_not_exists")) return;
    throw Refused("user mapping already exists");
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
  const auto server = catalog.find_in_database(EntityKind::server, text_at(node, "servername"));
  if (server == no_entity) {
    throw Refused(fmt::format("server `{}` does not exist", text_at(node, "servername")));
  }
  const auto who = role_name(node_at(node, "user"));
  const auto name = who.kind == RoleName::Kind::everyone
                        ? std::string()
                        : fmt::format("mapping {}", index(catalog.roles().role_of(who)));
  const auto id = catalog.find_on(server, EntityKind::user_mapping, name);
  if (id == no_entity) {
    if (catalog.has_read_objects()) throw NotFollowed{"a user mapping that was read"};
    throw Refused("user mapping does not exist");
  }
  change_options(catalog, id, list_at(node, "options"));
}

void drop_user_mapping(SqlCatalog& catalog, const SqlNode& node) {
  const auto server = catalog.find_in_database(EntityKind::server, text_at(node, "servername"));
  if (server == no_entity) return;
  const auto who = role_name(node_at(node, "user"));
  const auto name = who.kind == RoleName::Kind::everyone
                        ? std::string()
                        : fmt::format("mapping {}", index(catalog.roles().role_of(who)));
  const auto id = catalog.find_on(server, EntityKind::user_mapping, name);
  if (id != no_entity) catalog.kill(id);
}

void create_tablespace(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "tablespacename");
  catalog.need_superuser(fmt::format("permission denied to create tablespace `{}`", name));
  check_shared_name("tablespace", name, catalog.major());
  if (name.starts_with("pg_")) {
    throw Refused(fmt::format("unacceptable tablespace name `{}`", name), name);
  }
  const auto location = text_at(node, "location");
  if (!location.empty() && location.front() != '/') {
    throw Refused("tablespace location must be an absolute path");
  }
  need_new(catalog, EntityKind::tablespace, name, false, "tablespace");
  Entity e;
  e.kind = EntityKind::tablespace;
  e.name = name;
  const auto id = catalog.make(std::move(e), ObjectKind::tablespace);
  if (node.contains("owner")) {
    catalog.set_owner(id, catalog.roles().role_of(role_name(node["owner"])));
  }
}

void drop_tablespace(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "tablespacename");
  const auto id = catalog.find_in_database(EntityKind::tablespace, name);
  if (id == no_entity) {
    if (truth_at(node, "missing_ok")) return;
    throw Refused(fmt::format("tablespace `{}` does not exist", name), name);
  }
  catalog.need_owner(id, "tablespace");
  catalog.kill(id);
}

void create_publication(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "pubname");
  need_new(catalog, EntityKind::publication, name, false, "publication");
  if (truth_at(node, "for_all_tables")) {
    catalog.need_superuser("must be superuser to create FOR ALL TABLES publication");
  }
  const auto database = catalog.session().database;
  if (!catalog.held(catalog.user(), database).has(Privilege::create)) {
    throw Refused(
        fmt::format("permission denied for database {}", catalog.cluster().object(database).name));
  }
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
    return catalog.kill(id);
  }
  if (truth_at(node, "missing_ok")) return;
  if (catalog.has_read_objects()) return;
  throw Refused(fmt::format("subscription `{}` does not exist", name), name);
}

void create_rule(SqlCatalog& catalog, const SqlNode& node) {
  const auto relation = catalog.relation_of(node_at(node, "relation"));
  catalog.need_owner(relation, "relation");
  if (text_at(node, "event") == "CMD_SELECT" && catalog.at(relation).letter == 'r') {
    throw NotFollowed{"a rule that makes a table a view"};
  }
  const auto id = make_on(catalog, EntityKind::rule, relation, text_at(node, "rulename"),
                          truth_at(node, "replace"), list_at(node, "actions"), no_entity);
  EntityCode code;
  code.text = own_text(catalog);
  code.path = path_when_made(catalog);
  code.on = event_named(text_at(node, "event"));
  catalog.set_code(id, std::move(code));
}

void create_trigger(SqlCatalog& catalog, const SqlNode& node) {
  const auto relation = catalog.relation_of(node_at(node, "relation"));
  const auto& e = catalog.at(relation);
  if (e.letter == 'S' || e.letter == 'i' || e.letter == 'c' || e.letter == 'm') {
    throw Refused(fmt::format("relation `{}` cannot have triggers", e.name), e.name);
  }
  if (!catalog.holds(catalog.user(), relation, Privilege::trigger)) {
    throw Refused(fmt::format("permission denied for table {}", e.name), e.name);
  }
  const auto function = trigger_function(catalog, list_at(node, "funcname"));
  if (function != no_entity) {
    if (!catalog.holds(catalog.user(), function, Privilege::execute)) {
      throw Refused(fmt::format("permission denied for function {}", catalog.at(function).name));
    }
    if (!catalog.cluster().function(catalog.object(function)).trigger) {
      throw Refused(fmt::format("function {} must return type trigger", catalog.at(function).name));
    }
  }
  const auto id = make_on(catalog, EntityKind::trigger, relation, text_at(node, "trigname"),
                          truth_at(node, "replace"), node_at(node, "whenClause"), function);
  EntityCode code;
  code.on = events_of_trigger(node.value("events", 0));
  code.for_each_row = truth_at(node, "row");
  catalog.set_code(id, std::move(code));
}

void create_event_trigger(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "trigname");
  catalog.need_superuser(fmt::format("permission denied to create event trigger `{}`", name));
  need_new(catalog, EntityKind::event_trigger, name, false, "event trigger");
  const auto function = trigger_function(catalog, list_at(node, "funcname"));
  const auto id = catalog.add(entity_of(catalog, EntityKind::event_trigger, name));
  catalog.add_ref(id, {function, 0, Ref::Kind::normal, 0});
  EntityCode code;
  code.text = text_at(node, "eventname");
  catalog.set_code(id, std::move(code));
}

void alter_event_trigger(SqlCatalog& catalog, const SqlNode& node) {
  const auto name = text_at(node, "trigname");
  const auto id = catalog.find_in_database(EntityKind::event_trigger, name);
  if (id == no_entity) {
    if (catalog.has_read_objects()) throw NotFollowed{"an event trigger that was read"};
    throw Refused(fmt::format("event trigger `{}` does not exist", name), name);
  }
  catalog.need_owner(id, "event trigger");
  auto code = catalog.code_of(id);
  const auto& enabled = node_at(node, "tgenabled");
  const auto letter = enabled.is_number() ? static_cast<char>(enabled.get<int>())
                                          : text_at(node, "tgenabled").substr(0, 1)[0];
  code.enabled = letter == 'O' || letter == 'A';
  catalog.set_code(id, std::move(code));
}

void create_cast(SqlCatalog& catalog, const SqlNode& node) {
  const auto source = catalog.type_of(node_at(node, "sourcetype"));
  const auto target = catalog.type_of(node_at(node, "targettype"));
  auto e = entity_of(catalog, EntityKind::other,
                     "cast " + catalog.shown(source) + " " + catalog.shown(target));
  e.owner = no_role;
  const auto id = catalog.add(std::move(e));
  for (const auto& type : {source, target}) {
    catalog.add_ref(id, {type.entity, 0, Ref::Kind::normal, 0});
  }
  if (!node.contains("func")) return;
  for (const auto function : catalog.find_functions(
           qualified_name_of(list_at(inside(node["func"], "ObjectWithArgs"), "objname")))) {
    catalog.add_ref(id, {function, 0, Ref::Kind::normal, 0});
    break;
  }
}

void create_statistics(SqlCatalog& catalog, const SqlNode& node) {
  for (const auto& item : list_at(node, "relations")) {
    if (item.contains("RangeVar")) catalog.need_owner(catalog.relation_of(item), "table");
  }
}

void nothing_known(SqlCatalog&, const SqlNode&) {}

}  // namespace pgleast
