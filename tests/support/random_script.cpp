#include "support/random_script.hpp"

#include <fmt/format.h>

#include <random>
#include <vector>

namespace pgleast::test {
namespace {

using Words = std::vector<std::string>;

class Writer {
 public:
  Writer(std::uint64_t number, int major) : dice_(number * 7919 + 13), major_(major) {}

  std::string write() {
    for (const auto& role : roles()) line("CREATE ROLE " + role + one_of({"", " NOINHERIT"}));
    for (int i = 0; i < 4; ++i) line("GRANT " + role() + " TO " + role());
    line("CREATE DATABASE w OWNER " + role());
    text_ += "\\connect w\n";
    line("CREATE SCHEMA s AUTHORIZATION " + role());
    line("CREATE SCHEMA \"S t\"");
    if (major_ >= 15) line("GRANT CREATE ON SCHEMA public TO PUBLIC");
    for (int i = 0; i < 120; ++i) statement();
    line("RESET SESSION AUTHORIZATION");
    line("ROLLBACK");
    return text_;
  }

 private:
  void line(const std::string& statement) { text_ += statement + ";\n"; }
  std::size_t below(std::size_t n) { return dice_() % n; }
  std::string one_of(const Words& words) { return words[below(words.size())]; }
  static const Words& roles() {
    static const Words all{"a", "b", "\"C d\"", "e"};
    return all;
  }
  std::string role() { return one_of(roles()); }
  std::string grantee() { return below(6) == 0 ? "PUBLIC" : role(); }
  std::string schema() { return one_of({"public", "s", "\"S t\""}); }
  std::string qualified(const Words& names) {
    return one_of({"", "public.", "s.", "\"S t\".", "s."}) + one_of(names);
  }
  std::string table() { return qualified({"t1", "t2", "\"T 3\"", "t4"}); }
  std::string view() { return qualified({"v1", "v2"}); }
  std::string relation() { return below(3) == 0 ? view() : table(); }
  std::string column() { return one_of({"id", "name", "\"C\"", "extra"}); }
  std::string type() {
    return one_of({"int", "text", "varchar(10)", "numeric(4,2)[]", "timestamptz", "\"char\"",
                   "public.e1", "s.e1", "e1", "d1", "c1", "t1", "json", "bit(3)", "name[]"});
  }
  std::string function() {
    return qualified({"f1", "f2"}) + one_of({"()", "(int)", "(text, int)"});
  }
  std::string cascade() { return one_of({"", "", " CASCADE", " RESTRICT"}); }
  std::string exists() { return one_of({"", "", "IF EXISTS "}); }

  void statement() {
    switch (below(24)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return create_table();
      case 4:
      case 5:
        return create_view();
      case 6:
      case 7:
        return create_function();
      case 8:
        return create_type();
      case 9:
        return line(one_of({"CREATE SEQUENCE ", "CREATE SEQUENCE IF NOT EXISTS "}) +
                    qualified({"q1", "q2", "t1_id_seq"}) + one_of({"", " OWNED BY s.t1.id"}));
      case 10:
      case 11:
      case 12:
      case 13:
        return grant();
      case 14:
        return defaults();
      case 15:
      case 16:
        return alter_table();
      case 17:
        return policy();
      case 18:
        return owner();
      case 19:
        return rename();
      case 20:
        return drop();
      case 21:
        return session();
      case 22:
        return transaction();
      default:
        return other();
    }
  }

  void create_table() {
    const auto name = table();
    switch (below(9)) {
      case 0:
        return line("CREATE TABLE " + name + " AS SELECT * FROM " + relation());
      case 1:
        return line("CREATE TABLE " + name + " (LIKE " + relation() +
                    one_of({"", " INCLUDING ALL", " INCLUDING IDENTITY", " INCLUDING DEFAULTS"}) +
                    ", more int)");
      case 2:
        return line("CREATE TABLE " + name + " (other " + type() + ") INHERITS (" + table() + ")");
      case 3:
        return line("CREATE TABLE " + name + " (id int, name text) PARTITION BY LIST (id)");
      case 4:
        return line("CREATE TABLE " + name + " PARTITION OF " + table() + " FOR VALUES IN (" +
                    std::to_string(below(9)) + ")");
      case 5:
        return line("CREATE " + one_of({"TEMP ", "UNLOGGED "}) + "TABLE " +
                    one_of({"t1", "t2", "tmp"}) + " (id int, name text)");
      default:
        return line("CREATE TABLE " + one_of({"", "IF NOT EXISTS "}) + name + " (id " +
                    one_of({"serial PRIMARY KEY", "int", "bigint GENERATED ALWAYS AS IDENTITY",
                            "int UNIQUE", "serial"}) +
                    ", name text" + one_of({"", " DEFAULT 'x'", " CHECK (name <> '')"}) +
                    ", \"C\" " + type() + one_of({")", ", extra " + type() + ")"}));
    }
  }

