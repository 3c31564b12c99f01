-- Texts are followed and forgotten. Since version 14 a body may be stored as it was understood; to
-- print it takes locks on the relations that it uses: :told, item_question.hpp. The last column has
-- users' types of what it is given and gives back; a domain's checks of what it is given run before.
SELECT p.oid, p.prosrc, p.pronargs, p.proargnames, p.proretset,
       false, NULL,  --@-13
       p.prosqlbody IS NOT NULL,  --@14+
       CASE WHEN :told THEN pg_catalog.pg_get_function_sqlbody(p.oid) END,  --@14+
       p.proargmodes,
       ARRAY(SELECT DISTINCT t.oid
               FROM ROWS FROM (pg_catalog.unnest(p.prorettype || coalesce(p.proallargtypes,
                                                                          p.proargtypes::oid[])),
                               pg_catalog.unnest('o'::"char" || p.proargmodes)) AS a(type, mode)
               JOIN pg_catalog.pg_type t ON t.oid = a.type
              WHERE t.oid >= 16384 AND (t.typtype <> 'd' OR a.mode IN ('o', 'b', 't'))
              ORDER BY t.oid)
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang
 WHERE p.oid >= 16384 AND l.lanname IN ('sql', 'plpgsql', 'internal')
   AND p.oid BETWEEN :first AND :last
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid
                      AND d.deptype = 'e')
 ORDER BY p.oid
