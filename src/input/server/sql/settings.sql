SELECT name, pg_catalog.current_setting(name), source, sourcefile, sourceline,
       reset_val
  FROM pg_catalog.pg_settings
 ORDER BY name COLLATE "C"
