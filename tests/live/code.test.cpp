// What is read of code, attachments and ways out of a server, by its superuser and by a role
// that may only connect.

#include <algorithm>

#include "input/catalog_live.hpp"
#include "input/snapshot.hpp"
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
  if (code.by_search_path) text += " by path;";
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
  for (const std::string user : {"", "auditor"}) {
    CAPTURE(user);
    const auto c = read_as(server, user);
    CHECK(c.seen(Fact::code));
    CHECK(attachments_text(c) ==
          "trigger app.p ptr on DELETE: app.g() EXECUTE;\n"
          "trigger app.p1 ptr on DELETE: app.g() EXECUTE;\n"
          "trigger app.t off off TRUNCATE: app.g() EXECUTE;\n"
          "trigger app.t tr on INSERT, UPDATE: app.g() EXECUTE; app.w(integer) EXECUTE;\n"
          "expression app.u id on INSERT, UPDATE: app.f(integer) EXECUTE;\n"
          "expression app.u u_x_check on INSERT, UPDATE: app.same(integer,integer) EXECUTE;\n"
          "index app.u ui on INSERT, UPDATE: app.f(integer) EXECUTE;\n");
    CHECK(views_text(c) ==
          "app.m: app.u SELECT;\n"
          "app.v: pg_catalog.pg_authid SELECT; app.t SELECT; app.f(integer) EXECUTE;\n");
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
