-- Without an order, and without access lists: the reader sorts sooner, and many relations share
-- one list.
SELECT c.oid, c.relnamespace, c.relname, c.relkind, c.relowner, c.relrowsecurity,
       c.relforcerowsecurity, c.reloptions
  FROM pg_catalog.pg_class c
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
