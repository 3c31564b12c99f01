-- Which table of the other server each is: without options, the one of the same name.
SELECT t.ftrelid, t.ftserver,
       coalesce((SELECT o.option_value FROM pg_catalog.pg_options_to_table(t.ftoptions) o
                  WHERE o.option_name = 'schema_name'), n.nspname),
       coalesce((SELECT o.option_value FROM pg_catalog.pg_options_to_table(t.ftoptions) o
                  WHERE o.option_name = 'table_name'), c.relname)
  FROM pg_catalog.pg_foreign_table t
  JOIN pg_catalog.pg_class c ON c.oid = t.ftrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relpersistence <> 't'
 ORDER BY t.ftrelid
