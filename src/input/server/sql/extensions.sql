SELECT extname, extversion, extnamespace, extowner
  FROM pg_catalog.pg_extension
 ORDER BY extname COLLATE "C"
