-- What an audit needs of the catalogs, as plain columns: `psql -f catalogs.sql > /dev/null`.
COPY (SELECT oid, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
             rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil, rolpassword
        FROM pg_catalog.pg_authid) TO STDOUT;
COPY (SELECT * FROM pg_catalog.pg_auth_members) TO STDOUT;
COPY (SELECT oid, datname, datdba, datacl, datallowconn, datistemplate, datconnlimit
        FROM pg_catalog.pg_database) TO STDOUT;
COPY (SELECT oid, spcname, spcowner, spcacl FROM pg_catalog.pg_tablespace) TO STDOUT;
COPY (SELECT * FROM pg_catalog.pg_settings) TO STDOUT;
COPY (SELECT * FROM pg_catalog.pg_db_role_setting) TO STDOUT;
COPY (SELECT * FROM pg_catalog.pg_hba_file_rules) TO STDOUT;
COPY (SELECT oid, nspname, nspowner, nspacl FROM pg_catalog.pg_namespace) TO STDOUT;
COPY (SELECT oid, relnamespace, relname, relkind, relowner, relacl, relrowsecurity,
             relforcerowsecurity, reloptions
        FROM pg_catalog.pg_class
       WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')) TO STDOUT;
COPY (SELECT attrelid, attname, attacl
        FROM pg_catalog.pg_attribute
       WHERE attnum > 0 AND NOT attisdropped) TO STDOUT;
COPY (SELECT oid, pronamespace, proname, proowner, proacl, proargtypes, prokind, prosecdef,
             proleakproof, provolatile, prolang, prorettype, proconfig
        FROM pg_catalog.pg_proc) TO STDOUT;
COPY (SELECT oid, prosrc, pronargs, proargnames, proretset
        FROM pg_catalog.pg_proc
       WHERE oid >= 16384) TO STDOUT;
COPY (SELECT oid, typnamespace, typname, typowner, typacl, typelem FROM pg_catalog.pg_type) TO STDOUT;
COPY (SELECT oid, lanname, lanowner, lanacl FROM pg_catalog.pg_language) TO STDOUT;
COPY (SELECT oid, fdwname, fdwowner, fdwacl FROM pg_catalog.pg_foreign_data_wrapper) TO STDOUT;
COPY (SELECT oid, srvname, srvowner, srvacl FROM pg_catalog.pg_foreign_server) TO STDOUT;
COPY (SELECT oid, lomowner, lomacl FROM pg_catalog.pg_largeobject_metadata) TO STDOUT;
COPY (SELECT polrelid, polname, polcmd, polpermissive, polroles,
             pg_catalog.pg_get_expr(polqual, polrelid),
             pg_catalog.pg_get_expr(polwithcheck, polrelid)
        FROM pg_catalog.pg_policy) TO STDOUT;
COPY (SELECT * FROM pg_catalog.pg_default_acl) TO STDOUT;
COPY (SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e') TO STDOUT;
