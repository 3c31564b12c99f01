// In which order a tool runs the scripts of a folder, and which part of them.

#include "input/migrations/script_set.hpp"

#include <fmt/format.h>

#include <map>
#include <sstream>

#include "support/catch.hpp"

using namespace pgleast;

namespace {

using Files = std::map<std::string, std::string>;

FileReader reader_of(const Files& files) {
  FileReader reader;
  reader.read = [&files](const std::string& path) -> FileText {
    const auto found = files.find(path);
    if (found == files.end()) return {std::nullopt, "no such file", true};
    return {found->second, ""};
  };
  reader.list = [&files](const std::string& folder) -> FolderNames {
    std::vector<std::string> names;
    const auto prefix = folder == "." ? "" : folder + '/';
    for (const auto& [path, text] : files) {
      if (!path.starts_with(prefix)) continue;
      const auto name = path.substr(prefix.size());
      if (name.find('/') == std::string::npos) names.push_back(name);
    }
    return {names, ""};
  };
  return reader;
}

// "db: Flyway: db/V1__a.sql db/V2__b.sql; not run: db/U1__a.sql"
std::string shown(const Files& files, bool keep_order = false,
                  std::vector<std::string> paths = {}) {
  if (paths.empty()) {
    for (const auto& [path, text] : files) {
      if (path.ends_with(".sql")) paths.push_back(path);
    }
  }
  std::string text;
  for (const auto& set : script_sets(paths, reader_of(files), keep_order)) {
    text += fmt::format("{}{}: {}:", text.empty() ? "" : " | ", set.folder, set.tool);
    for (const auto& script : set.scripts)
      text += ' ' + script.path.substr(set.folder.empty() ? 0 : set.folder.size() + 1);
    if (!set.not_run.empty()) text += "; not run:";
    for (const auto& path : set.not_run) text += ' ' + path;
    for (const auto& what : set.not_followed) text += "; " + what;
    if (!set.order_note.empty()) text += "; by name";
    if (!set.prelude.empty()) text += "; on " + set.prelude;
  }
  return text;
}

Files empty_files(const std::string& names) {
  Files files;
  std::istringstream words(names);
  for (std::string word; words >> word;) files[word] = "";
  return files;
}

}  // namespace

TEST_CASE("scripts are run in the order of their tool", "[migrations]") {
  struct Row {
    const char* files;
    const char* expected;
  };
  const Row rows[] = {
      {"m/V10__c.sql m/V1__a.sql m/V2_1__b.sql m/V2.0.1__b.sql m/R__v.sql m/U1__a.sql",
       "m: Flyway: V1__a.sql V2.0.1__b.sql V2_1__b.sql V10__c.sql R__v.sql; not run: m/U1__a.sql"},
      {"m/B5__all.sql m/V4__x.sql m/V5__y.sql m/V6__z.sql",
       "m: Flyway: B5__all.sql V6__z.sql; not run: m/V4__x.sql m/V5__y.sql"},
      {"m/afterMigrate.sql m/V1__a.sql m/beforeMigrate__x.sql m/afterClean.sql m/2020/V2__b.sql",
       "m: Flyway: beforeMigrate__x.sql V1__a.sql 2020/V2__b.sql afterMigrate.sql; not run: "
       "m/afterClean.sql"},
      {"m/V1__a.sql m/V01__b.sql",
       "m: Flyway: V01__b.sql V1__a.sql; m/V1__a.sql: has the version of m/V01__b.sql, which "
       "Flyway refuses"},
      {"m/2_b.up.sql m/10_c.up.sql m/1_a.up.sql m/1_a.down.sql",
       "m: golang-migrate: 1_a.up.sql 2_b.up.sql 10_c.up.sql; not run: m/1_a.down.sql"},
      {"prisma/migrations/2024_b/migration.sql prisma/migrations/2023_a/migration.sql",
       "prisma/migrations: Prisma: 2023_a/migration.sql 2024_b/migration.sql"},
      {"m/2_b/up.sql m/2_b/down.sql m/1_a/up.sql m/1_a/down.sql",
       "m: Diesel: 1_a/up.sql 2_b/up.sql; not run: m/1_a/down.sql m/2_b/down.sql"},
      {"supabase/migrations/20240102000000_b.sql supabase/migrations/20240101000000_a.sql "
       "supabase/seed.sql supabase/tests/x.sql",
       "supabase: Supabase: migrations/20240101000000_a.sql migrations/20240102000000_b.sql "
       "seed.sql; not run: supabase/tests/x.sql; on supabase"},
      {"db/structure.sql db/other.sql", "db: Rails: structure.sql; not run: db/other.sql"},
      {"x/docker-entrypoint-initdb.d/b.sql x/docker-entrypoint-initdb.d/a.sh "
       "x/docker-entrypoint-initdb.d/c.sql.gz x/docker-entrypoint-initdb.d/A.sql",
       "x/docker-entrypoint-initdb.d: docker-entrypoint-initdb.d: A.sql b.sql; "
       "x/docker-entrypoint-initdb.d/a.sh: what a shell script does is not known; "
       "x/docker-entrypoint-initdb.d/c.sql.gz: is compressed and not read"},
      {"a10.sql a9.sql drop.sql sub/x.sql",
       ": : a9.sql a10.sql; not run: drop.sql; by name | sub: : x.sql"},
      {"drop.sql", ": : drop.sql"},
  };
  for (const auto& row : rows) {
    INFO(row.files);
    CHECK(shown(empty_files(row.files)) == row.expected);
  }
}

