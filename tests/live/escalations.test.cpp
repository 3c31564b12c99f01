// Every way up, done: in a world where it is open pgleast tells the step, the attack gains what
// the step says, pgleast's own remedies are applied, the same attack gains nothing, and pgleast
// tells no such step any more. Where the precondition is missing, there is no step and no gain.
// A sixth of the rows on each server, others on each version, so that the suite stays short (a
// third of those that some versions do not have);
// PGLEAST_ATTACKS=all does all, PGLEAST_ATTACKS=ESC-PARAM those of one edge.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

#include "escalation/attacks.hpp"
#include "escalation/escalation.hpp"
#include "fix/config_edit.hpp"
#include "fix/statement.hpp"
#include "input/server/server_reader.hpp"
#include "input/snapshot/snapshot.hpp"
#include "support/catch.hpp"
#include "support/md5_login.hpp"
#include "support/server.hpp"
#include "text/files.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

// What a transaction does not take back, or is no SQL.
constexpr std::array<std::string_view, 7> lasting{
    "ALTER DATABASE d ",
    "ALTER SYSTEM",
    "BASE_BACKUP",
    "COPY",
    "CREATE DATABASE",
    "\\connect",
    "SELECT pg_catalog.pg_create_logical_replication_slot"};

// One attack in a database of its own, its roles with a prefix of their own.
class World {
 public:
  World(const LiveServer& server, const Attack& attack, const std::string& name)
      : server_(server), attack_(attack), name_(name) {}

  std::string text(const char* part) const {
    auto result = replaced(part == nullptr ? "" : part, "{r}", name_ + "_");
    result = replaced(result, "{db}", name_);
    result = replaced(result, "{data}", server_.data());
    result = replaced(result, "{folder}", server_.folder());
    result = replaced(result, "{super}", server_.superuser());
    result = replaced(result, "{os}", operating_system_user());
    const auto dsn = server_.dsn("");
    const auto where = dsn.substr(0, dsn.find(" user="));
    result = replaced(result, "{port}", where.substr(where.find("port=") + 5));
    return replaced(result, "{where}", where);
  }

  void make(const char* setup, const char* hba, const char* ident) const {
    server_.sql("postgres", "CREATE DATABASE " + name_);
    server_.sql(name_, text(setup));
    const auto add_lines = [&](const char* lines, const char* file) {
      const auto path = server_.data() + file;
      if (lines != nullptr) server_.write(path, text(lines) + "\n" + read_file(path));
    };
    add_lines(hba, "/pg_hba.conf");
    add_lines(ident, "/pg_ident.conf");
    if (hba != nullptr || ident != nullptr) reload();
  }

  // psql as somebody; statements one by one, a refused one does not end it.
  std::string typed(const std::string& user, const std::string& script) const {
    const auto path = server_.folder() + "/attack.sql";
    server_.write(path, script);
    return run("psql -X -q -At -d " + shell_quoted(server_.dsn(name_, user)) + " -f " +
               shell_quoted(path))
        .out;
  }

  // Whether the attack gains what it is for; what was said in `said`.
  bool gains(std::string& said) const {
    const auto user = text("{r}app");
    said = typed(user, text(attack_.does));
    if (attack_.victim != nullptr) said += typed(text(attack_.victim_is), text(attack_.victim));
    if (attack_.then != nullptr) said += typed(user, text(attack_.then));
    bool gained = said.find("gained") != std::string::npos;
    if (attack_.shell != nullptr) {
      const auto ran = run(text(attack_.shell));
      said += ran.out;
      gained = gained || ran.code == 0;
    }
    if (attack_.hash_of != nullptr) gained = enters(text(attack_.hash_of), said);
    if (attack_.reset != nullptr) typed(server_.superuser(), text(attack_.reset));
    return gained;
  }

