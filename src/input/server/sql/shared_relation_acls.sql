-- Each list once: to print one takes the server longer than to find its equals.
SELECT c.relacl::text, pg_catalog.array_agg(c.oid)
  FROM pg_catalog.pg_class c
 WHERE c.relacl IS NOT NULL
   AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
 GROUP BY c.relacl
