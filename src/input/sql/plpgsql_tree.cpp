#include "input/sql/plpgsql_tree.hpp"

#include <array>
#include <string_view>
#include <vector>

#include "input/sql/parser.hpp"
#include "input/sql/psql_script.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::string_view blanks = " \t\r\n\f\v";

/// A PLpgSQL_rec comes without its default, so `r record := f()` must not become one: no version
/// takes the quoted name of the type for it. Version 15 takes only RECORD, in capitals and with the
/// `;` right behind it. To PostgreSQL all are the same, wherever the word stands.
std::string with_plain_records(const std::string& body) {
  std::string text;
  std::size_t at = 0;
  PsqlScript items(body);
  while (const auto item = items.next()) {
    for (const auto& token : item->tokens) {
      if (!token.is("record")) continue;
      const auto next = body.find_first_not_of(blanks, token.span.end);
      const bool ends = next < body.size() && body[next] == ';';
      text += body.substr(at, token.span.begin - at) + (ends ? "RECORD" : "\"record\"");
      at = ends ? next : token.span.end;
    }
  }
  return text + body.substr(at);
}

/// Of a datum: is it a variable for rows of any shape, or of a table's?
bool holds_row(const SqlNode& datum) {
  const auto& type = node_at(node_at(datum, "PLpgSQL_var"), "datatype");
  const auto name = lower_case(text_at(node_at(type, "PLpgSQL_type"), "typname"));
  const auto word = name.substr(0, name.find_last_not_of(blanks) + 1);
  return word == "record" || word == "\"record\"" || word.ends_with("%rowtype");
}

/// What no line declares, a parameter or FOUND, has its type from elsewhere: nothing is looked up
/// for it. From 17 on the tree tells it all the same.
void leave_out_type(SqlNode& datum) {
  const auto variable = datum.find("PLpgSQL_var");
  if (variable == datum.end() || variable->contains("lineno")) return;
  variable->erase("datatype");
}

void rename(SqlNode& node, const char* from, const char* to) {
  auto value = std::move(node[from]);
  node = SqlNode::object({{to, std::move(value)}});
}

/// `{"PLpgSQL_row": {"fields": [{"name": "r", "varno": 1}]}}` where datum 1 holds a row.
void read_target(SqlNode& target, const SqlNode& datums) {
  const auto& fields = list_at(node_at(target, "PLpgSQL_row"), "fields");
  if (fields.size() != 1 || !fields.front().is_object()) return;
  const auto number = fields.front().value("varno", std::size_t{0});
  if (number >= datums.size() || !datums[number].contains("PLpgSQL_rec")) return;
  target = {{"PLpgSQL_rec", {{"refname", text_at(fields.front(), "name")}}}};
}

// Not by calling itself: blocks nest deep.
void read_targets(SqlNode& action, const SqlNode& datums) {
  constexpr std::array targets{"var", "target"};
  std::vector<SqlNode*> todo{&action};
  while (!todo.empty()) {
    auto& node = *todo.back();
    todo.pop_back();
    for (const auto* const key : targets) {
      if (node.is_object() && node.contains(key)) read_target(node[key], datums);
    }
    for (auto& item : node) {
      if (item.is_structured()) todo.push_back(&item);
    }
  }
}

}  // namespace

PlpgsqlTree read_plpgsql(const std::string& head, const std::string& body) {
  const auto tree =
      plpgsql_tree(head + " LANGUAGE plpgsql AS " + quote_literal(with_plain_records(body)));
  if (!tree.error.empty()) return {nullptr, tree.error};
  auto parsed = SqlNode::parse(tree.json, nullptr, false);
  if (!parsed.is_array() || parsed.empty()) return {nullptr, ""};
  auto function = std::move(parsed.front()["PLpgSQL_function"]);
  auto& datums = function["datums"];
  for (auto& datum : datums) {
    leave_out_type(datum);
    if (holds_row(datum)) rename(datum, "PLpgSQL_var", "PLpgSQL_rec");
  }
  read_targets(function["action"], datums);
  return {std::move(function), ""};
}

}  // namespace pgleast
