#include "privileges/indirect_use.hpp"

#include <algorithm>
#include <deque>
#include <set>

#include "pg/option_list.hpp"
#include "privileges/foreign_server.hpp"
#include "privileges/row_access.hpp"

namespace pgleast {
namespace {

using Kind = IndirectUse::Kind;

bool meet(const std::vector<std::string>& some, const std::vector<std::string>& others) {
  return std::any_of(some.begin(), some.end(), [&](const std::string& name) {
    return std::find(others.begin(), others.end(), name) != others.end();
  });
}

PrivilegeSet rows_privileges() {
  return PrivilegeSet(Privilege::select) | Privilege::insert | Privilege::update |
         Privilege::delete_;
}

}  // namespace

IndirectUses::IndirectUses(const Graph& graph) : graph_(graph), cluster_(graph.cluster()) {
  for (const auto& body : cluster_.bodies) bodies_.emplace(body.of, &body);
  for (const auto& a : cluster_.attachments) {
    if (!a.enabled) continue;
    if (a.kind == Attachment::Kind::trigger) triggers_[a.relation].push_back(&a);
    const bool view = cluster_.relation(cluster_.object(a.relation)).relkind == 'v';
    if (view) diverted_[a.relation] |= a.on;
  }
  for (const auto& body : cluster_.bodies) {
    if (cluster_.object(body.of).kind == ObjectKind::function) {
      if (is_definer(body.of)) add_function(body);
    } else if (cluster_.object(body.of).kind == ObjectKind::table) {
      add_view(body);
    }
  }
  for (const auto& a : cluster_.attachments) {
    if (a.enabled) add_attachment(a);
  }
  for (const auto& key : cluster_.foreign_keys) add_foreign_key(key);
  for (const auto& foreign : cluster_.foreign_tables) add_foreign_table(foreign);
  for (const auto& inheritance : cluster_.inheritances) add_parent(inheritance);
  add_unknown();
}

bool IndirectUses::is_definer(ObjectId function) const {
  const auto& f = cluster_.object(function);
  return f.kind == ObjectKind::function && cluster_.function(f).security_definer;
}

void IndirectUses::add(IndirectUse use) {
  if (use.object == use.to && use.privilege == use.does) return;
  const bool asked = use.as != no_role;
  if (asked && graph_.held_on_any(use.as, cluster_.object(use.to), use.does).empty()) return;
  leading_to_[{use.to, use.does}].push_back(std::move(use));
}

void IndirectUses::add_view(const Body& body) {
  const auto& view = cluster_.object(body.of);
  if (view.system || is_security_invoker(cluster_, view)) return;
  IndirectUse use;
  use.kind = cluster_.relation(view).relkind == 'm' ? Kind::materialized_view : Kind::view;
  use.object = body.of;
  use.as = view.owner;
  std::size_t tables = 0;
  for (const auto& read : body.code.uses) {
    if (cluster_.object(read.object).kind != ObjectKind::table) continue;
    ++tables;
    use.to = read.object;
    use.privilege = use.does = Privilege::select;
    add(use);
  }
  if (use.kind == Kind::materialized_view) return;
  const auto diverted = diverted_.find(body.of);
  auto passed_on = body.writable.value_or(PrivilegeSet(Privilege::insert) | Privilege::update |
                                          Privilege::delete_);
  if (diverted != diverted_.end()) passed_on = passed_on - diverted->second;
  if (!body.writable) use.unknown = "what goes through the view was not read";
  if (tables > 1 && use.unknown.empty())
    use.unknown = "which of the view's tables is written to is not told apart";
  for (const auto& written : body.code.uses) {
    if (cluster_.object(written.object).kind != ObjectKind::table) continue;
    use.to = written.object;
    passed_on.each([&](Privilege p) {
      use.privilege = use.does = p;
      add(use);
    });
  }
}

void IndirectUses::add_function(const Body& body) {
  const auto& f = cluster_.object(body.of);
  if (cluster_.function(f).trigger) return;  // nobody calls it
  IndirectUse use;
  use.kind = Kind::function;
  use.object = body.of;
  use.privilege = Privilege::execute;
  use.as = f.owner;
  add_code(std::move(use), body.code);
}

/// All that the code does as `use.as`, in functions that run as their caller, too.
void IndirectUses::add_code(IndirectUse use, const Code& start) {
  std::set<ObjectId> seen;
  std::vector<const Code*> todo{&start};
  const auto run = [&](ObjectId function) {
    const auto body = bodies_.find(function);
    if (body != bodies_.end() && seen.insert(function).second) todo.push_back(&body->second->code);
  };
  while (!todo.empty()) {
    const auto& code = *todo.back();
    todo.pop_back();
    for (const auto& used : code.uses) {
      const auto& object = cluster_.object(used.object);
      if (object.kind == ObjectKind::function) {
        if (!is_definer(used.object)) {
          run(used.object);
          continue;
        }
        use.to = used.object;
        use.does = Privilege::execute;
        add(use);
      } else if (object.kind == ObjectKind::table && !used.maybe) {
        used.privileges.each([&](Privilege p) {
          use.to = used.object;
          use.does = p;
          add(use);
        });
        const auto triggers = triggers_.find(used.object);
        if (triggers == triggers_.end()) continue;
        for (const auto* const trigger : triggers->second) {
          if ((trigger->on & used.privileges).empty()) continue;
          for (const auto& called : trigger->code.uses) {
            if (!is_definer(called.object)) run(called.object);
          }
        }
      }
    }
  }
}

void IndirectUses::add_attachment(const Attachment& attachment) {
  IndirectUse use;
  use.object = attachment.relation;
  use.name = attachment.name;
  const auto on_each = [&](const Code& code) {
    attachment.on.each([&](Privilege p) {
      use.privilege = p;
      add_code(use, code);
    });
  };
  if (attachment.kind == Attachment::Kind::rule) {
    // Functions that it calls run as whoever sets it off.
    Code code = attachment.code;
    std::erase_if(code.uses, [&](const CodeUse& used) {
      return cluster_.object(used.object).kind != ObjectKind::table;
    });
    use.kind = Kind::rule;
    use.as = cluster_.object(attachment.relation).owner;
    on_each(code);
  } else if (attachment.kind == Attachment::Kind::trigger) {
    use.kind = Kind::trigger;
    for (const auto& called : attachment.code.uses) {
      const auto body = bodies_.find(called.object);
      if (!is_definer(called.object) || body == bodies_.end()) continue;
      use.as = cluster_.object(called.object).owner;
      on_each(body->second->code);
    }
  }
}

void IndirectUses::add_foreign_key(const ForeignKey& key) {
  if (!key.watched) return;
  IndirectUse use;
  use.kind = Kind::foreign_key;
  use.object = key.parent;
  use.to = key.child;
  use.as = cluster_.object(key.child).owner;
  use.name = key.name;
  const auto add_action = [&](Privilege when, char action) {
    if (!acts(action)) return;
    use.privilege = when;
    use.does = action == 'c' ? when : Privilege::update;
    use.needs = when == Privilege::update ? key.keys : std::vector<std::string>();
    use.changes = use.does == Privilege::update ? key.columns : std::vector<std::string>();
    add(use);
  };
  add_action(Privilege::delete_, key.on_delete);
  add_action(Privilege::update, key.on_update);
}

// The server asks there for the privileges of the role that it logs in as, and whether it gets in
// hangs on more than is looked at here.
void IndirectUses::add_foreign_table(const ForeignTable& foreign) {
  const auto& server = cluster_.foreign_server(cluster_.object(foreign.server));
  if (!leads_back(cluster_, server).value_or(true)) return;
  const auto database = option_value(server.options, "dbname");
  IndirectUse use;
  use.kind = Kind::foreign_table;
  use.object = foreign.table;
  use.unknown = "whether the foreign table leads back here, and gets in, is not looked at";
  const auto add_all = [&] {
    rows_privileges().each([&](Privilege p) {
      use.privilege = use.does = p;
      add(use);
    });
  };
  for (std::uint32_t i = 0; i < cluster_.objects.size(); ++i) {
    const auto& o = cluster_.objects[i];
    if (o.kind != ObjectKind::table || o.name != foreign.name || o.schema == no_object) continue;
    if (cluster_.object(o.schema).name != foreign.schema) continue;
    if (database && cluster_.object(o.database).name != *database) continue;
    use.to = ObjectId{i};
    for (const auto& mapping : cluster_.user_mappings) {
      if (mapping.server != foreign.server) continue;
      const auto role = cluster_.find_role(mapping.user);
      if (!role && !mapping.user.empty()) continue;
      use.as = role.value_or(no_role);
      add_all();
    }
  }
}

void IndirectUses::add_parent(const Inheritance& inheritance) {
  IndirectUse use;
  use.kind = Kind::parent;
  use.object = inheritance.parent;
  use.to = inheritance.child;
  rows_privileges().each([&](Privilege p) {
    if (p == Privilege::insert && !inheritance.partition) return;
    use.privilege = use.does = p;
    add(use);
  });
  if (!inheritance.partition) return;
  use.kind = Kind::partition;
  std::swap(use.object, use.to);
  rows_privileges().each([&](Privilege p) {
    use.privilege = use.does = p;
    add(use);
  });
}

// From what is not known to all that call it, each once.
void IndirectUses::add_unknown() {
  std::map<ObjectId, std::vector<ObjectId>> callers;
  std::deque<ObjectId> open;
  for (const auto& [of, body] : bodies_) {
    for (const auto& use : body->code.uses) {
      const bool called = cluster_.object(use.object).kind == ObjectKind::function;
      if (called) callers[use.object].push_back(of);
    }
    if (body->code.unknown.empty()) continue;
    unknown_by_.emplace(of, body);
    open.push_back(of);
  }
  for (; !open.empty(); open.pop_front()) {
    const auto* const body = unknown_by_.at(open.front());
    for (const auto caller : callers[open.front()]) {
      if (unknown_by_.emplace(caller, body).second) open.push_back(caller);
    }
  }
}

std::string IndirectUses::not_followed(ObjectId function) const {
  const auto found = unknown_by_.find(function);
  return found == unknown_by_.end() ? "" : found->second->code.unknown;
}

std::vector<const IndirectUse*> path_of(const std::vector<IndirectAccess>& all, std::size_t from) {
  std::vector<const IndirectUse*> result;
  for (std::optional<std::size_t> at = from; at; at = all[*at].next) {
    result.push_back(all[*at].use);
  }
  return result;
}

std::vector<IndirectAccess> IndirectUses::to(ObjectId object, Privilege privilege,
                                             const std::string& column) const {
  // What is not certain does not stand in the way of what is.
  using Node = std::tuple<ObjectId, Privilege, std::vector<std::string>, bool>;
  std::vector<IndirectAccess> result;
  std::set<Node> seen;
  const auto go_back = [&](ObjectId to, Privilege does, const IndirectAccess& from,
                           std::optional<std::size_t> next) {
    const auto found = leading_to_.find({to, does});
    if (found == leading_to_.end()) return;
    const bool by_columns = !from.columns.empty();
    for (const auto& use : found->second) {
      if (by_columns && !use.changes.empty() && !meet(use.changes, from.columns)) continue;
      // One partition does not lead to another.
      const bool down = next && result[*next].use->kind == Kind::parent;
      if (down && use.kind == Kind::partition) continue;
      IndirectAccess before{&use, next, use.needs, from.unknown};
      if (before.unknown.empty()) before.unknown = use.unknown;
      if (is_inheritance(use.kind)) {
        before.columns = from.columns;
      } else if (by_columns && use.changes.empty() && before.unknown.empty()) {
        before.unknown = "which columns it uses is not told apart";
      }
      const Node node{use.object, use.privilege, before.columns, before.unknown.empty()};
      if (seen.insert(node).second) result.push_back(std::move(before));
    }
  };
  IndirectAccess start;
  if (!column.empty()) start.columns = {column};
  seen.insert({object, privilege, start.columns, true});
  go_back(object, privilege, start, std::nullopt);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto from = result[i];
    go_back(from.use->object, from.use->privilege, from, i);
  }
  return result;
}

}  // namespace pgleast
