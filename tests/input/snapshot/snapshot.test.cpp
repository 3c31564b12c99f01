#include "input/snapshot/snapshot.hpp"

#include "input/config/hba.hpp"
#include "input/config/ident.hpp"
#include "input/pgbouncer/pgbouncer.hpp"
#include "model/fresh_cluster.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;

namespace {

Cluster some_cluster() {
  Cluster cluster;
  cluster.version_num = 150018;
  cluster.name = "odd \"name\"\n";
  Role role;
  role.name = "bytes \xff\xfe";
  cluster.roles = {role};
  cluster.memberships = {{RoleId{0}, RoleId{0}, no_role, true, false, true}};
  Object database;
  database.kind = ObjectKind::database;
  database.owner = RoleId{0};
  database.detail = 0;
  database.name = "\x01mark";
  cluster.databases = {{true, false, 5, true}};
  AclPool pool(cluster);
  database.acl = pool.intern_text("{=c/\"bytes \xff\xfe\"}");
  Object table;
  table.database = ObjectId{0};
  table.owner = RoleId{0};
  table.detail = 0;
  table.name = "t";
  cluster.relations = {{}};
  auto language = table;
  language.kind = ObjectKind::language;
  auto server = table;
  server.kind = ObjectKind::foreign_server;
  auto function = table;
  function.kind = ObjectKind::function;
  cluster.functions = {{}};
  auto schema = table;
  schema.kind = ObjectKind::schema;
  cluster.objects = {database, table, language, server, function, schema};
  const Code code{{{ObjectId{1}, PrivilegeSet(Privilege::select) | Privilege::insert, true}},
                  {{ObjectId{5}, "s.+(integer,integer)", no_role, true}},
                  {"app.tenant"},
                  NameLookup{true, false, true, true, false},
                  {{Given::To::sql, 1, no_object, 0}, {Given::To::argument, 0, ObjectId{4}, 2}},
                  "EXECUTE",
                  true,
                  true};
  cluster.languages = {{true}};
  cluster.foreign_servers = {{no_object, {"host=h"}}};
  cluster.row_policies = {
      {ObjectId{1}, "p", 'r', false, {public_role}, "true", {}, true, false, code}};
  cluster.inheritances = {{ObjectId{1}, ObjectId{1}, true}};
  cluster.foreign_keys = {
      {ObjectId{1}, "k", ObjectId{1}, 'c', 'n', {"a"}, {"b"}, false, true, code}};
  cluster.unique_keys = {{ObjectId{1}, {"b"}, {"integer"}}};
  cluster.bodies = {{ObjectId{4}, code, PrivilegeSet(Privilege::insert)}};
  cluster.attachments = {
      {Attachment::Kind::index, ObjectId{1}, "i", Privilege::truncate, false, code}};
  cluster.event_triggers = {{ObjectId{0}, "e", "login", RoleId{0}, ObjectId{4}, false}};
  cluster.user_mappings = {{ObjectId{3}, public_role, true, "u", true, false}};
  cluster.extensions = {{ObjectId{0}, "hstore", "1.4", no_object, RoleId{0}}};
  cluster.trusted_extensions = {"hstore"};
  cluster.subscriptions = {{ObjectId{0}, "s", RoleId{0}, false, false, false, {ObjectId{1}}}};
  cluster.default_acls = {{ObjectId{0}, RoleId{0}, no_object, 'r', AclId{0}}};
  cluster.settings = {{"ssl", "on", "default", "", 0}};
  cluster.unseen[Fact::passwords] = {"why", "remedy"};
  cluster.hidden_settings = {"hidden", "grant"};
  cluster.remarks = {{"text", "--hba", RemarkKind::text_of_hba},
                     {"text", "--ident", RemarkKind::text_of_ident},
                     {"other", ""}};
  cluster.hba = read_hba("h", test::memory_files({{"h", "host all all 10.0.0.0/8 md5\nbad\n"}}),
                         cluster.version_num, cluster.files);
  for (auto& problem : cluster.hba.problems) problem.diagnostic.excerpt.clear();
  cluster.ident =
      read_ident("i", test::memory_files({{"i", "m /^(.*)$ \\1\nm root \"all\"\nbad\n"}}),
                 cluster.version_num, cluster.files);
  for (auto& problem : cluster.ident.problems) problem.diagnostic.excerpt.clear();
  cluster.poolers = {read_pgbouncer(
      "p",
      test::memory_files({{"p",
                           "[databases]\n* = user=a password=secret\n[pgbouncer]\nauth_type=hba\n"
                           "auth_file=u\nauth_hba_file=r\nauth_ident_file=m\n"},
                          {"u", "\"a\" \"secret\"\n\"b\" \"\"\n"},
                          {"r", "host all,sameuser b ::1/128 md5\nlocal all all peer map=m\nbad\n"},
                          {"m", "m root all\n"}}))};
  cluster.setting_problems = {{"ports", "1", "c", 3, "unknown setting `ports`"}};
  return cluster;
}

}  // namespace

TEST_CASE("a snapshot is read back as it was", "[input][snapshot]") {
  const auto cluster = some_cluster();
  const auto text = write_snapshot(cluster);
  CHECK(read_snapshot(Source("s", text)) == cluster);
  CHECK(write_snapshot(read_snapshot(Source("s", text))) == text);
  CHECK(text.find("secret\"") == std::string::npos);
}

