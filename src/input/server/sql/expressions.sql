-- Functions that users made, in what the server computes while a relation is written, directly
-- or as an operator (f in the last column), and domains of its columns and expressions (t).
WITH used AS MATERIALIZED (
  SELECT d.classid, d.objid, d.refobjid AS fn, 'f' AS kind
    FROM pg_catalog.pg_depend d
   WHERE d.refclassid = 'pg_catalog.pg_proc'::regclass AND d.refobjid >= 16384
     AND d.deptype IN ('n', 'a')
  UNION
  SELECT d.classid, d.objid, o.oprcode::oid, 'f'
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_operator o ON o.oid = d.refobjid AND o.oprcode >= 16384
   WHERE d.refclassid = 'pg_catalog.pg_operator'::regclass AND d.refobjid >= 16384
     AND d.deptype IN ('n', 'a')
  UNION
  SELECT d.classid, d.objid, t.oid, 't'
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_type t ON t.oid = d.refobjid AND t.typtype = 'd'
   WHERE d.refclassid = 'pg_catalog.pg_type'::regclass AND d.refobjid >= 16384
     AND d.deptype IN ('n', 'a')
)
SELECT a.adrelid AS relation, 'column' AS kind, t.attname AS name, u.fn, u.kind
  FROM used u
  JOIN pg_catalog.pg_attrdef a ON a.oid = u.objid
  JOIN pg_catalog.pg_attribute t ON t.attrelid = a.adrelid AND t.attnum = a.adnum
 WHERE u.classid = 'pg_catalog.pg_attrdef'::regclass
UNION ALL
SELECT c.conrelid, 'check', c.conname, u.fn, u.kind
  FROM used u
  JOIN pg_catalog.pg_constraint c ON c.oid = u.objid
 WHERE u.classid = 'pg_catalog.pg_constraint'::regclass AND c.conrelid <> 0 AND c.contype = 'c'
UNION ALL
SELECT i.indrelid, 'index', x.relname, u.fn, u.kind
  FROM used u
  JOIN pg_catalog.pg_index i ON i.indexrelid = u.objid
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
 WHERE u.classid = 'pg_catalog.pg_class'::regclass
UNION ALL
SELECT t.tgrelid, 'trigger', t.tgname, u.fn, u.kind
  FROM used u
  JOIN pg_catalog.pg_trigger t ON t.oid = u.objid AND t.tgfoid <> u.fn
 WHERE u.classid = 'pg_catalog.pg_trigger'::regclass
UNION ALL
SELECT a.attrelid, 'type', a.attname, t.oid, 't'
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_attribute a ON a.atttypid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f')
 WHERE t.typtype = 'd' AND t.oid >= 16384
 ORDER BY 1, 2, 3, 4
