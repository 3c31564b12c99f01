// The shop of samples/mystore on a real server: what its README files say is true.

#include <stdlib.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "support/catch.hpp"
#include "support/server.hpp"
#include "text/files.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;
using pgleast::test::Ran;
using pgleast::test::run;
using pgleast::test::shell_quoted;

namespace {

using Json = nlohmann::json;

const std::string top = PGLEAST_SOURCE_DIR;
const char* const policy = " --policy samples/mystore/hardened/policy.yaml ";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

// The insecure shop trusts everybody, so its server gets a network of its own where that can be.
class Isolation {
 public:
  explicit Isolation(bool wanted) {
    if (wanted) setenv("PGLEAST_ISOLATE", "1", 1);
  }
  ~Isolation() { unsetenv("PGLEAST_ISOLATE"); }
  Isolation(const Isolation&) = delete;
  Isolation& operator=(const Isolation&) = delete;
};

// Everything runs in the server's folder and as its user, because `peer` asks who that is.
class Shop {
 public:
  explicit Shop(bool isolated) : isolation_(isolated) {
    run("mkdir " + server.folder() + "/build && cp \"$PGLEAST_BINARY\" " + server.folder() +
        "/build/pgleast && cp -R " + shell_quoted(top + "/samples") + " " +
        shell_quoted(top + "/tests/support/readme.sh") + " " + server.folder() +
        " && chown -R --reference=" + server.data() + " " + server.folder() + "/build " +
        server.folder() + "/samples");
    server.sql("postgres", "CREATE DATABASE mystore");
  }

  Ran shell(const std::string& command) const {
    // HOME: libpq looks there for certificates, and root's is closed.
    return run("cd " + server.folder() + " && HOME=$PWD NO_COLOR=1 " +
               shell_quoted(top + "/tests/support/server.sh") + " as_server sh -c " +
               shell_quoted(command));
  }

  std::string must(const std::string& command, int code = 0) const {
    const auto ran = shell(command);
    INFO(command << "\n" << ran.out);
    REQUIRE(ran.code == code);
    return ran.out;
  }

  std::string psql(const std::string& arguments) const {
    return must("psql -X -q -At -v ON_ERROR_STOP=1 -d " + shell_quoted(server.dsn("mystore")) +
                " " + arguments);
  }

  std::string pgleast(const std::string& arguments, int code = 0) const {
    return must("build/pgleast " + arguments, code);
  }

  std::string live() const { return " --dsn " + shell_quoted(server.dsn("mystore")) + " "; }

  Json audit(int code) const {
    return Json::parse(pgleast("audit --format json" + live() + policy, code));
  }

  // The sample's files in place of those of initdb. They name the superuser `postgres`.
  void configure(const std::string& world) const {
    for (const char* const name : {"/pg_hba.conf", "/postgresql.conf"}) {
      auto text = read_file(top + "/samples/mystore/" + world + name);
      if (server.superuser() != "postgres") {
        text = replaced(text, " postgres ", " " + server.superuser() + " ");
      }
      server.write(server.data() + name, text);
    }
  }

  void make_certificate() const {
    must(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "
        "subjectAltName=DNS:localhost -keyout data/server.key -out data/server.crt 2>/dev/null && "
        "chmod 600 data/server.key");
  }

  void set_passwords() const {
    for (const char* const role : {"analyst", "api_service", "app_user", "db_admin"}) {
      psql("-c " + shell_quoted(std::string("ALTER ROLE ") + role + " PASSWORD 'tea'"));
    }
  }

 private:
  Isolation isolation_;

 public:
  LiveServer server;
};

using Found = std::set<std::string>;  // `rule kind name`

Found found_in(const Json& report) {
  Found result;
  for (const auto& f : report.at("findings")) {
    const auto& subject = f.at("subject");
    result.insert(f.at("rule").get<std::string>() + '\t' + subject.at("kind").get<std::string>() +
                  '\t' + subject.at("name").get<std::string>());
  }
  return result;
}

// It could not be isolated, so it was started with an address on its command line.
bool listens_as_configured(const LiveServer& server) {
  return std::ifstream(server.folder() + "/isolated").good();
}

// tests/data/mystore-findings.txt for this server.
Found expected_findings(const LiveServer& server) {
  Found result;
  std::ifstream file(top + "/tests/data/mystore-findings.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (line.ends_with("\t-15")) {
      if (server.major() > 15) continue;
      line.resize(line.size() - 4);
    }
    result.insert(replaced(line.substr(line.find('\t') + 1), "{superuser}", server.superuser()));
  }
  if (!listens_as_configured(server)) result.erase("NET-001\tsetting\tlisten_addresses");
  return result;
}

