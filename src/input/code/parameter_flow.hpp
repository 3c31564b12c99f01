#pragma once
// Which parameters of a function become SQL, a file's name or a connection as they are given:
//
//   s := 'SELECT ' || what; EXECUTE s;            the parameter `what` is run
//   EXECUTE format('SELECT %L', what)             it is not: it is quoted
//
// Where the body decides anything by a condition, no parameter is said to go anywhere: it may
// have been looked at. The trees are libpg_query's JSON.

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "model/code.hpp"

namespace pgleast {

struct Parameter {
  std::string name;       // empty: it is called by its number
  bool text = true;       // of a type that can hold SQL
  bool any_type = false;  // anyelement, record: its values are of a type of the caller's
};

class ParameterFlow {
 public:
  /// Those that a caller gives, in their order.
  explicit ParameterFlow(const std::vector<Parameter>& parameters);

  bool any() const { return !origins_.empty(); }
  void assigned(const std::string& variable, nlohmann::json expression);
  void goes(Given::To to, nlohmann::json expression, ObjectId function = no_object,
            std::uint32_t argument = 0);
  void decides() { decided_ = true; }

  /// Sorted.
  std::vector<Given> take();

 private:
  using Origins = std::set<std::uint32_t>;
  struct Sink {
    Given given;
    nlohmann::json expression;
  };
  Origins of(const nlohmann::json& expression, int depth = 0) const;
  Origins of_call(const nlohmann::json& call, int depth) const;
  void follow_assignments();

  std::map<std::string, Origins> origins_;  // of variables; `$1` of parameters
  std::vector<std::pair<std::string, nlohmann::json>> assignments_;
  std::vector<Sink> sinks_;
  bool decided_ = false;
};

/// Whether a parameter of that type can hold SQL: `integer` cannot.
bool holds_text(std::string_view type);

/// The text that an expression makes where all that is put together is constant, or quoted as a
/// literal: `'x'` stands for that.
std::optional<std::string> text_of_parts(const nlohmann::json& expression);

}  // namespace pgleast
