// Code that runs as somebody else and uses what a weaker one holds: worlds are the product of what
// runs, by how many levels it uses what, and how the weaker one holds that. In each the attack is
// performed on the server, by the weaker one alone or with what its victim does; the same world
// without the hold is its near miss. What works is told, as certain or as unknown; what is told as
// certain works; near misses are silent. The same where a script makes the world. A part of the
// worlds on each server, others on each version; PGLEAST_USES=all makes a half on each version, and
// the other half on the next.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "escalation/attacks.hpp"
#include "escalation/escalation.hpp"
#include "input/server/server_reader.hpp"
#include "support/catch.hpp"
#include "support/script_cluster.hpp"
#include "support/server.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

// In all of them {s} is a schema of the superuser's, {own} one of app's; steal() notes as whom it
// runs, `path` is the search_path that the function is made with.

/// What runs as boss. {body} uses something; app does `does`, then boss does `victim`.
struct Runner {
  const char* name;
  const char* make;
  const char* does;
  const char* victim;
};

constexpr std::array runners{
    Runner{"definer function",
           "CREATE FUNCTION {s}.run() RETURNS int LANGUAGE plpgsql SECURITY DEFINER {path} AS $f$ "
           "BEGIN {body}; RETURN 1; END $f$; ALTER FUNCTION {s}.run() OWNER TO {boss};",
           "SELECT {s}.run();", ""},
    Runner{"definer procedure",
           "CREATE PROCEDURE {s}.run() LANGUAGE plpgsql SECURITY DEFINER {path} AS $f$ "
           "BEGIN {body}; END $f$; ALTER PROCEDURE {s}.run() OWNER TO {boss};",
           "CALL {s}.run();", ""},
    Runner{"definer trigger",
           "CREATE FUNCTION {s}.run() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {path} AS "
           "$f$ BEGIN {body}; RETURN NEW; END $f$; ALTER FUNCTION {s}.run() OWNER TO {boss}; "
           "REVOKE EXECUTE ON FUNCTION {s}.run() FROM PUBLIC; CREATE TABLE {s}.door (a int); "
           "CREATE TRIGGER x BEFORE INSERT ON {s}.door FOR EACH ROW EXECUTE FUNCTION {s}.run(); "
           "GRANT INSERT ON {s}.door TO {app};",
           "INSERT INTO {s}.door VALUES (1);", ""},
    Runner{"trigger of a table that boss writes",
           "CREATE FUNCTION {s}.run() RETURNS trigger LANGUAGE plpgsql {path} AS $f$ BEGIN {body}; "
           "RETURN NEW; END $f$; ALTER FUNCTION {s}.run() OWNER TO {boss}; CREATE TABLE {s}.door "
           "(a int); CREATE TRIGGER x BEFORE INSERT ON {s}.door FOR EACH ROW EXECUTE FUNCTION "
           "{s}.run(); GRANT INSERT ON {s}.door TO {boss};",
           "", "INSERT INTO {s}.door VALUES (1);"},
    Runner{"view that boss reads",
           "CREATE FUNCTION {s}.run() RETURNS int LANGUAGE plpgsql {path} AS $f$ BEGIN {body}; "
           "RETURN 1; END $f$; ALTER FUNCTION {s}.run() OWNER TO {boss}; CREATE VIEW {s}.doorway "
           "AS SELECT {s}.run() AS a; GRANT SELECT ON {s}.doorway TO {boss};",
           "", "TABLE {s}.doorway;"},
    Runner{"default of a table that boss writes",
           "CREATE FUNCTION {s}.run() RETURNS int LANGUAGE plpgsql {path} AS $f$ BEGIN {body}; "
           "RETURN 1; END $f$; ALTER FUNCTION {s}.run() OWNER TO {boss}; CREATE TABLE {s}.door "
           "(a int, b int DEFAULT {s}.run()); GRANT INSERT ON {s}.door TO {boss};",
           "", "INSERT INTO {s}.door (a) VALUES (1);"},
    Runner{"materialized view that boss refreshes",
           "CREATE FUNCTION {s}.run() RETURNS int LANGUAGE plpgsql {path} AS $f$ BEGIN {body}; "
           "RETURN 1; END $f$; ALTER FUNCTION {s}.run() OWNER TO {boss}; CREATE MATERIALIZED VIEW "
           "{s}.kept AS SELECT {s}.run() AS a WITH NO DATA; ALTER MATERIALIZED VIEW {s}.kept "
           "OWNER TO {boss};",
           "", "REFRESH MATERIALIZED VIEW {s}.kept;"},
    Runner{"key's operator class, rows that refer",
           "{key} CREATE FUNCTION {s}.run({s}.key, {s}.key) RETURNS int LANGUAGE plpgsql {path} AS "
           "$f$ "
           "BEGIN {body}; RETURN ($1).x OPERATOR(pg_catalog.-) ($2).x; END $f$; CREATE OPERATOR "
           "CLASS {s}.k_ops DEFAULT FOR TYPE {s}.key USING btree AS OPERATOR 1 {s}.<, OPERATOR 3 "
           "{s}.=, FUNCTION 1 {s}.run; "
           "{keyed} ALTER FUNCTION {s}.run({s}.key, {s}.key) OWNER TO {boss}; ALTER TABLE {s}.kept "
           "OWNER TO {boss}; GRANT INSERT ON {s}.door TO {app};",
           "INSERT INTO {s}.door VALUES (ROW(1)::{s}.key);", ""},
    Runner{
        "key's operator, rows that are referred to",
        "{key} CREATE FUNCTION {s}.cmp({s}.key, {s}.key) RETURNS int LANGUAGE sql AS 'SELECT "
        "($1).x "
        "OPERATOR(pg_catalog.-) ($2).x'; CREATE OPERATOR CLASS {s}.k_ops DEFAULT FOR TYPE {s}.key "
        "USING btree AS "
        "OPERATOR 1 {s}.<, OPERATOR 3 {s}.=, FUNCTION 1 {s}.cmp; {keyed} INSERT INTO {s}.kept "
        "VALUES (ROW(2)::{s}.key); INSERT INTO {s}.door VALUES (ROW(1)::{s}.key); CREATE OR "
        "REPLACE "
        "FUNCTION {s}.eq({s}.key, {s}.key) RETURNS bool "
        "LANGUAGE plpgsql {path} AS $f$ BEGIN {body}; RETURN ($1).x OPERATOR(pg_catalog.=) "
        "($2).x; END $f$; ALTER "
        "FUNCTION {s}.eq({s}.key, {s}.key) OWNER TO {boss}; ALTER TABLE {s}.door OWNER TO {boss}; "
        "GRANT SELECT, DELETE ON {s}.kept TO {app};",
        "DELETE FROM {s}.kept WHERE (a).x = 2;", ""},
    Runner{"trigger of rows that go with others",
           "CREATE FUNCTION {s}.run() RETURNS trigger LANGUAGE plpgsql {path} AS $f$ BEGIN {body}; "
           "RETURN OLD; END $f$; ALTER FUNCTION {s}.run() OWNER TO {boss}; CREATE TABLE {s}.kept "
           "(a int PRIMARY KEY); CREATE TABLE {s}.door (a int REFERENCES {s}.kept ON DELETE "
           "CASCADE); INSERT INTO {s}.kept VALUES (1); INSERT INTO {s}.door VALUES (1); CREATE "
           "TRIGGER x BEFORE DELETE ON {s}.door FOR EACH ROW EXECUTE FUNCTION {s}.run(); ALTER "
           "TABLE {s}.door OWNER TO {boss}; GRANT DELETE ON {s}.kept TO {app};",
           "DELETE FROM {s}.kept;", ""},
};

