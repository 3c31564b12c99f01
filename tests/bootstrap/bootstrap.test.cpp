// What a policy makes, by replaying the script: roles and their attributes, memberships, grants of
// each kind and default privileges; and that it may be run again. tests/cases/bootstrap-names has a
// whole script, tests/live/sample.test.cpp runs one.

#include "bootstrap/bootstrap.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "policies/examples.hpp"
#include "support/catch.hpp"
#include "support/script_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

std::string bootstrapped(const std::string& policy) {
  return bootstrap_sql(policy_of_text("policy: 1\nextends: [baseline]\n" + policy), "postgres");
}

using Lines = std::vector<std::string>;

// As 18: 19 takes no newline in the name of a role.
Lines state_after(const std::string& sql) {
  return state_of(script_cluster({.sql = sql, .major = 18}));
}

// `+ ` what is new in the state, `- ` what is gone.
std::string change(const Lines& before, const Lines& after) {
  std::string text;
  Lines gone, come;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(gone));
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(come));
  for (const auto& line : gone) text += "- " + line + '\n';
  for (const auto& line : come) text += "+ " + line + '\n';
  return text;
}

struct Case {
  const char* what;
  const char* world;  // before
  const char* policy;
  const char* expected;
};

const char* const objects =
    "CREATE ROLE app; CREATE SCHEMA s; CREATE TABLE s.t (a int); CREATE TABLE s.t2 (a int);"
    "CREATE TABLE public.u (a int); CREATE SEQUENCE s.q; CREATE VIEW s.v AS SELECT 1 AS a;"
    "CREATE FUNCTION s.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';"
    "CREATE FUNCTION s.f(pg_catalog.text) RETURNS int LANGUAGE sql AS 'SELECT 1';";

