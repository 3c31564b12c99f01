// What a role without rights sees is unseen, never clean; with the grants that pgleast names
// it sees what a superuser sees.

#include <map>

#include "audit/audit.hpp"
#include "input/server/server_reader.hpp"
#include "policy/loader.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

std::map<std::string, Verdict> verdicts(const LiveServer& server, const std::string& user) {
  static const Auditor auditor(load_policy({"baseline"}), "2026-01-01");
  std::map<std::string, Verdict> result;
  const auto cluster = read_live({server.dsn("postgres", user), {}, false});
  for (auto& j : auditor.audit(cluster).judgements) result.emplace(j.rule, std::move(j.verdict));
  return result;
}

}  // namespace

TEST_CASE("rights that a role lacks make rules unseen", "[live][rights]") {
  LiveServer server("-c listen_addresses=localhost -c log_connections=on");
  server.sql("postgres",
             "CREATE ROLE audit_ro LOGIN; CREATE ROLE app LOGIN PASSWORD 'x'; "
             "CREATE TABLE public.t (i int); GRANT SELECT ON public.t TO PUBLIC;");
  const auto all = verdicts(server, "");
  const auto blind = verdicts(server, "audit_ro");
  REQUIRE(all.size() == blind.size());
  std::size_t unseen_rules = 0;
  for (const auto& [rule, verdict] : blind) {
    CAPTURE(rule, verdict.why);
    CHECK(all.at(rule).kind != Verdict::Kind::unseen);
    if (verdict.kind == Verdict::Kind::unseen) {
      ++unseen_rules;
      CHECK_FALSE(verdict.remedy.empty());
    } else {
      CHECK(verdict.kind == all.at(rule).kind);
      CHECK(verdict.findings.size() == all.at(rule).findings.size());
    }
  }
  CHECK(unseen_rules >= 11);  // the records, the passwords

  // The grants that were named, one after the other.
  server.sql("postgres",
             "GRANT SELECT ON pg_catalog.pg_authid TO audit_ro;"
             "GRANT pg_read_all_settings TO audit_ro;"
             "GRANT SELECT ON pg_catalog.pg_hba_file_rules TO audit_ro;"
             "GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO audit_ro;");
  std::string remedy;
  for (const auto& [rule, verdict] : verdicts(server, "audit_ro")) {
    CAPTURE(rule, verdict.why);
    if (rule == "SET-006") {  // the records are shown without the files, this needs them
      CHECK(verdict.kind == Verdict::Kind::unseen);
      remedy = verdict.remedy.substr(0, verdict.remedy.rfind("; or give the file"));
      continue;
    }
    CHECK(verdict.kind == all.at(rule).kind);
    CHECK(verdict.findings.size() == all.at(rule).findings.size());
  }
  server.sql("postgres", remedy);
  CHECK(verdicts(server, "audit_ro").at("SET-006").kind == Verdict::Kind::holds);
}