// {key}: a type with operators, {keyed}: tables of it. Each compares once, for not all
// code runs twice; an operator whose function is in SQL would be inlined, and use no index.
const char* const type_of_key =
    "CREATE TYPE {s}.key AS (x int); CREATE FUNCTION {s}.lt({s}.key, {s}.key) RETURNS bool "
    "LANGUAGE "
    "plpgsql AS 'BEGIN RETURN ($1).x OPERATOR(pg_catalog.<) ($2).x; END'; CREATE FUNCTION "
    "{s}.eq({s}.key, {s}.key) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN ($1).x "
    "OPERATOR(pg_catalog.=) ($2).x; END'; CREATE OPERATOR {s}.< (LEFTARG = {s}.key, RIGHTARG = "
    "{s}.key, PROCEDURE = {s}.lt); CREATE OPERATOR {s}.= (LEFTARG = {s}.key, RIGHTARG = {s}.key, "
    "PROCEDURE = {s}.eq);";
const char* const tables_of_key =
    "CREATE TABLE {s}.kept (a {s}.key PRIMARY KEY); CREATE TABLE {s}.door (a {s}.key REFERENCES "
    "{s}.kept ON DELETE RESTRICT); INSERT INTO {s}.kept VALUES (ROW(1)::{s}.key);";

/// What stands between: {body} of the runner is `body`, {inner} uses something.
struct Level {
  const char* name;
  const char* make;
  const char* body;
  bool names;  // whether {inner} is looked up along the runner's path
};

constexpr std::array levels{
    Level{"itself", "", "{inner}", true},
    Level{"a function",
          "CREATE FUNCTION {s}.mid() RETURNS int LANGUAGE plpgsql AS $m$ BEGIN {inner}; RETURN 1; "
          "END $m$; ALTER FUNCTION {s}.mid() OWNER TO {boss};",
          "PERFORM {s}.mid()", true},
    Level{"a function's function",
          "CREATE FUNCTION {s}.low() RETURNS int LANGUAGE plpgsql AS $m$ BEGIN {inner}; RETURN 1; "
          "END $m$; ALTER FUNCTION {s}.low() OWNER TO {boss}; CREATE FUNCTION {s}.mid() RETURNS "
          "int LANGUAGE sql AS 'SELECT {s}.low()'; ALTER FUNCTION {s}.mid() OWNER TO {boss};",
          "PERFORM {s}.mid()", true},
    Level{"a trigger",
          "CREATE FUNCTION {s}.mid() RETURNS trigger LANGUAGE plpgsql AS $m$ BEGIN {inner}; RETURN "
          "NEW; END $m$; ALTER FUNCTION {s}.mid() OWNER TO {boss}; CREATE TABLE {s}.way (a int); "
          "CREATE TRIGGER x BEFORE INSERT ON {s}.way FOR EACH ROW EXECUTE FUNCTION {s}.mid(); "
          "ALTER TABLE {s}.way OWNER TO {boss};",
          "INSERT INTO {s}.way VALUES (1)", true},
    Level{"a view",
          "CREATE FUNCTION {s}.mid() RETURNS int LANGUAGE plpgsql AS $m$ BEGIN {inner}; RETURN 1; "
          "END $m$; ALTER FUNCTION {s}.mid() OWNER TO {boss}; CREATE VIEW {s}.way AS SELECT "
          "{s}.mid() AS a; ALTER VIEW {s}.way OWNER TO {boss};",
          "PERFORM a FROM {s}.way", true},
    Level{"a default",
          "CREATE FUNCTION {s}.mid() RETURNS int LANGUAGE plpgsql AS $m$ BEGIN {inner}; RETURN 1; "
          "END $m$; ALTER FUNCTION {s}.mid() OWNER TO {boss}; CREATE TABLE {s}.way (a int, b int "
          "DEFAULT {s}.mid()); ALTER TABLE {s}.way OWNER TO {boss};",
          "INSERT INTO {s}.way (a) VALUES (1)", true},
    Level{"a domain's check",
          "CREATE FUNCTION {s}.mid(int) RETURNS bool LANGUAGE plpgsql AS $m$ BEGIN {inner}; RETURN "
          "true; END $m$; ALTER FUNCTION {s}.mid(int) OWNER TO {boss}; CREATE DOMAIN {s}.way AS "
          "int CHECK ({s}.mid(VALUE)); ALTER DOMAIN {s}.way OWNER TO {boss};",
          "PERFORM 1::{s}.way", true},
    Level{"a policy",
          "CREATE FUNCTION {s}.mid() RETURNS bool LANGUAGE plpgsql AS $m$ BEGIN {inner}; RETURN "
          "true; END $m$; ALTER FUNCTION {s}.mid() OWNER TO {boss}; CREATE TABLE {s}.way AS SELECT "
          "1 AS a; ALTER TABLE {s}.way ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON {s}.way USING "
          "({s}.mid()); GRANT SELECT ON {s}.way TO {boss};",
          "PERFORM a FROM {s}.way", true},
};

/// What is used, how app holds it, and what it does then. `others`: without the hold.
struct Use {
  const char* name;
  const char* make;
  const char* use;
  const char* path;
  const char* others_path;
  const char* hold;
  const char* others;
  const char* attack;
  bool of_session = false;  // only where app's own session runs it
  int since = 12;
};

const char* const pinned = "SET search_path = pg_catalog, pg_temp";

// {operator} in `make`: an operator, {its_own} in an attack: a function of app's for another one.
const char* const an_operator =
    "CREATE FUNCTION {s}.t(int, int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN $1 = $2; END'; "
    "ALTER FUNCTION {s}.t(int, int) OWNER TO {boss}; CREATE OPERATOR {s}.@@@ (LEFTARG = int, "
    "RIGHTARG = int, PROCEDURE = {s}.t); ALTER OPERATOR {s}.@@@ (int, int) OWNER TO {boss};";
const char* const functions_own =
    "CREATE FUNCTION {own}.t(int, int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN PERFORM "
    "{own}.steal(); RETURN true; END';";
