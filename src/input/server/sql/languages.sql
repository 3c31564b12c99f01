SELECT oid, lanname, lanowner, lanacl::text FROM pg_catalog.pg_language ORDER BY lanname COLLATE "C"
