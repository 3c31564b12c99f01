-- What a flexible server of Azure has before the first script
-- (learn.microsoft.com/azure/postgresql, "Access management"; pg_dumpall --roles-only there).
-- Scripts are run by the superuser here, and by a member of azure_pg_admin there: that one may do
-- less.

CREATE ROLE azuresu SUPERUSER CREATEROLE CREATEDB LOGIN REPLICATION BYPASSRLS;
CREATE ROLE replication LOGIN REPLICATION;
CREATE ROLE azure_pg_admin NOLOGIN;
GRANT pg_monitor, pg_read_all_settings, pg_read_all_stats, pg_signal_backend, pg_stat_scan_tables
  TO azure_pg_admin WITH ADMIN OPTION;
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 140000 THEN
    GRANT pg_read_all_data TO azure_pg_admin WITH ADMIN OPTION;
  END IF;
  IF current_setting('server_version_num')::int >= 160000 THEN
    GRANT pg_checkpoint, pg_create_subscription TO azure_pg_admin WITH ADMIN OPTION;
    GRANT pg_use_reserved_connections TO replication;
  END IF;
END
$$;
ALTER SCHEMA public OWNER TO azure_pg_admin;
