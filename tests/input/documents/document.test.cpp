// What a file is taken for, by what it says.

#include "input/documents/document.hpp"

#include "support/catch.hpp"
#include "support/test_folder.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

std::string called(std::optional<DocumentKind> kind) {
  if (!kind) return "nothing";
  return *kind == DocumentKind::foreign_sql ? "foreign" : std::string(row_of(*kind)->called);
}

}  // namespace

TEST_CASE("a file is taken for what its first lines say", "[documents]") {
  struct Row {
    const char* name;
    const char* text;
    const char* in_folder;
    const char* named;
  };
  const Row rows[] = {
      {"pg_hba.conf", "", "pg_hba.conf", "pg_hba.conf"},
      {"app.conf", "# x\nhost all all 10.0.0.0/8 scram-sha-256\n", "pg_hba.conf", "pg_hba.conf"},
      {"rules", "hostssl all all 10.0.0.0 255.0.0.0 cert\nlocal all all peer", "pg_hba.conf",
       "pg_hba.conf"},
      {"rules", "include_dir hba.d\n", "nothing", "nothing"},
      {"hosts", "local all all somehow\n", "nothing", "nothing"},
      {"ssh_config", "host example.org\n", "nothing", "nothing"},
      {"pg_ident.conf", "nonsense", "pg_ident.conf", "pg_ident.conf"},
      {"my-ident.conf", "m /^(.*)$ \\1\n", "pg_ident.conf", "pg_ident.conf"},
      {"names.conf", "a b c\n", "nothing", "nothing"},
      {"postgresql.conf", "", "postgresql.conf", "postgresql.conf"},
      {"10-log.conf", "log_connections = on\nauto_explain.log_nested = on\n", "postgresql.conf",
       "postgresql.conf"},
      {"redis.conf", "port 6379\nmaxmemory 1gb\n", "nothing", "nothing"},
      {"settings.ini", "port = 5432\n", "nothing", "nothing"},
      {"pooler.ini", "; x\n[pgbouncer]\nlisten_port = 1\n", "pgbouncer.ini", "pgbouncer.ini"},
      {"app.ini", "[databases]\nx = 1\n", "nothing", "nothing"},
      {"userlist.txt", "", "userlist.txt", "userlist.txt"},
      {"roles.sql", "CREATE ROLE app;", "SQL script", "SQL script"},
      {"install", "-- x\ncreate role app;\n", "nothing", "SQL script"},
      {"notes.txt", "Create a role first.\n", "nothing", "nothing"},
      {"mysql.sql", "CREATE TABLE `t` (a int AUTO_INCREMENT);", "foreign", "SQL script"},
      {"query.sql", "-- name: GetUser :one\nSELECT 1;", "foreign", "SQL script"},
      {"s.snapshot", "{\n \"acls\": [", "snapshot", "snapshot"},
      {"pg_hba.conf.j2", "{% for %}", "document of a platform", "document of a platform"},
      {"notes", "postgres is here", "nothing", "nothing"},
      {"main.tf", "version = \"POSTGRES_16\"", "document of a platform", "document of a platform"},
      {"vpc.tf", "resource \"aws_vpc\" \"x\" {}", "nothing", "nothing"},
      {"plan.json", "{\"format_version\":\"1.2\",\"terraform_version\":\"1.9.0\"",
       "document of a platform", "document of a platform"},
      {"package.json", "{\"name\": \"x\"}", "nothing", "nothing"},
  };
  for (const auto& row : rows) {
    INFO(row.name << ": " << row.text);
    CHECK(called(kind_of_text(row.name, row.text, true, Found::in_folder)) == row.in_folder);
    CHECK(called(kind_of_text(row.name, row.text, true, Found::named)) == row.named);
  }
}

TEST_CASE("no more of a file is read than it takes", "[documents]") {
  const TestFolder folder;
  folder.write("sample", std::string(20000, '#') + "\nlocal all all peer\n");
  folder.write("image.dat", std::string("\0\1\2", 3));
  folder.write("code.py", "CREATE ROLE app;");
  CHECK(kind_of_file(folder.path("sample"), Found::in_folder) == DocumentKind::hba);
  CHECK(!kind_of_file(folder.path("image.dat"), Found::named));
  CHECK(!kind_of_file(folder.path("code.py"), Found::in_folder));
  CHECK(kind_of_file(folder.path("code.py"), Found::named) == DocumentKind::sql);
  CHECK(!kind_of_file(folder.path("missing"), Found::named));
}
