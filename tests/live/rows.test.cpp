// Which rows a role reaches, held against what it gets: random tables with row security, policies,
// partitions, children and views, and every role really reads and writes them.

#include <fmt/format.h>

#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "input/server/server_reader.hpp"
#include "privileges/row_access.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

using Random = std::mt19937;
using Ids = std::set<int>;

int below(Random& random, int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }

/// Conditions on `id`; those whose name begins with `all` are true of any row.
struct RowCondition {
  const char* name;
  const char* sql;
  bool (*holds)(int id);
};
constexpr RowCondition conditions[] = {
    {"all_true", "true", [](int) { return true; }},
    {"all_equal", "1 = 1 OR id = 3", [](int) { return true; }},
    {"even", "id % 2 = 0", [](int id) { return id % 2 == 0; }},
    {"high", "id > 3", [](int id) { return id > 3; }},
    {"low", "id <= 4", [](int id) { return id <= 4; }},
    {"same", "id = id", [](int) { return true; }},
    {"none", "false", [](int) { return false; }},
};

const RowCondition& any_condition(Random& random) {
  return conditions[static_cast<std::size_t>(
      below(random, static_cast<int>(std::size(conditions))))];
}

/// A world in schema w<n>, and which rows each relation shows to who may see all.
struct RowWorld {
  std::string sql;
  std::string schema;
  std::vector<std::string> roles;
  std::map<std::string, Ids> relations;   // by name
  std::map<std::string, Ids> insertable;  // tables, and views that lead to one
};

class Maker {
 public:
  Maker(int seed, int major) : random_(static_cast<unsigned>(seed)), major_(major), seed_(seed) {}

  RowWorld make() {
    world_.schema = fmt::format("w{}", seed_);
    world_.sql = fmt::format("CREATE SCHEMA {};\n", world_.schema);
    roles();
    tables();
    views();
    grants();
    return std::move(world_);
  }

 private:
  bool chance(int of_ten) { return below(random_, 10) < of_ten; }
  const std::string& any_role() {
    return world_
        .roles[static_cast<std::size_t>(below(random_, static_cast<int>(world_.roles.size())))];
  }
  std::string in_schema(const std::string& name) const { return world_.schema + '.' + name; }

  void roles() {
    for (int i = 0; i < 6; ++i) {
      const auto name = fmt::format("r{}_{}", seed_, i);
      const char* attribute = i == 0      ? " SUPERUSER"
                              : i == 1    ? " BYPASSRLS"
                              : chance(3) ? " NOINHERIT"
                                          : "";
      world_.sql += fmt::format("CREATE ROLE {}{};\n", name, attribute);
      for (int j = 0; j < i; ++j) {
        if (chance(2))
          world_.sql +=
              fmt::format("GRANT {} TO {};\n", world_.roles[static_cast<std::size_t>(j)], name);
      }
      world_.roles.push_back(name);
    }
  }

  void table(const std::string& name, const std::string& definition, const Ids& ids,
             const Ids& insertable) {
    const auto full = in_schema(name);
    world_.sql += fmt::format("CREATE TABLE {} {};\n", full, definition);
    world_.relations[name] = ids;
    world_.insertable[name] = insertable;
    if (chance(9)) world_.sql += fmt::format("ALTER TABLE {} ENABLE ROW LEVEL SECURITY;\n", full);
    if (chance(4)) world_.sql += fmt::format("ALTER TABLE {} FORCE ROW LEVEL SECURITY;\n", full);
    for (int p = below(random_, 6); p > 0; --p) policy(full, p);
    world_.sql += fmt::format("ALTER TABLE {} OWNER TO {};\n", full, any_role());
  }

