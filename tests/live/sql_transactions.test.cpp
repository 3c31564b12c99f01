// Scripts that take a grant away, or give one, in a transaction of which something may fail: run by
// psql on a server and replayed. What the server's catalogs then say is in the model, or unseen.
// What cannot fail, and what certainly does, is followed.

#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "input/replay/replay.hpp"
#include "model/fresh_cluster.hpp"
#include "privileges/aclmask.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

// Everybody may read `secret`; REVOKE stands for the statement that ends it. `t (a text PRIMARY
// KEY, b int)` has a row ('x', 1).
struct Row {
  const char* text;
  int since = 12;
};

const std::vector<Row> followed{
    {"REVOKE;"},
    {"BEGIN; REVOKE; COMMIT;"},
    {"BEGIN; REVOKE; SELECT 1; COMMIT;"},
    {"BEGIN; REVOKE; SELECT a, t.* FROM t; TABLE t; COMMIT;"},
    {"BEGIN; REVOKE; SELECT pg_catalog.set_config('search_path', '', false); COMMIT;"},
    {"BEGIN; REVOKE; COMMENT ON TABLE t IS 'x'; COMMENT ON COLUMN t.b IS 'y'; COMMIT;"},
    {"BEGIN; REVOKE; LOCK TABLE t; LISTEN x; NOTIFY x; COMMIT;"},
    {"BEGIN; REVOKE; CREATE TABLE c AS SELECT a FROM t; COMMIT;"},
    {"BEGIN; REVOKE; CREATE MATERIALIZED VIEW m AS SELECT 1 / 0 AS a WITH NO DATA; COMMIT;"},
    {"BEGIN; REVOKE; INSERT INTO nosuch VALUES (1); COMMIT;"},
    {"BEGIN; REVOKE; DELETE FROM nosuch; COMMIT;"},
    {"BEGIN; REVOKE; SELECT a FROM nosuch; COMMIT;"},
    {"BEGIN; REVOKE; SELECT nix FROM t; COMMIT;"},
    {"BEGIN; REVOKE; COMMENT ON TABLE nosuch IS 'x'; COMMIT;"},
    {"BEGIN; REVOKE; COMMENT ON COLUMN t.nix IS 'x'; COMMIT;"},
    {"BEGIN; REVOKE; LOCK TABLE nosuch; COMMIT;"},
    {"BEGIN; REVOKE; VACUUM t; COMMIT;"},
    {"BEGIN; REVOKE; COPY nosuch TO STDOUT; COMMIT;"},
    {"BEGIN; SELECT a FROM nosuch; REVOKE; ROLLBACK; REVOKE;"},
    {"BEGIN; SELECT a FROM nosuch; ROLLBACK; BEGIN; REVOKE; COMMIT;"},
    {"BEGIN; INSERT INTO t VALUES ('x'); COMMIT; REVOKE;"},
    {"BEGIN; REVOKE; INSERT INTO t VALUES ('x'); ROLLBACK;"},
    {"BEGIN; SAVEPOINT s; INSERT INTO t VALUES ('x'); ROLLBACK TO s; REVOKE; COMMIT;"},
    {"BEGIN; SAVEPOINT s; SELECT a FROM nosuch; ROLLBACK TO s; REVOKE; COMMIT;"},
    {"INSERT INTO t VALUES ('x'); REVOKE;"},
    {"SELECT 1 / 0; REVOKE;"},
    {"BEGIN; REVOKE; WITH w AS (SELECT a FROM t) INSERT INTO t SELECT a FROM w; ROLLBACK;"},
    {"\\set ON_ERROR_STOP on\nREVOKE;"},
    {"\\set AUTOCOMMIT on\n\\set ON_ERROR_ROLLBACK off\nREVOKE;"},
    {"DO $$ BEGIN REVOKE; END $$;"},
    {"DO $$ BEGIN INSERT INTO t VALUES ('x'); END $$; REVOKE;"},
    {"DO $$ BEGIN REVOKE; INSERT INTO nosuch VALUES (1); END $$;"},
};

