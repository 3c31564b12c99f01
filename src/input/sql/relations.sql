SELECT c.oid, c.relnamespace, c.relname, c.relkind, c.relowner, c.relacl::text,
       c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
       EXISTS (SELECT FROM pg_catalog.pg_depend d
                WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
                  AND d.objsubid = 0 AND d.deptype = 'e')
  FROM pg_catalog.pg_class c
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
 ORDER BY c.relnamespace, c.relname COLLATE "C"
