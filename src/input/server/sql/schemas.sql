SELECT oid, nspname, nspowner, nspacl::text
  FROM pg_catalog.pg_namespace n
 WHERE nspname !~ '^pg_(toast_)?temp_'
 ORDER BY nspname COLLATE "C"
