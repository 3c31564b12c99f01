SELECT oid, nspname, nspowner, nspacl::text,
       EXISTS (SELECT FROM pg_catalog.pg_depend d
                WHERE d.classid = 'pg_catalog.pg_namespace'::regclass AND d.objid = n.oid
                  AND d.deptype = 'e')
  FROM pg_catalog.pg_namespace n
 WHERE nspname !~ '^pg_(toast_)?temp_'
 ORDER BY nspname COLLATE "C"
