#include "support/random_world.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pg/identifier.hpp"
#include "pg/predefined_role.hpp"
#include "support/odd_files.hpp"
#include "support/server.hpp"

namespace pgleast::test {
namespace {

// Names that are code, syntax of access lists, or another name in another case.
const std::vector<std::string>& odd_names() {
  static const std::vector<std::string> names{"a",         "A",
                                              "b c",       "say \"hi\"",
                                              "Ünïcode",   "роль",
                                              "select",    "user",
                                              "b=r/c",     "{x,y}",
                                              "1st",       "back\\slash",
                                              "*",         "x\"; DROP --",
                                              "comma,s",   "'quote'",
                                              "$1",        "u.v",
                                              "12345",     "Public",
                                              "tab\tx",    "percent%s",
                                              "_",         "group a",
                                              "new\nline", std::string(63, 'n')};
  return names;
}

std::string sql_name(const std::string& name) { return quote_identifier(name); }

struct Made {
  std::string kind;    // as after GRANT ... ON, and ALTER
  std::string target;  // quoted
  std::string alter;   // what ALTER calls it
  std::vector<std::string> privileges;
  std::vector<std::string> columns;  // quoted
};

class Writer {
 public:
  Writer(std::uint64_t number, int major) : dice_(number), major_(major) {}

  RandomWorld write() {
    world_.database = "w " + shared_name(major_, odd_names()[dice_.below(odd_names().size() - 2)]);
    if (dice_.chance(40)) world_.second = "second";
    out_ = &world_.everywhere;
    roles();
    databases();
    memberships();
    out_ = &world_.in_database;
    fill(2 + dice_.below(3), 14 + dice_.below(12), 30 + dice_.below(50));
    if (dice_.chance(60)) system_objects();
    if (dice_.chance(25)) late_changes();
    out_ = &world_.in_second;
    objects_.clear();
    schemas_.clear();
    if (!world_.second.empty()) fill(1, 6, 15);
    return std::move(world_);
  }

 private:
  void add(std::string statement) { out_->push_back(std::move(statement)); }
  const std::string& role() { return dice_.of(roles_); }  // quoted
  std::string grantee() { return dice_.chance(15) ? "PUBLIC" : role(); }

  void as(const std::string& who, const std::string& statement) {
    if (dice_.chance(10)) {
      add("SET SESSION AUTHORIZATION " + who);
      add(statement);
      add("RESET SESSION AUTHORIZATION");
    } else {
      add("SET ROLE " + who);
      add(statement);
      add("RESET ROLE");
    }
  }
  /// By somebody: mostly who may.
  void by_anyone(const std::string& owner, const std::string& statement) {
    if (dice_.chance(45)) return add(statement);
    as(dice_.chance(30) ? owner : role(), statement);
  }

  void roles() {
    const auto count = 5 + dice_.below(14);
    const auto first = dice_.below(odd_names().size());
    for (std::size_t i = 0; i < count; ++i) {
      const auto odd = shared_name(major_, odd_names()[(first + i) % odd_names().size()]);
      roles_.push_back(sql_name(dice_.chance(60) ? odd : "r" + std::to_string(i)));
      std::string options;
      if (dice_.chance(30)) options += " NOINHERIT";
      if (dice_.chance(50)) options += " LOGIN";
      if (dice_.chance(7)) options += " SUPERUSER";
      if (dice_.chance(15)) options += " CREATEROLE";
      if (dice_.chance(10)) options += " CREATEDB";
      if (dice_.chance(10)) options += " BYPASSRLS";
      add("CREATE ROLE " + roles_.back() + options);
    }
  }

  void databases() {
    for (const auto& name : {world_.database, world_.second}) {
      if (name.empty()) continue;
      const auto owner = dice_.chance(60) ? " OWNER " + role() : std::string();
      add("CREATE DATABASE " + sql_name(name) + " TEMPLATE template0" + owner);
      objects_.push_back(
          {"DATABASE", sql_name(name), "DATABASE", {"CREATE", "TEMP", "CONNECT", "TEMPORARY"}, {}});
    }
    objects_.push_back({"DATABASE", "postgres", "DATABASE", {"CREATE", "TEMP", "CONNECT"}, {}});
    objects_.push_back({"TABLESPACE", "pg_default", "TABLESPACE", {"CREATE"}, {}});
    if (dice_.chance(30)) {
      add("SET allow_in_place_tablespaces = on");
      add(R"(CREATE TABLESPACE "t s" OWNER )" + role() + " LOCATION ''");
      objects_.push_back({"TABLESPACE", R"("t s")", "TABLESPACE", {"CREATE"}, {}});
    }
    if (major_ >= 15) {
      for (const auto* const name : {"log_statement", "work_mem", "\"My\".\"Odd Param\"", "a.b",
                                     "session_preload_libraries", "\"Work_Mem\""}) {
        if (dice_.chance(40)) {
          objects_.push_back({"PARAMETER", name, "", {"SET", "ALTER SYSTEM"}, {}});
        }
      }
    }
    for (auto left = dice_.below(14); left > 0; --left) change_privileges();
    if (dice_.chance(20))
      add("ALTER DATABASE " + sql_name(world_.database) + " OWNER TO " + role());
  }

