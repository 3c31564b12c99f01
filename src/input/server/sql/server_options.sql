-- Options that say where a server leads; others may be secrets of their wrapper.
SELECT s.oid, s.srvfdw,
       ARRAY(SELECT o.option_name || '=' || o.option_value
               FROM pg_catalog.pg_options_to_table(s.srvoptions) o
              WHERE o.option_name IN ('host', 'hostaddr', 'port', 'dbname', 'service', 'sslmode',
                                      'target_session_attrs', 'filename', 'program')
              ORDER BY o.option_name COLLATE "C")
  FROM pg_catalog.pg_foreign_server s
 ORDER BY s.oid
