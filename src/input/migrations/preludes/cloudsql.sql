-- What a Cloud SQL instance has before the first script
-- (cloud.google.com/sql/docs/postgres/users; \du there).
-- Scripts are run by the superuser here, and by a member of cloudsqlsuperuser there: that one may
-- do less.

CREATE ROLE cloudsqladmin SUPERUSER CREATEROLE CREATEDB LOGIN REPLICATION BYPASSRLS;
CREATE ROLE cloudsqlsuperuser CREATEROLE CREATEDB LOGIN;
CREATE ROLE cloudsqlagent CREATEROLE CREATEDB LOGIN;
CREATE ROLE cloudsqlimportexport CREATEROLE CREATEDB LOGIN;
CREATE ROLE cloudsqlreplica LOGIN REPLICATION;
CREATE ROLE cloudsqliamuser NOLOGIN;
CREATE ROLE cloudsqliamserviceaccount NOLOGIN;
GRANT cloudsqlsuperuser TO cloudsqlagent, cloudsqlimportexport;
GRANT pg_monitor, pg_signal_backend TO cloudsqlsuperuser;
GRANT pg_monitor TO cloudsqlreplica;