  // --- Memberships ---

  std::string group() {
    if (dice_.chance(85)) return role();
    std::vector<std::string> known;
    for (const auto& p : predefined_roles) {
      if (p.since <= major_) known.emplace_back(p.name);
    }
    // Those that has_*_privilege knows.
    if (major_ >= 14 && dice_.chance(60)) {
      return dice_.of({"pg_read_all_data", "pg_write_all_data", "pg_read_all_data",
                       major_ >= 17 ? "pg_maintain" : "pg_write_all_data"});
    }
    return dice_.of(known);
  }

  std::string membership_options() {
    if (major_ < 16) return dice_.chance(30) ? " WITH ADMIN OPTION" : "";
    std::string result;
    for (const auto* const option : {"ADMIN", "INHERIT", "SET"}) {
      if (!dice_.chance(40)) continue;
      result += result.empty() ? " WITH " : ", ";
      result += option + dice_.of({" TRUE", " FALSE", " OPTION"});
    }
    return result;
  }

  void grant_role(const std::string& group, const std::string& member) {
    auto statement = "GRANT " + group + " TO " + member + membership_options();
    if (dice_.chance(25)) statement += " GRANTED BY " + role();
    by_anyone(group, statement);
  }

  void memberships() {
    if (dice_.chance(50)) {  // a chain through all
      for (std::size_t i = 0; i + 1 < roles_.size(); ++i) {
        if (dice_.chance(90)) grant_role(roles_[i + 1], roles_[i]);
      }
    }
    for (auto left = 4 + dice_.below(25); left > 0; --left) {
      const auto a = dice_.below(roles_.size());
      const auto b = dice_.below(roles_.size());
      const bool circle = dice_.chance(5);
      auto above = roles_[circle ? std::min(a, b) : std::max(a, b)];
      const auto& member = roles_[circle ? std::max(a, b) : std::min(a, b)];
      if (dice_.chance(20)) above = group();
      grant_role(above, member);
      // Again, by somebody else.
      if (dice_.chance(25)) grant_role(above, member);
    }
    for (auto left = dice_.below(5); left > 0; --left) {
      add(fmt::format("REVOKE {}{} FROM {}{}",
                      major_ >= 16 ? dice_.of({"", "ADMIN OPTION FOR ", "INHERIT OPTION FOR ",
                                               "SET OPTION FOR "})
                                   : dice_.of({"", "ADMIN OPTION FOR "}),
                      role(), role(), dice_.of({"", " CASCADE"})));
    }
    for (auto left = dice_.below(4); left > 0; --left) {
      add("ALTER ROLE " + role() + dice_.of({" INHERIT", " NOINHERIT", " NOINHERIT"}));
    }
  }

  // --- Objects ---

  void fill(std::size_t schemas, std::size_t objects, std::size_t changes) {
    for (std::size_t i = 0; i < schemas; ++i) make_schema(i);
    for (auto left = dice_.below(6); left > 0; --left) change_default_privileges();
    for (std::size_t i = 0; i < objects; ++i) make_object(i);
    for (std::size_t i = 0; i < changes; ++i) {
      change_privileges();
      if (dice_.chance(8)) change_owner();
      if (dice_.chance(4)) change_all_in_schema();
    }
    if (dice_.chance(15)) add("REASSIGN OWNED BY " + role() + " TO " + role());
  }

  void make_schema(std::size_t i) {
    if (i == 0 && dice_.chance(40)) {
      schemas_.emplace_back("public");
    } else {
      schemas_.push_back(sql_name(dice_.of(odd_names()) + std::to_string(i)));
      if (schemas_.back().size() > 60) schemas_.back() = "s" + std::to_string(i);
      add("CREATE SCHEMA " + schemas_.back() +
          (dice_.chance(70) ? " AUTHORIZATION " + role() : std::string()));
    }
    objects_.push_back({"SCHEMA", schemas_.back(), "SCHEMA", {"USAGE", "CREATE"}, {}});
    if (dice_.chance(60)) add("GRANT ALL ON SCHEMA " + schemas_.back() + " TO " + grantee());
  }

