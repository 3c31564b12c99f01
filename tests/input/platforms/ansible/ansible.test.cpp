// What roles and tasks of Ansible make of a server: its effective records, settings, statements.

#include "input/platforms/ansible/hba.hpp"
#include "support/catch.hpp"
#include "support/platform_lines.hpp"

using namespace pgleast;
using namespace pgleast::test;

TEST_CASE("variables of roles become the records that their templates write", "[platforms]") {
  struct Row {
    const char* text;
    Lines hba;
  };
  const Row rows[] = {
      {"postgresql_hba_entries:\n"
       "  - {type: local, database: all, user: postgres, auth_method: peer}\n"
       "  - type: host\n    database: shop\n    user: app\n    ip_address: 10.0.0.0\n"
       "    ip_mask: 255.0.0.0\n    auth_method: ldap\n    auth_options: ldapserver=a\n",
       {{2, "local all postgres peer", ""},
        {3, "host shop app 10.0.0.0 255.0.0.0 ldap ldapserver=a", ""}}},
      // The role's own entries, at the place of what only it has.
      {"x: 1\npostgresql_global_config_options: []\npostgresql_auth_method: scram-sha-256\n",
       {{2, "local all postgres peer", "default of geerlingguy.postgresql"},
        {2, "local all all peer", "default of geerlingguy.postgresql"},
        {2, "host all all 127.0.0.1/32 scram-sha-256", "default of geerlingguy.postgresql"},
        {2, "host all all ::1/128 scram-sha-256", "default of geerlingguy.postgresql"}}},
      // What is not known is no default.
      {"postgresql_hba_entries:\n"
       "  - {type: host, database: all, user: all, address: \"{{ net }}\", auth_method: md5}\n"
       "  - {type: host, database: all, user: all, auth_method: \"{{ x | default('peer') }}\"}\n",
       {{2, "? `address` of a record", ""}, {3, "host all all peer", ""}}},
      {"postgresql_version: 13\npostgresql_pg_hba_local_ipv6: false\npostgresql_pg_hba_conf:\n"
       "  - \"host all all 0.0.0.0/0 trust\"\n  - host a {{ user }} 10.0.0.0/8 md5\n",
       {{3, "local all postgres peer", "default of galaxyproject.postgresql"},
        {3, "local all all peer", "default of galaxyproject.postgresql"},
        {3, "host all all 127.0.0.1/32 md5", "default of galaxyproject.postgresql"},
        {4, "host all all 0.0.0.0/0 trust", ""},
        {5, "? a line of pg_hba.conf", ""}}},
      {"postgresql_pg_hba_trust_hosts: [10.0.0.0/8]\n"
       "postgresql_pg_hba_default:\n"
       "  - {type: local, database: all, user: all, address: '', method: peer}\n"
       "postgresql_pg_hba_custom:\n"
       "  - {type: hostssl, database: all, user: app, address: all, method: scram-sha-256}\n",
       {{3, "local all all peer", ""},
        {1, "host all all 10.0.0.0/8 trust", ""},
        {5, "hostssl all app all scram-sha-256", ""}}},
      {"postgresql_pg_hba:\n"
       "  - {type: \"{{ host_type }}\", database: all, user: all, address: 0.0.0.0/0, method: "
       "md5}\n",
       {{2, "hostssl all all 0.0.0.0/0 md5", ""},
        {1, "hostssl all all samehost scram-sha-256", "default of autobase"},
        {1, "hostssl replication replicator localhost trust", "default of autobase"},
        {1, "hostssl replication replicator samehost scram-sha-256", "default of autobase"}}},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(hba_of("group_vars/db.yml", row.text) == row.hba);
  }
}

