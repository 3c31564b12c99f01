-- Who there is.
CREATE ROLE db_owner;
CREATE ROLE deployer CREATEROLE;
CREATE ROLE app LOGIN PASSWORD 'hunter2' CREATEDB;
CREATE ROLE reporting LOGIN;
CREATE ROLE ops LOGIN;

GRANT db_owner TO deployer;
GRANT deployer TO app;
GRANT db_owner TO ops WITH INHERIT FALSE;
  GRANT pg_execute_server_program TO db_owner;
ALTER ROLE reporting BYPASSRLS;
