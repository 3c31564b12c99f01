-- Domains that users made, once without a use, and what their checks and those of the domains below
-- them use: f for functions, t for types.
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
SELECT t.oid, 't', t.typbasetype
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype AND b.typtype = 'd'
 WHERE t.typtype = 'd' AND t.oid >= 16384
 ORDER BY 1, 2 NULLS FIRST, 3