  // With the hash that was printed.
  bool enters(const std::string& role, const std::string& said) const {
    const auto at = said.find("md5");
    if (at == std::string::npos || said.size() < at + 35) return false;
    const auto md5 = [&](const std::string& bytes) {
      std::string hex;
      for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
      return server_.ask("postgres", "SELECT md5('\\x" + hex + "'::bytea)");
    };
    return logs_in_with_hash(server_.folder() + text("/.s.PGSQL.{port}"), role, name_,
                             said.substr(at, 35), md5);
  }

  // Whether what is told runs as it is printed, as far as it can be taken back.
  bool runs_as_printed(const Step& step, std::string& said) const {
    std::string script = "BEGIN;\n";
    for (const auto& sql : step.statements) {
      const bool stays = std::any_of(lasting.begin(), lasting.end(), [&](std::string_view start) {
        return sql.starts_with(start);
      });
      if (stays) return true;
      script += sql + "\n";
    }
    const auto path = server_.folder() + "/printed.sql";
    server_.write(path, script + "ROLLBACK;\n");
    const auto ran = run("psql -X -q -At -v ON_ERROR_STOP=1 -d " +
                         shell_quoted(server_.dsn(name_, text("{r}app"))) + " -f " +
                         shell_quoted(path) + " 2>&1");
    said = script + ran.out;
    return ran.code == 0;
  }

  Cluster read() const {
    Session session(server_.dsn(name_));
    return read_session(session);
  }

  bool leads(const Cluster& cluster, const Step& step) const {
    if (step.edge != attack_.id) return false;
    const auto wanted = text(attack_.to);
    if (step.to.power) return wanted == to_string(*step.to.power);
    return wanted == cluster.role_name(step.to.role);
  }

  // The steps that the attack takes.
  std::vector<Step> told(const Cluster& cluster) const {
    const Graph graph(cluster);
    const Connections connections(graph);
    const Escalations ways(graph, connections);
    const auto from = cluster.find_role(text("{r}app"));
    REQUIRE(from);
    auto steps = ways.steps(*from);
    std::erase_if(steps, [&](const Step& s) { return !leads(cluster, s); });
    return steps;
  }

  void apply(const std::vector<Step>& steps) const {
    auto model = read();
    HbaEdits edits;
    for (const auto& step : steps) {
      for (const auto& remedy : step.cut) {
        const auto statements =
            std::visit([&](const auto& r) { return enacted(model, r, edits); }, remedy);
        for (const auto& sql : statements) server_.sql(name_, sql);
      }
    }
    if (edits.empty()) return;
    CHECK_FALSE(edits.apply(model).empty());
    for (const auto& file : model.files) {
      if (file.kind != ConfigKind::conf) server_.write(file.path, file.text);
    }
    reload();
  }

 private:
  template <typename R>
  static std::vector<std::string> enacted(Cluster& model, const R& remedy, HbaEdits& edits) {
    if constexpr (edits_a_record<R>) {
      edits.add(remedy);
      return {};
    } else {
      auto statements = enact(model, remedy);
      // One psql for all: SET LOCAL needs a transaction.
      std::string text = statements.outside_transaction ? "" : "BEGIN;\n";
      for (const auto& sql : statements.sql) text += sql + "\n";
      if (!statements.outside_transaction) text += "COMMIT;\n";
      if (statements.outside_transaction) text += "SELECT pg_reload_conf(); SELECT pg_sleep(0.2);";
      return statements.sql.empty() ? std::vector<std::string>() : std::vector{text};
    }
  }

  void reload() const {
    server_.reload();
    server_.sql("postgres", "SELECT pg_sleep(0.2)");
  }

  static const std::string& operating_system_user() {
    static const std::string name = [] {
      auto said = run("id -un").out;
      said.erase(said.find('\n'));
      return said;
    }();
    return name;
  }

  const LiveServer& server_;
  const Attack& attack_;
  std::string name_;
};

struct Count {
  int done = 0, stopped = 0, kept = 0, missed = 0, lacking = 0;
};

