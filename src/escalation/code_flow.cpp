#include "escalation/code_flow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <tuple>

#include "escalation/name_path.hpp"
#include "pg/name_list.hpp"
#include "pg/own_extension.hpp"

namespace pgleast {
namespace {

std::uint32_t key(ObjectId id) { return static_cast<std::uint32_t>(id); }

PrivilegeSet reading_and_writing() {
  return PrivilegeSet(Privilege::select) | Privilege::insert | Privilege::update |
         Privilege::delete_;
}

/// Whether all extensions that may have put it there are PostgreSQL's own.
bool is_known_extension(const Cluster& cluster, const Object& function) {
  bool any = false;
  for (const auto& e : cluster.extensions) {
    if (e.database != function.database || e.schema != function.schema) continue;
    any = true;
    if (!is_own_extension(e.name)) return false;
  }
  return any;
}

/// Rows of which decide who somebody is, what belongs to whom, or what runs.
constexpr std::array<std::string_view, 6> deciding_catalogs{
    "pg_auth_members", "pg_authid", "pg_class", "pg_database", "pg_db_role_setting", "pg_proc"};

bool has_arguments(const Object& function) { return !function.identity.ends_with("()"); }

/// A type's: of all others nothing is certain.
bool is_domain(const Body& type) {
  const auto& uses = type.code.uses;
  return uses.empty() ||
         std::any_of(uses.begin(), uses.end(), [](const CodeUse& u) { return !u.maybe; });
}

}  // namespace

void CodeFlow::add_given() {
  struct Passed {
    ObjectId from;
    std::uint32_t parameter, argument;
  };
  std::multimap<ObjectId, Passed> callers;
  std::deque<std::tuple<ObjectId, Given::To, std::uint32_t>> todo;
  const auto add = [&](ObjectId f, Given::To to, std::uint32_t parameter) {
    if (given_[f].emplace(to, parameter).second) todo.emplace_back(f, to, parameter);
  };
  for (const auto& body : context_.cluster().bodies) {
    for (const auto& g : body.code.given) {
      if (g.to == Given::To::argument) {
        callers.emplace(g.function, Passed{body.of, g.parameter, g.argument});
      } else {
        add(body.of, g.to, g.parameter);
      }
    }
  }
  while (!todo.empty()) {
    const auto [f, to, parameter] = todo.front();
    todo.pop_front();
    // What it is given runs as its own owner.
    if (context_.cluster().function(context_.cluster().object(f)).security_definer) continue;
    const auto [first, last] = callers.equal_range(f);
    for (auto at = first; at != last; ++at) {
      if (at->second.argument == parameter) add(at->second.from, to, at->second.parameter);
    }
  }
}

// Those are written by way of what they are a part of, and of views.
void CodeFlow::add_keyed_by_way() {
  std::multimap<ObjectId, ObjectId> ways;
  for (const auto& i : context_.cluster().inheritances) ways.emplace(i.child, i.parent);
  for (const auto& body : context_.cluster().bodies) {
    if (context_.cluster().object(body.of).kind != ObjectKind::table) continue;
    if (body.writable && body.writable->empty()) continue;
    for (const auto& use : body.code.uses) ways.emplace(use.object, body.of);
  }
  std::vector<ObjectId> todo;
  for (const auto& [id, on] : keyed_) todo.push_back(id);
  while (!todo.empty()) {
    const auto id = todo.back();
    todo.pop_back();
    const auto on = keyed_[id];
    const auto [first, last] = ways.equal_range(id);
    for (auto at = first; at != last; ++at) {
      auto& known = keyed_[at->second];
      if ((on - known).empty()) continue;
      known |= on;
      todo.push_back(at->second);
    }
  }
}

std::set<std::pair<Given::To, std::uint32_t>> CodeFlow::given(ObjectId function) const {
  const auto found = given_.find(function);
  return found == given_.end() ? std::set<std::pair<Given::To, std::uint32_t>>() : found->second;
}

bool CodeFlow::works_on_callers_types(ObjectId function) const {
  const auto found = bodies_.find(key(function));
  return found != bodies_.end() && found->second->code.callers_types;
}

std::vector<std::pair<ObjectId, PrivilegeSet>> CodeFlow::fired_by(ObjectId function) const {
  std::vector<std::pair<ObjectId, PrivilegeSet>> result;
  const auto [first, last] = triggers_.equal_range(key(function));
  for (auto at = first; at != last; ++at) {
    result.emplace_back(at->second->relation, at->second->on);
  }
  return result;
}

// What each piece of code does in each state is found once, whatever set it off.
class CodeFlow::Steps {
 public:
  explicit Steps(const CodeFlow& flow)
      : flow_(flow), context_(flow.context_), cluster_(flow.context_.cluster()) {}

