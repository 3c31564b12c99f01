-- Before version 14 not everybody may see its number, and so which tables are its.
SELECT s.subname, s.subowner, s.subenabled,
       true, true,  --@-15
       s.subrunasowner, s.subpasswordrequired,  --@16+
       '{}'
  FROM pg_catalog.pg_subscription s
  JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
 WHERE d.datname = pg_catalog.current_database()
 ORDER BY s.subname COLLATE "C"
