-- The roles of policy mystore, written by `pgleast bootstrap`.
-- Run it as a superuser: psql -v ON_ERROR_STOP=1 -d mystore -f roles.sql
-- It may be run again. It sets no password: do that with \password.

BEGIN;
SET LOCAL search_path = pg_catalog;
SET LOCAL client_min_messages = warning;

-- db_admin: class owners
DO $pgleast$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'db_admin') THEN
    CREATE ROLE "db_admin" LOGIN;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'db_admin' AND rolsuper) THEN
    ALTER ROLE "db_admin" NOSUPERUSER;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'db_admin' AND rolcreaterole) THEN
    ALTER ROLE "db_admin" NOCREATEROLE;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'db_admin' AND rolcreatedb) THEN
    ALTER ROLE "db_admin" NOCREATEDB;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'db_admin' AND rolreplication) THEN
    ALTER ROLE "db_admin" NOREPLICATION;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'db_admin' AND rolbypassrls) THEN
    ALTER ROLE "db_admin" NOBYPASSRLS;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'db_admin' AND NOT rolcanlogin) THEN
    ALTER ROLE "db_admin" LOGIN;
  END IF;
END
$pgleast$;

-- app_user: class applications
DO $pgleast$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_user') THEN
    CREATE ROLE "app_user" LOGIN;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_user' AND rolsuper) THEN
    ALTER ROLE "app_user" NOSUPERUSER;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_user' AND rolcreaterole) THEN
    ALTER ROLE "app_user" NOCREATEROLE;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_user' AND rolcreatedb) THEN
    ALTER ROLE "app_user" NOCREATEDB;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_user' AND rolreplication) THEN
    ALTER ROLE "app_user" NOREPLICATION;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_user' AND rolbypassrls) THEN
    ALTER ROLE "app_user" NOBYPASSRLS;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_user' AND NOT rolcanlogin) THEN
    ALTER ROLE "app_user" LOGIN;
  END IF;
END
$pgleast$;

-- api_service: class applications
DO $pgleast$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'api_service') THEN
    CREATE ROLE "api_service" LOGIN;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'api_service' AND rolsuper) THEN
    ALTER ROLE "api_service" NOSUPERUSER;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'api_service' AND rolcreaterole) THEN
    ALTER ROLE "api_service" NOCREATEROLE;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'api_service' AND rolcreatedb) THEN
    ALTER ROLE "api_service" NOCREATEDB;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'api_service' AND rolreplication) THEN
    ALTER ROLE "api_service" NOREPLICATION;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'api_service' AND rolbypassrls) THEN
    ALTER ROLE "api_service" NOBYPASSRLS;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'api_service' AND NOT rolcanlogin) THEN
    ALTER ROLE "api_service" LOGIN;
  END IF;
END
$pgleast$;

-- readonly_group: class groups
DO $pgleast$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'readonly_group') THEN
    CREATE ROLE "readonly_group" NOLOGIN;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'readonly_group' AND rolsuper) THEN
    ALTER ROLE "readonly_group" NOSUPERUSER;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'readonly_group' AND rolcreaterole) THEN
    ALTER ROLE "readonly_group" NOCREATEROLE;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'readonly_group' AND rolcreatedb) THEN
    ALTER ROLE "readonly_group" NOCREATEDB;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'readonly_group' AND rolreplication) THEN
    ALTER ROLE "readonly_group" NOREPLICATION;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'readonly_group' AND rolbypassrls) THEN
    ALTER ROLE "readonly_group" NOBYPASSRLS;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'readonly_group' AND rolcanlogin) THEN
    ALTER ROLE "readonly_group" NOLOGIN;
  END IF;
END
$pgleast$;

-- readwrite_group: class groups
DO $pgleast$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'readwrite_group') THEN
    CREATE ROLE "readwrite_group" NOLOGIN;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'readwrite_group' AND rolsuper) THEN
    ALTER ROLE "readwrite_group" NOSUPERUSER;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'readwrite_group' AND rolcreaterole) THEN
    ALTER ROLE "readwrite_group" NOCREATEROLE;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'readwrite_group' AND rolcreatedb) THEN
    ALTER ROLE "readwrite_group" NOCREATEDB;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'readwrite_group' AND rolreplication) THEN
    ALTER ROLE "readwrite_group" NOREPLICATION;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'readwrite_group' AND rolbypassrls) THEN
    ALTER ROLE "readwrite_group" NOBYPASSRLS;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'readwrite_group' AND rolcanlogin) THEN
    ALTER ROLE "readwrite_group" NOLOGIN;
  END IF;