  /// What is come to in one state: a hold, or the next state.
  struct Event {
    std::optional<Hold> hold;
    std::size_t next = 0;     // of all states
    bool certain = true;      // where the state is
    bool if_certain = false;  // else it is not
  };
  using Events = std::vector<Event>;

  Events of(const Start& start) {
    events_.clear();
    State state{start.of, Privilege::execute, start.as, 0, false, true};
    if (cluster_.object(start.of).kind == ObjectKind::function) {
      state.path = path_in(start.of, 0);
      push(state);
      return followed();
    }
    start.on.each([&](Privilege p) {
      state.privilege = p;
      if (start.by_keys) return only_keys(state);
      state.restricted = p == Privilege::maintain;
      if (state.restricted) state.path = path_of_maintenance(start);
      push(state);
    });
    return followed();
  }

  Events of_call(const CodeUse& call) {
    events_.clear();
    function(call, false, {call.object, Privilege::execute, no_role, 0, false, true}, true);
    return followed();
  }

  const Events& at(std::size_t state) const { return events_of_[state]; }
  bool leads_to(std::size_t state, Wanted wanted) const { return (bears_[state] & wanted) != 0; }
  std::size_t count() const { return states_.size(); }

 private:
  struct State {
    ObjectId of{};
    Privilege privilege{};  // EXECUTE of a function, USAGE of a type
    RoleId as = no_role;
    std::size_t path = 0;     // 0: the session's
    bool late = false;        // a relation or type: it is used by what looks names up when it runs
    bool certain = true;      // that it comes to this
    bool restricted = false;  // maintenance makes no temporary tables
  };
  struct Place {
    ObjectId schema = no_object;  // none: there is no such schema
    bool temporary = false;
  };

  /// What was come to first, once all that it leads to is known.
  Events followed() {
    auto first = std::move(events_);
    const auto known = events_of_.size();
    for (auto i = known; i < states_.size(); ++i) {
      events_.clear();
      run(State(states_[i]));
      events_of_.push_back(std::move(events_));
    }
    drop_barren(known);
    erase_barren(first);
    return first;
  }

  /// Most code leads to no hold at all.
  void drop_barren(std::size_t known) {
    std::vector<std::vector<std::size_t>> before(states_.size() - known);
    bears_.resize(states_.size());
    std::vector<std::size_t> todo;
    const auto mark = [&](std::size_t state, std::uint8_t what) {
      if ((what & ~bears_[state]) == 0) return;
      bears_[state] |= what;
      todo.push_back(state);
    };
    for (auto i = known; i < states_.size(); ++i) {
      for (const auto& event : events_of_[i]) {
        if (event.hold) {
          mark(i, is_held(event.hold->kind) ? held : looked_up);
        } else if (event.next < known) {
          mark(i, bears_[event.next]);
        } else {
          before[event.next - known].push_back(i);
        }
      }
    }
    while (!todo.empty()) {
      const auto at = todo.back();
      todo.pop_back();
      for (const auto state : before[at - known]) mark(state, bears_[at]);
    }
    for (auto i = known; i < states_.size(); ++i) erase_barren(events_of_[i]);
  }

  void erase_barren(Events& events) const {
    std::erase_if(events, [&](const Event& e) { return !e.hold && bears_[e.next] == 0; });
  }

  void push(const State& s) {
    const auto [at, is_new] = numbers_.try_emplace(
        {s.of, s.privilege, s.as, s.path, s.late, s.restricted}, states_.size());
    if (is_new) {
      states_.push_back(s);
      states_.back().certain = true;
    }
    events_.push_back({std::nullopt, at->second, s.certain, false});
  }

  std::size_t path_in(ObjectId function, std::size_t around) {
    const auto own = own_search_path(cluster_.function(cluster_.object(function)));
    return own ? number_of(*own) : around;
  }

  /// Before 17 it is that of who maintains: mostly the owner.
  std::size_t path_of_maintenance(const Start& start) {
    constexpr int first_with_its_own = 17;
    if (cluster_.major() >= first_with_its_own) return number_of("pg_catalog, pg_temp");
    return number_of(path_of_login(cluster_, start.as, cluster_.object(start.of).database));
  }

