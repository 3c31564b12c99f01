// User name maps held against real peer logins: one pg_ident.conf of many random maps, and for
// each some requests under several role names. PGLEAST_IDENT_MAPS says how many maps.
//
// The database of the request picks the map (`local "m7" all peer map=m7`). It need not exist,
// and neither need the role: the server looks at them after the map.

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <sstream>

#include "connections/ident_map.hpp"
#include "input/server/connection.hpp"
#include "input/server/server_reader.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

using Words = std::vector<std::string>;

std::string one_of(std::mt19937& random, const Words& words) {
  return words[random() % words.size()];
}

int maps_wanted() {
  const char* const given = std::getenv("PGLEAST_IDENT_MAPS");
  return given == nullptr ? 24 : std::max(1, std::atoi(given));
}

/// Each test places what it needs.
const LiveServer& shared_server() {
  static const LiveServer server;
  return server;
}

std::string own_name() { return getpwuid(geteuid())->pw_name; }

// What can stand in a system name field, for a name like `root`.
Words system_names(const std::string& own) {
  const auto head = own.substr(0, 1);
  const auto tail = own.substr(own.size() - 1);
  return {own,
          own,
          "nobody",
          "all",
          "+grp",
          "\"" + own + "\"",
          "/" + head,
          "/^(.*)$",
          "/^(" + head + ")",
          "\"/^(.*)" + tail + "$\"",
          "/^(x)?" + head,
          "/^" + head + "(.)|" + tail,
          "/()",
          "/^(" + head + "|" + own.substr(0, 2) + ")(.*)$",
          "/(o+)",
          "/^[^x](o|oo|b)",
          "\"/^.{2,3}(.)\"",
          "/^(.*)o(.*)$",
          "/^.*(" + tail + "|o.)",
          "/o|(o)(o)",
          "/nothing"};
}

std::string random_maps(std::mt19937& random, const std::string& own, int count) {
  const auto names = system_names(own);
  const Words roles{"alice",   "bob",    "+grp",    "\"+grp\"", "all", "\"all\"", "\\1",
                    "al\\1",   "\\1\\1", "/^al",    "\"/^b\"",  "/",   "+deep",   "+none",
                    "+grp\\1", "all\\1", "\"a b\"", own,        "su",  "/c{1}a"};
  std::string text;
  for (int i = 0; i < count; ++i) {
    for (auto left = 1 + random() % 4; left > 0; --left) {
      text += "m" + std::to_string(i) + " " + one_of(random, names) + " " + one_of(random, roles) +
              "\n";
    }
  }
  return text;
}

struct Request {
  int map;
  std::string role;
};

// The server looks at the map before the database and the role, of which there are none.
bool passes(const std::string& said) {
  REQUIRE(said.find("FATAL") != std::string::npos);
  return said.find("Peer authentication failed") == std::string::npos;
}

std::string dsn_of(const LiveServer& server, const Request& request) {
  std::string role;
  for (const char c : request.role) role.append(c == '\\' ? 2 : 1, c);
  return server.dsn("m" + std::to_string(request.map), role);
}

bool own_login(const LiveServer& server, const Request& request) {
  try {
    const Session session(dsn_of(server, request));
  } catch (const Error& e) {
    return passes(e.what());
  }
  return true;
}

// As another user of the operating system.
std::vector<bool> logins_of(const LiveServer& server, const std::string& system_user,
                            const std::vector<Request>& requests) {
  std::string script;
  for (const auto& r : requests) {
    script += "psql -X -d " + test::shell_quoted(dsn_of(server, r)) + " -c ''\n";
  }
  const auto path = server.folder() + "/logins.sh";
  server.write(path, script);
  test::run("chmod 644 " + path);
  const auto ran = test::run("setpriv --clear-groups --reuid=" + system_user + " sh " + path);
  std::vector<bool> passed;
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("FATAL") != std::string::npos) passed.push_back(passes(line));
  }
  INFO(ran.out.substr(0, 500));
  REQUIRE(passed.size() == requests.size());
  return passed;
}

// Half of the requests are for what a map speaks of.
std::string some_role(std::mt19937& random, const std::vector<MapTarget>& targets,
                      const std::string& own) {
  const Words any{"alice", "bob",      "carol",   "grp",  "su", "all", "+grp",          "a b",
                  own,     "al" + own, own + own, "deep", "oo", "alo", own.substr(0, 1)};
  if (targets.empty() || random() % 2 == 0) return one_of(random, any);
  const auto& target = targets[random() % targets.size()];
  const bool named = target.kind == MapTarget::Kind::name && !target.text.empty();
  return named ? target.text : one_of(random, {"alice", "bob", "carol", "su"});
}

}  // namespace

