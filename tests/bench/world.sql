-- The world of the benchmark, made by plain statements: `psql -v tables=50000 -f world.sql`.
--
-- For 50,000 tables: 5,000 roles with memberships six deep, 500 schemas, one million access list
-- items, 10,000 functions, 1,000 policies; for fewer tables, fewer of all.
SET client_min_messages = error;
SET synchronous_commit = off;
SELECT set_config('bench.tables', :'tables', false) \g /dev/null

CREATE SCHEMA bench;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

CREATE FUNCTION bench.size(share numeric) RETURNS int LANGUAGE sql
  AS $$ SELECT greatest(1, current_setting('bench.tables')::int * share)::int $$;

-- Seven levels of roles; the last one logs in.
CREATE TABLE bench.level (level int PRIMARY KEY, roles int);
INSERT INTO bench.level
  SELECT level, bench.size(share)
    FROM (VALUES (0, 0.0002), (1, 0.0008), (2, 0.003), (3, 0.008), (4, 0.018), (5, 0.02), (6, 0.05))
      AS of(level, share);

-- The i-th role of a level, round and round.
CREATE FUNCTION bench.role(level int, i int) RETURNS text LANGUAGE sql AS $$
  SELECT format('%s_%s', CASE level WHEN 6 THEN 'user' ELSE 'group' || level END,
                i % (SELECT l.roles FROM bench.level l WHERE l.level = $1) + 1) $$;
GRANT USAGE ON SCHEMA bench TO PUBLIC;  -- owners make their tables themselves
GRANT SELECT ON bench.level TO PUBLIC;

-- A member of one group above, one in five of a second one.
CREATE PROCEDURE bench.make_roles() LANGUAGE plpgsql AS $$
DECLARE l record; n text;
BEGIN
  FOR l IN SELECT level, i FROM bench.level, generate_series(0, roles - 1) AS i ORDER BY 1, 2 LOOP
    n := bench.role(l.level, l.i);
    EXECUTE format('CREATE ROLE %I %s %s', n, CASE l.level WHEN 6 THEN 'LOGIN' ELSE '' END,
                   CASE WHEN l.i % 50 = 49 THEN 'NOINHERIT' ELSE '' END);
    CONTINUE WHEN l.level = 0;
    EXECUTE format('GRANT %I TO %I', bench.role(l.level - 1, l.i), n);
    CONTINUE WHEN l.i % 5 <> 0;
    EXECUTE format('GRANT %I TO %I', bench.role(l.level - 1, l.i * 7 + 3), n);
  END LOOP;
  COMMIT;
END $$;

-- Nineteen grantees beside the owner. Four tables of five share one of their schema's three
-- lists, the fifth has one of its own; one of a hundred is everybody's, one of fifty has a
-- column that is granted by itself.
CREATE PROCEDURE bench.make_tables() LANGUAGE plpgsql AS $$
DECLARE list int; t text;
BEGIN
  FOR s IN 1..bench.size(0.01) LOOP
    EXECUTE format('CREATE SCHEMA s%s AUTHORIZATION %I', s, bench.role(3, s));
    EXECUTE format('GRANT USAGE ON SCHEMA s%s TO %I, %I', s, bench.role(0, s), bench.role(1, s));
    EXECUTE format('SET LOCAL ROLE %I', bench.role(3, s));
    FOR i IN 1..100 LOOP
      t := format('s%s.table_%s', s, i);
      EXECUTE format('CREATE TABLE %s (id bigint, tenant text, name text, amount numeric)', t);
      list := CASE WHEN i % 5 = 0 THEN s * 1000 + i ELSE s * 1000 + 500 + i % 3 END;
      EXECUTE format('GRANT SELECT ON %s TO %s', t, (
        SELECT string_agg(format('%I', bench.role(4, list * 13 + g)), ',')
          FROM generate_series(1, 10) AS g));
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %s', t, (
        SELECT string_agg(format('%I', bench.role(5, list * 11 + g)), ',')
          FROM generate_series(1, 9) AS g));
      IF i % 100 = 7 THEN EXECUTE format('GRANT SELECT ON %s TO PUBLIC', t); END IF;
      IF i % 50 = 9 THEN
        EXECUTE format('GRANT UPDATE (name) ON %s TO %I', t, bench.role(6, list));
      END IF;
    END LOOP;
    COMMIT;
  END LOOP;
END $$;

-- One function of twenty runs as its owner, half of these with a pinned path.
CREATE PROCEDURE bench.make_functions() LANGUAGE plpgsql AS $$
BEGIN
  FOR s IN 1..bench.size(0.01) LOOP
    EXECUTE format('SET LOCAL ROLE %I', bench.role(3, s));
    FOR i IN 1..20 LOOP
      EXECUTE format('CREATE FUNCTION s%s.function_%s(a int, b text) RETURNS int %s '
                     'LANGUAGE sql AS $f$ SELECT a $f$', s, i,
                     CASE WHEN i <> 1 THEN 'STABLE' WHEN s % 2 = 0 THEN 'SECURITY DEFINER'
                          ELSE 'SECURITY DEFINER SET search_path = pg_catalog, pg_temp' END);
      CONTINUE WHEN i % 4 = 0;
      EXECUTE format('REVOKE EXECUTE ON FUNCTION s%s.function_%s FROM PUBLIC', s, i);
      EXECUTE format('GRANT EXECUTE ON FUNCTION s%s.function_%s TO %I', s, i, bench.role(2, s));
    END LOOP;
    COMMIT;
  END LOOP;
END $$;

-- Two policies on one table of a schema; in one schema of ten they are not in force.
CREATE PROCEDURE bench.make_policies() LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
  FOR s IN 1..bench.size(0.01) LOOP
    t := format('s%s.table_1', s);
    EXECUTE format('CREATE POLICY tenant ON %s USING (tenant = current_setting(''app.tenant''))',
                   t);
    EXECUTE format('CREATE POLICY writers ON %s FOR UPDATE TO %I USING (amount < 100) '
                   'WITH CHECK (amount < 100)', t, bench.role(4, s));
    CONTINUE WHEN s % 10 = 0;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    CONTINUE WHEN s % 10 = 1;
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
    COMMIT;
  END LOOP;
  COMMIT;
END $$;

CALL bench.make_roles();
CALL bench.make_tables();
CALL bench.make_functions();
CALL bench.make_policies();
DROP SCHEMA bench CASCADE;
VACUUM ANALYZE;
CHECKPOINT;
