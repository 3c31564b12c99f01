CREATE USER deploy PASSWORD 'hunter2' SUPERUSER;
CREATE DATABASE shop OWNER deploy;
CREATE ROLE app;
DO $$ BEGIN PERFORM make_roles(); END $$;
SELECT role_named('x') \gexec
GRANT SELECT ON ALL TABLES IN SCHEMA public TO readers;
COPY public.notes (text) FROM stdin;
it's; CREATE ROLE nobody SUPERUSER;
\.