TEST_CASE("a snapshot of before pg_ident.conf was read is read, and the map is unseen",
          "[input][snapshot]") {
  auto cluster = some_cluster();
  cluster.ident = {};
  auto text = write_snapshot(cluster);
  const auto at = text.find("\"ident\"");
  REQUIRE(at != std::string::npos);
  text.replace(at, 7, "\"older\"");
  const auto read = read_snapshot(Source("s", text));
  CHECK_FALSE(read.seen(Fact::ident));
  cluster.unseen[Fact::ident] = read.unseen.at(Fact::ident);
  CHECK(read == cluster);
}

TEST_CASE("a remark of no kind that is known is one of the others", "[input][snapshot]") {
  auto cluster = some_cluster();
  auto text = write_snapshot(cluster);
  const auto replace = [&](const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  };
  replace("\"kind\": \"text_of_hba\"", "\"older\": 1");
  replace("\"text_of_ident\"", "\"of later\"");
  for (auto& remark : cluster.remarks) remark.kind = RemarkKind::other;
  CHECK(read_snapshot(Source("s", text)) == cluster);
}

TEST_CASE("a snapshot of before code was read is read, and the code is unseen",
          "[input][snapshot]") {
  auto text = write_snapshot(some_cluster());
  const auto replace = [&](const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  };
  replace("\"bodies\"", "\"older\"");
  const auto read = read_snapshot(Source("s", text));
  CHECK_FALSE(read.seen(Fact::code));
  CHECK(read.bodies.empty());
  CHECK(read.language(read.objects[2]).trusted == false);
  CHECK(read.foreign_server(read.objects[3]).options.empty());
}

TEST_CASE("a snapshot of before names were told apart is read, and what code looks up is not known",
          "[input][snapshot]") {
  auto cluster = some_cluster();
  auto text = write_snapshot(cluster);
  const auto at = text.find("\"looks_up\": [", text.find("\"bodies\""));
  REQUIRE(at != std::string::npos);
  text.replace(at + 1, 8, "names");
  const auto read = read_snapshot(Source("s", text));
  REQUIRE(read.bodies.size() == 1);
  CHECK_FALSE(read.bodies[0].code.names);
  CHECK(read.bodies[0].code.given.empty());
  CHECK(read.bodies[0].code.uses == cluster.bodies[0].code.uses);
}

TEST_CASE("a snapshot that is cut off anywhere is refused", "[input][snapshot]") {
  const auto text = write_snapshot(some_cluster());
  for (std::size_t size = 0; size + 2 < text.size(); size += 7) {
    CAPTURE(size);
    CHECK_THROWS_AS(read_snapshot(Source("s", text.substr(0, size))), Error);
  }
}

TEST_CASE("numbers that lead nowhere are refused", "[input][snapshot]") {
  struct Case {
    const char* from;
    const char* to;
  };
  const auto c = GENERATE(values<Case>({
      {"\"owner\": 0", "\"owner\": 7"},
      {"\"detail\": 0", "\"detail\": 3"},
      {"\"member\": 0", "\"member\": 9"},
      {"\"creator\": 0", "\"creator\": 2"},
      {"\"acl\": 0", "\"acl\": 77"},
      {"\"of\": 4", "\"of\": 6"},
      {"\"child\": 1", "\"child\": 0"},
      {"\"function\": 4", "\"function\": 1"},
      {"\"server\": 3", "\"server\": 2"},
      {"\"on\": 16", "\"on\": 99999"},
      {"\"kind\": 0", "\"kind\": 99"},
      {"\"version_num\": 150018", "\"version_num\": 3"},
      {"\"version_num\": 150018", "\"version_num\": 1e999"},
  }));
  auto text = write_snapshot(some_cluster());
  const auto at = text.find(c.from);
  CAPTURE(c.from);
  REQUIRE(at != std::string::npos);
  text.replace(at, std::string(c.from).size(), c.to);
  CHECK_THROWS_AS(read_snapshot(Source("s", text)), Error);
}

TEST_CASE("no secret is in a snapshot", "[input][snapshot]") {
  Cluster cluster;
  cluster.hba = read_hba("h",
                         test::memory_files({{"h",
                                              "host all all all ldap ldapserver=l ldapbasedn=x "
                                              "ldapbindpasswd=hunter2\n"}}),
                         cluster.version_num, cluster.files);
  cluster.files.push_back({ConfigKind::conf, "c", "primary_conninfo = 'password=hunter2'\n"});
  cluster.settings = {
      {"primary_conninfo", "host=a password=hunter2", "configuration file", "c", 1}};
  CHECK(write_snapshot(cluster).find("hunter2") == std::string::npos);
}

TEST_CASE("that nothing was made in any database yet is kept, and is no matter of words",
          "[input][snapshot]") {
  auto cluster = fresh_cluster(180000);
  const auto read = [&] { return read_snapshot(Source("s.json", write_snapshot(cluster))); };
  CHECK(read() == cluster);
  CHECK(is_untouched(read()));
  cluster.unseen[Fact::objects].kind = UnseenKind::other;
  CHECK(read() == cluster);
  CHECK(!is_untouched(read()));
}
