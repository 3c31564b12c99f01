SELECT c.relacl::text, c.oid
  FROM pg_catalog.pg_class c
 WHERE c.relacl IS NOT NULL
   AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
