// The statements of a DO block, one method each.
#include "input/replay/query/do_block.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "input/replay/query/block_variables.hpp"
#include "input/replay/query/value.hpp"
#include "input/sql/plpgsql_tree.hpp"
#include "input/sql/psql_script.hpp"
#include "pg/condition.hpp"

namespace pgleast {
namespace {

constexpr std::size_t most_statements = 200000;
constexpr std::size_t longest_body = std::size_t{1} << 16U;
constexpr int deepest_statement = 100;
constexpr int error_level = 21;    // elog.h, ERROR
constexpr int errcode_option = 0;  // plpgsql.h, PLPGSQL_RAISEOPTION_ERRCODE

class RunningBlock {
 public:
  explicit RunningBlock(const BlockHost& host) : host_(host), variables_(host.catalog) {}

  void run(const std::string& body) {
    const auto [function, error] = read_plpgsql("CREATE FUNCTION f() RETURNS void", body);
    if (!error.empty()) throw Undecidable{"the block is not understood: " + error};
    if (!function.is_object()) throw Undecidable{"the block is not understood"};
    variables_.declare(list_at(function, "datums"));
    block(node_at(node_at(function, "action"), "PLpgSQL_stmt_block"));
  }

 private:
  enum class Flow : std::uint8_t { on, leave_loop, next_round, done };
  using Apply = Flow (RunningBlock::*)(const SqlNode&);
  struct Kind {
    std::string_view name;
    Apply apply;
  };

  // --- Statements ---

  /// With the handlers of a block.
  Flow statements(const SqlNode& body, const SqlNode& handlers) {
    if (handlers.empty()) return statements(body);
    const auto undo = host_.save();
    const auto outer = handled_;
    const auto depth = depth_;
    try {
      const auto flow = statements(body);
      if (host_.doubtful()) throw Undecidable{"a statement that may fail has a handler"};
      return flow;
    } catch (const Refused& e) {
      const auto* const handler = handler_of(handlers, e.condition());
      handled_ = outer;
      depth_ = depth;
      if (handler == nullptr) throw;
      undo();
      host_.caught(e);
      handled_ = e;
      variables_.set("sqlerrm", unknown_text());
      variables_.set("sqlstate", unknown_text());
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
    if (variables_.holds(node_at(node, "cond"))) return statements(list_at(node, "then_body"));
    for (const auto& item : list_at(node, "elsif_list")) {
      const auto& other = inside(item, "PLpgSQL_if_elsif");
      if (variables_.holds(node_at(other, "cond"))) return statements(list_at(other, "stmts"));
    }
    return statements(list_at(node, "else_body"));
  }

  Flow assign(const SqlNode& node) {
    variables_.assign(text_in(node_at(node, "expr")));
    return Flow::on;
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
      variables_.assign_row(node_at(node, "var"), all, i);
      flow = statements(list_at(node, "body"));
      if (!goes_on(flow)) break;
    }
    variables_.set("found", !all.rows.empty());
    return flow;
  }

  Flow for_query(const SqlNode& node) {
    return each_row(node, variables_.rows(text_in(node_at(node, "query"))));
  }

  Flow for_text(const SqlNode& node) {
    if (node.contains("params")) throw Undecidable{"EXECUTE ... USING"};
    return each_row(node, variables_.rows(text_of_value(variables_.value(node_at(node, "query")))));
  }

  Flow for_numbers(const SqlNode& node) {
    if (node.contains("reverse") || node.contains("step")) throw Undecidable{"a loop that is odd"};
    const auto name = text_at(node_at(node_at(node, "var"), "PLpgSQL_var"), "refname");
    const auto least = variables_.value(node_at(node, "lower"));
    const auto most = variables_.value(node_at(node, "upper"));
    if (!least.is_number() || !most.is_number()) {
      throw Refused(Condition::null_value_not_allowed, "bound of FOR loop cannot be null");
    }
    auto flow = Flow::on;
    for (auto i = least.get<std::int64_t>(); i <= most.get<std::int64_t>(); ++i) {
      if (++done_ > most_statements) throw Undecidable{"a block that does too much"};
      variables_.set(name, i);
      flow = statements(list_at(node, "body"));
      if (!goes_on(flow)) break;
    }
    return flow;
  }

