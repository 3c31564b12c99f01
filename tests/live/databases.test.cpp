// Several databases of one server: read, audited and fixed together.

#include <set>

#include "audit/audit.hpp"
#include "fix/script.hpp"
#include "input/server/server_reader.hpp"
#include "policy/loader.hpp"
#include "support/catch.hpp"
#include "support/run_as_told.hpp"
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

// For a connection string: what stands between its quotes.
std::string escaped(const std::string& name) {
  std::string result;
  for (const char c : name)
    result += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string{c};
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

TEST_CASE("each database has its own file, and the head of each says the order",
          "[live][databases][fix]") {
  LiveServer server;
  std::vector<std::string> names{
      "a b; rm",       "a=b",      "it's $(touch owned) \\", "postgres://x:1", "-f",
      "`touch owned`", "DATABASE", "host='nowhere'",         "caf\u00e9"};
  names.push_back(test::shared_name(server.major(), "odd\n\\! touch owned"));
  server.sql("postgres", "CREATE ROLE boss LOGIN SUPERUSER; CREATE ROLE app LOGIN;");
  const auto with_grants = [&] {
    std::size_t count = 0;
    for (const auto& name : names) {
      const auto dsn = escaped(name);
      count += server.ask(dsn, "SELECT has_table_privilege('app', 't', 'SELECT')") == "t" ? 1U : 0U;
    }
    return count;
  };
  for (const auto& name : names) {
    server.sql("postgres", "CREATE DATABASE \"" + name + "\" TEMPLATE template0 ENCODING 'UTF8'");
    server.sql(escaped(name), "CREATE TABLE public.t (i int); GRANT SELECT ON public.t TO PUBLIC;");
  }
  const auto folder = server.folder() + "/fixes";
  const auto ran = test::pgleast("fix --all-databases --accept all --output-dir " + folder +
                                 " --dsn " + test::shell_quoted(server.dsn()));
  CAPTURE(ran.out);
  CHECK(ran.out.find("\nrun these as a superuser, in this order:\n  psql -v ON_ERROR_STOP=1 -d "
                     "postgres -f " +
                     folder + "/fix.sql\n") != std::string::npos);
  const auto is_super = [&] {
    return server.ask("postgres", "SELECT rolsuper FROM pg_roles WHERE rolname = 'boss'");
  };
  for (int i = 0; i < 2; ++i) {
    const auto fixed = test::run_as_told(server, folder, i == 0 ? "fix.sql" : "fix-1--f.sql");
    CAPTURE(fixed.out);
    CHECK(fixed.code == 0);
    CHECK(with_grants() == 0);
    CHECK(is_super() == "f");
  }
  const auto undone = test::run_as_told(server, folder, "undo.sql");
  CAPTURE(undone.out);
  CHECK(undone.code == 0);
  CHECK(with_grants() == names.size());
  CHECK(is_super() == "t");
  CHECK(test::run("ls " + folder + "/owned").code != 0);
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
