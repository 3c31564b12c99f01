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
    {"BEGIN; CREATE TABLE n (a int); ALTER TABLE n ADD CHECK (a > 0); CREATE UNIQUE INDEX ON n "
     "(a); ALTER TABLE n ALTER a SET NOT NULL; ALTER TABLE n ALTER a TYPE bigint; REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR "
     "VALUES IN (1); ALTER TABLE p ADD PRIMARY KEY (a); CREATE TABLE p2 (a int NOT NULL); ALTER "
     "TABLE p ATTACH PARTITION p2 FOR VALUES IN (2); REVOKE; COMMIT;"},
    {"BEGIN; ALTER TABLE t ADD c int; ALTER TABLE t ADD d int NOT NULL DEFAULT 1; CREATE INDEX ON "
     "t (b); ALTER TABLE t ADD CHECK (b > 5) NOT VALID; REVOKE; COMMIT;"},
    {"BEGIN; ALTER TABLE IF EXISTS nosuch ADD CHECK (false); REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE n (a smallint); INSERT INTO n VALUES (-32768); REVOKE; COMMIT;"},
    {"BEGIN; REVOKE; CREATE TABLE n (a int PRIMARY KEY); ALTER TABLE n ALTER a DROP NOT NULL; "
     "COMMIT;"},
    {"BEGIN; CREATE TABLE n (a int) WITH (fillfactor = 70, autovacuum_enabled = off); REVOKE; "
     "COMMIT;"},
};

