// Constants for each of the server's simple types: what is said to be surely taken is, however the
// session is set, and exact values are equal on the server where their texts are.

#include <fmt/format.h>

#include <iostream>

#include "pg/identifier.hpp"
#include "pg/sure_value.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

struct Type {
  const char* name;  // in pg_catalog
  std::vector<int> modifiers;
};
const std::vector<Type> types{
    {"bool", {}},         {"bpchar", {1}},    {"bpchar", {5}},     {"date", {}},
    {"float4", {}},       {"float8", {}},     {"int2", {}},        {"int4", {}},
    {"int8", {}},         {"json", {}},       {"jsonb", {}},       {"name", {}},
    {"numeric", {}},      {"numeric", {1}},   {"numeric", {3, 1}}, {"numeric", {10, 2}},
    {"numeric", {30, 0}}, {"text", {}},       {"time", {}},        {"time", {0}},
    {"timestamp", {}},    {"timestamp", {3}}, {"timestamptz", {}}, {"timestamptz", {0}},
    {"uuid", {}},         {"varchar", {}},    {"varchar", {3}},    {"inet", {}},
    {"interval", {}},     {"bytea", {}},
};

const std::vector<const char*> numbers{
    "0",
    "1",
    "-1",
    "7",
    "9",
    "9.9",
    "9.94",
    "9.95",
    "9.96",
    "99.94",
    "99.95",
    "99.96",
    "0.5",
    "1.5",
    "1.50",
    "-0.5",
    "100",
    "127",
    "255",
    "32767",
    "32768",
    "-32768",
    "-32769",
    "32767.4",
    "32767.5",
    "2147483647",
    "2147483648",
    "-2147483648",
    "2147483647.5",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "9223372036854775807.5",
    "99999999.99",
    "99999999.994",
    "99999999.995",
    "99999999.999",
    "123456789012345678901234567890",
    "0.000000000000000000000000000001",
    "1e5",
    "1e300",
    "00012",
    "1.0",
};
const std::vector<const char*> texts{
    "",
    " ",
    "a",
    "a ",
    "ab",
    "abc",
    "abcd",
    "abc  ",
    "ABC",
    "abcdef",
    "t",
    "f",
    "true",
    "false",
    "yes",
    "1",
    "0",
    "-0",
    "+1",
    "01",
    " 1",
    "1 ",
    "1.0",
    "1.5",
    "32768",
    "2147483648",
    "9223372036854775808",
    "1e5",
    "NaN",
    "Infinity",
    "99.96",
    "2024-01-02",
    "2024-02-29",
    "2023-02-29",
    "2024-04-31",
    "2024-13-01",
    "2024-00-01",
    "0001-01-01",
    "0000-01-01",
    "9999-12-31",
    "24-01-02",
    "2024-1-2",
    "02/01/2024",
    "20240102",
    "today",
    "2024-01-02 03:04",
    "2024-01-02 03:04:05",
    "2024-01-02T03:04:05",
    "2024-01-02 03:04:05.678",
    "2024-01-02 03:04:05.1234567",
    "2024-01-02 24:00:00",
    "2024-01-02 23:59:60",
    "2024-01-02 23:59:59.999999",
    "9999-12-31 23:59:59.999999",
    "2024-01-02 03:04:05Z",
    "2024-01-02 03:04:05+01",
    "2024-01-02 03:04:05-03:30",
    "2024-01-02 03:04:05+14:59",
    "2024-01-02 03:04:05+15:59",
    "2024-01-02 03:04:05+99",
    "2024-01-02 02:04:05+00",
    "2024-03-31 02:30:00",
    "0001-01-01 00:00:00+14:59",
    "2024-01-02 03:04 UTC",
    "03:04",
    "03:04:05",
    "23:59:59.999999",
    "24:00",
    "25:00",
    "3:4",
    "{}",
    "[]",
    "{",
    "{\"a\": 1}",
    "null",
    "01234567-89ab-cdef-0123-456789abcdef",
    "01234567-89AB-CDEF-0123-456789ABCDEF",
    "0123456789abcdef0123456789abcdef",
    "01234567-89ab-cdef-0123-456789abcdeg",
    "127.0.0.1",
    "1 day",
    "\\x00",
    "\\",
    "a\\b",
    "'",
    "\xc3\xa4\xc3\xb6\xc3\xbc",
    "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac",
};

