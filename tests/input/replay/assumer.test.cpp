// What scripts take for granted, and what is said where something hangs on it.

#include "input/replay/assumer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "input/replay/assuming_replay.hpp"
#include "model/fresh_cluster.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

// "role anon (a:1); refused 0; unseen: objects"
std::string replayed(const std::vector<std::string>& texts) {
  auto cluster = fresh_cluster(170000);
  std::vector<Source> scripts;
  for (const auto& text : texts) {
    scripts.emplace_back(std::string(1, static_cast<char>('a' + scripts.size())), text);
  }
  Assumptions assumptions;
  std::size_t refused = 0;
  for (const auto& problems : replay_sql(scripts, cluster, {}, Beneath::unknown, &assumptions)) {
    refused += problems.refused.size();
  }
  std::string text;
  for (const auto& a : assumptions.made) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", called(a), a.place);
  }
  if (refused > 0) text += fmt::format("; refused {}", refused);
  if (!assumptions.left_out.empty()) text += "; more objects";
  if (!cluster.seen(Fact::roles)) text += "; roles unseen";
  if (!cluster.seen(Fact::objects) && !is_untouched(cluster)) text += "; objects unseen";
  return text;
}

}  // namespace

TEST_CASE("what scripts use and none makes is assumed", "[replay]") {
  struct Row {
    std::vector<std::string> scripts;
    const char* expected;
  };
  const Row rows[] = {
      {{"CREATE TABLE t (a int);\nGRANT SELECT ON t TO anon;"}, "role anon a:2"},
      {{"CREATE TABLE t (a int); GRANT SELECT ON t TO anon; GRANT INSERT ON t TO anon;"},
       "role anon a:1"},
      {{"CREATE TABLE t (a int); CREATE POLICY p ON t TO anon USING (true);"}, "role anon a:1"},
      {{"GRANT anon TO app;"}, "role app a:1, role anon a:1"},
      {{"CREATE TABLE auth.t (a int);"}, "schema auth a:1"},
      {{"GRANT SELECT ON auth.users TO anon;"},
       "role anon a:1, schema auth a:1, relation auth.users a:1"},
      {{"GRANT USAGE ON SEQUENCE auth.s TO PUBLIC;"}, "schema auth a:1, relation auth.s a:1"},
      {{"DO $$ BEGIN GRANT CREATE ON SCHEMA public TO anon; END $$;"}, "role anon a:1"},
      // What some script makes later is certainly not there yet.
      {{"ALTER ROLE app CREATEDB;", "CREATE ROLE app;"}, "; refused 1; roles unseen"},
      {{"CREATE TABLE t (a int); GRANT SELECT ON t TO app;",
        "DO $$ BEGIN EXECUTE 'CREATE ROLE app'; END $$;"},
       "; refused 1; roles unseen; objects unseen"},
      {{"CREATE ROLE a; DROP ROLE a; GRANT a TO postgres;"}, "; refused 1"},
      {{"DROP ROLE nobody;"}, "; refused 1"},
      // What hangs on it is not known.
      {{"GRANT SELECT ON auth.users TO PUBLIC; GRANT SELECT (email) ON auth.users TO PUBLIC;"},
       "schema auth a:1, relation auth.users a:1; roles unseen; objects unseen"},
      {{"CREATE TABLE t (a int); GRANT SELECT ON t TO anon; SET ROLE anon; GRANT SELECT ON t TO "
        "PUBLIC;"},
       "role anon a:1; roles unseen; objects unseen"},
      // A relation without a schema may be anywhere; what reads it is not followed.
      {{"GRANT SELECT ON users TO PUBLIC;"}, "; refused 1; more objects"},
      {{"CREATE VIEW v AS SELECT * FROM auth.users;"}, "; refused 1; objects unseen"},
      // What was asked before it was assumed may have had another answer.
      {{"CREATE TABLE t (a int); DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = "
        "'anon') "
        "THEN GRANT ALL ON t TO PUBLIC; END IF; END $$; GRANT SELECT ON t TO anon;"},
       "role anon a:1; roles unseen; objects unseen"},
      {{"CREATE TABLE t (a int); GRANT CREATE ON SCHEMA public TO anon; SET ROLE anon; "
        "CREATE TABLE of_anon (a int); RESET ROLE; GRANT SELECT ON t TO PUBLIC;"},
       "role anon a:1; roles unseen; objects unseen"},
      {{"CREATE ROLE app CREATEROLE; SET ROLE app; GRANT anon TO app;"},
       "; refused 1; roles unseen"},
      {{"GRANT USAGE ON SCHEMA auth TO PUBLIC; CREATE ROLE anon; DO $$ BEGIN GRANT SELECT ON "
        "auth.users TO PUBLIC; END $$;"},
       "schema auth a:1; refused 1; roles unseen; objects unseen"},
  };
  for (const auto& row : rows) {
    INFO(row.scripts.front());
    CHECK(replayed(row.scripts) == row.expected);
  }
}

TEST_CASE("names that scripts make are found wherever they stand", "[replay]") {
  const auto names = made_names(
      "CREATE ROLE a; create table if not exists s.b (x int); DO $$ create user \"C\"; $$; "
      "CREATE OR REPLACE VIEW d AS SELECT 1; CREATE SCHEMA AUTHORIZATION e; ALTER TABLE x RENAME "
      "TO "
      "f; CREATE POLICY p ON t TO g; 'CREATE GROUP h'");
  for (const auto* const name : {"a", "b", "C", "d", "e", "f", "h"}) CHECK(names.contains(name));
  for (const auto* const name : {"p", "g", "t", "x"}) CHECK(!names.contains(name));
}
