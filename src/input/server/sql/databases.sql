SELECT oid, datname, datdba, datacl::text, datallowconn, datistemplate, datconnlimit
  FROM pg_catalog.pg_database
 ORDER BY datname COLLATE "C"
