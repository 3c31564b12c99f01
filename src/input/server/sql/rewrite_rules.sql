SELECT r.ev_class, r.rulename, r.ev_type, r.ev_enabled IN ('O', 'A'),
       pg_catalog.pg_get_ruledef(r.oid)
  FROM pg_catalog.pg_rewrite r
 WHERE r.rulename <> '_RETURN' AND r.oid >= 16384
 ORDER BY r.ev_class, r.rulename COLLATE "C"
