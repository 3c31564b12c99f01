SELECT polrelid, polname, polcmd, polpermissive, polroles::oid[],
       pg_catalog.pg_get_expr(polqual, polrelid), pg_catalog.pg_get_expr(polwithcheck, polrelid)
  FROM pg_catalog.pg_policy
 ORDER BY polrelid, polname COLLATE "C"
