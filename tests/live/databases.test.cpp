// Several databases of one server: read, audited and fixed together.

#include <set>

#include "audit/audit.hpp"
#include "fix/script.hpp"
#include "input/server/server_reader.hpp"
#include "policy/loader.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

std::set<std::string> broken(const Audit& audit, const std::string& rule) {
  std::set<std::string> result;
  for (const auto& f : sorted_findings(audit)) {
    if (f.rule == rule) result.insert(f.subject.database + ": " + f.subject.name);
  }
  return result;
}

}  // namespace

TEST_CASE("all databases are audited and fixed, whatever their names", "[live][databases]") {
  LiveServer server;
  const auto odd = test::shared_name(server.major(), "odd \"\" name\n\\! touch /tmp/pgleast-owned");
  server.sql("postgres", "CREATE DATABASE \"" + odd + "\";");
  server.sql("postgres", "CREATE DATABASE plain; CREATE DATABASE closed ALLOW_CONNECTIONS false;");
  server.sql("plain", "CREATE TABLE public.t (i int); GRANT SELECT ON public.t TO PUBLIC;");
  server.sql("postgres", "CREATE TABLE public.u (i int); GRANT INSERT ON public.u TO PUBLIC;");
  const auto read = [&] { return read_live({server.dsn("plain"), {}, true}); };
  const auto cluster = read();
  CHECK(cluster.name == "plain");

  const Auditor auditor(load_policy({"baseline"}), "2026-01-01");
  CHECK(broken(auditor.audit(cluster), "ACL-001") ==
        std::set<std::string>{"plain: public.t", "postgres: public.u"});
  const auto plan = make_plan(cluster, auditor, accepted_kinds({"all"}));
  server.write(server.folder() + "/fix.sql", fix_script(plan, cluster));
  server.write(server.folder() + "/undo.sql", undo_script(plan, cluster));
  const auto fixed = server.psql_file("plain", server.folder() + "/fix.sql");
  CAPTURE(fixed.out);
  CHECK(fixed.code == 0);
  CHECK(broken(auditor.audit(read()), "ACL-001").empty());
  CHECK(broken(auditor.audit(read()), "ACL-002").empty());
  CHECK(server.psql_file("plain", server.folder() + "/undo.sql").code == 0);
  CHECK(broken(auditor.audit(read()), "ACL-001").size() == 2);
  CHECK(test::run("test -e /tmp/pgleast-owned").code != 0);
}

TEST_CASE("what lies in a database that cannot be read is unseen", "[live][databases]") {
  LiveServer server;
  server.sql("postgres", "CREATE ROLE ro LOGIN; CREATE DATABASE walled;");
  server.sql("walled", "REVOKE CONNECT ON DATABASE walled FROM PUBLIC;");
  const Auditor auditor(load_policy({"baseline"}), "2026-01-01");
  const auto cluster = read_live({server.dsn("postgres", "ro"), {}, true});
  std::size_t rules = 0;
  for (const auto& j : auditor.audit(cluster).judgements) {
    if (j.rule != "ACL-001" && j.rule != "FUN-001" && j.rule != "RLS-001") continue;
    ++rules;
    CHECK(j.verdict.kind == Verdict::Kind::unseen);
    CHECK(j.verdict.remedy == "GRANT CONNECT ON DATABASE \"walled\" TO \"ro\"");
  }
  CHECK(rules == 3);
  CHECK_THROWS_AS(read_live({server.dsn("postgres", "ro"), {"postgres", "walled"}, false}), Error);
}

TEST_CASE("a database that was asked for must be there", "[live][databases]") {
  LiveServer server;
  CHECK_THROWS_AS(read_live({server.dsn("postgres"), {"postgres", "nowhere"}, false}), Error);
}
