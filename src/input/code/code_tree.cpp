// What the nodes of a parse tree use, one function a kind of node.
#include "input/code/code_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "input/sql/parser.hpp"
#include "input/sql/plpgsql_tree.hpp"
#include "pg/builtin_type.hpp"
#include "pg/identifier.hpp"
#include "pg/server_function.hpp"
#include "pg/version.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

using Tree = nlohmann::json;

constexpr int deepest_text = 8;  // a DO in an EXECUTE in a DO

const Tree& member(const Tree& node, const char* key) {
  static const Tree nothing;
  const auto found = node.find(key);
  return found == node.end() ? nothing : *found;
}

std::string member_text(const Tree& node, const char* key) {
  const auto& value = member(node, key);
  return value.is_string() ? value.get<std::string>() : "";
}

/// {"String": {"sval": "x"}}; before the grammar of version 15 `str`.
std::string name_part(const Tree& node) {
  const auto& string = member(node, "String");
  return string.is_object() ? string.value("sval", string.value("str", std::string())) : "";
}

/// The parts of a name: {"schema", "name"}, the first empty where it is not written.
std::pair<std::string, std::string> qualified(const Tree& parts) {
  if (!parts.is_array() || parts.empty()) return {};
  const auto size = parts.size();
  return {size < 2 ? "" : name_part(parts[size - 2]), name_part(parts[size - 1])};
}

/// `AlterTableStmt` -> ALTER TABLE.
std::string words_of(std::string_view node) {
  std::string words;
  for (const char c : node.substr(0, node.size() - 4)) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !words.empty()) words += ' ';
    words += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return words;
}

/// They need no privilege, or what lies in them says which.
constexpr std::array harmless{
    "CallStmt",           "CheckPointStmt",    "ClosePortalStmt",   "ConstraintsSetStmt",
    "CreateFunctionStmt", "CreateTableAsStmt", "DeclareCursorStmt", "DiscardStmt",
    "ExplainStmt",        "FetchStmt",         "ListenStmt",        "LockStmt",
    "NotifyStmt",         "RawStmt",           "ReturnStmt",        "RuleStmt",
    "SelectStmt",         "TransactionStmt",   "UnlistenStmt",      "VariableSetStmt",
    "VariableShowStmt",
};

/// Functions of the server and its extensions that run a text, by its place among the arguments.
struct Runner {
  std::string_view name;
  std::size_t argument;
};
constexpr std::array runners{
    Runner{"crosstab", 0},
    Runner{"crosstab", 1},
    Runner{"crosstab2", 0},
    Runner{"crosstab3", 0},
    Runner{"crosstab4", 0},
    Runner{"query_to_xml", 0},
    Runner{"query_to_xml_and_xmlschema", 0},
    Runner{"query_to_xmlschema", 0},
    Runner{"ts_rewrite", 1},
    Runner{"ts_stat", 0},
};

/// One of its own, an array of them, or a row of one of its catalogs.
bool is_servers_type(const std::string& name) {
  return name.starts_with('_') || name.starts_with("pg_") ||
         find_builtin_type(name, newest_major) != nullptr;
}

/// Those that read what they are told.
constexpr std::array readers_of_any{
    "connectby",       "cursor_to_xml",
    "database_to_xml", "database_to_xml_and_xmlschema",
    "schema_to_xml",   "schema_to_xml_and_xmlschema",
    "table_to_xml",    "table_to_xml_and_xmlschema",
    "xpath_table",
};

}  // namespace

std::optional<std::string> constant_text(const Tree& node) {
  if (const auto& cast = member(node, "TypeCast"); cast.is_object()) {
    return constant_text(member(cast, "arg"));
  }
  if (const auto& constant = member(node, "A_Const"); constant.is_object()) {
    for (const char* const key : {"sval", "val"}) {
      const auto& value = member(constant, key);
      if (value.is_string()) return value.get<std::string>();
      if (value.is_object() && value.contains("sval")) return member_text(value, "sval");
      if (value.is_object() && value.contains("String")) return name_part(value);
    }
    return std::nullopt;
  }
  const auto& operation = member(node, "A_Expr");
  if (!operation.is_object() || qualified(member(operation, "name")).second != "||") {
    return std::nullopt;
  }
  const auto left = constant_text(member(operation, "lexpr"));
  const auto right = left ? constant_text(member(operation, "rexpr")) : std::nullopt;
  return right ? std::optional(*left + *right) : std::nullopt;
}

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

