// Which files of a folder are looked at.

#include "text/folder.hpp"

#include "support/catch.hpp"
#include "support/test_folder.hpp"

using namespace pgleast;
using namespace pgleast::test;

TEST_CASE("a folder is walked whole but for what others wrote", "[text]") {
  const TestFolder folder;
  for (const char* const name :
       {"b.sql", "a/x.sql", "a/deep/y.sql", "node_modules/m/z.sql", ".git/hooks/h.sql",
        "vendor/v.sql", "dumps/d.sql", "a/dumps/kept.sql", "a/secret.log", "a/deep/secret.log"}) {
    folder.write(name);
  }
  folder.write(".gitignore", "/dumps/\n*.log\n");
  folder.write("a/deep/.gitignore", "!secret.log\n");
  folder.link("a/circle", "..");
  folder.link("out.sql", "/etc/passwd");
  folder.link("in.sql", "a/x.sql");
  folder.link("nowhere.sql", "missing");
  std::string seen;
  const auto walk = walk_folder(
      folder.path(), [&](const std::string& path) { seen += folder.without(path) + ' '; });
  CHECK(seen ==
        ".gitignore a/deep/.gitignore a/deep/secret.log a/deep/y.sql a/dumps/kept.sql a/x.sql "
        "b.sql in.sql ");
  CHECK(walk.files == 8);
  CHECK(walk.problems.empty());
}

TEST_CASE("the .gitignore of the repository above counts", "[text]") {
  const TestFolder folder;
  folder.write(".git/HEAD");
  folder.write(".gitignore", "/db/dumps/\n");
  folder.write("db/dumps/a.sql");
  folder.write("db/b.sql");
  std::string seen;
  walk_folder(folder.path("db"), [&](const std::string& path) { seen += folder.without(path); });
  CHECK(seen == "db/b.sql");
}