  /// Its name says what it admits: p1_even_high has USING even and WITH CHECK high.
  void policy(const std::string& table, int number) {
    constexpr const char* commands[] = {"ALL", "SELECT", "INSERT", "UPDATE", "DELETE"};
    const auto* const command = commands[below(random_, 5)];
    const std::string word = command;
    const bool may_check = word == "ALL" || word == "INSERT" || word == "UPDATE";
    const bool checks = word == "INSERT" || (may_check && chance(4));
    const bool filters = word != "INSERT" && (!checks || chance(7));
    const auto& row = any_condition(random_);
    const auto& check = any_condition(random_);
    world_.sql += fmt::format("CREATE POLICY p{}_{}_{} ON {} AS {} FOR {} TO {}{}{};\n", number,
                              filters ? row.name : "no", checks ? check.name : "no", table,
                              chance(2) ? "RESTRICTIVE" : "PERMISSIVE", command,
                              chance(5) ? "PUBLIC" : any_role(),
                              filters ? fmt::format(" USING ({})", row.sql) : "",
                              checks ? fmt::format(" WITH CHECK ({})", check.sql) : "");
  }

  void tables() {
    const Ids all{1, 2, 3, 4, 5, 6}, low{1, 2, 3}, high{4, 5, 6};
    const std::string columns = "(id int, v int)";
    table("a", columns, all, all);
    table("b", columns, all, all);
    table("part", columns + " PARTITION BY RANGE (id)", all, all);
    table("part_low", "PARTITION OF " + in_schema("part") + " FOR VALUES FROM (1) TO (4)", low,
          low);
    table("part_high", "PARTITION OF " + in_schema("part") + " FOR VALUES FROM (4) TO (9)", high,
          high);
    table("parent", columns, all, all);
    table("child", "() INHERITS (" + in_schema("parent") + ")", high, all);
    for (const auto* const name : {"a", "b", "part"}) {
      world_.sql += fmt::format("INSERT INTO {} SELECT n, n FROM generate_series(1, 6) n;\n",
                                in_schema(name));
    }
    world_.sql += fmt::format(
        "INSERT INTO {0}.parent SELECT n, n FROM generate_series(1, 3) n;\n"
        "INSERT INTO {0}.child SELECT n, n FROM generate_series(4, 6) n;\n",
        world_.schema);
  }

  void view(const std::string& name, const std::vector<std::string>& of) {
    std::string query;
    for (const auto& base : of) {
      query += (query.empty() ? "SELECT id, v FROM " : " UNION ALL SELECT id, v FROM ") +
               in_schema(base);
    }
    const bool invoker = major_ >= 15 && chance(4);
    world_.sql +=
        fmt::format("CREATE VIEW {}{} AS {};\nALTER VIEW {} OWNER TO {};\n", in_schema(name),
                    invoker ? " WITH (security_invoker)" : "", query, in_schema(name), any_role());
    world_.relations[name] = {};
  }

  void views() {
    view("v_a", {"a"});
    view("v_part", {"part"});
    view("v_both", {"b", "child"});
    view("v_v", {"v_a"});
    view("v_vv", {"v_v", "part_low"});
    view("v_p", {"v_part"});
    for (const auto* const name : {"v_a", "v_part", "v_both", "v_v", "v_p"}) {
      world_.insertable[name] = {2, 5};
    }
    world_.sql += fmt::format(
        "CREATE MATERIALIZED VIEW {0}.m AS SELECT id, v FROM {0}.a;\n"
        "ALTER MATERIALIZED VIEW {0}.m OWNER TO {1};\n",
        world_.schema, any_role());
    world_.relations["m"] = world_.relations["a"];
  }

  void grants() {
    for (const auto& role : world_.roles) {
      if (chance(9))
        world_.sql += fmt::format("GRANT USAGE ON SCHEMA {} TO {};\n", world_.schema, role);
      for (const auto& [name, ids] : world_.relations) {
        if (!chance(8)) continue;
        constexpr const char* lists[] = {
            "ALL", "SELECT", "INSERT, DELETE", "UPDATE, SELECT", "SELECT (id, v)", "UPDATE (v)"};
        world_.sql +=
            fmt::format("GRANT {} ON {} TO {};\n", lists[below(random_, 6)], in_schema(name), role);
      }
    }
    // So that views act as somebody who may read.
    for (const auto* const name : {"a", "b", "child", "part", "part_low", "v_a", "v_v", "v_part"}) {
      for (const auto& role : world_.roles) {
        if (chance(6)) {
          world_.sql += fmt::format("GRANT SELECT ON {} TO {};\n", in_schema(name), role);
        }
      }
    }
  }

