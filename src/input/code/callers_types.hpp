#pragma once
// Values whose types a function's caller brings: those of parameters of any type (anyelement,
// record), and the rows of a trigger function, which fits any table. Whoever calls it makes types
// with casts, or domains with checks, and they run as the function does:
//
//   CREATE FUNCTION f(x anyelement) ... AS 'SELECT x::text'      runs the cast of x's type to text
//   NEW.updated := now();                                        runs the checks of a domain

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "input/code/parameter_flow.hpp"

namespace pgleast {

class CallersTypes {
 public:
  /// The parameters that a caller gives, in their order.
  CallersTypes(const std::vector<Parameter>& parameters, bool trigger);

  /// Whether a node `key` of a parse tree is one of them.
  bool is_one(const std::string& key, const nlohmann::json& value) const;
  /// Whether a text is a trigger's row alone, ` NEW `, which goes back as it came. What another
  /// function returns becomes what it says that it returns, by a cast.
  bool is_row(std::string_view text) const;
  /// Whether a target of PL/pgSQL is one, or a field of one: `NEW.updated`.
  bool is_target(std::string_view text) const;
  /// `x IS NULL`, which runs nothing.
  bool is_looked_at(const std::string& key, const nlohmann::json& value) const;
  bool any() const { return !names_.empty(); }

 private:
  bool trigger_;
  std::set<std::string, std::less<>> names_;  // of parameters; `$1`
};

/// Whether a parameter of that type takes values of types that its caller has made.
bool takes_any_type(std::string_view type);

}  // namespace pgleast