  void change_default_privileges() {
    const auto type = dice_.of({"TABLES", "SEQUENCES", "FUNCTIONS", "ROUTINES", "TYPES", "TABLES",
                                major_ >= 18 ? "LARGE OBJECTS" : "SCHEMAS"});
    std::string statement = "ALTER DEFAULT PRIVILEGES";
    if (dice_.chance(80)) statement += " FOR ROLE " + role();
    if (type != "SCHEMAS" && type != "LARGE OBJECTS" && dice_.chance(40)) {
      statement += " IN SCHEMA " + dice_.of(schemas_);
    }
    const bool grants = dice_.chance(60);
    const auto privilege =
        type == "TABLES" ? dice_.of({"SELECT", "INSERT, UPDATE", "ALL", "TRIGGER"}) : "ALL";
    statement += fmt::format("{} {} ON {} {} {}", grants ? " GRANT" : " REVOKE", privilege, type,
                             grants ? "TO" : "FROM", dice_.chance(40) ? "PUBLIC" : role());
    if (grants && dice_.chance(20)) statement += " WITH GRANT OPTION";
    add(statement);
  }

  std::vector<std::string> table_privileges() const {
    std::vector<std::string> result{"SELECT",   "INSERT",     "UPDATE", "DELETE",
                                    "TRUNCATE", "REFERENCES", "TRIGGER"};
    if (major_ >= 17) result.emplace_back("MAINTAIN");
    return result;
  }

  void make(const std::string& owner, const std::string& statement, Made made) {
    if (dice_.chance(50)) {
      as(owner, statement);
    } else {
      add(statement);
      if (dice_.chance(70)) {
        add("ALTER " + made.alter + ' ' + made.target + " OWNER TO " + owner);
      }
    }
    objects_.push_back(std::move(made));
  }

  void make_object(std::size_t i) {
    const auto owner = role();
    const auto bare = dice_.chance(50) ? dice_.of(odd_names()).substr(0, 40) : std::string("o");
    const auto name = sql_name(bare + std::to_string(i));
    const auto there = dice_.of(schemas_) + '.' + name;
    const std::vector<std::string> columns{"a", "\"B b\"", "\"select\""};
    const auto table = [&](const char* alter) {
      return Made{"TABLE", there, alter, table_privileges(), columns};
    };
    switch (dice_.below(18)) {
      case 0:
      case 1:
      case 2:
        tables_.push_back(there);
        return make(owner, "CREATE TABLE " + there + " (a serial, \"B b\" int, \"select\" text)",
                    table("TABLE"));
      case 3: {
        make(owner,
             "CREATE TABLE " + there +
                 " (a int, \"B b\" int, \"select\" text) PARTITION BY LIST (a)",
             table("TABLE"));
        const auto part = dice_.of(schemas_) + '.' + sql_name(bare + std::to_string(i) + " 1");
        return make(role(),
                    "CREATE TABLE " + part + " PARTITION OF " + there + " FOR VALUES IN (1)",
                    {"TABLE", part, "TABLE", table_privileges(), columns});
      }
      case 4:
      case 5:
        return make(owner,
                    "CREATE VIEW " + there + " AS SELECT 1 AS a, 2 AS \"B b\", 3 AS \"select\"",
                    table("VIEW"));
      case 6:
        return make(owner,
                    "CREATE MATERIALIZED VIEW " + there +
                        " AS SELECT 1 AS a, 2 AS \"B b\", 3 AS \"select\"",
                    table("MATERIALIZED VIEW"));
      case 7:
        return make_foreign(owner, there, name, table("FOREIGN TABLE"));
      case 8:
        return make(owner, "CREATE SEQUENCE " + there,
                    {"SEQUENCE", there, "SEQUENCE", {"SELECT", "USAGE", "UPDATE"}, {}});
      case 9:
      case 10:
        return make_routine(owner, there);
      case 11:
      case 12:
      case 13:
        return make_type(owner, there);
      case 14: {
        const auto language = "lang" + std::to_string(i);
        return make(owner,
                    "CREATE " + dice_.of({"", "TRUSTED "}) + "LANGUAGE " + language +
                        " HANDLER plpgsql_call_handler",
                    {"LANGUAGE", language, "LANGUAGE", {"USAGE"}, {}});
      }
      case 15:
      case 16: {
        const auto oid = std::to_string(50000 + i);
        return make(owner, "SELECT lo_create(" + oid + ")",
                    {"LARGE OBJECT", oid, "LARGE OBJECT", {"SELECT", "UPDATE"}, {}});
      }
      default:
        return make_type(owner, there);
    }
  }

