-- Unique indexes of users' tables that a foreign key may refer to, with the types that they compare.
-- Values of a polymorphic one have no cast of somebody's.
SELECT i.indrelid, pg_catalog.array_agg(a.attname ORDER BY k.place),
       pg_catalog.array_agg(pg_catalog.format_type(t.oid, NULL) ORDER BY k.place),
       pg_catalog.bool_or(a.attcollation <> 0)
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class r ON r.oid = i.indrelid AND r.relkind IN ('r', 'p')
 CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(i.indkey::pg_catalog.int2[]),
                               pg_catalog.unnest(i.indclass::pg_catalog.oid[])) WITH ORDINALITY AS k (number, class, place)
  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
  JOIN pg_catalog.pg_opclass c ON c.oid = k.class
  JOIN pg_catalog.pg_type t ON t.oid = c.opcintype
 WHERE i.indrelid >= 16384 AND i.indisunique AND i.indimmediate AND i.indisvalid
   AND NOT i.indisexclusion AND i.indpred IS NULL AND i.indexprs IS NULL
   AND k.place <= i.indnkeyatts
 GROUP BY i.indrelid, i.indexrelid
HAVING pg_catalog.bool_and(t.typtype <> 'p')
 ORDER BY i.indrelid, i.indexrelid