TEST_CASE("what a file beside the scripts says of them counts", "[migrations]") {
  struct Row {
    Files files;
    const char* expected;
  };
  const Row rows[] = {
      {{{"s/sqitch.plan",
         "%project=x\n\nroles 2024-01-01T00:00:00Z A <a@b>\n@v1 2024-01-02T00:00:00Z A <a@b>\n"
         "grants [roles] 2024-01-03T00:00:00Z A <a@b> # why\nroles [roles@v1] 2024-01-04T00:00:00Z "
         "A <a@b>\ngone 2024-01-05T00:00:00Z A <a@b>\n"},
        {"s/deploy/grants.sql", ""},
        {"s/deploy/roles.sql", ""},
        {"s/deploy/roles@v1.sql", ""},
        {"s/deploy/stray.sql", ""},
        {"s/revert/roles.sql", ""}},
       "s: sqitch: deploy/roles@v1.sql deploy/grants.sql deploy/roles.sql; not run: "
       "s/deploy/stray.sql s/revert/roles.sql; s/sqitch.plan:7: s/deploy/gone.sql is not there"},
      {{{"p/1_a/migration.sql", ""}, {"p/migration_lock.toml", "provider = \"mysql\"\n"}},
       "p: Prisma:; not run: p/1_a/migration.sql"},
      {{{"supabase/migrations/1_a.sql", ""},
        {"supabase/seed.sql", ""},
        {"supabase/config.toml", "[db.seed]\nenabled = false\n"}},
       "supabase: Supabase: migrations/1_a.sql; not run: supabase/seed.sql; on supabase"},
      {{{"supabase/migrations/1_a.sql", ""},
        {"supabase/seed.sql", ""},
        {"supabase/seeds/b.sql", ""},
        {"supabase/config.toml", "[db.seed]\nsql_paths = [\"./seeds/b.sql\", './seed.sql']\n"}},
       "supabase: Supabase: migrations/1_a.sql seeds/b.sql seed.sql; on supabase"},
      {{{"c/db.changelog-master.yaml",
         "databaseChangeLog:\n  - include:\n      file: sql/b.sql\n      relativeToChangelogFile: "
         "true\n  - include: {file: c/sql/a.sql}\n"},
        {"c/sql/a.sql", "--liquibase formatted sql\n"},
        {"c/sql/b.sql", "-- liquibase formatted sql\n"},
        {"c/sql/z.sql", "--liquibase formatted sql\n"}},
       "c: Liquibase: sql/b.sql sql/a.sql; not run: c/sql/z.sql"},
      {{{"c/changelog.xml", "<includeAll path=\"sql/\"/>\n"},
        {"c/sql/a.sql", "--liquibase formatted sql\n"},
        {"c/sql/b.sql", "--liquibase formatted sql\n--changeset x:1 context:test\n"}},
       "c: Liquibase: sql/a.sql sql/b.sql; c/sql/b.sql:2: whether this changeset is run hangs on "
       "contexts or labels"},
      {{{"a10.sql", "--liquibase formatted sql\n"}, {"a9.sql", "--liquibase formatted sql\n"}},
       ": Liquibase: a9.sql a10.sql; by name"},
      {{{"m/1_a.sql", "-- migrate:up\n"}, {"m/2_b.sql", "-- migrate:up\n"}},
       "m: dbmate: 1_a.sql 2_b.sql"},
      {{{"m/10_a.sql", "-- +goose Up\n"}, {"m/9_b.sql", "-- +goose Up\n"}, {"m/x.sql", ""}},
       "m: goose: 9_b.sql 10_a.sql; not run: m/x.sql"},
      {{{"m/1.sql", "-- +migrate Up\n"}}, "m: sql-migrate: 1.sql"},
      {{{"m/all.sql", "\\i b.sql\n\\ir 'sub/a.sql'\n"}, {"m/b.sql", ""}, {"m/sub/a.sql", ""}},
       "m: : all.sql"},
  };
  for (const auto& row : rows) CHECK(shown(row.files) == row.expected);
}

TEST_CASE("scripts that are named keep their order, but for those of a tool", "[migrations]") {
  CHECK(shown(empty_files("b.sql a.sql"), true, {"b.sql", "a.sql"}) == ": : b.sql a.sql");
  CHECK(shown(empty_files("V10__a.sql V9__b.sql"), true, {"V10__a.sql", "V9__b.sql"}) ==
        ": Flyway: V9__b.sql V10__a.sql");
}

TEST_CASE("the way back is blank, and places stay", "[migrations]") {
  struct Row {
    ScriptPart part;
    const char* text;
    const char* run;
  };
  const Row rows[] = {
      {ScriptPart::whole, "a\n-- migrate:down\nb", "a\n-- migrate:down\nb"},
      {ScriptPart::dbmate_up, "x\n-- migrate:up\na;\n--migrate:down\nb;\n",
       " \n-- migrate:up\na;\n              \n  \n"},
      {ScriptPart::goose_up, "-- +goose Up\na;\n-- +goose Down\nb;\n-- +goose up\nc;",
       "-- +goose Up\na;\n              \n  \n-- +goose up\nc;"},
      {ScriptPart::sql_migrate_up, "-- +migrate Up notransaction\na;\n-- +migrate Down\nb;",
       "-- +migrate Up notransaction\na;\n                \n  "},
      {ScriptPart::liquibase,
       "--liquibase formatted sql\n--changeset a:1 dbms:oracle\nx;\n--changeset a:2 "
       "dbms:postgresql,h2\ny;\n--changeset a:3 dbms:!postgresql\nz;\n",
       "--liquibase formatted sql\n                           \n  \n--changeset a:2 "
       "dbms:postgresql,h2\ny;\n                                \n  \n"},
  };
  for (const auto& row : rows) CHECK(run_text({"", row.part}, row.text) == row.run);
}