  std::size_t number_of(const std::string& path) {
    const auto [at, is_new] = path_numbers_.try_emplace(path, path_numbers_.size() + 1);
    if (is_new) paths_.push_back(path);
    return at->second;
  }

  void run(const State& state) {
    const auto& o = cluster_.object(state.of);
    const auto found = flow_.bodies_.find(key(state.of));
    const auto* const body = found == flow_.bodies_.end() ? nullptr : found->second;
    if (o.kind != ObjectKind::table) {
      if (body != nullptr) return code(body->code, state);
      if (o.kind == ObjectKind::function) unknown(state, "what it does was not read");
      return;
    }
    const char relkind = cluster_.relation(o).relkind;
    const bool maintained = state.privilege == Privilege::maintain;
    if (body != nullptr && (relkind == 'v' || maintained)) {
      // A new row is not looked at.
      if (state.privilege != Privilege::insert) code(body->code, state);
      if (relkind == 'v' && body->writable && body->writable->has(state.privilege)) {
        for (const auto& use : body->code.uses) {
          if (cluster_.object(use.object).kind == ObjectKind::table) {
            relation({use.object, state.privilege}, false, state);
          }
        }
      }
    }
    attached(state, maintained);
    if (maintained) return;
    // Whoever it is that writes may do so himself: by_keys.
    if (state.as != no_role) keys(state);
    policies(state);
    const auto [first, last] = flow_.children_.equal_range(key(state.of));
    for (auto at = first; at != last; ++at) {
      if (state.privilege == Privilege::select) {
        read_as_part(at->second, state);
      } else {
        relation({at->second, state.privilege}, false, state);
      }
    }
  }

  /// Its policies do not count, and what is planned does.
  void read_as_part(ObjectId child, const State& state) {
    held_by_index(child, state);
    auto next = state;
    next.of = child;
    attached(next, false);
  }

  void attached(const State& state, bool maintained) {
    const auto [first, last] = flow_.attachments_.equal_range(key(state.of));
    for (auto at = first; at != last; ++at) {
      const auto& a = *at->second;
      const bool runs =
          a.on.has(state.privilege) || (maintained && a.kind == Attachment::Kind::index);
      if (!runs) continue;
      auto next = state;
      next.certain = state.certain && (maintained || runs_whole(a, state.privilege));
      code(a.code, next, a.kind == Attachment::Kind::trigger);
    }
  }

  /// Not only what the planner works out of it.
  static bool runs_whole(const Attachment& a, Privilege by) {
    if (a.kind == Attachment::Kind::trigger || a.kind == Attachment::Kind::rule) return true;
    return by == Privilege::insert || (by == Privilege::update && a.on.has(Privilege::insert));
  }

  bool bound_by_policies(const Object& table, RoleId role) const {
    if (role == no_role) return true;
    const auto& r = cluster_.role(role);
    if (r.superuser || r.bypassrls) return false;
    return cluster_.relation(table).force_row_security ||
           !context_.graph().reach(role, Closure::inherits).has(table.owner);
  }

  void policies(const State& state) {
    const auto& table = cluster_.object(state.of);
    if (!cluster_.relation(table).row_security || !bound_by_policies(table, state.as)) return;
    const auto [first, last] = flow_.policies_.equal_range(key(state.of));
    for (auto at = first; at != last; ++at) code(at->second->code, state);
  }

  // --- Foreign keys ---

  /// As the owner of where it looks or writes (ri_triggers.c).
  void keys(const State& state) {
    const bool updates = state.privilege == Privilege::update;
    if (updates || state.privilege == Privilege::insert) {
      const auto [first, last] = flow_.keys_of_.equal_range(key(state.of));
      for (auto at = first; at != last; ++at) look_up(*at->second, at->second->parent, state);
    }
    if (!updates && state.privilege != Privilege::delete_) return;
    const auto [first, last] = flow_.keys_to_.equal_range(key(state.of));
    for (auto at = first; at != last; ++at) {
      const auto& k = *at->second;
      const char action = updates ? k.on_update : k.on_delete;
      // Whether another row has the key by now.
      if (action == 'a') look_up(k, k.parent, state);
      look_up(k, k.child, state);
      if (acts(action)) act(k, action, state);
    }
  }

  /// Else the server refuses to look there.
  bool owner_gets_to(ObjectId relation) const {
    const auto& o = cluster_.object(relation);
    const auto owner = owner_of(o);
    const auto& schema = cluster_.object(o.schema);
    return owner != no_role &&
           context_.graph().held(owner, schema).privileges.has(Privilege::usage);
  }

