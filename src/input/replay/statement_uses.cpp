// Trees, node by node, for what they call, read and write. Not by calling itself: expressions nest
// deep.
#include "input/replay/statement_uses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "input/code/cursor_code.hpp"
#include "input/code/tree_member.hpp"
#include "input/replay/statements/statement_table.hpp"
#include "input/sql/code_text.hpp"
#include "input/sql/parser.hpp"
#include "input/sql/plpgsql_tree.hpp"
#include "pg/identifier.hpp"
#include "pg/server_function.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

using namespace touches;

constexpr int deepest_text = 8;  // a text in a text in a body

const StatementRow& statement_row(std::string_view node) {
  static constexpr StatementRow other{"", objects, traits::none};
  const auto* const found = find_statement(node);
  return found == nullptr ? other : *found;
}

/// Who runs what follows, or where its names are looked up.
bool is_of_session(const std::string& setting) {
  return setting.empty() || setting == "role" || setting == "session_authorization" ||
         setting == "search_path";
}

class UsesReader {
 public:
  StatementUses take() {
    std::erase_if(uses_.tables, [&](const StatementUses::Table& table) {
      const bool read = table.written == PrivilegeSet(Privilege::select);
      const auto& name = table.name.name;
      return table.name.schema.empty() && (made_.contains(name) || (read && with_.contains(name)));
    });
    return std::move(uses_);
  }

  void read(const SqlNode& tree, bool is_followed) {
    for (const auto& [key, value] : tree.items()) {
      if (is_followed && key == "SelectStmt") followed_calls(value);
      statement(key, value, is_followed);
      look_at_rest();
    }
  }

  void read_rule(const SqlNode& rule) {
    uses_.evaluates = true;
    for (const char* const part : {"actions", "whereClause"}) {
      todo_.push_back(&node_at(rule, part));
      look_at_rest();
    }
  }

  void read_text(const std::string& text) {
    if (++depth_ > deepest_text) return give_up("runs texts in texts");
    // The nodes of a tree are looked at before it goes.
    const auto tree = tree_of_text(text);
    if (!tree.why.empty()) {
      give_up(tree.why);
    } else {
      const auto outer = std::exchange(todo_, {&tree.statements});
      look_at_rest();
      todo_ = outer;
    }
    --depth_;
  }

  void read_plpgsql_body(const std::string& head, const std::string& body) {
    auto tree = read_plpgsql(head, body);
    if (!tree.error.empty()) tree = read_plpgsql(head, without_cursors(body));
    if (!tree.function.is_object()) return give_up("a body is not understood");
    each_plpgsql_node(tree.function, [this](const std::string& key, const SqlNode& node) {
      for (const auto& text : texts_in(key, node)) read_part(text);
    });
  }

  void give_up(const std::string& why) { uses_.add_change(anything, why); }

 private:
  // --- Texts ---

  void read_part(const PlpgsqlText& part) {
    switch (part.kind) {
      case PlpgsqlText::Kind::dynamic:
        return read_dynamic(part.text);
      case PlpgsqlText::Kind::assignment:
        return read_assignment(part.text);
      case PlpgsqlText::Kind::statement:
        return read_text(part.text);
      case PlpgsqlText::Kind::expression:
        return read_text("SELECT " + part.text);
    }
  }

  void read_dynamic(const std::string& expression) {
    read_text("SELECT " + expression);
    if (const auto text = constant_text(tree_of_expression(expression))) return read_text(*text);
    give_up("EXECUTE of a text that is put together when it runs");
  }

  void read_assignment(const std::string& text) {
    const auto assignment = assignment_in(text);
    if (!assignment) return give_up("an assignment is not understood");
    if (assignment->target.find('[') != std::string::npos) {
      read_text("SELECT " + assignment->target);
    }
    read_text("SELECT " + assignment->value);
  }

  // --- Trees ---

  void look_at_rest() {
    while (!todo_.empty()) {
      const auto& node = *todo_.back();
      todo_.pop_back();
      if (node.is_array()) {
        for (const auto& item : node) todo_.push_back(&item);
      } else if (node.is_object()) {
        for (const auto& [key, value] : node.items()) {
          if (value.is_structured()) visit(key, value);
        }
      }
    }
  }