  void make_foreign(const std::string& owner, const std::string& there, const std::string& name,
                    const Made& table) {
    add("CREATE FOREIGN DATA WRAPPER " + name);
    objects_.push_back({"FOREIGN DATA WRAPPER", name, "FOREIGN DATA WRAPPER", {"USAGE"}, {}});
    make(owner, "CREATE SERVER " + name + " FOREIGN DATA WRAPPER " + name,
         {"FOREIGN SERVER", name, "SERVER", {"USAGE"}, {}});
    make(owner,
         "CREATE FOREIGN TABLE " + there + " (a int, \"B b\" int, \"select\" text) SERVER " + name,
         table);
  }

  void make_routine(const std::string& owner, const std::string& there) {
    const auto arguments =
        dice_.of({"()", "(int)", "(int, \"char\")", "(text[])", "(timestamp with time zone)"});
    const auto made = [&](const char* kind) {
      return Made{kind, there + arguments, kind, {"EXECUTE"}, {}};
    };
    switch (dice_.below(4)) {
      case 0:
        return make(owner, "CREATE PROCEDURE " + there + arguments + " LANGUAGE sql AS 'SELECT 1'",
                    made("PROCEDURE"));
      case 1: {
        const auto target = there + "(int)";
        return make(owner, "CREATE AGGREGATE " + target + " (sfunc = int4pl, stype = int)",
                    {"FUNCTION", target, "AGGREGATE", {"EXECUTE"}, {}});
      }
      default:
        return make(owner,
                    "CREATE FUNCTION " + there + arguments +
                        " RETURNS int LANGUAGE sql AS 'SELECT 1'" +
                        dice_.of({"", " SECURITY DEFINER"}),
                    made(dice_.chance(50) ? "FUNCTION" : "ROUTINE"));
    }
  }

  void make_type(const std::string& owner, const std::string& there) {
    const auto made = [&](const char* kind) { return Made{kind, there, kind, {"USAGE"}, {}}; };
    switch (dice_.below(7)) {
      case 0:
        return make(owner, "CREATE TYPE " + there + " AS ENUM ('x')", made("TYPE"));
      case 1:
        return make(owner, "CREATE TYPE " + there + " AS (x int)", made("TYPE"));
      case 2:
        return make(owner, "CREATE TYPE " + there + " AS RANGE (subtype = float8)", made("TYPE"));
      case 3: {
        make(owner, "CREATE DOMAIN " + there + " AS int", made("DOMAIN"));
        types_.push_back(there);
        return;
      }
      case 4:
        return make(owner, "CREATE DOMAIN " + there + " AS int[]", made("DOMAIN"));
      case 5:
        if (!types_.empty()) {
          return make(owner, "CREATE DOMAIN " + there + " AS " + dice_.of(types_) + "[]",
                      made("DOMAIN"));
        }
        [[fallthrough]];
      default:
        return make(owner,
                    "CREATE DOMAIN " + there + " AS " +
                        (major_ >= 14 ? dice_.of({"int4multirange", "int4range[]"}) : "int4range"),
                    made("DOMAIN"));
    }
  }

  // --- Grants ---

  std::string privilege_list(const Made& object, const std::string& column) {
    const auto tail = column.empty() ? "" : " (" + column + ")";
    if (dice_.chance(25)) return dice_.of({"ALL", "ALL PRIVILEGES"}) + tail;
    std::string result;
    do {
      result += (result.empty() ? "" : ", ") + dice_.of(object.privileges) + tail;
    } while (dice_.chance(40));
    return result;
  }

