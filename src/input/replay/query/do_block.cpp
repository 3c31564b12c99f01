#include "input/replay/query/do_block.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "input/replay/query/eval.hpp"
#include "input/sql/parser.hpp"
#include "input/sql/plpgsql_tree.hpp"
#include "input/sql/psql_script.hpp"

namespace pgleast {
namespace {

constexpr std::size_t most_statements = 200000;
constexpr std::size_t longest_body = std::size_t{1} << 16U;
constexpr int deepest_statement = 100;
constexpr int error_level = 21;  // elog.h, ERROR

// --- Errors and their names (errcodes.txt) ------------------------------------------------------

struct NamedCondition {
  std::string_view begins, has, condition;
};

// The first that fits what Refused says.
constexpr std::array named_errors{
    NamedCondition{"relation ", "already exists", "duplicate_table"},
    NamedCondition{"schema ", "already exists", "duplicate_schema"},
    NamedCondition{"function ", "already exists", "duplicate_function"},
    NamedCondition{"database ", "already exists", "duplicate_database"},
    NamedCondition{"column ", "already exists", "duplicate_column"},
    NamedCondition{"", "already exists", "duplicate_object"},
    NamedCondition{"relation ", "does not exist", "undefined_table"},
    NamedCondition{"table ", "does not exist", "undefined_table"},
    NamedCondition{"view ", "does not exist", "undefined_table"},
    NamedCondition{"materialized view ", "does not exist", "undefined_table"},
    NamedCondition{"sequence ", "does not exist", "undefined_table"},
    NamedCondition{"function ", "does not exist", "undefined_function"},
    NamedCondition{"procedure ", "does not exist", "undefined_function"},
    NamedCondition{"column ", "does not exist", "undefined_column"},
    NamedCondition{"schema ", "does not exist", "invalid_schema_name"},
    NamedCondition{"database ", "does not exist", "invalid_catalog_name"},
    NamedCondition{"", "does not exist", "undefined_object"},
    NamedCondition{"permission denied", "", "insufficient_privilege"},
    NamedCondition{"must be ", "", "insufficient_privilege"},
    NamedCondition{"", "depend on", "dependent_objects_still_exist"},
};

std::string_view condition_of(std::string_view message) {
  for (const auto& e : named_errors) {
    const bool fits = message.starts_with(e.begins) && message.find(e.has) < message.size();
    if (fits) return e.condition;
  }
  return {};
}

struct Raised : Refused {
  using Refused::Refused;
};

// --- The block ----------------------------------------------------------------------------------

class RunningBlock {
 public:
  explicit RunningBlock(const BlockHost& host) : host_(host) {}

  void run(const std::string& body) {
    const auto [function, error] = read_plpgsql("CREATE FUNCTION f() RETURNS void", body);
    if (!error.empty()) throw NotFollowed{"the block is not understood: " + error};
    if (!function.is_object()) throw NotFollowed{"the block is not understood"};
    datums_ = list_at(function, "datums");
    variables_["found"] = false;
    for (const auto& datum : datums_) declare(datum);
    statements(list_at(node_at(node_at(function, "action"), "PLpgSQL_stmt_block"), "body"),
               node_at(node_at(node_at(function, "action"), "PLpgSQL_stmt_block"), "exceptions"));
  }

 private:
  enum class Flow : std::uint8_t { on, leave_loop, next_round, done };
  using Apply = Flow (RunningBlock::*)(const SqlNode&);
  struct Kind {
    std::string_view name;
    Apply apply;
  };

  static const SqlNode& variable_in(const SqlNode& datum) {
    return node_at(datum, datum.contains("PLpgSQL_rec") ? "PLpgSQL_rec" : "PLpgSQL_var");
  }

  void declare(const SqlNode& datum) {
    const auto& variable = variable_in(datum);
    const auto name = text_at(variable, "refname");
    if (name.empty() || name == "found") return;
    variables_[name] =
        variable.contains("default_val") ? value(node_at(variable, "default_val")) : SqlNode();
  }

  static std::string text_in(const SqlNode& expression) {
    return text_at(inside(expression, "PLpgSQL_expr"), "query");
  }

  struct Parsed {
    std::string text;
    SqlNode select;
  };