  void visit(const std::string& key, const SqlNode& value) {
    if (value.is_object()) {
      if (is_statement(key)) return statement(key, value, false);
      if (key == "RangeVar") return table(value, Privilege::select);
      if (key == "FuncCall" || key == "funccall") call(value);
      if (key == "TypeName" || key == "typeName") {
        uses_.types.push_back(qualified_name_of(list_at(value, "names")));
      }
      if (key == "CommonTableExpr") with_.insert(text_at(value, "ctename"));
      if (key == "ColumnRef") attribute(list_at(value, "fields"), 2);
      if (key == "A_Indirection") attribute(list_at(value, "indirection"), 1);
    }
    todo_.push_back(&value);
  }

  void table(const SqlNode& range, PrivilegeSet written) {
    if (range.is_object()) uses_.tables.push_back({relation_name(range), written});
  }

  /// `t.f`, `(t).f`
  void attribute(const SqlNode& fields, std::size_t least) {
    if (fields.size() < least || !fields.back().contains("String")) return;
    uses_.calls.push_back({{"", string_of(fields.back())}, 1, true});
  }

  void statement(const std::string& key, const SqlNode& value, bool is_followed) {
    const auto& row = statement_row(key);
    auto changes = row.changes;
    if (key == "CreateStmt" && text_at(node_at(value, "relation"), "relpersistence") == "t") {
      changes = nothing;
      made_.insert(text_at(node_at(value, "relation"), "relname"));
    }
    if (changes != nothing && !is_followed) uses_.add_change(changes, words_of_statement(key));
    uses_.fires_event_triggers = uses_.fires_event_triggers || fires(row, changes);
    if (key == "VariableSetStmt" && !is_followed && is_of_session(text_at(value, "name"))) {
      give_up("what follows is done by somebody else, or elsewhere");
    }
    if (key == "DoStmt" && !is_followed) block(value);
    if (key == "CreateStmt") todo_.push_back(&node_at(value, "partbound"));
    if ((row.traits & traits::runs) == 0) return;
    uses_.evaluates = true;
    tables_of(key, value);
    // What it reads, but not the table that it writes.
    for (const auto& [part, inner] : value.items()) {
      const bool is_table = part == "relation" || part == "rel" || part == "into";
      if (!inner.is_structured() || (is_table && key != "CreateTableAsStmt")) continue;
      if (part == "into" || part == "intoClause") continue;
      visit(part, inner);
    }
  }

  static bool fires(const StatementRow& row, Touched changes) {
    if ((row.traits & traits::sets_off_nothing) != 0) return false;
    return (changes & objects) != 0 || (row.traits & traits::sets_off) != 0;
  }

  void tables_of(const std::string& key, const SqlNode& value) {
    const auto& relation = node_at(value, "relation");
    if (key == "InsertStmt") {
      PrivilegeSet written = Privilege::insert;
      if (value.contains("onConflictClause")) written |= Privilege::update;
      table(relation, written);
    } else if (key == "UpdateStmt" || key == "MergeStmt") {
      table(relation, PrivilegeSet(Privilege::update) | Privilege::insert | Privilege::delete_);
    } else if (key == "DeleteStmt") {
      table(relation, Privilege::delete_);
    } else if (key == "CopyStmt") {
      copy(value);
    } else if (key == "TruncateStmt") {
      for (const auto& item : list_at(value, "relations")) {
        table(node_at(item, "RangeVar"), Privilege::truncate);
      }
    } else if (key == "RefreshMatViewStmt") {
      table(relation, Privilege::select);
      table(relation, {});
    } else if (key == "VacuumStmt") {
      for (const auto& item : list_at(value, "rels")) {
        const auto& maintained = node_at(inside(item, "VacuumRelation"), "relation");
        table(maintained, {});
        table(maintained, Privilege::select);
      }
      uses_.maintains_all = uses_.maintains_all || !value.contains("rels");
    } else if (key == "ClusterStmt" || key == "ReindexStmt") {
      if (value.contains("relation")) table(relation, {});
      uses_.maintains_all = uses_.maintains_all || !value.contains("relation");
    } else if (key == "IndexStmt" || (key == "AlterTableStmt" && !only_changes_rights(value))) {
      table(relation, {});
    } else if (key == "ExecuteStmt") {
      uses_.executed.push_back(text_at(value, "name"));
    }
  }

