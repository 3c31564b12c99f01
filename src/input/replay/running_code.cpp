#include "input/replay/running_code.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "input/replay/catalog/extension_members.hpp"
#include "pg/own_extension.hpp"
#include "pg/server_function.hpp"

namespace pgleast {
namespace {

constexpr std::size_t most_steps = 50000000;  // that all statements together may lead to

constexpr PrivilegeSet reads{Privilege::select};

PrivilegeSet writes() {
  return PrivilegeSet(Privilege::insert) | Privilege::update | Privilege::delete_ |
         Privilege::truncate;
}

PrivilegeSet rows_change() { return writes() - PrivilegeSet(Privilege::insert); }

/// What a catalog of the server has that somebody writes.
Touched kept_in(const std::string& catalog) {
  if (catalog == "pg_authid" || catalog == "pg_auth_members") return touches::roles;
  if (catalog == "pg_db_role_setting") return touches::role_settings;
  return touches::anything;
}

bool is_hidden_call(const Entity& e) {
  return is_other(e, cast_kind) || is_other(e, operator_kind);
}

/// Whether it may be called with so many arguments; the last may be variadic.
bool fits(const Entity& function, std::size_t given) {
  const auto most = function.types.size();
  const auto least = most - std::min(most, static_cast<std::size_t>(function.defaults));
  const bool read = function.dependents_unknown;  // its defaults are not known
  return (given <= most && (read || given >= least)) || (most > 0 && given + 1 >= most);
}

}  // namespace

// --- What is asked ------------------------------------------------------------------------------

void RunningCode::begin() {
  found_ = {};
  todo_.clear();
  seen_.clear();
  all_functions_ = false;
}

MayChange RunningCode::of(const StatementUses& uses) {
  const std::pair state(catalog_.version(), catalog_.objects_known);
  if (state == last_state_ && uses == last_) return last_found_;
  begin();
  add(uses, false);
  look();
  last_ = uses;
  last_state_ = state;
  last_found_ = found_;
  return found_;
}

MayChange RunningCode::at_login() {
  begin();
  if (catalog_.major() >= 17) add_event_triggers(true);
  look();
  return found_;
}

void RunningCode::look() {
  while (!todo_.empty() && found_.touched != touches::anything) {
    const auto item = todo_.back();
    todo_.pop_back();
    if (++steps_ > most_steps) give_up("more code than is followed");
    visit(item);
  }
}

void RunningCode::add(Touched touched, const std::string& why) {
  if ((found_.touched | touched) == found_.touched) return;
  found_.touched |= touched;
  found_.why = why;
}

void RunningCode::push(EntityId id, PrivilegeSet written) {
  if (id == no_entity || !catalog_.at(id).alive) return;
  auto& seen = seen_[id];
  if (std::find(seen.begin(), seen.end(), written) != seen.end()) return;
  seen.push_back(written);
  todo_.push_back({id, written});
}

// --- Names --------------------------------------------------------------------------------------

/// What lies in the session's database is in the model, or there is nothing in it.
bool RunningCode::is_known() const {
  const auto database = catalog_.session().database;
  if (database == no_object) return false;
  const auto& cluster = catalog_.cluster();
  const bool read = cluster.databases[cluster.object(database).detail].read;
  return read || catalog_.is_pristine(database);
}

bool RunningCode::has_other_extensions() const {
  const auto& all = catalog_.of_kind(EntityKind::extension);
  return std::any_of(all.begin(), all.end(), [&](EntityId id) {
    const auto& e = catalog_.at(id);
    return e.alive && e.database == catalog_.session().database && !is_own_extension(e.name);
  });
}

/// In a body along whatever path: in any schema.
RunningCode::Names RunningCode::named(EntityKind kind, const QualifiedName& name,
                                      bool in_body) const {
  Names result;
  if (name.schema == "pg_catalog" && !catalog_.has_read_objects()) return result;
  const auto in = [&](EntityId schema) {
    const auto found = catalog_.find_all(kind, schema, name.name);
    result.insert(result.end(), found.begin(), found.end());
  };
  if (!name.schema.empty()) {
    const auto schema = catalog_.find_schema(name.schema);
    if (schema != no_entity) in(schema);
  } else if (in_body || catalog_.user() == no_role || kind == EntityKind::function) {
    for (const auto schema : catalog_.of_kind(EntityKind::schema)) {
      const auto& e = catalog_.at(schema);
      if (e.alive && e.database == catalog_.session().database) in(schema);
    }
  } else {
    const auto found = catalog_.find_named(kind, name);
    if (found != no_entity) result.push_back(found);
  }
  return result;
}

void RunningCode::add(const StatementUses& uses, bool in_body) {
  add(uses.changes, uses.why);
  if (in_body && !uses.executed.empty()) give_up("EXECUTE of a statement that was prepared");
  for (const auto& call : uses.calls) add_call(call, in_body);
  for (const auto& table : uses.tables) add_table(table, in_body);
  for (const auto& type : uses.types) {
    for (const auto id : named(EntityKind::type, type, in_body)) push(id);
  }
  if (uses.evaluates) add_operators();
  if (uses.maintains_all) add_all_indexes();
  if (uses.fires_event_triggers) add_event_triggers(false);
}

void RunningCode::add_call(const StatementUses::Call& call, bool in_body) {
  const auto& name = call.name;
  bool any = false;
  for (const auto id : named(EntityKind::function, name, in_body)) {
    if (!fits(catalog_.at(id), call.arguments)) continue;
    push(id);
    any = true;
  }
  if (call.is_attribute) return;
  // `email(x)` is a cast, too.
  for (const auto id : named(EntityKind::type, name, in_body)) push(id);
  const bool of_server = name.schema.empty() || name.schema == "pg_catalog";
  const auto what = of_server ? server_function(name.name) : ServerFunction::unknown;
  if (what == ServerFunction::reads_tables) add_all_functions();
  if (any || what != ServerFunction::unknown || name.schema == "pg_catalog" ||
      name.schema == "information_schema") {
    return;
  }
  if (is_harmless_of_extension(catalog_, name)) return;
  const bool elsewhere = !is_complete_ && !catalog_.was_named(name.name);
  if (elsewhere || !catalog_.objects_known || !is_known() || has_other_extensions()) {
    give_up(fmt::format("what {}() does is not known", name.name));
  }
}

void RunningCode::add_table(const StatementUses::Table& table, bool in_body) {
  const auto found = named(EntityKind::relation, table.name, in_body);
  for (const auto id : found) push(id, table.written);
  const bool written = !(table.written & writes()).empty();
  if (!found.empty()) return;
  if (catalog_.is_of_server(table.name)) {
    if (written) add(kept_in(table.name.name), fmt::format("it writes {}", table.name.name));
  } else if (!is_known() || (!is_complete_ && !catalog_.was_named(table.name.name))) {
    give_up(fmt::format("what {} is is not known", table.name.name));
  } else if (!catalog_.objects_known) {
    add_all_functions();
  }
}

void RunningCode::add_operators() {
  if (catalog_.has_hidden_calls) add_all_functions();
  for (const auto id : catalog_.of_kind(EntityKind::other)) {
    const auto& e = catalog_.at(id);
    const bool here = e.alive && e.database == catalog_.session().database;
    if (here && is_hidden_call(e)) push_refs(e);
  }
}

void RunningCode::add_all_functions() {
  if (std::exchange(all_functions_, true)) return;
  for (const auto id : catalog_.of_kind(EntityKind::function)) {
    const auto& e = catalog_.at(id);
    const bool system = e.object != no_object && catalog_.object(id).system;
    if (e.database == catalog_.session().database && !system) push(id);
  }
}

/// What is computed when all of a database is maintained.
void RunningCode::add_all_indexes() {
  if (catalog_.has_hidden_calls) add_all_functions();
  for (const auto id : catalog_.of_kind(EntityKind::relation)) {
    const auto& e = catalog_.at(id);
    if (e.alive && e.is(RelationKind::index)) push_refs(e);
  }
  for (const auto& attachment : catalog_.cluster().attachments) {
    if (attachment.kind == Attachment::Kind::index) add_code(attachment.code);
  }
}

void RunningCode::add_event_triggers(bool login) {
  const auto database = catalog_.session().database;
  for (const auto id : catalog_.of_kind(EntityKind::event_trigger)) {
    const auto& e = catalog_.at(id);
    if (!e.alive || e.database != database || !e.code || !e.code->enabled) continue;
    if ((e.code->text == "login") == login) push_refs(e);
  }
  for (const auto& t : catalog_.cluster().event_triggers) {
    if (t.database == database && t.enabled && (t.event == "login") == login) {
      push(catalog_.entity_of(t.function));
    }
  }
}

// --- What they lead to --------------------------------------------------------------------------

void RunningCode::push_refs(const Entity& e) {
  if (e.calls_anything) give_up(fmt::format("a function of the server in {}", e.name));
  for (const auto& ref : e.refs) {
    const auto kind = catalog_.at(ref.to).kind;
    if (kind == EntityKind::function || kind == EntityKind::type) push(ref.to);
  }
}

void RunningCode::visit(const Item& item) {
  switch (catalog_.at(item.id).kind) {
    case EntityKind::function:
      return visit_function(item.id);
    case EntityKind::type:
      return visit_type(item.id);
    case EntityKind::relation:
      return visit_relation(item.id, item.written);
    default:
      return;
  }
}

const StatementUses& RunningCode::body_of(EntityId id) {
  const auto& code = catalog_.at(id).code;
  auto& known = bodies_[id];
  if (known.code != code) {
    known = {code, uses_of_body(*code, catalog_.cluster().function(catalog_.object(id)))};
    if (known.uses.changes != touches::nothing) {
      known.uses.why = fmt::format("{}(): {}", catalog_.at(id).name, known.uses.why);
    }
  }
  return known.uses;
}

void RunningCode::visit_function(EntityId id) {
  const auto& e = catalog_.at(id);
  if (e.object == no_object) return;
  push_refs(e);
  if (e.code && !e.is(RoutineKind::aggregate)) return add(body_of(id), true);
  if (e.dependents_unknown) visit_read_function(id);
}

void RunningCode::visit_read_function(EntityId id) {
  const auto& object = catalog_.object(id);
  const auto& cluster = catalog_.cluster();
  if (object.extension) {
    if (has_other_extensions()) give_up(fmt::format("{}() is an extension's", object.name));
    return;
  }
  index_read_code();
  const auto found = codes_.find(catalog_.at(id).object);
  if (found != codes_.end() && cluster.seen(Fact::code)) return add_code(*found->second);
  give_up(fmt::format("the body of {}() is not known", object.name));
}

void RunningCode::add_code(const Code& code) {
  if (!code.unknown.empty()) give_up(code.unknown);
  for (const auto& use : code.uses) {
    const auto id = catalog_.entity_of(use.object);
    if (id == no_entity) continue;
    const auto& object = catalog_.cluster().object(use.object);
    if (catalog_.at(id).kind == EntityKind::function && object.system) {
      const auto what = server_function(object.name);
      if (what != ServerFunction::harmless && what != ServerFunction::unknown) {
        give_up(object.name);
      }
      continue;
    }
    const bool written = !(use.privileges & writes()).empty();
    if (object.system && written)
      add(kept_in(object.name), fmt::format("it writes {}", object.name));
    push(id, catalog_.at(id).kind == EntityKind::relation ? use.privileges : PrivilegeSet());
  }
}

void RunningCode::visit_type(EntityId id) {
  const auto& e = catalog_.at(id);
  push_refs(e);
  if (e.parent != no_entity) push(e.parent);  // an array's elements
  // The columns of a row.
  const auto columns_of = [&](EntityId relation) {
    for (const auto& ref : catalog_.at(relation).refs) {
      if (ref.from_column != 0 && catalog_.at(ref.to).kind == EntityKind::type) push(ref.to);
    }
  };
  for (const auto& ref : e.refs) {
    if (catalog_.at(ref.to).kind == EntityKind::relation) columns_of(ref.to);
  }
  if (!e.is(TypeKind::composite)) return;
  const auto relation = catalog_.find(EntityKind::relation, e.schema, e.name);
  if (relation != no_entity && catalog_.at(relation).is(RelationKind::composite_type)) {
    columns_of(relation);
  }
}

void RunningCode::visit_relation(EntityId id, PrivilegeSet written) {
  const auto& e = catalog_.at(id);
  const bool writes_it = !(written & writes()).empty();
  if (e.object != no_object && catalog_.object(id).system) {
    if (writes_it) add(kept_in(e.name), fmt::format("it writes {}", e.name));
    return;
  }
  if (e.is(RelationKind::foreign_table) && !written.empty()) return give_up("a foreign table");
  const bool refreshed = e.is(RelationKind::materialized_view) && written.empty();
  if (e.is(RelationKind::view) || refreshed) {
    push_refs(e);
    for (const auto& ref : e.refs) {
      const auto& to = catalog_.at(ref.to);
      if (to.kind == EntityKind::relation) push(ref.to, written | reads);
    }
    if (writes_it && !e.catalogs.empty()) give_up("it writes a view of the server's own tables");
  }
  visit_written(id, written);
  if (is_table(e)) push_parents(e, written);
  if (e.dependents_unknown) visit_read_relation(id, written);
}

/// Checks and defaults are inherited; a partition has the parent's triggers, too.
void RunningCode::push_parents(const Entity& e, PrivilegeSet written) {
  if ((written & writes()).empty() && !written.empty()) return;
  for (const auto& ref : e.refs) {
    const auto& parent = catalog_.at(ref.to);
    if (parent.kind != EntityKind::relation || !is_table(parent) || ref.column != 0) continue;
    push(ref.to, ref.kind == Ref::Kind::automatic ? written : PrivilegeSet());
  }
}

/// Its policies when it is read, all that is attached to it when it is written.
void RunningCode::visit_written(EntityId id, PrivilegeSet written) {
  if (!(written & writes()).empty() || written.empty()) {
    for (const auto& ref : catalog_.at(id).refs) {
      if (ref.from_column != 0 && catalog_.at(ref.to).kind == EntityKind::type) push(ref.to);
    }
  }
  for (const auto other : catalog_.dependents(id)) {
    if (++steps_ > most_steps) return give_up("more code than is followed");
    if (catalog_.at(other).alive) visit_attached(id, other, written);
  }
}

void RunningCode::visit_attached(EntityId on, EntityId id, PrivilegeSet written) {
  const auto& e = catalog_.at(id);
  const bool only_read = (written & writes()).empty() && !written.empty();
  const bool own = e.parent == on;
  switch (e.kind) {
    case EntityKind::policy:
      return push_refs(e);
    case EntityKind::trigger:
      if (own && e.code && e.code->enabled && !(e.code->on & written).empty()) push_refs(e);
      return;
    case EntityKind::rule:
      if (own && e.code && e.code->enabled && !(e.code->on & written).empty()) {
        add(uses_of_rule(e.code->text), true);
      }
      return;
    case EntityKind::column_default:  // 18 computes generated columns when they are read
      if (own && (!only_read || catalog_.major() >= 18)) push_refs(e);
      return;
    case EntityKind::constraint:
      if (only_read) return;
      if (own) return push_refs(e);
      // A foreign key from elsewhere: its table's rows may go or change with these.
      if (!(written & rows_change()).empty()) push(e.parent, written & rows_change());
      return;
    case EntityKind::relation:
      if (e.is(RelationKind::index)) {
        if (!only_read) push_refs(e);
      } else if (is_table(e)) {
        const bool child = std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
          return r.to == on && r.column == 0 && r.from_column == 0;
        });
        if (child) push(id, written);
      }
      return;
    default:
      return;
  }
}

