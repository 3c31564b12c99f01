-- Its text takes a lock on its relation and on those that it uses: :told, item_question.hpp.
SELECT r.oid, r.ev_class, r.rulename, r.ev_type, r.ev_enabled IN ('O', 'A'),
       CASE WHEN :told THEN pg_catalog.pg_get_ruledef(r.oid) END
  FROM pg_catalog.pg_rewrite r
 WHERE r.rulename <> '_RETURN' AND r.oid >= 16384 AND r.oid BETWEEN :first AND :last
 ORDER BY r.ev_class, r.rulename COLLATE "C"
