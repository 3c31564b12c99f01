-- What the queries of views use, by the catalog's own records. The server keeps none of its own
-- relations, so those that not everybody may read, and those that decide who may do what, are
-- looked for in the query as it is stored. The last column names the column that is read; NULL: all
-- of them, for all that is recorded. A whole row (attribute 0) is not.
WITH queries AS MATERIALIZED (
  SELECT r.oid, r.ev_class
    FROM pg_catalog.pg_rewrite r
   WHERE r.rulename = '_RETURN' AND r.oid >= 16384
), guarded AS MATERIALIZED (
  SELECT c.oid, ' :relid ' || c.oid || ' ' AS mark
    FROM pg_catalog.pg_class c
   WHERE c.oid < 16384 AND c.relkind IN ('r', 'v')
     AND (c.relname IN ('pg_auth_members', 'pg_class', 'pg_database', 'pg_db_role_setting',
                        'pg_namespace', 'pg_proc', 'pg_trigger')
          OR NOT EXISTS (SELECT FROM pg_catalog.aclexplode(c.relacl) a
                          WHERE a.grantee = 0 AND a.privilege_type = 'SELECT'))
), stored AS MATERIALIZED (
  SELECT r.ev_class, r.ev_action::text AS query
    FROM queries q
    JOIN pg_catalog.pg_rewrite r ON r.oid = q.oid
)
SELECT q.ev_class, CASE d.refclassid WHEN 'pg_catalog.pg_class'::regclass THEN 'r'
                                     WHEN 'pg_catalog.pg_type'::regclass THEN 't'
                                     ELSE 'f' END,
       coalesce(o.oprcode::oid, d.refobjid),
       CASE WHEN d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0
             AND pg_catalog.strpos(s.query, ':varattno 0 ') = 0
            THEN (SELECT a.attname FROM pg_catalog.pg_attribute a
                   WHERE a.attrelid = d.refobjid AND a.attnum = d.refobjsubid) END
  FROM queries q
  JOIN stored s ON s.ev_class = q.ev_class
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = q.oid
  LEFT JOIN pg_catalog.pg_operator o
    ON d.refclassid = 'pg_catalog.pg_operator'::regclass AND o.oid = d.refobjid
 WHERE d.refclassid IN ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_proc'::regclass,
                        'pg_catalog.pg_operator'::regclass, 'pg_catalog.pg_type'::regclass)
   AND d.refobjid <> q.ev_class
UNION
SELECT q.ev_class, 'o', d.refobjid, NULL
  FROM queries q
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = q.oid
 WHERE d.refclassid = 'pg_catalog.pg_operator'::regclass AND d.refobjid >= 16384
UNION
SELECT s.ev_class, 'r', g.oid, NULL
  FROM stored s
  JOIN guarded g ON pg_catalog.strpos(s.query, g.mark) > 0
 ORDER BY 1, 2, 3, 4 NULLS FIRST