  State as_owner(ObjectId of, Privilege privilege, State state) const {
    state.of = of;
    state.privilege = privilege;
    state.as = owner_of(cluster_.object(of));
    state.late = false;
    return state;
  }

  /// FOR KEY SHARE, which fires nothing; policies do not bind the owner, not even where forced.
  void look_up(const ForeignKey& k, ObjectId where, const State& from) {
    if (!owner_gets_to(where)) return;
    const auto state = as_owner(where, Privilege::select, from);
    code(k.code, state);
    attached(state, false);
    const auto [first, last] = flow_.children_.equal_range(key(where));
    for (auto at = first; at != last; ++at) read_as_part(at->second, state);
  }

  void act(const ForeignKey& k, char action, const State& from) {
    if (!owner_gets_to(k.child)) return;
    const auto does = action == 'c' ? from.privilege : Privilege::update;
    auto state = as_owner(k.child, does, from);
    // Those are the policies that would be taken to bind it.
    if (cluster_.relation(cluster_.object(k.child)).force_row_security) state.certain = false;
    relation({k.child, does}, false, state);
  }

  /// Of a relation, its parts and what lies behind it, where it is a view.
  void only_keys(const State& start) {
    std::set<ObjectId> seen;
    std::vector<State> todo{start};
    while (!todo.empty()) {
      const auto state = todo.back();
      todo.pop_back();
      if (!seen.insert(state.of).second) continue;
      keys(state);
      const auto [first, last] = flow_.children_.equal_range(key(state.of));
      for (auto at = first; at != last; ++at) {
        todo.push_back(state);
        todo.back().of = at->second;
      }
      const auto found = flow_.bodies_.find(key(state.of));
      if (found != flow_.bodies_.end()) add_written(*found->second, state, todo);
    }
  }

  /// What goes through a view needs no right of who writes that on the table behind it.
  void add_written(const Body& view, State state, std::vector<State>& todo) const {
    const auto owner = cluster_.object(view.of).owner;
    if (view.writable && !view.writable->has(state.privilege)) return;
    state.certain = state.certain && view.writable;
    for (const auto& use : view.code.uses) {
      const auto& behind = cluster_.object(use.object);
      if (behind.kind != ObjectKind::table || behind.system) continue;
      if (context_.graph().held_on_any(owner, behind, state.privilege).empty()) continue;
      state.of = use.object;
      todo.push_back(state);
    }
  }

  // --- What one piece of code uses ---

  void code(const Code& code, State state, bool fires = false) {
    if (state.restricted && code.creates) state.certain = false;
    if (!code.names)
      unknown(state, "the snapshot was taken before pgleast read which names it looks up");
    const bool late = code.names && code.names->when_run;
    if (late) {
      names(code, state);
      auto by_type = state;
      by_type.late = true;
      for (const auto& use : flow_.anywhere_) one_use(use, false, by_type, false);
    }
    for (const auto& use : code.uses) one_use(use, late, state, fires);
    for (const auto& use : code.operators) named_operator(use, late, state);
    if (code.creates) event_triggers(state);
    if (!code.unknown.empty()) unknown(state, code.unknown);
  }

  /// As whoever creates; for which statements is not told apart.
  void event_triggers(State state) {
    state.certain = false;
    for (const auto& t : cluster_.event_triggers) {
      if (!t.enabled || t.database != cluster_.object(state.of).database) continue;
      if (t.event.starts_with("ddl_command")) {
        function({t.function, Privilege::execute}, false, state, true);
      }
    }
  }

  void one_use(const CodeUse& use, bool late, State state, bool fires) {
    state.certain = state.certain && !use.maybe;
    const auto& o = cluster_.object(use.object);
    if (o.kind == ObjectKind::function) {
      function(use, late, state, fires);
    } else if (o.kind == ObjectKind::type) {
      type(use, late, state);
    } else if (o.kind == ObjectKind::table) {
      use.privileges.each([&](Privilege p) { relation({use.object, p}, late, state); });
    }
  }

  /// Whether it matters that `role` holds something of what runs as the state's.
  bool weaker(RoleId role, RoleId as) const {
    return role != no_role && role != as && role != public_role && !cluster_.role(role).superuser;
  }

  RoleId owner_of(const Object& o) const { return context_.resolved(o.owner, o.database); }

  Hold hold_of(Hold::Kind kind, RoleId holder, ObjectId object, const State& state) const {
    Hold hold;
    hold.kind = kind;
    hold.holder = holder;
    hold.object = object;
    hold.by = state.of;
    hold.as = state.as;
    hold.certain = state.certain;
    return hold;
  }

