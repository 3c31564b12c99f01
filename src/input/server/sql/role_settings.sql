SELECT s.setdatabase, s.setrole, c.entry
  FROM pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) AS c(entry)
 ORDER BY 1, 2, c.entry COLLATE "C"