bool has_what_it_takes(const LiveServer& server, const Attack& attack) {
  if (attack.extension == nullptr) return true;
  const auto ran =
      run("psql -X -At -d " + shell_quoted(server.dsn()) + " -c " +
          shell_quoted("BEGIN; CREATE EXTENSION " + std::string(attack.extension) + "; ROLLBACK"));
  return ran.out.find("ERROR") == std::string::npos;
}

void do_attack(const LiveServer& server, const Attack& attack, const std::string& name,
               Count& count) {
  const World world(server, attack, "e" + name);
  world.make(attack.setup, attack.hba, attack.ident);
  std::string said;
  const auto cluster = world.read();
  const auto steps = world.told(cluster);
  CHECK_FALSE(steps.empty());
  for (const auto& step : steps) {
    INFO(step.how);
    CHECK(step.certain == attack.certain);
    CHECK(step.needs_victim == (attack.victim != nullptr));
    std::string printed;
    const bool runs = world.runs_as_printed(step, printed);
    INFO(printed);
    CHECK(runs);
  }
  const bool gained = world.gains(said);
  INFO("attack: " << said);
  CHECK(gained);
  count.done += gained ? 1 : 0;
  world.apply(steps);
  std::string again;
  const bool still = world.gains(again);
  INFO("attack after the cut: " << again);
  CHECK_FALSE(still);
  count.stopped += still ? 0 : 1;
  const auto left = world.told(world.read());
  INFO("still told: " << (left.empty() ? "" : left.front().how));
  CHECK(left.empty());
}

void do_near_miss(const LiveServer& server, const Attack& attack, const std::string& name,
                  Count& count) {
  const World world(server, attack, "m" + name);
  world.make(attack.without, attack.hba_without, attack.ident_without);
  const auto steps = world.told(world.read());
  INFO("told without its precondition: " << (steps.empty() ? "" : steps.front().how));
  CHECK(steps.empty());
  std::string said;
  const bool gained = world.gains(said);
  INFO("attack without its precondition: " << said);
  CHECK_FALSE(gained);
  ++count.missed;
}

bool is_done(std::size_t row, int major) {
  const char* const wanted = std::getenv("PGLEAST_ATTACKS");
  if (wanted == nullptr) {
    const std::size_t share =
        attacks[row].since <= 13 && attacks[row].until == newest_major ? 6 : 3;
    return (row + static_cast<std::size_t>(major)) % share == 0;
  }
  return std::string_view(wanted) == "all" || attacks[row].id == wanted;
}

}  // namespace

TEST_CASE("every way up is done, and stopped by what cuts it", "[live][escalation]") {
  const LiveServer server(
      "-c wal_level=logical -c archive_mode=on -c autovacuum=off -c session_preload_libraries= "
      "-c 'primary_conninfo=host=elsewhere password=gained'");
  const int major = server.major();
  std::set<std::string_view> ids;
  Count count;
  for (std::size_t i = 0; i < attacks.size(); ++i) {
    const auto& attack = attacks[i];
    if (major < attack.since || major > attack.until || !is_done(i, major)) continue;
    INFO(attack.id << ", row " << i);
    if (!has_what_it_takes(server, attack)) {
      ++count.lacking;
      continue;
    }
    ids.insert(attack.id);
    do_near_miss(server, attack, std::to_string(i), count);
    do_attack(server, attack, std::to_string(i), count);
  }
  WARN("PostgreSQL " << major << ": " << ids.size() << " edges, " << count.done << " attacks done, "
                     << count.stopped << " stopped by their cut, " << count.missed
                     << " near misses, " << count.lacking
                     << " rows for which the build lacks an extension");
}