  Flow for_elements(const SqlNode& node) {
    const auto all = variables_.value(node_at(node, "expr"));
    if (!all.is_array()) {
      throw Refused(Condition::null_value_not_allowed, "FOREACH expression must not be null");
    }
    const auto name = variables_.name_of(node.value("varno", std::size_t{0}));
    auto flow = Flow::on;
    for (const auto& item : all) {
      variables_.named(name) = item;
      flow = statements(list_at(node, "body"));
      if (!goes_on(flow)) break;
    }
    return flow;
  }

  Flow loop(const SqlNode& node) {
    auto flow = Flow::on;
    for (;;) {
      if (++done_ > most_statements) throw Undecidable{"a block that does too much"};
      if (node.contains("cond") && !variables_.holds(node["cond"])) return flow;
      flow = statements(list_at(node, "body"));
      if (!goes_on(flow)) return flow;
    }
  }

  Flow leave(const SqlNode& node) {
    if (node.contains("label")) throw Undecidable{"a label"};
    if (node.contains("cond") && !variables_.holds(node["cond"])) return Flow::on;
    return truth_at(node, "is_exit") ? Flow::leave_loop : Flow::next_round;
  }

  Flow finish(const SqlNode&) { return Flow::done; }

  Flow raise(const SqlNode& node) {
    for (const auto& item : list_at(node, "params")) {
      try {
        variables_.value(item);
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
      const auto text = variables_.value(node_at(option, "expr"));
      if (option.value("opt_type", 0) == errcode_option) name = text_of_value(text);
    }
    if (name.empty()) return Condition::raise_exception;
    const auto named = conditions_named(name);
    if (named.empty()) throw Undecidable{"an error by a name that is not known"};
    return named.front();
  }

  Flow assure(const SqlNode& node) {
    if (!variables_.holds(node_at(node, "cond"))) {
      throw Refused(Condition::assert_failure, "assertion failed");
    }
    return Flow::on;
  }

  void into(const SqlNode& node, const SqlRows& found) {
    const auto at = found.rows.empty() ? std::nullopt : std::optional<std::size_t>(0);
    if (!at && truth_at(node, "strict")) {
      throw Refused(Condition::no_data_found, "query returned no rows");
    }
    variables_.assign_row(node_at(node, "target"), found, at);
  }

  Flow sql(const SqlNode& node) {
    const auto text = text_in(node_at(node, "sqlstmt"));
    if (truth_at(node, "into")) {
      const auto found = variables_.rows(text);
      into(node, found);
      variables_.set("found", !found.rows.empty());
    } else {
      host_.run(text);
    }
    return Flow::on;
  }

  /// It leaves FOUND alone.
  Flow execute(const SqlNode& node) {
    const auto text = variables_.value(node_at(node, "query"));
    if (text.is_null()) {
      throw Refused(Condition::null_value_not_allowed, "query string argument of EXECUTE is null");
    }
    if (node.contains("params") && text_of_value(text).find('$') != std::string::npos) {
      throw Undecidable{"EXECUTE ... USING"};
    }
    if (truth_at(node, "into")) {
      into(node, variables_.rows(text_of_value(text)));
    } else {
      const auto statement = text_of_value(text);
      done_ += statement.size() / 64;
      host_.run(statement);
    }
    return Flow::on;
  }

  /// A query for what it finds; what a function of the session's settings does is done.
  Flow perform(const SqlNode& node) {
    const auto text = text_in(node_at(node, "expr"));
    if (text.find("set_config") != std::string::npos) {
      host_.run(text);
    } else {
      variables_.set("found", !variables_.rows(text).rows.empty());
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
  BlockVariables variables_;
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
