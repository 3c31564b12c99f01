SELECT i.inhrelid, i.inhparent, c.relispartition
  FROM pg_catalog.pg_inherits i
  JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
 WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
 ORDER BY i.inhrelid, i.inhparent