void check_same(const Found& found, const Found& expected) {
  for (const auto& f : found) {
    if (!expected.contains(f)) UNSCOPED_INFO("not expected: " << f);
  }
  for (const auto& e : expected) {
    if (!found.contains(e)) UNSCOPED_INFO("not found: " << e);
  }
  CHECK(found == expected);
}

// Those examples of README.md whose command matches, with what they print, on this server. They
// were taken from PostgreSQL 15 with the superuser `postgres`.
void check_readme(const Shop& shop, const std::string& commands) {
  const auto& server = shop.server;
  if (server.major() != 15 || server.superuser() != "postgres") return;
  if (!listens_as_configured(server)) return;
  const auto version = server.ask("mystore", "SHOW server_version");
  auto text = replaced(read_file(top + "/README.md"), "/srv/pg/", server.folder() + "/");
  text = replaced(text, "PostgreSQL 15.18", "PostgreSQL " + version.substr(0, version.find(' ')));
  server.write(server.folder() + "/README.md", text);
  shop.must("PGHOST=$PWD PGUSER=postgres PGPORT=" + server.ask("mystore", "SHOW port") +
            " PATH=$PWD/build:$PATH sh readme.sh README.md " + shell_quoted(commands));
}

void check_clean(const Json& report) {
  CHECK(found_in(report) == Found{});
  // Of the server's other databases.
  REQUIRE(report.at("remarks").size() == 1);
  CHECK(report.at("remarks")[0].at("why").get<std::string>().starts_with("ROL-002 holds as far"));
  for (const auto& v : report.at("verdicts")) {
    INFO(v.dump());
    CHECK(v.at("verdict") == "holds");
    CHECK(v.at("why").is_null());
  }
}

struct Row {
  const char* role;
  bool logs_in, reads, writes, deletes, drops;
};

// The table of samples/mystore/README.md.
constexpr Row table[] = {
    {"readonly_group", false, true, false, false, false},
    {"analyst", true, true, false, false, false},
    {"api_service", true, true, true, false, false},
    {"readwrite_group", false, true, true, true, false},
    {"app_user", true, true, true, true, false},
    {"db_admin", true, true, true, true, true},
};

struct Attempt {
  std::string table, statement;
  bool allowed = false;
  int rows = -1;  // that it returns or changes when it is allowed; -1: not looked at
};

std::vector<Attempt> attempts_of(const Row& row) {
  const std::string dora = "login = 'dora'", kettle = "name = 'kettle'";
  return {
      {"customers", "SELECT * FROM customers", row.reads, 4},
      {"products", "SELECT * FROM products", row.reads, 4},
      {"orders", "SELECT * FROM orders", row.reads, 4},  // and one that is sealed
      {"customers", "INSERT INTO customers (login, name, email) VALUES ('e', 'e', 'e')", row.writes,
       1},
      {"products", "INSERT INTO products (name, price) VALUES ('mug', 5)", row.writes, 1},
      {"orders", "INSERT INTO orders (customer_id, product_id) VALUES (1, 1)", row.writes, 1},
      {"customers", "UPDATE customers SET email = 'x' WHERE " + dora, row.writes, 1},
      {"products", "UPDATE products SET price = 40 WHERE " + kettle, row.writes, 1},
      {"orders", "UPDATE orders SET status = 'x'", row.writes, 4},
      {"customers", "DELETE FROM customers WHERE " + dora, row.deletes, 1},
      {"products", "DELETE FROM products WHERE " + kettle, row.deletes, 1},
      {"orders", "DELETE FROM orders", row.deletes, 4},
      {"customers", "DROP TABLE customers CASCADE", row.drops, -1},
      {"products", "DROP TABLE products CASCADE", row.drops, -1},
      {"orders", "DROP TABLE orders", row.drops, -1},
  };
}

