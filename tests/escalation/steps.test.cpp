// Every kind of step with no server: the scripts of the attacks are replayed, and what is told of
// them is compared with tests/data/escalation-steps.txt, whole (PGLEAST_ACCEPT=1 writes it anew).
// That it is true, live tests say.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include "escalation/attacks.hpp"
#include "fix/config_edit.hpp"
#include "fix/statement.hpp"
#include "support/catch.hpp"
#include "support/script_cluster.hpp"
#include "text/files.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

// As the server of the live tests is started.
const char* const command_line =
    "wal_level = logical\narchive_mode = on\nautovacuum = off\nsession_preload_libraries = ''\n"
    "primary_conninfo = 'host=elsewhere password=gained'\n";
const char* const steps_file = PGLEAST_SOURCE_DIR "/tests/data/escalation-steps.txt";

const char* const records =
    "\nlocal all all trust\nhost all all 127.0.0.1/32 trust\nlocal replication all trust\n"
    "host replication all 127.0.0.1/32 trust\n";

std::string filled_in(const char* text) {
  std::string result = text == nullptr ? "" : text;
  const std::pair<const char*, const char*> places[] = {{"{r}", ""},
                                                        {"{db}", "shop"},
                                                        {"{data}", "/d"},
                                                        {"{folder}", "/d"},
                                                        {"{super}", "postgres"},
                                                        {"{os}", "deploy"},
                                                        {"{port}", "5432"},
                                                        {"{where}", "host=/d port=5432"}};
  for (const auto& [place, by] : places) result = replaced(std::move(result), place, by);
  return result;
}

Cluster world(int major, const char* setup, const char* hba, const char* ident) {
  auto cluster = script_cluster(
      {.sql = "CREATE DATABASE shop;\n\\connect shop\n" + std::string(touch_database) +
              "REVOKE CREATE ON SCHEMA public FROM PUBLIC;" + filled_in(setup),
       .hba = filled_in(hba) + records,
       .ident = filled_in(ident),
       .command_line = command_line,
       .major = major,
       .followed = false,
       .whole = false,
       .touch = false});
  cluster.trusted_extensions = {"hstore"};
  cluster.unseen.erase(Fact::extensions);
  return cluster;
}

// The steps of the attack's kind to where it leads.
std::vector<Step> steps_of(const Cluster& cluster, const Attack& attack) {
  const Graph graph(cluster);
  const Connections connections(graph);
  auto steps = Escalations(graph, connections).steps(role_of(cluster, "app"));
  const auto wanted = filled_in(attack.to);
  std::erase_if(steps, [&](const Step& s) {
    if (s.edge != attack.id) return true;
    // No script says what an extension brings.
    if (attack.extension != nullptr && !s.certain) return true;
    return wanted !=
           (s.to.power ? std::string(to_string(*s.to.power)) : cluster.role_name(s.to.role));
  });
  return steps;
}

std::string shown(Cluster cluster, const Step& step) {
  auto text = fmt::format("{}\n", step.how);
  for (const auto& statement : step.statements) text += fmt::format("  types {}\n", statement);
  HbaEdits edits;
  for (const auto& remedy : step.cut) {
    std::visit(
        [&](const auto& r) {
          if constexpr (edits_a_record<std::decay_t<decltype(r)>>) {
            edits.add(r);
          } else {
            const auto made = enact(cluster, r);
            for (const auto& sql : made.sql) text += fmt::format("  cut by {}\n", sql);
            for (const auto& e : made.edits)
              text += fmt::format("  cut by {}: {}\n", e.file, e.after);
          }
        },
        remedy);
  }
  for (const auto& e : edits.preview(cluster)) {
    text += fmt::format("  cut by {}:{}: {}\n", e.file, e.line, e.after);
  }
  return text;
}

}  // namespace

namespace {

const std::set<std::string_view> untold{"ESC-FDW-LOOP", "ESC-LANGUAGE", "ESC-LARGEOBJECT",
                                        "ESC-SUBSCRIPTION"};

}  // namespace