END
$pgleast$;

-- analyst: class people
DO $pgleast$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'analyst') THEN
    CREATE ROLE "analyst" LOGIN;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'analyst' AND rolsuper) THEN
    ALTER ROLE "analyst" NOSUPERUSER;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'analyst' AND rolcreaterole) THEN
    ALTER ROLE "analyst" NOCREATEROLE;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'analyst' AND rolcreatedb) THEN
    ALTER ROLE "analyst" NOCREATEDB;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'analyst' AND rolreplication) THEN
    ALTER ROLE "analyst" NOREPLICATION;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'analyst' AND rolbypassrls) THEN
    ALTER ROLE "analyst" NOBYPASSRLS;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'analyst' AND NOT rolcanlogin) THEN
    ALTER ROLE "analyst" LOGIN;
  END IF;
END
$pgleast$;

-- replicator: class replication
DO $pgleast$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'replicator') THEN
    CREATE ROLE "replicator" LOGIN;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'replicator' AND rolsuper) THEN
    ALTER ROLE "replicator" NOSUPERUSER;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'replicator' AND rolcreaterole) THEN
    ALTER ROLE "replicator" NOCREATEROLE;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'replicator' AND rolcreatedb) THEN
    ALTER ROLE "replicator" NOCREATEDB;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'replicator' AND NOT rolreplication) THEN
    ALTER ROLE "replicator" REPLICATION;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'replicator' AND rolbypassrls) THEN
    ALTER ROLE "replicator" NOBYPASSRLS;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'replicator' AND NOT rolcanlogin) THEN
    ALTER ROLE "replicator" LOGIN;
  END IF;
END
$pgleast$;

-- analyst is a member of readonly_group
DO $pgleast$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m
                   JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
                   JOIN pg_catalog.pg_roles r ON r.oid = m.member
                  WHERE g.rolname = 'readonly_group' AND r.rolname = 'analyst') THEN
    GRANT "readonly_group" TO "analyst";
  END IF;
END
$pgleast$;

-- app_user is a member of readwrite_group
DO $pgleast$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m
                   JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
                   JOIN pg_catalog.pg_roles r ON r.oid = m.member
                  WHERE g.rolname = 'readwrite_group' AND r.rolname = 'app_user') THEN
    GRANT "readwrite_group" TO "app_user";
  END IF;
END
$pgleast$;

-- readonly_group holds CONNECT on databases mystore
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT datname FROM pg_catalog.pg_database WHERE datname = 'mystore' ORDER BY 1
  LOOP
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', o.datname, 'readonly_group');
  END LOOP;
END
$pgleast$;

-- readonly_group holds USAGE on schemas public
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT pg_catalog.current_database() AS name
  LOOP
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', o.name, 'readonly_group');
  END LOOP;
END
$pgleast$;
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT n.nspname FROM pg_catalog.pg_namespace n
     WHERE n.nspname = 'public' AND n.nspname !~ '^pg_'
       AND n.nspname <> 'information_schema'
     ORDER BY 1
  LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', o.nspname, 'readonly_group');
  END LOOP;
END
$pgleast$;

-- readonly_group holds SELECT on tables * in schema public
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT n.nspname FROM pg_catalog.pg_namespace n
     WHERE n.nspname = 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
     ORDER BY 1
  LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', o.nspname, 'readonly_group');
  END LOOP;
END
$pgleast$;
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname = 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND true
     ORDER BY 1, 2
  LOOP
    EXECUTE format('GRANT SELECT ON TABLE %I.%I TO %I', o.nspname, o.relname, 'readonly_group');
  END LOOP;
END
$pgleast$;

-- readwrite_group holds CONNECT on databases mystore
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT datname FROM pg_catalog.pg_database WHERE datname = 'mystore' ORDER BY 1
  LOOP
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', o.datname, 'readwrite_group');
  END LOOP;