const std::vector<Row> unsure{
    {"BEGIN; REVOKE; INSERT INTO t VALUES ('x'); COMMIT;"},
    {"BEGIN; REVOKE; INSERT INTO t VALUES ('y', 2); COMMIT;"},
    {"BEGIN; INSERT INTO t VALUES ('x'); REVOKE; END;"},
    {"START TRANSACTION; REVOKE; INSERT INTO t SELECT a FROM t; COMMIT WORK;"},
    {"BEGIN; REVOKE; UPDATE t SET b = 1 / 0; COMMIT;"},
    {"BEGIN; REVOKE; DELETE FROM t WHERE 1 / 0 = b; COMMIT;"},
    {"BEGIN; REVOKE; SELECT 1 / 0; COMMIT;"},
    {"BEGIN; REVOKE; SELECT 'x'::int; COMMIT;"},
    {"BEGIN; REVOKE; SELECT int 'x'; COMMIT;"},
    {"BEGIN; REVOKE; SELECT nosuch(1); COMMIT;"},
    {"BEGIN; REVOKE; VALUES (1 / 0); COMMIT;"},
    {"BEGIN; REVOKE; SELECT b FROM v; COMMIT;"},
    {"BEGIN; REVOKE; SELECT a FROM t LIMIT -1; COMMIT;"},
    {"BEGIN; REVOKE; SELECT a FROM t UNION SELECT b FROM t; COMMIT;"},
    {"BEGIN; REVOKE; SELECT a, count(*) FROM t; COMMIT;"},
    {"BEGIN; REVOKE; SELECT a FROM t WHERE a; COMMIT;"},
    {"BEGIN; REVOKE; SELECT a FROM t GROUP BY b; COMMIT;"},
    {"BEGIN; REVOKE; SELECT a FROM t t1, t t2; COMMIT;"},
    {"BEGIN; REVOKE; SELECT a FROM t ORDER BY 7; COMMIT;"},
    {"BEGIN; REVOKE; SELECT x.a FROM t; COMMIT;"},
    {"BEGIN; REVOKE; SELECT t.nix FROM t; COMMIT;"},
    {"BEGIN; REVOKE; SELECT * ; COMMIT;"},
    {"BEGIN; REVOKE; SELECT pg_catalog.set_config('work_mem', 'x', false); COMMIT;"},
    {"BEGIN; REVOKE; CREATE TABLE c AS SELECT 1 / 0 AS a; COMMIT;"},
    {"BEGIN; REVOKE; SELECT 1 / 0 AS a INTO c; COMMIT;"},
    {"BEGIN; REVOKE; CREATE MATERIALIZED VIEW m AS SELECT 1 / 0 AS a; COMMIT;"},
    {"BEGIN; REVOKE; PREPARE p AS SELECT 1 / 0; EXECUTE p; COMMIT;"},
    {"BEGIN; REVOKE; EXECUTE nosuch; COMMIT;"},
    {"BEGIN; REVOKE; DECLARE c CURSOR FOR SELECT 1 / 0 AS a; FETCH c; COMMIT;"},
    {"BEGIN; REVOKE; FETCH nosuch; COMMIT;"},
    {"BEGIN; REVOKE; CALL nosuch(); COMMIT;"},
    {"BEGIN; REVOKE; SET nosuch = 1; COMMIT;"},
    {"BEGIN; REVOKE; SET work_mem = 'x'; COMMIT;"},
    {"BEGIN; REVOKE; RESET nosuch; COMMIT;"},
    {"BEGIN; REVOKE; SHOW nosuch; COMMIT;"},
    {"BEGIN; REVOKE; SECURITY LABEL ON TABLE t IS 'x'; COMMIT;"},
    {"BEGIN; REVOKE; LOAD 'nosuch'; COMMIT;"},
    {"BEGIN; REVOKE; TRUNCATE t; COMMIT;"},
    {"BEGIN; REVOKE; COPY t FROM STDIN;\nx\n\\.\nCOMMIT;"},
    {"BEGIN; REVOKE;\n\\copy t from /nosuch\nCOMMIT;"},
    {"BEGIN; REVOKE; COMMENT ON ROLE nosuch IS 'x'; COMMIT;"},
    {"BEGIN; REVOKE; SAVEPOINT s; SELECT 1 / 0; RELEASE s; COMMIT;"},
    {"BEGIN; REVOKE; SELECT 1 / 0; SAVEPOINT s; ROLLBACK TO s; COMMIT;"},
    {"BEGIN; REVOKE; SELECT 1 / 0; COMMIT AND CHAIN; COMMIT;"},
    {"BEGIN; SELECT 1 / 0; COMMIT AND CHAIN; REVOKE; COMMIT;"},
    {"BEGIN; SELECT a FROM t FOR UPDATE OF u; REVOKE; COMMIT;"},
    {"DO $$ BEGIN REVOKE; INSERT INTO t VALUES ('x'); END $$;"},
    {"DO $$ BEGIN REVOKE; EXECUTE 'INSERT INTO t VALUES (''x'')'; END $$;"},
    {"DO $$ BEGIN REVOKE; PERFORM 1 / 0; END $$;"},
    {"DO $$ BEGIN INSERT INTO t VALUES ('x'); EXCEPTION WHEN unique_violation THEN REVOKE; END "
     "$$;"},
    {"BEGIN; REVOKE; DO $$ BEGIN INSERT INTO t VALUES ('x'); END $$; COMMIT;"},
    {"SELECT 'REVOKE; INSERT INTO t VALUES (''x'')' \\gexec\n"},
    {"BEGIN; REVOKE; SELECT 'INSERT INTO t VALUES (''x'')' \\gexec\nCOMMIT;"},
    {"BEGIN READ ONLY; REVOKE; COMMIT;"},
    {"SET default_transaction_read_only = on; REVOKE;"},
    {"BEGIN; SET TRANSACTION READ ONLY; DO $$ BEGIN REVOKE; END $$; COMMIT;"},
    {"\\set AUTOCOMMIT off\nREVOKE;"},
    {"\\set ON_ERROR_ROLLBACK on\nBEGIN; SELECT a FROM nosuch; REVOKE; COMMIT;"},
    {"\\set ON_ERROR_STOP 1\nSELECT 1; INSERT INTO t (nix) VALUES (1); DROP TABLE nosuch; REVOKE;"},
    {"REVOKE\\; SELECT 1 / 0;"},
    {"BEGIN; REVOKE; PREPARE TRANSACTION 'x'; ROLLBACK;"},
};