const Case cases[] = {
    {"roles by class", "CREATE TABLE here (a int);",
     "classes:\n"
     "  people: {names: [anna], login: require}\n"
     "  groups: {names: [staff], login: forbid}\n"
     "attributes:\n"
     "  people: {createdb: require, connection_limit: {max: 5}}\n"
     "memberships:\n"
     "  - {group: staff, members: {require: [anna]}}\n",
     "+ member | staff | anna | postgres | 011\n"
     "+ role | anna | createdb login inherit  | 5\n"
     "+ role | staff | inherit  | -1\n"},
    {"a role that is there keeps what nobody speaks of",
     "CREATE TABLE here (a int); CREATE ROLE anna CREATEDB CREATEROLE NOLOGIN;",
     "classes:\n"
     "  people: {names: [anna], login: require}\n"
     "attributes:\n"
     "  people: {createdb: forbid}\n",
     "- role | anna | createrole createdb inherit  | -1\n"
     "+ role | anna | createrole login inherit  | -1\n"},
    {"names that would be code", "CREATE TABLE here (a int);",
     "classes:\n"
     "  people: {names: [\"x\\\"; DROP TABLE here; --\", \"o'clock $$ %I \\\\\"], login: require}\n"
     "memberships:\n"
     "  - {group: \"new\\nline\", members: {require: [\"x\\\"; DROP TABLE here; --\"]}}\n",
     "+ member | new\nline | x\"; DROP TABLE here; -- | postgres | 011\n"
     "+ role | new\nline | inherit  | -1\n"
     "+ role | o'clock $$ %I \\ | login inherit  | -1\n"
     "+ role | x\"; DROP TABLE here; -- | login inherit  | -1\n"},
    {"tables", objects,
     "grants:\n  - {to: app, tables: {schema: s, names: [\"t*\"], require: [SELECT, INSERT]}}\n",
     "- object | database | postgres | postgres | {=Tc/postgres} {postgres=CTc/postgres}\n"
     "- object | schema | s | postgres | {postgres=UC/postgres}\n"
     "- object | table | s.t | postgres | {postgres=arwdDxtm/postgres}\n"
     "- object | table | s.t2 | postgres | {postgres=arwdDxtm/postgres}\n"
     "+ object | database | postgres | postgres | {=Tc/postgres} {app=c/postgres} "
     "{postgres=CTc/postgres}\n"
     "+ object | schema | s | postgres | {app=U/postgres} {postgres=UC/postgres}\n"
     "+ object | table | s.t | postgres | {app=ar/postgres} {postgres=arwdDxtm/postgres}\n"
     "+ object | table | s.t2 | postgres | {app=ar/postgres} {postgres=arwdDxtm/postgres}\n"},
    {"views are tables", objects,
     "grants:\n  - {to: app, tables: {schema: s, names: [v], require: [SELECT]}}\n",
     "- object | database | postgres | postgres | {=Tc/postgres} {postgres=CTc/postgres}\n"
     "- object | schema | s | postgres | {postgres=UC/postgres}\n"
     "- object | table | s.v | postgres | {postgres=arwdDxtm/postgres}\n"
     "+ object | database | postgres | postgres | {=Tc/postgres} {app=c/postgres} "
     "{postgres=CTc/postgres}\n"
     "+ object | schema | s | postgres | {app=U/postgres} {postgres=UC/postgres}\n"
     "+ object | table | s.v | postgres | {app=r/postgres} {postgres=arwdDxtm/postgres}\n"},
    {"sequences", objects,
     "grants:\n  - {to: app, sequences: {schema: s, names: [\"*\"], require: [USAGE]}}\n",
     "- object | database | postgres | postgres | {=Tc/postgres} {postgres=CTc/postgres}\n"
     "- object | schema | s | postgres | {postgres=UC/postgres}\n"
     "- object | sequence | s.q | postgres | {postgres=rwU/postgres}\n"
     "+ object | database | postgres | postgres | {=Tc/postgres} {app=c/postgres} "
     "{postgres=CTc/postgres}\n"
     "+ object | schema | s | postgres | {app=U/postgres} {postgres=UC/postgres}\n"
     "+ object | sequence | s.q | postgres | {app=U/postgres} {postgres=rwU/postgres}\n"},
    {"functions, each of that name", objects,
     "grants:\n  - {to: app, functions: {schema: s, names: [f], require: [EXECUTE]}}\n",
     "- object | database | postgres | postgres | {=Tc/postgres} {postgres=CTc/postgres}\n"
     "- object | function | s.f(integer) | postgres | {=X/postgres} {postgres=X/postgres}\n"
     "- object | function | s.f(pg_catalog.text) | postgres | {=X/postgres} {postgres=X/postgres}\n"
     "- object | schema | s | postgres | {postgres=UC/postgres}\n"
     "+ object | database | postgres | postgres | {=Tc/postgres} {app=c/postgres} "
     "{postgres=CTc/postgres}\n"
     "+ object | function | s.f(integer) | postgres | {=X/postgres} {app=X/postgres} "
     "{postgres=X/postgres}\n"
     "+ object | function | s.f(pg_catalog.text) | postgres | {=X/postgres} {app=X/postgres} "
     "{postgres=X/postgres}\n"
     "+ object | schema | s | postgres | {app=U/postgres} {postgres=UC/postgres}\n"},
    {"schemas", objects, "grants:\n  - {to: app, schemas: {names: [s], require: [CREATE]}}\n",
     "- object | database | postgres | postgres | {=Tc/postgres} {postgres=CTc/postgres}\n"
     "- object | schema | s | postgres | {postgres=UC/postgres}\n"
     "+ object | database | postgres | postgres | {=Tc/postgres} {app=c/postgres} "
     "{postgres=CTc/postgres}\n"
     "+ object | schema | s | postgres | {app=C/postgres} {postgres=UC/postgres}\n"},
    {"databases", objects,
     "grants:\n  - {to: app, databases: {names: [postgres], require: [CREATE]}}\n",
     "- object | database | postgres | postgres | {=Tc/postgres} {postgres=CTc/postgres}\n"
     "+ object | database | postgres | postgres | {=Tc/postgres} {app=C/postgres} "
     "{postgres=CTc/postgres}\n"},
    {"everybody", objects,
     "grants:\n  - {to: PUBLIC, tables: {schema: public, names: [u], require: [SELECT]}}\n",
     "- object | table | public.u | postgres | {postgres=arwdDxtm/postgres}\n"
     "+ object | table | public.u | postgres | {=r/postgres} {postgres=arwdDxtm/postgres}\n"},
    {"what will be created", objects,
     "grants:\n"
     "  - {to: app, tables: {schema: s, names: [\"*\"], require: [SELECT], future: true}}\n",
     "- object | database | postgres | postgres | {=Tc/postgres} {postgres=CTc/postgres}\n"
     "- object | schema | s | postgres | {postgres=UC/postgres}\n"
     "- object | table | s.t | postgres | {postgres=arwdDxtm/postgres}\n"
     "- object | table | s.t2 | postgres | {postgres=arwdDxtm/postgres}\n"
     "- object | table | s.v | postgres | {postgres=arwdDxtm/postgres}\n"
     "+ default | s | postgres | TABLES | {app=r/postgres}\n"
     "+ object | database | postgres | postgres | {=Tc/postgres} {app=c/postgres} "
     "{postgres=CTc/postgres}\n"
     "+ object | schema | s | postgres | {app=U/postgres} {postgres=UC/postgres}\n"
     "+ object | table | s.t | postgres | {app=r/postgres} {postgres=arwdDxtm/postgres}\n"
     "+ object | table | s.t2 | postgres | {app=r/postgres} {postgres=arwdDxtm/postgres}\n"
     "+ object | table | s.v | postgres | {app=r/postgres} {postgres=arwdDxtm/postgres}\n"},
    {"a ceiling alone makes nothing", objects,
     "grants:\n  - {to: app, tables: {schema: s, names: [t], allow: [SELECT]}}\n", ""},
};

}  // namespace

TEST_CASE("what bootstrap makes of a policy", "[bootstrap]") {
  for (const auto& c : cases) {
    INFO(c.what);
    const auto sql = bootstrapped(c.policy);
    const auto after = state_after(c.world + sql);
    CHECK(change(state_after(c.world), after) == c.expected);
    CHECK(change(after, state_after(c.world + sql + sql)) == "");
  }
}

TEST_CASE("the script says where it is run, and that it is one transaction", "[bootstrap]") {
  const auto policy = policy_of_text("policy: 1\nname: \"a\\nb\"\nextends: [baseline]\n");
  CHECK(bootstrap_sql(policy, "") ==
        "-- The roles of policy a\\nb, written by `pgleast bootstrap`.\n"
        "-- Run it as a superuser: psql -v ON_ERROR_STOP=1 -d DATABASE -f roles.sql\n"
        "-- It may be run again. It sets no password: do that with \\password.\n"
        "\n"
        "BEGIN;\n"
        "SET LOCAL search_path = pg_catalog;\n"
        "SET LOCAL client_min_messages = warning;\n"
        "\n"
        "COMMIT;\n");
}
