// Databases of all encodings, with names that are not valid in theirs or have no equivalent.

#include <algorithm>
#include <iostream>

#include "input/server/server_reader.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

struct Case {
  std::string encoding;
  std::string name;      // its bytes in that database
  std::string expected;  // as it is read
};

// 19 knows no MULE_INTERNAL any more.
std::vector<Case> cases_of(int major) {
  std::vector<Case> cases{
      {"SQL_ASCII", "t\xff\xfe", "t\xff\xfe"},
      {"UTF8", "t\xc3\xa9", "t\xc3\xa9"},
      {"LATIN1", "t\xe9", "t\xc3\xa9"},
      {"WIN1252", "t\x81", "t\x81"},         // no equivalent: as it is stored
      {"EUC_JP", "t\xa9\xa1", "t\xa9\xa1"},  // no equivalent
      {"EUC_KR", "t\xb0\xa1", "t\xea\xb0\x80"},
      {"MULE_INTERNAL", "t\x81\xe9", "t\x81\xe9"},  // UTF-8 knows nothing of it
      {"LATIN2", "t\xb1", "t\xc4\x85"},
  };
  if (major >= 19)
    std::erase_if(cases, [](const Case& c) { return c.encoding == "MULE_INTERNAL"; });
  return cases;
}

}  // namespace

TEST_CASE("databases of all encodings are read", "[live][encodings]") {
  LiveServer server("-c fsync=off");
  const auto cases = cases_of(server.major());
  for (const auto& c : cases) {
    server.sql("postgres", "CREATE DATABASE \"in_" + c.encoding + "\" ENCODING '" + c.encoding +
                               "' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
    server.sql("in_" + c.encoding, "SET client_encoding = '" + c.encoding + "'; CREATE TABLE \"" +
                                       c.name + "\" (i int);");
  }
  std::size_t names = 0;
  const auto check = [&](const Cluster& cluster, const Case& c) {
    CAPTURE(c.encoding);
    CHECK(std::any_of(cluster.objects.begin(), cluster.objects.end(), [&](const Object& o) {
      return o.kind == ObjectKind::table && o.name == c.expected && o.database != no_object &&
             cluster.object(o.database).name == "in_" + c.encoding;
    }));
    ++names;
  };
  const auto cluster = read_live({server.dsn(), {}, true});
  CHECK(!cluster.unread_databases);
  for (const auto& c : cases) check(cluster, c);
  for (const auto& c : cases) check(read_live({server.dsn("in_" + c.encoding), {}, false}), c);
  const auto ran = test::pgleast("audit --all-databases --fail-on never --verbose --dsn " +
                                 test::shell_quoted(server.dsn()));
  CHECK(ran.code == 0);
  std::cout << "encodings: " << cases.size() << " databases, " << names << " names\n";
}
