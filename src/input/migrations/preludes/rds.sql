-- What an RDS or Aurora instance has before the first script
-- (docs.aws.amazon.com/AmazonRDS/latest/UserGuide, "Viewing roles and their privileges"; \du there).
-- Scripts are run by the superuser here, and by the master user there: that one may do less.

CREATE ROLE rdsadmin SUPERUSER CREATEROLE CREATEDB LOGIN REPLICATION BYPASSRLS;
CREATE ROLE rdsrepladmin NOLOGIN NOINHERIT REPLICATION;
CREATE ROLE rdstopmgr LOGIN;
CREATE ROLE rds_ad NOLOGIN;
CREATE ROLE rds_iam NOLOGIN;
CREATE ROLE rds_password NOLOGIN;
CREATE ROLE rds_replication NOLOGIN;
CREATE ROLE rds_superuser NOLOGIN;
GRANT pg_monitor TO rdstopmgr;
GRANT pg_monitor, pg_signal_backend, rds_password, rds_replication TO rds_superuser
  WITH ADMIN OPTION;
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 160000 THEN
    GRANT pg_checkpoint, pg_use_reserved_connections TO rds_superuser WITH ADMIN OPTION;
  END IF;
END
$$;