  void add(Hold hold, bool if_certain = false) {
    const bool certain = hold.certain;
    events_.push_back({std::move(hold), 0, certain, if_certain});
  }

  void unknown(const State& state, const std::string& why, bool if_certain = false) {
    auto hold = hold_of(Hold::Kind::unknown, public_role, state.of, state);
    hold.why = why;
    add(std::move(hold), if_certain);
  }

  /// It is used by its name: who owns its schema drops it and makes another.
  void by_name(ObjectId id, const State& state) {
    const auto& o = cluster_.object(id);
    if (o.system || o.schema == no_object) return;
    const auto owner = owner_of(cluster_.object(o.schema));
    if (!weaker(owner, state.as) || owner == owner_of(o)) return;
    add(hold_of(Hold::Kind::schema, owner, id, state));
  }

  /// Others make what fits the types of the arguments better.
  void match(ObjectId schema, const State& state, const std::string& why) {
    if (cluster_.object(schema).system) return;
    auto hold = hold_of(Hold::Kind::match, public_role, state.of, state);
    hold.any = {{schema, Privilege::create, false, state.as}};
    hold.certain = false;
    hold.why = why;
    add(std::move(hold));
  }

  /// Whoever may drop it makes another one of that name. Its owner needs not: the server takes
  /// `a !! b` for NOT (a @@@ b) where he says that it is its negator, and so a commutator.
  void named_operator(const OperatorUse& use, bool late, const State& state) {
    const auto& schema = cluster_.object(use.schema);
    const auto hold_it = [&](Hold::Kind kind, RoleId holder, bool certain) {
      auto hold = hold_of(kind, holder, use.schema, state);
      hold.of_operator = use.identity;
      hold.all = {{use.schema, Privilege::usage}};
      hold.certain = state.certain && certain;
      if (kind == Hold::Kind::operator_ && certain) {
        hold.all.push_back({use.schema, Privilege::create});
      } else if (kind == Hold::Kind::operator_) {
        hold.any = made_anywhere(schema.database);
      }
      add(std::move(hold));
    };
    const auto owner = context_.resolved(use.owner, schema.database);
    if (weaker(owner, state.as)) {
      if (late) hold_it(Hold::Kind::operator_, owner, true);
      hold_it(Hold::Kind::operator_, owner, false);
    }
    const auto of_schema = owner_of(schema);
    const bool drops = late && owner != no_role && of_schema != owner && !schema.system;
    if (drops && weaker(of_schema, state.as)) hold_it(Hold::Kind::schema, of_schema, true);
    if (!late || use.by_search_path) return;
    match(use.schema, state,
          "whether an operator that others create fits better than the one that is used cannot be "
          "told from here");
  }

  void function(const CodeUse& use, bool late, const State& state, bool fires) {
    const auto& f = cluster_.object(use.object);
    if (f.system) return;
    const auto& detail = cluster_.function(f);
    late = late && !use.by_operator;
    if (late && !use.by_search_path && has_arguments(f)) match(f.schema, state, "");
    if (f.extension) {
      if (state.certain && !is_known_extension(cluster_, f)) {
        unknown(
            state,
            fmt::format("what {} of an extension does is not known", context_.shown(use.object)),
            true);
      }
      return;
    }
    const auto owner = owner_of(f);
    if (weaker(owner, state.as)) {
      auto hold = hold_of(Hold::Kind::function, owner, use.object, state);
      hold.all = {{f.schema, Privilege::usage}};
      hold.any = {{f.schema, Privilege::create}};
      add_own_path(use.object, state, hold);
      add(std::move(hold));
    }
    if (late) by_name(use.object, state);
    auto next = state;
    next.of = use.object;
    next.privilege = Privilege::execute;
    next.late = false;
    next.path = path_in(use.object, state.path);
    if (detail.security_definer) {
      const bool may = fires || state.as == no_role ||
                       context_.graph().held(state.as, f).privileges.has(Privilege::execute);
      if (!may) return;
      next.as = f.owner;
    }
    push(next);
  }

