// A name in a policy that matches nothing: no rule that goes by it holds, and the name's place is
// the reason.

#include "checks/unmatched_names.hpp"

#include "policies/examples.hpp"
#include "support/catch.hpp"
#include "support/script_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

const char* const world =
    "CREATE ROLE ghost LOGIN; CREATE ROLE staff; CREATE SCHEMA sales;"
    "CREATE TABLE sales.orders (id int); CREATE FUNCTION sales.f() RETURNS int LANGUAGE sql"
    " AS 'SELECT 1'; REVOKE ALL ON FUNCTION sales.f() FROM PUBLIC; GRANT staff TO ghost;";

// "unseen 3:12: there is ..."
std::string judged(const std::string& rule, const std::string& policy) {
  const auto text = "policy: 1\nextends: [baseline]\n" + policy;
  auto read = policy_of_text(text);
  const auto verdict = verdict_of_rule(std::move(read), rule, script_cluster(world));
  std::string why = verdict.why;
  for (auto at = why.find("/"); at != std::string::npos; at = why.find("/")) {
    why.erase(at, why.find(".yaml:", at) + 6 - at);
  }
  return std::string(to_string(verdict.kind)) + (why.empty() ? "" : ": " + why);
}

}  // namespace

TEST_CASE("a name in a policy that matches nothing is told at its place", "[checks]") {
  struct Case {
    const char* rule;
    const char* policy;
    const char* expected;
  };
  const auto c = GENERATE(values<Case>({
      // access
      {"MOD-007", "access:\n  - {id: a, who: ghost, cannot: [SELECT], on: \"table:sales.*\"}\n",
       "holds"},
      {"MOD-007", "access:\n  - {id: a, who: ghostt, cannot: [SELECT], on: \"table:sales.*\"}\n",
       "unseen: 4:18: there is no role `ghostt`; did you mean `ghost`?"},
      {"MOD-007", "access:\n  - {id: a, who: [ghost, x_*], cannot: [SELECT], tables: [\"*\"]}\n",
       "unseen: 4:26: no role is named `x_*`"},
      {"MOD-007", "access:\n  - {id: a, who: \"re:x.\", cannot: [SELECT], tables: [\"*\"]}\n",
       "unseen: 4:18: no role is named `re:x.`"},
      {"MOD-007", "access:\n  - {id: a, who: pg_monitor, cannot: [SELECT], tables: [\"*\"]}\n",
       "unseen: 4:18: `pg_monitor` is a role of the server's own, of which no policy speaks"},
      {"MOD-007", "access:\n  - {id: a, who: ghost, cannot: [SELECT], on: \"table:salez.*\"}\n",
       "unseen: 4:47: no table is named `salez.*`"},
      {"MOD-007", "access:\n  - {id: a, who: ghost, cannot: [SELECT], on: table:sales.order}\n",
       "unseen: 4:47: there is no table `sales.order`; did you mean `sales.orders`?"},
      {"MOD-007",
       "access:\n  - {id: a, who: ghost, cannot: [SELECT], tables: [sales.orders, x.y]}\n",
       "unseen: 4:66: there is no table `x.y`"},
      {"MOD-007", "access:\n  - {id: a, who: ghost, cannot: [CREATE], on: \"database:shop\"}\n",
       "unseen: 4:47: there is no database `shop`"},
      {"MOD-007", "access:\n  - {id: a, who: ghost, cannot_become: staf}\n",
       "unseen: 4:40: there is no role `staf`; did you mean `staff`?"},
      {"MOD-007", "access:\n  - {id: a, who: ghost, cannot_become: pg_execute_server_program}\n",
       "unseen: 4:40: `pg_execute_server_program` is a role of the server's own, of which no "
       "policy speaks"},
      {"MOD-007",
       "classes:\n  people: {names: [\"p_*\"]}\naccess:\n  - {id: a, who: class:people, "
       "cannot_become: postgres}\n",
       "unseen: 6:18: the class `people` has no members"},
      {"MOD-007",
       "parameters:\n  administrators: [boss]\naccess:\n  - {id: a, who: ghost, "
       "cannot_become: $administrators}\n",
       "unseen: 6:40: no role is one of `$administrators`"},
      {"MOD-007",
       "access:\n  - {id: a, who: x, cannot: [SELECT], tables: [y]}\n"
       "  - {id: b, who: z, cannot: [SELECT], tables: [w]}\n",
       "unseen: 4:18: there is no role `x`; 4:48: there is no table `y`; 5:18: there is no role "
       "`z`; and 1 more"},
      // grants
      {"MOD-004", "grants:\n  - {to: ghost, tables: {schema: sales, names: [orders], allow: []}}\n",
       "holds"},
      {"MOD-004", "grants:\n  - {to: ghost, tables: {schema: sales, names: [\"*\"], allow: []}}\n",
       "holds"},
      {"MOD-004",
       "grants:\n  - {to: ghost, sequences: {schema: \"*\", names: [\"*\"], allow: []}}\n",
       "holds"},
      {"MOD-004",
       "grants:\n  - {to: [ghost, ghosst], tables: {schema: sales, names: [\"*\"], allow: []}}\n",
       "unseen: 4:18: there is no role `ghosst`; did you mean `ghost`?"},
      {"MOD-004", "grants:\n  - {to: ghost, tables: {schema: salez, names: [orders], allow: []}}\n",
       "unseen: 4:34: there is no schema `salez`; did you mean `sales`?"},
      {"MOD-004",
       "grants:\n  - {to: ghost, tables: {schema: pg_catalog, names: [pg_authid], allow: []}}\n",
       "unseen: 4:34: schema `pg_catalog` is the server's or an extension's own, of which no "
       "policy speaks"},
      {"MOD-004", "grants:\n  - {to: ghost, tables: {schema: sales, names: [ordrs], allow: []}}\n",
       "unseen: 4:49: no table is named `ordrs` in schema `sales`"},
      {"MOD-004", "grants:\n  - {to: ghost, databases: {names: [shop], allow: []}}\n",
       "unseen: 4:37: there is no database `shop`"},
      {"MOD-005",
       "grants:\n  - {to: ghost, tables: {schema: salez, names: [orders], require: [SELECT]}}\n",
       "unseen: 4:34: there is no schema `salez`; did you mean `sales`?"},
      {"MOD-005",
       "grants:\n  - {to: ghosst, tables: {schema: salez, names: [orders], require: [SELECT]}}\n",
       "broken: 4:35: there is no schema `salez`; did you mean `sales`?"},
      {"MOD-006",
       "grants:\n  - {to: ghost, tables: {schema: salez, names: [\"*\"], allow: [], future: "
       "true}}\n",
       "unseen: 4:34: there is no schema `salez`; did you mean `sales`?"},
      {"MOD-006",
       "grants:\n  - {to: gost, tables: {schema: sales, names: [\"*\"], allow: [], future: "
       "true}}\n",
       "unseen: 4:10: there is no role `gost`; did you mean `ghost`?"},
      // classes, attributes and memberships
      {"MOD-001", "classes:\n  all: {names: [\"*\"]}\n", "holds"},
      {"MOD-001", "classes:\n  none: {names: [\"x*\"]}\n  all: {names: [\"*\"]}\n",
       "unseen: 4:3: the class `none` has no members"},
      {"MOD-001", "classes:\n  some: {names: [ghost, gost]}\n  all: {names: [\"*\"]}\n",
       "unseen: 4:25: there is no role `gost`; did you mean `ghost`?"},
      // All that it names is in the class before it.
      {"MOD-002", "classes:\n  all: {names: [\"*\"]}\n  some: {names: [ghost], login: forbid}\n",
       "unseen: 5:3: the class `some` has no members"},
      {"MOD-003", "memberships:\n  - {group: staff, members: {allow: [ghost]}, exclusive: true}\n",
       "holds"},
      {"MOD-003", "memberships:\n  - {group: stafff, members: {allow: [ghost]}, exclusive: true}\n",
       "unseen: 4:5: there is no role `stafff`; did you mean `staff`?"},
      {"MOD-003",
       "memberships:\n  - {group: staff, members: {allow: [ghost, gost]}, exclusive: true}\n",
       "unseen: 4:45: there is no role `gost`; did you mean `ghost`?"},
      // parameters: what a policy says, not what a pack begins with
      {"ROL-001", "", "holds"},
      {"ROL-005", "", "holds"},
      {"ROL-001", "parameters:\n  administrators: [postgres, bos]\n",
       "unseen: 4:30: there is no role `bos`"},
      {"ROL-005", "parameters:\n  replication: [repl]\n", "unseen: 4:17: there is no role `repl`"},
      {"ROL-006", "parameters:\n  replication: [repl]\n", "holds"},
      {"HBA-010", "parameters:\n  replication: [repl]\n", "unseen: 4:17: there is no role `repl`"},
      {"ROL-003", "classes:\n  administrators: {names: [boss]}\n",
       "broken: 4:3: the class `administrators` has no members"},
      {"ROL-004", "rules:\n  ROL-004: {with: {attribute: createdb, except: [boss]}}\n",
       "broken: 4:50: there is no role `boss`"},
      {"ACL-001",
       "rules:\n  ACL-001: {with: {grantee: PUBLIC, kinds: [table], objects: [sales.o]}}\n",
       "unseen: 4:63: nothing is named `sales.o`"},
  }));
  INFO(c.rule << '\n' << c.policy);
  CHECK(judged(c.rule, c.policy) == c.expected);
}

TEST_CASE("what is not known is not said to be missing", "[checks]") {
  const auto policy = policy_of_text(
      "policy: 1\nextends: [baseline]\nparameters:\n  replication: [repl]\nrules:\n  ACL-001: "
      "{with: "
      "{grantee: PUBLIC, kinds: [table], objects: [x]}}\n");
  auto cluster = script_cluster("");
  cluster.unseen[Fact::roles] = cluster.unseen[Fact::objects] = {"not read", "read it"};
  CHECK(verdict_of_rule(policy, "HBA-010", cluster).kind == Verdict::Kind::holds);
  CHECK(verdict_of_rule(policy, "ACL-001", cluster).why == "not read");
}