const char* const operator_held = "ALTER OPERATOR {s}.@@@ (int, int) OWNER TO {app};";
const char* const operator_negated =
    "{its_own} CREATE OPERATOR {own}.!!! (LEFTARG = int, RIGHTARG = int, PROCEDURE = {own}.t, "
    "NEGATOR = OPERATOR({s}.@@@));";

// {class} in `make`: a type with an operator class, and a table of it.
const char* const class_of_type =
    "CREATE TYPE {s}.c AS (x int); CREATE FUNCTION {s}.lt({s}.c, {s}.c) RETURNS bool LANGUAGE "
    "plpgsql IMMUTABLE AS 'BEGIN RETURN ($1).x < ($2).x; END'; CREATE FUNCTION {s}.eq({s}.c, "
    "{s}.c) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN ($1).x = ($2).x; END'; "
    "CREATE FUNCTION {s}.t({s}.c, {s}.c) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN "
    "RETURN ($1).x - ($2).x; END'; CREATE OPERATOR {s}.< (LEFTARG = {s}.c, RIGHTARG = {s}.c, "
    "PROCEDURE = {s}.lt); CREATE OPERATOR {s}.= (LEFTARG = {s}.c, RIGHTARG = {s}.c, PROCEDURE "
    "= {s}.eq); CREATE OPERATOR CLASS {s}.c_ops DEFAULT FOR TYPE {s}.c USING btree AS OPERATOR "
    "1 {s}.<, OPERATOR 3 {s}.=, FUNCTION 1 {s}.t({s}.c, {s}.c); CREATE TABLE {s}.c_t AS SELECT "
    "ROW(a)::{s}.c AS a FROM generate_series(1, 2) a;";
const char* const class_held =
    "ALTER FUNCTION {s}.t({s}.c, {s}.c) OWNER TO {app}; GRANT CREATE ON SCHEMA {s} TO {app};";
const char* const class_attack =
    "CREATE OR REPLACE FUNCTION {s}.t({s}.c, {s}.c) RETURNS int LANGUAGE plpgsql IMMUTABLE AS "
    "'BEGIN PERFORM {own}.steal(); RETURN ($1).x - ($2).x; END';";

