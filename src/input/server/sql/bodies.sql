-- Texts are followed and forgotten. Since version 14 a body may be stored as it was understood.
SELECT p.oid, p.prosrc, p.pronargs, p.proargnames, p.proretset,
       NULL,  --@-13
       CASE WHEN p.prosqlbody IS NOT NULL THEN pg_catalog.pg_get_function_sqlbody(p.oid) END,  --@14+
       p.proargmodes
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang
 WHERE p.oid >= 16384 AND l.lanname IN ('sql', 'plpgsql', 'internal')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid
                      AND d.deptype = 'e')
 ORDER BY p.oid