  /// ALTER FUNCTION ... SET search_path: it needs no CREATE on the function's schema.
  void add_own_path(ObjectId function, const State& state, Hold& hold) const {
    const auto found = flow_.bodies_.find(key(function));
    const auto& f = cluster_.object(function);
    if (found == flow_.bodies_.end() || cluster_.function(f).prokind == 'a') return;
    const auto& code = found->second->code;
    if (!code.names) return;
    bool functions = code.names->functions, relations = code.names->relations || code.names->types;
    for (const auto& use : code.uses) {
      if (!use.by_search_path) continue;
      (cluster_.object(use.object).kind == ObjectKind::function ? functions : relations) = true;
    }
    for (const auto& use : code.operators) functions = functions || use.by_search_path;
    if (functions || relations) hold.any.push_back({f.database, Privilege::create, true, state.as});
    if (relations) hold.any.push_back({f.database, Privilege::temporary});
  }

  void type(const CodeUse& use, bool late, const State& state) {
    const auto& t = cluster_.object(use.object);
    if (t.system || t.extension) return;
    const auto found = flow_.bodies_.find(key(use.object));
    const bool has_code = found != flow_.bodies_.end();
    const bool domain = has_code && is_domain(*found->second);
    const bool of_late = late || state.late;
    if (domain) held_by_type(Hold::Kind::domain, use.object, state);
    if (!domain && late) held_by_type(Hold::Kind::replaced, use.object, state);
    if (!domain && of_late) held_by_type(Hold::Kind::type, use.object, state);
    if (late) by_name(use.object, state);
    auto next = state;
    next.of = use.object;
    next.privilege = Privilege::usage;
    next.late = of_late;
    if (has_code) push(next);
  }

  void held_by_type(Hold::Kind kind, ObjectId id, const State& state) {
    const auto& t = cluster_.object(id);
    const auto owner = owner_of(t);
    if (!weaker(owner, state.as)) return;
    auto hold = hold_of(kind, owner, id, state);
    hold.all = {{t.schema, Privilege::usage}};
    if (kind == Hold::Kind::replaced) hold.all.push_back({t.schema, Privilege::create});
    hold.any = made_anywhere(t.database);
    // Whether a value of it becomes one of another type is not followed.
    if (kind == Hold::Kind::type) hold.certain = false;
    add(std::move(hold));
  }

  struct RelationUse {
    ObjectId relation;
    Privilege privilege;
  };

  void relation(const RelationUse& use, bool late, const State& state) {
    const auto& table = cluster_.object(use.relation);
    if (table.system) {
      const bool decides = std::find(deciding_catalogs.begin(), deciding_catalogs.end(),
                                     table.name) != deciding_catalogs.end();
      if (decides && use.privilege != Privilege::select) {
        unknown(state, fmt::format("it writes {}", context_.shown(use.relation)));
      }
      return;
    }
    const char relkind = cluster_.relation(table).relkind;
    const bool writes = use.privilege != Privilege::select && use.privilege != Privilege::maintain;
    if (relkind == 'v') {
      held_by_owner(Hold::Kind::view, use.relation, state, false);
    } else if (writes) {
      held_by_owner(Hold::Kind::trigger, use.relation, state, false);
    } else if (late && bound_by_policies(table, state.as)) {
      held_by_owner(Hold::Kind::policy, use.relation, state, false);
    } else if (relkind == 'f') {
      if (late) held_by_owner(Hold::Kind::replaced, use.relation, state, true);
    } else {
      held_by_index(use.relation, state);
    }
    if (writes) held_by_trigger(use.relation, state);
    if (late) by_name(use.relation, state);
    auto next = state;
    next.of = use.relation;
    next.privilege = use.privilege;
    next.late = late || state.late;
    push(next);
  }

  /// Statistics can be made in any schema, an index only in the table's.
  void held_by_index(ObjectId id, const State& state) {
    const auto& o = cluster_.object(id);
    const auto owner = owner_of(o);
    if (!weaker(owner, state.as) || o.extension) return;
    auto hold = hold_of(Hold::Kind::index, owner, id, state);
    hold.all = {{o.schema, Privilege::usage}};
    if (!statistics_have_expressions(cluster_.major())) {
      hold.all.push_back({o.schema, Privilege::create});
    }
    hold.any = made_anywhere(o.database);
    add(std::move(hold));
  }

  void held_by_owner(Hold::Kind kind, ObjectId id, const State& state, bool creates) {
    const auto& o = cluster_.object(id);
    const auto owner = owner_of(o);
    if (!weaker(owner, state.as) || o.extension) return;
    auto hold = hold_of(kind, owner, id, state);
    hold.all = {{o.schema, Privilege::usage}};
    if (creates) hold.all.push_back({o.schema, Privilege::create});
    hold.any = made_anywhere(o.database);
    add(std::move(hold));
  }

