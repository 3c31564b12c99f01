#include "escalation/own_code.hpp"

#include <fmt/format.h>

#include "escalation/name_path.hpp"
#include "model/objects_of.hpp"

namespace pgleast {
namespace {

// One that runs whatever it is given, and gives back `value`.
std::string function_sql(const std::string& name, std::string_view result, std::string_view value) {
  return fmt::format(
      "CREATE FUNCTION {} RETURNS {} LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RAISE NOTICE ''%'', "
      "current_user; RETURN {}; END';",
      name, result, value);
}

std::vector<std::string> of_index(const Context& context, RoleId maker, const std::string& place,
                                  ObjectId on) {
  const auto table = context.sql(on);
  std::vector<std::string> result{function_sql(place + ".f(int)", "int", "1")};
  const Need there{context.cluster().object(on).schema, Privilege::create};
  const bool statistics =
      statistics_have_expressions(context.cluster().major()) && !context.holders(there).has(maker);
  if (!statistics) {
    result.push_back(fmt::format("CREATE INDEX ON {} (({}.f(1)));", table, place));
    return result;
  }
  result.push_back(fmt::format("CREATE STATISTICS {0}.st ON ({0}.f(1)) FROM {1};", place, table));
  result.push_back(fmt::format("ANALYZE {};", table));
  return result;
}

}  // namespace

std::string place_of_code(const Context& context, RoleId maker, ObjectId database) {
  for (const auto id : objects_of(context.cluster(), ObjectKind::schema)) {
    const auto& o = context.cluster().object(id);
    if (o.database != database || o.system) continue;
    const bool makes = context.holders({id, Privilege::create}).has(maker) &&
                       context.holders({id, Privilege::usage}).has(maker);
    if (makes) return context.sql(id);
  }
  return std::string(temporary_schema);
}

std::vector<std::string> own_code_sql(const Context& context, RoleId maker, OwnCode kind,
                                      ObjectId on) {
  const auto& object = context.cluster().object(on);
  const bool of_database = object.kind == ObjectKind::database;
  const auto place = place_of_code(context, maker, of_database ? on : object.database);
  const auto name = context.sql(on);
  const auto condition = function_sql(place + ".f()", "bool", "true");
  switch (kind) {
    case OwnCode::trigger:
      return {
          function_sql(place + ".f()", "trigger", "NEW"),
          fmt::format("CREATE TRIGGER t AFTER INSERT ON {} FOR EACH ROW EXECUTE FUNCTION {}.f();",
                      name, place)};
    case OwnCode::policy:
      return {condition, fmt::format("CREATE POLICY p ON {} USING ({}.f());", name, place),
              fmt::format("ALTER TABLE {} ENABLE ROW LEVEL SECURITY;", name)};
    case OwnCode::index:
      return of_index(context, maker, place, on);
    case OwnCode::check:
      return {condition, fmt::format("ALTER DOMAIN {} ADD CHECK ({}.f());", name, place)};
    case OwnCode::cast_:
      return {function_sql(fmt::format("{}.f({})", place, name), "text", "''x''"),
              fmt::format("CREATE CAST ({0} AS text) WITH FUNCTION {1}.f({0}) AS ASSIGNMENT;", name,
                          place)};
    case OwnCode::table: {
      const auto schema = of_database ? place : name;
      return {function_sql(schema + ".f(int)", "bool", "true"),
              fmt::format("CREATE TABLE {0}.t (a int CHECK ({0}.f(a)));", schema)};
    }
  }
  return {};
}

}  // namespace pgleast
