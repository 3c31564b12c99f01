#include "input/replay/query/do_block.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "input/replay/query/eval.hpp"
#include "input/sql/parser.hpp"
#include "input/sql/psql_script.hpp"
#include "pg/condition.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

constexpr std::size_t most_statements = 200000;
constexpr std::size_t longest_body = std::size_t{1} << 16U;
constexpr int deepest_statement = 100;
constexpr int error_level = 21;    // elog.h, ERROR
constexpr int errcode_option = 0;  // plpgsql.h, PLPGSQL_RAISEOPTION_ERRCODE

// --- The block ----------------------------------------------------------------------------------

class RunningBlock {
 public:
  explicit RunningBlock(const BlockHost& host) : host_(host) {}

  void run(const std::string& body) {
    const auto parsed =
        plpgsql_tree("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS " + quote_literal(body));
    if (!parsed.error.empty()) throw Undecidable{"the block is not understood: " + parsed.error};
    const auto tree = SqlNode::parse(parsed.json, nullptr, false);
    if (!tree.is_array() || tree.empty()) throw Undecidable{"the block is not understood"};
    const auto& function = node_at(tree.front(), "PLpgSQL_function");
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

  void declare(const SqlNode& datum) {
    const auto& variable = node_at(datum, "PLpgSQL_var");
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
    if (!tree.error.empty()) throw Refused(Condition::syntax_error, tree.error);
    auto statements = SqlNode::parse(tree.json, nullptr, false);
    const SqlNode::json_pointer place("/stmts/0/stmt");
    if (!statements.contains(place)) throw Undecidable{"an expression"};
    return parsed_.emplace(text, Parsed{text, statements[place]}).first->second;
  }

  SqlRows rows(const std::string& text) {
    const auto& query = parsed(text);
    if (!query.select.contains("SelectStmt")) throw Undecidable{"a statement that returns rows"};
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
    const auto outer = handled_;
    try {
      return statements(body);
    } catch (const Refused& e) {
      const auto* const handler = handler_of(handlers, e.condition());
      handled_ = outer;
      if (handler == nullptr) throw;
      undo();
      handled_ = e;
      variables_["sqlerrm"] = unknown_text();
      variables_["sqlstate"] = unknown_text();
      const auto flow = statements(list_at(*handler, "action"));
      handled_ = outer;
      return flow;
    }
  }

  static SqlNode unknown_text() { return SqlNode::object({{"unseen", "anything"}}); }

  /// The first that takes the error.
  static const SqlNode* handler_of(const SqlNode& handlers, Condition raised) {
    for (const auto& item : list_at(inside(handlers, "PLpgSQL_exception_block"), "exc_list")) {
      const auto& handler = inside(item, "PLpgSQL_exception");
      for (const auto& condition : list_at(handler, "conditions")) {
        const auto name = text_at(inside(condition, "PLpgSQL_condition"), "condname");
        if (is_handled_by(raised, name)) return &handler;
      }
    }
    return nullptr;
  }

  Flow statements(const SqlNode& body) {
    if (++depth_ > deepest_statement) throw Undecidable{"a block that is too deep"};
    auto flow = Flow::on;
    for (const auto& item : body) {
      flow = statement(item);
      if (flow != Flow::on) break;
    }
    --depth_;
    return flow;
  }

  Flow statement(const SqlNode& item) {
    if (++done_ > most_statements) throw Undecidable{"a block that does too much"};
    const auto& name = item.begin().key();
    for (const auto& kind : kinds) {
      if (kind.name == name) return (this->*kind.apply)(item.begin().value());
    }
    throw Undecidable{fmt::format("{} in a block", name.substr(name.rfind('_') + 1))};
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
    if (equals == std::string::npos) throw Undecidable{"an assignment"};
    const bool colon = equals > 0 && text[equals - 1] == ':';
    auto target = text.substr(0, equals - (colon ? 1 : 0));
    target = target.substr(0, target.find_last_not_of(" \t\r\n") + 1);
    const auto found = value_of(text.substr(equals + 1));
    const auto dot = target.find('.');
    auto& variable = variable_named(target.substr(0, dot));
    if (dot == std::string::npos) {
      variable = found;
    } else {
      variable[target.substr(dot + 1)] = found;
    }
    return Flow::on;
  }

  SqlNode& variable_named(const std::string& name) {
    const auto known = variables_.find(name);
    if (known == variables_.end()) throw Undecidable{"an assignment"};
    return known->second;
  }

  static SqlNode record_of(const SqlRows& rows, std::size_t at) {
    auto record = SqlNode::object();
    for (std::size_t i = 0; i < rows.names.size(); ++i) record[rows.names[i]] = rows.rows[at][i];
    return record;
  }

  /// Nulls where there is no row.
  void assign_row(const SqlNode& target, const SqlRows& rows, std::optional<std::size_t> at) {
    const auto& fields = list_at(inside(target, "PLpgSQL_row"), "fields");
    if (fields.empty()) throw Undecidable{"where a row goes"};
    const auto number = fields.front().value("varno", std::size_t{0});
    const auto& datum = number < datums_.size() ? datums_[number] : target;
    const auto type = text_at(
        node_at(node_at(node_at(datum, "PLpgSQL_var"), "datatype"), "PLpgSQL_type"), "typname");
    if (fields.size() == 1 && (type == "record" || type.find("ROWTYPE") < type.size())) {
      variable_named(text_at(fields.front(), "name")) = at ? record_of(rows, *at) : SqlNode();
      return;
    }
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
    if (node.contains("params")) throw Undecidable{"EXECUTE ... USING"};
    return each_row(node, rows(text_of_value(value(node_at(node, "query")))));
  }

  Flow for_numbers(const SqlNode& node) {
    if (node.contains("reverse") || node.contains("step")) throw Undecidable{"a loop that is odd"};
    const auto name = text_at(node_at(node_at(node, "var"), "PLpgSQL_var"), "refname");
    const auto least = value(node_at(node, "lower"));
    const auto most = value(node_at(node, "upper"));
    if (!least.is_number() || !most.is_number())
      throw Refused(Condition::null_value_not_allowed, "bound of FOR loop cannot be null");
    auto flow = Flow::on;
    for (auto i = least.get<std::int64_t>(); i <= most.get<std::int64_t>(); ++i) {
      if (++done_ > most_statements) throw Undecidable{"a block that does too much"};
      variables_[name] = i;
      flow = statements(list_at(node, "body"));
      if (!goes_on(flow)) break;
    }
    return flow;
  }

  Flow for_elements(const SqlNode& node) {
    const auto all = value(node_at(node, "expr"));
    if (!all.is_array())
      throw Refused(Condition::null_value_not_allowed, "FOREACH expression must not be null");
    const auto number = node.value("varno", std::size_t{0});
    const auto& datum = number < datums_.size() ? datums_[number] : node;
    const auto name = text_at(node_at(datum, "PLpgSQL_var"), "refname");
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
      if (++done_ > most_statements) throw Undecidable{"a block that does too much"};
      if (node.contains("cond") && !holds(node["cond"])) return flow;
      flow = statements(list_at(node, "body"));
      if (!goes_on(flow)) return flow;
    }
  }

