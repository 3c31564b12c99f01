// What `access --explain` says would cut a privilege, run on a server in random worlds: it is gone
// afterwards, and no fewer statements of these kinds end it. PGLEAST_CUT_WORLDS=50 makes more.

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>

#include "fix/cut.hpp"
#include "fix/statement.hpp"
#include "input/server/server_reader.hpp"
#include "pg/identifier.hpp"
#include "support/catch.hpp"
#include "support/csv.hpp"
#include "support/random_world.hpp"
#include "support/server.hpp"
#include "text/display.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

std::string_view function_for(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::database:
      return "has_database_privilege";
    case ObjectKind::schema:
      return "has_schema_privilege";
    case ObjectKind::table:
      return "has_table_privilege";
    case ObjectKind::sequence:
      return "has_sequence_privilege";
    case ObjectKind::function:
      return "has_function_privilege";
    case ObjectKind::type:
      return "has_type_privilege";
    case ObjectKind::language:
      return "has_language_privilege";
    case ObjectKind::foreign_server:
      return "has_server_privilege";
    default:
      return "";
  }
}

struct Asked {
  RoleId role{};
  ObjectId object{};
  std::optional<std::size_t> column;
  Privilege privilege{};
};

std::string question(const Cluster& cluster, const Asked& asked) {
  const auto& object = cluster.object(asked.object);
  const auto role = quote_literal(cluster.role_name(asked.role));
  const auto privilege = quote_literal(std::string(info(asked.privilege).keyword));
  if (asked.column) {
    const auto& column = cluster.relation(object).columns[*asked.column];
    return fmt::format("SELECT has_column_privilege({}::name, {}, {}, {})", role, object.oid,
                       quote_literal(column.name), privilege);
  }
  return fmt::format("SELECT {}({}::name, {}, {})", function_for(object.kind), role, object.oid,
                     privilege);
}

// Every statement that takes something of these kinds away, by no rule but what is there.
std::vector<CutStatement> all_statements(const Cluster& cluster, const Asked& asked) {
  std::vector<CutStatement> result;
  const auto& object = cluster.object(asked.object);
  const auto take = [&](const Acl& acl, const std::string& column) {
    for (const auto& item : acl) {
      if (!item.privileges.has(asked.privilege) || cluster.role(item.grantor).dropped) continue;
      result.push_back(
          {fmt::format("SET ROLE {};", grantee_sql(cluster, item.grantor)),
           fmt::format("REVOKE {}{} ON {} FROM {} CASCADE;", info(asked.privilege).keyword, column,
                       grant_target(cluster, object), grantee_sql(cluster, item.grantee)),
           "RESET ROLE;"});
    }
  };
  take(cluster.effective_acl(object), "");
  if (asked.column) {
    const auto& column = cluster.relation(object).columns[*asked.column];
    take(cluster.column_acl(column), " (" + quote_identifier(column.name) + ")");
  }
  for (const auto& m : cluster.memberships) {
    if (cluster.role(m.member).dropped || cluster.role(m.role).dropped) continue;
    const auto by = cluster.major() < 16 ? "" : " GRANTED BY " + grantee_sql(cluster, m.grantor);
    result.push_back({fmt::format("REVOKE {} FROM {}{} CASCADE;", grantee_sql(cluster, m.role),
                                  grantee_sql(cluster, m.member), by)});
  }
  result.push_back({fmt::format("ALTER ROLE {} NOSUPERUSER;", grantee_sql(cluster, asked.role))});
  return result;
}

// Runs lists of statements, each in a transaction of its own, and asks.
class Trials {
 public:
  /// `expected`: whether it is still held; a statement that is refused changes nothing.
  void add(const std::vector<CutStatement>& statements, const std::string& question,
           const std::string& expected, const std::string& what) {
    std::string list;
    for (const auto& statement : statements) {
      for (const auto& line : statement) list += (list.empty() ? "" : ", ") + quote_literal(line);
    }
    script_ += fmt::format("SELECT pg_temp.after(ARRAY[{}]::text[], {});\n", list,
                           quote_literal(question));
    expected_.push_back({expected, what + ": " + list});
  }

  /// How many did not end as expected.
  std::size_t run(const LiveServer& server, const std::string& dsn) const {
    const auto path = server.folder() + "/cut.sql";
    std::ofstream(path) << R"sql(
CREATE FUNCTION pg_temp.after(statements text[], question text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text; statement text;
BEGIN
  BEGIN
    FOREACH statement IN ARRAY statements LOOP EXECUTE statement; END LOOP;
    RESET ROLE;
    EXECUTE question INTO answer;
    RAISE EXCEPTION SQLSTATE 'P4242' USING MESSAGE = answer;
  EXCEPTION WHEN OTHERS THEN
    RETURN CASE SQLSTATE WHEN 'P4242' THEN SQLERRM ELSE 'refused: ' || SQLERRM END;
  END;
END $$;
)sql" << script_;
    const auto ran =
        test::run("psql -X -q -At --csv -d " + test::shell_quoted(dsn) + " -f " + path);
    const auto answers = test::csv_rows(ran.out);
    if (answers.size() != expected_.size()) {
      std::cout << ran.out.substr(0, 2000) << '\n';
      return 1;
    }
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const auto& answer = answers[i].front();
      const bool refused = answer.starts_with("refused") && expected_[i].first == "true";
      if (refused || answer == expected_[i].first) continue;
      if (++wrong <= 10) std::cout << expected_[i].second << " -> " << answer << '\n';
    }
    return wrong;
  }
  std::size_t size() const { return expected_.size(); }

 private:
  std::string script_;
  std::vector<std::pair<std::string, std::string>> expected_;
};