const std::array uses{
    Use{"a function that app owns",
        "CREATE FUNCTION {s}.t() RETURNS int LANGUAGE sql AS 'SELECT 1';", "PERFORM {s}.t()",
        pinned, pinned,
        "ALTER FUNCTION {s}.t() OWNER TO {app}; GRANT CREATE ON SCHEMA {s} TO {app};",
        "ALTER FUNCTION {s}.t() OWNER TO {boss}; ALTER SCHEMA {s} OWNER TO {boss};",
        "CREATE OR REPLACE FUNCTION {s}.t() RETURNS int LANGUAGE sql AS 'SELECT {own}.steal()';"},
    Use{"a function that app owns, without CREATE there",
        "CREATE FUNCTION {s}.t() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN length(''x''); "
        "END';",
        "PERFORM {s}.t()", pinned, pinned, "ALTER FUNCTION {s}.t() OWNER TO {app};", "",
        "CREATE FUNCTION {own}.length(text) RETURNS int LANGUAGE sql AS 'SELECT {own}.steal()'; "
        "ALTER FUNCTION {s}.t() SET search_path = {own}, pg_catalog;"},
    Use{"an operator whose function app owns",
        "CREATE FUNCTION {s}.t(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE OPERATOR "
        "{s}.@@@ (LEFTARG = int, RIGHTARG = int, PROCEDURE = {s}.t);",
        "PERFORM 1 OPERATOR({s}.@@@) 2", pinned, pinned,
        "ALTER FUNCTION {s}.t(int, int) OWNER TO {app}; GRANT CREATE ON SCHEMA {s} TO {app};", "",
        "CREATE OR REPLACE FUNCTION {s}.t(int, int) RETURNS int LANGUAGE sql AS 'SELECT "
        "{own}.steal()';"},
    Use{"an operator that app owns", "{operator}", "PERFORM 1 OPERATOR({s}.@@@) 2", pinned, pinned,
        "ALTER OPERATOR {s}.@@@ (int, int) OWNER TO {app}; GRANT CREATE ON SCHEMA {s} TO {app};",
        "GRANT CREATE ON SCHEMA {s} TO {boss};",
        "{its_own} DROP OPERATOR {s}.@@@ (int, int); CREATE OPERATOR {s}.@@@ (LEFTARG = int, "
        "RIGHTARG = int, PROCEDURE = {own}.t);"},
    Use{"an operator of a function of the server's, which app owns, along a path",
        "CREATE OPERATOR {s}.@@@ (LEFTARG = int, RIGHTARG = int, PROCEDURE = int4lt);",
        "PERFORM 1 @@@ 2", "SET search_path = {s}, pg_catalog, pg_temp",
        "SET search_path = {s}, pg_catalog, pg_temp",
        "ALTER OPERATOR {s}.@@@ (int, int) OWNER TO {app}; GRANT CREATE ON SCHEMA {s} TO {app};",
        "",
        "{its_own} DROP OPERATOR {s}.@@@ (int, int); CREATE OPERATOR {s}.@@@ (LEFTARG = int, "
        "RIGHTARG = int, PROCEDURE = {own}.t);"},
    Use{"an operator in app's schema",
        "{operator} CREATE SCHEMA {s}_2; GRANT USAGE ON SCHEMA {s}_2 TO PUBLIC; ALTER OPERATOR "
        "{s}.@@@ (int, int) SET SCHEMA {s}_2;",
        "PERFORM 1 OPERATOR({s}_2.@@@) 2", pinned, pinned, "ALTER SCHEMA {s}_2 OWNER TO {app};", "",
        "{its_own} DROP OPERATOR {s}_2.@@@ (int, int); CREATE OPERATOR {s}_2.@@@ (LEFTARG = int, "
        "RIGHTARG = int, PROCEDURE = {own}.t);"},
    Use{"an operator whose function is in app's schema",
        "{operator} CREATE SCHEMA {s}_2; GRANT USAGE ON SCHEMA {s}_2 TO PUBLIC; ALTER FUNCTION "
        "{s}.t(int, int) SET SCHEMA {s}_2;",
        "PERFORM 1 OPERATOR({s}.@@@) 2", pinned, pinned, "ALTER SCHEMA {s}_2 OWNER TO {app};", "",
        "DROP FUNCTION {s}_2.t(int, int) CASCADE; CREATE FUNCTION {s}_2.t(int, int) RETURNS bool "
        "LANGUAGE sql AS 'SELECT {own}.steal() > 0'; CREATE OPERATOR {s}.@@@ (LEFTARG = int, "
        "RIGHTARG = int, PROCEDURE = {s}_2.t);"},
    Use{"an operator that fits better", "{operator}",
        "PERFORM 1::pg_catalog.int2 OPERATOR({s}.@@@) 2", pinned, pinned,
        "GRANT CREATE ON SCHEMA {s} TO {app};", "",
        "CREATE FUNCTION {own}.t(int2, int) RETURNS bool LANGUAGE sql AS 'SELECT {own}.steal() > "
        "0'; CREATE OPERATOR {s}.@@@ (LEFTARG = int2, RIGHTARG = int, PROCEDURE = {own}.t);"},
    Use{"an operator in app's schema, before", "{operator}", "PERFORM 1 @@@ 2",
        "SET search_path = {own}, {s}, pg_catalog, pg_temp",
        "SET search_path = {s}, pg_catalog, pg_temp", "", "",
        "{its_own} CREATE OPERATOR {own}.@@@ (LEFTARG = int, RIGHTARG = int, PROCEDURE = "
        "{own}.t);"},
    Use{"an operator that app owns, negated", "{operator}", "PERFORM NOT (1 OPERATOR({s}.@@@) 2)",
        pinned, pinned, operator_held, "", operator_negated},
    Use{"an operator that app owns, negated in a view",
        "{operator} CREATE VIEW {s}.nv AS SELECT NOT (1 OPERATOR({s}.@@@) 2) AS a; ALTER VIEW "
        "{s}.nv OWNER TO {boss};",
        "PERFORM a FROM {s}.nv", pinned, pinned, operator_held, "", operator_negated},
    Use{"an operator that app owns, negated in a default",
        "{operator} CREATE TABLE {s}.n_t (a int, b bool DEFAULT (NOT (1 OPERATOR({s}.@@@) 2))); "
        "ALTER "
        "TABLE {s}.n_t OWNER TO {boss};",
        "INSERT INTO {s}.n_t (a) VALUES (1)", pinned, pinned, operator_held, "", operator_negated},
    Use{"an operator that app owns, negated in a domain's check",
        "{operator} CREATE DOMAIN {s}.n_d AS int CHECK (NOT (VALUE OPERATOR({s}.@@@) 2)); ALTER "
        "DOMAIN {s}.n_d OWNER TO {boss};",
        "PERFORM 1::{s}.n_d", pinned, pinned, operator_held, "", operator_negated},
    Use{"an operator that app owns, commuted where it is planned",
        "{operator} CREATE TABLE {s}.k AS SELECT a FROM generate_series(1, 1000) a; ANALYZE {s}.k; "
        "ALTER TABLE {s}.k OWNER TO {boss}; ALTER FUNCTION {s}.t(int, int) IMMUTABLE; ALTER "
        "OPERATOR {s}.@@@ (int, int) SET (RESTRICT = scalarltsel);",
        "PERFORM a FROM {s}.k WHERE 5 OPERATOR({s}.@@@) a", pinned, pinned, operator_held, "",
        "{its_own} CREATE OPERATOR {own}.!!! (LEFTARG = int, RIGHTARG = int, PROCEDURE = {own}.t, "
        "COMMUTATOR = OPERATOR({s}.@@@));"},
    Use{"an aggregate whose function app owns",
        "CREATE FUNCTION {s}.t(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE "
        "{s}.agg(int) (SFUNC = {s}.t, STYPE = int, INITCOND = '0'); ALTER AGGREGATE {s}.agg(int) "
        "OWNER TO {boss};",
        "PERFORM {s}.agg(1)", pinned, pinned,
        "ALTER FUNCTION {s}.t(int, int) OWNER TO {app}; GRANT CREATE ON SCHEMA {s} TO {app};", "",
        "CREATE OR REPLACE FUNCTION {s}.t(int, int) RETURNS int LANGUAGE sql AS 'SELECT "
        "{own}.steal()';"},
    Use{"a domain that app owns", "CREATE DOMAIN {s}.d AS text;", "PERFORM 'x'::{s}.d", pinned,
        pinned, "ALTER DOMAIN {s}.d OWNER TO {app};", "ALTER DOMAIN {s}.d OWNER TO {boss};",
        "ALTER DOMAIN {s}.d ADD CHECK ({own}.steal() > 0);"},
    Use{"a domain whose check's function app owns",
        "CREATE FUNCTION {s}.t(text) RETURNS bool LANGUAGE sql AS 'SELECT true'; CREATE DOMAIN "
        "{s}.d AS text CHECK ({s}.t(VALUE));",
        "PERFORM 'x'::{s}.d", pinned, pinned,
        "ALTER FUNCTION {s}.t(text) OWNER TO {app}; GRANT CREATE ON SCHEMA {s} TO {app};", "",
        "CREATE OR REPLACE FUNCTION {s}.t(text) RETURNS bool LANGUAGE sql AS 'SELECT {own}.steal() "
        "> 0';"},
    Use{"a table of a domain that app owns",
        "CREATE DOMAIN {s}.d AS text; CREATE TABLE {s}.t (a {s}.d); ALTER TABLE {s}.t OWNER TO "
        "{boss};",
        "INSERT INTO {s}.t VALUES ('x')", pinned, pinned, "ALTER DOMAIN {s}.d OWNER TO {app};", "",
        "ALTER DOMAIN {s}.d ADD CHECK ({own}.steal() > 0);"},
    Use{"a table that app owns, written", "CREATE TABLE {s}.t (a int);",
        "INSERT INTO {s}.t VALUES (1)", pinned, pinned,
        "GRANT INSERT ON {s}.t TO {boss}; ALTER TABLE {s}.t OWNER TO {app};",
        "ALTER TABLE {s}.t OWNER TO {boss};",
        "CREATE TRIGGER t BEFORE INSERT ON {s}.t FOR EACH ROW EXECUTE FUNCTION {own}.steal_t();"},
    Use{"a table on which app has TRIGGER",
        "CREATE TABLE {s}.t (a int); ALTER TABLE {s}.t OWNER TO {boss};",
        "INSERT INTO {s}.t VALUES (1)", pinned, pinned, "GRANT TRIGGER ON {s}.t TO {app};",
        "GRANT SELECT ON {s}.t TO {app};",
        "CREATE TRIGGER t BEFORE INSERT ON {s}.t FOR EACH ROW EXECUTE FUNCTION {own}.steal_t();"},
    Use{"a view that app owns", "CREATE VIEW {s}.v AS SELECT 1 AS a;", "PERFORM a FROM {s}.v",
        pinned, pinned, "GRANT SELECT ON {s}.v TO {boss}; ALTER VIEW {s}.v OWNER TO {app};",
        "ALTER VIEW {s}.v OWNER TO {boss};",
        "CREATE OR REPLACE RULE \"_RETURN\" AS ON SELECT TO {s}.v DO INSTEAD SELECT {own}.steal() "
        "AS a;"},
    Use{"a table that app owns, read", "CREATE TABLE {s}.t AS SELECT 1 AS a;",
        "PERFORM a FROM {s}.t", pinned, pinned,
        "GRANT SELECT ON {s}.t TO {boss}; ALTER TABLE {s}.t OWNER TO {app};",
        "ALTER TABLE {s}.t OWNER TO {boss};",
        "CREATE POLICY x ON {s}.t USING ({own}.steal() > 0); ALTER TABLE {s}.t ENABLE ROW LEVEL "
        "SECURITY;"},
    Use{"a function in app's schema",
        "CREATE SCHEMA {s}_2; CREATE FUNCTION {s}_2.t() RETURNS int LANGUAGE sql AS 'SELECT 1'; "
        "ALTER FUNCTION {s}_2.t() OWNER TO {boss}; GRANT USAGE ON SCHEMA {s}_2 TO PUBLIC;",
        "PERFORM {s}_2.t()", pinned, pinned, "ALTER SCHEMA {s}_2 OWNER TO {app};", "",
        "DROP FUNCTION {s}_2.t(); CREATE FUNCTION {s}_2.t() RETURNS int LANGUAGE sql AS 'SELECT "
        "{own}.steal()';"},
    Use{"a name in app's schema", "", "PERFORM length('x')",
        "SET search_path = {own}, pg_catalog, pg_temp", pinned, "", "",
        "CREATE FUNCTION {own}.length(text) RETURNS int LANGUAGE sql AS 'SELECT {own}.steal()';"},
    Use{"a relation's name, temporary ones first", "", "PERFORM count(*) FROM pg_class",
        "SET search_path = ''", "SET search_path = pg_catalog, pg_temp", "", "",
        "CREATE VIEW pg_temp.pg_class AS SELECT {own}.steal() AS a; GRANT SELECT ON "
        "pg_temp.pg_class TO PUBLIC;",
        true},
    Use{"a type's name, temporary ones first", "", "PERFORM 'x'::text", "SET search_path = ''",
        "SET search_path = pg_catalog, pg_temp", "", "",
        "CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK ({own}.steal() > 0); GRANT USAGE ON "
        "TYPE pg_temp.text TO PUBLIC;",
        true},
    Use{"a name along its caller's path", "", "PERFORM length('x')", "", pinned, "", "",
        "CREATE FUNCTION {own}.length(text) RETURNS int LANGUAGE sql AS 'SELECT {own}.steal()'; "
        "SET LOCAL search_path = {own}, pg_catalog;",
        true},
    Use{"a cast whose function app owns",
        "CREATE TYPE {s}.e AS ENUM ('a'); CREATE FUNCTION {s}.t(text) RETURNS {s}.e LANGUAGE "
        "plpgsql "
        "AS 'BEGIN RETURN ''a''; END'; CREATE CAST (text AS {s}.e) WITH FUNCTION {s}.t(text);",
        "PERFORM pg_catalog.lower('A')::{s}.e", pinned, pinned,
        "ALTER FUNCTION {s}.t(text) OWNER TO {app}; GRANT CREATE ON SCHEMA {s} TO {app};", "",
        "CREATE OR REPLACE FUNCTION {s}.t(text) RETURNS {s}.e LANGUAGE sql AS 'SELECT "
        "{own}.steal(); "
        "SELECT ''a''::{s}.e';"},
    Use{"an implicit cast of a column, whose function app owns",
        "CREATE TYPE {s}.c AS (x int); CREATE FUNCTION {s}.t({s}.c) RETURNS text LANGUAGE plpgsql "
        "AS "
        "'BEGIN RETURN ''a''; END'; CREATE CAST ({s}.c AS text) WITH FUNCTION {s}.t({s}.c) AS "
        "IMPLICIT; CREATE TABLE {s}.c_t AS SELECT ROW(1)::{s}.c AS a; GRANT SELECT ON {s}.c_t TO "
        "{boss};",
        "PERFORM pg_catalog.length(a) FROM {s}.c_t", pinned, pinned,
        "ALTER FUNCTION {s}.t({s}.c) OWNER TO {app}; GRANT CREATE ON SCHEMA {s} TO {app};", "",
        "CREATE OR REPLACE FUNCTION {s}.t({s}.c) RETURNS text LANGUAGE sql AS 'SELECT "
        "{own}.steal()::text';"},
    Use{"a type that app owns", "CREATE TYPE {s}.e AS ENUM ('a');",
        "PERFORM pg_catalog.lower('A')::{s}.e", pinned, pinned, "ALTER TYPE {s}.e OWNER TO {app};",
        "ALTER TYPE {s}.e OWNER TO {boss};",
        "CREATE FUNCTION {own}.e(text) RETURNS {s}.e LANGUAGE sql AS 'SELECT {own}.steal(); SELECT "
        "''a''::{s}.e'; CREATE CAST (text AS {s}.e) WITH FUNCTION {own}.e(text);"},
    Use{"an operator class whose function app owns, sorted by",
        "{class} GRANT SELECT ON {s}.c_t TO {boss};", "PERFORM a FROM {s}.c_t ORDER BY a", pinned,
        pinned, class_held, "", class_attack},
    Use{"an operator class whose function app owns, of an index",
        "{class} CREATE INDEX ON {s}.c_t (a); GRANT INSERT ON {s}.c_t TO {boss};",
        "INSERT INTO {s}.c_t VALUES (ROW(3))", pinned, pinned, class_held, "", class_attack},
    Use{"a range whose operator class's function app owns",
        "{class} CREATE TYPE {s}.r AS RANGE (SUBTYPE = {s}.c);",
        "PERFORM {s}.r(ROW(1)::{s}.c, ROW(2)::{s}.c)", pinned, pinned, class_held, "",
        class_attack},
    Use{"a partition key whose function app owns",
        "CREATE FUNCTION {s}.t(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; "
        "END'; "
        "CREATE TABLE {s}.p (a int) PARTITION BY RANGE ({s}.t(a)); CREATE TABLE {s}.p_1 PARTITION "
        "OF "
        "{s}.p FOR VALUES FROM (1) TO (9); ALTER TABLE {s}.p OWNER TO {boss};",
        "INSERT INTO {s}.p VALUES (2)", pinned, pinned,
        "ALTER FUNCTION {s}.t(int) OWNER TO {app}; GRANT CREATE ON SCHEMA {s} TO {app};", "",
        "CREATE OR REPLACE FUNCTION {s}.t(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN "
        "PERFORM "
        "{own}.steal(); RETURN 2; END';"},
    Use{"an index that is read, whose constant's function app owns",
        "CREATE FUNCTION {s}.t(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; "
        "END'; "
        "CREATE TABLE {s}.i (a int); CREATE INDEX ON {s}.i ((a + {s}.t(1))); ALTER TABLE {s}.i "
        "OWNER TO "
        "{boss};",
        "PERFORM a FROM {s}.i", pinned, pinned,
        "ALTER FUNCTION {s}.t(int) OWNER TO {app}; GRANT CREATE ON SCHEMA {s} TO {app};", "",
        "CREATE OR REPLACE FUNCTION {s}.t(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN "
        "PERFORM "
        "{own}.steal(); RETURN 2; END';"},
    Use{"statistics of what is read, whose constant's function app owns",
        "CREATE FUNCTION {s}.t(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; "
        "END'; "
        "CREATE TABLE {s}.i AS SELECT 1 AS a; CREATE STATISTICS {s}.st ON (a + {s}.t(1)), a FROM "
        "{s}.i; "
        "ANALYZE {s}.i; ALTER TABLE {s}.i OWNER TO {boss};",
        "PERFORM a FROM {s}.i", pinned, pinned,
        "ALTER FUNCTION {s}.t(int) OWNER TO {app}; GRANT CREATE ON SCHEMA {s} TO {app};", "",
        "CREATE OR REPLACE FUNCTION {s}.t(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN "
        "PERFORM "
        "{own}.steal(); RETURN 2; END';",
        false, 14},
    Use{"a domain's default whose function app owns",
        "CREATE FUNCTION {s}.t() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'; CREATE "
        "DOMAIN "
        "{s}.d AS int DEFAULT {s}.t(); CREATE TABLE {s}.d_t (a int, b {s}.d); ALTER DOMAIN {s}.d "
        "OWNER "
        "TO {boss}; ALTER TABLE {s}.d_t OWNER TO {boss};",
        "INSERT INTO {s}.d_t (a) VALUES (1)", pinned, pinned,
        "ALTER FUNCTION {s}.t() OWNER TO {app}; GRANT CREATE ON SCHEMA {s} TO {app};", "",
        "CREATE OR REPLACE FUNCTION {s}.t() RETURNS int LANGUAGE sql AS 'SELECT {own}.steal()';"},
    Use{"a domain that app owns, of a column whose type a variable has",
        "CREATE DOMAIN {s}.d AS int; CREATE TABLE {s}.of_d (a {s}.d);",
        "DECLARE v {s}.of_d.a%TYPE; BEGIN v := 1; END", pinned, pinned,
        "ALTER DOMAIN {s}.d OWNER TO {app};", "ALTER DOMAIN {s}.d OWNER TO {boss};",
        "ALTER DOMAIN {s}.d ADD CHECK ({own}.steal() > 0);"},
    Use{"a domain that app owns, of a table that the code makes", "CREATE DOMAIN {s}.d AS int;",
        "CREATE TEMP TABLE made (a {s}.d); INSERT INTO made VALUES (1)", pinned, pinned,
        "ALTER DOMAIN {s}.d OWNER TO {app};", "ALTER DOMAIN {s}.d OWNER TO {boss};",
        "ALTER DOMAIN {s}.d ADD CHECK ({own}.steal() > 0);"},
    Use{"a table that app owns, which the code makes one like", "CREATE TABLE {s}.of_d (a int);",
        "CREATE TEMP TABLE made (LIKE {s}.of_d INCLUDING ALL); INSERT INTO made DEFAULT VALUES",
        pinned, pinned, "GRANT SELECT ON {s}.of_d TO {boss}; ALTER TABLE {s}.of_d OWNER TO {app};",
        "GRANT SELECT ON {s}.of_d TO {boss};",
        "ALTER TABLE {s}.of_d ALTER a SET DEFAULT {own}.steal();"},
    Use{"a domain that app owns, given back",
        "CREATE DOMAIN {s}.d AS int; CREATE FUNCTION {s}.t() RETURNS {s}.d LANGUAGE plpgsql AS "
        "'BEGIN "
        "RETURN 1; END'; ALTER FUNCTION {s}.t() OWNER TO {boss};",
        "PERFORM {s}.t()", pinned, pinned, "ALTER DOMAIN {s}.d OWNER TO {app};",
        "ALTER DOMAIN {s}.d OWNER TO {boss};", "ALTER DOMAIN {s}.d ADD CHECK ({own}.steal() > 0);"},
    Use{"nothing, all names with their schemas", "", "PERFORM pg_catalog.length('x')",
        "SET search_path = ''", "SET search_path = ''", "", "", ""},
};

