-- All of them, with whether writing the rows that refer sets it off, or the rows that are referred
-- to: not where triggers do not run, or a key is not enforced. A partition of the referring table
-- has no triggers of its own on what it refers to. Then the functions that users made that compare
-- the keys: of operators, of casts to their types, and what a btree compares by (f); other functions
-- of the index, and all where the operator's is in SQL: inlined, no index has it (m).
WITH RECURSIVE key AS MATERIALIZED (
  SELECT c.oid, c.conindid, o.oprcode, o.oprleft, o.oprright, a.atttypid, r.prolang
    FROM pg_catalog.pg_constraint c
   CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(c.conpfeqop), pg_catalog.unnest(c.conkey))
         WITH ORDINALITY AS k (op, number, place)
    JOIN pg_catalog.pg_operator o ON o.oid = k.op
    JOIN pg_catalog.pg_proc r ON r.oid = o.oprcode
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number
   WHERE c.contype = 'f'
), made_of (type, base) AS (
  SELECT atttypid, atttypid
    FROM key
  UNION
  SELECT m.type, t.typbasetype
    FROM made_of m
    JOIN pg_catalog.pg_type t ON t.oid = m.base AND t.typtype = 'd'
), compares AS MATERIALIZED (
  SELECT k.oid, k.oprcode::pg_catalog.oid AS fn, 'f' AS kind
    FROM key k
   WHERE k.oprcode::pg_catalog.oid >= 16384
  UNION
  SELECT k.oid, t.castfunc, 'f'
    FROM key k
    JOIN made_of m ON m.type = k.atttypid
    JOIN pg_catalog.pg_cast t ON t.castsource = m.base AND t.casttarget = k.oprright
   WHERE t.castfunc >= 16384
  UNION
  SELECT k.oid, p.amproc::pg_catalog.oid,
         CASE WHEN p.amprocnum = 1 AND f.opfmethod = 403 AND k.prolang <> 14 THEN 'f'
              ELSE 'm' END
    FROM key k
    JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid
    JOIN pg_catalog.pg_opclass oc ON oc.oid = ANY (i.indclass)
    JOIN pg_catalog.pg_opfamily f ON f.oid = oc.opcfamily
    JOIN pg_catalog.pg_amproc p ON p.amprocfamily = oc.opcfamily
     AND p.amproclefttype IN (k.oprleft, k.oprright) AND p.amprocrighttype IN (k.oprleft, k.oprright)
   WHERE p.amproc::pg_catalog.oid >= 16384
)
SELECT c.conrelid, c.conname, c.confrelid, c.confdeltype, c.confupdtype,
       (SELECT pg_catalog.array_agg(a.attname ORDER BY k.place)
          FROM pg_catalog.unnest(c.conkey) WITH ORDINALITY k (number, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number),
       (SELECT pg_catalog.array_agg(a.attname ORDER BY k.place)
          FROM pg_catalog.unnest(c.confkey) WITH ORDINALITY k (number, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number),
       EXISTS (SELECT FROM pg_catalog.pg_trigger t
                WHERE t.tgconstraint = c.oid AND t.tgrelid = c.conrelid
                  AND t.tgenabled IN ('O', 'A')),
       EXISTS (SELECT FROM pg_catalog.pg_trigger t
                WHERE t.tgconstraint = c.oid AND t.tgrelid = c.confrelid
                  AND t.tgenabled IN ('O', 'A')),
       (SELECT pg_catalog.array_agg(s.fn ORDER BY s.fn)
          FROM compares s
         WHERE s.oid = c.oid AND s.kind = 'f'),
       (SELECT pg_catalog.array_agg(s.fn ORDER BY s.fn)
          FROM compares s
         WHERE s.oid = c.oid AND s.kind = 'm')
  FROM pg_catalog.pg_constraint c
 WHERE c.contype = 'f'
 ORDER BY c.conrelid, c.conname COLLATE "C", c.confrelid