  void create_view() {
    const auto source = relation();
    const auto query = one_of(
        {"SELECT id, name FROM " + source, "SELECT * FROM " + source,
         "SELECT x.id AS k, y.* FROM " + source + " x JOIN " + relation() + " y ON x.id = y.id",
         "SELECT count(*), max(id) m, 1 + 1, name::text FROM " + source + " GROUP BY name",
         "WITH q AS (SELECT id i FROM " + source + ") SELECT * FROM q", "VALUES (1, 'a')"});
    const auto how = one_of(
        {"CREATE VIEW ", "CREATE OR REPLACE VIEW ", "CREATE VIEW ", "CREATE MATERIALIZED VIEW "});
    const auto with =
        how.find("MAT") == std::string::npos
            ? one_of({"", "", " WITH (security_barrier)", " WITH (security_invoker = true)"})
            : std::string();
    line(how + view() + with + " AS " + query);
  }

  void create_function() {
    if (below(6) == 0) {
      return line("ALTER FUNCTION " + function() +
                  one_of({" SECURITY DEFINER", " STABLE", " SET search_path = s, \"S t\"",
                          " RESET ALL", " SET work_mem = '1MB'"}));
    }
    const auto arguments = one_of({"()", "(int)", "(a text, b int DEFAULT 1)", "(text, int)",
                                   "(x " + type() + ")", "(OUT o int, i text)"});
    const bool out = arguments.find("OUT") != std::string::npos;
    line(one_of({"CREATE FUNCTION ", "CREATE OR REPLACE FUNCTION "}) + qualified({"f1", "f2"}) +
         arguments + (out ? "" : one_of({" RETURNS int", " RETURNS int", " RETURNS text"})) +
         " LANGUAGE " + one_of({"plpgsql", "plpgsql", "plpgsql IMMUTABLE"}) +
         one_of({"", " SECURITY DEFINER", " SET search_path = pg_catalog, pg_temp"}) +
         " AS 'begin end'");
  }

  void create_type() {
    const auto name = qualified({"e1", "d1", "c1", "r1"});
    line(one_of({"CREATE TYPE " + name + " AS ENUM ('x')", "CREATE TYPE " + name + " AS ENUM ('x')",
                 "CREATE DOMAIN " + name + " AS " + type(),
                 "CREATE TYPE " + name + " AS (i int, j " + type() + ")",
                 "CREATE TYPE " + name + " AS RANGE (subtype = int4)"}));
  }

  std::string granted_by() { return major_ >= 19 && below(3) == 0 ? " GRANTED BY " + role() : ""; }

  void grant() {
    const bool grants = below(3) > 0;
    const auto option = below(4) == 0;
    const auto what = one_of(
        {"SELECT ON " + relation(), "INSERT, UPDATE ON " + table(), "ALL ON " + relation(),
         "SELECT (id), UPDATE (name) ON " + relation(), "ALL (id) ON " + table(),
         "ALL ON ALL TABLES IN SCHEMA " + schema(), "EXECUTE ON FUNCTION " + function(),
         "ALL ON ALL FUNCTIONS IN SCHEMA " + schema(), "ALL ON ALL SEQUENCES IN SCHEMA " + schema(),
         "USAGE ON TYPE " + qualified({"e1", "d1", "c1", "r1"}), "CREATE ON SCHEMA " + schema(),
         "USAGE ON SCHEMA " + schema(), "CONNECT, CREATE ON DATABASE w",
         "USAGE ON SEQUENCE " + qualified({"q1", "q2", "t1_id_seq"}), "USAGE ON LANGUAGE plpgsql"});
    if (grants) {
      line("GRANT " + what + " TO " + grantee() + (option ? " WITH GRANT OPTION" : "") +
           granted_by());
    } else {
      line(std::string("REVOKE ") + (option ? "GRANT OPTION FOR " : "") + what + " FROM " +
           grantee() + granted_by() + cascade());
    }
  }

  void defaults() {
    const auto what = one_of({"SELECT ON TABLES", "ALL ON TABLES", "EXECUTE ON FUNCTIONS",
                              "USAGE ON TYPES", "USAGE ON SEQUENCES", "ALL ON SCHEMAS"});
    line("ALTER DEFAULT PRIVILEGES " + one_of({"", "", "FOR ROLE " + role() + " "}) +
         one_of({"", "", "IN SCHEMA " + schema() + " "}) +
         (below(2) == 0 ? "GRANT " + what + " TO " : "REVOKE " + what + " FROM ") + grantee());
  }

  void alter_table() {
    const auto name = table();
    line("ALTER TABLE " + exists() + name + ' ' +
         one_of({"ADD COLUMN " + column() + ' ' + type(), "ADD COLUMN IF NOT EXISTS extra serial",
                 "DROP COLUMN " + exists() + column() + cascade(), "ENABLE ROW LEVEL SECURITY",
                 "FORCE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY",
                 "NO FORCE ROW LEVEL SECURITY", "OWNER TO " + role(), "SET SCHEMA " + schema(),
                 "RENAME COLUMN " + column() + " TO " + column(),
                 "ALTER COLUMN name SET DEFAULT 'y'", "ADD CONSTRAINT x CHECK (id > 0)",
                 "INHERIT " + table(), "NO INHERIT " + table()}));
  }