END
$pgleast$;

-- readwrite_group holds USAGE on schemas public
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT pg_catalog.current_database() AS name
  LOOP
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', o.name, 'readwrite_group');
  END LOOP;
END
$pgleast$;
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT n.nspname FROM pg_catalog.pg_namespace n
     WHERE n.nspname = 'public' AND n.nspname !~ '^pg_'
       AND n.nspname <> 'information_schema'
     ORDER BY 1
  LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', o.nspname, 'readwrite_group');
  END LOOP;
END
$pgleast$;

-- readwrite_group holds INSERT, SELECT, UPDATE, DELETE on tables * in schema public
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT n.nspname FROM pg_catalog.pg_namespace n
     WHERE n.nspname = 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
     ORDER BY 1
  LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', o.nspname, 'readwrite_group');
  END LOOP;
END
$pgleast$;
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname = 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND true
     ORDER BY 1, 2
  LOOP
    EXECUTE format('GRANT INSERT, SELECT, UPDATE, DELETE ON TABLE %I.%I TO %I', o.nspname, o.relname, 'readwrite_group');
  END LOOP;
END
$pgleast$;

-- readwrite_group holds USAGE on sequences * in schema public
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('S') AND n.nspname = 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND true
     ORDER BY 1, 2
  LOOP
    EXECUTE format('GRANT USAGE ON SEQUENCE %I.%I TO %I', o.nspname, o.relname, 'readwrite_group');
  END LOOP;
END
$pgleast$;

-- api_service holds CONNECT on databases mystore
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT datname FROM pg_catalog.pg_database WHERE datname = 'mystore' ORDER BY 1
  LOOP
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', o.datname, 'api_service');
  END LOOP;
END
$pgleast$;

-- api_service holds USAGE on schemas public
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT pg_catalog.current_database() AS name
  LOOP
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', o.name, 'api_service');
  END LOOP;
END
$pgleast$;
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT n.nspname FROM pg_catalog.pg_namespace n
     WHERE n.nspname = 'public' AND n.nspname !~ '^pg_'
       AND n.nspname <> 'information_schema'
     ORDER BY 1
  LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', o.nspname, 'api_service');
  END LOOP;
END
$pgleast$;

-- api_service holds INSERT, SELECT, UPDATE on tables * in schema public
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT n.nspname FROM pg_catalog.pg_namespace n
     WHERE n.nspname = 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
     ORDER BY 1
  LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', o.nspname, 'api_service');
  END LOOP;
END
$pgleast$;
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname = 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND true
     ORDER BY 1, 2
  LOOP
    EXECUTE format('GRANT INSERT, SELECT, UPDATE ON TABLE %I.%I TO %I', o.nspname, o.relname, 'api_service');
  END LOOP;
END
$pgleast$;

-- api_service holds USAGE on sequences * in schema public
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('S') AND n.nspname = 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND true
     ORDER BY 1, 2
  LOOP
    EXECUTE format('GRANT USAGE ON SEQUENCE %I.%I TO %I', o.nspname, o.relname, 'api_service');
  END LOOP;
END
$pgleast$;

-- api_service holds EXECUTE on functions refund in schema public
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT p.oid::pg_catalog.regprocedure AS name FROM pg_catalog.pg_proc p
      JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname = 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND p.proname = 'refund'
     ORDER BY 1
  LOOP
    EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %I', o.name, 'api_service');
  END LOOP;
END
$pgleast$;

-- db_admin holds CONNECT on databases mystore
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT datname FROM pg_catalog.pg_database WHERE datname = 'mystore' ORDER BY 1
  LOOP
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', o.datname, 'db_admin');
  END LOOP;
END
$pgleast$;

-- db_admin holds USAGE, CREATE on schemas public
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT pg_catalog.current_database() AS name
  LOOP
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', o.name, 'db_admin');
  END LOOP;
END
$pgleast$;
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT n.nspname FROM pg_catalog.pg_namespace n
     WHERE n.nspname = 'public' AND n.nspname !~ '^pg_'
       AND n.nspname <> 'information_schema'
     ORDER BY 1
  LOOP
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', o.nspname, 'db_admin');
  END LOOP;
