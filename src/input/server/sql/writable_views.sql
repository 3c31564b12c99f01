-- Which commands the server passes on from a view to the table behind it: bits 3, 2 and 4 for
-- INSERT, UPDATE and DELETE.
SELECT c.oid, pg_catalog.pg_relation_is_updatable(c.oid, false)
  FROM pg_catalog.pg_class c
 WHERE c.relkind = 'v' AND c.oid >= 16384
 ORDER BY c.oid
