-- All of them, for the identities of functions; the last column says which are shown. The server
-- spells those of pg_catalog (format_type.c: `integer`), the reader the rest: of an array by its
-- element (column 7). A temporary type may be gone while it is read: its functions would fail.
-- An array type has no access list of its own, it takes its element's; from 17 a multirange takes
-- its range's (aclchk.c, object_aclmask_ext): column 8.
SELECT t.oid, t.typnamespace, t.typname, t.typowner, t.typacl::text,
       CASE WHEN n.of_server
            THEN (pg_catalog.pg_identify_object('pg_catalog.pg_type'::regclass, t.oid, 0)).identity
            WHEN n.is_temporary AND (t.typelem = 0 OR t.typlen <> -1)
            THEN pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.typname)
            END,
       CASE WHEN t.typstorage <> 'p' THEN t.typelem ELSE 0 END,  --@-13
       CASE WHEN t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc  --@14+
            THEN t.typelem ELSE 0 END,  --@14+
       coalesce(r.rngtypid, e.oid),  --@17+
       e.oid,  --@-16
       t.typisdefined AND t.typnamespace <> 'pg_toast'::regnamespace
  FROM pg_catalog.pg_type t
 CROSS JOIN LATERAL (SELECT CASE
       WHEN t.typlen = -1 AND t.typelem <> 0 THEN t.typelem  --@-13
       WHEN t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc THEN t.typelem  --@14+
       ELSE t.oid END) AS e(oid)
  LEFT JOIN pg_catalog.pg_range r ON r.rngmultitypid = e.oid  --@17+
  JOIN (SELECT oid, nspname, nspname = 'pg_catalog' AS of_server,
               nspname ~ '^pg_(toast_)?temp_' AS is_temporary
          FROM pg_catalog.pg_namespace
        OFFSET 0) AS n ON n.oid = t.typnamespace  -- once for each schema