// --- Texts --------------------------------------------------------------------------------------

void CodeTree::follow_sql(const std::string& text) {
  if (++depth_ > deepest_text) return give_up("runs texts in texts");
  const auto tree = sql_tree(text);
  const auto parsed = tree.error.empty() ? Tree::parse(tree.json, nullptr, false) : Tree();
  if (!tree.error.empty() || parsed.is_discarded()) {
    give_up(fmt::format("a statement is not understood: {}",
                        tree.error.empty() ? "no UTF-8" : displayed(tree.error)));
  } else {
    walk(member(parsed, "stmts"));
  }
  --depth_;
}

void CodeTree::follow_expression(const std::string& text) { follow_sql("SELECT " + text); }

void CodeTree::note_assignment(const std::string& target, const std::string& expression) {
  const auto tree = sql_tree("SELECT " + expression);
  const auto parsed = tree.error.empty() ? Tree::parse(tree.json, nullptr, false) : Tree();
  const Tree::json_pointer value("/stmts/0/stmt/SelectStmt/targetList/0/ResTarget/val");
  if (!parsed.is_object() || !parsed.contains(value)) return;
  const auto first = target.find_first_not_of(" \t\r\n");
  const auto last = target.find_last_not_of(" \t\r\n");
  if (first == std::string::npos) return;
  parameters_.assigned(target.substr(first, last - first + 1), parsed.at(value));
}

/// The first `=` or `:=` outside of brackets ends the target.
void CodeTree::follow_assignment(const std::string& text) {
  int brackets = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (text[i] == '[') ++brackets;
    if (text[i] == ']') --brackets;
    if (text[i] != '=' || brackets != 0) continue;
    const bool colon = i > 0 && text[i - 1] == ':';
    const auto target = text.substr(0, i - (colon ? 1 : 0));
    if (target.find('[') != std::string::npos) follow_expression(target);
    if (callers_types_.is_target(target)) code_.callers_types = true;
    if (parameters_.any()) note_assignment(target, text.substr(i + 1));
    return follow_expression(text.substr(i + 1));
  }
  give_up("an assignment is not understood");
}

void CodeTree::follow_dynamic(const std::string& expression, const char* by) {
  const auto tree = sql_tree("SELECT " + expression);
  const auto parsed = tree.error.empty() ? Tree::parse(tree.json, nullptr, false) : Tree();
  const Tree::json_pointer value("/stmts/0/stmt/SelectStmt/targetList/0/ResTarget/val");
  const bool there = parsed.is_object() && parsed.contains(value);
  const auto text = there ? text_of_parts(parsed.at(value)) : std::nullopt;
  if (!text || !constant_text(parsed.at(value))) follow_expression(expression);
  if (text) return follow_sql(*text);
  if (there) parameters_.goes(Given::To::sql, parsed.at(value));
  give_up(fmt::format("{} of a text that is put together when it runs", by));
}