std::string script_of(const Row& row, const std::string& schema) {
  std::string text = row.text;
  for (auto at = text.find("REVOKE"); at != std::string::npos; at = text.find("REVOKE", at)) {
    const auto statement = "REVOKE ALL ON " + schema + ".secret FROM PUBLIC";
    text.replace(at, 6, statement);
    at += statement.size();
  }
  return fmt::format(
             "CREATE SCHEMA {0};\nSET search_path = {0};\nCREATE TABLE secret (id int);\n"
             "GRANT SELECT ON secret TO PUBLIC;\nCREATE TABLE t (a text PRIMARY KEY, b int);\n"
             "INSERT INTO t VALUES ('x', 1);\nCREATE VIEW v AS SELECT 1 / b - 1 / b AS b FROM t;\n",
             schema) +
         text + '\n';
}

bool is_public(const Cluster& cluster, const std::string& table) {
  for (const auto& o : cluster.objects) {
    if (o.kind != ObjectKind::table || o.identity != table) continue;
    return granted_to(cluster.effective_acl(o), public_role).has(Privilege::select);
  }
  return false;
}

struct Count {
  int rows = 0, revoked = 0, followed = 0, unseen = 0, missed = 0;
};

void compare(const LiveServer& server, const Row& row, bool is_followed, Count& count) {
  if (server.major() < row.since) return;
  const auto schema = fmt::format("w{}{}", is_followed ? "f" : "u", count.rows++);
  const auto script = script_of(row, schema);
  const auto path = server.folder() + "/transaction.sql";
  std::ofstream(path) << script;
  test::run("psql -X -q -o /dev/null -d " + test::shell_quoted(server.dsn("tx")) + " -f " +
            test::shell_quoted(path) + " > /dev/null 2>&1");
  const bool theirs =
      server.ask("tx", "SELECT count(*) FROM pg_class, aclexplode(relacl) a WHERE oid = '" +
                           schema + ".secret'::regclass AND a.grantee = 0") != "0";
  auto cluster = fresh_cluster(server.major() * 10000);
  replay_sql(Source("x.sql", script), cluster, Beneath::known);
  const bool ours = is_public(cluster, schema + ".secret");
  const bool seen = cluster.seen(Fact::objects);
  count.revoked += theirs ? 0 : 1;
  count.followed += seen && ours == theirs ? 1 : 0;
  count.unseen += seen ? 0 : 1;
  INFO(row.text);
  CHECK((!seen || ours == theirs));
  if (seen && ours != theirs) ++count.missed;
  if (is_followed) CHECK(seen);
}

}  // namespace

TEST_CASE("what may fail in a transaction is unseen, not done", "[live][sql][transactions]") {
  LiveServer server;
  server.sql("postgres", "CREATE DATABASE tx");
  Count count;
  for (const auto& row : followed) compare(server, row, true, count);
  for (const auto& row : unsure) compare(server, row, false, count);
  std::cout << fmt::format(
      "{} scripts: {} revoked on the server, {} followed, {} unseen, {} missed\n", count.rows,
      count.revoked, count.followed, count.unseen, count.missed);
}