struct World {
  std::size_t runner, level, use;
  bool held;
  std::string prefix;
  bool as_script = true;  // it is made of a script alone, too
};

std::string filled_in(std::string text, const World& world) {
  const auto& use = uses[world.use];
  text = replaced(text, "{class}", class_of_type);
  text = replaced(text, "{key}", type_of_key);
  text = replaced(text, "{keyed}", tables_of_key);
  text = replaced(text, "{operator}", an_operator);
  text = replaced(text, "{its_own}", functions_own);
  text = replaced(text, "{path}", world.held ? use.path : use.others_path);
  text = replaced(text, "{body}", levels[world.level].body);
  text = replaced(text, "{inner}", use.use);
  text = replaced(text, "{own}", world.prefix + "own");
  text = replaced(text, "{app}", world.prefix + "app");
  text = replaced(text, "{boss}", world.prefix + "boss");
  return replaced(text, "{s}", world.prefix + "s");
}

std::string setup_of(const World& world) {
  const auto& use = uses[world.use];
  const std::string start =
      "CREATE ROLE {app} LOGIN; CREATE ROLE {boss} LOGIN; CREATE SCHEMA {s}; GRANT USAGE ON SCHEMA "
      "{s} TO PUBLIC; CREATE SCHEMA {own}; GRANT USAGE ON SCHEMA {own} TO PUBLIC; ALTER SCHEMA "
      "{own} OWNER TO {app}; CREATE TABLE {own}.loot (who text); GRANT INSERT ON {own}.loot TO "
      "PUBLIC; CREATE FUNCTION {own}.steal() RETURNS int LANGUAGE plpgsql AS $s$ BEGIN INSERT INTO "
      "{own}.loot VALUES (current_user); RETURN 1; END $s$; CREATE FUNCTION {own}.steal_t() "
      "RETURNS trigger LANGUAGE plpgsql AS $s$ BEGIN PERFORM {own}.steal(); RETURN NEW; END $s$; "
      "ALTER FUNCTION {own}.steal() SET search_path = pg_catalog, pg_temp; ";
  return filled_in(start + use.make + "\n" + levels[world.level].make + "\n" +
                       runners[world.runner].make + "\n" + (world.held ? use.hold : use.others) +
                       "\n",
                   world);
}

