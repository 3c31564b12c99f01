-- Unique indexes of users' tables that a foreign key may refer to from a column of somebody's type,
-- with the types that they compare, where others can be cast to all of them: to polymorphic ones
-- not, and from 18 on not to those that have a collation.
WITH key AS MATERIALIZED (
  SELECT i.indexrelid, i.indrelid, a.attname, t.oid AS type, k.place,
         t.typtype <> 'p'
         AND a.attcollation = 0  --@18+
         AS cast_to
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
)
SELECT indrelid, pg_catalog.array_agg(attname ORDER BY place),
       CASE WHEN pg_catalog.bool_and(cast_to)
            THEN pg_catalog.array_agg(pg_catalog.format_type(type, NULL) ORDER BY place) END
  FROM key
 GROUP BY indrelid, indexrelid
HAVING pg_catalog.bool_or(cast_to)
 ORDER BY indrelid, indexrelid
