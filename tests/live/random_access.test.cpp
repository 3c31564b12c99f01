// Random worlds of roles, objects and grants on a real server, which is asked for every privilege
// of every role on every object. PGLEAST_ACCESS_WORLDS=300 makes more of them, PGLEAST_ACCESS_FIRST
// begins at another number.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "input/server/field.hpp"
#include "input/server/server_reader.hpp"
#include "pg/identifier.hpp"
#include "privileges/graph.hpp"
#include "support/catch.hpp"
#include "support/csv.hpp"
#include "support/random_world.hpp"
#include "support/server.hpp"
#include "text/display.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

struct Asked {
  ObjectKind kind;
  std::string from;  // with `o` and its number
  std::string identity;
  std::string arguments;  // of `function`, before the privilege
  std::string function;
  std::string system;  // a condition: it belongs to the server
  std::string acl;
};

const std::string schema_is_system =
    "IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema', "
    "'pg_toast'))";
const std::string schema_is_temporary =
    "IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_')";

std::string identified(const std::string& catalog, const std::string& oid = "o.oid",
                       const std::string& part = "0") {
  return "(pg_identify_object('" + catalog + "'::regclass, " + oid + ", " + part + ")).identity";
}

Asked plain(ObjectKind kind, const std::string& catalog, const std::string& acl,
            const std::string& function) {
  return {kind, catalog + " o", identified(catalog), "o.oid", function, "false", acl};
}

std::vector<Asked> questions(int major) {
  const std::string relation = "pg_class o WHERE relpersistence <> 't' AND relkind ";
  const std::string in_system = "o.relnamespace " + schema_is_system;
  std::vector<Asked> result{
      {ObjectKind::table, relation + "IN ('r','p','v','m','f')", identified("pg_class"), "o.oid",
       "has_table_privilege", in_system, "o.relacl"},
      {ObjectKind::column,
       "pg_class c JOIN pg_attribute o ON o.attrelid = c.oid WHERE relpersistence <> 't' AND "
       "relkind IN ('r','p','v','m','f') AND attnum > 0 AND NOT attisdropped",
       identified("pg_class", "o.attrelid", "o.attnum"), "o.attrelid, o.attnum",
       "has_column_privilege", "c.relnamespace " + schema_is_system, "o.attacl"},
      {ObjectKind::sequence, relation + "= 'S'", identified("pg_class"), "o.oid",
       "has_sequence_privilege", in_system, "o.relacl"},
      {ObjectKind::function, "pg_proc o WHERE NOT pronamespace " + schema_is_temporary,
       identified("pg_proc"), "o.oid", "has_function_privilege",
       "o.pronamespace " + schema_is_system, "o.proacl"},
      {ObjectKind::type,
       "pg_type o WHERE typisdefined AND typnamespace <> 'pg_toast'::regnamespace AND NOT "
       "typnamespace " +
           schema_is_temporary,
       identified("pg_type"), "o.oid", "has_type_privilege", "o.typnamespace " + schema_is_system,
       "o.typacl"},
      {ObjectKind::schema, "pg_namespace o WHERE NOT oid " + schema_is_temporary,
       identified("pg_namespace"), "o.oid", "has_schema_privilege", "o.oid " + schema_is_system,
       "o.nspacl"},
      plain(ObjectKind::database, "pg_database", "o.datacl", "has_database_privilege"),
      plain(ObjectKind::language, "pg_language", "o.lanacl", "has_language_privilege"),
      plain(ObjectKind::tablespace, "pg_tablespace", "o.spcacl", "has_tablespace_privilege"),
      plain(ObjectKind::foreign_data_wrapper, "pg_foreign_data_wrapper", "o.fdwacl",
            "has_foreign_data_wrapper_privilege"),
      plain(ObjectKind::foreign_server, "pg_foreign_server", "o.srvacl", "has_server_privilege"),
  };
  if (major >= 15) {
    result.push_back({ObjectKind::parameter, "pg_parameter_acl o", "o.parname", "o.parname",
                      "has_parameter_privilege", "false", "o.paracl"});
  }
  if (major >= 18) {
    result.push_back({ObjectKind::large_object, "pg_largeobject_metadata o", "o.oid::text", "o.oid",
                      "has_largeobject_privilege", "false", "o.lomacl"});
  }
  return result;
}

std::vector<Privilege> privileges_of(ObjectKind kind, int major) {
  std::vector<Privilege> result;
  grantable_privileges(kind, major).each([&](Privilege p) { result.push_back(p); });
  return result;
}

// Dropped columns leave their numbers.
const char* const place_of_column =
    "(SELECT count(*) FROM pg_attribute x WHERE x.attrelid = o.attrelid AND x.attnum > 0 AND "
    "x.attnum < o.attnum AND NOT x.attisdropped)";