std::string attack_of(const World& world) {
  const auto& runner = runners[world.runner];
  return filled_in(fmt::format("SET SESSION AUTHORIZATION {{app}}; {} {}\n"
                               "SET SESSION AUTHORIZATION {{boss}}; {}\n"
                               "RESET SESSION AUTHORIZATION; SELECT 'gained' FROM {{own}}.loot "
                               "WHERE who = '{{boss}}' LIMIT 1;\n",
                               uses[world.use].attack, runner.does, runner.victim),
                   world);
}

bool has_victim(const World& world) { return *runners[world.runner].victim != '\0'; }

/// Both kinds of each; a part of them unless all are wanted.
std::vector<World> worlds_for(int major) {
  const char* const wanted = std::getenv("PGLEAST_USES");
  const bool all = wanted != nullptr && std::string_view(wanted) == "all";
  std::vector<World> result;
  std::size_t number = 0;
  for (std::size_t r = 0; r < runners.size(); ++r) {
    for (std::size_t l = 0; l < levels.size(); ++l) {
      for (std::size_t u = 0; u < uses.size(); ++u) {
        const auto shift = static_cast<std::size_t>(major);
        const auto share = (number++ * 7 + shift) % 24;
        // Of all a half on each version, the other on the next; of these half as scripts, too.
        const bool chosen = all ? (r + l + u + shift) % 2 == 0 : share == 0;
        if (!chosen || uses[u].since > major) continue;
        const bool as_script = !all || (number + shift / 2) % 2 == 0;
        for (const bool held : {true, false}) {
          World world{r, l, u, held, fmt::format("w{}_", result.size()), as_script};
          // What is of app's own session does not reach a victim's.
          if (uses[u].of_session && has_victim(world)) continue;
          // What is refreshed makes no temporary tables; what else is told there is boss's to do.
          const bool makes = std::string_view(uses[u].use).starts_with("CREATE TEMP");
          if (makes && std::string_view(runners[r].victim).starts_with("REFRESH")) continue;
          result.push_back(std::move(world));
        }
      }
    }
  }
  return result;
}

