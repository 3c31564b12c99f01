-- An array type has no access list of its own, it takes its element's; from 17 a multirange
-- takes its range's (aclchk.c, object_aclmask_ext).
SELECT t.oid, t.typnamespace, t.typname, t.typowner, s.typacl::text,
       (pg_catalog.pg_identify_object('pg_catalog.pg_type'::regclass, t.oid, 0)).identity,
       EXISTS (SELECT FROM pg_catalog.pg_depend d
                WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid
                  AND d.deptype = 'e')
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_type e ON e.oid = CASE
       WHEN t.typlen = -1 AND t.typelem <> 0 THEN t.typelem  --@-13
       WHEN t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc THEN t.typelem  --@14+
       ELSE t.oid END
  LEFT JOIN pg_catalog.pg_range r ON r.rngmultitypid = e.oid  --@17+
  JOIN pg_catalog.pg_type s ON s.oid = coalesce(r.rngtypid, e.oid)  --@17+
  JOIN pg_catalog.pg_type s ON s.oid = e.oid  --@-16
 WHERE t.typisdefined AND t.typnamespace <> 'pg_toast'::regnamespace
 ORDER BY t.typnamespace, t.typname COLLATE "C"