struct Count {
  std::size_t cells = 0, single = 0, several = 0, impossible = 0, given_up = 0, trials = 0,
              wrong = 0;
};

class CutWorld {
 public:
  CutWorld(const Cluster& cluster, std::uint64_t number, Count& count)
      : cluster_(cluster), graph_(cluster), cuts_(cluster), random_(number), count_(count) {}

  void choose(std::size_t cells) {
    std::vector<ObjectId> objects;
    for (std::uint32_t i = 0; i < cluster_.objects.size(); ++i) {
      const auto& o = cluster_.objects[i];
      if (!o.system && !function_for(o.kind).empty()) {
        objects.push_back(ObjectId{i});
      }
    }
    for (std::size_t tries = 0; cells > 0 && tries < 20000; ++tries) {
      Asked asked;
      asked.role = RoleId{below(cluster_.roles.size())};
      asked.object = objects[below(objects.size())];
      const auto& object = cluster_.object(asked.object);
      if (cluster_.role(asked.role).dropped || cluster_.role(asked.role).oid < 100) continue;
      auto held = graph_.held(asked.role, object).privileges;
      if (object.kind == ObjectKind::table && below(2) == 0) {
        const auto& columns = cluster_.relation(object).columns;
        asked.column = below(columns.size());
        held = graph_.held(asked.role, object, columns[*asked.column]).privileges;
      }
      std::vector<Privilege> list;
      held.each([&](Privilege p) { list.push_back(p); });
      if (list.empty()) continue;
      asked.privilege = list[below(list.size())];
      // What several statements are needed for is rare.
      const auto cut = cuts_.of(asked.role, asked.object, asked.column, asked.privilege);
      if (!cut.any_of.empty() && below(3) > 0) continue;
      if (!cut.impossible.empty() && below(4) > 0) continue;
      add(asked, cut);
      --cells;
    }
  }

  Trials trials;

 private:
  std::uint32_t below(std::size_t n) { return static_cast<std::uint32_t>(random_() % n); }

  void add(const Asked& asked, const Cut& cut) {
    ++count_.cells;
    const auto& object = cluster_.object(asked.object);
    const auto what = fmt::format(
        "{} {} on {} {}{}", displayed(cluster_.role_name(asked.role)),
        info(asked.privilege).keyword, info(object.kind).name, object.identity,
        asked.column ? "." + cluster_.relation(object).columns[*asked.column].name : "");
    const auto ask = question(cluster_, asked);
    const auto classes = all_statements(cluster_, asked);
    trials.add({}, ask, "true", what + " before");
    for (const auto& single : cut.any_of) {
      trials.add({single}, ask, "false", what + " single");
    }
    if (!cut.any_of.empty()) {
      ++count_.single;
      return;
    }
    if (cut.impossible.empty()) {
      ++count_.several;
      count_.given_up += cut.fewest ? 0 : 1;
      trials.add(cut.all_of, ask, "false", what + " together");
    } else {
      ++count_.impossible;
    }
    for (const auto& one : classes) trials.add({one}, ask, "true", what + " one is not enough");
    const bool pairs = cut.all_of.size() > 2 || !cut.impossible.empty();
    if (!pairs || !cut.fewest || classes.size() > 45) return;
    for (std::size_t i = 0; i < classes.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        trials.add({classes[k], classes[i]}, ask, "true", what + " two are not enough");
      }
    }
  }

  const Cluster& cluster_;
  Graph graph_;
  Cuts cuts_;
  std::mt19937_64 random_;
  Count& count_;
};

}  // namespace

TEST_CASE("what is said to cut a privilege cuts it, and no fewer statements do", "[live][access]") {
  const LiveServer server;
  const int major = server.major();
  const char* const wanted = std::getenv("PGLEAST_CUT_WORLDS");
  const std::uint64_t worlds = wanted == nullptr ? 3 : std::stoull(wanted);
  Count count;
  for (std::uint64_t number = 1000; number < 1000 + worlds; ++number) {
    const auto world = test::random_world(number, major);
    const auto run = [&](const std::string& database, const std::vector<std::string>& statements) {
      const auto path = server.folder() + "/world.sql";
      std::ofstream(path) << test::script(statements);
      test::run("psql -X -q -d " + test::shell_quoted(server.dsn(database)) + " -f " + path);
    };
    std::string database;
    for (const char c : world.database)
      database += c == '\\' || c == '\'' ? std::string{'\\', c} : std::string{c};
    run("postgres", world.everywhere);
    run(database, world.in_database);
    const auto cluster = read_live({server.dsn(database), {}, false});
    CutWorld cuts(cluster, number, count);
    cuts.choose(12);
    count.trials += cuts.trials.size();
    count.wrong += cuts.trials.run(server, server.dsn(database));
    std::string drops = "DROP DATABASE " + quote_identifier(world.database) + ";\n";
    if (!world.second.empty()) drops += "DROP DATABASE " + quote_identifier(world.second) + ";\n";
    server.sql("postgres", drops + test::drop_random_worlds);
    if (major >= 15) server.sql("postgres", "DELETE FROM pg_parameter_acl;");
  }
  std::cout << fmt::format(
      "cut: {} worlds, {} cells: {} by one statement, {} by several ({} perhaps by fewer), {} by "
      "none; {} trials, {} wrong\n",
      worlds, count.cells, count.single, count.several, count.given_up, count.impossible,
      count.trials, count.wrong);
  CHECK(count.wrong == 0);
}
