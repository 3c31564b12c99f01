// Many rows come in parts, while the server is asked the next questions; and the access lists of
// relations are asked for in two ways, by whether they are shared.

#include "input/server/answers.hpp"

#include <fmt/format.h>

#include "input/server/server_reader.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

// More columns than are in one part.
constexpr const char* tables =
    "DO $$ BEGIN"
    "  FOR i IN 1..900 LOOP"
    "    EXECUTE format('CREATE TABLE t%s (a int, b int, c int, d int, e int)', i);"
    "    EXECUTE format('GRANT SELECT ON t%s TO %I', i, 'role ' || {0});"
    "    EXECUTE format('GRANT UPDATE ON t%s TO %I', i, 'role ' || {1});"
    "  END LOOP; "
    "END $$;"
    "GRANT INSERT (b, d) ON t7 TO PUBLIC;"  // their rows are now behind all others
    "ALTER TABLE t8 DROP b, ADD f int;";

// "t1 {...} a,b,c,d,e" of each table, as the server has it.
std::string told(const LiveServer& server, const std::string& database) {
  return server.ask(
      database,
      "SELECT string_agg(concat_ws(' ', relname, relacl, (SELECT string_agg(attname ||"
      " coalesce(attacl::text, ''), ',' ORDER BY attnum) FROM pg_attribute"
      " WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped)), E'\\n' ORDER BY relname"
      " COLLATE \"C\") FROM pg_class c WHERE relkind = 'r' AND oid >= 16384");
}

std::string read(const LiveServer& server, const std::string& database) {
  const auto cluster = read_live({server.dsn(database), {}, false});
  const auto text = [&](AclId id) {
    return id == null_acl
               ? ""
               : to_string(cluster.acls[index(id)], [&](RoleId r) { return cluster.role_name(r); });
  };
  std::string result;
  for (const auto& o : cluster.objects) {
    if (o.kind != ObjectKind::table || o.oid < first_oid_of_users) continue;
    std::string columns;
    for (const auto& c : cluster.relation(o).columns) {
      columns += (columns.empty() ? "" : ",") + c.name + text(c.acl);
    }
    result += fmt::format("{}{} {} {}", result.empty() ? "" : "\n", o.name, text(o.acl), columns);
  }
  return result;
}

std::string failure(Answers& answers) {
  try {
    answers.each([](const Row&) {});
  } catch (const Error& e) {
    return e.diagnostic().message;
  }
  return "";
}

}  // namespace

TEST_CASE("relations, lists and columns are read whether lists are shared or not",
          "[live][answers]") {
  LiveServer server;
  server.sql("postgres",
             "DO $$ BEGIN FOR i IN 0..99 LOOP EXECUTE format('CREATE ROLE %I', 'role ' || i);"
             " END LOOP; END $$; CREATE DATABASE shared; CREATE DATABASE own;");
  server.sql("shared", fmt::format(tables, "i % 3", "50 + i % 3"));
  server.sql("own", fmt::format(tables, "i % 45", "50 + i / 20"));
  for (const std::string database : {"shared", "own"}) {
    CAPTURE(database);
    CHECK(read(server, database) == told(server, database));
  }
}

TEST_CASE("answers come in parts and in their order, errors in their place", "[live][answers]") {
  LiveServer server;
  Session session(server.dsn());
  const Answers::Asked many{"many rows", "SELECT i FROM generate_series(1, 100000) AS i"};
  const Answers::Asked none{"no row", "SELECT 1 WHERE false"};
  const Answers::Asked odd{"odd rows", "SELECT 1 / (9000 - i) FROM generate_series(1, 9000) AS i"};
  { const Answers left_alone(session, {many, many}); }
  CHECK(session.ask("SELECT 1", "a number").size() == 1);

  Answers answers(session, {many, none, many, odd});
  for (const auto expected : {100000, 0, 100000}) {
    int count = 0;
    bool in_order = true;
    answers.each([&](const Row& r) { in_order = in_order && r[0] == std::to_string(++count); });
    CHECK(count == expected);
    CHECK(in_order);
  }
  CHECK(failure(answers) == "the server refused to show odd rows: division by zero");
}