TEST_CASE("tasks edit pg_hba.conf as their modules do", "[platforms]") {
  const std::string dest = "dest: /etc/postgresql/15/main/pg_hba.conf";
  struct Row {
    std::string text;
    Lines hba;
  };
  const Row rows[] = {
      // The more specific first, whatever the order of the tasks; what is left out is wide.
      {"- postgresql_pg_hba:\n    " + dest +
           "\n    overwrite: true\n    contype: host\n"
           "    source: 0.0.0.0/0\n    method: trust\n"
           "- community.postgresql.postgresql_pg_hba:\n    " +
           dest +
           "\n    contype: host\n"
           "    source: 10.0.0.0/8\n    users: b,a\n    databases: shop\n    method: "
           "scram-sha-256\n"
           "- postgresql_pg_hba: {contype: host, dest: /x/pg_hba.conf}\n"
           "- postgresql_pg_hba: {contype: local, dest: /x/pg_hba.conf, method: peer}\n",
       {{15, "local all all peer", ""},
        {14, "host all all samehost md5", ""},
        {8, "host shop a 10.0.0.0/8 scram-sha-256", ""},
        {8, "host shop b 10.0.0.0/8 scram-sha-256", ""},
        {2, "host all all 0.0.0.0/0 trust", ""}}},
      {"- postgresql_pg_hba:\n    " + dest +
           "\n    overwrite: true\n    sort_rules: false\n"
           "    rules_behavior: combine\n    contype: hostssl\n    method: cert\n    rules:\n"
           "      - {address: 0.0.0.0/0, method: reject}\n"
           "      - {source: 192.0.2.1, options: map=m clientcert=verify-full}\n"
           "- postgresql_pg_hba:\n    " +
           dest +
           "\n    sort_rules: false\n    contype: hostssl\n"
           "    address: 0.0.0.0/0\n    state: absent\n",
       {{10, "hostssl all all 192.0.2.1/32 cert clientcert=verify-full map=m", ""}}},
      {"- postgresql_pg_hba:\n    " + dest +
           "\n    overwrite: true\n    contype: host\n"
           "    source: \"{{ item.net }}\"\n    method: \"{{ item.m | default('md5') }}\"\n"
           "  loop:\n    - {net: 10.0.0.0/8}\n    - {net: \"{{ other }}\"}\n",
       {{9, "? a rule of postgresql_pg_hba", ""}}},
      // A line that is not the module's: with the package's file under it.
      {"- lineinfile:\n    " + dest +
           "\n    regexp: '^host\\s+all\\s+all\\s+127'\n"
           "    line: host all all 0.0.0.0/0 md5\n"
           "- blockinfile:\n    path: /etc/postgresql/15/main/pg_hba.conf\n    insertbefore: BOF\n"
           "    block: |\n      host shop app 10.0.0.0/8 md5\n      # x\n",
       {{9, "host shop app 10.0.0.0/8 md5", ""},
        {2, "local all postgres peer", "default of Debian's package"},
        {2, "local all all peer", "default of Debian's package"},
        {4, "host all all 0.0.0.0/0 md5", ""},
        {2, "host all all ::1/128 scram-sha-256", "default of Debian's package"},
        {2, "local replication all peer", "default of Debian's package"},
        {2, "host replication all 127.0.0.1/32 scram-sha-256", "default of Debian's package"},
        {2, "host replication all ::1/128 scram-sha-256", "default of Debian's package"}}},
      {"- copy:\n    " + dest +
           "\n    content: |\n      local all all peer\n      host {{ x }} a\n",
       {{4, "local all all peer", ""}, {5, "? a line of a template", ""}}},
      {"- hosts: db\n  vars: {net: 10.0.0.0/8}\n  tasks:\n    - block:\n"
       "        - ansible.builtin.copy:\n            " +
           dest +
           "\n"
           "            content: host all all {{ net }} md5\n",
       {{7, "host all all 10.0.0.0/8 md5", ""}}},
      {"- hosts: db\n  roles:\n    - role: geerlingguy.postgresql\n      vars:\n"
       "        postgresql_hba_entries:\n"
       "          - {type: local, database: all, user: all, auth_method: trust}\n",
       {{6, "local all all trust", ""}}},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(hba_of("tasks/main.yml", row.text) == row.hba);
  }
}