std::vector<Constant> constants() {
  std::vector<Constant> result{{Constant::Kind::truth, "true"}, {Constant::Kind::truth, "false"}};
  for (const auto* const number : numbers) result.push_back({Constant::Kind::number, number});
  for (const auto* const text : texts) result.push_back({Constant::Kind::text, text});
  result.push_back({Constant::Kind::text, std::string(63, 'x')});
  result.push_back({Constant::Kind::text, std::string(64, 'x')});
  return result;
}

std::string sql_of(const Constant& c) {
  if (c.kind != Constant::Kind::text) return c.text;
  std::string quoted = "'";
  for (const char letter : c.text) quoted += letter == '\'' ? "''" : std::string(1, letter);
  return quoted + "'";
}

std::string sql_of(const Type& type) {
  std::string result = "pg_catalog." + std::string(type.name);
  for (std::size_t i = 0; i < type.modifiers.size(); ++i) {
    result += fmt::format("{}{}", i == 0 ? "(" : ", ", type.modifiers[i]);
  }
  return result + (type.modifiers.empty() ? "" : ")");
}

// What a whole session says, statement by statement: `t` where it was done.
constexpr const char* prelude =
    "SET client_min_messages = error; CREATE TEMP TABLE said (n int);"
    "CREATE FUNCTION pg_temp.try(n int, q text) RETURNS void LANGUAGE plpgsql AS $f$ BEGIN "
    "EXECUTE q; INSERT INTO said VALUES (n); EXCEPTION WHEN OTHERS THEN NULL; END $f$;";

}  // namespace

TEST_CASE("a value that is surely taken is taken", "[live][sql][sure]") {
  LiveServer server;
  const auto all = constants();
  const auto path = server.folder() + "/values.sql";
  int asked = 0, told = 0, takes = 0, wrong = 0;
  std::vector<const char*> settings{
      "SET datestyle = 'ISO, MDY'", "SET datestyle = 'SQL, DMY'; SET TimeZone = 'Europe/Berlin'",
      "SET datestyle = 'German'; SET TimeZone = 'Pacific/Apia'; SET extra_float_digits = 0"};
  // From 19 on it cannot be set.
  if (server.major() < 19) {
    settings.push_back("SET standard_conforming_strings = off; SET escape_string_warning = off");
  }
  for (const auto* const setting : settings) {
    for (const auto& type : types) {
      std::string script = "\\pset tuples_only on\n\\pset format unaligned\n\\o /dev/null\n" +
                           std::string(prelude) + setting + ";CREATE TEMP TABLE v (n int, a " +
                           sql_of(type) + ", e text);";
      for (std::size_t i = 0; i < all.size(); ++i) {
        const auto sure = sure_value(type.name, type.modifiers, all[i]);
        // Dollars: the statement is read as a script's would be.
        script +=
            fmt::format("SELECT pg_temp.try({}, $q$INSERT INTO v VALUES ({}, {}, {})$q$);", i, i,
                        sql_of(all[i]), sure && sure->exact ? "$e$" + sure->text + "$e$" : "NULL");
      }
      const bool compares = std::string(type.name) != "json";
      script +=
          "\n\\o\nSELECT coalesce((SELECT string_agg(n::text, ',' ORDER BY n) FROM said), '') "
          "|| ';' || " +
          std::string(compares ? "(SELECT count(*) FROM v x, v y WHERE (x.a = y.a) <> (x.e = "
                                 "y.e))"
                               : "0") +
          "::text;\n";
      server.write(path, script);
      auto answer = server.psql_file("postgres", path).out;
      while (!answer.empty() && answer.back() == '\n') answer.pop_back();
      std::vector<bool> taken(all.size());
      for (std::size_t at = 0; at < answer.size() && answer[at] != ';';) {
        std::size_t length = 0;
        taken[std::stoul(answer.substr(at), &length)] = true;
        at += length;
        if (at < answer.size() && answer[at] == ',') ++at;
      }
      INFO(sql_of(type) << ' ' << setting);
      CHECK(answer.substr(answer.find(';')) == ";0");
      for (std::size_t i = 0; i < all.size(); ++i) {
        const bool sure = sure_value(type.name, type.modifiers, all[i]).has_value();
        ++asked;
        told += sure ? 1 : 0;
        takes += taken[i] ? 1 : 0;
        wrong += sure && !taken[i] ? 1 : 0;
        INFO(sql_of(all[i]));
        CHECK((!sure || taken[i]));
      }
    }
  }
  std::cout << fmt::format("{} constants: {} taken by the server, {} told, {} of these refused\n",
                           asked, takes, told, wrong);
}