// One row an object: oid, place of the column, identity, of the server itself, and for each
// role and privilege whether it is held and whether it can be passed on.
std::string question(const Asked& asked, int major, std::uint64_t sample) {
  std::string cells;
  for (const auto p : privileges_of(asked.kind, major)) {
    for (const auto* const option : {"", " WITH GRANT OPTION"}) {
      cells += fmt::format("{}{}(r.oid, {}, '{}{}')::int::text", cells.empty() ? "" : " || ",
                           asked.function, asked.arguments, info(p).keyword, option);
    }
  }
  const bool column = asked.kind == ObjectKind::column;
  const std::string oid = column ? "o.attrelid" : "o.oid";
  const bool few = asked.system == "false";
  return fmt::format(
      "SELECT {}, {}, {}, {}, (SELECT string_agg({}, '' ORDER BY r.oid) FROM pg_roles r) FROM {} "
      "{} ({} OR {} >= 16384 OR {} IS NOT NULL OR {}::int8 % 30 = {})",
      oid, column ? place_of_column : "0", asked.identity, asked.system, cells, asked.from,
      asked.from.find(" WHERE ") == std::string::npos ? "WHERE" : "AND", few, oid, asked.acl, oid,
      sample % 30);
}

struct Count {
  std::size_t worlds = 0, cells = 0, differences = 0, ran = 0, refused = 0, memberships = 0,
              set_roles = 0, large_objects = 0, printed = 0;
};

class World {
 public:
  World(const LiveServer& server, std::uint64_t number, Count& count)
      : server_(server),
        number_(number),
        major_(server.major()),
        world_(test::random_world(number, major_)),
        count_(count) {
    run("postgres", world_.everywhere);
    run(world_.database, world_.in_database);
    if (!world_.second.empty()) run(world_.second, world_.in_second);
  }
  ~World() {
    std::string drops;
    for (const auto& name : {world_.database, world_.second}) {
      if (!name.empty()) drops += "DROP DATABASE " + quote_identifier(name) + ";\n";
    }
    server_.sql("postgres", drops + test::drop_random_worlds +
                                (major_ >= 15 ? "DELETE FROM pg_parameter_acl;" : ""));
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void compare() {
    auto databases = std::vector<std::string>{world_.database};
    if (!world_.second.empty()) databases.push_back(world_.second);
    const auto cluster = read_live({dsn(world_.database), databases, false});
    const Graph graph(cluster);
    by_oid(cluster);
    for (const auto& name : databases) {
      Session session(dsn(name));
      compare_objects(graph, session);
      compare_reach(graph, session);
    }
    if (number_ % 4 == 3) compare_set_role(graph);
    if (major_ < 18) compare_large_objects(graph);
    if (number_ % 4 == 3) compare_printed();
  }

 private:
  // A name may have blanks, quotes and equal signs in it.
  std::string dsn(const std::string& database) const {
    std::string escaped;
    for (const char c : database) {
      if (c == '\\' || c == '\'') escaped += '\\';
      escaped += c;
    }
    return server_.dsn(escaped);
  }

  test::Ran psql(const std::string& database, const std::string& text,
                 const std::string& options) const {
    const auto path = server_.folder() + "/world.sql";
    std::ofstream(path) << text;
    return test::run("psql -X -q -At " + options + " -d " + test::shell_quoted(dsn(database)) +
                     " -f " + path);
  }

  void run(const std::string& database, const std::vector<std::string>& statements) {
    const auto ran = psql(database, test::script(statements), "");
    count_.ran += statements.size();
    for (std::size_t at = 0; (at = ran.out.find(": ERROR: ", at)) != std::string::npos; ++at) {
      ++count_.refused;
    }
    if (std::getenv("PGLEAST_ACCESS_VERBOSE") != nullptr) {
      std::cout << test::script(statements) << ran.out;
    }
  }

  void differ(const std::string& what) {
    if (++count_.differences <= 30) {
      std::cout << "world " << number_ << " on " << major_ << ": " << what << '\n';
    }
  }

  void by_oid(const Cluster& cluster) {
    for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
      const auto& o = cluster.objects[i];
      const auto database = o.database == no_object ? "" : cluster.object(o.database).name;
      objects_[{database, o.kind, o.oid}] = ObjectId{i};
    }
    for (std::uint32_t i = 0; i < cluster.roles.size(); ++i) {
      if (!cluster.roles[i].dropped) roles_[cluster.roles[i].oid] = RoleId{i};
    }
  }

  ObjectId object(const Session& session, ObjectKind kind, std::uint32_t oid) const {
    for (const auto& database : {session.database(), std::string()}) {
      const auto found = objects_.find({database, kind, oid});
      if (found != objects_.end()) return found->second;
    }
    return no_object;
  }

