SELECT p.oid, p.pronamespace, p.proname, p.proowner, p.proacl::text, p.proargtypes,
       p.prokind, p.prosecdef, p.proleakproof, p.provolatile, l.lanname,
       p.prorettype IN ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype),
       p.proconfig
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang
