SELECT oid, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
       rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil::text
  FROM pg_catalog.pg_roles
 ORDER BY rolname COLLATE "C"
