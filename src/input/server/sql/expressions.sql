-- Functions that users made, in what the server computes while a relation is written, directly
-- or as an operator.
WITH used AS MATERIALIZED (
  SELECT d.classid, d.objid, d.refobjid AS fn
    FROM pg_catalog.pg_depend d
   WHERE d.refclassid = 'pg_catalog.pg_proc'::regclass AND d.refobjid >= 16384
     AND d.deptype IN ('n', 'a')
  UNION
  SELECT d.classid, d.objid, o.oprcode
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_operator o ON o.oid = d.refobjid AND o.oprcode >= 16384
   WHERE d.refclassid = 'pg_catalog.pg_operator'::regclass AND d.refobjid >= 16384
     AND d.deptype IN ('n', 'a')
)
SELECT a.adrelid AS relation, 'column' AS kind, t.attname AS name, u.fn
  FROM used u
  JOIN pg_catalog.pg_attrdef a ON a.oid = u.objid
  JOIN pg_catalog.pg_attribute t ON t.attrelid = a.adrelid AND t.attnum = a.adnum
 WHERE u.classid = 'pg_catalog.pg_attrdef'::regclass
UNION ALL
SELECT c.conrelid, 'check', c.conname, u.fn
  FROM used u
  JOIN pg_catalog.pg_constraint c ON c.oid = u.objid
 WHERE u.classid = 'pg_catalog.pg_constraint'::regclass AND c.conrelid <> 0 AND c.contype = 'c'
UNION ALL
SELECT i.indrelid, 'index', x.relname, u.fn
  FROM used u
  JOIN pg_catalog.pg_index i ON i.indexrelid = u.objid
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
 WHERE u.classid = 'pg_catalog.pg_class'::regclass
UNION ALL
SELECT t.tgrelid, 'trigger', t.tgname, u.fn
  FROM used u
  JOIN pg_catalog.pg_trigger t ON t.oid = u.objid AND t.tgfoid <> u.fn
 WHERE u.classid = 'pg_catalog.pg_trigger'::regclass
 ORDER BY 1, 2, 3, 4