  // Row security and the owner: nothing of the table is looked at.
  static bool only_changes_rights(const SqlNode& value) {
    const auto& commands = list_at(value, "cmds");
    return std::all_of(commands.begin(), commands.end(), [](const SqlNode& item) {
      const auto type = text_at(inside(item, "AlterTableCmd"), "subtype");
      return type.ends_with("RowSecurity") || type == "AT_ChangeOwner";
    });
  }

  void copy(const SqlNode& value) {
    if (truth_at(value, "is_program")) give_up("COPY runs a program");
    const bool from = truth_at(value, "is_from");
    if (value.contains("relation")) {
      table(value["relation"], from ? Privilege::insert : Privilege::select);
    }
  }

  // --- Calls ---

  void call(const SqlNode& node) {
    const auto name = qualified_name_of(list_at(node, "funcname"));
    const auto& arguments = list_at(node, "args");
    uses_.calls.push_back({name, arguments.size(), false});
    if (!name.schema.empty() && name.schema != "pg_catalog") return;
    const auto constant = [&](std::size_t i) {
      return i < arguments.size() ? constant_text(arguments[i]) : std::nullopt;
    };
    const auto what = server_function(name.name);
    if (what == ServerFunction::sets) {
      if (is_followed_call(node)) return;
      const auto setting = constant(0);
      if (!setting || is_of_session(*setting)) give_up("set_config");
    } else if (what == ServerFunction::runs_text) {
      const bool second = name.name == "ts_rewrite";
      if (second && arguments.size() > 2) return;
      const auto text = constant(second ? 1 : 0);
      if (text) {
        read_text(*text);
      } else {
        give_up(name.name + " of a text that is put together when it runs");
      }
    } else if (what == ServerFunction::makes_objects) {
      if (!is_followed_call(node)) uses_.add_change(objects, name.name);
    } else if (what == ServerFunction::reloads) {
      uses_.add_change(settings, name.name);
    } else if (what == ServerFunction::runs_anything) {
      give_up(name.name);
    }
  }

  /// `SELECT set_config('search_path', '', false)`: done by select_statement.
  void followed_calls(const SqlNode& select) {
    if (!list_at(select, "fromClause").empty()) return;
    for (const auto& item : list_at(select, "targetList")) {
      const auto& value = node_at(inside(item, "ResTarget"), "val");
      if (value.contains("FuncCall")) followed_.push_back(&value["FuncCall"]);
    }
  }

  bool is_followed_call(const SqlNode& node) const {
    const auto name = qualified_name_of(list_at(node, "funcname")).name;
    if (name != "set_config" && name != "lo_create" && name != "lo_from_bytea") return false;
    return std::find(followed_.begin(), followed_.end(), &node) != followed_.end();
  }

  void block(const SqlNode& value) {
    std::string language = "plpgsql", body;
    for (const auto& item : list_at(value, "args")) {
      const auto& option = inside(item, "DefElem");
      (text_at(option, "defname") == "language" ? language : body) =
          string_of(node_at(option, "arg"));
    }
    if (language != "plpgsql") return give_up("DO in another language");
    if (++depth_ > deepest_text) return give_up("runs texts in texts");
    const auto outer = std::exchange(todo_, {});
    read_plpgsql_body("CREATE FUNCTION block() RETURNS void", body);
    todo_ = outer;
    --depth_;
  }

  StatementUses uses_;
  std::vector<const SqlNode*> todo_;
  std::vector<const SqlNode*> followed_;
  std::set<std::string> with_, made_;  // names of WITH, and of temporary tables
  int depth_ = 0;
};