END
$pgleast$;

-- readonly_group holds SELECT on tables * in schema public, those to come too
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT r.rolname, n.nspname FROM pg_catalog.pg_roles r
      CROSS JOIN pg_catalog.pg_namespace n
     WHERE n.nspname = 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND (r.rolsuper OR EXISTS (
         SELECT FROM pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) a
          WHERE a.privilege_type = 'CREATE' AND a.grantee <> 0
            AND pg_catalog.pg_has_role(r.oid, a.grantee, 'USAGE')))
       AND r.rolname !~ '^pg_' AND r.rolname <> 'readonly_group'
     ORDER BY 1, 2
  LOOP
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT SELECT ON TABLES TO %I', o.rolname, o.nspname, 'readonly_group');
  END LOOP;
END
$pgleast$;

-- readwrite_group holds INSERT, SELECT, UPDATE, DELETE on tables * in schema public, those to come too
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT r.rolname, n.nspname FROM pg_catalog.pg_roles r
      CROSS JOIN pg_catalog.pg_namespace n
     WHERE n.nspname = 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND (r.rolsuper OR EXISTS (
         SELECT FROM pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) a
          WHERE a.privilege_type = 'CREATE' AND a.grantee <> 0
            AND pg_catalog.pg_has_role(r.oid, a.grantee, 'USAGE')))
       AND r.rolname !~ '^pg_' AND r.rolname <> 'readwrite_group'
     ORDER BY 1, 2
  LOOP
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT INSERT, SELECT, UPDATE, DELETE ON TABLES TO %I', o.rolname, o.nspname, 'readwrite_group');
  END LOOP;
END
$pgleast$;

-- readwrite_group holds USAGE on sequences * in schema public, those to come too
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT r.rolname, n.nspname FROM pg_catalog.pg_roles r
      CROSS JOIN pg_catalog.pg_namespace n
     WHERE n.nspname = 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND (r.rolsuper OR EXISTS (
         SELECT FROM pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) a
          WHERE a.privilege_type = 'CREATE' AND a.grantee <> 0
            AND pg_catalog.pg_has_role(r.oid, a.grantee, 'USAGE')))
       AND r.rolname !~ '^pg_' AND r.rolname <> 'readwrite_group'
     ORDER BY 1, 2
  LOOP
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT USAGE ON SEQUENCES TO %I', o.rolname, o.nspname, 'readwrite_group');
  END LOOP;
END
$pgleast$;

-- api_service holds INSERT, SELECT, UPDATE on tables * in schema public, those to come too
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT r.rolname, n.nspname FROM pg_catalog.pg_roles r
      CROSS JOIN pg_catalog.pg_namespace n
     WHERE n.nspname = 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND (r.rolsuper OR EXISTS (
         SELECT FROM pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) a
          WHERE a.privilege_type = 'CREATE' AND a.grantee <> 0
            AND pg_catalog.pg_has_role(r.oid, a.grantee, 'USAGE')))
       AND r.rolname !~ '^pg_' AND r.rolname <> 'api_service'
     ORDER BY 1, 2
  LOOP
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT INSERT, SELECT, UPDATE ON TABLES TO %I', o.rolname, o.nspname, 'api_service');
  END LOOP;
END
$pgleast$;

-- api_service holds USAGE on sequences * in schema public, those to come too
DO $pgleast$
DECLARE
  o record;
BEGIN
  FOR o IN
    SELECT r.rolname, n.nspname FROM pg_catalog.pg_roles r
      CROSS JOIN pg_catalog.pg_namespace n
     WHERE n.nspname = 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND (r.rolsuper OR EXISTS (
         SELECT FROM pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) a
          WHERE a.privilege_type = 'CREATE' AND a.grantee <> 0
            AND pg_catalog.pg_has_role(r.oid, a.grantee, 'USAGE')))
       AND r.rolname !~ '^pg_' AND r.rolname <> 'api_service'
     ORDER BY 1, 2
  LOOP
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT USAGE ON SEQUENCES TO %I', o.rolname, o.nspname, 'api_service');
  END LOOP;
END
$pgleast$;

COMMIT;
