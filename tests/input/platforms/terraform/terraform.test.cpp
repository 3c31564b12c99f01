// HCL, and what resources of Terraform make of a server.

#include "input/platforms/terraform/hcl.hpp"
#include "support/catch.hpp"
#include "support/platform_lines.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

// As JSON, a text in quotes only where it is a literal.
std::string shown(const YamlNode& node) {
  std::string result;
  if (node.is(YamlNode::Kind::null)) return "null";
  if (node.is(YamlNode::Kind::scalar)) return node.quoted ? '"' + node.text + '"' : node.text;
  for (const auto& item : node.items) result += (result.empty() ? "" : ", ") + shown(item);
  if (node.is(YamlNode::Kind::sequence)) return '[' + result + ']';
  for (const auto& entry : node.entries) {
    result += (result.empty() ? "" : ", ") + entry.first.text + ": " + shown(entry.second);
  }
  return '{' + result + '}';
}

const std::string aws =
    "resource \"aws_db_instance\" \"main\" {\n"                      // 1
    "  engine                 = \"postgres\"\n"                      // 2
    "  engine_version         = \"14.9\"\n"                          // 3
    "  username               = \"boss\"\n"                          // 4
    "  password               = \"s3cret\"\n"                        // 5
    "  publicly_accessible    = true\n"                              // 6
    "  parameter_group_name   = aws_db_parameter_group.main.name\n"  // 7
    "  vpc_security_group_ids = [aws_security_group.db.id]\n"        // 8
    "}\n"                                                            // 9
    "resource \"aws_security_group\" \"db\" {\n"                     // 10
    "  ingress {\n    from_port = 5432\n    to_port = 5432\n"        // 11
    "    cidr_blocks = [local.office, \"0.0.0.0/0\"]\n  }\n"         // 14
    "  ingress {\n    from_port = 22\n    to_port = 22\n"            // 16
    "    cidr_blocks = [\"198.51.100.0/24\"]\n  }\n"                 // 19
    "}\n"                                                            // 21
    "locals { office = \"192.0.2.0/24\" }\n";                        // 22

std::string parameters(const std::string& blocks) {
  return aws + "resource \"aws_db_parameter_group\" \"main\" {\n" + blocks + "}\n";
}

}  // namespace

