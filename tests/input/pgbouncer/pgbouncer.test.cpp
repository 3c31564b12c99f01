#include "input/pgbouncer/pgbouncer.hpp"

#include "support/catch.hpp"
#include "support/memory_files.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;

namespace {

Pooler pooler_of(const std::string& ini, const std::string& users = "") {
  return read_pgbouncer(
      "p/pgbouncer.ini",
      test::memory_files(
          {{"p/pgbouncer.ini", ini}, {"p/users.txt", users}, {"p/more.ini", "auth_type = trust"}}));
}

}  // namespace

TEST_CASE("databases of a pooler are read with their quotes", "[input][pgbouncer]") {
  const auto pooler = pooler_of(
      "; a comment\n[databases]\n"
      "shop = host=127.0.0.1 port=5432 dbname=shop user=app password='p w'\n"
      "  odd = user='o''neil'   dbname = 'x=y'\n"
      "* = host=db.example.org auth_user=asker\n");
  REQUIRE(pooler.databases.size() == 3);
  CHECK(pooler.databases[0] == PoolerDatabase{"shop", "127.0.0.1", "shop", "app", true, false, 3});
  CHECK(pooler.databases[1] == PoolerDatabase{"odd", "", "x=y", "o'neil", false, false, 4});
  CHECK(pooler.databases[2] == PoolerDatabase{"*", "db.example.org", "", "", false, true, 5});
  CHECK_FALSE(pooler.auth_user);
  CHECK(pooler.auth_type == "md5");
  CHECK(pooler.auth_line == 0);
}

TEST_CASE("settings of a pooler, its includes and its users are read", "[input][pgbouncer]") {
  const std::string scram = "SCRAM-SHA-256$4096:c2FsdA==$a:b";
  const auto pooler = pooler_of(
      "[pgbouncer]\nlisten_addr = *\nlisten_port=6433\n%include more.ini\n"
      "auth_file = users.txt\nclient_tls_sslmode = require\nunix_socket_dir =\n",
      "\"a\" \"" + scram + "\"\n\"b\" \"md5" + std::string(32, '0') +
          "\"\n\"c\"\"d\" \"plain\"\n\"e\" \"\"\n; not a user\n\"cut");
  CHECK(pooler.listen_addr == "*");
  CHECK(pooler.listen_port == "6433");
  CHECK(pooler.auth_type == "trust");
  CHECK(pooler.auth_line == 1);
  CHECK(pooler.client_tls_sslmode == "require");
  CHECK(pooler.unix_socket_dir.empty());
  CHECK(pooler.users == std::map<std::string, PoolerSecret>{{"a", PoolerSecret::scram_sha_256},
                                                            {"b", PoolerSecret::md5},
                                                            {"c\"d", PoolerSecret::plain},
                                                            {"e", PoolerSecret::none}});
  CHECK(pooler.users_unseen.empty());
}

TEST_CASE("the records of a pooler are read where they are in force", "[input][pgbouncer]") {
  const auto with = [](const std::string& type, const std::string& hba) {
    return read_pgbouncer("c", test::memory_files({{"c",
                                                    "[pgbouncer]\nauth_hba_file = h\n"
                                                    "auth_user = asker\nauth_type = " +
                                                        type},
                                                   {"h", hba}}));
  };
  const auto pooler = with("hba", "local all all peer\nnonsense\n");
  CHECK(pooler.auth_user);
  CHECK(pooler.hba_file == "h");
  CHECK(pooler.records.size() == 1);
  CHECK(pooler.passed_over == std::vector<std::string>{"h:2: unknown type `nonsense`"});
  CHECK(with("md5", "local all all peer\n").records.empty());
  const auto unset = pooler_of("[pgbouncer]\nauth_type = hba\n");
  CHECK(unset.passed_over.size() == 1);
  CHECK(unset.records_unseen.empty());
  CHECK(pooler_of("[pgbouncer]\nauth_type = hba\nauth_hba_file = x\n").records_unseen ==
        "p/x: no such file");
}

TEST_CASE("a pooler's users that cannot be read are unseen", "[input][pgbouncer]") {
  const auto pooler = pooler_of("[pgbouncer]\nauth_file = nowhere.txt\n");
  CHECK(pooler.users.empty());
  CHECK(pooler.users_unseen.starts_with("p/nowhere.txt: "));
}

TEST_CASE("a line that PgBouncer refuses is shown at its place", "[input][pgbouncer]") {
  struct Case {
    const char* text;
    std::size_t line, column;
    const char* message;
  };
  const auto c = GENERATE(values<Case>({
      {"[pgbouncer]\nauth_type = peer\n", 2, 13, "unknown auth_type `peer`"},
      {"[pgbouncer]\nauth_type = scram\n", 2, 13, "unknown auth_type `scram`"},
      {"[pgbouncer\n", 1, 1, "expected `]` at the end"},
      {"[database]\n", 1, 1, "unknown section `database`; did you mean `databases`?"},
      {"[pgbouncer]\n listen_addr\n", 2, 2, "expected `key = value`"},
      {"x = y\n", 1, 1, "stands before the first section"},
      {"[databases]\na = host='x\n", 2, 10, "the quote is not closed"},
      {"[databases]\na = host\n", 2, 5, "expected `key=value`"},
  }));
  CAPTURE(c.text);
  try {
    pooler_of(c.text);
    FAIL("it was read");
  } catch (const Error& e) {
    REQUIRE(e.diagnostic().at);
    CHECK(e.diagnostic().at->line == c.line);
    CHECK(e.diagnostic().at->column == c.column);
    CHECK(e.diagnostic().message == c.message);
  }
}
