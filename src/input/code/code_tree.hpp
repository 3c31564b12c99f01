#pragma once
// Gathers what parse trees use. The trees are libpg_query's JSON; texts inside texts (DO, EXECUTE
// of a constant) are followed.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "input/code/callers_types.hpp"
#include "input/code/code_names.hpp"
#include "input/code/parameter_flow.hpp"
#include "model/code.hpp"

namespace pgleast {

class CodeTree {
 public:
  CodeTree(const CodeNames& names, NamePath path, const std::vector<Parameter>& parameters = {},
           bool trigger = false)
      : names_(names),
        path_(std::move(path)),
        parameters_(parameters),
        callers_types_(parameters, trigger) {
    code_.names->when_run = !path_.bound;
  }

  void follow_sql(const std::string& text);
  void follow_expression(const std::string& text);
  /// `name[i] := expression`
  void follow_assignment(const std::string& text);
  /// An expression whose value is run as SQL.
  void follow_dynamic(const std::string& expression, const char* by);
  /// `head` as read_plpgsql takes it.
  void follow_plpgsql(const std::string& head, const std::string& body);
  void give_up(const std::string& why);
  /// PL/pgSQL has other names for what its caller gives: ALIAS FOR.
  void has_aliases() { code_.callers_types = code_.callers_types || callers_types_.any(); }

  /// Sorted; each use once.
  Code take();

 private:
  struct Scope {
    int parent;
    std::string name;  // of a WITH query
  };
  struct Todo {
    const nlohmann::json* node;
    int scope;
    bool locked;  // FOR UPDATE: needs UPDATE, too
  };

  void walk(const nlohmann::json& root);
  void visit(const nlohmann::json& node, const Todo& at);
  bool visit_named(const std::string& key, const nlohmann::json& value, const Todo& at);
  int with_scope(const nlohmann::json& clause, int scope);
  bool visit_statement(const std::string& key, const nlohmann::json& value);
  void write(const nlohmann::json& statement, PrivilegeSet needed, const Todo& at);
  void merge(const nlohmann::json& statement, const Todo& at);
  void copy(const nlohmann::json& statement, const Todo& at);
  void relation(const nlohmann::json& range_var, PrivilegeSet needed, int scope);
  void call(const nlohmann::json& node);
  void special_call(const std::string& name, const nlohmann::json& arguments);
  void run_texts(const std::string& name, const nlohmann::json& arguments);
  void run_argument(const std::string& name, const nlohmann::json& arguments, std::size_t place);
  void run_block(const nlohmann::json& statement);
  void rest(const nlohmann::json& node, const Todo& at, const char* without);
  void function_name(const std::string& schema, const std::string& name,
                     const nlohmann::json& arguments);
  void operator_name(const nlohmann::json& parts);
  void operators_of(const std::string& key, const nlohmann::json& value);
  void type_name(const nlohmann::json& parts);
  void plpgsql_type(const std::string& text);
  void models_of_table(const nlohmann::json& statement);
  void use(ObjectId object, PrivilegeSet privileges, bool has_schema);
  void looked_up(bool has_schema, bool NameLookup::*kind);
  void note_assignment(const std::string& target, const std::string& expression);
  void note_default(const nlohmann::json& variable);
  void note_targets(const nlohmann::json& row);
  static std::optional<std::pair<Given::To, std::uint32_t>> sink_of(std::string_view name);
  void given_to(const std::string& name, const nlohmann::json& arguments);
  void plpgsql_node(const std::string& key, const nlohmann::json& node);

  const CodeNames& names_;
  NamePath path_;
  ParameterFlow parameters_;
  CallersTypes callers_types_;
  Code code_;
  std::vector<Scope> scopes_;
  std::vector<Todo> todo_;
  std::set<std::string> own_;  // temporary tables that the code makes
  int depth_ = 0;
};

}  // namespace pgleast