enum class Told { no, unknown, certain };

Told told(const Cluster& cluster, const Escalations& ways, const World& world) {
  auto result = Told::no;
  const auto app = cluster.find_role(world.prefix + "app");
  const auto boss = cluster.find_role(world.prefix + "boss");
  REQUIRE((app && boss));
  for (const auto& step : ways.steps(*app)) {
    if (step.to.role != *boss) continue;
    if (step.needs_victim && !has_victim(world)) continue;
    result = std::max(result, step.certain ? Told::certain : Told::unknown);
  }
  return result;
}

/// The same world as a script makes it; where not all of that is known, nothing is ruled out.
Told told_as_script(const World& world, int major) {
  const auto cluster =
      script_cluster({.sql = "REVOKE ALL ON SCHEMA public FROM PUBLIC;\n" + setup_of(world),
                      .major = major,
                      .followed = false,
                      .whole = false});
  const Graph graph(cluster);
  const Connections connections(graph);
  const auto said = told(cluster, Escalations(graph, connections), world);
  const bool known = cluster.seen(Fact::code) && cluster.seen(Fact::objects);
  return said == Told::no && !known ? Told::unknown : said;
}

std::string name_of(const World& world) {
  return fmt::format("{}, by {}: {}{}", runners[world.runner].name, levels[world.level].name,
                     uses[world.use].name, world.held ? "" : " (near miss)");
}

std::set<std::size_t> attacked(const LiveServer& server, const std::vector<World>& worlds) {
  std::string script;
  for (std::size_t i = 0; i < worlds.size(); ++i) {
    script += fmt::format("\\echo #{}\nBEGIN;\n{}ROLLBACK;\n", i, attack_of(worlds[i]));
  }
  const auto path = server.folder() + "/uses.sql";
  std::ofstream(path) << script;
  std::set<std::size_t> gained;
  std::size_t at = 0;
  std::istringstream lines(
      run("psql -X -q -At -d " + shell_quoted(server.dsn("uses")) + " -f " + path).out);
  std::ofstream(server.folder() + "/uses.out") << lines.str();
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) at = std::stoul(line.substr(1));
    if (line == "gained") gained.insert(at);
  }
  return gained;
}

struct Tally {
  std::size_t worlds = 0, done = 0, certain = 0, unknown = 0, missed = 0, false_alarms = 0;
  std::size_t scripts = 0, missed_in_scripts = 0, false_alarms_in_scripts = 0;
};

const char* shown(Told said) {
  return said == Told::no ? "not told" : said == Told::unknown ? "told as unknown" : "told";
}

struct Tallies {
  Tally all;
  std::map<std::string, Tally> by_use;
};

/// These on a server of their own.
void attack(const std::vector<World>& worlds, Tallies& tallies) {
  const LiveServer server("-c autovacuum=off");
  std::string setup = "REVOKE ALL ON SCHEMA public FROM PUBLIC;\n";
  for (const auto& world : worlds) setup += setup_of(world);
  server.sql("postgres", "CREATE DATABASE uses");
  server.write(server.folder() + "/setup.sql", setup);
  const auto made = server.psql_file("uses", server.folder() + "/setup.sql");
  INFO(made.out);
  REQUIRE(made.code == 0);
  Session session(server.dsn("uses"));
  const auto cluster = read_session(session);
  const Graph graph(cluster);
  const Connections connections(graph);
  const Escalations ways(graph, connections);
  const auto gained = attacked(server, worlds);
  for (std::size_t i = 0; i < worlds.size(); ++i) {
    const auto said = told(cluster, ways, worlds[i]);
    const bool works = gained.contains(i);
    const auto scripted =
        worlds[i].as_script ? told_as_script(worlds[i], server.major()) : std::optional<Told>();
    for (auto* const row : {&tallies.all, &tallies.by_use[uses[worlds[i].use].name]}) {
      ++row->worlds;
      row->done += works ? 1 : 0;
      row->certain += works && said == Told::certain ? 1 : 0;
      row->unknown += said == Told::unknown ? 1 : 0;
      row->missed += works && said == Told::no ? 1 : 0;
      row->false_alarms += !works && said == Told::certain ? 1 : 0;
      row->scripts += scripted ? 1 : 0;
      row->missed_in_scripts += works && scripted == Told::no ? 1 : 0;
      row->false_alarms_in_scripts += !works && scripted == Told::certain ? 1 : 0;
    }
    const bool silent = worlds[i].held || said == Told::no;
    const bool right = works ? said != Told::no && scripted != Told::no
                             : said != Told::certain && scripted != Told::certain && silent;
    if (!right) {
      std::cout << fmt::format("world {} on {}: {}: {}, and it is {}, of a script {}\n",
                               worlds[i].prefix, server.major(), name_of(worlds[i]),
                               works ? "works" : "does not work", shown(said),
                               scripted ? shown(*scripted) : "not asked");
      for (const auto& step : ways.steps(*cluster.find_role(worlds[i].prefix + "app"))) {
        if (std::getenv("PGLEAST_EXPLAIN") != nullptr) std::cout << "  " << step.how << '\n';
      }
      if (std::getenv("PGLEAST_EXPLAIN") != nullptr) {
        std::cout << setup_of(worlds[i]) << attack_of(worlds[i]);
      }
    }
    CHECK(right);
  }
}

}  // namespace

