// Several preconditions present or absent at once: random worlds in which pgleast says which steps
// one role can take, and each of these is tried on the server. What is told and certain must gain
// what it says; what is not told at all must be refused, in whatever schema it is tried.
// PGLEAST_ATTACK_WORLDS=200 makes more of them.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "escalation/escalation.hpp"
#include "input/server/server_reader.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

const std::vector<std::string> role_names{"app", "team", "boss", "chief"};  // each in later ones

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  bool one_in(unsigned n) { return engine_() % n == 0; }
  const std::string& of(const std::vector<std::string>& words) {
    return words[engine_() % words.size()];
  }

 private:
  std::mt19937_64 engine_;
};

class RandomSetup {
 public:
  RandomSetup(std::uint64_t number, int major) : dice_(number), major_(major) {}

  std::string sql() {
    roles();
    schemas();
    functions();
    tables();
    return sql_;
  }

 private:
  void add(const std::string& statement) { sql_ += statement + ";\n"; }
  std::string anybody() { return dice_.of({"app", "team", "boss", "chief", "PUBLIC"}); }
  std::string owner() { return dice_.of({"app", "team", "boss", "chief", "CURRENT_USER"}); }
  std::string yes() { return dice_.one_in(2) ? "TRUE" : "FALSE"; }

  void roles() {
    for (const auto& role : role_names) {
      const bool inherit = role == "chief" || !dice_.one_in(3);
      add(fmt::format("CREATE ROLE {} LOGIN {}", role, inherit ? "INHERIT" : "NOINHERIT"));
    }
    for (std::size_t m = 0; m < role_names.size(); ++m) {
      for (std::size_t g = m + 1; g < role_names.size(); ++g) {
        if (!dice_.one_in(3)) continue;
        const auto options =
            major_ >= 16 ? fmt::format(" WITH ADMIN {}, INHERIT {}, SET {}", yes(), yes(), yes())
                         : std::string(dice_.one_in(3) ? " WITH ADMIN OPTION" : "");
        add(fmt::format("GRANT {} TO {}{}", role_names[g], role_names[m], options));
      }
    }
    for (const auto* const group :
         {"pg_execute_server_program", "pg_read_server_files", "pg_write_server_files"}) {
      if (dice_.one_in(3)) add(fmt::format("GRANT {} TO {}", group, dice_.of(role_names)));
    }
    if (dice_.one_in(5)) add("ALTER ROLE app CREATEROLE");
    if (dice_.one_in(3)) add("ALTER ROLE team CREATEROLE");
    if (major_ >= 15 && dice_.one_in(2)) {
      add("GRANT SET ON PARAMETER lo_compat_privileges TO " + dice_.of(role_names));
    }
    add("GRANT EXECUTE ON FUNCTION pg_read_file(text) TO " + dice_.of(role_names));
  }

  void schemas() {
    add("REVOKE ALL ON SCHEMA public FROM PUBLIC");
    add("REVOKE ALL ON DATABASE worlds FROM PUBLIC");
    add("GRANT CONNECT ON DATABASE worlds TO PUBLIC");
    for (const auto* const schema : {"s1", "s2"}) {
      add(fmt::format("CREATE SCHEMA {}; ALTER SCHEMA {} OWNER TO {}", schema, schema, owner()));
      if (!dice_.one_in(3)) add(fmt::format("GRANT USAGE ON SCHEMA {} TO {}", schema, anybody()));
      if (dice_.one_in(3)) add(fmt::format("GRANT CREATE ON SCHEMA {} TO {}", schema, anybody()));
    }
    if (!dice_.one_in(3)) add("GRANT USAGE ON SCHEMA public TO " + anybody());
    if (dice_.one_in(4)) add("GRANT TEMPORARY ON DATABASE worlds TO " + anybody());
    if (dice_.one_in(4)) add("GRANT CREATE ON DATABASE worlds TO " + anybody());
    if (dice_.one_in(4)) add("ALTER DATABASE worlds OWNER TO " + dice_.of({"app", "team", "boss"}));
  }