  RowWorld world_;
  Random random_;
  int major_;
  int seed_;
};

/// Each role runs each statement alone, in a subtransaction: `denied`, `refused` (a new row), or
/// the number of rows.
constexpr const char* attempts = R"sql(
CREATE FUNCTION public.attempt(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', role);
  IF statement LIKE 'SELECT%' THEN
    EXECUTE statement INTO n;
  ELSE
    EXECUTE statement;
    GET DIAGNOSTICS n = ROW_COUNT;
  END IF;
  RAISE EXCEPTION SQLSTATE 'OK000' USING MESSAGE = n;
EXCEPTION
  WHEN SQLSTATE 'OK000' THEN RETURN SQLERRM;
  WHEN object_not_in_prerequisite_state THEN RETURN 'denied';  -- not through such a view
  WHEN insufficient_privilege THEN
    RETURN CASE WHEN SQLERRM LIKE '%row-level security policy%' THEN 'refused' ELSE 'denied' END;
END $$;
)sql";

/// `p1_even_high`: what the model says, by what the policy's name says that it admits.
bool admits(const RowPolicy& policy, bool checked, int id) {
  const auto first = policy.name.find('_');
  std::string row, check;
  for (const auto& c : conditions) {
    const std::string name = c.name;
    if (policy.name.compare(first + 1, name.size() + 1, name + '_') == 0) row = name;
    if (policy.name.ends_with('_' + name)) check = name;
  }
  const auto& wanted = checked && policy.check_expression ? check : row;
  for (const auto& c : conditions) {
    if (wanted == c.name) return c.holds(id);
  }
  return false;
}

class Expected {
 public:
  Expected(const Cluster& cluster, const RowWorld& world) : cluster_(cluster), world_(world) {}

  bool admitted(const RowAccess& access, bool checked, int id) const {
    const auto says_something = [&](const RowPolicy& p) { return checked || p.using_expression; };
    bool any = false;
    for (const auto p : access.permissive) {
      const auto& policy = cluster_.row_policies[p];
      any = any || (says_something(policy) && admits(policy, checked, id));
    }
    for (const auto p : access.restrictive) {
      const auto& policy = cluster_.row_policies[p];
      any = any && (!says_something(policy) || admits(policy, checked, id));
    }
    return any;
  }

  std::size_t rows(const RowAccess& access) const {
    std::size_t count = 0;
    for (const auto& base : access.bases) count += rows(base);
    if (!access.bases.empty()) return count;
    for (const auto id : world_.relations.at(cluster_.object(access.relation).name)) {
      if (access.kind == RowAccess::Kind::all) ++count;
      if (access.kind == RowAccess::Kind::some && admitted(access, false, id)) ++count;
    }
    return count;
  }

  /// What attempt() should say of one statement of that command.
  std::string answer(const RowAccess& access, Privilege command, int id) const {
    using Kind = RowAccess::Kind;
    const bool written = command != Privilege::select;
    if (written && access.bases.size() == 1) return answer(access.bases.front(), command, id);
    if (access.kind == Kind::none && access.why != RowAccess::Why::no_policy) {
      return "denied";
    }
    if (command == Privilege::insert) {
      const bool may =
          access.kind == Kind::all || (access.kind == Kind::some && admitted(access, true, id));
      return may ? "1" : "refused";
    }
    if (command == Privilege::update && access.kind == Kind::some) {
      // One row that may not be written back fails the statement.
      for (const auto i : world_.relations.at(cluster_.object(access.relation).name)) {
        if (admitted(access, false, i) && !admitted(access, true, i)) return "refused";
      }
    }
    return access.kind == Kind::none ? "0" : std::to_string(rows(access));
  }

 private:
  const Cluster& cluster_;
  const RowWorld& world_;
};

