// What the nodes of a parse tree use, one function a kind of node.
#include "input/code/code_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "input/code/tree_member.hpp"
#include "input/sql/code_text.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

using Tree = nlohmann::json;

/// They need no privilege, or what lies in them says which.
constexpr std::array harmless{
    "CallStmt",           "CheckPointStmt",    "ClosePortalStmt",   "ConstraintsSetStmt",
    "CreateFunctionStmt", "CreateTableAsStmt", "DeclareCursorStmt", "DiscardStmt",
    "ExplainStmt",        "FetchStmt",         "ListenStmt",        "LockStmt",
    "NotifyStmt",         "RawStmt",           "ReturnStmt",        "RuleStmt",
    "SelectStmt",         "TransactionStmt",   "UnlistenStmt",      "VariableSetStmt",
    "VariableShowStmt",
};

}  // namespace

void CodeTree::give_up(const std::string& why) {
  if (code_.unknown.empty()) code_.unknown = why;
}

/// Of the server's own: what is a use says it there.
void CodeTree::looked_up(bool has_schema, bool NameLookup::*kind) {
  if (!has_schema && !path_.bound) (*code_.names).*kind = true;
}

void CodeTree::use(ObjectId object, PrivilegeSet privileges, bool has_schema) {
  code_.uses.push_back({object, privileges, !has_schema && !path_.bound});
}

Code CodeTree::take() {
  code_.given = parameters_.take();
  auto& uses = code_.uses;
  const auto key = [](const CodeUse& u) {
    return std::tuple(u.object, u.by_search_path, u.by_operator);
  };
  std::sort(uses.begin(), uses.end(),
            [&](const CodeUse& a, const CodeUse& b) { return key(a) < key(b); });
  std::vector<CodeUse> merged;
  for (const auto& use : uses) {
    if (!merged.empty() && key(merged.back()) == key(use)) {
      merged.back().privileges |= use.privileges;
      merged.back().maybe = merged.back().maybe && use.maybe;
    } else {
      merged.push_back(use);
    }
  }
  uses = std::move(merged);
  const auto each_once = [](auto& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  };
  each_once(code_.settings);
  each_once(code_.operators);
  return std::move(code_);
}

// Not by calling itself: expressions nest deep.
void CodeTree::walk(const Tree& root) {
  auto outer = std::move(todo_);
  todo_ = {{&root, -1, false}};
  while (!todo_.empty()) {
    const auto at = todo_.back();
    todo_.pop_back();
    if (at.node->is_array()) {
      for (auto item = at.node->rbegin(); item != at.node->rend(); ++item) {
        todo_.push_back({&*item, at.scope, at.locked});
      }
    } else if (at.node->is_object()) {
      visit(*at.node, at);
    }
  }
  todo_ = std::move(outer);
}

int CodeTree::with_scope(const Tree& clause, int scope) {
  const bool recursive = clause.value("recursive", false);
  const auto add = [&](const Tree& query) {
    scopes_.push_back({scope, member_text(query, "ctename")});
    return static_cast<int>(scopes_.size()) - 1;
  };
  std::vector<std::pair<const Tree*, int>> queries;
  for (const auto& item : member(clause, "ctes")) {
    const auto& query = member(item, "CommonTableExpr");
    if (!query.is_object()) continue;
    queries.emplace_back(&query, scope);
    scope = add(query);
  }
  for (const auto& [query, before] : queries) {
    todo_.push_back({&member(*query, "ctequery"), recursive ? scope : before, false});
  }
  return scope;
}

void CodeTree::visit(const Tree& node, const Todo& at) {
  auto scope = at.scope;
  if (const auto& with = member(node, "withClause"); with.is_object()) {
    scope = with_scope(with, scope);
  }
  const bool locks = node.contains("lockingClause");
  for (auto item = node.begin(); item != node.end(); ++item) {
    if (!item->is_structured() || item.key() == "withClause") continue;
    const Todo here{&*item, scope, at.locked || (locks && item.key() == "fromClause")};
    if (!visit_named(item.key(), *item, here)) todo_.push_back(here);
  }
}

/// False: nothing in particular, what lies in it is visited.
bool CodeTree::visit_named(const std::string& key, const Tree& value, const Todo& at) {
  if (!value.is_object()) {
    if (key == "names") type_name(value);
    if (key == "name" || key == "operName") operator_name(value);
    return false;
  }
  if (callers_types_.is_looked_at(key, value)) return true;
  if (callers_types_.is_one(key, value)) code_.callers_types = true;
  operators_of(key, value);
  if (key == "RangeVar") {
    const PrivilegeSet select = Privilege::select;
    relation(value, at.locked ? select | Privilege::update : select, at.scope);
    return true;
  }
  if (key == "FuncCall" || key == "funccall") {
    call(value);
    return false;
  }
  if (key == "intoClause" || key == "IntoClause" || key == "into") {
    own_.insert(member_text(member(value, "rel"), "relname"));
    code_.creates = true;
    return true;
  }
  if (!is_statement(key) || key == "SelectStmt") return false;
  // The statement's own WITH is seen by what follows.
  auto inner = at;
  if (const auto& with = member(value, "withClause"); with.is_object()) {
    inner.scope = with_scope(with, at.scope);
  }
  if (key == "InsertStmt") {
    write(value, Privilege::insert, inner);
  } else if (key == "UpdateStmt") {
    write(value, Privilege::update, inner);
  } else if (key == "DeleteStmt") {
    write(value, Privilege::delete_, inner);
  } else if (key == "MergeStmt") {
    merge(value, inner);
  } else if (key == "CopyStmt") {
    copy(value, inner);
  } else {
    if (!visit_statement(key, value)) return true;
    return key == "TruncateStmt" || key == "DoStmt" || key == "LockStmt" ||
           key == "VariableSetStmt";
  }
  return true;
}

