#include "pg/sure_value.hpp"

#include "support/catch.hpp"

using namespace pgleast;

namespace {

struct Row {
  const char* type;
  std::vector<int> modifiers;
  Constant constant;
  std::optional<SureValue> value;
};

const auto number = Constant::Kind::number;
const auto text = Constant::Kind::text;
const auto truth = Constant::Kind::truth;
SureValue exact(const char* value) { return {value, true}; }
SureValue inexact(const char* value) { return {value, false}; }
const std::optional<SureValue> none;

const std::vector<Row> rows{
    {"int2", {}, {number, "32767"}, exact("32767")},
    {"int2", {}, {number, "32768"}, none},
    {"int4", {}, {number, "-2147483648"}, exact("-2147483648")},
    {"int4", {}, {number, "-2147483649"}, none},
    {"int4", {}, {text, "007"}, exact("7")},
    {"int4", {}, {text, "-0"}, exact("0")},
    {"int4", {}, {text, "1.5"}, none},
    {"int4", {}, {number, "1.5"}, inexact("1.5")},
    {"int4", {}, {number, "1e3"}, none},
    {"int4", {}, {truth, "true"}, none},
    {"int8", {}, {text, "9223372036854775807"}, exact("9223372036854775807")},
    {"numeric", {}, {number, "1.50"}, exact("1.5")},
    {"numeric", {5, 2}, {number, "999.99"}, exact("999.99")},
    {"numeric", {5, 2}, {number, "1000"}, none},
    {"numeric", {5, 2}, {number, "999.999"}, none},
    {"numeric", {5, 2}, {number, "99.999"}, inexact("99.999")},
    {"numeric", {3}, {number, "999"}, exact("999")},
    {"numeric", {3, -2}, {number, "1"}, none},
    {"float8", {}, {number, "1.5"}, inexact("1.5")},
    {"float8", {}, {text, "NaN"}, none},
    {"bool", {}, {truth, "true"}, exact("true")},
    {"bool", {}, {text, "f"}, exact("false")},
    {"bool", {}, {number, "1"}, none},
    {"text", {}, {text, ""}, exact("")},
    {"text", {}, {text, "a\\b"}, none},
    {"text", {}, {text, "\xff"}, none},
    {"text", {}, {number, "7"}, exact("7")},
    {"varchar", {3}, {text, "abc"}, exact("abc")},
    {"varchar", {3}, {text, "abcd"}, none},
    {"varchar", {}, {text, "abcd"}, exact("abcd")},
    {"bpchar", {3}, {text, "a "}, exact("a")},
    {"name", {}, {text, std::string(64, 'x')}, none},
    {"uuid",
     {},
     {text, "01234567-89AB-cdef-0123-456789abcdef"},
     exact("01234567-89ab-cdef-0123-456789abcdef")},
    {"uuid", {}, {text, "0123456789abcdef0123456789abcdef"}, none},
    {"date", {}, {text, "2024-02-29"}, exact("2024-02-29")},
    {"date", {}, {text, "2100-02-29"}, none},
    {"date", {}, {text, "0000-01-01"}, none},
    {"date", {}, {text, "today"}, none},
    {"timestamp", {}, {text, "2024-01-02"}, inexact("2024-01-02")},
    {"timestamp", {}, {text, "2024-01-02 03:04:05.678"}, inexact("2024-01-02 03:04:05.678")},
    {"timestamp", {}, {text, "2024-01-02 24:00"}, none},
    {"timestamptz", {}, {text, "2024-01-02 03:04:05Z"}, inexact("2024-01-02 03:04:05Z")},
    {"timestamptz", {}, {text, "2024-01-02 03:04:05 UTC"}, none},
    {"jsonb", {}, {text, "{}"}, inexact("{}")},
    {"jsonb", {}, {text, "{"}, none},
    {"inet", {}, {text, "127.0.0.1"}, none},
};

}  // namespace

TEST_CASE("constants that the server surely takes for a value of a type", "[pg]") {
  for (const auto& row : rows) {
    INFO(row.type << ' ' << row.constant.text);
    const auto value = sure_value(row.type, row.modifiers, row.constant);
    CHECK(value.has_value() == row.value.has_value());
    if (value && row.value) CHECK(*value == *row.value);
  }
}

TEST_CASE("decimals are compared as numbers", "[pg]") {
  const std::vector<std::string> ascending{"-10", "-9.5", "-0.5", "0", "0.45", "0.5", "9", "10"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      const int order = compare_decimals(ascending[i], ascending[j]);
      CHECK((order < 0) == (i < j));
      CHECK((order == 0) == (i == j));
    }
  }
}
