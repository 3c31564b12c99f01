SELECT line_number, map_name, sys_name, pg_username, error,
       file_name  --@16+
       NULL  --@-15
  FROM pg_catalog.pg_ident_file_mappings
