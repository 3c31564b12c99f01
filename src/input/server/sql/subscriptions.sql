-- Its connection string, which may hold a password, is not asked for.
SELECT s.subname, s.subowner, s.subenabled,
       true, true,  --@-15
       s.subrunasowner, s.subpasswordrequired,  --@16+
       ARRAY(SELECT r.srrelid FROM pg_catalog.pg_subscription_rel r
              WHERE r.srsubid = s.oid ORDER BY r.srrelid)
  FROM pg_catalog.pg_subscription s
  JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
 WHERE d.datname = pg_catalog.current_database()
 ORDER BY s.subname COLLATE "C"