  void held_by_trigger(ObjectId id, const State& state) {
    const auto& o = cluster_.object(id);
    for (const auto& item : cluster_.effective_acl(o)) {
      if (!item.privileges.has(Privilege::trigger) || item.grantee == o.owner) continue;
      if (item.grantee != public_role && !weaker(item.grantee, state.as)) continue;
      auto hold = hold_of(Hold::Kind::trigger, item.grantee, id, state);
      hold.all = {{o.schema, Privilege::usage}};
      hold.any = made_anywhere(o.database);
      add(std::move(hold));
    }
  }

  // --- Names ---

  /// In the order in which the server looks there (namespace.c, recomputeNamespacePath).
  std::vector<Place> order_of(const std::string& path, const Object& f, RoleId as) const {
    const auto listed = schemas_of_path(path, cluster_.major());
    const auto lists = [&](std::string_view name) {
      return std::find(listed.begin(), listed.end(), name) != listed.end();
    };
    std::vector<Place> result;
    if (!lists(temporary_schema)) result.push_back({no_object, true});
    if (!lists("pg_catalog")) result.push_back({context_.schema_named(f.database, "pg_catalog")});
    for (const auto& name : listed) {
      if (name == temporary_schema) {
        result.push_back({no_object, true});
      } else {
        if (name == "$user" && as == no_role) continue;
        const auto wanted = name == "$user" ? cluster_.role_name(as) : name;
        result.push_back({context_.schema_named(f.database, wanted)});
      }
    }
    return result;
  }

  void names(const Code& code, const State& state) {
    // Whoever sets it off has a path of its own.
    if (state.as == no_role && (state.path == 0 || code.names->sets_path)) return;
    const auto& f = cluster_.object(state.of);
    std::set<Need> certain, better;
    const auto home_of_server = context_.schema_named(f.database, "pg_catalog");
    const bool anywhere_set = state.path == 0 || code.names->sets_path;
    const auto order =
        anywhere_set ? std::vector<Place>() : order_of(paths_[state.path - 1], f, state.as);
    const auto look = [&](ObjectId home, bool is_function) {
      if (anywhere_set) {
        auto& needs = code.names->sets_path ? better : certain;
        needs.insert({f.database, Privilege::create, true, state.as});
        if (!is_function) needs.insert({f.database, Privilege::temporary});
        return;
      }
      bool before = true;
      for (const auto& place : order) {
        if (!place.temporary && place.schema == home) before = false;
        if (place.temporary && (is_function || !before)) continue;
        if (!before && !is_function) continue;
        const Need need = place.temporary ? Need{f.database, Privilege::temporary}
                          : place.schema == no_object
                              ? Need{f.database, Privilege::create}
                              : Need{place.schema, Privilege::create, false, state.as};
        (before ? certain : better).insert(need);
      }
    };
    if (code.names->relations || code.names->types) look(home_of_server, false);
    if (code.names->functions) look(home_of_server, true);
    for (const auto& use : code.uses) {
      if (!use.by_search_path) continue;
      const auto& o = cluster_.object(use.object);
      look(o.schema, o.kind == ObjectKind::function);
    }
    for (const auto& use : code.operators) {
      if (use.by_search_path) look(use.schema, true);
    }
    for (const auto& need : certain) better.erase(need);
    if (!certain.empty()) {
      auto hold = hold_of(Hold::Kind::name, public_role, state.of, state);
      hold.any.assign(certain.begin(), certain.end());
      add(std::move(hold));
    }
    if (!better.empty()) {
      auto hold = hold_of(Hold::Kind::match, public_role, state.of, state);
      hold.any.assign(better.begin(), better.end());
      hold.certain = false;
      hold.why = code.names->sets_path ? "it sets search_path itself" : "";
      add(std::move(hold));
    }
  }

  const CodeFlow& flow_;
  const Context& context_;
  const Cluster& cluster_;
  std::map<std::tuple<ObjectId, Privilege, RoleId, std::size_t, bool, bool>, std::size_t> numbers_;
  std::vector<State> states_;
  std::vector<Events> events_of_;    // by state
  std::vector<std::uint8_t> bears_;  // which holds a state leads to: `Wanted`
  Events events_;                    // of the state that is run
  std::map<std::string, std::size_t> path_numbers_;
  std::vector<std::string> paths_;
};

// From what is set off, what is certain first.
class CodeFlow::Walk {
 public:
  Walk(const Steps& steps, Wanted wanted) : steps_(steps), wanted_(wanted), seen_(steps.count()) {}

  std::vector<Hold> from(const std::vector<std::pair<Steps::Events, ObjectId>>& starts) {
    for (const auto& [events, source] : starts) take(events, source, true);
    return ended();
  }

