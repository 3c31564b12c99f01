-- Domains that users made, once without a use, and what their checks and their base types are: f for
-- functions, o for operators, t for types. Of the other types what may run where there are values of them: functions
-- of casts and of the operator classes that are taken for them (m), types that they are made of (n).
-- The server's own types have only what does not belong to a user's.
WITH support AS MATERIALIZED (
  SELECT c.oid AS class, c.opcintype AS type, c.opcdefault AS is_default, p.amproc::oid AS fn
    FROM pg_catalog.pg_opclass c
    JOIN pg_catalog.pg_amproc p ON p.amprocfamily = c.opcfamily AND p.amproc::oid >= 16384
  UNION
  SELECT c.oid, c.opcintype, c.opcdefault, o.oprcode::oid
    FROM pg_catalog.pg_opclass c
    JOIN pg_catalog.pg_amop m ON m.amopfamily = c.opcfamily
    JOIN pg_catalog.pg_operator o ON o.oid = m.amopopr AND o.oprcode::oid >= 16384
)
SELECT t.oid, NULL, NULL::pg_catalog.oid
  FROM pg_catalog.pg_type t
 WHERE t.typtype = 'd' AND t.oid >= 16384
UNION
SELECT c.contypid, 'f', coalesce(o.oprcode::oid, d.refobjid)
  FROM pg_catalog.pg_constraint c
  JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_constraint'::regclass AND d.objid = c.oid
   AND d.refclassid IN ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass)
  LEFT JOIN pg_catalog.pg_operator o
    ON d.refclassid = 'pg_catalog.pg_operator'::regclass AND o.oid = d.refobjid
 WHERE c.contypid >= 16384
UNION
SELECT c.contypid, 'o', d.refobjid
  FROM pg_catalog.pg_constraint c
  JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_constraint'::regclass AND d.objid = c.oid
   AND d.refclassid = 'pg_catalog.pg_operator'::regclass AND d.refobjid >= 16384
 WHERE c.contypid >= 16384
UNION
SELECT t.oid, 't', t.typbasetype
  FROM pg_catalog.pg_type t
 WHERE t.typtype = 'd' AND t.oid >= 16384 AND t.typbasetype >= 16384
UNION
SELECT t.oid, 'm', c.castfunc
  FROM pg_catalog.pg_cast c
  JOIN pg_catalog.pg_type t ON t.oid IN (c.castsource, c.casttarget)
 WHERE c.castfunc >= 16384
   AND (t.oid >= 16384 OR (c.castsource < 16384 AND c.casttarget < 16384))
UNION
SELECT s.type, 'm', s.fn
  FROM support s
 WHERE s.is_default
UNION
SELECT r.rngtypid, 'm', f.fn
  FROM pg_catalog.pg_range r
 CROSS JOIN LATERAL (
        SELECT r.rngcanonical::oid
         UNION
        SELECT r.rngsubdiff::oid
         UNION
        SELECT s.fn FROM support s WHERE s.class = r.rngsubopc) AS f(fn)
 WHERE r.rngtypid >= 16384 AND f.fn >= 16384
UNION
SELECT r.rngtypid, 'n', r.rngsubtype
  FROM pg_catalog.pg_range r
 WHERE r.rngsubtype >= 16384
UNION  --@14+
SELECT r.rngmultitypid, 'n', r.rngtypid  --@14+
  FROM pg_catalog.pg_range r  --@14+
 WHERE r.rngtypid >= 16384  --@14+
UNION
SELECT t.oid, 'n', t.typelem
  FROM pg_catalog.pg_type t
 WHERE t.typlen = -1 AND t.typelem >= 16384
UNION
SELECT c.reltype, 'n', a.atttypid
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.reltype >= 16384 AND a.atttypid >= 16384
 ORDER BY 1, 2 NULLS FIRST, 3
