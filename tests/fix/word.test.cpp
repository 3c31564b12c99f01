// What a plan does by itself, and what waits for the user's word.

#include "fix/word.hpp"

#include <fmt/format.h>

#include "fix/plan.hpp"
#include "policies/examples.hpp"
#include "support/catch.hpp"
#include "support/script_cluster.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

// Nothing of the baseline to find in it.
const char* const quiet =
    "ssl = on\nlisten_addresses = localhost\nlog_connections = on\nlog_disconnections = on\n";

std::string shown(const Plan& plan) {
  std::string text;
  for (const auto& section : plan.sections) {
    for (const auto& statement : section.sql) text += statement + "\n";
  }
  for (const auto& statement : plan.system) text += statement + "\n";
  for (const auto& file : plan.files) text += file.path + "\n";
  for (const auto& held : plan.held_back) {
    text += fmt::format("{}: {}\n", held.word.kind, held.word.why);
    for (const auto& statement : held.sql) text += "  " + statement + "\n";
    for (const auto& edit : held.edits) text += fmt::format("  {}\n", edit.after);
  }
  return text;
}

struct Case {
  const char* what;
  ScriptTexts texts;
  const char* policy;
  const char* expected;
};

void check(const Case& c, const std::set<std::string>& accepted = {}) {
  INFO(c.what);
  const Auditor auditor(policy_of_text(std::string("policy: 1\n") + c.policy), "2026-01-01");
  CHECK(shown(make_plan(script_cluster(c.texts), auditor, accepted)) == c.expected);
}

const char* const table_to_public =
    "CREATE ROLE app LOGIN; CREATE TABLE t (a int); GRANT SELECT ON t TO PUBLIC;";

}  // namespace

TEST_CASE("what may stop somebody waits for a word", "[fix][word]") {
  const Case cases[] = {
      {"a grant to PUBLIC that a login role may be using",
       {.sql = table_to_public, .conf = quiet},
       "extends: [baseline]\n",
       "privilege: app has it by this grant alone\n"
       "  REVOKE SELECT ON TABLE \"public\".\"t\" FROM PUBLIC;\n"},
      {"one that it has by another grant, too",
       {.sql = std::string(table_to_public) + "GRANT SELECT ON t TO app;", .conf = quiet},
       "extends: [baseline]\n",
       "REVOKE SELECT ON TABLE \"public\".\"t\" FROM PUBLIC;\n"},
      {"a role of which the policy says what it needs",
       {.sql = table_to_public, .conf = quiet},
       "extends: [baseline]\n"
       "grants:\n  - {to: app, tables: {schema: public, names: [t], require: [SELECT]}}\n",
       "REVOKE SELECT ON TABLE \"public\".\"t\" FROM PUBLIC;\n"
       "GRANT SELECT ON TABLE \"public\".\"t\" TO \"app\";\n"},
      {"a role that is in no class of the policy",
       {.sql = table_to_public, .conf = quiet},
       "extends: [baseline]\nclasses:\n  people: {names: [anna]}\n",
       "REVOKE SELECT ON TABLE \"public\".\"t\" FROM PUBLIC;\n"},
      {"a view that reads it as its owner",
       {.sql = "CREATE ROLE boss; CREATE TABLE t (a int); GRANT SELECT ON t TO PUBLIC;"
               "CREATE VIEW v AS SELECT a FROM t; ALTER VIEW v OWNER TO boss;",
        .conf = quiet},
       "extends: [baseline]\n",
       "privilege: public.v runs as boss and needs SELECT on public.t\n"
       "  REVOKE SELECT ON TABLE \"public\".\"t\" FROM PUBLIC;\n"},
      {"a superuser of which nobody says what it does, and one of which the policy does",
       {.sql = "CREATE ROLE app LOGIN SUPERUSER; CREATE ROLE api LOGIN SUPERUSER;"
               "CREATE ROLE g; CREATE TABLE t (a int);",
        .conf = quiet},
       "extends: [baseline]\n"
       "memberships:\n  - {group: g, members: {require: [api]}}\n"
       "grants:\n  - {to: g, tables: {schema: public, names: [t], require: [SELECT]}}\n",
       "ALTER ROLE \"api\" NOSUPERUSER;\n"
       "GRANT \"g\" TO \"api\";\n"
       "GRANT SELECT ON TABLE \"public\".\"t\" TO \"g\";\n"
       "attribute: app loses all that it has by SUPERUSER, and the policy does not say what it "
       "needs\n"
       "  ALTER ROLE \"app\" NOSUPERUSER;\n"},
      {"the role that takes backups",
       {.sql = "CREATE ROLE copier LOGIN REPLICATION; CREATE TABLE t (a int);", .conf = quiet},
       "extends: [baseline]\nclasses: {backup: {names: [copier]}}\n"
       "attributes: {backup: {replication: forbid}}\n",
       "attribute: copier cannot stream, nor take a base backup\n"
       "  ALTER ROLE \"copier\" NOREPLICATION;\n"},
      {"row security, for whom it binds",
       {.sql = "CREATE ROLE app LOGIN; CREATE TABLE t (a int); GRANT SELECT ON t TO app;"
               "CREATE POLICY p ON t USING (a > 0);",
        .conf = quiet},
       "extends: [baseline]\n",
       "row-security: app sees all rows of public.t, and then only what its policies let through\n"
       "  ALTER TABLE \"public\".\"t\" ENABLE ROW LEVEL SECURITY;\n"},
      {"addresses listened on, where somebody comes from elsewhere",
       {.sql = "CREATE ROLE app LOGIN PASSWORD 'x';",
        .hba = "hostssl all app 10.0.0.0/8 scram-sha-256\n",
        .conf =
            "ssl = on\nlisten_addresses = '*'\nlog_connections = on\nlog_disconnections = on\n"},
       "extends: [baseline]\n",
       "addresses: clients from elsewhere cannot connect any more\n"
       "  listen_addresses = localhost\n"},
      {"a method that a stored password does not fit, and one that all fit",
       {.sql = "CREATE ROLE old LOGIN PASSWORD 'md5a6a1d2a2cd9b1ac1ebbdba5ef2ad4d79';"
               "CREATE ROLE app LOGIN PASSWORD 'SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$"
               "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"
               "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';",
        .hba = "host all old 127.0.0.1/32 md5\nhost all app 127.0.0.1/32 trust\n",
        .conf = quiet},
       "extends: [baseline]\n",
       "/d/pg_hba.conf\n"
       "method: old cannot log in by `scram-sha-256`: no password is stored that fits\n"
       "  host all old 127.0.0.1/32 scram-sha-256\n"},
      {"a privilege that the policy rules out needs no word",
       {.sql = "CREATE ROLE app LOGIN; CREATE TABLE t (a int); GRANT INSERT ON t TO app;",
        .conf = quiet},
       "extends: [model]\nclasses: {apps: {names: [app]}}\n"
       "access: [{id: none, who: app, cannot: [INSERT], on: \"table:public.t\"}]\n",
       "REVOKE INSERT ON TABLE \"public\".\"t\" FROM \"app\";\n"},
      {"nobody is taken out of a group, and no table from its readers, for a step up",
       {.sql = "CREATE ROLE boss; CREATE ROLE app LOGIN; GRANT boss TO app;"
               "CREATE ROLE api LOGIN; CREATE TABLE t (a int); ALTER TABLE t OWNER TO boss;"
               "GRANT SELECT ON t TO api;",
        .conf = quiet},
       "extends: [escalation]\n",
       "membership: app loses everything that boss has\n"
       "  REVOKE \"boss\" FROM \"app\" GRANTED BY \"postgres\";\n"
       "privilege: api has it by this grant alone\n"
       "  REVOKE SELECT ON TABLE \"public\".\"t\" FROM \"api\";\n"},
      {"a role that has it by two grants, each of which a step up asks for",
       {.sql = "CREATE ROLE boss; CREATE ROLE app LOGIN; GRANT boss TO app;"
               "CREATE ROLE readers; CREATE ROLE api LOGIN; GRANT readers TO api;"
               "CREATE TABLE t (a int); ALTER TABLE t OWNER TO boss;"
               "GRANT SELECT ON t TO readers, api;",
        .conf = quiet},
       "extends: [escalation]\n",
       "REVOKE SELECT ON TABLE \"public\".\"t\" FROM \"readers\";\n"
       "membership: api loses everything that readers has\n"
       "  REVOKE \"readers\" FROM \"api\" GRANTED BY \"postgres\";\n"
       "membership: app loses everything that boss has\n"
       "  REVOKE \"boss\" FROM \"app\" GRANTED BY \"postgres\";\n"
       "privilege: api has it by this grant alone\n"
       "  REVOKE SELECT ON TABLE \"public\".\"t\" FROM \"api\";\n"},
      {"nobody takes from an owner what is its own",
       {.sql = "CREATE ROLE app LOGIN; CREATE TABLE t (a int); ALTER TABLE t OWNER TO app;",
        .conf = quiet},
       "extends: [model]\n"
       "access: [{id: none, who: app, cannot: [INSERT], on: \"table:public.t\"}]\n",
       ""},
  };
  for (const auto& c : cases) check(c);
}