// --- What was read of a server ------------------------------------------------------------------

void RunningCode::index_read_code() {
  if (std::exchange(indexed_, true)) return;
  const auto& cluster = catalog_.cluster();
  for (const auto& a : cluster.attachments) attachments_[a.relation].push_back(&a);
  for (const auto& i : cluster.inheritances) children_[i.parent].push_back(i.child);
  for (const auto& b : cluster.bodies) codes_[b.of] = &b.code;
}

void RunningCode::visit_read_relation(EntityId id, PrivilegeSet written) {
  const auto object = catalog_.at(id).object;
  const auto& cluster = catalog_.cluster();
  if (!cluster.seen(Fact::code)) {
    return give_up(fmt::format("the code of {} is not known", catalog_.at(id).name));
  }
  index_read_code();
  const bool only_read = (written & writes()).empty() && !written.empty();
  if (const auto body = codes_.find(object); body != codes_.end()) {
    add_code(*body->second);
    for (const auto& use : body->second->uses) {
      const auto behind = catalog_.entity_of(use.object);
      const bool relation = behind != no_entity && catalog_.at(behind).kind == EntityKind::relation;
      if (relation) push(behind, written | reads);
    }
  }
  for (const auto* const a : attachments_[object]) {
    const bool maintains =
        a->kind == Attachment::Kind::expression || a->kind == Attachment::Kind::index;
    if (a->enabled && (maintains ? !only_read : !(a->on & written).empty())) add_code(a->code);
  }
  for (const auto child : children_[object]) push(catalog_.entity_of(child), written);
  for (const auto policy : catalog_.of_kind(EntityKind::policy)) {
    const auto& e = catalog_.at(policy);
    if (e.alive && e.parent == id) add_code(cluster.row_policies[e.place].code);
  }
}

}  // namespace pgleast