/// False: it is not followed.
bool CodeTree::visit_statement(const std::string& key, const Tree& value) {
  if (key == "TruncateStmt") {
    for (const auto& item : member(value, "relations")) {
      relation(member(item, "RangeVar"), Privilege::truncate, -1);
    }
  } else if (key == "DoStmt") {
    run_block(value);
  } else if (key == "VariableSetStmt") {
    // What follows it is looked up elsewhere.
    if (member_text(value, "name") == "search_path") code_.names->sets_path = true;
  } else if (key == "VariableShowStmt") {
    code_.settings.push_back(member_text(value, "name"));
  } else if (key == "CreateStmt" &&
             member_text(member(value, "relation"), "relpersistence") == "t") {
    own_.insert(member_text(member(value, "relation"), "relname"));
    code_.creates = true;
    models_of_table(value);
  } else if (std::find(harmless.begin(), harmless.end(), key) == harmless.end()) {
    give_up(fmt::format("{} is not followed", words_of_statement(key)));
    return false;
  } else if (key == "CreateFunctionStmt") {
    code_.creates = true;
  }
  return true;
}

/// What it has of LIKE and INHERITS, defaults and checks among it, runs where rows are made in it.
void CodeTree::models_of_table(const Tree& statement) {
  const auto add = [&](const Tree& range_var) {
    const auto before = code_.uses.size();
    relation(range_var, Privilege::insert, -1);
    for (auto i = before; i < code_.uses.size(); ++i) code_.uses[i].maybe = true;
  };
  for (const auto& item : member(statement, "tableElts")) {
    if (item.contains("TableLikeClause")) add(member(item["TableLikeClause"], "relation"));
  }
  for (const auto& item : member(statement, "inhRelations")) add(member(item, "RangeVar"));
}

void CodeTree::rest(const Tree& node, const Todo& at, const char* without) {
  for (auto item = node.begin(); item != node.end(); ++item) {
    if (!item->is_structured() || item.key() == without || item.key() == "withClause") continue;
    if (!visit_named(item.key(), *item, {&*item, at.scope, false})) {
      todo_.push_back({&*item, at.scope, false});
    }
  }
}

/// INSERT, UPDATE, DELETE: what is read of the table needs SELECT.
void CodeTree::write(const Tree& statement, PrivilegeSet needed, const Todo& at) {
  const bool reads = statement.contains("returningList") || statement.contains("whereClause");
  if (reads) needed |= Privilege::select;
  const auto& conflict = member(statement, "onConflictClause");
  if (conflict.is_object()) {
    // It looks for rows by the columns that it names, and may change them.
    if (conflict.contains("infer")) needed |= Privilege::select;
    if (member_text(conflict, "action") == "ONCONFLICT_UPDATE") {
      needed |= PrivilegeSet(Privilege::select) | Privilege::update;
    }
  }
  if (needed.has(Privilege::update) && !reads) {
    for (const auto& target : member(statement, "targetList")) {
      const auto& value = member(member(target, "ResTarget"), "val");
      if (value.is_object() && !value.contains("A_Const")) needed |= Privilege::select;
    }
  }
  relation(member(statement, "relation"), needed, -1);
  rest(statement, at, "relation");
}

void CodeTree::merge(const Tree& statement, const Todo& at) {
  PrivilegeSet needed = Privilege::select;
  for (const auto& item : member(statement, "mergeWhenClauses")) {
    const auto command = member_text(member(item, "MergeWhenClause"), "commandType");
    if (command == "CMD_INSERT") needed |= Privilege::insert;
    if (command == "CMD_UPDATE") needed |= Privilege::update;
    if (command == "CMD_DELETE") needed |= Privilege::delete_;
  }
  relation(member(statement, "relation"), needed, -1);
  rest(statement, at, "relation");
}

void CodeTree::copy(const Tree& statement, const Todo& at) {
  const auto& table = member(statement, "relation");
  if (table.is_object()) {
    relation(table, statement.value("is_from", false) ? Privilege::insert : Privilege::select, -1);
  }
  if (statement.contains("filename")) {
    give_up(statement.value("is_program", false) ? "COPY runs a program"
                                                 : "COPY uses a file of the server");
  }
  rest(statement, at, "relation");
}

void CodeTree::relation(const Tree& range_var, PrivilegeSet needed, int scope) {
  const auto schema = member_text(range_var, "schemaname");
  const auto name = member_text(range_var, "relname");
  if (schema.empty()) {
    for (auto s = scope; s >= 0; s = scopes_[static_cast<std::size_t>(s)].parent) {
      if (scopes_[static_cast<std::size_t>(s)].name == name) return;
    }
  }
  if (schema == "pg_temp" || (schema.empty() && own_.contains(name))) return;
  const auto id = names_.relation(schema, name, path_);
  if (id == no_object) {
    looked_up(!schema.empty(), &NameLookup::relations);
    // The server's own relations need not be known, and everybody may read them.
    const bool servers = schema.empty() ? name.starts_with("pg_") : schema == "pg_catalog";
    if (schema == "information_schema" || (servers && !names_.knows_server())) return;
    return give_up(fmt::format("there is no relation {}{}{}", displayed(schema),
                               schema.empty() ? "" : ".", displayed(name)));
  }
  use(id, needed, !schema.empty());
}

}  // namespace pgleast
