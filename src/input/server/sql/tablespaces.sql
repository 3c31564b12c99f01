SELECT oid, spcname, spcowner, spcacl::text
  FROM pg_catalog.pg_tablespace
 ORDER BY spcname COLLATE "C"