 private:
  struct Reached {
    std::size_t state;
    ObjectId source;
    bool certain;
  };

  std::vector<Hold> ended() {
    while (!todo_.empty() || !unsure_.empty()) {
      auto& next = todo_.empty() ? unsure_ : todo_;
      const auto reached = next.front();
      next.pop_front();
      if (seen_[reached.state]) continue;
      seen_[reached.state] = true;
      take(steps_.at(reached.state), reached.source, reached.certain);
    }
    return std::move(holds_);
  }

  void take(const Steps::Events& events, ObjectId source, bool certain) {
    for (const auto& event : events) {
      const bool both = certain && event.certain;
      if (!event.hold) {
        if (!steps_.leads_to(event.next, wanted_)) continue;
        (both ? todo_ : unsure_).push_back({event.next, source, both});
      } else if (certain || !event.if_certain) {
        add(*event.hold, source, both);
      }
    }
  }

  void add(const Hold& hold, ObjectId source, bool certain) {
    if (!held_.emplace(hold.kind, hold.object, hold.holder, hold.as, hold.any).second) return;
    holds_.push_back(hold);
    holds_.back().source = source;
    holds_.back().certain = certain;
  }

  const Steps& steps_;
  Wanted wanted_;
  std::vector<bool> seen_;
  std::deque<Reached> todo_, unsure_;
  std::set<std::tuple<Hold::Kind, ObjectId, RoleId, RoleId, std::vector<Need>>> held_;
  std::vector<Hold> holds_;
};

CodeFlow::CodeFlow(const Context& context)
    : context_(context), steps_(std::make_unique<Steps>(*this)) {
  const auto& cluster = context.cluster();
  for (const auto& body : cluster.bodies) {
    bodies_.emplace(key(body.of), &body);
    const auto& o = cluster.object(body.of);
    if (o.kind == ObjectKind::type && o.system) {
      const auto& uses = body.code.uses;
      anywhere_.insert(anywhere_.end(), uses.begin(), uses.end());
    }
    if (o.kind == ObjectKind::table) {
      relations_[body.of] |= cluster.relation(o).relkind == 'm' ? PrivilegeSet(Privilege::maintain)
                                                                : reading_and_writing();
    }
  }
  for (const auto& a : cluster.attachments) {
    if (!a.enabled) continue;
    attachments_.emplace(key(a.relation), &a);
    relations_[a.relation] |= a.on;
    if (a.kind == Attachment::Kind::index) relations_[a.relation] |= Privilege::maintain;
    if (a.kind != Attachment::Kind::trigger) continue;
    for (const auto& use : a.code.uses) triggers_.emplace(key(use.object), &a);
  }
  for (const auto& p : cluster.row_policies) {
    policies_.emplace(key(p.table), &p);
    if (cluster.relation(cluster.object(p.table)).row_security) {
      relations_[p.table] |= reading_and_writing();
    }
  }
  // What is put on a part runs where the whole is written.
  for (const auto& i : cluster.inheritances) {
    children_.emplace(key(i.parent), i.child);
    relations_[i.parent] |= reading_and_writing();
  }
  const auto updates = PrivilegeSet(Privilege::update);
  for (const auto& k : cluster.foreign_keys) {
    if (k.checked) {
      keys_of_.emplace(key(k.child), &k);
      keyed_[k.child] |= updates | Privilege::insert;
    }
    if (k.watched) {
      keys_to_.emplace(key(k.parent), &k);
      keyed_[k.parent] |= updates | Privilege::delete_;
    }
  }
  add_keyed_by_way();
  add_given();
}

CodeFlow::~CodeFlow() = default;

const CodeFlow& Context::flow() const {
  if (!flow_) flow_ = std::make_shared<const CodeFlow>(*this);
  return *flow_;
}

std::vector<Hold> CodeFlow::holds(const std::vector<Start>& starts, Wanted wanted) const {
  std::vector<std::pair<Steps::Events, ObjectId>> begun;
  for (const auto& start : starts) {
    auto events = steps_->of(start);
    if (!events.empty()) begun.emplace_back(std::move(events), start.of);
  }
  return begun.empty() ? std::vector<Hold>() : Walk(*steps_, wanted).from(begun);
}

std::vector<Hold> CodeFlow::holds_of_call(const CodeUse& call) const {
  const auto events = steps_->of_call(call);
  return Walk(*steps_, all).from({{events, call.object}});
}

}  // namespace pgleast