  void compare_objects(const Graph& graph, Session& session) {
    const auto& cluster = graph.cluster();
    for (const auto& asked : questions(major_)) {
      const bool is_column = asked.kind == ObjectKind::column;
      const auto list = privileges_of(asked.kind, major_);
      for (const auto& row :
           session.ask(question(asked, major_, number_) + " ORDER BY 1, 2", "test")) {
        const auto oid = oid_of(row[0]);
        const auto id = object(session, is_column ? ObjectKind::table : asked.kind, oid);
        if (id == no_object) {
          differ("not read: " + text_of(row[2]));
          continue;
        }
        const auto& o = cluster.object(id);
        const auto* const column =
            is_column ? &cluster.relation(o).columns.at(oid_of(row[1])) : nullptr;
        std::size_t at = 0;
        for (const auto& [number, role] : roles_) {
          const auto held = column != nullptr ? graph.held(role, o, *column) : graph.held(role, o);
          for (const auto p : list) {
            const bool has = row[4]->at(at++) == '1';
            const bool grants = row[4]->at(at++) == '1';
            count_.cells += 2;
            if (has) remember(cluster, asked.kind, session, row, role, p, grants);
            if (held.privileges.has(p) == has && held.grantable.has(p) == grants) continue;
            differ(fmt::format("{} {}, {}, {}: server {} {}, pgleast {} {}", info(asked.kind).name,
                               row[2].value_or("?"), cluster.role_name(role), info(p).keyword, has,
                               grants, held.privileges.has(p), held.grantable.has(p)));
          }
        }
        CHECK(at == row[4]->size());
      }
    }
  }

  void remember(const Cluster& cluster, ObjectKind kind, const Session& session, const Row& row,
                RoleId role, Privilege p, bool grants) {
    if (row[3] == "t" || session.database() != world_.database) return;
    printed_.insert({displayed(cluster.role_name(role)), std::string(info(kind).name),
                     displayed(text_of(row[2])), std::string(info(p).keyword), grants ? "t" : "f"});
  }

  // From here on `pgleast access` itself, live and on a snapshot.
  void compare_printed() {
    const auto snapshot = server_.folder() + "/world.json";
    const auto source = " --dsn " + test::shell_quoted(dsn(world_.database));
    const auto live = test::pgleast("access --format csv" + source);
    REQUIRE(test::pgleast("snapshot --output " + snapshot + source).code == 0);
    const auto again = test::pgleast("access --format csv --snapshot " + snapshot);
    if (live.out != again.out) differ("a snapshot says something else");
    std::set<std::vector<std::string>> found;
    for (auto& row : test::csv_rows(live.out)) {
      if (row.at(0) == "role" || (major_ < 18 && row.at(1) == "large-object")) continue;
      row.resize(5);
      found.insert(std::move(row));
    }
    count_.printed += found.size();
    for (const auto& row : printed_) {
      if (!found.contains(row)) differ(fmt::format("not printed: {}", fmt::join(row, ", ")));
    }
    for (const auto& row : found) {
      if (!printed_.contains(row)) differ(fmt::format("printed: {}", fmt::join(row, ", ")));
    }
  }

  void compare_reach(const Graph& graph, Session& session) {
    const auto& cluster = graph.cluster();
    const auto database = object(session, ObjectKind::database, [&] {
      const auto rows =
          session.ask("SELECT oid FROM pg_database WHERE datname = current_database()", "test");
      return oid_of(rows.front().front());
    }());
    const std::string set = major_ >= 16 ? "pg_has_role(a.oid, b.oid, 'SET')" : "NULL";
    for (const auto& row : session.ask(
             "SELECT a.oid, b.oid, pg_has_role(a.oid, b.oid, 'MEMBER'), pg_has_role(a.oid, b.oid, "
             "'USAGE'), " +
                 set + " FROM pg_roles a, pg_roles b",
             "test")) {
      const auto a = roles_.at(oid_of(row[0]));
      const auto b = roles_.at(oid_of(row[1]));
      const auto check = [&](Closure closure, const Field& answer, const char* name) {
        if (!answer) return;
        ++count_.memberships;
        const bool expected = *answer == "t";
        const bool found = cluster.role(a).superuser || graph.reach(a, closure, database).has(b);
        if (found == expected) return;
        differ(fmt::format("{} {} {}: server {}, pgleast {}", cluster.role_name(a), name,
                           cluster.role_name(b), expected, found));
      };
      check(Closure::members, row[2], "MEMBER");
      check(Closure::inherits, row[3], "USAGE");
      check(Closure::becomes, row[4], "SET");
    }
  }

