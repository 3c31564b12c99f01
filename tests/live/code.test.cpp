// What is read of code, attachments and ways out of a server, by its superuser and by a role
// that may only connect.

#include <algorithm>

#include "input/server/server_reader.hpp"
#include "input/snapshot/snapshot.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"

using namespace pgleast;

namespace {

constexpr const char* world = R"sql(
CREATE SCHEMA app; GRANT USAGE ON SCHEMA app TO PUBLIC;
CREATE TABLE app.t (id int, who text);
CREATE FUNCTION app.f(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select a + 1';
CREATE FUNCTION app.g() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
CREATE FUNCTION app.e() RETURNS event_trigger LANGUAGE plpgsql AS 'begin end';
CREATE FUNCTION app.w(a int) RETURNS bool LANGUAGE sql AS 'select a > 1';
CREATE FUNCTION app.same(a int, b int) RETURNS bool LANGUAGE sql AS 'select a = b';
CREATE OPERATOR app.@@@ (LEFTARG = int, RIGHTARG = int, PROCEDURE = app.same);
CREATE TABLE app.u (id int DEFAULT app.f(3), x int CHECK (x OPERATOR(app.@@@) 2));
CREATE INDEX ui ON app.u (app.f(id)) WHERE app.f(x) > 1;
CREATE TRIGGER tr BEFORE INSERT OR UPDATE ON app.t
  FOR EACH ROW WHEN (app.w(new.id)) EXECUTE FUNCTION app.g();
CREATE TRIGGER off AFTER TRUNCATE ON app.t EXECUTE FUNCTION app.g();
ALTER TABLE app.t DISABLE TRIGGER off;
CREATE TABLE app.p (id int) PARTITION BY RANGE (id);
CREATE TABLE app.p1 PARTITION OF app.p FOR VALUES FROM (1) TO (10);
CREATE TRIGGER ptr AFTER DELETE ON app.p FOR EACH ROW EXECUTE FUNCTION app.g();
CREATE TABLE app.kid () INHERITS (app.t);
CREATE EVENT TRIGGER ev ON ddl_command_start EXECUTE FUNCTION app.e();
ALTER EVENT TRIGGER ev DISABLE;
CREATE VIEW app.v AS SELECT t.id, app.f(t.id) FROM app.t JOIN pg_authid a ON a.rolname = t.who;
CREATE MATERIALIZED VIEW app.m AS SELECT * FROM app.u;
CREATE RULE also AS ON INSERT TO app.u DO ALSO INSERT INTO app.t SELECT new.id FROM app.kid;
CREATE POLICY tenant ON app.t USING (who = current_setting('app.tenant') AND app.f(id) > 0);
CREATE POLICY open ON app.t FOR SELECT USING (true OR id = 1);
CREATE POLICY sub ON app.t FOR UPDATE USING (false) WITH CHECK (EXISTS (SELECT FROM app.u));
CREATE FUNCTION app.sql(x int) RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = app
  AS 'INSERT INTO t VALUES (x); SELECT f($1) FROM pg_authid WHERE rolname = ''hunter2''';
CREATE FUNCTION app.pl(x int, OUT y text, z app.t DEFAULT NULL) RETURNS SETOF text
  LANGUAGE plpgsql
  AS 'BEGIN FOR y IN SELECT who FROM app.t LOOP EXECUTE y USING x, z.id; END LOOP; END';
CREATE FUNCTION app.tricky(VARIADIC int[]) RETURNS void LANGUAGE plpgsql
  AS 'BEGIN DELETE FROM app.u WHERE id = ANY ($1); END';
CREATE FUNCTION app.rows(n int) RETURNS TABLE (id int, who text) LANGUAGE plpgsql
  AS 'DECLARE v app.t%rowtype; w app.t.id%type; BEGIN RETURN QUERY SELECT * FROM app.t; END';
CREATE PROCEDURE app.proc(INOUT a int) LANGUAGE plpgsql
  AS 'BEGIN UPDATE app.t SET id = a; COMMIT; END';
CREATE FUNCTION app.c() RETURNS language_handler LANGUAGE c
  AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', dbname 'd', password 'hunter2');
CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (user 'remote', password 'hunter2');
CREATE USER MAPPING FOR ann SERVER s OPTIONS (user 'annr', password_required 'false');
CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere password=hunter2' PUBLICATION p
  WITH (connect = false);
)sql";

std::string code_text(const Cluster& c, const Code& code) {
  std::string text;
  for (const auto& use : code.uses) {
    text += " " + c.object(use.object).identity + (use.by_search_path ? " by path " : " ") +
            to_string(use.privileges) + ";";
  }
  for (const auto& name : code.settings) text += " setting " + name + ";";
  const auto& names = *code.names;
  if (names.relations || names.types || names.functions) text += " by path;";
  if (!code.unknown.empty()) text += " unknown: " + code.unknown + ";";
  return text;
}

std::string attachments_text(const Cluster& c) {
  constexpr const char* kinds[] = {"trigger", "rule", "expression", "index"};
  std::string text;
  for (const auto& a : c.attachments) {
    text += std::string(kinds[static_cast<int>(a.kind)]) + ' ' + c.object(a.relation).identity +
            ' ' + a.name + (a.enabled ? " on " : " off ") + to_string(a.on) + ':' +
            code_text(c, a.code) + '\n';
  }
  return text;
}

std::string bodies_text(const Cluster& c) {
  std::string text;
  for (const auto& b : c.bodies) {
    if (c.object(b.of).kind != ObjectKind::function) continue;
    text += c.object(b.of).name + ':' + code_text(c, b.code) + '\n';
  }
  return text;
}

std::string policies_text(const Cluster& c) {
  std::string text;
  for (const auto& p : c.row_policies) {
    text += p.name + (p.using_always_true ? " always:" : ":") + code_text(c, p.code) + '\n';
  }
  return text;
}

std::string views_text(const Cluster& c) {
  std::string text;
  for (const auto& b : c.bodies) {
    if (c.object(b.of).kind != ObjectKind::table) continue;
    text += c.object(b.of).identity + ':' + code_text(c, b.code) + '\n';
  }
  return text;
}

Cluster read_as(const test::LiveServer& server, const std::string& user = "") {
  LiveOptions options;
  options.conninfo = server.dsn("w", user);
  return read_live(options);
}

}  // namespace

