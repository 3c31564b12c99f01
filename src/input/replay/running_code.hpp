#pragma once
// What the code that a statement runs may change, through everything that it leads to:
//
//   SELECT f(a) FROM t      f's body, and what that calls
//   INSERT INTO t ...       triggers, rules, defaults, checks and indexes of t, of its partitions
//                           and of what refers to it
//   SELECT * FROM v         what the view calls
//   CREATE TABLE ...        event triggers
//
// Which of several functions of a name is called is not asked: any of them may be.

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "input/replay/catalog/catalog.hpp"
#include "input/replay/statement_uses.hpp"

namespace pgleast {

struct MayChange {
  Touched touched = touches::nothing;
  std::string why;
};

class RunningCode {
 public:
  /// Keeps a reference. `is_complete`: there is nothing but what the catalog has.
  RunningCode(const SqlCatalog& catalog, bool is_complete)
      : catalog_(catalog), is_complete_(is_complete) {}

  MayChange of(const StatementUses& uses);
  /// Event triggers of a session that begins (17 and later).
  MayChange at_login();

 private:
  struct Item {
    EntityId id;
    PrivilegeSet written;  // of a relation, as in StatementUses::Table
  };
  using Names = std::vector<EntityId>;

  void begin();
  void look();
  void give_up(const std::string& why) { add(touches::anything, why); }
  void add(Touched touched, const std::string& why);
  void add(const StatementUses& uses, bool in_body);
  void add_call(const StatementUses::Call& call, bool in_body);
  void add_table(const StatementUses::Table& table, bool in_body);
  void add_code(const Code& code);
  void add_event_triggers(bool login);
  void add_operators();
  void add_all_functions();
  void add_all_indexes();
  void push(EntityId id, PrivilegeSet written = {});
  void push_refs(const Entity& e);
  void push_parents(const Entity& e, PrivilegeSet written);

  void visit(const Item& item);
  void visit_function(EntityId id);
  void visit_read_function(EntityId id);
  void visit_type(EntityId id);
  void visit_relation(EntityId id, PrivilegeSet written);
  void visit_written(EntityId id, PrivilegeSet written);
  void visit_attached(EntityId on, EntityId id, PrivilegeSet written);
  void visit_read_relation(EntityId id, PrivilegeSet written);

  Names named(EntityKind kind, const QualifiedName& name, bool in_body) const;
  bool is_known() const;
  bool has_other_extensions() const;
  const StatementUses& body_of(EntityId id);
  void index_read_code();

  struct Body {
    std::shared_ptr<const EntityCode> code;
    StatementUses uses;
  };

  const SqlCatalog& catalog_;
  bool is_complete_;
  MayChange found_;
  std::vector<Item> todo_;
  std::unordered_map<EntityId, std::vector<PrivilegeSet>> seen_;
  bool all_functions_ = false;
  std::size_t steps_ = 0;
  std::unordered_map<EntityId, Body> bodies_;
  // Of what was read of a server.
  bool indexed_ = false;
  std::unordered_map<ObjectId, std::vector<const Attachment*>> attachments_;
  std::unordered_map<ObjectId, std::vector<ObjectId>> children_;
  std::unordered_map<ObjectId, const Code*> codes_;
  // The last question and its answer.
  StatementUses last_;
  std::pair<std::size_t, bool> last_state_{~std::size_t{0}, false};
  MayChange last_found_;
};

}  // namespace pgleast
