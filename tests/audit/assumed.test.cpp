// What an audit says of scripts that take a role or an object for granted.

#include "audit/assumed.hpp"

#include <fmt/format.h>

#include "input/replay/assuming_replay.hpp"
#include "model/fresh_cluster.hpp"
#include "policy/loader.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

std::string verdict_on(const std::string& sql, const std::string& rule, bool assumed = true) {
  auto cluster = fresh_cluster(170000);
  Assumptions assumptions;
  replay_sql({Source("a.sql", sql)}, cluster, {}, Beneath::unknown,
             assumed ? &assumptions : nullptr);
  Auditor auditor(load_policy({}), "2026-01-01");
  auditor.rest_on(assumptions, std::nullopt);
  const auto audit = auditor.audit(cluster);
  for (const auto& judgement : audit.judgements) {
    if (judgement.rule != rule) continue;
    const auto& verdict = judgement.verdict;
    std::string text(to_string(verdict.kind));
    for (const auto& f : verdict.findings) text += " " + f.subject.name;
    return text + (verdict.why.empty() ? "" : ": " + verdict.why);
  }
  return "no such rule";
}

}  // namespace

TEST_CASE("what hangs on something assumed is unseen, what does not is said", "[audit]") {
  const std::string table = "CREATE TABLE t (a int);";
  const std::string role_why =
      ": no script makes role anon, so attributes and memberships are not known";
  const auto open = table + "GRANT SELECT ON t TO PUBLIC;";
  const std::string left_out =
      ": not followed, though this may change: 1 statement of a.sql (first: a.sql:1: GRANT: "
      "relation `users` does not exist)";
  struct Row {
    std::string sql;
    const char* rule;
    std::string expected;
  };
  const Row rows[] = {
      {table + "GRANT SELECT ON t TO anon;", "ACL-001", "holds"},
      {table + "GRANT SELECT ON t TO anon, PUBLIC;", "ACL-001", "broken public.t"},
      {table + "GRANT SELECT ON t TO anon;", "ROL-001", "unseen" + role_why},
      {table + "ALTER ROLE anon SUPERUSER;", "ROL-001", "unseen" + role_why},
      {table + "GRANT SELECT ON t TO anon; CREATE ROLE x LOGIN SUPERUSER;", "ROL-001",
       "broken x" + role_why},
      {table + "CREATE POLICY p ON t TO anon USING (true);", "RLS-001",
       "broken public.t" + role_why},
      {"GRANT SELECT ON auth.users TO PUBLIC;", "ACL-001",
       "broken auth.users: no script makes schema auth and relation auth.users, so what else "
       "is there is not known"},
      {"CREATE TABLE auth.t (a int);", "ACL-001",
       "unseen: no script makes schema auth, so what else is there is not known"},
      {"CREATE POLICY p ON auth.users USING (true);", "RLS-001",
       "unseen: no script makes schema auth and relation auth.users, so what else is there is "
       "not known"},
      {table, "ROL-001", "holds"},
      // What was left out can only have added something.
      {open + "GRANT SELECT ON users TO PUBLIC;", "ACL-001", "broken public.t" + left_out},
      {open + "GRANT SELECT ON users TO PUBLIC;", "ACL-002", "unseen" + left_out},
      {open + "GRANT SELECT ON users TO PUBLIC;", "ROL-001", "holds"},
      {open + "CREATE POLICY p ON t; GRANT SELECT ON users TO PUBLIC;", "RLS-001",
       "unseen" + left_out},
      // Or taken it away.
      {open + "BEGIN; GRANT SELECT ON users TO PUBLIC; COMMIT;", "ACL-001", "unseen" + left_out},
      {open + "REVOKE SELECT ON users, t FROM PUBLIC;", "ACL-001",
       "unseen: not followed, though this may change: 1 statement of a.sql (first: a.sql:1: "
       "REVOKE: relation `users` does not exist)"},
  };
  for (const auto& row : rows) {
    INFO(row.sql << ' ' << row.rule);
    CHECK(verdict_on(row.sql, row.rule) == row.expected);
  }
}
