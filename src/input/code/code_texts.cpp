// Texts that are code, and the texts in them: EXECUTE, DO, the statements of PL/pgSQL.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "input/code/code_tree.hpp"
#include "input/code/tree_member.hpp"
#include "input/sql/code_text.hpp"
#include "input/sql/parser.hpp"
#include "input/sql/plpgsql_tree.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

using Tree = nlohmann::json;

constexpr int deepest_text = 8;  // a DO in an EXECUTE in a DO

}  // namespace

void CodeTree::follow_sql(const std::string& text) {
  if (++depth_ > deepest_text) return give_up("runs texts in texts");
  const auto tree = tree_of_text(text);
  if (tree.why.empty()) {
    walk(tree.statements);
  } else {
    give_up(tree.why);
  }
  --depth_;
}

void CodeTree::follow_expression(const std::string& text) { follow_sql("SELECT " + text); }

void CodeTree::note_assignment(const std::string& target, const std::string& expression) {
  const auto value = tree_of_expression(expression);
  if (value.is_null()) return;
  const auto first = target.find_first_not_of(" \t\r\n");
  const auto last = target.find_last_not_of(" \t\r\n");
  if (first == std::string::npos) return;
  parameters_.assigned(target.substr(first, last - first + 1), value);
}

void CodeTree::follow_assignment(const std::string& text) {
  const auto assignment = assignment_in(text);
  if (!assignment) return give_up("an assignment is not understood");
  const auto& [target, value] = *assignment;
  if (target.find('[') != std::string::npos) follow_expression(target);
  if (callers_types_.is_target(target)) code_.callers_types = true;
  if (parameters_.any()) note_assignment(target, value);
  follow_expression(value);
}

void CodeTree::follow_dynamic(const std::string& expression, const char* by) {
  const auto value = tree_of_expression(expression);
  const auto text = text_of_parts(value);
  if (!text || !constant_text(value)) follow_expression(expression);
  if (text) return follow_sql(*text);
  if (!value.is_null()) parameters_.goes(Given::To::sql, value);
  give_up(fmt::format("{} of a text that is put together when it runs", by));
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

/// Of a variable: `text`, `app.t%ROWTYPE`, `numeric(10,2)`.
void CodeTree::plpgsql_type(const std::string& text) {
  const auto percent = text.find('%');
  if (percent != std::string::npos) {
    // A relation's, or one of its columns'.
    const auto value = tree_of_expression(text.substr(0, percent));
    const auto& names = member(member(value, "ColumnRef"), "fields");
    if (names.is_null()) return;
    const bool row = lower_case(text.substr(percent)).starts_with("%rowtype");
    auto relation = names;
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
  if (sql_tree("SELECT NULL::" + text).error.empty()) return follow_sql("SELECT NULL::" + text);
  looked_up(false, &NameLookup::types);
}

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
  constexpr std::array deciding{"PLpgSQL_stmt_if",   "PLpgSQL_if_elsif",    "PLpgSQL_stmt_case",
                                "PLpgSQL_case_when", "PLpgSQL_stmt_assert", "PLpgSQL_stmt_while",
                                "PLpgSQL_stmt_exit"};
  if (std::find(deciding.begin(), deciding.end(), key) != deciding.end()) parameters_.decides();
  if (key == "PLpgSQL_type") plpgsql_type(member_text(node, "typname"));
  if (key == "PLpgSQL_var") note_default(node);
  if (key == "PLpgSQL_row") note_targets(node);
  for (const auto& [kind, text] : texts_in(key, node)) {
    if (key == "PLpgSQL_stmt_return" && callers_types_.is_row(text)) continue;
    switch (kind) {
      case PlpgsqlText::Kind::dynamic:
        follow_dynamic(text, "EXECUTE");
        break;
      case PlpgsqlText::Kind::assignment:
        follow_assignment(text);
        break;
      case PlpgsqlText::Kind::statement:
        follow_sql(text);
        break;
      case PlpgsqlText::Kind::expression:
        follow_expression(text);
        break;
    }
  }
}

void CodeTree::follow_plpgsql(const std::string& head, const std::string& body) {
  const auto [function, error] = read_plpgsql(head, body);
  if (!function.is_object()) {
    return give_up(fmt::format("the body is not understood: {}",
                               error.empty() ? "no UTF-8" : displayed(error)));
  }
  each_plpgsql_node(function,
                    [this](const auto& key, const auto& node) { plpgsql_node(key, node); });
}

}  // namespace pgleast