// --- Trees --------------------------------------------------------------------------------------

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
    return true;
  }
  const bool statement =
      key.ends_with("Stmt") && std::isupper(static_cast<unsigned char>(key[0])) != 0;
  if (!statement || key == "SelectStmt") return false;
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
    models_of_table(value);
  } else if (std::find(harmless.begin(), harmless.end(), key) == harmless.end()) {
    give_up(fmt::format("{} is not followed", words_of(key)));
    return false;
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

void CodeTree::call(const Tree& node) {
  const auto [schema, name] = qualified(member(node, "funcname"));
  function_name(schema, name, member(node, "args"));
}

void CodeTree::function_name(const std::string& schema, const std::string& name,
                             const Tree& arguments) {
  const auto count = arguments.is_array() ? arguments.size() : 0;
  const auto found = names_.functions(schema, name, count, path_);
  const auto& cluster = names_.cluster();
  if (found.empty()) {
    looked_up(!schema.empty(), &NameLookup::functions);
    const bool servers = schema == "pg_catalog" ||
                         (schema.empty() && server_function(name) != ServerFunction::unknown);
    if (names_.knows_server() || !servers) {
      return give_up(fmt::format("there is no function {}{}{}", displayed(schema),
                                 schema.empty() ? "" : ".", displayed(name)));
    }
    return special_call(name, arguments);
  }
  for (const auto id : found) {
    const auto& function = cluster.object(id);
    if (function.system) {
      special_call(name, arguments);
      const bool for_everyone =
          granted_to(cluster.effective_acl(function), public_role).has(Privilege::execute);
      if (for_everyone && cluster.function(function).volatility != 'v') {
        looked_up(!schema.empty(), &NameLookup::functions);
        continue;
      }
    } else if (function.extension) {
      run_texts(name, arguments);
      given_to(name, arguments);
    } else {
      for (std::uint32_t i = 0; i < count; ++i) {
        parameters_.goes(Given::To::argument, arguments[i], id, i);
      }
    }
    use(id, Privilege::execute, !schema.empty());
  }
}

/// `+`, or OPERATOR(app.+), and its function.
void CodeTree::operator_name(const Tree& parts) {
  const auto [schema, name] = qualified(parts);
  const auto found = names_.operators(schema, name, path_);
  if (found.empty()) {
    looked_up(!schema.empty(), &NameLookup::functions);
    if (schema.empty() || schema == "pg_catalog") return;
    return give_up(fmt::format("there is no operator {}.{}", displayed(schema), displayed(name)));
  }
  for (const auto& o : found) {
    code_.operators.push_back({o.schema, o.identity, o.owner, schema.empty() && !path_.bound});
    if (o.function == no_object || names_.cluster().object(o.function).system) continue;
    code_.uses.push_back({.object = o.function, .privileges = Privilege::execute});
    code_.uses.back().by_operator = true;
  }
}

/// What is compared by `=` without saying so.
void CodeTree::operators_of(const std::string& key, const Tree& value) {
  const bool compares =
      (key == "CaseExpr" && value.contains("arg")) ||
      (key == "JoinExpr" && (value.contains("usingClause") || value.value("isNatural", false))) ||
      (key == "SubLink" && value.contains("testexpr") && !value.contains("operName"));
  if (compares) operator_name(Tree::array({{{"String", {{"sval", "="}}}}}));
}

void CodeTree::type_name(const Tree& parts) {
  const auto [schema, name] = qualified(parts);
  const auto id = names_.type(schema, name, path_);
  if (id != no_object) return use(id, Privilege::usage, !schema.empty());
  looked_up(!schema.empty(), &NameLookup::types);
  const bool servers = schema == "pg_catalog" || schema == "information_schema" ||
                       (schema.empty() && is_servers_type(name));
  if (names_.knows_server() || servers || names_.relation(schema, name, path_) != no_object) return;
  give_up(fmt::format("there is no type {}{}{}", displayed(schema), schema.empty() ? "" : ".",
                      displayed(name)));
}

/// Of a variable: `text`, `app.t%ROWTYPE`, `numeric(10,2)`.
void CodeTree::plpgsql_type(const std::string& text) {
  const auto percent = text.find('%');
  if (percent != std::string::npos) {
    // A relation's, or one of its columns'.
    const auto tree = sql_tree("SELECT " + text.substr(0, percent));
    const auto parsed = tree.error.empty() ? Tree::parse(tree.json, nullptr, false) : Tree();
    const Tree::json_pointer names(
        "/stmts/0/stmt/SelectStmt/targetList/0/ResTarget/val/ColumnRef/fields");
    if (!parsed.is_object() || !parsed.contains(names)) return;
    const bool row = lower_case(text.substr(percent)).starts_with("%rowtype");
    auto relation = parsed.at(names);
    if (!row) relation.erase(relation.size() - 1);
    const auto [schema, name] = qualified(relation);
    const auto id = names_.type(schema, name, path_);
    if (id == no_object) return looked_up(relation.size() > 1, &NameLookup::types);
    // Of a column's type the row's says no more than that it may be among its own.
    code_.uses.push_back({id, Privilege::usage, schema.empty() && !path_.bound, !row});
    return;
  }
  const auto word = lower_case(text);
  if (word.empty() || word == "unknown" || word.find("record") != std::string::npos) return;
  if (word.starts_with("pg_catalog.")) return;
  const auto tree = sql_tree("SELECT NULL::" + text);
  if (tree.error.empty()) return follow_sql("SELECT NULL::" + text);
  looked_up(false, &NameLookup::types);
}

/// Functions that do with what they are given what their callers may not.
std::optional<std::pair<Given::To, std::uint32_t>> CodeTree::sink_of(std::string_view name) {
  struct Sink {
    std::string_view name;
    Given::To to;
    std::uint32_t argument;
  };
  constexpr std::array sinks{
      Sink{"pg_read_file", Given::To::read_file, 0},
      Sink{"pg_read_binary_file", Given::To::read_file, 0},
      Sink{"lo_import", Given::To::read_file, 0},
      Sink{"lo_export", Given::To::write_file, 1},
      Sink{"pg_file_write", Given::To::write_file, 0},
      Sink{"dblink_connect_u", Given::To::connection, 0},
      Sink{"dblink_connect", Given::To::connection, 0},
      Sink{"dblink", Given::To::connection, 0},
      Sink{"dblink_exec", Given::To::connection, 0},
  };
  for (const auto& sink : sinks) {
    if (sink.name == name) return std::pair(sink.to, sink.argument);
  }
  return std::nullopt;
}

void CodeTree::given_to(const std::string& name, const Tree& arguments) {
  const auto sink = sink_of(name);
  if (!sink || !arguments.is_array()) return;
  auto at = sink->second;
  // With a name of the connection before it.
  if (sink->first == Given::To::connection && arguments.size() > 1) {
    parameters_.goes(sink->first, arguments[1]);
  }
  if (at < arguments.size()) parameters_.goes(sink->first, arguments[at]);
}

/// The second of three is none: ts_rewrite(query, tsquery, tsquery).
void CodeTree::run_argument(const std::string& name, const Tree& arguments, std::size_t place) {
  if (!arguments.is_array() || place >= arguments.size()) return;
  if (place > 0 && arguments.size() > 2) return;
  if (const auto text = constant_text(arguments[place])) return follow_sql(*text);
  if (!member(arguments[place], "A_Const").is_null()) return;  // crosstab(sql, 3)
  parameters_.goes(Given::To::sql, arguments[place]);
  give_up(fmt::format("{} of a text that is put together when it runs", name));
}

void CodeTree::run_texts(const std::string& name, const Tree& arguments) {
  for (const auto& runner : runners) {
    if (runner.name == name) run_argument(name, arguments, runner.argument);
  }
  if (std::find(readers_of_any.begin(), readers_of_any.end(), name) != readers_of_any.end()) {
    give_up(fmt::format("{} reads what it is told", name));
  }
}

/// A function of the server that does what its arguments say.
void CodeTree::special_call(const std::string& name, const Tree& arguments) {
  const auto argument = [&](std::size_t i) {
    return arguments.is_array() && i < arguments.size() ? constant_text(arguments[i])
                                                        : std::nullopt;
  };
  if (name == "current_setting") {
    const auto setting = argument(0);
    if (setting) {
      code_.settings.push_back(*setting);
    } else {
      give_up("current_setting of a name that is put together when it runs");
    }
  }
  if (name == "set_config" && argument(0).value_or("") == "search_path") {
    code_.names->sets_path = true;
  }
  run_texts(name, arguments);
  given_to(name, arguments);
}

/// DO: plpgsql unless it says another language.
void CodeTree::run_block(const Tree& statement) {
  std::string language = "plpgsql", body;
  for (const auto& item : member(statement, "args")) {
    const auto& option = member(item, "DefElem");
    const auto value = name_part(member(option, "arg"));
    (member_text(option, "defname") == "language" ? language : body) = value;
  }
  if (language != "plpgsql") return give_up(fmt::format("DO in {}", displayed(language)));
  if (++depth_ > deepest_text) return give_up("runs texts in texts");
  follow_plpgsql("CREATE FUNCTION block() RETURNS void", body);
  --depth_;
}

// --- PL/pgSQL -----------------------------------------------------------------------------------

/// What a variable has from the start.
void CodeTree::note_default(const Tree& variable) {
  const auto text = member_text(member(member(variable, "default_val"), "PLpgSQL_expr"), "query");
  if (!text.empty() && parameters_.any()) note_assignment(member_text(variable, "refname"), text);
}

/// SELECT ... INTO NEW.a
void CodeTree::note_targets(const Tree& row) {
  for (const auto& field : member(row, "fields")) {
    const auto name = member_text(field, "name");
    if (callers_types_.is_target(name)) code_.callers_types = true;
  }
}

/// `node` holds expressions; `key` is which statement or variable it is.
void CodeTree::plpgsql_node(const std::string& key, const Tree& node) {
  const bool runs_text = key == "PLpgSQL_stmt_dynexecute" || key == "PLpgSQL_stmt_dynfors";
  constexpr std::array deciding{"PLpgSQL_stmt_if",   "PLpgSQL_if_elsif",    "PLpgSQL_stmt_case",
                                "PLpgSQL_case_when", "PLpgSQL_stmt_assert", "PLpgSQL_stmt_while",
                                "PLpgSQL_stmt_exit"};
  if (std::find(deciding.begin(), deciding.end(), key) != deciding.end()) parameters_.decides();
  if (key == "PLpgSQL_type") plpgsql_type(member_text(node, "typname"));
  if (key == "PLpgSQL_var") note_default(node);
  if (key == "PLpgSQL_row") note_targets(node);
  const bool has_statement = key == "PLpgSQL_stmt_execsql" || key == "PLpgSQL_stmt_perform" ||
                             key == "PLpgSQL_stmt_call" || key == "PLpgSQL_stmt_fors" ||
                             key == "PLpgSQL_stmt_return_query" || key == "PLpgSQL_stmt_open";
  for (auto item = node.begin(); item != node.end(); ++item) {
    if (!item->is_object() || !item->contains("PLpgSQL_expr")) continue;
    const auto text = member_text(member(*item, "PLpgSQL_expr"), "query");
    if (item.key() == "dynquery" || (runs_text && item.key() == "query")) {
      follow_dynamic(text, "EXECUTE");
    } else if (key == "PLpgSQL_stmt_return" && callers_types_.is_row(text)) {
      continue;
    } else if (key == "PLpgSQL_stmt_assign") {
      follow_assignment(text);
    } else if (item.key() == "cursor_explicit_expr" ||
               (has_statement && item.key() != "argquery")) {
      follow_sql(text);
    } else {
      follow_expression(text);
    }
  }
}

void CodeTree::follow_plpgsql(const std::string& head, const std::string& body) {
  const auto [function, error] = read_plpgsql(head, body);
  if (!function.is_object()) {
    return give_up(fmt::format("the body is not understood: {}",
                               error.empty() ? "no UTF-8" : displayed(error)));
  }
  std::vector<const Tree*> todo{&function};
  while (!todo.empty()) {
    const auto& node = *todo.back();
    todo.pop_back();
    if (node.is_array()) {
      for (auto item = node.rbegin(); item != node.rend(); ++item) {
        // Of USING and RAISE: expressions in a list.
        if (item->is_object() && item->contains("PLpgSQL_expr")) plpgsql_node("", {{"", *item}});
        todo.push_back(&*item);
      }
    } else if (node.is_object()) {
      for (auto item = node.begin(); item != node.end(); ++item) {
        if (item->is_object()) plpgsql_node(item.key(), *item);
        if (item->is_structured()) todo.push_back(&*item);
      }
    }
  }
}

}  // namespace pgleast
