// What user name maps let outside names become: answers of real servers of 12 to 19
// (tests/data/ident_match.json), and rows of our own.

#include "connections/ident_map.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "input/config/ident.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"

using namespace pgleast;

namespace {

/// alice and carol are in grp, carol without INHERIT; su is a superuser.
Cluster world(int major) {
  Cluster cluster;
  cluster.version_num = major * 10000;
  for (const char* const name : {"grp", "alice", "bob", "carol", "su", "all", "+grp"}) {
    Role role;
    role.name = name;
    role.oid = static_cast<std::uint32_t>(100 + cluster.roles.size());
    role.login = true;
    cluster.roles.push_back(role);
  }
  cluster.roles[4].superuser = true;
  cluster.memberships = {{RoleId{0}, RoleId{1}, no_role, false, true, true},
                         {RoleId{0}, RoleId{3}, no_role, false, false, true}};
  return cluster;
}

IdentFile file_of(const std::string& text, int major) {
  std::vector<ConfigFile> read;
  return read_ident("i", test::memory_files({{"i", text}}), major * 10000, read);
}

MapDecision decision_of(const std::string& text, const std::string& system_user,
                        const std::string& role, int major, const Cluster& cluster) {
  const Graph graph(cluster);
  return decide(map_targets(file_of(text, major), "m", system_user, major), role, graph);
}

}  // namespace

TEST_CASE("user name maps decide as real servers do", "[reach][ident]") {
  std::ifstream file(PGLEAST_SOURCE_DIR "/tests/data/ident_match.json");
  const auto cases = nlohmann::json::parse(file);
  REQUIRE(cases.size() == 23);
  for (const auto& c : cases) {
    for (const auto& [version, answer] : c.at("result").items()) {
      const int major = std::stoi(version);
      INFO(c.at("ident") << " as " << c.at("pg_user") << " on " << version);
      const auto outcome =
          decision_of(c.at("ident"), c.at("system_user"), c.at("pg_user"), major, world(major))
              .outcome;
      CHECK(outcome != MapDecision::Outcome::unknown);
      CHECK((outcome == MapDecision::Outcome::admitted) == (answer == "OK"));
    }
  }
}

TEST_CASE("the record that decides is named", "[reach][ident]") {
  using Outcome = MapDecision::Outcome;
  struct Case {
    const char* text;
    const char* system_user;
    const char* role;
    int major;
    Outcome outcome;
    int target;  // -1: none
  };
  const auto c = GENERATE(values<Case>({
      {"m x bob\nm root bob\nm root bob\n", "root", "bob", 12, Outcome::admitted, 0},
      {"m root bob\nm root alice\n", "root", "alice", 18, Outcome::admitted, 1},
      {"m /^(.)oot \\1x\nm root all\n", "root", "rx", 18, Outcome::admitted, 0},
      {"m /oo \\1\nm root all\n", "root", "bob", 18, Outcome::error, 0},
      {"m /^(a)|oo \\1\n", "root", "bob", 18, Outcome::error, 0},
      {"m /^(ro).. \\1\\1\n", "root", "ro\\1", 18, Outcome::admitted, 0},
      {"m /^(ro).. \\1\\1\n", "root", "roro", 19, Outcome::admitted, 0},
      {"m /^(r)(o).. \\1\\2\\1\n", "root", "r\\2r", 19, Outcome::admitted, 0},
      // What is put in is not looked at again.
      {"m /^(.*)$ x\\1\\1\n", "a\\1", "xa\\1a\\1", 19, Outcome::admitted, 0},
      {"m root +nobody\n", "root", "bob", 18, Outcome::no_match, -1},
      {"m root +pg_database_owner\n", "root", "bob", 18, Outcome::no_match, -1},
      {"m root +grp\\1\n", "root", "grp", 18, Outcome::no_match, -1},
      {"m /^(.*)$ +\\1\n", "grp", "alice", 18, Outcome::no_match, -1},
      {"m \"/^r\" bob\n", "root", "bob", 12, Outcome::admitted, 0},
      {"m +grp bob\n", "alice", "bob", 18, Outcome::no_match, -1},
      {"m all bob\n", "alice", "bob", 18, Outcome::no_match, -1},
      // What re2 does not understand is not guessed at.
      {"m /^(r)\\1 bob\n", "root", "bob", 18, Outcome::unknown, 0},
      {"m /^(r)\\1 bob\n", "root", "alice", 18, Outcome::no_match, -1},
      {"m /(?i)R x\\1\nm root bob\n", "root", "bob", 18, Outcome::unknown, 0},
      {"m /(?i)R bob\nm root bob\n", "root", "bob", 18, Outcome::admitted, 1},
      // Not as Perl divides a match, and not as re2 does.
      {"m /^(r|ro)(.*)$ \\1\n", "root", "ro", 18, Outcome::admitted, 0},
      {"m /^(r|ro)(.*)$ \\1\n", "root", "r", 18, Outcome::no_match, -1},
      {"m /^(.*)\\.(.*)$ \\1\n", "a.b.c", "a.b", 18, Outcome::admitted, 0},
      {"m /^.*(.)$ \\1\n", "root", "t", 18, Outcome::admitted, 0},
      {"m /[(](.)[x)] \\1\n", "(a)", "a", 18, Outcome::admitted, 0},
      {"m /^(x)?r \\1\n", "root", "bob", 18, Outcome::error, 0},
      {"m /^(r)?ro* \\1\n", "rroot", "r", 18, Outcome::admitted, 0},
      {"m /^(.)*$ \\1\n", "root", "t", 18, Outcome::unknown, 0},
      {"m /^(ro*?)(.*) \\1\n", "root", "r", 18, Outcome::unknown, 0},
  }));
  CAPTURE(c.text, c.role, c.major);
  const auto decision = decision_of(c.text, c.system_user, c.role, c.major, world(c.major));
  CHECK(decision.outcome == c.outcome);
  CHECK(decision.target == (c.target < 0 ? std::nullopt : std::optional<std::size_t>(c.target)));
}

TEST_CASE("without roles a group is unknown, and without a map names are equal", "[reach][ident]") {
  const auto unknown = unknown_cluster(180000);
  using Outcome = MapDecision::Outcome;
  CHECK(decision_of("m root +grp\n", "root", "bob", 18, unknown).outcome == Outcome::unknown);
  CHECK(decision_of("m root +grp\nm root bob", "root", "bob", 18, unknown).outcome ==
        Outcome::admitted);
  const Graph graph(unknown);
  CHECK(decide(map_targets({}, "", "root", 18), "root", graph).outcome == Outcome::admitted);
  CHECK(decide(map_targets({}, "", "root", 18), "bob", graph).outcome == Outcome::no_match);
}