TEST_CASE("HCL is a tree of blocks and attributes", "[platforms]") {
  struct Row {
    const char* text;
    const char* tree;
  };
  const Row rows[] = {
      {"a = 1 # x\nb = \"t\" // y\nc = /* z */ true", "{a: 1, b: \"t\", c: true}"},
      {"resource \"t\" \"n\" {\n x = null\n}\nresource t m {}",
       "{resource: {t: {n: {x: null}, m: {}}}}"},
      {"x {\n a = [1, \"b\",]\n}\nx { c = { d = 1, \"e\": f.g } }",
       "{x: [{a: [1, \"b\"]}, {c: {d: 1, e: f.g}}]}"},
      {"a = \"${b.c[\"d\"]}x\"\nd = \"q\\\"\\n\"", "{a: \"${b.c[\"d\"]}x\", d: \"q\"\n\"}"},
      {"a = <<E\nx\n y\nE\nb = <<-E\n  z\n  E\n", "{a: \"x\n y\n\", b: \"z\n\"}"},
      {"a = cond ? \"b\" : c(1,\n 2)\nd = [for x in y : x]",
       "{a: cond ? \"b\" : c(1,\n 2), d: [for x in y : x]}"},
      {"a = toset([\"x\"])\nb = [1][0]", "{a: [\"x\"], b: [1][0]}"},
      {"a = \"open\nb = 2", "{a: \"open\", b: 2}"},
      {"} ] ) = \"\n{ a b c", "{}"},
      {"a = {\n b = [\n", "{a: {b: []}}"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(shown(read_hcl(Source("a.tf", row.text))) == row.tree);
  }
}

TEST_CASE("HCL of any depth and size is read", "[platforms]") {
  for (const char* const piece :
       {"[", "{", "a{", "a=[", "a={b=", "\"${", "<<", "a = f(", "toset("}) {
    std::string text;
    while (text.size() < 200'000) text += piece;
    INFO(piece);
    CHECK(read_hcl(Source("a.tf", "x = " + text)).entries.size() <= 1);
    read_hcl(Source("a.tf", text));
  }
}

TEST_CASE("resources of the provider postgresql become its statements", "[platforms]") {
  struct Row {
    const char* text;
    Lines statements;
  };
  const Row rows[] = {
      {"resource \"postgresql_grant\" \"g\" {\n  database = postgresql_database.shop.name\n"
       "  role = \"public\"\n  schema = \"public\"\n  object_type = \"table\"\n"
       "  objects = [\"t\"]\n  privileges = [\"SELECT\", \"INSERT\"]\n  with_grant_option = "
       "false\n}\n"
       "resource \"postgresql_role\" \"app\" {\n  name = \"app\"\n  login = true\n"
       "  password = var.password\n  roles = [\"${postgresql_role.group.name}\"]\n}\n"
       "resource \"postgresql_role\" \"group\" {\n  name = \"read\"\n  superuser = true\n  inherit "
       "= false\n}\n"
       "resource \"postgresql_database\" \"shop\" {\n  name = \"shop\"\n  owner = "
       "postgresql_role.app.name\n}\n",
       {{10, "CREATE ROLE \"app\" LOGIN PASSWORD 'not shown'", ""},
        {16, "CREATE ROLE \"read\" SUPERUSER NOINHERIT", ""},
        {10, "GRANT \"read\" TO \"app\"", ""},
        {21, "CREATE DATABASE \"shop\" OWNER \"app\"", ""},
        {1, "\\connect \"dbname='shop'\"", ""},
        {1, "REVOKE SELECT, INSERT ON TABLE \"public\".\"t\" FROM PUBLIC", ""},
        {1, "GRANT SELECT, INSERT ON TABLE \"public\".\"t\" TO PUBLIC", ""}}},
      {"resource \"postgresql_role\" \"r\" {\n  for_each = local.all\n  name = "
       "each.key\n}\n"
       "resource \"postgresql_role\" \"s\" {\n  for_each = { c = true }\n  name = "
       "\"x_${each.key}\"\n  login = each.value\n}\n"
       "locals { all = toset([\"a\", \"b\"]) }\n",
       {{1, "CREATE ROLE \"a\"", ""},
        {1, "CREATE ROLE \"b\"", ""},
        {5, "CREATE ROLE \"x_c\" LOGIN", ""}}},
      {"resource \"postgresql_role\" \"r\" {\n  name = var.who\n}\n"
       "resource \"postgresql_role\" \"s\" {\n  name = \"s\"\n  superuser = var.is_super\n}\n"
       "variable \"is_super\" { default = true }\n",
       {{1, "? a role", ""},
        {1, "? the groups of a role", ""},
        {4, "CREATE ROLE \"s\" SUPERUSER", ""}}},
      {"resource \"postgresql_grant\" \"g\" {\n  database = \"d\"\n  role = \"public\"\n  schema = "
       "\"public\"\n"
       "  object_type = \"schema\"\n  privileges = []\n}\n"
       "resource \"postgresql_default_privileges\" \"p\" {\n  database = \"d\"\n  role = \"r\"\n  "
       "owner = \"o\"\n"
       "  schema = \"s\"\n  object_type = \"table\"\n  privileges = [\"SELECT\"]\n}\n"
       "resource \"postgresql_grant_role\" \"m\" {\n  role = \"a\"\n  grant_role = \"b\"\n  "
       "with_admin_option = true\n}\n"
       "resource \"postgresql_schema\" \"s\" {\n  name = \"s\"\n  policy {\n    usage = true\n    "
       "create_with_grant = true\n  }\n}\n",
       {{16, "GRANT \"b\" TO \"a\" WITH ADMIN OPTION", ""},
        {21, "CREATE SCHEMA IF NOT EXISTS \"s\"", ""},
        {21, "GRANT CREATE ON SCHEMA \"s\" TO PUBLIC WITH GRANT OPTION", ""},
        {21, "GRANT USAGE ON SCHEMA \"s\" TO PUBLIC", ""},
        {1, "\\connect \"dbname='d'\"", ""},
        {1, "REVOKE ALL PRIVILEGES ON SCHEMA \"public\" FROM PUBLIC", ""},
        {8,
         "ALTER DEFAULT PRIVILEGES FOR ROLE \"o\" IN SCHEMA \"s\" REVOKE ALL ON TABLES FROM \"r\"",
         ""},
        {8,
         "ALTER DEFAULT PRIVILEGES FOR ROLE \"o\" IN SCHEMA \"s\" GRANT SELECT ON TABLES TO \"r\"",
         ""}}},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(statements_of("infra/roles.tf", row.text) == row.statements);
  }
}

TEST_CASE("networks of managed servers become their records", "[platforms]") {
  struct Row {
    std::string text;
    Lines hba;
  };
  const std::string google =
      "resource \"google_sql_database_instance\" \"db\" {\n  database_version = \"POSTGRES_15\"\n"
      "  settings {\n    ip_configuration {\n";
  const std::string azure =
      "resource \"azurerm_postgresql_flexible_server\" \"db\" {\n  version = \"16\"\n"
      "  administrator_login = \"psql\"\n}\n";
  const Row rows[] = {
      {aws,
       {{14, "host all all 192.0.2.0/24 scram-sha-256", ""},
        {14, "host all all 0.0.0.0/0 scram-sha-256", ""}}},
      {parameters("  parameter {\n    name = \"rds.force_ssl\"\n    value = 1\n  }\n"),
       {{14, "hostssl all all 192.0.2.0/24 scram-sha-256", ""},
        {14, "hostssl all all 0.0.0.0/0 scram-sha-256", ""}}},
      {"resource \"aws_rds_cluster\" \"c\" {\n  engine = \"aurora-postgresql\"\n  engine_version = "
       "\"17.4\"\n"
       "  vpc_security_group_ids = [aws_security_group.s.id]\n}\n"
       "resource \"aws_security_group\" \"s\" {}\n"
       "resource \"aws_security_group_rule\" \"r\" {\n  type = \"ingress\"\n  from_port = 0\n  "
       "to_port = 65535\n"
       "  protocol = \"tcp\"\n  cidr_blocks = [\"0.0.0.0/0\"]\n  security_group_id = "
       "aws_security_group.s.id\n}\n"
       "resource \"aws_vpc_security_group_ingress_rule\" \"r\" {\n  ip_protocol = \"-1\"\n"
       "  cidr_ipv4 = var.net\n  security_group_id = aws_security_group.s.id\n}\n",
       {{12, "hostssl all all 10.0.0.0/8 scram-sha-256", ""},
        {12, "hostssl all all 172.16.0.0/12 scram-sha-256", ""},
        {12, "hostssl all all 192.168.0.0/16 scram-sha-256", ""},
        {17, "? a network", ""}}},
      {"resource \"aws_db_instance\" \"a\" {\n  engine = \"postgres\"\n  engine_version = \"16\"\n"
       "  vpc_security_group_ids = [module.sg.id]\n}\n",
       {{4, "? the rules of a security group", ""}}},
      {google + "      authorized_networks { value = \"0.0.0.0/0\" }\n    }\n  }\n}\n",
       {{5, "host all all 0.0.0.0/0 scram-sha-256", ""}}},
      {google + "      ssl_mode = \"ENCRYPTED_ONLY\"\n      authorized_networks {\n        value = "
                "\"192.0.2.1\"\n      }\n    }\n  }\n}\n",
       {{7, "hostssl all all 192.0.2.1/32 scram-sha-256", ""}}},
      {google + "      ipv4_enabled = false\n      require_ssl = true\n      private_network = "
                "google_compute_network.n.id\n    }\n  }\n}\n",
       {{7, "hostssl all all samenet scram-sha-256 clientcert=verify-ca", ""}}},
      {azure, {{1, "host all all all reject", "default of Azure"}}},
      {azure + "resource \"azurerm_postgresql_flexible_server_firewall_rule\" \"f\" {\n"
               "  server_id = azurerm_postgresql_flexible_server.db.id\n"
               "  start_ip_address = \"192.0.2.4\"\n  end_ip_address = \"192.0.2.6\"\n}\n"
               "resource \"azurerm_postgresql_flexible_server_firewall_rule\" \"z\" {\n"
               "  server_id = azurerm_postgresql_flexible_server.db.id\n"
               "  start_ip_address = \"0.0.0.0\"\n  end_ip_address = \"0.0.0.0\"\n}\n"
               "resource \"azurerm_postgresql_flexible_server_configuration\" \"c\" {\n"
               "  server_id = azurerm_postgresql_flexible_server.db.id\n"
               "  name = \"require_secure_transport\"\n  value = \"OFF\"\n}\n",
       {{7, "host all all 192.0.2.4/31 scram-sha-256", ""},
        {7, "host all all 192.0.2.6/32 scram-sha-256", ""},
        {12, "host all all 0.0.0.0/0 scram-sha-256", ""}}},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(hba_of("infra/main.tf", row.text) == row.hba);
  }
}

TEST_CASE("parameters and flags are settings of the server", "[platforms]") {
  struct Row {
    std::string text;
    Lines conf;
  };
  const Row rows[] = {
      {parameters(
           "  parameter {\n    name = \"rds.force_ssl\"\n    value = \"0\"\n  }\n"
           "  parameter {\n    name = \"log_connections\"\n    value = \"1\"\n  }\n"
           "  parameter {\n    name = \"password_encryption\"\n    value = var.method\n  }\n"),
       {{1, "ssl = on", "default of Amazon RDS"},
        {26, "rds.force_ssl = '0'", ""},
        {30, "log_connections = '1'", ""},
        {34, "? the value of password_encryption", ""}}},
      {"module \"db\" {\n  source = \"terraform-aws-modules/rds/aws\"\n  engine = \"postgres\"\n"
       "  parameters = [\n    { name = \"log_connections\", value = 1 },\n  ]\n}\n",
       {{1, "ssl = on", "default of Amazon RDS"}, {5, "log_connections = '1'", ""}}},
      {"resource \"google_sql_database_instance\" \"db\" {\n  database_version = \"POSTGRES_15\"\n"
       "  settings {\n    database_flags {\n      name = \"log_statement\"\n      value = "
       "\"all\"\n    }\n  }\n}\n",
       {{1, "ssl = on", "default of Cloud SQL"}, {6, "log_statement = 'all'", ""}}},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(conf_of("infra/main.tf", row.text) == row.conf);
  }
}

TEST_CASE("a plan says what the files do, with references filled in", "[platforms]") {
  const std::string plan =
      "{\"format_version\": \"1.2\", \"terraform_version\": \"1.9.0\", \"planned_values\": "
      "{\"root_module\": {\n"
      "\"resources\": [\n"
      "{\"type\": \"aws_db_instance\", \"name\": \"a\", \"values\": {\"engine\": \"postgres\",\n"
      "  \"engine_version\": \"16.1\", \"publicly_accessible\": true, \"username\": \"boss\"}},\n"
      "{\"type\": \"aws_security_group\", \"name\": \"s\", \"values\": {\"ingress\": [\n"
      "  {\"from_port\": 5432, \"to_port\": 5432, \"protocol\": \"tcp\",\n"
      "   \"cidr_blocks\": [\"203.0.113.0/24\"], \"self\": false}]}}],\n"
      "\"child_modules\": [{\"resources\": [\n"
      "{\"type\": \"postgresql_role\", \"name\": \"r\", \"values\": {\"name\": \"r\", \"login\": "
      "true}}]}]}},\n"
      "\"configuration\": {\"root_module\": {\"resources\": [{\"type\": \"aws_db_instance\", "
      "\"name\": \"a\",\n"
      "  \"expressions\": {\"vpc_security_group_ids\": {\"references\": "
      "[\"aws_security_group.s.id\"]}}}]}}}\n";
  const auto servers = servers_in({{"plan.json", plan}});
  REQUIRE(servers.size() == 1);
  CHECK(servers[0].name == "terraform/aws_db_instance.a");
  CHECK(servers[0].major == 16);
  CHECK(effective(servers[0].hba, servers[0].unknown_hba) ==
        Lines{{7, "hostssl all all 203.0.113.0/24 scram-sha-256", ""}});
  CHECK(effective(servers[0].statements, {}) ==
        Lines{{3, "CREATE ROLE \"rds_superuser\"", ""},
              {4, "CREATE ROLE \"boss\" LOGIN CREATEDB CREATEROLE PASSWORD 'not shown'", ""},
              {4, "GRANT \"rds_superuser\" TO \"boss\"", ""},
              {9, "CREATE ROLE \"r\" LOGIN", ""}});
}

TEST_CASE("files of one folder are read together", "[platforms]") {
  const auto servers = servers_in(
      {{"infra/a.tf", "resource \"postgresql_role\" \"r\" {\n  name = var.name\n}\n"},
       {"infra/db.tf", "resource \"azurerm_postgresql_flexible_server\" \"x\" { version = 15 }\n"},
       {"infra/vars.tf", "variable \"name\" { default = \"postgres_b\" }\n"},
       {"infra/terraform.tfvars", "name = \"c\"\n"},
       {"other/roles.tf", "resource \"postgresql_role\" \"r\" {\n  name = \"o\"\n}\n"}});
  REQUIRE(servers.size() == 2);
  CHECK(servers[0].name == "terraform/azurerm_postgresql_flexible_server.x");
  CHECK(servers[0].statements.back().text == "CREATE ROLE \"c\"");
  CHECK(servers[1].name == "terraform/other");
}
