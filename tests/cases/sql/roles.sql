--
-- PostgreSQL database cluster dump
--

\restrict dCh0XkZy

SET default_transaction_read_only = off;
SET standard_conforming_strings = on;

CREATE ROLE postgres;
ALTER ROLE postgres WITH SUPERUSER INHERIT CREATEROLE CREATEDB LOGIN REPLICATION BYPASSRLS;
CREATE ROLE app;
ALTER ROLE app WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS PASSWORD 'md5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' VALID UNTIL '2040-01-01 00:00:00+00';
CREATE ROLE readers;
ALTER ROLE readers WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;

GRANT readers TO app WITH INHERIT FALSE GRANTED BY postgres;

\unrestrict dCh0XkZy

\connect template1
SELECT pg_catalog.set_config('search_path', '', false);