struct Cell {
  std::string role, relation, statement;
  Privilege command;
  int id;
};

std::vector<Cell> cells_of(const RowWorld& world) {
  std::vector<Cell> cells;
  for (const auto& role : world.roles) {
    for (const auto& [name, ids] : world.relations) {
      const auto full = world.schema + '.' + name;
      cells.push_back({role, name, "SELECT count(*) FROM " + full, Privilege::select, 0});
      const auto insertable = world.insertable.find(name);
      if (insertable == world.insertable.end()) continue;
      cells.push_back({role, name, "DELETE FROM " + full, Privilege::delete_, 0});
      cells.push_back({role, name, "UPDATE " + full + " SET v = 0", Privilege::update, 0});
      for (const auto id : insertable->second) {
        cells.push_back({role, name, fmt::format("INSERT INTO {} (id) VALUES ({})", full, id),
                         Privilege::insert, id});
      }
    }
  }
  return cells;
}

std::vector<std::string> server_answers(const LiveServer& server, const std::vector<Cell>& cells) {
  std::string query;
  for (const auto& cell : cells) {
    query +=
        (query.empty() ? "SELECT string_agg(public.attempt(r, s), ' ' ORDER BY n) FROM (VALUES "
                       : ", ") +
        fmt::format("({}, '{}', '{}')", &cell - cells.data(), cell.role, cell.statement);
  }
  std::istringstream answer(server.ask("rows", query + ") c (n, r, s)"));
  std::vector<std::string> answers;
  for (std::string word; answer >> word;) answers.push_back(word);
  return answers;
}

}  // namespace

TEST_CASE("the rows that a role reaches are those that it gets", "[live][rows]") {
  const LiveServer server;
  server.sql("postgres", "CREATE DATABASE rows");
  server.sql("rows", attempts);
  constexpr int worlds = 6;
  std::size_t total = 0, differences = 0, through_views = 0;
  std::map<std::string, std::size_t> kinds;
  for (int seed = 1; seed <= worlds; ++seed) {
    const auto world = Maker(seed, server.major()).make();
    server.sql("rows", world.sql);
    LiveOptions options;
    options.conninfo = server.dsn("rows");
    const auto cluster = read_live(options);
    const Graph graph(cluster);
    const RowReach reach(graph);
    const Expected expected(cluster, world);
    std::map<std::string, ObjectId> relations;
    for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
      const auto& o = cluster.objects[i];
      if (o.kind != ObjectKind::table || cluster.object(o.schema).name != world.schema) continue;
      relations.emplace(o.name, ObjectId{i});
    }
    const auto cells = cells_of(world);
    const auto answers = server_answers(server, cells);
    REQUIRE(answers.size() == cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto& cell = cells[i];
      const auto access = reach.access(cluster.find_role(cell.role).value(),
                                       relations.at(cell.relation), cell.command);
      const auto wanted = expected.answer(access, cell.command, cell.id);
      ++total;
      ++kinds[fmt::format("{}", static_cast<int>(access.kind))];
      const bool number = answers[i].find_first_not_of("0123456789") == std::string::npos;
      const bool written = cell.command != Privilege::select && !access.bases.empty();
      if (written && number && answers[i] != "0") ++through_views;
      if (answers[i] == wanted) continue;
      ++differences;
      if (differences <= 10) {
        std::cout << fmt::format("{} {}: {} gives {}, not {} (kind {}, why {})\n", seed, cell.role,
                                 cell.statement, answers[i], wanted, static_cast<int>(access.kind),
                                 static_cast<int>(access.why));
      }
    }
  }
  std::cout << "rows on " << server.major() << ": " << worlds << " worlds, " << total << " cells ("
            << kinds["0"] << " nothing, " << kinds["1"] << " some, " << kinds["2"] << " all, "
            << kinds["3"] << " unknown), " << through_views << " written through views, "
            << differences << " differences\n";
  CHECK(differences == 0);
  CHECK(kinds["3"] == 0);
  CHECK(through_views > 50);
}