TEST_CASE("what code is attached to, and where servers lead", "[live][code]") {
  const test::LiveServer server;
  server.sql("postgres", "CREATE ROLE ann LOGIN; CREATE ROLE auditor LOGIN; CREATE DATABASE w");
  server.sql("w", world);
  if (server.major() >= 14) {
    server.sql(
        "w",
        "SET search_path = app; CREATE FUNCTION app.standard(x int) RETURNS int LANGUAGE sql "
        "BEGIN ATOMIC INSERT INTO t VALUES (x); SELECT f(x); END");
  }
  for (const std::string user : {"", "auditor"}) {
    CAPTURE(user);
    const auto c = read_as(server, user);
    CHECK(c.seen(Fact::code));
    CHECK(attachments_text(c) ==
          "trigger app.p ptr on DELETE: app.g() EXECUTE;\n"
          "trigger app.p1 ptr on DELETE: app.g() EXECUTE;\n"
          "trigger app.t off off TRUNCATE: app.g() EXECUTE;\n"
          "trigger app.t tr on INSERT, UPDATE: app.g() EXECUTE; app.w(integer) EXECUTE;\n"
          "rule app.u also on INSERT: app.kid SELECT; app.t INSERT;\n"
          "expression app.u id on INSERT, UPDATE: app.f(integer) EXECUTE;\n"
          "expression app.u u_x_check on INSERT, UPDATE: app.same(integer,integer) EXECUTE;\n"
          "index app.u ui on INSERT, SELECT, UPDATE, DELETE: app.f(integer) EXECUTE;\n");
    CHECK(views_text(c) ==
          "app.m: app.u SELECT;\n"
          "app.v: pg_catalog.pg_authid SELECT; app.t SELECT; app.f(integer) EXECUTE;\n");
    CHECK(bodies_text(c) ==
          std::string(
              "c: unknown: it is written in c;\n"
              "e:\n"
              "f: by path;\n"
              "g:\n"
              "pl: app.t SELECT; app.t USAGE; unknown: EXECUTE of a text that is put together when "
              "it "
              "runs;\n"
              "proc: app.t SELECT, UPDATE;\n"
              "rows: app.t SELECT; app.t USAGE;\n"
              "same: by path;\n"
              "sql: pg_catalog.pg_authid by path SELECT; app.t by path INSERT; app.f(integer) by "
              "path EXECUTE; by path;\n") +
              (c.major() < 14 ? "" : "standard: app.t INSERT; app.f(integer) EXECUTE;\n") +
              "tricky: app.u SELECT, DELETE; by path;\n"
              "w: by path;\n");
    CHECK(policies_text(c) ==
          "open always:\n"
          "sub: app.u SELECT;\n"
          "tenant: app.f(integer) EXECUTE; setting app.tenant;\n");
    std::string inherited;
    for (const auto& i : c.inheritances) {
      inherited += c.object(i.child).identity + (i.partition ? " partition of " : " inherits ") +
                   c.object(i.parent).identity + '\n';
    }
    CHECK(inherited == "app.kid inherits app.t\napp.p1 partition of app.p\n");
    REQUIRE(c.event_triggers.size() == 1);
    CHECK(c.object(c.event_triggers[0].function).identity == "app.e()");
    CHECK_FALSE(c.event_triggers[0].enabled);
    REQUIRE(c.foreign_servers.size() == 1);
    CHECK(c.foreign_servers[0].options == std::vector<std::string>{"dbname=d", "host=h"});
    REQUIRE(c.user_mappings.size() == 2);
    for (const auto& mapping : c.user_mappings) {
      const bool everyone = mapping.role == public_role;
      const bool seen = user.empty();
      CHECK(mapping.options_seen == seen);
      CHECK(mapping.user == (!seen ? "" : everyone ? "remote" : "annr"));
      CHECK(mapping.stored_password == (seen && everyone));
      CHECK(mapping.password_required == (!seen || everyone));
    }
    REQUIRE(c.subscriptions.size() == 1);
    CHECK(c.subscriptions[0].run_as_owner == (c.major() < 16));
    const auto plpgsql = std::find_if(c.objects.begin(), c.objects.end(), [](const Object& o) {
      return o.kind == ObjectKind::language && o.name == "plpgsql";
    });
    CHECK(c.language(*plpgsql).trusted);
    CHECK(std::any_of(c.extensions.begin(), c.extensions.end(),
                      [](const Extension& e) { return e.name == "plpgsql"; }));
    const auto text = write_snapshot(c);
    CHECK(text.find("hunter2") == std::string::npos);
    CHECK(read_snapshot(Source("s", text)) == c);
  }
}
