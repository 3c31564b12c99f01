-- Their text takes locks on the relations that they use: :told, item_question.hpp.
SELECT p.oid, p.polrelid, p.polname, p.polcmd, p.polpermissive, p.polroles::oid[],
       p.polqual IS NOT NULL,
       CASE WHEN :told THEN pg_catalog.pg_get_expr(p.polqual, p.polrelid) END,
       p.polwithcheck IS NOT NULL,
       CASE WHEN :told THEN pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) END
  FROM pg_catalog.pg_policy p
 WHERE p.oid BETWEEN :first AND :last
 ORDER BY p.polrelid, p.polname COLLATE "C"
