SELECT oid, fdwname, fdwowner, fdwacl::text
  FROM pg_catalog.pg_foreign_data_wrapper
 ORDER BY fdwname COLLATE "C"
