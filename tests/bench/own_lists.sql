-- A world where no two tables share an access list: `psql -v tables=10000 -f own_lists.sql`.
--
-- For 10,000 tables: 200 schemas, 1,000 roles in two groups each, 20 grants on each table, whose
-- owner is another one than the table's before it.
SET client_min_messages = error;
SET synchronous_commit = off;
\set schemas :tables / 50
\set users :tables / 10
\set groups :tables / 100

SELECT format('CREATE ROLE group_%s', i) FROM generate_series(1, :groups) AS i \gexec
SELECT format('CREATE ROLE user_%s LOGIN IN ROLE group_%s, group_%s', i, i % (:groups) + 1,
              (i + 1) % (:groups) + 1)
  FROM generate_series(1, :users) AS i \gexec
SELECT format('CREATE SCHEMA s%s', i) FROM generate_series(1, :schemas) AS i \gexec

-- The tables of one owner are granted to roles that are ever further apart.
CREATE TEMPORARY TABLE made AS
  SELECT format('s%s.table_%s', i % (:schemas) + 1, i) AS name,
         format('user_%s', i % (:users) + 1) AS owner,
         (SELECT string_agg(format('user_%s', (i + 1 + g * (17 + i / (:users))) % (:users) + 1), ',')
            FROM generate_series(1, 10) AS g) AS readers,
         (SELECT string_agg(format('user_%s', (i + 1 + g * (17 + i / (:users))) % (:users) + 1), ',')
            FROM generate_series(11, 20) AS g) AS writers
    FROM generate_series(1, :tables) AS i;
SELECT format('CREATE TABLE %s (id bigint, tenant text, name text, amount numeric)', name),
       format('ALTER TABLE %s OWNER TO %s', name, owner),
       format('GRANT SELECT ON %s TO %s', name, readers),
       format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %s', name, writers)
  FROM made \gexec
VACUUM ANALYZE;
CHECKPOINT;