// One session of the role; each attempt in a transaction that is rolled back.
void check_row(const Shop& shop, const Row& row) {
  const auto attempts = attempts_of(row);
  std::string script = row.logs_in ? "" : "SET ROLE " + std::string(row.role) + ";\n";
  for (const auto& a : attempts) {
    script += "BEGIN;\n\\o /dev/null\n" + a.statement +
              ";\n\\o\n\\echo :SQLSTATE :ROW_COUNT\nROLLBACK;\n";
  }
  shop.server.write(shop.server.folder() + "/attempts.sql", script);
  const auto dsn = shop.server.dsn("mystore", row.logs_in ? row.role : "");
  std::istringstream answers(shop.must("PGPASSWORD=tea psql -X -q -w -d " + shell_quoted(dsn) +
                                       " -f attempts.sql 2>/dev/null"));
  for (const auto& a : attempts) {
    std::string state;
    int rows = 0;
    answers >> state >> rows;
    INFO(row.role << ": " << a.statement << " -> " << state << ", " << rows << " rows");
    CHECK(state == (a.allowed ? "00000" : "42501"));
    if (a.allowed && a.rows >= 0) CHECK(rows == a.rows);
  }
}

void check_table(const Shop& shop) {
  for (const auto& row : table) check_row(shop, row);
}

}  // namespace

TEST_CASE("the insecure shop: every planted fault is found, fixed, and undone", "[live][sample]") {
  const Shop shop(true);
  shop.configure("insecure");
  shop.server.restart();
  shop.psql("-f samples/mystore/insecure/schema.sql");
  const auto before = shop.audit(1);
  check_same(found_in(before), expected_findings(shop.server));

  const auto access = [&] { return shop.pgleast("access --format csv" + shop.live()); };
  const auto access_before = access();
  shop.pgleast("fix --prove --accept all --output-dir fixes" + shop.live() + policy);
  CHECK(shop.audit(1) == before);
  CHECK(access() == access_before);
  check_readme(shop, "audit --dsn dbname=mystore |^pgleast fix|mystore[.]snapshot|^pgleast reach");

  shop.psql("-f fixes/fix.sql");
  check_readme(shop, "^pgleast (access|graph)");
  const auto access_fixed = access();
  CHECK(access_fixed != access_before);
  shop.psql("-f fixes/fix.sql");
  CHECK(access() == access_fixed);
  shop.psql("-f fixes/undo.sql");
  CHECK(access() == access_before);
  check_same(found_in(shop.audit(1)), expected_findings(shop.server));

  shop.psql("-f fixes/fix.sql");
  shop.must("cp fixes/pg_hba.conf fixes/postgresql.conf data/");
  shop.make_certificate();
  shop.server.restart();
  shop.set_passwords();
  const auto after = shop.audit(0);
  check_clean(after);
  shop.pgleast("snapshot -o shop.snapshot" + shop.live());
  CHECK(shop.pgleast("audit --format json --snapshot shop.snapshot" + std::string(policy)) ==
        shop.pgleast("audit --format json" + shop.live() + policy));
  check_table(shop);
}

TEST_CASE("the hardened shop is clean, and everyone does their work", "[live][sample]") {
  const Shop shop(false);
  const std::string files = "samples/mystore/hardened/";
  shop.psql("-f " + files + "roles.sql");
  shop.psql("-f " + files + "schema.sql");
  shop.psql("-f " + files + "roles.sql");
  const auto access = [&] { return shop.pgleast("access --system --format csv" + shop.live()); };
  const auto access_before = access();
  shop.psql("-f " + files + "roles.sql");
  CHECK(access() == access_before);

  shop.configure("hardened");
  shop.make_certificate();
  shop.server.restart();
  shop.set_passwords();
  check_clean(shop.audit(0));
  check_table(shop);

  // A login over TLS, and one that no record names.
  const auto over_network = [&](const std::string& user) {
    return shop.shell(
        "PGPASSWORD=tea psql -X -At -w -d " +
        shell_quoted(shop.server.dsn("mystore", user) + " host=127.0.0.1 sslmode=require") +
        " -c 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'");
  };
  CHECK(over_network("app_user").out == "t\n");
  CHECK(over_network("analyst").code == 2);
}
