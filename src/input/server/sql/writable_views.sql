-- Which commands the server passes on from a view to the table behind it: bits 3, 2 and 4 for
-- INSERT, UPDATE and DELETE. It takes locks on both: :told, item_question.hpp.
SELECT c.oid, CASE WHEN :told THEN pg_catalog.pg_relation_is_updatable(c.oid, false) END
  FROM pg_catalog.pg_class c
 WHERE c.relkind = 'v' AND c.oid >= 16384 AND c.oid BETWEEN :first AND :last
 ORDER BY c.oid