  void functions() {
    const auto path = dice_.of(
        {"", "SET search_path = s1, pg_catalog, pg_temp", "SET search_path = pg_catalog, pg_temp"});
    add("CREATE FUNCTION s2.definer() RETURNS text LANGUAGE sql SECURITY DEFINER " + path +
        " AS $$ SELECT lower('X'::varchar) $$");
    add("ALTER FUNCTION s2.definer() OWNER TO " + dice_.of({"boss", "chief"}));
    if (!dice_.one_in(3)) add("REVOKE EXECUTE ON FUNCTION s2.definer() FROM PUBLIC");
    if (dice_.one_in(2)) add("GRANT EXECUTE ON FUNCTION s2.definer() TO " + dice_.of(role_names));
    add("CREATE FUNCTION s1.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
    add("ALTER FUNCTION s1.stamp() OWNER TO " + owner());
    add("CREATE FUNCTION s1.owned() RETURNS text LANGUAGE sql AS 'SELECT 1::text'");
    add("ALTER FUNCTION s1.owned() OWNER TO " + dice_.of({"team", "boss", "chief"}));
  }

  void tables() {
    add("CREATE TABLE s1.t (a int, b int); INSERT INTO s1.t VALUES (1, 1)");
    add("ALTER TABLE s1.t OWNER TO " + owner());
    for (const auto* const what : {"INSERT", "INSERT (a)", "SELECT", "SELECT (a)", "TRIGGER"}) {
      if (dice_.one_in(3)) add(fmt::format("GRANT {} ON s1.t TO {}", what, anybody()));
    }
    add("CREATE TABLE s2.u (a int)");
    add("CREATE TRIGGER x BEFORE INSERT ON s2.u FOR EACH ROW EXECUTE FUNCTION s1.stamp()");
    add("ALTER TABLE s2.u OWNER TO " + dice_.of({"boss", "chief"}));
    add("CREATE TABLE s2.secret AS SELECT 'x'::text AS a");
    add(fmt::format("CREATE VIEW s1.v {}AS SELECT a FROM s2.secret",
                    major_ >= 15 && dice_.one_in(3) ? "WITH (security_invoker = true) " : ""));
    if (dice_.one_in(2)) add("GRANT SELECT ON s1.v TO " + anybody());
    if (dice_.one_in(3)) add("GRANT SELECT (a) ON s1.v TO " + anybody());
    if (dice_.one_in(4)) add("GRANT SELECT ON s2.secret TO " + anybody());
  }

  Dice dice_;
  int major_;
  std::string sql_;
};

// One step and the ways to try it, each in a transaction of the superuser's that is rolled back.
struct Claim {
  std::string edge, to;
  std::vector<std::string> attempts;
};

std::string as(const std::string& role, const std::string& statements) {
  return fmt::format("SET SESSION AUTHORIZATION {}; {}\n", role, statements);
}

// Where to make something that others find, and what makes it be found.
std::vector<std::pair<std::string, std::string>> places() {
  return {{"s1", ""},
          {"s1", "GRANT USAGE ON SCHEMA s1 TO PUBLIC; "},
          {"s2", ""},
          {"s2", "GRANT USAGE ON SCHEMA s2 TO PUBLIC; "},
          {"public", ""},
          {"pg_temp", ""},
          {"mine", "CREATE SCHEMA mine; GRANT USAGE ON SCHEMA mine TO PUBLIC; "}};
}

// Tells whom it runs as: a function in a schema or among the temporary ones.
std::string teller(const std::string& place, const std::string& returns) {
  return fmt::format(
      "CREATE FUNCTION {}.tell({}) RETURNS {} LANGUAGE plpgsql {} AS $$ BEGIN PERFORM "
      "set_config('worlds.who', current_user, false); RETURN {}; END $$;",
      place, returns == "int" ? "int" : "", returns, returns == "int" ? "IMMUTABLE" : "",
      returns == "int" ? "1" : "NEW");
}

std::string told_of(const std::string& role) {
  return fmt::format("SELECT 'gained' WHERE current_setting('worlds.who', true) = '{}';\n", role);
}

void add_memberships(int major, std::vector<Claim>& claims) {
  for (const auto& to : role_names) {
    if (to == "app") continue;
    claims.push_back(
        {"ESC-ADMIN",
         to,
         {as("app", fmt::format("GRANT {} TO {};", to, major < 16 ? "witness" : "app")) +
          fmt::format("SELECT 'gained';\n")}});
    Claim owner{"ESC-OWNER", to, {}};
    for (const auto* const f : {"s1.owned()", "s2.definer()"}) {
      owner.attempts.push_back(as(
          "app", fmt::format("CREATE OR REPLACE FUNCTION {0} RETURNS text LANGUAGE sql SECURITY "
                             "DEFINER AS 'SELECT current_user::text'; SELECT 'gained' WHERE {0} = "
                             "'{1}';",
                             f, to)));
    }
    owner.attempts.push_back(
        as("app",
           "CREATE OR REPLACE FUNCTION s1.stamp() RETURNS trigger LANGUAGE plpgsql SECURITY "
           "DEFINER AS $$ BEGIN PERFORM set_config('worlds.who', current_user, false); "
           "RETURN NEW; END $$; CREATE TABLE s1.own (a int); CREATE TRIGGER x BEFORE INSERT "
           "ON s1.own FOR EACH ROW EXECUTE FUNCTION s1.stamp(); INSERT INTO s1.own VALUES "
           "(1);") +
        told_of(to));
    claims.push_back(owner);
  }
}

void add_code(std::vector<Claim>& claims) {
  for (const auto& to : role_names) {
    if (to == "app") continue;
    Claim definer{"ESC-SECDEF", to, {}}, trigger{"ESC-TRIGGER", to, {}};
    Claim fallback{"ESC-DEFAULT", to, {}}, policy{"ESC-POLICY", to, {}};
    for (const auto& [place, before] : places()) {
      definer.attempts.push_back(
          as("app",
             before + fmt::format("CREATE FUNCTION {0}.lower(varchar) RETURNS text LANGUAGE sql AS "
                                  "'SELECT current_user::text'; SET LOCAL search_path = {0}, "
                                  "pg_catalog; SELECT 'gained' WHERE s2.definer() = '{1}';",
                                  place, to)));
      trigger.attempts.push_back(
          as("app", before + teller(place, "trigger") +
                        fmt::format("CREATE TRIGGER tells BEFORE INSERT ON s1.t FOR EACH ROW "
                                    "EXECUTE FUNCTION {}.tell();",
                                    place)) +
          as(to, "INSERT INTO s1.t (a) VALUES (2);") + told_of(to));
      fallback.attempts.push_back(
          as("app", before + teller(place, "int") +
                        fmt::format("ALTER TABLE s1.t ALTER b SET DEFAULT {}.tell(1);", place)) +
          as(to, "INSERT INTO s1.t (a) VALUES (2);") + told_of(to));
      policy.attempts.push_back(
          as("app", before + teller(place, "int") +
                        fmt::format("CREATE POLICY p ON s1.t USING ({}.tell(1) > 0); ALTER TABLE "
                                    "s1.t ENABLE ROW LEVEL SECURITY;",
                                    place)) +
          as(to, "SELECT a FROM s1.t;") + told_of(to));
    }
    for (auto& claim : {definer, trigger, fallback, policy}) claims.push_back(claim);
    claims.push_back(
        {"ESC-REPLACEFUNC",
         to,
         {as("app",
             "CREATE OR REPLACE FUNCTION s1.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ "
             "BEGIN PERFORM set_config('worlds.who', current_user, false); RETURN NEW; END "
             "$$;") +
          as(to, "INSERT INTO s2.u VALUES (2);") + told_of(to)}});
  }
}

void add_powers(const std::string& data, std::vector<Claim>& claims) {
  const auto alone = [&](const char* edge, Power power, const std::string& does) {
    claims.push_back({edge, std::string(to_string(power)), {as("app", does)}});
  };
  alone("ESC-EXECPROG", Power::operating_system,
        "COPY (SELECT 1) TO PROGRAM 'cat > /dev/null'; SELECT 'gained';");
  alone("ESC-READFILE", Power::read_files,
        "CREATE TEMPORARY TABLE read (a text); SELECT 'gained';");
  claims.back().attempts = {
      fmt::format("CREATE TEMPORARY TABLE read (a text); GRANT ALL ON "
                  "pg_temp.read TO app;\n") +
      as("app", "COPY pg_temp.read FROM '" + data + "/PG_VERSION'; SELECT 'gained';")};
  alone("ESC-WRITEFILE", Power::write_files,
        "COPY (SELECT 1) TO '" + data + "/worlds.written'; SELECT 'gained';");
  alone("ESC-FILEFUNC", Power::read_files, "SELECT 'gained' FROM pg_read_file('PG_VERSION');");
  alone("ESC-CREATEROLE", Power::any_role,
        "GRANT pg_execute_server_program TO witness; SELECT 'gained';");
  alone("ESC-PARAM", Power::large_objects, "SET lo_compat_privileges = on; SELECT 'gained';");
  alone("ESC-VIEW", Power::owners_rows, "SELECT 'gained' FROM s1.v;");
  alone("ESC-DATABASE", Power::superuser,
        "ALTER DATABASE worlds SET search_path = s1; SELECT 'gained';");
  alone("ESC-EXTENSION", Power::trusted_scripts,
        "CREATE SCHEMA mine; CREATE EXTENSION tcn SCHEMA mine; SELECT 'gained';");
  Claim dump{"ESC-DUMP", std::string(to_string(Power::superuser)), {}};
  for (const auto& [place, before] : places()) {
    if (place == "pg_temp") continue;
    dump.attempts.push_back(
        as("app", before + teller(place, "int") +
                      fmt::format("CREATE TABLE {0}.made (a int CHECK ({0}.tell(a) > 0)); SELECT "
                                  "'gained';",
                                  place)));
  }
  claims.push_back(dump);
}

enum class Told { no, uncertain, yes };

Told told(const Cluster& cluster, const std::vector<Step>& steps, const Claim& claim) {
  auto result = Told::no;
  for (const auto& step : steps) {
    const auto to =
        step.to.power ? std::string(to_string(*step.to.power)) : cluster.role_name(step.to.role);
    const bool everybody = step.to.power == Power::any_role && claim.edge != "ESC-CREATEROLE";
    if (step.edge != claim.edge || (to != claim.to && !everybody)) continue;
    // Everybody: whether just this one can be had hangs on what it may name.
    result = std::max(result, step.certain && to == claim.to ? Told::yes : Told::uncertain);
  }
  return result;
}

// What can be had by another step, too, need not be told of this one.
bool had_otherwise(const Cluster& cluster, const Escalations& ways, const std::vector<Step>& steps,
                   const Claim& claim) {
  const auto role = cluster.find_role(claim.to);
  if (!role) return false;
  const Goal goal{*role, std::nullopt};
  if (!ways.way(*cluster.find_role("app"), goal).empty()) return true;
  return std::any_of(steps.begin(), steps.end(), [&](const Step& s) { return s.to == goal; });
}

// The claims of which an attempt gained.
std::set<std::size_t> tried(const LiveServer& server, const std::vector<Claim>& claims) {
  std::string script;
  for (std::size_t c = 0; c < claims.size(); ++c) {
    for (const auto& attempt : claims[c].attempts) {
      script += fmt::format("\\echo #{}\nBEGIN;\n{}ROLLBACK;\n", c, attempt);
    }
  }
  const auto path = server.folder() + "/attempts.sql";
  std::ofstream(path) << script;
  const auto said =
      run("psql -X -q -At -d " + shell_quoted(server.dsn("worlds")) + " -f " + path).out;
  std::set<std::size_t> gained;
  std::size_t at = 0;
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) at = std::stoul(line.substr(1));
    if (line == "gained") gained.insert(at);
  }
  return gained;
}

