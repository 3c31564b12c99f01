// A server that answers with too little, with nonsense or not at all: one message, in time.
// PGLEAST_BAD_ANSWERS=all damages each of its answers in each way, not a sample of them.

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "audit/audit.hpp"
#include "input/server/server_reader.hpp"
#include "policy/loader.hpp"
#include "support/catch.hpp"
#include "support/damaging_proxy.hpp"
#include "support/server.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;
using pgleast::test::Damage;
using pgleast::test::DamagingProxy;
using pgleast::test::LiveServer;

namespace {

int port_of(const LiveServer& server) { return std::stoi(server.ask("postgres", "SHOW port")); }

LiveOptions through(const DamagingProxy& proxy, const LiveServer& server) {
  LiveOptions options;
  options.conninfo = "host=127.0.0.1 port=" + std::to_string(proxy.port()) + " user='" +
                     server.superuser() + "' dbname=postgres sslmode=disable gssencmode=disable";
  options.all_databases = true;
  return options;
}

// Empty: it was read, and judged.
std::string outcome(const LiveOptions& options, const Auditor* auditor) {
  try {
    const auto cluster = read_live(options);
    if (auditor != nullptr) auditor->audit(cluster);
    return "";
  } catch (const Error& e) {
    return e.diagnostic().message;
  }
}

}  // namespace

TEST_CASE("a server that answers too little or nonsense ends in a message", "[live][bad]") {
  LiveServer server;
  server.sql("postgres",
             "CREATE ROLE app LOGIN; CREATE TABLE t (i int); GRANT SELECT ON t TO app;"
             "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (i > 0);"
             "CREATE VIEW v AS SELECT i FROM t; CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;"
             "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';");
  DamagingProxy proxy(server.folder(), port_of(server));
  const auto options = through(proxy, server);
  const Auditor auditor(load_policy({"baseline"}), "2026-01-01");
  proxy.damage(Damage::none, 0);
  REQUIRE(outcome(options, &auditor).empty());
  const int answers = proxy.answers();
  const bool all = std::getenv("PGLEAST_BAD_ANSWERS") != nullptr;
  std::size_t done = 0, messages = 0;
  for (const auto damage :
       {Damage::no_rows, Damage::one_column, Damage::nulls, Damage::garbage, Damage::end}) {
    for (int at = 1 + static_cast<int>(damage); at <= answers; at += all ? 1 : 11) {
      CAPTURE(static_cast<int>(damage), at);
      proxy.damage(damage, at);
      const auto said = outcome(options, all ? &auditor : nullptr);
      CHECK(said.find('\n') == std::string::npos);
      ++done;
      messages += said.empty() ? 0U : 1U;
    }
  }
  std::cout << "bad answers: " << answers << " answers, " << done << " damaged, " << messages
            << " messages\n";
}

TEST_CASE("a server that stops answering is given up", "[live][bad]") {
  LiveServer server;
  DamagingProxy proxy(server.folder(), port_of(server));
  auto options = through(proxy, server);
  options.timeout = std::chrono::seconds(2);
  for (const int at : {1, 30}) {
    proxy.damage(Damage::silence, at);
    const auto begun = std::chrono::steady_clock::now();
    const auto said = outcome(options, nullptr);
    CAPTURE(said, at);
    CHECK(said.find("it did not answer within 2 seconds; --timeout allows it more") !=
          std::string::npos);
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(60));
  }
}