TEST_CASE("records that paths ask for are edited together", "[fix][word]") {
  const Case two{"one before the other",
                 {.sql = "CREATE ROLE app LOGIN PASSWORD 'x';",
                  .hba = "host all app 10.1.0.0/16 scram-sha-256\n"
                         "host all app 10.2.0.0/16 scram-sha-256\n",
                  .conf = "ssl = on\nlisten_addresses = '*'\n"},
                 "extends: [model]\nnetworks: {office: [10.2.1.0/24]}\naccess:\n"
                 "  - {id: in, who: app, cannot: [CONNECT], on: \"database:postgres\",\n"
                 "     from: {not: [office, local]}}\n",
                 "/d/pg_hba.conf\n"};
  check(two, accepted_kinds({"all"}));
}

TEST_CASE("what waits stands where the patched file has it", "[fix][word]") {
  const Case before{"a record before one whose change waits",
                    {.sql = "CREATE ROLE app LOGIN PASSWORD 'x'; ALTER ROLE postgres PASSWORD 'x';",
                     .hba = "host all all 10.0.0.0/8 scram-sha-256\n",
                     .conf = quiet},
                    "extends: [baseline]\n",
                    "/d/pg_hba.conf\n"
                    "tls: clients that come without TLS are turned away\n"
                    "  hostssl all all 10.0.0.0/8 scram-sha-256\n"};
  check(before, accepted_kinds({"login"}));
}

TEST_CASE("what has a word is done", "[fix][word]") {
  const Case accepted{"a grant to PUBLIC",
                      {.sql = table_to_public, .conf = quiet},
                      "extends: [baseline]\n",
                      "REVOKE SELECT ON TABLE \"public\".\"t\" FROM PUBLIC;\n"};
  check(accepted, accepted_kinds({"privilege"}));
  check(accepted, accepted_kinds({"tls", "all"}));
  auto in_policy = accepted;
  in_policy.policy = "extends: [baseline]\naccept: [privilege]\n";
  check(in_policy);
  CHECK_THROWS_AS(accepted_kinds({"tsl"}), Error);
  CHECK_THROWS_AS(policy_of_text("policy: 1\naccept: [row_security]\n"), Error);
}
