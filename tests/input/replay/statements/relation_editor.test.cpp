#include <fmt/format.h>

#include "input/replay/replay.hpp"
#include "model/fresh_cluster.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

/// "table public.t of app: a b; sequence public.t_a_seq of app", then what was refused.
std::string told(const std::string& script) {
  auto cluster = fresh_cluster(150000);
  const auto problems = replay_sql(Source("x.sql", script), cluster, Beneath::known);
  std::string result;
  for (const auto& o : cluster.objects) {
    const bool table = o.kind == ObjectKind::table;
    if (o.system || (!table && o.kind != ObjectKind::sequence)) continue;
    result += fmt::format("{}{} {} of {}", result.empty() ? "" : "; ", info(o.kind).name,
                          o.identity, cluster.role_name(o.owner));
    if (!table) continue;
    for (const auto& option : cluster.relation(o).options) result += ' ' + option;
    for (const auto& column : cluster.relation(o).columns) result += ' ' + column.name;
  }
  for (const auto* const list : {&problems.syntax, &problems.refused}) {
    for (const auto& d : *list) result += (result.empty() ? "" : "; ") + d.message;
  }
  const auto unseen = cluster.unseen.find(Fact::objects);
  if (unseen != cluster.unseen.end()) result += "; not followed: " + unseen->second.why;
  return result;
}

struct Case {
  std::string script;
  std::string expected;
};

}  // namespace

// Each was run on a server of version 15.
TEST_CASE("a serial column has a sequence of its own", "[input][replay]") {
  const auto c = GENERATE(values<Case>({
      {"CREATE TABLE t (a serial, b bigserial, c smallserial, d serial2, e serial4, f serial8)",
       "table public.t of postgres a b c d e f; sequence public.t_a_seq of postgres; "
       "sequence public.t_b_seq of postgres; sequence public.t_c_seq of postgres; "
       "sequence public.t_d_seq of postgres; sequence public.t_e_seq of postgres; "
       "sequence public.t_f_seq of postgres"},
      {"CREATE TABLE t (); ALTER TABLE t ADD a smallserial, ADD b bigserial",
       "table public.t of postgres a b; sequence public.t_a_seq of postgres; "
       "sequence public.t_b_seq of postgres"},
      {"CREATE TABLE t (); ALTER TABLE t ADD a bigserial; ALTER TABLE t DROP a",
       "table public.t of postgres"},
      {"CREATE TABLE t (a serial); DROP SEQUENCE t_a_seq",
       "table public.t of postgres a; sequence public.t_a_seq of postgres; "
       "cannot drop what other objects depend on"},
      {"CREATE TABLE t (); ALTER TABLE t ADD a bigserial; DROP SEQUENCE t_a_seq CASCADE",
       "table public.t of postgres a"},
      // It is of the owner of the table, whoever adds it.
      {"CREATE ROLE app; CREATE TABLE t (); ALTER TABLE t OWNER TO app; ALTER TABLE t ADD a serial",
       "table public.t of app a; sequence public.t_a_seq of app"},
      {"CREATE ROLE app; CREATE TABLE t (); ALTER TABLE t OWNER TO app; SET ROLE app; "
       "ALTER TABLE t ADD a serial",
       "table public.t of app; permission denied for schema public"},
      // Those that inherit the column take its default, and so need the sequence.
      {"CREATE TABLE p (); CREATE TABLE c () INHERITS (p); ALTER TABLE p ADD a bigserial; "
       "ALTER TABLE ONLY p ALTER a DROP DEFAULT; DROP SEQUENCE p_a_seq",
       "table public.p of postgres a; table public.c of postgres a; "
       "sequence public.p_a_seq of postgres; "
       "cannot drop what other objects depend on"},
      // A name that only looks like it.
      {"CREATE TYPE myserial AS (x int); CREATE TABLE t (a myserial); ALTER TABLE t ADD b myserial",
       "table public.t of postgres a b"},
      {"CREATE TABLE t (a \"SERIAL\")",
       "type `SERIAL` does not exist; not followed: the SQL scripts make nothing in a database"},
      {"CREATE TABLE t (a serial[])",
       "array of serial is not implemented; not followed: the SQL scripts make nothing in a "
       "database"},
      {"CREATE TABLE t (); ALTER TABLE t ADD a serial[]",
       "table public.t of postgres; array of serial is not implemented"},
      {"CREATE TABLE t (a serial DEFAULT 5)",
       "multiple default values specified for column `a` of table `t`"},
      {"CREATE TABLE t (a serial GENERATED ALWAYS AS IDENTITY)",
       "both default and identity specified for column `a` of table `t`"},
  }));
  CAPTURE(c.script);
  CHECK(told(c.script) == c.expected);
}

TEST_CASE("options of views are those that the server takes", "[input][replay]") {
  const auto c = GENERATE(values<Case>({
      {"CREATE VIEW v WITH (security_invoker = T, security_barrier) AS SELECT 1 AS a",
       "table public.v of postgres security_invoker=t security_barrier=true a"},
      {"CREATE VIEW v AS SELECT 1 AS a; ALTER VIEW v SET (security_invoker = 'Ye')",
       "table public.v of postgres security_invoker=Ye a"},
      {"CREATE VIEW v WITH (security_invoker = o) AS SELECT 1 AS a",
       "invalid value for boolean option `security_invoker`: o; not followed: the SQL scripts make "
       "nothing in a database"},
      {"CREATE VIEW v AS SELECT 1 AS a; ALTER VIEW v SET (security_barrier = 2)",
       "table public.v of postgres a; invalid value for boolean option `security_barrier`: 2"},
      {"CREATE TABLE t (a int); CREATE VIEW v WITH (check_option = 'LOCAL') AS SELECT a FROM t",
       "table public.t of postgres a; table public.v of postgres check_option=LOCAL a"},
      {"CREATE TABLE t (a int); CREATE VIEW v WITH (check_option = t) AS SELECT a FROM t",
       "table public.t of postgres a; invalid value for enum option `check_option`: t"},
      {"CREATE VIEW v AS SELECT 1 AS a; ALTER VIEW v SET (fillfactor = 10)",
       "table public.v of postgres a; unrecognized parameter `fillfactor`"},
      {"CREATE VIEW v AS SELECT 1 AS a; ALTER VIEW v RESET (fillfactor)",
       "table public.v of postgres a"},
      {"CREATE TABLE t (a int) WITH (fillfactor = 10)", "table public.t of postgres a"},
  }));
  CAPTURE(c.script);
  CHECK(told(c.script) == c.expected);
}
