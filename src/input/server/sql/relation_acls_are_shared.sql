-- Whether most have an equal, by some of them and their hashes: this decides only how the lists
-- are asked for.
SELECT count(DISTINCT pg_catalog.hash_array(a.relacl)) < count(*) / 2
  FROM (SELECT c.relacl
          FROM pg_catalog.pg_class c
         WHERE c.relacl IS NOT NULL AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
         LIMIT 2000) AS a
