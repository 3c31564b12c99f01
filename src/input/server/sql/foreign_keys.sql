-- Those that act on the rows that refer: where triggers do not run, or a key is not enforced,
-- nothing happens. A partition of the referring table has none of its own.
SELECT c.conrelid, c.conname, c.confrelid, c.confdeltype, c.confupdtype,
       (SELECT pg_catalog.array_agg(a.attname ORDER BY k.place)
          FROM pg_catalog.unnest(c.conkey) WITH ORDINALITY k (number, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number),
       (SELECT pg_catalog.array_agg(a.attname ORDER BY k.place)
          FROM pg_catalog.unnest(c.confkey) WITH ORDINALITY k (number, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number)
  FROM pg_catalog.pg_constraint c
 WHERE c.contype = 'f' AND (c.confdeltype IN ('c', 'n', 'd') OR c.confupdtype IN ('c', 'n', 'd'))
   AND EXISTS (SELECT FROM pg_catalog.pg_trigger t
                WHERE t.tgconstraint = c.oid AND t.tgrelid = c.confrelid
                  AND t.tgenabled IN ('O', 'A'))
 ORDER BY c.conrelid, c.conname COLLATE "C", c.confrelid
