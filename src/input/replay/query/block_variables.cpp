#include "input/replay/query/block_variables.hpp"

#include "input/sql/parser.hpp"

namespace pgleast {
namespace {

SqlNode record_of(const SqlRows& rows, std::size_t at) {
  auto record = SqlNode::object();
  for (std::size_t i = 0; i < rows.names.size(); ++i) record[rows.names[i]] = rows.rows[at][i];
  return record;
}

}  // namespace

std::string text_in(const SqlNode& expression) {
  return text_at(inside(expression, "PLpgSQL_expr"), "query");
}

const SqlNode& variable_in(const SqlNode& datum) {
  return node_at(datum, datum.contains("PLpgSQL_rec") ? "PLpgSQL_rec" : "PLpgSQL_var");
}

void BlockVariables::declare(const SqlNode& datums) {
  datums_ = datums;
  values_["found"] = false;
  for (const auto& datum : datums_) {
    const auto& variable = variable_in(datum);
    const auto name = text_at(variable, "refname");
    if (name.empty() || name == "found") continue;
    values_[name] =
        variable.contains("default_val") ? value(node_at(variable, "default_val")) : SqlNode();
  }
}

SqlNode& BlockVariables::named(const std::string& name) {
  const auto known = values_.find(name);
  if (known == values_.end()) throw Undecidable{"an assignment"};
  return known->second;
}

std::string BlockVariables::name_of(std::size_t datum) const {
  return datum < datums_.size() ? text_at(variable_in(datums_[datum]), "refname") : "";
}

void BlockVariables::assign(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) throw Undecidable{"an assignment"};
  const bool colon = equals > 0 && text[equals - 1] == ':';
  auto target = text.substr(0, equals - (colon ? 1 : 0));
  target = target.substr(0, target.find_last_not_of(" \t\r\n") + 1);
  const auto found = value_of(text.substr(equals + 1));
  const auto dot = target.find('.');
  auto& variable = named(target.substr(0, dot));
  if (dot == std::string::npos) {
    variable = found;
    return;
  }
  const auto field = target.substr(dot + 1);
  if (!variable.contains(field)) throw Undecidable{"an assignment"};
  variable[field] = found;
}

void BlockVariables::assign_row(const SqlNode& target, const SqlRows& rows,
                                std::optional<std::size_t> at) {
  if (target.contains("PLpgSQL_rec")) {
    named(text_at(variable_in(target), "refname")) = at ? record_of(rows, *at) : SqlNode();
    return;
  }
  const auto& fields = list_at(inside(target, "PLpgSQL_row"), "fields");
  if (fields.empty()) throw Undecidable{"where a row goes"};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const bool given = at && i < rows.rows[*at].size();
    named(text_at(fields[i], "name")) = given ? rows.rows[*at][i] : SqlNode();
  }
}

/// Of a query; an expression is one without FROM.
const BlockVariables::Parsed& BlockVariables::parsed(const std::string& query) {
  const auto found = parsed_.find(query);
  if (found != parsed_.end()) return found->second;
  constexpr std::size_t most_parsed = 10000;
  if (parsed_.size() > most_parsed) throw Undecidable{"a block that puts together too many texts"};
  const auto tree = sql_tree(query);
  if (!tree.error.empty()) throw Refused(Condition::syntax_error, tree.error);
  auto statements = SqlNode::parse(tree.json, nullptr, false);
  const SqlNode::json_pointer place("/stmts/0/stmt");
  if (!statements.contains(place)) throw Undecidable{"an expression"};
  return parsed_.emplace(query, Parsed{query, statements[place]}).first->second;
}

SqlRows BlockVariables::rows(const std::string& query) {
  const auto& known = parsed(query);
  if (!known.select.contains("SelectStmt")) throw Undecidable{"a statement that returns rows"};
  constexpr std::size_t most_steps = 50000000;  // of all queries of a block
  SqlEvaluator evaluator(catalog_, values_, known.text);
  auto result = evaluator.query(known.select);
  steps_ += evaluator.steps();
  if (steps_ > most_steps) throw Undecidable{"a block that looks at too much"};
  return result;
}

SqlNode BlockVariables::value_of(const std::string& expression) {
  const auto result = rows("SELECT " + expression);
  const bool one = !result.rows.empty() && !result.rows.front().empty();
  return one ? result.rows.front().front() : SqlNode();
}

}  // namespace pgleast