  // What a role really may do: each answer is `a|b|t`, rolled back.
  std::vector<std::vector<std::string>> tried(const std::string& attempt,
                                              const std::string& candidates) const {
    const auto ran = psql(world_.database,
                          R"sql(
BEGIN;
CREATE FUNCTION pg_temp.try(who name, what text) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
  BEGIN
    )sql" + attempt + R"sql(
  EXCEPTION WHEN insufficient_privilege THEN
    RESET SESSION AUTHORIZATION;
    RETURN false;
  END;
  RESET SESSION AUTHORIZATION;
  RETURN true;
END $$;
SELECT who, what, pg_temp.try(name, text) FROM ()sql" +
                              candidates + R"sql() AS c(who, what, name, text);
ROLLBACK;
)sql",
                          "-v ON_ERROR_STOP=1 --csv");
    if (ran.code != 0) throw std::runtime_error("psql: " + ran.out);
    return test::csv_rows(ran.out);
  }

  void compare_set_role(const Graph& graph) {
    const auto rows =
        tried("EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I; SET LOCAL ROLE %I', who, what);",
              "SELECT a.oid, b.oid, a.rolname, b.rolname::text FROM pg_roles a, pg_roles b WHERE "
              "a.oid >= "
              "16384 AND b.rolname <> 'none'");
    for (const auto& row : rows) {
      const auto a = roles_.at(static_cast<std::uint32_t>(std::stoul(row[0])));
      const auto b = roles_.at(static_cast<std::uint32_t>(std::stoul(row[1])));
      ++count_.set_roles;
      const bool found =
          graph.cluster().role(a).superuser || graph.reach(a, Closure::becomes).has(b);
      if (found != (row[2] == "t")) {
        differ(fmt::format("{} SET ROLE {}: server {}, pgleast {}", graph.cluster().role_name(a),
                           graph.cluster().role_name(b), row[2], found));
      }
    }
  }

  void compare_large_objects(const Graph& graph) {
    const auto& cluster = graph.cluster();
    // Where the functions are.
    const auto catalog =
        std::find_if(cluster.objects.begin(), cluster.objects.end(), [&](const Object& o) {
          return o.kind == ObjectKind::schema && o.name == "pg_catalog" &&
                 cluster.object(o.database).name == world_.database;
        });
    for (const auto p : {Privilege::select, Privilege::update}) {
      const auto rows = tried(
          std::string("EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', who); EXECUTE ") +
              // Not PERFORM: its plan is kept, and with it that one role found the function.
              (p == Privilege::select ? "format('SELECT pg_catalog.lo_get(%s)', what);"
                                      : "format('SELECT pg_catalog.lo_put(%s, 0, %L)', what, '');"),
          "SELECT a.oid, b.oid, a.rolname, b.oid::text FROM pg_roles a, pg_largeobject_metadata b");
      for (const auto& row : rows) {
        const auto role = roles_.at(static_cast<std::uint32_t>(std::stoul(row[0])));
        const auto found = objects_.find({world_.database, ObjectKind::large_object,
                                          static_cast<std::uint32_t>(std::stoul(row[1]))});
        REQUIRE(found != objects_.end());
        ++count_.large_objects;
        // Whoever opens one to write may read it, too (inv_api.c, inv_open).
        const auto needed = PrivilegeSet(Privilege::select) | p;
        const bool has =
            graph.held(role, cluster.object(found->second)).privileges.covers(needed) &&
            graph.held(role, *catalog).privileges.has(Privilege::usage);
        if (has != (row[2] == "t")) {
          differ(fmt::format("large object {}, {}, {}: server {}, pgleast {}", row[1],
                             cluster.role_name(role), info(p).keyword, row[2], has));
        }
      }
    }
  }

  const LiveServer& server_;
  std::uint64_t number_;
  int major_;
  test::RandomWorld world_;
  Count& count_;
  std::map<std::tuple<std::string, ObjectKind, std::uint32_t>, ObjectId> objects_;
  std::map<std::uint32_t, RoleId> roles_;
  std::set<std::vector<std::string>> printed_;
};

std::uint64_t number_in(const char* name, std::uint64_t otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : std::stoull(value);
}

}  // namespace

TEST_CASE("in random worlds every privilege is what the server answers", "[live][access]") {
  LiveServer server;
  Count count;
  const auto first = number_in("PGLEAST_ACCESS_FIRST", 1);
  const auto worlds = number_in("PGLEAST_ACCESS_WORLDS", 3);
  for (auto number = first; number < first + worlds; ++number, ++count.worlds) {
    World(server, number, count).compare();
  }
  std::cout << fmt::format(
      "access: {} random worlds ({} statements, {} refused), {} cells, {} memberships, {} SET "
      "ROLE, "
      "{} of large objects, {} printed; {} differences\n",
      count.worlds, count.ran, count.refused, count.cells, count.memberships, count.set_roles,
      count.large_objects, count.printed, count.differences);
  CHECK(count.differences == 0);
}