TEST_CASE("steps are put together as the server lets them", "[live][escalation]") {
  const LiveServer server;
  const int major = server.major();
  for (const auto& way : ways) {
    if (way.since <= major && major <= way.until) server.sql("postgres", way.setup);
  }
  Session session(server.dsn());
  const auto cluster = read_session(session);
  const Graph graph(cluster);
  const Connections connections(graph);
  const Escalations escalations(graph, connections);
  for (const auto& way : ways) {
    if (major < way.since || major > way.until) continue;
    INFO(way.setup);
    std::string found;
    for (const auto& step : escalations.way(*cluster.find_role(way.from), way.to, Help::none)) {
      CHECK(step.certain);
      CHECK_FALSE(step.needs_victim);
      found += (found.empty() ? "" : " ") + std::string(step.edge);
    }
    CHECK(found == way.edges);
    const auto reached = escalations.reachable(*cluster.find_role(way.from), Help::none);
    CHECK((std::find(reached.begin(), reached.end(), way.to) != reached.end()) == !found.empty());
  }
}

namespace {

/// A view of the superuser's over people (id, name), which app may read, and what app reads itself.
struct ViewOfColumns {
  const char* view;
  const char* granted;
  bool told;
};

constexpr std::array views_of_columns{
    ViewOfColumns{"SELECT id FROM people", "SELECT (id) ON people", false},
    ViewOfColumns{"SELECT p.id + 1 AS a FROM people p WHERE p.id > 0", "SELECT (id) ON people",
                  false},
    ViewOfColumns{"SELECT id FROM people JOIN pets USING (id)", "SELECT (id) ON people, pets",
                  false},
    ViewOfColumns{"SELECT * FROM people", "SELECT (id, name) ON people", false},
    ViewOfColumns{"SELECT id FROM people", "SELECT (name) ON people", true},
    ViewOfColumns{"SELECT id, name FROM people", "SELECT (id) ON people", true},
    ViewOfColumns{"SELECT id FROM people WHERE name = 'x'", "SELECT (id) ON people", true},
    ViewOfColumns{"SELECT id FROM people ORDER BY name", "SELECT (id) ON people", true},
    ViewOfColumns{"SELECT p FROM people p WHERE p.id > 0", "SELECT (id) ON people", true},
    ViewOfColumns{"SELECT id, row_to_json(p) FROM people p", "SELECT (id) ON people", true},
    ViewOfColumns{"SELECT ctid, id FROM people", "SELECT (id) ON people", true},
    ViewOfColumns{"SELECT id FROM people JOIN pets USING (id)", "SELECT (id) ON people", true},
    ViewOfColumns{"SELECT id, (SELECT max(q.name) FROM people q WHERE q.id = p.id) FROM people p",
                  "SELECT (id) ON people", true},
};

}  // namespace

TEST_CASE("a view of columns that its reader reads anyhow keeps nothing back",
          "[live][escalation][columns]") {
  const LiveServer server;
  server.sql("postgres", "CREATE ROLE app LOGIN");
  for (std::size_t i = 0; i < views_of_columns.size(); ++i) {
    const auto& [view, granted, told] = views_of_columns[i];
    server.sql(
        "postgres",
        fmt::format("CREATE SCHEMA s{0}; GRANT USAGE ON SCHEMA s{0} TO app; SET search_path "
                    "= s{0}; CREATE TABLE people (id int, name text); CREATE TABLE pets (id "
                    "int); CREATE VIEW v AS {1}; GRANT {2} TO app; GRANT SELECT ON v TO app;",
                    i, view, granted));
  }
  Session session(server.dsn());
  const auto cluster = read_session(session);
  CHECK(read_snapshot(Source("s", write_snapshot(cluster))) == cluster);
  const Graph graph(cluster);
  const Connections connections(graph);
  const Escalations ways(graph, connections);
  std::set<std::string> told;
  for (const auto& opening : ways.openings("ESC-VIEW")) {
    told.insert(cluster.object(opening.step.object).identity);
  }
  for (std::size_t i = 0; i < views_of_columns.size(); ++i) {
    INFO(views_of_columns[i].view << " and " << views_of_columns[i].granted);
    CHECK(told.contains(fmt::format("s{}.v", i)) == views_of_columns[i].told);
  }
}