TEST_CASE("what code uses, all the way, is told where it is a way up", "[live][escalation][uses]") {
  const int major = LiveServer().major();
  const auto worlds = worlds_for(major);
  Tallies tallies;
  // What a statement costs a server grows with what it has.
  constexpr std::size_t at_once = 400;
  for (std::size_t first = 0; first < worlds.size(); first += at_once) {
    const auto begin = worlds.begin() + static_cast<std::ptrdiff_t>(first);
    attack({begin, begin + static_cast<std::ptrdiff_t>(std::min(at_once, worlds.size() - first))},
           tallies);
  }
  const auto& all = tallies.all;
  for (const auto& [name, row] : tallies.by_use) {
    std::cout << fmt::format(
        "uses: {}: {} worlds, {} attacks done, {} told, {} not told, {} false "
        "alarms\n",
        name, row.worlds, row.done, row.certain + row.unknown, row.missed, row.false_alarms);
  }
  std::cout << fmt::format(
      "uses on {}: {} worlds, {} attacks done, {} told as certain, {} as unknown, {} not told, {} "
      "false alarms; of {} scripts {} not told, {} false alarms\n",
      major, all.worlds, all.done, all.certain, all.unknown, all.missed, all.false_alarms,
      all.scripts, all.missed_in_scripts, all.false_alarms_in_scripts);
  CHECK(all.done > 0);
  CHECK(all.missed == 0);
  CHECK(all.false_alarms == 0);
}

namespace {

/// Bodies of `run(q text)`, SECURITY DEFINER of boss's with a path that nobody else creates in.
struct GivenBody {
  const char* language;
  const char* body;
  const char* call;  // what q is
};

constexpr const char* statement = "SELECT own.steal()";

const std::array given_bodies{
    GivenBody{"plpgsql", "BEGIN EXECUTE q; END", statement},
    GivenBody{"plpgsql", "BEGIN EXECUTE $1; END", statement},
    GivenBody{"plpgsql", "BEGIN EXECUTE 'SELECT ' || q; END", "own.steal()"},
    GivenBody{"plpgsql", "BEGIN EXECUTE format('SELECT %s', q); END", "own.steal()"},
    GivenBody{"plpgsql", "DECLARE s text; BEGIN s := 'SELECT ' || q; EXECUTE s; END",
              "own.steal()"},
    GivenBody{"plpgsql", "DECLARE s text := 'SELECT ' || q; BEGIN EXECUTE s; END", "own.steal()"},
    GivenBody{"plpgsql", "BEGIN EXECUTE 'SELECT ''' || q || ''''; END", "' || own.steal() || '"},
    GivenBody{"plpgsql", "BEGIN PERFORM inner_run(q); END", statement},
    GivenBody{"sql", "SELECT inner_run(q)", statement},
    GivenBody{"sql", "SELECT inner_run($1)", statement},
    GivenBody{"sql", "SELECT query_to_xml(q, true, true, '')", statement},
    GivenBody{"plpgsql", "BEGIN EXECUTE format('SELECT %L', q); END", "' || own.steal() || '"},
    GivenBody{"plpgsql", "BEGIN EXECUTE 'SELECT ' || quote_literal(q); END",
              "' || own.steal() || '"},
    GivenBody{"plpgsql", "BEGIN EXECUTE 'SELECT ''x''' USING q; END", statement},
    GivenBody{"plpgsql", "BEGIN EXECUTE 'SELECT ' || length(q); END", statement},
    GivenBody{"plpgsql", "BEGIN IF q = 'x' THEN EXECUTE q; END IF; END", statement},
    GivenBody{"plpgsql",
              "DECLARE s text; BEGIN s := q; s := quote_literal(s); EXECUTE 'SELECT ' || s; END",
              "' || own.steal() || '"},
};

std::string world_of_given() {
  std::string setup =
      "CREATE DATABASE given;\n\\connect given\nREVOKE ALL ON SCHEMA public FROM PUBLIC; CREATE "
      "ROLE app LOGIN; CREATE SCHEMA own; GRANT USAGE ON SCHEMA own TO PUBLIC; CREATE TABLE "
      "own.loot (who text); GRANT INSERT ON own.loot TO PUBLIC; CREATE FUNCTION own.steal() "
      "RETURNS text LANGUAGE plpgsql AS $s$ BEGIN INSERT INTO own.loot VALUES (current_user); "
      "RETURN 'x'; END $s$;\n";
  for (std::size_t i = 0; i < given_bodies.size(); ++i) {
    const auto& [language, body, call] = given_bodies[i];
    setup += fmt::format(
        "CREATE ROLE boss{0}; CREATE SCHEMA s{0}; GRANT USAGE ON SCHEMA s{0} TO PUBLIC; CREATE "
        "FUNCTION s{0}.inner_run(q text) RETURNS void LANGUAGE plpgsql SET search_path = "
        "pg_catalog, pg_temp AS 'BEGIN EXECUTE q; END'; SET search_path = s{0}; CREATE FUNCTION "
        "s{0}.run(q text) RETURNS void LANGUAGE {1} SECURITY DEFINER SET search_path = pg_catalog, "
        "s{0}, pg_temp AS $f$ {2}{3} $f$; RESET search_path; ALTER FUNCTION s{0}.run(text) OWNER "
        "TO boss{0};\n",
        i, language, body, std::string_view(language) == "sql" ? "; SELECT NULL::void" : "");
  }
  return setup;
}

}  // namespace

TEST_CASE("what is run as it is given is told, and what is quoted is not",
          "[live][escalation][uses]") {
  const LiveServer server("-c autovacuum=off");
  server.write(server.folder() + "/given.sql", world_of_given());
  server.psql_file("postgres", server.folder() + "/given.sql");
  Session session(server.dsn("given"));
  const auto cluster = read_session(session);
  const Graph graph(cluster);
  const Connections connections(graph);
  const Escalations ways(graph, connections);
  const auto steps = ways.steps(*cluster.find_role("app"));
  std::size_t done = 0, certain = 0, wrong = 0;
  for (std::size_t i = 0; i < given_bodies.size(); ++i) {
    INFO(given_bodies[i].body);
    const auto call = replaced(given_bodies[i].call, "'", "''");
    server.write(server.folder() + "/call.sql", fmt::format("SELECT s{}.run('{}');\n", i, call));
    run("psql -X -q -d " + shell_quoted(server.dsn("given", "app")) + " -f " +
        shell_quoted(server.folder() + "/call.sql"));
    const auto noted = fmt::format("SELECT count(*) > 0 FROM own.loot WHERE who = 'boss{}'", i);
    const bool works = server.ask("given", noted).starts_with('t');
    const auto boss = cluster.find_role(fmt::format("boss{}", i));
    REQUIRE(boss);
    auto said = Told::no;
    for (const auto& step : steps) {
      if (step.to.role != *boss || step.needs_victim) continue;
      said = std::max(said, step.certain ? Told::certain : Told::unknown);
    }
    done += works ? 1 : 0;
    certain += works && said == Told::certain ? 1 : 0;
    const bool right = works ? said == Told::certain : said != Told::certain;
    wrong += right ? 0 : 1;
    CHECK(right);
  }
  std::cout << fmt::format(
      "given on {}: {} bodies, {} attacks done, {} told as certain, {} wrong\n", server.major(),
      given_bodies.size(), done, certain, wrong);
  CHECK(done > 0);
}