  /// Of a query; an expression is one without FROM.
  const Parsed& parsed(const std::string& text) {
    const auto found = parsed_.find(text);
    if (found != parsed_.end()) return found->second;
    const auto tree = sql_tree(text);
    if (!tree.error.empty()) throw Refused(tree.error);
    auto statements = SqlNode::parse(tree.json, nullptr, false);
    const SqlNode::json_pointer place("/stmts/0/stmt");
    if (!statements.contains(place)) throw NotFollowed{"an expression"};
    return parsed_.emplace(text, Parsed{text, statements[place]}).first->second;
  }

  SqlRows rows(const std::string& text) {
    const auto& query = parsed(text);
    if (!query.select.contains("SelectStmt")) throw NotFollowed{"a statement that returns rows"};
    return SqlEvaluator(host_.catalog, variables_, query.text).query(query.select);
  }

  SqlNode value_of(const std::string& text) {
    const auto result = rows("SELECT " + text);
    const bool one = !result.rows.empty() && !result.rows.front().empty();
    return one ? result.rows.front().front() : SqlNode();
  }
  SqlNode value(const SqlNode& expression) { return value_of(text_in(expression)); }
  bool holds(const SqlNode& expression) { return value(expression) == true; }

  // --- Statements ---

  /// With the handlers of a block.
  Flow statements(const SqlNode& body, const SqlNode& handlers) {
    if (handlers.empty()) return statements(body);
    const auto undo = host_.save();
    try {
      return statements(body);
    } catch (const Refused& e) {
      const auto* const handler = handler_of(handlers, e);
      if (handler == nullptr) throw;
      undo();
      variables_["sqlerrm"] = unknown_text();
      variables_["sqlstate"] = unknown_text();
      return statements(list_at(*handler, "action"));
    }
  }

  static SqlNode unknown_text() { return SqlNode::object({{"unseen", "anything"}}); }

  static const SqlNode* handler_of(const SqlNode& handlers, const Refused& error) {
    const auto raised = dynamic_cast<const Raised*>(&error) != nullptr;
    const auto name = raised ? "raise_exception" : condition_of(error.what());
    for (const auto& item : list_at(inside(handlers, "PLpgSQL_exception_block"), "exc_list")) {
      const auto& handler = inside(item, "PLpgSQL_exception");
      for (const auto& condition : list_at(handler, "conditions")) {
        const auto caught = text_at(inside(condition, "PLpgSQL_condition"), "condname");
        if (caught == "others" || (!name.empty() && caught == name)) return &handler;
      }
    }
    if (name.empty()) throw NotFollowed{"which handler an error has"};
    return nullptr;
  }

  Flow statements(const SqlNode& body) {
    if (++depth_ > deepest_statement) throw NotFollowed{"a block that is too deep"};
    auto flow = Flow::on;
    for (const auto& item : body) {
      flow = statement(item);
      if (flow != Flow::on) break;
    }
    --depth_;
    return flow;
  }

  Flow statement(const SqlNode& item) {
    if (++done_ > most_statements) throw NotFollowed{"a block that does too much"};
    const auto& name = item.begin().key();
    for (const auto& kind : kinds) {
      if (kind.name == name) return (this->*kind.apply)(item.begin().value());
    }
    throw NotFollowed{fmt::format("{} in a block", name.substr(name.rfind('_') + 1))};
  }

  Flow block(const SqlNode& node) {
    return statements(list_at(node, "body"), node_at(node, "exceptions"));
  }

  Flow condition(const SqlNode& node) {
    if (holds(node_at(node, "cond"))) return statements(list_at(node, "then_body"));
    for (const auto& item : list_at(node, "elsif_list")) {
      const auto& other = inside(item, "PLpgSQL_if_elsif");
      if (holds(node_at(other, "cond"))) return statements(list_at(other, "stmts"));
    }
    return statements(list_at(node, "else_body"));
  }

  Flow assign(const SqlNode& node) {
    const auto text = text_in(node_at(node, "expr"));
    const auto equals = text.find('=');
    if (equals == std::string::npos) throw NotFollowed{"an assignment"};
    const bool colon = equals > 0 && text[equals - 1] == ':';
    auto target = text.substr(0, equals - (colon ? 1 : 0));
    target = target.substr(0, target.find_last_not_of(" \t\r\n") + 1);
    const auto found = value_of(text.substr(equals + 1));
    const auto dot = target.find('.');
    auto& variable = variable_named(target.substr(0, dot));
    if (dot == std::string::npos) {
      variable = found;
    } else {
      const auto field = target.substr(dot + 1);
      if (!variable.contains(field)) throw NotFollowed{"an assignment"};
      variable[field] = found;
    }
    return Flow::on;
  }