const std::vector<Row> unsure{
    {"BEGIN; CREATE TABLE n (a int); INSERT INTO n VALUES (1), (1); CREATE UNIQUE INDEX ON n (a); "
     "REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE n (a int); INSERT INTO n VALUES (1), (1); ALTER TABLE n ADD PRIMARY KEY "
     "(a); REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE n (a int); INSERT INTO n VALUES (NULL); ALTER TABLE n ALTER a SET NOT "
     "NULL; REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE n (a int); INSERT INTO n VALUES (-1); ALTER TABLE n ADD CHECK (a > 0); "
     "REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE n (a int); INSERT INTO n VALUES (-1); ALTER TABLE n ADD CONSTRAINT c "
     "CHECK (a > 0) NOT VALID; ALTER TABLE n VALIDATE CONSTRAINT c; REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE n (a int); CREATE TABLE p (a int PRIMARY KEY); INSERT INTO n VALUES (1); "
     "ALTER TABLE n ADD FOREIGN KEY (a) REFERENCES p; REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE n (a int); INSERT INTO n VALUES (70000); ALTER TABLE n ALTER a TYPE "
     "smallint; REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE n (a int); INSERT INTO n VALUES (1); ALTER TABLE n ADD b int NOT NULL; "
     "REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE n (a int); INSERT INTO n VALUES (1), (2); ALTER TABLE n ADD b int UNIQUE "
     "DEFAULT 1; REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE n (a int); INSERT INTO n VALUES (1); ALTER TABLE n ADD b int DEFAULT 0 "
     "CHECK (b > 0); REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE n (a int); CREATE TABLE p (a int PRIMARY KEY); INSERT INTO n VALUES (1); "
     "ALTER TABLE n ADD b int DEFAULT 3 REFERENCES p; REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE n (a int); INSERT INTO n VALUES (0); CREATE INDEX ON n ((1 / a)); "
     "REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE n (a int); CREATE TABLE p (a int) PARTITION BY LIST (a); INSERT INTO n "
     "VALUES (2); ALTER TABLE p ATTACH PARTITION n FOR VALUES IN (1); REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE n (a int); CREATE DOMAIN d AS int; CREATE TABLE m (a int, b d); INSERT "
     "INTO n VALUES (1); ALTER TABLE n ADD b d DEFAULT -1; ALTER DOMAIN d ADD CHECK (VALUE > 0); "
     "REVOKE; COMMIT;"},
    {"BEGIN; CREATE TABLE n (a int); CREATE TABLE c () INHERITS (n); INSERT INTO c VALUES (NULL); "
     "ALTER TABLE n ALTER a SET NOT NULL; REVOKE; COMMIT;"},
    {"BEGIN; ALTER TABLE t ADD CHECK (b > 5); REVOKE; COMMIT;"},
    {"BEGIN; REVOKE; CREATE UNIQUE INDEX ON t ((b / 0)); COMMIT;"},
    {"BEGIN; REVOKE; CREATE TABLE n (a smallint); INSERT INTO n VALUES (-32769); COMMIT;"},
    {"BEGIN; REVOKE; CREATE TABLE n (a int) WITH (fillfactor = 5); COMMIT;"},
    {"BEGIN; REVOKE; CREATE INDEX ON t (b) WITH (fillfactor = 500); COMMIT;"},
    {"BEGIN; REVOKE; ALTER TABLE t SET (autovacuum_enabled = maybe); COMMIT;"},
    {"DO $$ BEGIN REVOKE; ALTER TABLE t ADD CHECK (b > 5); END $$;"},
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

// BEGIN; CREATE TABLE n (`columns`); REVOKE; INSERT INTO n `rows`; COMMIT. More may stand in
// either.
struct Made {
  const char* columns;
  const char* rows;
  int since = 12;
};

// None of them is refused, and that is known.
const std::vector<Made> taken{
    {"a int); DROP TABLE n; CREATE TABLE n (a int PRIMARY KEY", "VALUES (1), (2)"},
    {"a int PRIMARY KEY); ALTER TABLE n RENAME a TO z; SELECT (1", "(z) VALUES (1), (2)"},
    {"a int, b text", "VALUES (1, 'a'), (-2, NULL), (NULL, ''), (2147483647, 'x')"},
    {"a int, b text", "VALUES (1)"},
    {"a int, b text", "(b, a) VALUES ('a', 1)"},
    {"a int, b text", "DEFAULT VALUES"},
    {"a int, b text", "VALUES (DEFAULT, DEFAULT)"},
    {"a int DEFAULT 5, b text DEFAULT 'x'::text NOT NULL", "(a) VALUES (1), (DEFAULT)"},
    {"a serial PRIMARY KEY, b text NOT NULL",
     "(b) VALUES ('a'), ('b'); INSERT INTO n (b) VALUES ('c')"},
    {"a bigserial PRIMARY KEY, b text", "VALUES (DEFAULT, 'a'), (7, 'b'), (DEFAULT, 'c')"},
    {"a smallserial UNIQUE", "DEFAULT VALUES"},
    {"a int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, b int", "VALUES (5, 1), (DEFAULT, 2)"},
    {"a int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b int", "(b) VALUES (1), (2)"},
    {"a int GENERATED ALWAYS AS IDENTITY, b int", "OVERRIDING SYSTEM VALUE VALUES (1, 1)"},
    {"a int PRIMARY KEY", "VALUES (1), (2); INSERT INTO n VALUES (3)"},
    {"a int, b text, UNIQUE (a, b)",
     "VALUES (1, 'a'), (1, 'b'), (2, 'a'), (NULL, 'a'), (NULL, 'a')"},
    {"a text UNIQUE, b text UNIQUE", "VALUES ('a', 'a'), ('b', 'A')"},
    {"a int PRIMARY KEY, b int",
     "VALUES (1, 1) ON CONFLICT DO NOTHING; INSERT INTO n VALUES (1, 2) ON "
     "CONFLICT DO NOTHING"},
    {"a int PRIMARY KEY, b int", "VALUES (1, 1), (1, 2) ON CONFLICT (a) DO NOTHING"},
    {"a smallint, b bigint, c numeric, d numeric(5,2), e real, f double precision",
     "VALUES (32767, 9223372036854775807, 1.5, 999.99, 1.5, -0.25), ('-7', '8', '9.5', 1, '2', 3)"},
    {"a boolean, b uuid, c date, d timestamp, e timestamptz, f time",
     "VALUES (true, '01234567-89ab-cdef-0123-456789ABCDEF', '2024-02-29', '2024-01-02 03:04:05.5', "
     "'2024-01-02T03:04:05+01:30', '23:59')"},
    {"a varchar(3), b char(3), c name, d json, e jsonb", "VALUES ('abc', 'ab', 'n', '{}', '[]')"},
    {"a varchar, b timestamptz DEFAULT now() NOT NULL, c date DEFAULT CURRENT_DATE",
     "(a) VALUES ('x'); INSERT INTO n VALUES ('y', CURRENT_TIMESTAMP, now())"},
    {"a uuid PRIMARY KEY DEFAULT gen_random_uuid(), b int", "(b) VALUES (1), (2)", 13},
    {"a int, b text DEFAULT current_user", "(a) VALUES (1)"},
    {"a int CHECK (a > 0), b text CHECK (b IN ('x', 'y'))", "VALUES (1, 'x'), (NULL, NULL)"},
    {"a numeric(10,2) CHECK (a >= 0)", "VALUES (0), (0.5), (10.25)"},
    {"a int PRIMARY KEY); CREATE TABLE m (a int REFERENCES n",
     "VALUES (1), (2); INSERT INTO m VALUES (1), "
     "(2), (NULL)"},
    {"a serial PRIMARY KEY, b int); CREATE TABLE m (a int REFERENCES n (a) ON DELETE CASCADE",
     "(b) VALUES (7), (8); INSERT INTO m VALUES (2)"},
    {"a int); ALTER TABLE n ADD COLUMN b text NOT NULL, ADD PRIMARY KEY (a", "VALUES (1, 'a')"},
    {"a int); ALTER TABLE n OWNER TO CURRENT_USER; CREATE INDEX ON n (a", "VALUES (1), (1)"},
    {"a int); CREATE UNIQUE INDEX ON n (a", "VALUES (1), (2)"},
    {"a int NOT NULL); ALTER TABLE n ALTER a DROP NOT NULL; SELECT (1", "VALUES (NULL)"},
    {"a int PRIMARY KEY, b int",
     "VALUES (1, 1); SAVEPOINT s; INSERT INTO n VALUES (2, 1); "
     "RELEASE s; GRANT SELECT ON n TO PUBLIC"},
    {"a int PRIMARY KEY); CREATE POLICY p ON n; ALTER TABLE n ENABLE ROW LEVEL SECURITY; SELECT (1",
     "VALUES (1)"},
    {"a int); COMMIT; BEGIN; SELECT (1", "VALUES (1)"},
    {"a int PRIMARY KEY); CREATE VIEW w AS SELECT a FROM n WHERE (a > 1", "VALUES (1)"},
};

// Each of them is refused, or nobody knows whether it is.
const std::vector<Made> doubtful{
    {"a int, b int", "VALUES (1, 2), (3, 4), (5)"},
    {"a int PRIMARY KEY",
     "VALUES (1); PREPARE p AS INSERT INTO n VALUES (2); EXECUTE p; INSERT INTO n VALUES (2)"},
    {"a int, b int); ALTER TABLE n ADD CHECK (a > 0) NOT VALID; SELECT (1", "VALUES (0)"},
    {"a serial PRIMARY KEY, b int); ALTER TABLE n ALTER a SET DEFAULT 5; SELECT (1",
     "(b) VALUES (1), (2)"},
    {"a int GENERATED BY DEFAULT AS IDENTITY, b int); ALTER TABLE n ALTER a SET GENERATED ALWAYS; "
     "SELECT (1",
     "VALUES (1, 1)"},
    {"a int GENERATED BY DEFAULT AS IDENTITY, b int); ALTER TABLE n ALTER a DROP IDENTITY; SELECT "
     "(1",
     "(b) VALUES (1)"},
    {"a int); CREATE ROLE writer2; GRANT INSERT ON n TO writer2; ALTER TABLE n ENABLE ROW LEVEL "
     "SECURITY; "
     "SET LOCAL ROLE writer2; SELECT (1",
     "VALUES (1)"},
    {"a int UNIQUE", "VALUES (1); DELETE FROM n; INSERT INTO n VALUES (1)"},
    {"a int", "VALUES (2147483648)"},
    {"a int", "VALUES ('x')"},
    {"a int", "VALUES (1.5)"},
    {"a int", "VALUES ('1.5')"},
    {"a int", "VALUES (true)"},
    {"a int", "VALUES (1, 2)"},
    {"a int, b int", "(a, b) VALUES (1)"},
    {"a int, b int", "(a, a) VALUES (1, 2)"},
    {"a int, b int", "(a, c) VALUES (1, 2)"},
    {"a int, b int", "VALUES (1, 2), (3)"},
    {"a smallint", "VALUES (32768)"},
    {"a bigint", "VALUES (9223372036854775808)"},
    {"a varchar(3)", "VALUES ('abcd')"},
    {"a char(3)", "VALUES ('abcd')"},
    {"a char", "VALUES ('ab')"},
    {"a numeric(3,1)", "VALUES (100)"},
    {"a numeric(3,1)", "VALUES (99.96)"},
    {"a real", "VALUES (1e300)"},
    {"a real", "VALUES ('1e300')"},
    {"a boolean", "VALUES (1)"},
    {"a boolean", "VALUES ('maybe')"},
    {"a date", "VALUES ('2023-02-29')"},
    {"a date", "VALUES ('2024-13-01')"},
    {"a date", "VALUES ('31/12/2024')"},
    {"a timestamp", "VALUES ('2024-01-01 25:00:00')"},
    {"a timestamptz", "VALUES ('2024-01-01 00:00:00 Nowhere/Else')"},
    {"a time", "VALUES ('24:01')"},
    {"a uuid", "VALUES ('1')"},
    {"a json", "VALUES ('{')"},
    {"a int[]", "VALUES ('{x}')"},
    {"a int[]", "VALUES ('{1}')"},
    {"a int[]", "VALUES (1)"},
    {"a int NOT NULL", "VALUES (NULL)"},
    {"a int NOT NULL, b int", "(b) VALUES (1)"},
    {"a int NOT NULL, b int", "DEFAULT VALUES"},
    {"a int PRIMARY KEY, b int", "(b) VALUES (1)"},
    {"a int PRIMARY KEY, b int", "VALUES (NULL, 1)"},
    {"a serial", "VALUES (NULL)"},
    {"a int PRIMARY KEY", "VALUES (1), (1)"},
    {"a int PRIMARY KEY", "VALUES (1); INSERT INTO n VALUES (1)"},
    {"a int PRIMARY KEY", "VALUES (1); INSERT INTO n VALUES ('01')"},
    {"a int PRIMARY KEY", "VALUES (1); INSERT INTO n VALUES (1.4)"},
    {"a int PRIMARY KEY", "VALUES (1); INSERT INTO n SELECT 1"},
    {"a int PRIMARY KEY", "SELECT 1; INSERT INTO n VALUES (1)"},
    {"a int PRIMARY KEY", "VALUES (1); UPDATE n SET a = 2; INSERT INTO n VALUES (2)"},
    {"a int PRIMARY KEY", "VALUES (1); COPY n FROM STDIN;\n2\n\\.\nINSERT INTO n VALUES (2)"},
    {"a int PRIMARY KEY",
     "VALUES (1); DO $$ BEGIN INSERT INTO n VALUES (2); END $$; INSERT INTO n VALUES "
     "(2)"},
    {"a int PRIMARY KEY", "VALUES (1); SAVEPOINT s; INSERT INTO n VALUES (1); RELEASE s"},
    {"a int PRIMARY KEY); INSERT INTO n VALUES (1); COMMIT; BEGIN; SELECT (1", "VALUES (1)"},
    {"a int PRIMARY KEY); COMMIT; INSERT INTO n VALUES (1); BEGIN; SELECT (1", "VALUES (1)"},
    {"a text UNIQUE", "VALUES ('a'), ('a')"},
    {"a char(3) UNIQUE", "VALUES ('a'), ('a ')"},
    {"a numeric UNIQUE", "VALUES (1.0), (1)"},
    {"a numeric(3,1) UNIQUE", "VALUES (1.04), (1.03)"},
    {"a real UNIQUE", "VALUES (0.1), (0.1000000000000000001)"},
    {"a timestamptz UNIQUE", "VALUES ('2024-01-01 01:00:00+01'), ('2024-01-01 00:00:00+00')"},
    {"a timestamptz UNIQUE DEFAULT now(), b int", "(b) VALUES (1), (2)"},
    {"a int UNIQUE DEFAULT 1, b int", "(b) VALUES (1), (2)"},
    {"a int, b int, UNIQUE (a, b)", "VALUES (1, 2), (1, 2)"},
    {"a int, UNIQUE NULLS NOT DISTINCT (a)", "VALUES (NULL), (NULL)", 15},
    {"a serial PRIMARY KEY, b int", "VALUES (1, 1); INSERT INTO n (b) VALUES (2)"},
    {"a serial PRIMARY KEY, b int", "VALUES (DEFAULT, 1), (1, 2)"},
    {"a serial PRIMARY KEY, b int",
     "(b) VALUES (1); ALTER SEQUENCE n_a_seq RESTART; INSERT INTO n (b) "
     "VALUES (1)"},
    {"a serial PRIMARY KEY, b int",
     "(b) VALUES (1); SELECT setval('n_a_seq', 1, false); INSERT INTO n (b) "
     "VALUES (1)"},
    {"a serial PRIMARY KEY, b int",
     "(b) VALUES (1); TRUNCATE n RESTART IDENTITY; INSERT INTO n VALUES (1, 1); "
     "INSERT INTO n (b) VALUES (1)"},
    {"a int GENERATED BY DEFAULT AS IDENTITY (MAXVALUE 1) PRIMARY KEY, b int",
     "(b) VALUES (1), (2)"},
    {"a int GENERATED ALWAYS AS IDENTITY, b int", "VALUES (1, 1)"},
    {"a int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b int",
     "(b) VALUES (1); ALTER TABLE n ALTER a "
     "RESTART; INSERT INTO n (b) VALUES (1)"},
    {"a int, b int GENERATED ALWAYS AS (1 / a) STORED", "VALUES (0)"},
    {"a int, b int GENERATED ALWAYS AS (a) STORED", "VALUES (1, 1)"},
    {"a int CHECK (a > 0)", "VALUES (0)"},
    {"a int CHECK (a > 0)", "VALUES (-1)"},
    {"a numeric CHECK (a < 0.5)", "VALUES (0.50)"},
    {"a text CHECK (a IN ('x', 'y'))", "VALUES ('z')"},
    {"a int, b int, CHECK (a < b)", "VALUES (2, 1)"},
    {"a int CHECK (1 / a > 0)", "VALUES (0)"},
    {"a text CHECK (a <> '')", "VALUES ('')"},
    {"a int); ALTER TABLE n ADD CHECK (a > 0", "VALUES (0)"},
    {"a int PRIMARY KEY); CREATE TABLE m (a int REFERENCES n",
     "VALUES (1); INSERT INTO m VALUES (2)"},
    {"a int PRIMARY KEY); CREATE TABLE m (a int REFERENCES n",
     "VALUES (1); DELETE FROM n; INSERT INTO m "
     "VALUES (1)"},
    {"a int PRIMARY KEY); CREATE TABLE m (a int REFERENCES n",
     "VALUES (1); SAVEPOINT s; INSERT INTO n "
     "VALUES (2); ROLLBACK TO s; INSERT INTO m VALUES (2)"},
    {"a int PRIMARY KEY, b int UNIQUE); CREATE TABLE m (a int REFERENCES n",
     "VALUES (1, 1); INSERT INTO n "
     "VALUES (2, 1) ON CONFLICT DO NOTHING; INSERT INTO m VALUES (2)"},
    {"a serial PRIMARY KEY, b int); CREATE TABLE m (a int REFERENCES n",
     "(b) VALUES (1); SAVEPOINT s; INSERT INTO n (b) VALUES (1); ROLLBACK TO s; INSERT INTO n (b) "
     "VALUES (1); "
     "INSERT INTO m VALUES (2)"},
    {"a int); CREATE UNIQUE INDEX ON n (a", "VALUES (1), (1)"},
    {"a int, b int); CREATE UNIQUE INDEX ON n ((a + b)", "VALUES (1, 2), (2, 1)"},
    {"a int); CREATE UNIQUE INDEX ON n ((1 / a)", "VALUES (0)"},
    {"a text); CREATE UNIQUE INDEX ON n (lower(a)", "VALUES ('a'), ('A')"},
    {"a int, EXCLUDE USING btree (a WITH =)", "VALUES (1), (1)"},
    {"a int); ALTER TABLE n ALTER a SET NOT NULL; SELECT (1", "VALUES (NULL)"},
    {"a int DEFAULT 1 NOT NULL); ALTER TABLE n ALTER a DROP DEFAULT; SELECT (1", "DEFAULT VALUES"},
    {"a serial, b int); DROP SEQUENCE n_a_seq CASCADE; SELECT (1", "(b) VALUES (1)"},
    {"a int); ALTER TABLE n ALTER a TYPE smallint; SELECT (1", "VALUES (40000)"},
    {"a int DEFAULT 'x'::text::int, b int", "(b) VALUES (1)"},
    {"a int, b int DEFAULT 1 / 0", "(a) VALUES (1)"},
    {"a int) PARTITION BY RANGE (a", "VALUES (1)"},
    {"a int) PARTITION BY RANGE (a); CREATE TABLE m PARTITION OF n FOR VALUES FROM (0) TO (5",
     "VALUES (7)"},
    {"a int) PARTITION BY RANGE (a); CREATE TABLE m PARTITION OF n FOR VALUES FROM (0) TO (5",
     "VALUES (1); INSERT INTO m VALUES (7)"},
    {"a int); CREATE TABLE o (a int) PARTITION BY RANGE (a); ALTER TABLE o ATTACH PARTITION n FOR "
     "VALUES "
     "FROM (0) TO (5",
     "VALUES (7)"},
    {"a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION "
     "''no''; END'; "
     "CREATE TRIGGER g BEFORE INSERT ON n FOR EACH ROW EXECUTE FUNCTION f(",
     "VALUES (1)"},
    {"a int); CREATE TABLE o (a int PRIMARY KEY); CREATE RULE r AS ON INSERT TO n DO ALSO (INSERT "
     "INTO o "
     "VALUES (1)",
     "VALUES (1); INSERT INTO n VALUES (2)"},
    {"a int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'INSERT INTO n VALUES (7) RETURNING "
     "a'; CREATE "
     "UNIQUE INDEX ON n (a",
     "VALUES (1); SELECT f(); INSERT INTO n VALUES (7)"},
    {"a int); CREATE FUNCTION now(int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT 1/0'; SELECT "
     "(1",
     "VALUES (now(1))"},
    {"a int); CREATE DOMAIN d AS int CHECK (VALUE > 0); CREATE TABLE m (a d",
     "VALUES (1); INSERT INTO m VALUES "
     "(0)"},
    {"a int); CREATE TYPE e AS ENUM ('x'); CREATE TABLE m (a e",
     "VALUES (1); INSERT INTO m VALUES ('y')"},
    {"a int); CREATE TYPE c AS (x int, y int); CREATE TABLE m (a c",
     "VALUES (1); INSERT INTO m VALUES "
     "('(1)')"},
    {"a int); CREATE TABLE m (LIKE n", "VALUES (1); INSERT INTO m VALUES ('x')"},
    {"a int); CREATE TABLE m (b int NOT NULL) INHERITS (n",
     "VALUES (1); INSERT INTO m (a) VALUES (1)"},
    {"a int); CREATE VIEW w AS SELECT 1 AS a WHERE (true", "VALUES (1); INSERT INTO w VALUES (1)"},
    {"a int PRIMARY KEY, b int", "VALUES (1, 1) ON CONFLICT (b) DO NOTHING"},
    {"a int PRIMARY KEY, b int UNIQUE", "VALUES (1, 1), (2, 1) ON CONFLICT (a) DO NOTHING"},
    {"a int PRIMARY KEY, b int", "VALUES (1, 1), (1, 2) ON CONFLICT (a) DO UPDATE SET b = 3"},
    {"a int PRIMARY KEY); ALTER TABLE n DROP CONSTRAINT n_pkey; SELECT (1",
     "VALUES (1) ON CONFLICT (a) DO NOTHING"},
    {"a int", "VALUES (1) RETURNING 1 / 0"},
    {"a int", "VALUES ((SELECT 1 / 0))"},
    {"a text", "VALUES (lpad('x', 3) || nosuch())"},
    {"a int UNIQUE DEFERRABLE INITIALLY DEFERRED", "VALUES (1), (1)"},
    {"a text PRIMARY KEY", "VALUES (repeat('x', 3000))"},
    {"a int); CREATE ROLE writer; SET LOCAL ROLE writer; SELECT (1", "VALUES (1)"},
};

std::string statements_of(const Made& made) {
  return fmt::format("BEGIN; CREATE TABLE n ({}); REVOKE; INSERT INTO n {}; COMMIT;", made.columns,
                     made.rows);
}

std::string script_of(std::string text, const std::string& schema) {
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

void compare(const LiveServer& server, const std::string& text, bool is_followed, Count& count) {
  const auto schema = fmt::format("w{}{}", is_followed ? "f" : "u", count.rows++);
  const auto script = script_of(text, schema);
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
  INFO(text);
  CHECK((!seen || ours == theirs));
  if (seen && ours != theirs) ++count.missed;
  if (is_followed) CHECK(seen);
}

}  // namespace

TEST_CASE("what may fail in a transaction is unseen, not done", "[live][sql][transactions]") {
  LiveServer server;
  server.sql("postgres", "CREATE DATABASE tx");
  Count count;
  const auto compare_all = [&](const auto& rows, bool is_followed) {
    for (const auto& row : rows) {
      if (server.major() < row.since) continue;
      if constexpr (requires { row.text; }) {
        compare(server, row.text, is_followed, count);
      } else {
        compare(server, statements_of(row), is_followed, count);
      }
    }
  };
  compare_all(followed, true);
  compare_all(taken, true);
  compare_all(unsure, false);
  compare_all(doubtful, false);
  std::cout << fmt::format(
      "{} scripts: {} revoked on the server, {} followed, {} unseen, {} missed\n", count.rows,
      count.revoked, count.followed, count.unseen, count.missed);
}