  Flow leave(const SqlNode& node) {
    if (node.contains("label")) throw Undecidable{"a label"};
    if (node.contains("cond") && !holds(node["cond"])) return Flow::on;
    return truth_at(node, "is_exit") ? Flow::leave_loop : Flow::next_round;
  }

  Flow finish(const SqlNode&) { return Flow::done; }

  Flow raise(const SqlNode& node) {
    for (const auto& item : list_at(node, "params")) {
      try {
        value(item);
      } catch (const Undecidable&) {
        // What an error said is only shown.
        if (text_in(item) != "SQLERRM" && text_in(item) != "SQLSTATE") throw;
      }
    }
    if (node.value("elog_level", 0) < error_level) return Flow::on;
    const bool bare =
        !node.contains("message") && !node.contains("condname") && list_at(node, "options").empty();
    if (bare) throw handled_ ? *handled_ : outside_handler();
    throw Refused(raised_condition(node), text_at(node, "message"));
  }

  static Refused outside_handler() {
    return {Condition::stacked_diagnostics_accessed_without_active_handler,
            "RAISE without parameters cannot be used outside an exception handler"};
  }

  /// What `RAISE EXCEPTION` says, `RAISE name` or `USING ERRCODE = name`.
  Condition raised_condition(const SqlNode& node) {
    auto name = text_at(node, "condname");
    for (const auto& item : list_at(node, "options")) {
      const auto& option = inside(item, "PLpgSQL_raise_option");
      const auto text = value(node_at(option, "expr"));
      if (option.value("opt_type", 0) == errcode_option) name = text_of_value(text);
    }
    if (name.empty()) return Condition::raise_exception;
    const auto named = conditions_named(name);
    if (named.empty()) throw Undecidable{"an error by a name that is not known"};
    return named.front();
  }

  Flow assure(const SqlNode& node) {
    if (!holds(node_at(node, "cond"))) throw Refused(Condition::assert_failure, "assertion failed");
    return Flow::on;
  }

  void into(const SqlNode& node, const SqlRows& found) {
    const auto at = found.rows.empty() ? std::nullopt : std::optional<std::size_t>(0);
    if (!at && truth_at(node, "strict"))
      throw Refused(Condition::no_data_found, "query returned no rows");
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
    if (text.is_null())
      throw Refused(Condition::null_value_not_allowed, "query string argument of EXECUTE is null");
    if (node.contains("params") && text_of_value(text).find('$') != std::string::npos) {
      throw Undecidable{"EXECUTE ... USING"};
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
  std::optional<Refused> handled_;  // by the handler that runs
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
  if (language != "plpgsql") throw Undecidable{"it is written in another language"};
  if (body.size() > longest_body || body.find('\0') != std::string::npos || !declares_once(body)) {
    throw Undecidable{"a block of another shape"};
  }
  RunningBlock(host).run(body);
}

}  // namespace pgleast
