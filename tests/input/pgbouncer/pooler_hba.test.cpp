#include "input/pgbouncer/pooler_hba.hpp"

#include "support/catch.hpp"
#include "support/memory_files.hpp"

using namespace pgleast;

namespace {

Pooler pooler_with(const std::string& hba) {
  Pooler pooler;
  read_pooler_hba("p/hba", test::memory_files({{"p/hba", hba}, {"p/names", "a,\"b c\"\nall\n"}}),
                  pooler);
  return pooler;
}

}  // namespace

// PgBouncer 1.18 and its hba.c.
TEST_CASE("records of a pooler's hba file are read in its own dialect", "[input][pgbouncer]") {
  const auto pooler = pooler_with(
      "# a comment\n"
      "hostssl shop,\"odd \"\"db  app#x\n"
      "hostssl shop,\"odd \"\"db\"\"\"  app 10.0.0.0/8 scram-sha-256 # why\n"
      "local all sameuser peer map=os\n"
      "host all @names ::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff password\n"
      "host all \"all\" all ldap ldapserver=x y z\n");
  REQUIRE(pooler.records.size() == 4);
  CHECK(pooler.passed_over == std::vector<std::string>{"p/hba:2: a quote is not closed"});
  const auto& first = pooler.records[0];
  CHECK(first.type == ConnectionType::hostssl);
  CHECK(first.databases == PoolerNames{false, false, {"shop", "odd \"db\""}});
  CHECK(first.users == PoolerNames{false, false, {"app"}});
  CHECK(to_string(first.address) == "10.0.0.0/8");
  CHECK(first.method == "scram-sha-256");
  CHECK(first.line == 3);
  CHECK(pooler.records[1].databases == PoolerNames{true, false, {}});
  CHECK(pooler.records[1].users == PoolerNames{false, true, {}});
  CHECK(pooler.records[1].map == "os");
  CHECK(pooler.records[2].users == PoolerNames{true, false, {"a", "b c"}});
  CHECK(to_string(pooler.records[2].address) == "::1/128");
  CHECK(pooler.records[3].users.names == std::vector<std::string>{"all"});
  CHECK(pooler.records[3].address.kind == AddressKind::all);
}

TEST_CASE("a line that PgBouncer leaves out is named, and the rest is in force",
          "[input][pgbouncer]") {
  struct Case {
    const char* line;
    const char* why;
  };
  const auto c = GENERATE(values<Case>({
      {"hostgssenc all all all md5", "unknown type `hostgssenc`"},
      {"host samerole all all md5", "`samerole` is not supported"},
      {"host all +staff all md5", "`+staff` is not supported"},
      {"host all @nowhere all md5", "p/nowhere: no such file"},
      {"host all a, 10.0.0.0/8 md5", "`md5` is no address"},
      {"host all all samenet md5", "`samenet` is no address"},
      {"host all all db.example.org md5", "`db.example.org` is no address"},
      {"host all all 10.0.0.0/33 md5", "the mask is no number of bits"},
      {"host all all 10.0.0.0/x md5", "the mask is no number of bits"},
      {"host all all 10.0.0.0 md5", "the mask is missing"},
      {"host all all 10.0.0.1/8 trust", "10.0.0.1/8 has bits outside its mask: it takes nobody"},
      {"host all all \"all\" md5", "the address is missing"},
      {"host all all all any", "unsupported method `any`"},
      {"host all all all md5 map=m", "unsupported parameters `map=m`"},
      {"local all", "a name is missing"},
  }));
  CAPTURE(c.line);
  const auto pooler = pooler_with(std::string("local all all trust\n") + c.line + "\n");
  CHECK(pooler.records.size() == 1);
  REQUIRE(pooler.passed_over.size() == 1);
  CHECK(pooler.passed_over.front() == std::string("p/hba:2: ") + c.why);
}

TEST_CASE("a pooler's map is read by its simple lines", "[input][pgbouncer]") {
  Pooler pooler;
  read_pooler_ident("m", test::memory_files({{"m", "os root all\n# x\nos \"a b\" app\nos root\n"}}),
                    pooler);
  CHECK(pooler.mappings == std::vector<PoolerMapping>{{"os", "root", "all"}, {"os", "a b", "app"}});
  CHECK(pooler.passed_over ==
        std::vector<std::string>{"m:4: expected a map, a name outside and a user"});
}

TEST_CASE("replication is read as PgBouncer 1.23 and newer do", "[input][pgbouncer]") {
  const auto pooler = pooler_with(
      "host replication all all md5\n"
      "host all,replication app all md5\n"
      "host \"replication\" all all md5\n"
      "host all replication all md5\n");
  REQUIRE(pooler.records.size() == 4);
  CHECK(pooler.passed_over.empty());
  CHECK(pooler.records[0].replication);
  CHECK(pooler.records[0].databases == PoolerNames{});
  CHECK(pooler.records[1].replication);
  CHECK(pooler.records[1].databases == PoolerNames{true, false, {}});
  CHECK_FALSE(pooler.records[2].replication);
  CHECK(pooler.records[2].databases == PoolerNames{false, false, {"replication"}});
  CHECK_FALSE(pooler.records[3].replication);
  CHECK(pooler.records[3].users == PoolerNames{});
}