TEST_CASE("modules and lists of users become statements", "[platforms]") {
  struct Row {
    const char* text;
    Lines statements;
  };
  const Row rows[] = {
      {"- postgresql_user: {name: app, password: \"{{ vault }}\", role_attr_flags: "
       "'CREATEDB,NOLOGIN'}\n"
       "- postgresql_user: name=app password=\"x y\" state=present\n"
       "- postgresql_user: {name: old, state: absent}\n"
       "- postgresql_user: {name: app, priv: 'CONNECT/orders:SELECT,INSERT', db: shop}\n",
       {{1, "CREATE USER \"app\" CREATEDB NOLOGIN PASSWORD 'not shown'", ""},
        {2, "ALTER USER \"app\" PASSWORD 'not shown'", ""},
        {3, "DROP ROLE IF EXISTS \"old\"", ""},
        {4, "GRANT CONNECT ON DATABASE \"shop\" TO \"app\"", ""},
        {4, "\\connect \"dbname='shop'\"", ""},
        {4, "GRANT SELECT,INSERT ON TABLE \"orders\" TO \"app\"", ""}}},
      {"- postgresql_privs:\n    db: shop\n    privs: select,update\n    objs: a,b\n    roles: "
       "PUBLIC,app\n"
       "    grant_option: true\n",
       {{2, "\\connect \"dbname='shop'\"", ""},
        {2,
         "GRANT SELECT, UPDATE ON TABLE \"public\".\"a\", \"public\".\"b\" TO PUBLIC, \"app\" WITH "
         "GRANT OPTION",
         ""}}},
      {"- postgresql_privs: {login_db: shop, type: schema, privs: CREATE, objs: s, role: app, "
       "state: absent}\n"
       "- postgresql_privs: {db: shop, type: function, privs: EXECUTE, objs: 'f(int:text)', "
       "schema: s, roles: a}\n"
       "- postgresql_privs: {db: shop, privs: ALL, objs: ALL_IN_SCHEMA, schema: s, roles: a}\n"
       "- postgresql_privs: {db: shop, type: group, objs: g, roles: a}\n"
       "- postgresql_privs: {db: shop, type: default_privs, objs: TABLES, privs: SELECT, roles: a, "
       "target_roles: o}\n"
       "- postgresql_privs: {db: shop, type: database, privs: ALL, roles: a}\n",
       {{1, "\\connect \"dbname='shop'\"", ""},
        {1, "REVOKE CREATE ON SCHEMA \"s\" FROM \"app\"", ""},
        {2, "GRANT EXECUTE ON FUNCTION \"s\".\"f\"(int,text) TO \"a\"", ""},
        {3, "GRANT ALL ON ALL TABLES IN SCHEMA \"s\" TO \"a\"", ""},
        {4, "GRANT \"g\" TO \"a\"", ""},
        {5,
         "ALTER DEFAULT PRIVILEGES FOR ROLE \"o\" IN SCHEMA \"public\" REVOKE ALL ON TABLES FROM "
         "\"a\"",
         ""},
        {5,
         "ALTER DEFAULT PRIVILEGES FOR ROLE \"o\" IN SCHEMA \"public\" GRANT SELECT ON TABLES TO "
         "\"a\"",
         ""},
        {6, "GRANT ALL ON DATABASE \"shop\" TO \"a\"", ""}}},
      {"- postgresql_membership: {groups: [a, b], target_roles: c}\n"
       "- postgresql_owner: {obj_name: s.t, obj_type: table, new_owner: app}\n"
       "- postgresql_db: {name: shop, owner: app}\n"
       "- postgresql_user: {name: \"{{ who }}\"}\n",
       {{1, "GRANT \"a\", \"b\" TO \"c\"", ""},
        {2, "ALTER TABLE \"s\".\"t\" OWNER TO \"app\"", ""},
        {3, "CREATE DATABASE \"shop\" OWNER \"app\"", ""},
        {4, "? a user", ""}}},
      {"postgresql_objects_users: [{name: a, role_attr_flags: SUPERUSER}]\n"
       "postgresql_objects_groups:\n  - {name: g, users: [{name: a}]}\n",
       {{1, "CREATE USER \"a\" SUPERUSER", ""},
        {3, "CREATE USER \"g\"", ""},
        {3, "GRANT \"g\" TO \"a\"", ""}}},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(statements_of("tasks/main.yml", row.text) == row.statements);
  }
}

TEST_CASE("settings are those of the role's list, of lines and of ALTER SYSTEM", "[platforms]") {
  struct Row {
    const char* text;
    Lines conf;
  };
  const Row rows[] = {
      {"postgresql_global_config_options:\n  - {option: ssl, value: 'on'}\n"
       "  - {option: password_encryption, value: \"{{ x }}\"}\n",
       {{2, "ssl = 'on'", ""}, {3, "? the value of password_encryption", ""}}},
      // A file of lines is written on top of what the package leaves.
      {"- lineinfile: {path: /etc/postgresql/15/main/pg_hba.conf, line: x}\n",
       {{1, "ssl = on", "default of Debian's package"}}},
      {"- lineinfile: {path: \"{{ data }}/pg_hba.conf\", line: x}\n",
       {{1, "? the package decides on ssl", ""}}},
      {"postgresql_conf:\n  - listen_addresses: \"'*'\"\n  - ssl: off\n",
       {{2, "listen_addresses = '*'", ""}, {3, "ssl = off", ""}}},
      {"- postgresql_set: {name: ssl, value: 'off'}\n"
       "- lineinfile: {path: /etc/postgresql/15/main/postgresql.conf, line: \"ssl = on\"}\n",
       {{2, "ssl = on", ""}, {1, "ssl = 'off'", ""}}},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(conf_of("tasks/main.yml", row.text) == row.conf);
  }
}

TEST_CASE("a pattern matches as Python's does, or is not known", "[platforms]") {
  struct Row {
    const char* pattern;
    const char* text;
    std::optional<bool> matches;
  };
  const Row rows[] = {
      {"^host\\s+all", "host    all  x", true},
      {"^host\\s+all", " host all", false},
      {"peer$", "local all peer", true},
      {"peer$", "local peer all", false},
      {"a.*b*c", "xa  c", true},
      {"ab+c", "ac", false},
      {"ab?c", "ac", true},
      {"(a|b)", "a", std::nullopt},
      {"127\\.0", "127x0", false},
      {"", "", true},
      {"a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
  };
  for (const auto& row : rows) {
    INFO(row.pattern << " in " << row.text);
    CHECK(matches_pattern(row.pattern, row.text) == row.matches);
  }
}
