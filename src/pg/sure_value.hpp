#pragma once
// Which constants the server surely takes for a value of one of its simple types, however it is
// set:
//
//   int2 32767          yes     int2 32768           cannot be told: it may be refused
//   varchar(3) 'abc'    yes     varchar(3) 'abcd'    cannot be told
//   date '2024-02-29'   yes     date 'today'         cannot be told

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

/// As it stands in a statement: `7`, `'a'`, `true`.
struct Constant {
  enum class Kind { number, text, truth } kind = Kind::text;
  std::string text;
};

struct SureValue {
  std::string text;
  bool exact =
      false;  // of two exact values of one type those with one text are equal, and no other
  bool operator==(const SureValue&) const = default;
};

/// `type` is its name in pg_catalog, `modifiers` what stands in brackets behind it. None: the
/// server may refuse it.
std::optional<SureValue> sure_value(std::string_view type, const std::vector<int>& modifiers,
                                    const Constant& constant);

/// Less than 0, 0, more than 0: of two decimals, as an exact value of a number has them.
int compare_decimals(const std::string& a, const std::string& b);

}  // namespace pgleast