TEST_CASE("every step is told where it can be taken, and nowhere else", "[escalation]") {
  std::set<std::string_view> told;
  for (std::size_t i = 0; i < attacks.size(); ++i) {
    const auto& attack = attacks[i];
    for (const int major : {attack.since, attack.until}) {
      INFO(attack.id << ", row " << i << ", PostgreSQL " << major);
      const auto open = steps_of(world(major, attack.setup, attack.hba, attack.ident), attack);
      // What a script cannot make or say: `untold` has those of which no row is told.
      for (const auto& step : open) {
        CHECK(step.certain == attack.certain);
        CHECK(step.needs_victim == (attack.victim != nullptr));
      }
      if (!open.empty()) told.insert(attack.id);
      const auto missed =
          steps_of(world(major, attack.without, attack.hba_without, attack.ident_without), attack);
      CHECK(missed.empty());
    }
  }
  for (const auto& edge : escalations()) {
    INFO(edge.id);
    CHECK(told.contains(edge.id) != untold.contains(edge.id));
  }
}

TEST_CASE("a step says how it is taken and what cuts it", "[escalation]") {
  std::string all;
  for (const auto& attack : attacks) {
    const auto cluster = world(attack.until, attack.setup, attack.hba, attack.ident);
    all += fmt::format("{} on {}\n", attack.id, attack.until);
    for (const auto& step : steps_of(cluster, attack)) all += shown(cluster, step);
  }
  if (std::getenv("PGLEAST_ACCEPT") != nullptr) std::ofstream(steps_file) << all;
  CHECK(all == read_file(steps_file));
}

TEST_CASE("steps are put together as the server lets them, as replayed", "[escalation]") {
  for (const auto& way : ways) {
    for (const int major : {way.since, way.until}) {
      INFO("PostgreSQL " << major << ": " << way.setup);
      const auto cluster = script_cluster({.sql = way.setup, .hba = records, .major = major});
      const Graph graph(cluster);
      const Connections connections(graph);
      const Escalations escalations(graph, connections);
      std::string found;
      for (const auto& step : escalations.way(role_of(cluster, way.from), way.to, Help::none)) {
        // Of two that lead as far, the order of the roles decides.
        const auto* const edge = step.edge == "ESC-WRITEFILE" ? "ESC-EXECPROG" : step.edge.data();
        found += (found.empty() ? "" : " ") + std::string(edge);
      }
      CHECK(found == way.edges);
    }
  }
}

TEST_CASE("of a long way the beginning and the end are told", "[escalation]") {
  std::string script = "CREATE ROLE r0 SUPERUSER;\n";
  for (int i = 1; i <= 60; ++i) {
    script += fmt::format("CREATE ROLE r{} LOGIN; GRANT r{} TO r{};\n", i, i - 1, i);
  }
  const auto cluster = script_cluster({.sql = script, .hba = records});
  const Graph graph(cluster);
  const Connections connections(graph);
  const Escalations escalations(graph, connections);
  const Goal superuser{no_role, Power::superuser};
  const auto way = escalations.way(role_of(cluster, "r60"), superuser, Help::none);
  REQUIRE(way.size() == 24);
  CHECK(goes_alone(way));
  CHECK(way[15].how == "r45 may SET ROLE r44, and so on by 37 more steps");
  CHECK(way[16].how == "r7 may SET ROLE r6");
  CHECK(way.back().how == "r0 is SUPERUSER");
  CHECK(escalations.way(role_of(cluster, "r23"), superuser, Help::none).size() == 24);
}

TEST_CASE("a kind of step whose facts were not seen is not told", "[escalation]") {
  for (const auto& edge : escalations()) {
    const auto row = std::find_if(attacks.begin(), attacks.end(),
                                  [&](const Attack& a) { return a.id == edge.id; });
    REQUIRE(row != attacks.end());
    for (const auto fact : edge.needs) {
      INFO(edge.id << " without fact " << static_cast<int>(fact));
      auto cluster = world(row->until, row->setup, row->hba, row->ident);
      cluster.unseen[fact] = {"not read", "read it"};
      CHECK(steps_of(cluster, *row).empty());
    }
  }
}

TEST_CASE("every edge has an attack", "[escalation]") {
  for (const auto& edge : escalations()) {
    INFO(edge.id);
    int first = 99, last = 0;
    for (const auto& attack : attacks) {
      if (attack.id != edge.id) continue;
      first = std::min(first, attack.since);
      last = std::max(last, attack.until);
    }
    CHECK(first == edge.versions.since);
    CHECK(last == edge.versions.until.value_or(newest_major));
  }
}