TEST_CASE("user name maps let in whom the server lets in", "[live][ident]") {
  const int count = maps_wanted();
  const auto seed = static_cast<unsigned>(count) * 7919U + 17U;
  std::mt19937 random(seed);
  const auto& server = shared_server();
  const auto own = own_name();
  server.sql(
      "postgres",
      "CREATE ROLE grp LOGIN; CREATE ROLE deep; CREATE ROLE alice LOGIN; "
      "CREATE ROLE bob LOGIN; CREATE ROLE carol LOGIN NOINHERIT; "
      "CREATE ROLE su SUPERUSER LOGIN; CREATE ROLE \"all\" LOGIN; CREATE ROLE \"+grp\" LOGIN; "
      "CREATE ROLE \"a b\" LOGIN; GRANT deep TO grp; GRANT grp TO alice, carol;");
  std::string hba = "local postgres all trust\n";
  for (int i = 0; i < count; ++i) {
    const auto map = "m" + std::to_string(i);
    hba += "local " + map + " all peer map=" + map + "\n";
  }
  server.write(server.data() + "/pg_ident.conf", random_maps(random, own, count));
  server.write(server.data() + "/pg_hba.conf", hba);
  server.restart();  // a reload would not say when it is done
  test::run("chmod 711 " + server.folder());

  const auto cluster = read_live({server.dsn("postgres"), {}, false});
  REQUIRE(cluster.seen(Fact::ident));
  REQUIRE(cluster.ident.loads());
  const Graph graph(cluster);
  std::size_t differences = 0;
  std::size_t tried = 0;
  std::size_t admitted = 0;
  std::size_t unknown = 0;
  const auto check = [&](const Request& request, const std::string& system_user,
                         const std::vector<MapTarget>& targets, bool passed) {
    const auto outcome = decide(targets, request.role, graph).outcome;
    ++tried;
    admitted += passed ? 1U : 0U;
    if (outcome == MapDecision::Outcome::unknown) {
      ++unknown;
    } else if ((outcome == MapDecision::Outcome::admitted) != passed && ++differences <= 10) {
      std::cout << "ident: " << system_user << " as " << request.role << " over m" << request.map
                << ": the server " << (passed ? "lets in" : "does not") << "; the map is\n";
      for (const auto& r : cluster.ident.records) {
        if (r.map != "m" + std::to_string(request.map)) continue;
        std::cout << "  " << r.system_user.text << "  " << r.pg_user.text << '\n';
      }
    }
  };
  const auto targets_of = [&](int map, const std::string& system_user) {
    return map_targets(cluster.ident, "m" + std::to_string(map), system_user, cluster.major());
  };
  for (int i = 0; i < count; ++i) {
    const auto targets = targets_of(i, own);
    for (int n = 0; n < 5; ++n) {
      const Request request{i, some_role(random, targets, own)};
      check(request, own, targets, own_login(server, request));
    }
  }
  if (geteuid() == 0) {
    std::vector<Request> requests;
    for (int i = 0; i < count; i += 2) {
      requests.push_back({i, some_role(random, targets_of(i, "nobody"), "nobody")});
    }
    const auto passed = logins_of(server, "nobody", requests);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      check(requests[i], "nobody", targets_of(requests[i].map, "nobody"), passed[i]);
    }
  }
  std::cout << "ident: " << count << " maps (seed " << seed << "), " << tried << " logins, "
            << admitted << " let in, " << unknown << " unknown, " << differences
            << " differences\n";
  CHECK(differences == 0);
  CHECK(admitted > 0);
  CHECK(unknown * 4 < tried);
}

TEST_CASE("pg_ident.conf of a server is read as far as the role may see it", "[live][ident]") {
  const auto& server = shared_server();
  server.sql("postgres", "CREATE ROLE audit_ro LOGIN;");
  server.write(server.data() + "/pg_ident.conf", "m root \"all\"\nm /^(.*)$ \\1 # why\n");
  const auto read = [&](const std::string& user) {
    return read_live({server.dsn("postgres", user), {}, false});
  };
  const auto whole = read("");
  REQUIRE(whole.ident.records.size() == 2);
  CHECK(whole.ident.records[0].pg_user == HbaName{"all", true});
  const auto blind = read("audit_ro");
  REQUIRE_FALSE(blind.seen(Fact::ident));
  CHECK_FALSE(blind.unseen.at(Fact::ident).remedy.empty());
  CHECK(blind.ident == IdentFile{});

  if (server.major() >= 15) {
    server.sql("postgres",
               "GRANT SELECT ON pg_catalog.pg_ident_file_mappings TO audit_ro;"
               "GRANT EXECUTE ON FUNCTION pg_catalog.pg_ident_file_mappings() TO audit_ro;");
    const auto mapped = read("audit_ro");
    REQUIRE(mapped.seen(Fact::ident));
    REQUIRE(mapped.ident.records.size() == 2);
    CHECK(mapped.ident.records[1].system_user.text == "/^(.*)$");
    const auto said = [](const Remark& r) { return r.kind == RemarkKind::text_of_ident; };
    const auto& remarks = mapped.remarks;
    CHECK(std::any_of(remarks.begin(), remarks.end(), said) == (server.major() >= 16));
  } else {
    server.sql(
        "postgres",
        "GRANT pg_read_server_files, pg_read_all_settings TO audit_ro; GRANT EXECUTE ON "
        "FUNCTION pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean) TO audit_ro;");
    CHECK(read("audit_ro").ident == whole.ident);
  }
  test::run("rm " + server.data() + "/pg_ident.conf");
  CHECK_FALSE(read("").seen(Fact::ident));
}
