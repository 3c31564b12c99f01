SELECT line_number, type, database, user_name, address, netmask, auth_method, options, error,
       file_name  --@16+
       NULL  --@-15
  FROM pg_catalog.pg_hba_file_rules
