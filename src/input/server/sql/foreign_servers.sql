SELECT oid, srvname, srvowner, srvacl::text
  FROM pg_catalog.pg_foreign_server
 ORDER BY srvname COLLATE "C"