  SqlNode& variable_named(const std::string& name) {
    const auto known = variables_.find(name);
    if (known == variables_.end()) throw NotFollowed{"an assignment"};
    return known->second;
  }

  static SqlNode record_of(const SqlRows& rows, std::size_t at) {
    auto record = SqlNode::object();
    for (std::size_t i = 0; i < rows.names.size(); ++i) record[rows.names[i]] = rows.rows[at][i];
    return record;
  }

  /// Nulls where there is no row.
  void assign_row(const SqlNode& target, const SqlRows& rows, std::optional<std::size_t> at) {
    if (target.contains("PLpgSQL_rec")) {
      variable_named(text_at(variable_in(target), "refname")) =
          at ? record_of(rows, *at) : SqlNode();
      return;
    }
    const auto& fields = list_at(inside(target, "PLpgSQL_row"), "fields");
    if (fields.empty()) throw NotFollowed{"where a row goes"};
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const bool given = at && i < rows.rows[*at].size();
      variable_named(text_at(fields[i], "name")) = given ? rows.rows[*at][i] : SqlNode();
    }
  }

  /// Whether the loop goes on.
  static bool goes_on(Flow& flow) {
    if (flow == Flow::next_round) flow = Flow::on;
    if (flow == Flow::on) return true;
    if (flow == Flow::leave_loop) flow = Flow::on;
    return false;
  }

  Flow each_row(const SqlNode& node, const SqlRows& all) {
    auto flow = Flow::on;
    for (std::size_t i = 0; i < all.rows.size(); ++i) {
      assign_row(node_at(node, "var"), all, i);
      flow = statements(list_at(node, "body"));
      if (!goes_on(flow)) break;
    }
    variables_["found"] = !all.rows.empty();
    return flow;
  }

  Flow for_query(const SqlNode& node) {
    return each_row(node, rows(text_in(node_at(node, "query"))));
  }

  Flow for_text(const SqlNode& node) {
    if (node.contains("params")) throw NotFollowed{"EXECUTE ... USING"};
    return each_row(node, rows(text_of_value(value(node_at(node, "query")))));
  }

  Flow for_numbers(const SqlNode& node) {
    if (node.contains("reverse") || node.contains("step")) throw NotFollowed{"a loop that is odd"};
    const auto name = text_at(node_at(node_at(node, "var"), "PLpgSQL_var"), "refname");
    const auto least = value(node_at(node, "lower"));
    const auto most = value(node_at(node, "upper"));
    if (!least.is_number() || !most.is_number()) throw Refused("bound of FOR loop cannot be null");
    auto flow = Flow::on;
    for (auto i = least.get<std::int64_t>(); i <= most.get<std::int64_t>(); ++i) {
      if (++done_ > most_statements) throw NotFollowed{"a block that does too much"};
      variables_[name] = i;
      flow = statements(list_at(node, "body"));
      if (!goes_on(flow)) break;
    }
    return flow;
  }

  Flow for_elements(const SqlNode& node) {
    const auto all = value(node_at(node, "expr"));
    if (!all.is_array()) throw Refused("FOREACH expression must not be null");
    const auto number = node.value("varno", std::size_t{0});
    const auto& datum = number < datums_.size() ? datums_[number] : node;
    const auto name = text_at(variable_in(datum), "refname");
    auto flow = Flow::on;
    for (const auto& item : all) {
      variable_named(name) = item;
      flow = statements(list_at(node, "body"));
      if (!goes_on(flow)) break;
    }
    return flow;
  }

  Flow loop(const SqlNode& node) {
    auto flow = Flow::on;
    for (;;) {
      if (++done_ > most_statements) throw NotFollowed{"a block that does too much"};
      if (node.contains("cond") && !holds(node["cond"])) return flow;
      flow = statements(list_at(node, "body"));
      if (!goes_on(flow)) return flow;
    }
  }

  Flow leave(const SqlNode& node) {
    if (node.contains("label")) throw NotFollowed{"a label"};
    if (node.contains("cond") && !holds(node["cond"])) return Flow::on;
    return truth_at(node, "is_exit") ? Flow::leave_loop : Flow::next_round;
  }

  Flow finish(const SqlNode&) { return Flow::done; }

  Flow raise(const SqlNode& node) {
    for (const auto& item : list_at(node, "params")) {
      try {
        value(item);
      } catch (const NotFollowed&) {
        // What an error said is only shown.
        if (text_in(item) != "SQLERRM" && text_in(item) != "SQLSTATE") throw;
      }
    }
    if (node.value("elog_level", 0) < error_level) return Flow::on;
    throw Raised(text_at(node, "message"));
  }

