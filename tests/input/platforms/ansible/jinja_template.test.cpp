// Templates of the server's files: what their lines without Jinja say.

#include "support/catch.hpp"
#include "support/platform_lines.hpp"

using namespace pgleast;
using namespace pgleast::test;

TEST_CASE("lines of a template are taken as they are, those with Jinja are unknown",
          "[platforms]") {
  struct Row {
    const char* text;
    Lines hba;
  };
  const Row rows[] = {
      {"# {{ ansible_managed }}\n{{ ansible_managed | comment }}\n\nlocal all all peer\r\n"
       "  host all all 0.0.0.0/0 trust\n",
       {{4, "local all all peer", ""}, {5, "host all all 0.0.0.0/0 trust", ""}}},
      {"{% for x in hosts %}\nhost all all {{ x }} md5\n{% endfor %}\nlocal all all peer\n",
       {{1, "? a line of the template", ""},
        {2, "? a line of the template", ""},
        {3, "? a line of the template", ""},
        {4, "local all all peer", ""}}},
      {"{# host all\nall #}\nhost all all all md5\n", {{3, "host all all all md5", ""}}},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(hba_of("templates/pg_hba.conf.j2", row.text) == row.hba);
  }
}

TEST_CASE("templates in one folder are of one server, and one that a task uses is a part",
          "[platforms]") {
  const auto servers =
      servers_in({{"a/pg_hba.conf.j2", "local all all peer"},
                  {"a/postgresql.conf.j2", "ssl = {{ ssl }}\nport = 1\n"},
                  {"roles/db/templates/pg_hba.conf.j2", "host all all {{ net }} md5"},
                  {"roles/db/defaults/main.yml", "net: 10.0.0.0/8\n"},
                  {"roles/db/tasks/main.yml",
                   "- template: {src: pg_hba.conf.j2, dest: '{{ d }}/pg_hba.conf'}"}});
  REQUIRE(servers.size() == 2);
  CHECK(servers[0].name == "template/a/pg_hba.conf.j2");
  CHECK(effective(servers[0].conf, servers[0].unknown_conf) ==
        Lines{{1, "? a line of the template", ""}, {2, "port = 1", ""}});
  CHECK(servers[1].name == "ansible/roles/db/tasks/main.yml");
  CHECK(effective(servers[1].hba, servers[1].unknown_hba) ==
        Lines{{1, "host all all 10.0.0.0/8 md5", ""}});
}