bool is_constant_word(const SqlToken& t) {
  return t.is("null") || t.is("true") || t.is("false") || t.is("default");
}

bool is_name(const SqlToken& t) {
  return t.kind == SqlToken::Kind::word || t.kind == SqlToken::Kind::quoted;
}

}  // namespace

void StatementUses::add_change(Touched touched, const std::string& because) {
  if ((changes | touched) != changes) why = because;
  changes |= touched;
}

void StatementUses::add(const StatementUses& other) {
  add_change(other.changes, other.why);
  evaluates = evaluates || other.evaluates;
  maintains_all = maintains_all || other.maintains_all;
  fires_event_triggers = fires_event_triggers || other.fires_event_triggers;
  calls.insert(calls.end(), other.calls.begin(), other.calls.end());
  tables.insert(tables.end(), other.tables.begin(), other.tables.end());
  types.insert(types.end(), other.types.begin(), other.types.end());
}

StatementUses uses_of_tree(const SqlNode& tree, bool is_followed) {
  UsesReader reader;
  reader.read(tree, is_followed);
  return reader.take();
}

StatementUses uses_of_text(const std::string& text) {
  UsesReader reader;
  reader.read_text(text);
  return reader.take();
}

StatementUses uses_of_rule(const std::string& text) {
  UsesReader reader;
  const auto rule = tree_in_text(text, "RuleStmt");
  if (rule.is_null()) {
    reader.give_up("a rule is not understood");
  } else {
    reader.read_rule(rule);
  }
  return reader.take();
}

StatementUses uses_of_body(const EntityCode& code, const FunctionDetail& function) {
  UsesReader reader;
  if (code.standard) {
    // Its statements stand in a tree of their own, not among those that run.
    const auto body = tree_in_text("CREATE FUNCTION f() RETURNS record LANGUAGE sql " + code.text,
                                   "CreateFunctionStmt/sql_body");
    if (body.is_null()) {
      reader.give_up("a body is not understood");
    } else {
      reader.read({{"RawStmt", {{"body", body}}}}, false);
    }
  } else if (function.language == "sql") {
    reader.read_text(code.text);
  } else if (function.language == "plpgsql") {
    reader.read_plpgsql_body(plpgsql_head(code.names, function.trigger, code.returns_set),
                             code.text);
  } else if (function.language == "internal") {
    const auto what = server_function(code.text);
    if (what != ServerFunction::harmless && what != ServerFunction::unknown) {
      reader.give_up(code.text);
    }
  } else {
    reader.give_up("it is written in " + displayed(function.language));
  }
  return reader.take();
}

bool is_plain_insert(std::string_view script, const PsqlItem& s, StatementUses& uses) {
  const auto& t = s.tokens;
  const auto symbol = [&](std::size_t i) {
    return i < t.size() && t[i].kind == SqlToken::Kind::symbol ? script[t[i].span.begin] : ' ';
  };
  if (t.size() < 5 || !t[0].is("insert") || !t[1].is("into") || !is_name(t[2])) return false;
  std::size_t at = 3;
  QualifiedName name{"", t[2].text};
  if (symbol(at) == '.' && is_name(t[at + 1])) {
    name = {t[2].text, t[at + 1].text};
    at += 2;
  }
  if (symbol(at) == '(') {
    while (at < t.size() && symbol(at) != ')') ++at;
    ++at;
  }
  if (at < t.size() && t[at].is("overriding")) at += 3;
  if (at >= t.size() || !t[at].is("values")) return false;
  for (++at; at < t.size(); ++at) {
    const auto kind = t[at].kind;
    const char c = symbol(at);
    const bool plain = kind == SqlToken::Kind::string || kind == SqlToken::Kind::number ||
                       is_constant_word(t[at]) || c == '(' || c == ')' || c == ',' || c == '-' ||
                       c == '+';
    if (!plain) return false;
  }
  uses.evaluates = true;
  uses.tables.push_back({std::move(name), Privilege::insert});
  return true;
}

}  // namespace pgleast