  void change_privileges() {
    const auto object = dice_.of(objects_);
    std::string column;
    if (!object.columns.empty() && dice_.chance(35)) column = dice_.of(object.columns);
    std::vector<std::string> allowed = object.privileges;
    auto listed = object;
    if (!column.empty()) listed.privileges = {"SELECT", "INSERT", "UPDATE", "REFERENCES"};
    const auto what = privilege_list(listed, column);
    const auto on = " ON " + object.kind + ' ' + object.target;
    if (dice_.chance(62)) {
      auto statement = "GRANT " + what + on + " TO " + grantee();
      if (dice_.chance(10)) statement += ", " + role();
      if (dice_.chance(30)) statement += " WITH GRANT OPTION";
      return by_anyone(role(), statement);
    }
    // Also from whoever owns it: its own privileges, and all of them.
    if (dice_.chance(12)) {
      add("REVOKE ALL" + on + " FROM PUBLIC CASCADE");
      for (const auto& who : roles_) add("REVOKE ALL" + on + " FROM " + who + " CASCADE");
      return;
    }
    by_anyone(role(), "REVOKE " + dice_.of({"", "", "GRANT OPTION FOR "}) + what + on + " FROM " +
                          (dice_.chance(30) ? "PUBLIC" : role()) + dice_.of({"", " CASCADE"}));
  }

  void change_owner() {
    const auto& object = dice_.of(objects_);
    if (object.alter.empty()) return;
    by_anyone(role(), "ALTER " + object.alter + ' ' + object.target + " OWNER TO " + role());
  }

  void change_all_in_schema() {
    add(fmt::format("{} {} ON ALL {} IN SCHEMA {} {}", dice_.of({"GRANT", "GRANT", "REVOKE"}),
                    "ALL", dice_.of({"TABLES", "SEQUENCES", "FUNCTIONS", "ROUTINES"}),
                    dice_.of(schemas_), ""));
    auto& statement = out_->back();
    statement += (statement.starts_with("GRANT") ? "TO " : "FROM ") + grantee();
  }

  void system_objects() {
    for (auto left = 1 + dice_.below(8); left > 0; --left) {
      const auto what = dice_.of(
          {"SELECT ON pg_catalog.pg_authid", "ALL ON pg_catalog.pg_class",
           "INSERT, UPDATE ON pg_catalog.pg_statistic", "ALL ON pg_catalog.pg_stats",
           "UPDATE ON pg_catalog.pg_settings",
           "SELECT (rolname, rolpassword) ON pg_catalog.pg_authid",
           "UPDATE (relname) ON pg_catalog.pg_class", "ALL ON information_schema.sql_features",
           "ALL ON information_schema.tables", "USAGE, CREATE ON SCHEMA pg_catalog",
           "EXECUTE ON FUNCTION pg_catalog.pg_read_file(text)",
           "EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text)", "USAGE ON TYPE pg_catalog.int4",
           "USAGE ON LANGUAGE plpgsql", "USAGE ON LANGUAGE sql", "ALL ON pg_catalog.pg_largeobject",
           "USAGE ON TYPE pg_catalog.int4range"});
      if (dice_.chance(70)) {
        add("GRANT " + what + " TO " + grantee() + dice_.of({"", "", " WITH GRANT OPTION"}));
      } else {
        add("REVOKE " + what + " FROM " + (dice_.chance(50) ? "PUBLIC" : role()) + " CASCADE");
      }
    }
  }

  void late_changes() {
    add("ALTER ROLE " + role() +
        dice_.of({" NOINHERIT", " INHERIT", " NOSUPERUSER", " SUPERUSER"}));
    if (dice_.chance(50)) add("ALTER ROLE " + role() + " RENAME TO \"renamed = role\"");
    add("CREATE TEMP TABLE temporary (i int)");
    // Only its number is left in access lists and memberships.
    if (dice_.chance(50)) {
      auto name = role();
      std::string literal;
      for (const char c : name.substr(1, name.size() - 2)) literal += c;
      for (auto at = literal.find("\"\""); at != std::string::npos;
           at = literal.find("\"\"", at + 1)) {
        literal.erase(at, 1);
      }
      add("DELETE FROM pg_catalog.pg_authid WHERE rolname = " + quote_literal(literal));
    }
    if (dice_.chance(20)) add("REVOKE USAGE ON SCHEMA public FROM PUBLIC");
  }

  Dice dice_;
  int major_;
  RandomWorld world_;
  std::vector<std::string>* out_ = nullptr;
  std::vector<std::string> roles_;  // quoted, as are all below
  std::vector<std::string> schemas_;
  std::vector<std::string> tables_;
  std::vector<std::string> types_;
  std::vector<Made> objects_;
};

}  // namespace

RandomWorld random_world(std::uint64_t number, int major) { return Writer(number, major).write(); }

std::string script(const std::vector<std::string>& statements) {
  std::string result;
  for (const auto& statement : statements) result += statement + ";\n";
  return result;
}

}  // namespace pgleast::test
