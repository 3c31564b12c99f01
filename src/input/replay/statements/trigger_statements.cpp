// Rules, triggers and event triggers: what runs by itself.
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
namespace {

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
  if (catalog.is_of_server(name) || may_be_of_extension(catalog, EntityKind::function, name) ||
      name.schema == "pg_catalog" || name.name == "suppress_redundant_updates_trigger" ||
      name.name == "tsvector_update_trigger") {
    return no_entity;
  }
  throw Refused(Condition::undefined_function,
                fmt::format("function {}() does not exist", name.name), name.name);
}

EntityId make_on(SqlCatalog& catalog, EntityKind kind, EntityId relation, const std::string& name,
                 bool replace, const SqlNode& tree, EntityId function) {
  const auto before = catalog.find_on(relation, kind, name);
  if (before != no_entity) {
    if (!replace) {
      throw Refused(
          Condition::duplicate_object,
          fmt::format("`{}` for relation `{}` already exists", name, catalog.at(relation).name),
          name);
    }
    catalog.mark_dropped(before);
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
}  // namespace

void create_rule(SqlCatalog& catalog, const SqlNode& node) {
  const auto relation = catalog.relation_of(node_at(node, "relation"));
  catalog.need_owner(relation, "relation");
  if (text_at(node, "event") == "CMD_SELECT" && catalog.at(relation).is(RelationKind::table)) {
    throw Undecidable{"a rule that makes a table a view"};
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
  if (e.is(RelationKind::sequence) || e.is(RelationKind::index) ||
      e.is(RelationKind::composite_type) || e.is(RelationKind::materialized_view)) {
    throw Refused(Condition::wrong_object_type,
                  fmt::format("relation `{}` cannot have triggers", e.name), e.name);
  }
  if (!catalog.holds(catalog.user(), relation, Privilege::trigger)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied for table {}", e.name), e.name);
  }
  const auto function = trigger_function(catalog, list_at(node, "funcname"));
  if (function != no_entity) {
    if (!catalog.holds(catalog.user(), function, Privilege::execute)) {
      throw Refused(Condition::insufficient_privilege,
                    fmt::format("permission denied for function {}", catalog.at(function).name));
    }
    if (!catalog.cluster().function(catalog.object(function)).trigger) {
      throw Refused(Condition::invalid_object_definition,
                    fmt::format("function {} must return type trigger", catalog.at(function).name));
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
    if (catalog.has_read_objects()) throw Undecidable{"an event trigger that was read"};
    throw Refused(Condition::undefined_object,
                  fmt::format("event trigger `{}` does not exist", name), name);
  }
  catalog.need_owner(id, "event trigger");
  auto code = catalog.code_of(id);
  const auto& enabled = node_at(node, "tgenabled");
  const auto letter = enabled.is_number() ? static_cast<char>(enabled.get<int>())
                                          : text_at(node, "tgenabled").substr(0, 1)[0];
  code.enabled = letter == 'O' || letter == 'A';
  catalog.set_code(id, std::move(code));
}

}  // namespace pgleast
