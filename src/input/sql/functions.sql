SELECT p.oid, p.pronamespace, p.proname, p.proowner, p.proacl::text,
       (pg_catalog.pg_identify_object('pg_catalog.pg_proc'::regclass, p.oid, 0)).identity,
       p.prokind, p.prosecdef, p.proleakproof, p.provolatile, l.lanname,
       p.prorettype IN ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype),
       p.proconfig,
       EXISTS (SELECT FROM pg_catalog.pg_depend d
                WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid
                  AND d.deptype = 'e')
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang
 ORDER BY p.pronamespace, p.proname COLLATE "C", p.oid
