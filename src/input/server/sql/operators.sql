-- Operators whose function a user made.
SELECT o.oprnamespace, o.oprname, o.oprcode::oid
  FROM pg_catalog.pg_operator o
 WHERE o.oid >= 16384 AND o.oprcode::oid >= 16384
 ORDER BY 1, 2, 3