  void policy() {
    const auto on = one_of({"p1", "p2"}) + " ON " + table();
    line(one_of({"CREATE POLICY " + on + one_of({"", " AS RESTRICTIVE"}) +
                     one_of({"", " FOR SELECT", " FOR UPDATE"}) + " TO " + grantee() + ", " +
                     role() + " USING (id > 0)",
                 "CREATE POLICY " + on + " FOR INSERT TO " + role() + " WITH CHECK (true)",
                 "CREATE POLICY " + on + " USING (name = current_user)",
                 "ALTER POLICY " + on + " TO " + role(),
                 "ALTER POLICY " + on + " USING (id IS NULL)",
                 "ALTER POLICY " + on + " RENAME TO p2", "DROP POLICY " + exists() + on}));
  }

  void owner() {
    line(one_of({"ALTER VIEW " + view() + " OWNER TO ",
                 "ALTER FUNCTION " + function() + " OWNER TO ",
                 "ALTER SCHEMA " + schema() + " OWNER TO ", "ALTER TABLE " + table() + " OWNER TO ",
                 "ALTER TYPE " + qualified({"e1", "c1", "r1"}) + " OWNER TO ",
                 "ALTER SEQUENCE " + qualified({"q1", "t1_id_seq"}) + " OWNER TO ",
                 "ALTER DATABASE w OWNER TO ", "REASSIGN OWNED BY " + role() + " TO "}) +
         role());
  }

  void rename() {
    line(one_of({"ALTER TABLE " + table() + " RENAME TO t" + std::to_string(below(5)),
                 "ALTER VIEW " + view() + " RENAME TO v" + std::to_string(below(4)),
                 "ALTER FUNCTION " + function() + " RENAME TO f2",
                 "ALTER FUNCTION " + function() + " SET SCHEMA " + schema(),
                 "ALTER TYPE " + qualified({"e1", "c1"}) + " RENAME TO d1",
                 "ALTER TYPE " + qualified({"e1", "c1", "r1"}) + " SET SCHEMA " + schema(),
                 "ALTER SCHEMA s RENAME TO s2", "ALTER SCHEMA s2 RENAME TO s",
                 "ALTER VIEW " + view() + " SET SCHEMA " + schema(),
                 "ALTER SEQUENCE " + qualified({"q1", "q2"}) + " RENAME TO q2"}));
  }

  void drop() {
    line(one_of({"DROP TABLE " + exists() + table() + cascade(),
                 "DROP VIEW " + exists() + view() + cascade(),
                 "DROP FUNCTION " + exists() + function() + cascade(),
                 "DROP TYPE " + exists() + qualified({"e1", "d1", "c1", "r1"}) + cascade(),
                 "DROP SEQUENCE " + exists() + qualified({"q1", "q2", "t1_id_seq"}) + cascade(),
                 "DROP MATERIALIZED VIEW " + exists() + view() + cascade(),
                 "DROP SCHEMA " + exists() + "s" + cascade(),
                 below(3) == 0 ? "DROP OWNED BY " + role() + cascade() : "SELECT 1"}));
  }

  void session() {
    line(one_of({"SET ROLE " + role(), "RESET ROLE", "RESET ROLE", "SET ROLE NONE",
                 "SET SESSION AUTHORIZATION " + role(), "RESET SESSION AUTHORIZATION",
                 "RESET SESSION AUTHORIZATION", "SET search_path = s, public",
                 "SET search_path = \"S t\", s", "RESET search_path",
                 "SELECT set_config('search_path', 'public', false)", "SET LOCAL ROLE " + role()}));
  }

  void transaction() {
    line(one_of({"BEGIN", "COMMIT", "COMMIT", "ROLLBACK", "SAVEPOINT x", "ROLLBACK TO x",
                 "RELEASE x", "COMMIT"}));
  }

  void other() {
    line(one_of({"CREATE SCHEMA s2 AUTHORIZATION " + role() + " CREATE TABLE n (i int)",
                 "CREATE SCHEMA IF NOT EXISTS s", "CREATE INDEX ON " + table() + " (id)",
                 "CREATE INDEX t1_x ON " + table() + " (name)", "DROP INDEX " + qualified({"t1_x"}),
                 "CREATE FUNCTION " + qualified({"tr"}) +
                     "() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'",
                 "CREATE TRIGGER x BEFORE INSERT ON " + table() +
                     " FOR EACH ROW EXECUTE FUNCTION " + qualified({"tr"}) + "()",
                 "DROP FUNCTION " + qualified({"tr"}) + "()" + cascade(),
                 "ALTER ROLE " + role() + " SET search_path = " + schema(),
                 "ALTER DATABASE w SET work_mem = '2MB'"}));
  }

  std::mt19937_64 dice_;
  int major_;
  std::string text_;
};

}  // namespace

std::string random_script(std::uint64_t number, int major) { return Writer(number, major).write(); }

}  // namespace pgleast::test
