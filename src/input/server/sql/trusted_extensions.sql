SELECT DISTINCT name COLLATE "C"
  FROM pg_catalog.pg_available_extension_versions
 WHERE trusted
 ORDER BY 1
