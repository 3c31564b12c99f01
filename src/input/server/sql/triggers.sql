-- Those that run a function of somebody's, also the copies that partitions have. An internal one
-- runs the server's own.
SELECT t.tgrelid, t.tgname, t.tgfoid, t.tgtype, t.tgenabled IN ('O', 'A')
  FROM pg_catalog.pg_trigger t
 WHERE t.tgfoid >= 16384
 ORDER BY t.tgrelid, t.tgname COLLATE "C"
