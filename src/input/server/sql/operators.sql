-- Operators that users made, and extensions (column 6). A shell has no function.
SELECT o.oprnamespace, o.oprname, o.oprcode::oid, o.oprowner,
       (pg_catalog.pg_identify_object('pg_catalog.pg_operator'::regclass, o.oid, 0)).identity,
       EXISTS (SELECT FROM pg_catalog.pg_depend d
                WHERE d.classid = 'pg_catalog.pg_operator'::regclass AND d.objid = o.oid
                  AND d.deptype = 'e'),
       o.oid
  FROM pg_catalog.pg_operator o
 WHERE o.oid >= 16384 AND o.oprcode::oid <> 0
 ORDER BY 1, 2, 3, o.oid
