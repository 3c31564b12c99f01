-- Functions that users made, in what the server computes while a relation is written, read or
-- analyzed, directly or as an operator (f in the last column) or perhaps, as an operator class (m);
-- operators (o); types of its columns, and domains of its expressions (t).
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
  SELECT d.classid, d.objid, d.refobjid, 'o'
    FROM pg_catalog.pg_depend d
   WHERE d.refclassid = 'pg_catalog.pg_operator'::regclass AND d.refobjid >= 16384
     AND d.deptype IN ('n', 'a')
  UNION
  SELECT d.classid, d.objid, t.oid, 't'
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_type t ON t.oid = d.refobjid AND t.typtype = 'd'
   WHERE d.refclassid = 'pg_catalog.pg_type'::regclass AND d.refobjid >= 16384
     AND d.deptype IN ('n', 'a')
), support AS MATERIALIZED (
  SELECT c.oid AS class, p.amproc::oid AS fn
    FROM pg_catalog.pg_opclass c
    JOIN pg_catalog.pg_amproc p ON p.amprocfamily = c.opcfamily AND p.amproc::oid >= 16384
  UNION
  SELECT c.oid, o.oprcode::oid
    FROM pg_catalog.pg_opclass c
    JOIN pg_catalog.pg_amop m ON m.amopfamily = c.opcfamily
    JOIN pg_catalog.pg_operator o ON o.oid = m.amopopr AND o.oprcode::oid >= 16384
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
SELECT i.indrelid, 'index', x.relname, s.fn, 'm'
  FROM support s
  JOIN pg_catalog.pg_index i ON s.class = ANY (i.indclass)
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
UNION ALL
SELECT p.partrelid, 'partition', '', u.fn, u.kind
  FROM used u
  JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = u.objid
 WHERE u.classid = 'pg_catalog.pg_class'::regclass
UNION ALL
SELECT p.partrelid, 'partition', '', s.fn, 'm'
  FROM support s
  JOIN pg_catalog.pg_partitioned_table p ON s.class = ANY (p.partclass)
UNION ALL  --@14+
SELECT s.stxrelid, 'statistics', s.stxname, u.fn, u.kind  --@14+
  FROM used u  --@14+
  JOIN pg_catalog.pg_statistic_ext s ON s.oid = u.objid  --@14+
 WHERE u.classid = 'pg_catalog.pg_statistic_ext'::regclass  --@14+
UNION ALL
SELECT a.attrelid, 'default', a.attname, u.fn, u.kind
  FROM used u
  JOIN pg_catalog.pg_type t ON t.oid = u.objid AND t.typtype = 'd'
  JOIN pg_catalog.pg_attribute a ON a.atttypid = t.oid AND a.attnum > 0 AND NOT a.atthasdef
   AND NOT a.attisdropped
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f')
 WHERE u.classid = 'pg_catalog.pg_type'::regclass
UNION ALL
SELECT a.attrelid, CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, a.attname, t.oid, 't'
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_attribute a ON a.atttypid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f', 'm')
 WHERE t.oid >= 16384
 ORDER BY 1, 2, 3, 4, 5