  Flow assure(const SqlNode& node) {
    if (!holds(node_at(node, "cond"))) throw Refused("assertion failed");
    return Flow::on;
  }

  void into(const SqlNode& node, const SqlRows& found) {
    const auto at = found.rows.empty() ? std::nullopt : std::optional<std::size_t>(0);
    if (!at && truth_at(node, "strict")) throw Refused("query returned no rows");
    assign_row(node_at(node, "target"), found, at);
  }

  Flow sql(const SqlNode& node) {
    const auto text = text_in(node_at(node, "sqlstmt"));
    if (truth_at(node, "into")) {
      const auto found = rows(text);
      into(node, found);
      variables_["found"] = !found.rows.empty();
    } else {
      host_.run(text);
    }
    return Flow::on;
  }

  /// It leaves FOUND alone.
  Flow execute(const SqlNode& node) {
    const auto text = value(node_at(node, "query"));
    if (text.is_null()) throw Refused("query string argument of EXECUTE is null");
    if (node.contains("params") && text_of_value(text).find('$') != std::string::npos) {
      throw NotFollowed{"EXECUTE ... USING"};
    }
    if (truth_at(node, "into")) {
      into(node, rows(text_of_value(text)));
    } else {
      host_.run(text_of_value(text));
    }
    return Flow::on;
  }

  /// A query for what it finds; what a function of the session's settings does is done.
  Flow perform(const SqlNode& node) {
    const auto text = text_in(node_at(node, "expr"));
    if (text.find("set_config") != std::string::npos) {
      host_.run(text);
    } else {
      variables_["found"] = !rows(text).rows.empty();
    }
    return Flow::on;
  }

  static constexpr std::array kinds{
      Kind{"PLpgSQL_stmt_assert", &RunningBlock::assure},
      Kind{"PLpgSQL_stmt_assign", &RunningBlock::assign},
      Kind{"PLpgSQL_stmt_block", &RunningBlock::block},
      Kind{"PLpgSQL_stmt_dynexecute", &RunningBlock::execute},
      Kind{"PLpgSQL_stmt_dynfors", &RunningBlock::for_text},
      Kind{"PLpgSQL_stmt_execsql", &RunningBlock::sql},
      Kind{"PLpgSQL_stmt_exit", &RunningBlock::leave},
      Kind{"PLpgSQL_stmt_foreach_a", &RunningBlock::for_elements},
      Kind{"PLpgSQL_stmt_fori", &RunningBlock::for_numbers},
      Kind{"PLpgSQL_stmt_fors", &RunningBlock::for_query},
      Kind{"PLpgSQL_stmt_if", &RunningBlock::condition},
      Kind{"PLpgSQL_stmt_loop", &RunningBlock::loop},
      Kind{"PLpgSQL_stmt_perform", &RunningBlock::perform},
      Kind{"PLpgSQL_stmt_raise", &RunningBlock::raise},
      Kind{"PLpgSQL_stmt_return", &RunningBlock::finish},
      Kind{"PLpgSQL_stmt_while", &RunningBlock::loop},
  };

  const BlockHost& host_;
  SqlNode datums_;
  SqlVariables variables_;
  std::map<std::string, Parsed> parsed_;
  std::size_t done_ = 0;
  int depth_ = 0;
};

/// Variables of inner blocks, and two of one name, cannot be told apart in the tree.
bool declares_once(const std::string& body) {
  PsqlScript items(body);
  std::size_t declarations = 0;
  while (const auto item = items.next()) {
    if (item->kind != PsqlItem::Kind::statement) return false;
    declarations +=
        static_cast<std::size_t>(std::count_if(item->tokens.begin(), item->tokens.end(),
                                               [](const SqlToken& t) { return t.is("declare"); }));
  }
  return declarations < 2;
}

}  // namespace

void run_do_block(const SqlNode& statement, const BlockHost& host) {
  std::string body, language = "plpgsql";
  for (const auto& item : list_at(statement, "args")) {
    const auto& option = inside(item, "DefElem");
    (text_at(option, "defname") == "language" ? language : body) =
        string_of(node_at(option, "arg"));
  }
  if (language != "plpgsql") throw NotFollowed{"it is written in another language"};
  if (body.size() > longest_body || body.find('\0') != std::string::npos || !declares_once(body)) {
    throw NotFollowed{"a block of another shape"};
  }
  RunningBlock(host).run(body);
}

}  // namespace pgleast
