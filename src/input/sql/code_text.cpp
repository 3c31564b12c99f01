#include "input/sql/code_text.hpp"

#include <fmt/format.h>

#include <cctype>

#include "input/sql/parser.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {

TextTree tree_of_text(const std::string& text) {
  const auto tree = sql_tree(text);
  auto parsed = tree.error.empty() ? SqlNode::parse(tree.json, nullptr, false) : SqlNode();
  if (!parsed.is_object()) {
    return {nullptr, fmt::format("a statement is not understood: {}",
                                 tree.error.empty() ? "no UTF-8" : displayed(tree.error))};
  }
  return {std::move(parsed["stmts"]), ""};
}

SqlNode tree_in_text(const std::string& text, const std::string& place) {
  auto tree = tree_of_text(text);
  const SqlNode::json_pointer at("/0/stmt/" + place);
  return tree.statements.contains(at) ? std::move(tree.statements[at]) : SqlNode();
}

SqlNode tree_of_expression(const std::string& text) {
  return tree_in_text("SELECT " + text, "SelectStmt/targetList/0/ResTarget/val");
}

bool is_statement(std::string_view key) {
  return key.ends_with("Stmt") && std::isupper(static_cast<unsigned char>(key.front())) != 0;
}

std::string words_of_statement(std::string_view key) {
  std::string words;
  for (const char c : key.substr(0, key.size() - std::string_view("Stmt").size())) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !words.empty()) words += ' ';
    words += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return words;
}

void each_plpgsql_node(const SqlNode& function, const TakePlpgsqlNode& take) {
  std::vector<const SqlNode*> todo{&function};
  while (!todo.empty()) {
    const auto& node = *todo.back();
    todo.pop_back();
    if (node.is_array()) {
      for (auto item = node.rbegin(); item != node.rend(); ++item) {
        // Of USING and RAISE: expressions in a list.
        if (item->is_object() && item->contains("PLpgSQL_expr")) take("", {{"", *item}});
        todo.push_back(&*item);
      }
    } else if (node.is_object()) {
      for (const auto& [key, value] : node.items()) {
        if (value.is_object()) take(key, value);
        if (value.is_structured()) todo.push_back(&value);
      }
    }
  }
}

std::vector<PlpgsqlText> texts_in(const std::string& key, const SqlNode& node) {
  using Kind = PlpgsqlText::Kind;
  const bool runs_text = key == "PLpgSQL_stmt_dynexecute" || key == "PLpgSQL_stmt_dynfors";
  const bool has_statement = key == "PLpgSQL_stmt_execsql" || key == "PLpgSQL_stmt_perform" ||
                             key == "PLpgSQL_stmt_call" || key == "PLpgSQL_stmt_fors" ||
                             key == "PLpgSQL_stmt_return_query" || key == "PLpgSQL_stmt_open";
  const auto kind_of = [&](const std::string& part) {
    if (part == "dynquery" || (runs_text && part == "query")) return Kind::dynamic;
    if (key == "PLpgSQL_stmt_assign") return Kind::assignment;
    const bool statement = part == "cursor_explicit_expr" || (has_statement && part != "argquery");
    return statement ? Kind::statement : Kind::expression;
  };
  std::vector<PlpgsqlText> result;
  for (const auto& [part, value] : node.items()) {
    if (!value.is_object() || !value.contains("PLpgSQL_expr")) continue;
    result.push_back({kind_of(part), text_at(value["PLpgSQL_expr"], "query")});
  }
  return result;
}

std::optional<Assignment> assignment_in(const std::string& text) {
  int brackets = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (text[i] == '[') ++brackets;
    if (text[i] == ']') --brackets;
    if (text[i] != '=' || brackets != 0) continue;
    const bool colon = i > 0 && text[i - 1] == ':';
    return Assignment{text.substr(0, i - (colon ? 1 : 0)), text.substr(i + 1)};
  }
  return std::nullopt;
}

std::string plpgsql_head(const std::vector<std::string>& parameters, bool trigger,
                         bool returns_set) {
  std::string text = "CREATE FUNCTION f(";
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto& name = parameters[i];
    text += fmt::format("{}{} text", i == 0 ? "" : ", ",
                        quote_identifier(name.empty() ? fmt::format("${}", i + 1) : name));
  }
  return text + ") RETURNS " + (trigger ? "trigger" : returns_set ? "SETOF record" : "record");
}

}  // namespace pgleast