struct Count {
  std::size_t told = 0, uncertain = 0, not_told = 0, wrong = 0;
};

void compare(const LiveServer& server, std::uint64_t number, Count& count) {
  const int major = server.major();
  server.sql("postgres", "CREATE DATABASE worlds");
  const auto setup = RandomSetup(number, major).sql();
  server.sql("worlds", setup);
  Session session(server.dsn("worlds"));
  const auto cluster = read_session(session);
  const Graph graph(cluster);
  const Connections connections(graph);
  const Escalations ways(graph, connections);
  const auto steps = ways.steps(*cluster.find_role("app"));
  std::vector<Claim> claims;
  add_memberships(major, claims);
  add_code(claims);
  add_powers(server.data(), claims);
  const auto gained = tried(server, claims);
  for (std::size_t c = 0; c < claims.size(); ++c) {
    const auto said = told(cluster, steps, claims[c]);
    if (said == Told::no && had_otherwise(cluster, ways, steps, claims[c])) continue;
    ++(said == Told::yes ? count.told : said == Told::no ? count.not_told : count.uncertain);
    if (said == Told::uncertain || (said == Told::yes) == gained.contains(c)) continue;
    if (++count.wrong <= 10) {
      std::cout << fmt::format("world {} on {}: {} to {} is {}, and the server {}\n", number, major,
                               claims[c].edge, claims[c].to,
                               said == Told::yes ? "told" : "not told",
                               gained.contains(c) ? "lets it" : "refuses");
      for (const auto& step : steps) {
        if (step.edge == claims[c].edge) std::cout << "  " << step.how << '\n';
      }
      if (count.wrong == 1) std::cout << setup;
    }
  }
}

}  // namespace

TEST_CASE("what is told of several preconditions at once is what the server lets one do",
          "[live][escalation]") {
  const LiveServer server("-c autovacuum=off");
  server.sql("postgres", "CREATE ROLE witness");
  const char* const wanted = std::getenv("PGLEAST_ATTACK_WORLDS");
  const auto worlds = wanted == nullptr ? std::uint64_t{2} : std::stoull(wanted);
  const auto first = static_cast<std::uint64_t>(server.major()) * 1000;
  Count count;
  for (std::uint64_t i = 0; i < worlds; ++i) {
    compare(server, first + i, count);
    server.sql("postgres",
               "DROP DATABASE worlds; DROP OWNED BY app, team, boss, chief; DROP ROLE app, team, "
               "boss, chief;");
  }
  std::cout << fmt::format(
      "attacks: {} worlds, {} steps told and done, {} told as uncertain, {} not told and refused, "
      "{} wrong\n",
      worlds, count.told, count.uncertain, count.not_told, count.wrong);
  CHECK(count.wrong == 0);
  CHECK(count.told > 0);
  CHECK(count.not_told > 0);
}
