// Random worlds and scripts of objects, run by psql on a server and replayed without one: every
// privilege of every role, owners, access lists, default privileges, policies, switches of row
// security, settings and what is refused are the same. PGLEAST_SQL_WORLDS=200 makes more of
// them, PGLEAST_SQL_FIRST begins at another number.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "input/replay/replay.hpp"
#include "input/server/server_reader.hpp"
#include "model/fresh_cluster.hpp"
#include "pg/identifier.hpp"
#include "privileges/graph.hpp"
#include "support/catch.hpp"
#include "support/random_script.hpp"
#include "support/random_world.hpp"
#include "support/server.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

using Facts = std::map<std::string, std::string>;

class Telling {
 public:
  Telling(const Cluster& cluster, const std::set<std::string>& databases)
      : c_(cluster), databases_(databases) {}

  Facts facts() {
    for (const auto& o : c_.objects) {
      if (is_asked(o)) tell(o);
    }
    for (const auto& d : c_.default_acls) {
      if (!databases_.contains(c_.object(d.database).name)) continue;
      put(fmt::format("default privileges in {} of {} in {} for {}", c_.object(d.database).name,
                      c_.role_name(d.creator),
                      d.schema == no_object ? "any schema" : c_.object(d.schema).name, d.type),
          list(d.acl));
    }
    for (const auto& p : c_.row_policies) tell(p);
    for (const auto& s : c_.role_settings) {
      const auto in = s.database == no_object ? "" : c_.object(s.database).name;
      put(fmt::format("setting of {} in {}: {}", c_.role_name(s.role), in, s.name), s.value);
    }
    return std::move(facts_);
  }

  bool is_asked(const Object& o) const {
    if (o.system || o.name == "template1") return false;
    return o.database == no_object || databases_.contains(c_.object(o.database).name);
  }

  std::string name(const Object& o) const {
    return fmt::format("{} {} {}", o.database == no_object ? "" : c_.object(o.database).name,
                       info(o.kind).name, o.identity);
  }

 private:
  void put(const std::string& key, const std::string& value) {
    facts_[key] += facts_.contains(key) ? " AND " + value : value;
  }

  std::string list(AclId id) const {
    if (id == null_acl) return "null";
    return to_string(c_.acls[index(id)], [&](RoleId r) { return c_.role_name(r); });
  }

  void tell(const Object& o) {
    auto text = fmt::format("of {}, {}", c_.role_name(o.owner), list(o.acl));
    if (o.kind == ObjectKind::table) {
      const auto& r = c_.relation(o);
      text += fmt::format(" {} {} {} ({})", r.relkind, r.row_security, r.force_row_security,
                          fmt::join(r.options, ","));
      for (const auto& column : r.columns)
        text += fmt::format(", {} {}", column.name, list(column.acl));
    } else if (o.kind == ObjectKind::function) {
      const auto& f = c_.function(o);
      text += fmt::format(" {} {} {} {} {} {} ({})", f.prokind, f.security_definer, f.leakproof,
                          f.volatility, f.language, f.trigger, fmt::join(f.config, "; "));
    } else if (o.kind == ObjectKind::database) {
      const auto& d = c_.databases[o.detail];
      text += fmt::format(" {} {} {}", d.allows_connections, d.is_template, d.connection_limit);
    }
    put(name(o), text);
  }

  void tell(const RowPolicy& p) {
    const auto& table = c_.object(p.table);
    if (!is_asked(table)) return;
    std::set<std::string> roles;
    for (const auto r : p.roles) roles.insert(c_.role_name(r));
    put(fmt::format("policy {} on {}", p.name, name(table)),
        fmt::format("{} {} {} {} {}", p.command, p.permissive, fmt::join(roles, ","),
                    p.using_expression.has_value(), p.check_expression.has_value()));
  }

  const Cluster& c_;
  const std::set<std::string>& databases_;
  Facts facts_;
};

struct Count {
  std::size_t worlds = 0, statements = 0, refused = 0, facts = 0, cells = 0, unseen = 0,
              differences = 0;
};

/// role, privilege, object -> grantable
std::set<std::string> cells(const Cluster& cluster, const std::set<std::string>& databases,
                            Count& count) {
  const Graph graph(cluster);
  const Telling telling(cluster, databases);
  std::set<std::string> result;
  for (std::uint32_t r = 0; r < cluster.roles.size(); ++r) {
    if (cluster.roles[r].dropped) continue;
    for (const auto& o : cluster.objects) {
      if (!telling.is_asked(o)) continue;
      const auto tell = [&](const Held& held, const std::string& name) {
        grantable_privileges(o.kind, cluster.major()).each([&](Privilege p) {
          count.cells += 2;
          if (!held.privileges.has(p) && !held.grantable.has(p)) return;
          result.insert(fmt::format("{} {} {} {} {}", cluster.roles[r].name, info(p).keyword, name,
                                    held.privileges.has(p), held.grantable.has(p)));
        });
      };
      tell(graph.held(RoleId{r}, o), telling.name(o));
      if (o.kind != ObjectKind::table) continue;
      for (const auto& column : cluster.relation(o).columns) {
        tell(graph.held(RoleId{r}, o, column), telling.name(o) + '.' + column.name);
      }
    }
  }
  return result;
}

class Comparison {
 public:
  Comparison(const LiveServer& server, Count& count) : server_(server), count_(count) {}

  /// Runs it in `postgres`, and replays it on a cluster that initdb made.
  void compare(std::uint64_t number, const std::string& script,
               const std::set<std::string>& databases) {
    const auto path = server_.folder() + "/script.sql";
    std::ofstream(path) << script;
    const auto theirs = errors(path);
    auto ours = fresh_cluster(server_.major() * 10000);
    ours.roles.front().name = server_.superuser();
    const auto problems = replay_sql(Source("script.sql", script), ours, Beneath::known);
    const std::string world = fmt::format("world {} on {}: ", number, server_.major());
    for (const auto& fact : {Fact::roles, Fact::objects}) {
      if (ours.seen(fact)) continue;
      ++count_.unseen;
      std::cout << world << ours.unseen.at(fact).why << '\n';
    }
    compare_refusals(world, script, problems, theirs);
    const auto live =
        read_live({dsn(*databases.begin()), {databases.begin(), databases.end()}, false});
    ours.name = live.name;
    compare_facts(world, Telling(live, databases).facts(), Telling(ours, databases).facts());
    const auto answered = cells(live, databases, count_);
    Count ignored;
    const auto found = cells(ours, databases, ignored);
    for (const auto& cell : answered) {
      if (!found.contains(cell)) differ(world + "not held: " + cell);
    }
    for (const auto& cell : found) {
      if (!answered.contains(cell)) differ(world + "held: " + cell);
    }
    ++count_.worlds;
  }

  std::string dsn(const std::string& database) const {
    std::string escaped;
    for (const char c : database) {
      if (c == '\\' || c == '\'') escaped += '\\';
      escaped += c;
    }
    return server_.dsn(escaped);
  }

 private:
  void differ(const std::string& what) {
    if (++count_.differences <= 40) std::cout << what << '\n';
  }

  /// By line: what psql says.
  std::map<std::size_t, std::string> errors(const std::string& path) const {
    const auto ran = test::run("psql -X -q -o /dev/null -d " + test::shell_quoted(server_.dsn()) +
                               " -f " + path + " 2>&1");
    std::map<std::size_t, std::string> result;
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) {
      const auto error = line.find(": ERROR:  ");
      if (error == std::string::npos) continue;
      const auto colon = line.rfind(':', error - 1);
      result[std::stoul(line.substr(colon + 1))] = line.substr(error + 10);
    }
    return result;
  }

  void compare_refusals(const std::string& world, const std::string& script,
                        const SqlProblems& problems,
                        const std::map<std::size_t, std::string>& theirs) {
    const Source source("script.sql", script);
    const auto statement = [&](std::size_t line) {
      return std::string(source.line_after(source.line_start(line)));
    };
    std::map<std::size_t, std::string> ours;
    for (const auto& d : problems.refused) ours[d.at->line] = d.message;
    for (const auto& d : problems.syntax) ours[d.at->line] = d.message;
    count_.statements += static_cast<std::size_t>(std::count(script.begin(), script.end(), ';'));
    count_.refused += theirs.size();
    for (const auto& [line, message] : theirs) {
      if (ours.contains(line)) continue;
      differ(fmt::format("{}refused by the server alone: {}: {}", world, statement(line), message));
    }
    for (const auto& [line, message] : ours) {
      if (theirs.contains(line) || message.starts_with("the transaction is never")) continue;
      differ(fmt::format("{}refused by us alone: {}: {}", world, statement(line), message));
    }
  }

  void compare_facts(const std::string& world, const Facts& theirs, const Facts& ours) {
    count_.facts += theirs.size();
    for (const auto& [key, value] : theirs) {
      const auto found = ours.find(key);
      if (found == ours.end()) {
        differ(fmt::format("{}not made: {}: {}", world, key, value));
      } else if (found->second != value) {
        differ(fmt::format("{}{}:\n  server {}\n  ours   {}", world, key, value, found->second));
      }
    }
    for (const auto& [key, value] : ours) {
      if (!theirs.contains(key)) differ(fmt::format("{}made: {}: {}", world, key, value));
    }
  }

  const LiveServer& server_;
  Count& count_;
};

// Statements that write into the catalogs are not followed.
std::string on_lines(const std::vector<std::string>& statements) {
  std::string result;
  for (auto statement : statements) {
    if (statement.starts_with("DELETE FROM pg_") || statement.starts_with("UPDATE pg_")) continue;
    std::replace(statement.begin(), statement.end(), '\n', ' ');
    result += statement + ";\n";
  }
  return result;
}

std::string connect(const std::string& database) {
  std::string escaped;
  for (const char c : database) {
    if (c == '\\' || c == '\'') escaped += '\\';
    escaped += c;
  }
  std::string conninfo = "dbname='" + escaped + "'", quoted;
  for (const char c : conninfo) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return "\\connect -reuse-previous=on \"" + quoted + "\"\n";
}

void drop(const LiveServer& server, const std::set<std::string>& databases) {
  std::string drops;
  for (const auto& name : databases) {
    drops += "DROP DATABASE IF EXISTS " + quote_identifier(name) + ";\n";
  }
  server.sql("postgres", drops + test::drop_random_worlds +
                             (server.major() >= 15 ? "DELETE FROM pg_parameter_acl;" : ""));
}

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : std::stoull(value);
}

void print(const char* what, const Count& count) {
  std::cout << fmt::format(
      "{} {}, {} statements ({} refused), {} facts, {} cells, {} unseen, {} "
      "differences\n",
      count.worlds, what, count.statements, count.refused, count.facts, count.cells, count.unseen,
      count.differences);
}

}  // namespace

namespace {

struct KnownScript {
  int since;  // the server's version
  const char* text;
};

// What was replayed otherwise once; each with names of its own, by the superuser in `w`.
constexpr KnownScript known_scripts[] = {
    {19,
     R"(CREATE ROLE gown; CREATE ROLE ga; CREATE ROLE gb; CREATE ROLE gc; CREATE ROLE gsuper SUPERUSER;
CREATE ROLE gin; CREATE ROLE gout; GRANT ga TO gin; GRANT ga TO gout WITH INHERIT FALSE, SET TRUE;
CREATE ROLE gheir; GRANT gown TO gheir;
CREATE TABLE gt (x int, y int); ALTER TABLE gt OWNER TO gown;
CREATE SCHEMA gs AUTHORIZATION gown; CREATE TABLE gs.t (x int); ALTER TABLE gs.t OWNER TO gown;
GRANT SELECT ON gt TO gb GRANTED BY gown;
GRANT SELECT ON gt TO gb GRANTED BY ga;
GRANT SELECT ON gt TO ga WITH GRANT OPTION;
GRANT SELECT, UPDATE ON gt TO gb GRANTED BY ga;
GRANT ALL ON gt TO gc GRANTED BY ga;
GRANT SELECT (x), UPDATE (y) ON gt TO gb GRANTED BY ga;
GRANT SELECT ON ALL TABLES IN SCHEMA gs TO gb GRANTED BY ga;
GRANT USAGE ON SCHEMA gs TO ga WITH GRANT OPTION; GRANT USAGE ON SCHEMA gs TO gb GRANTED BY ga;
GRANT CONNECT, TEMP ON DATABASE w TO gb GRANTED BY ga;
GRANT CONNECT ON DATABASE w TO ga WITH GRANT OPTION;
GRANT CONNECT, TEMP ON DATABASE w TO gb GRANTED BY ga;
GRANT SET ON PARAMETER work_mem TO gb GRANTED BY ga;
GRANT SET ON PARAMETER work_mem TO ga WITH GRANT OPTION;
GRANT SET ON PARAMETER work_mem TO gb GRANTED BY ga;
GRANT INSERT ON gt TO gb GRANTED BY gsuper; GRANT INSERT ON gt TO gb GRANTED BY gheir;
GRANT DELETE ON gt TO gb GRANTED BY nobody; GRANT DELETE ON gt TO gb GRANTED BY PUBLIC;
SET ROLE gsuper; GRANT TRUNCATE ON gt TO gb GRANTED BY CURRENT_USER; GRANT TRIGGER ON gt TO gb; RESET ROLE;
SET ROLE gin; GRANT SELECT ON gt TO gin GRANTED BY ga; GRANT SELECT ON gt TO gout GRANTED BY gin;
GRANT SELECT ON gt TO gout GRANTED BY gown; RESET ROLE;
SET ROLE gout; GRANT SELECT ON gt TO gout GRANTED BY ga; RESET ROLE;
SET ROLE gheir; GRANT REFERENCES ON gt TO gc GRANTED BY gheir; GRANT REFERENCES ON gt TO gc GRANTED BY gown; RESET ROLE;
REVOKE SELECT ON gt FROM gb GRANTED BY ga;
REVOKE GRANT OPTION FOR SELECT ON gt FROM ga GRANTED BY gown;
REVOKE GRANT OPTION FOR SELECT ON gt FROM ga GRANTED BY gown CASCADE;)"},
    {19, R"(CREATE ROLE nl;
CREATE TABLE nt (i oid8, j regdatabase[]); CREATE DOMAIN nd AS oid8;
CREATE FUNCTION nf(oid8, regdatabase) RETURNS oid8 LANGUAGE sql AS 'SELECT $1';
ALTER FUNCTION nf(oid8, regdatabase) OWNER TO nl;)"},
    {18, R"(CREATE ROLE la; CREATE ROLE lb;
ALTER DEFAULT PRIVILEGES FOR ROLE la GRANT SELECT ON LARGE OBJECTS TO lb WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE la IN SCHEMA public REVOKE ALL ON LARGE OBJECTS FROM la;
ALTER DEFAULT PRIVILEGES GRANT ALL ON LARGE OBJECTS TO PUBLIC;
SELECT lo_create(8801);)"},
    {12, R"(CREATE ROLE lk;
CREATE TABLE lbase (a int, c text);
CREATE TABLE lderived (d int) INHERITS (lbase);
CREATE TABLE lm (LIKE lderived, b int) INHERITS (lderived);
GRANT SELECT (b, d, a) ON lm TO lk;
CREATE TABLE ln (LIKE lbase) INHERITS (lderived);
CREATE TABLE lo (LIKE lderived, LIKE lbase);
GRANT SELECT (tableoid) ON ln TO lk;)"},
    {12, R"(CREATE ROLE sy;
CREATE TABLE sp (fx int);
GRANT SELECT (fx, tableoid) ON sp TO sy;
GRANT SELECT (ctid), UPDATE (fx) ON sp TO sy;
REVOKE SELECT (tableoid) ON sp FROM sy;
GRANT SELECT (xmin) ON sp TO PUBLIC;
GRANT SELECT (nix) ON sp TO sy;
CREATE VIEW sv AS SELECT fx FROM sp;
GRANT SELECT (tableoid) ON sv TO sy;)"},
    {12, R"(CREATE ROLE ty;
GRANT CREATE, USAGE ON SCHEMA public TO ty;
CREATE TYPE te AS ENUM ('x');
REVOKE USAGE ON TYPE te FROM PUBLIC;
CREATE DOMAIN td AS int;
REVOKE USAGE ON DOMAIN td FROM PUBLIC;
CREATE TYPE tc AS (a int);
REVOKE USAGE ON TYPE tc FROM PUBLIC;
SET SESSION AUTHORIZATION ty;
CREATE TABLE ty1 (a te);
CREATE TABLE ty2 (a td);
CREATE TABLE ty3 (a te[]);
CREATE TABLE ty4 OF tc;
CREATE TABLE ty5 (a int);
ALTER TABLE ty5 ADD COLUMN b te;
ALTER TABLE ty5 ALTER a TYPE td;
CREATE FUNCTION ty6(x te) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION ty7() RETURNS te LANGUAGE sql AS 'SELECT NULL::te';
CREATE FUNCTION ty8(OUT x te[]) LANGUAGE sql AS 'SELECT NULL::te[]';
CREATE DOMAIN ty9 AS te;
CREATE TYPE ty10 AS (a te);
CREATE TABLE ty11 (LIKE ty5);
RESET SESSION AUTHORIZATION;
GRANT USAGE ON TYPE te TO ty;
SET SESSION AUTHORIZATION ty;
CREATE TABLE ty12 (a te);
CREATE FUNCTION ty13() RETURNS te LANGUAGE sql AS 'SELECT NULL::te';
RESET SESSION AUTHORIZATION;)"},
    {12, R"(CREATE TABLE ic1 (a text GENERATED ALWAYS AS IDENTITY);
CREATE TABLE ic2 (a int GENERATED BY DEFAULT AS IDENTITY);
CREATE TABLE ic3 (a numeric GENERATED ALWAYS AS IDENTITY);
CREATE TABLE ic4 (a smallint GENERATED ALWAYS AS IDENTITY, b bigint);
ALTER TABLE ic4 ALTER b SET NOT NULL;
ALTER TABLE ic4 ALTER b ADD GENERATED ALWAYS AS IDENTITY;
CREATE TABLE ic5 (a text NOT NULL);
ALTER TABLE ic5 ALTER a ADD GENERATED ALWAYS AS IDENTITY;
ALTER TABLE ic5 ADD b text GENERATED ALWAYS AS IDENTITY;
CREATE DOMAIN idm AS int;
CREATE TABLE ic6 (a idm GENERATED ALWAYS AS IDENTITY);
CREATE TABLE ic7 (a int[] GENERATED ALWAYS AS IDENTITY);
CREATE TABLE ic8 (a oid GENERATED ALWAYS AS IDENTITY);
CREATE TABLE ic9 (a int DEFAULT 1 GENERATED ALWAYS AS IDENTITY);
CREATE TABLE ic10 (a serial GENERATED ALWAYS AS IDENTITY);
CREATE TABLE ic12 (a int DEFAULT 1 DEFAULT 2);
CREATE TABLE ic13 (a int GENERATED ALWAYS AS (1) STORED DEFAULT 1);
CREATE TABLE ic14 (a int GENERATED ALWAYS AS IDENTITY GENERATED ALWAYS AS IDENTITY);
CREATE TABLE ic15 (a int);
ALTER TABLE ic15 ADD b int DEFAULT 1 GENERATED ALWAYS AS IDENTITY;)"},
    {12, R"(CREATE TABLE pr (a int) PARTITION BY RANGE (a);
CREATE TABLE pr1 PARTITION OF pr FOR VALUES FROM (1) TO (10);
CREATE TABLE pr2 PARTITION OF pr FOR VALUES FROM (5) TO (20);
CREATE TABLE pr3 PARTITION OF pr FOR VALUES FROM (10) TO (20);
CREATE TABLE pr4 PARTITION OF pr FOR VALUES FROM (30) TO (30);
CREATE TABLE pr5 PARTITION OF pr FOR VALUES FROM (MINVALUE) TO (1);
CREATE TABLE pr6 PARTITION OF pr FOR VALUES FROM (MINVALUE) TO (0);
CREATE TABLE pr7 PARTITION OF pr FOR VALUES FROM (20) TO (MAXVALUE);
CREATE TABLE pr8 PARTITION OF pr FOR VALUES FROM (100) TO (200);
CREATE TABLE prd PARTITION OF pr DEFAULT;
CREATE TABLE prd2 PARTITION OF pr DEFAULT;
CREATE TABLE pl (a text) PARTITION BY LIST (a);
CREATE TABLE pl1 PARTITION OF pl FOR VALUES IN ('x', 'y');
CREATE TABLE pl2 PARTITION OF pl FOR VALUES IN ('y', 'z');
CREATE TABLE pl3 PARTITION OF pl FOR VALUES IN ('z', NULL);
CREATE TABLE pl4 PARTITION OF pl FOR VALUES IN (NULL);
CREATE TABLE ph (a int) PARTITION BY HASH (a);
CREATE TABLE ph1 PARTITION OF ph FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE ph2 PARTITION OF ph FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE ph3 PARTITION OF ph FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE ph4 PARTITION OF ph FOR VALUES WITH (MODULUS 8, REMAINDER 4);
CREATE TABLE ph5 PARTITION OF ph FOR VALUES WITH (MODULUS 4, REMAINDER 4);
CREATE TABLE ph6 PARTITION OF ph FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE ph7 PARTITION OF ph FOR VALUES WITH (MODULUS 8, REMAINDER 2);
CREATE TABLE pm (a int, b int) PARTITION BY RANGE (a, b);
CREATE TABLE pm1 PARTITION OF pm FOR VALUES FROM (1, 1) TO (1, 10);
CREATE TABLE pm2 PARTITION OF pm FOR VALUES FROM (1, 10) TO (2, MINVALUE);
CREATE TABLE pm3 PARTITION OF pm FOR VALUES FROM (1, 20) TO (1, 30);
CREATE TABLE at (a int);
ALTER TABLE pr ATTACH PARTITION at FOR VALUES FROM (6) TO (7);
CREATE TABLE pd (a date) PARTITION BY RANGE (a);
CREATE TABLE pd1 PARTITION OF pd FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE pd2 PARTITION OF pd FOR VALUES FROM ('2024-01-15') TO ('2024-02-15');
CREATE TABLE pd3 PARTITION OF pd FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
CREATE TABLE pt (a timestamp) PARTITION BY RANGE (a);
CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM ('2024-01-01 00:00:00') TO ('2024-02-01 00:00:00');
CREATE TABLE pt2 PARTITION OF pt FOR VALUES FROM ('2024-01-31 23:00:00') TO ('2024-02-15 00:00:00');
CREATE TABLE pt3 PARTITION OF pt FOR VALUES FROM ('2024-02-01 00:00:00') TO ('2024-03-01 00:00:00');
CREATE TABLE pn PARTITION OF pm FOR VALUES FROM (2, MINVALUE) TO (3, MAXVALUE);
CREATE TABLE pn2 PARTITION OF pm FOR VALUES FROM (3, 5) TO (4, 1);
CREATE TABLE pn3 PARTITION OF pm FOR VALUES FROM (7, 5) TO (7, 1);
CREATE TABLE pn4 PARTITION OF pm FOR VALUES FROM (MINVALUE, MINVALUE) TO (0, 0);
CREATE TABLE pn5 PARTITION OF pm FOR VALUES FROM (-5, 0) TO (-4, 0);)"},
    {12, R"(CREATE ROLE drx1;
CREATE ROLE drx2;
CREATE ROLE drx3;
CREATE ROLE drx4;
CREATE ROLE drx5;
CREATE ROLE drx6;
CREATE ROLE drx7;
CREATE ROLE drx8;
CREATE ROLE drx9;
CREATE TABLE d_t (a int);
GRANT SELECT ON d_t TO drx1;
DROP TABLE d_t;
DROP USER drx1;
CREATE SCHEMA d_s;
GRANT USAGE ON SCHEMA d_s TO drx2;
DROP SCHEMA d_s;
DROP USER drx2;
CREATE SEQUENCE d_q;
GRANT USAGE ON SEQUENCE d_q TO drx3;
DROP SEQUENCE d_q;
DROP USER drx3;
CREATE FUNCTION d_f() RETURNS int LANGUAGE sql AS 'SELECT 1';
GRANT EXECUTE ON FUNCTION d_f() TO drx4;
DROP FUNCTION d_f();
DROP USER drx4;
CREATE TYPE d_e AS ENUM ('a');
GRANT USAGE ON TYPE d_e TO drx5;
DROP TYPE d_e;
DROP USER drx5;
CREATE TABLE d_t (a int);
GRANT SELECT (a) ON d_t TO drx6;
DROP OWNED BY drx6;
DROP USER drx6;
CREATE TABLE d_t9 (a int, b int);
GRANT SELECT (a) ON d_t9 TO drx7;
ALTER TABLE d_t9 DROP COLUMN a;
DROP USER drx7;
CREATE SCHEMA d_s;
CREATE TABLE d_s.d_t (a int);
GRANT SELECT ON d_s.d_t TO drx8;
DROP SCHEMA d_s CASCADE;
DROP USER drx8;
CREATE POLICY d_p ON d_t9 TO drx9;
DROP TABLE d_t9;
DROP ROLE drx9;
CREATE ROLE dry1;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO dry1;
DROP ROLE dry1;
ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM dry1;
DROP ROLE dry1;
CREATE ROLE dry2;
CREATE SCHEMA d_sd;
ALTER DEFAULT PRIVILEGES IN SCHEMA d_sd GRANT SELECT ON TABLES TO dry2;
DROP SCHEMA d_sd;
DROP ROLE dry2;
CREATE ROLE dry3;
CREATE FOREIGN DATA WRAPPER d_w;
CREATE SERVER d_sv FOREIGN DATA WRAPPER d_w;
GRANT USAGE ON FOREIGN SERVER d_sv TO dry3;
DROP SERVER d_sv;
DROP ROLE dry3;
CREATE ROLE dry4;
CREATE SERVER d_sv FOREIGN DATA WRAPPER d_w;
CREATE USER MAPPING FOR dry4 SERVER d_sv;
DROP ROLE dry4;
CREATE ROLE dry6;
CREATE DOMAIN d_dd AS int;
GRANT USAGE ON DOMAIN d_dd TO dry6;
DROP DOMAIN d_dd;
DROP ROLE dry6;
CREATE ROLE dry7;
CREATE PROCEDURE d_pp() LANGUAGE sql AS 'SELECT 1';
GRANT EXECUTE ON PROCEDURE d_pp() TO dry7;
DROP PROCEDURE d_pp();
DROP ROLE dry7;
CREATE ROLE dry8;
CREATE VIEW d_vv AS SELECT 1 AS a;
GRANT SELECT ON d_vv TO dry8;
DROP VIEW d_vv;
DROP ROLE dry8;
CREATE ROLE dry9;
CREATE TABLE d_ser (a serial);
GRANT USAGE ON SEQUENCE d_ser_a_seq TO dry9;
DROP TABLE d_ser;
DROP ROLE dry9;
CREATE ROLE drz1;
CREATE DATABASE d_dz;
GRANT CONNECT ON DATABASE d_dz TO drz1;
DROP DATABASE d_dz;
DROP ROLE drz1;
CREATE ROLE drz2;
CREATE TABLE d_zt (a int);
ALTER TABLE d_zt OWNER TO drz2;
DROP OWNED BY drz2;
DROP ROLE drz2;
CREATE ROLE drz3;
BEGIN;
CREATE TABLE d_zz (a int);
GRANT SELECT ON d_zz TO drz3;
ROLLBACK;
DROP ROLE drz3;
CREATE ROLE drp;
GRANT CREATE ON DATABASE w TO drp;
SET SESSION AUTHORIZATION drp;
CREATE PUBLICATION d_pub;
RESET SESSION AUTHORIZATION;
REVOKE CREATE ON DATABASE w FROM drp;
DROP ROLE drp;
DROP PUBLICATION d_pub;
DROP ROLE drp;
DROP USER MAPPING FOR dry4 SERVER d_sv;
DROP ROLE dry4;
CREATE ROLE drq;
CREATE USER MAPPING FOR drq SERVER d_sv;
DROP OWNED BY drq;
DROP ROLE drq;)"},
    {12, R"(CREATE ROLE ca; CREATE SEQUENCE cq; CREATE TABLE ct (i int);
GRANT USAGE ON SEQUENCE cq TO ca; GRANT TRIGGER ON ct TO ca;
SET SESSION AUTHORIZATION ca;
REVOKE UPDATE ON SEQUENCE cq FROM ca CASCADE;
REVOKE USAGE ON SEQUENCE cq FROM ca CASCADE;
REVOKE SELECT ON ct FROM ca;
REVOKE TRIGGER ON ct FROM ca;
RESET SESSION AUTHORIZATION;)"},
    {12, R"(CREATE TEMP TABLE tt (i int);
CREATE TYPE trow AS (i int, j tt); CREATE TYPE trow2 AS (i int, j tt[]);)"},
    {12, R"(CREATE ROLE oa; CREATE SCHEMA os; CREATE TYPE os.person AS (name text, age int);
CREATE TABLE os.people OF os.person (PRIMARY KEY (name), age WITH OPTIONS DEFAULT 3);
CREATE TABLE os.crew OF os.person (other DEFAULT 3);
CREATE TABLE os.more OF os.people;
ALTER TABLE os.people ADD COLUMN x int;
ALTER TABLE os.people RENAME COLUMN age TO years;
ALTER TYPE os.person ADD ATTRIBUTE x int;
ALTER TYPE os.person ADD ATTRIBUTE x int CASCADE;
ALTER TYPE os.person RENAME ATTRIBUTE age TO years CASCADE;
ALTER TYPE os.person RENAME ATTRIBUTE none TO years CASCADE;
GRANT SELECT (years) ON os.people TO oa;
ALTER TYPE os.person DROP ATTRIBUTE name CASCADE;
DROP TYPE os.person;
ALTER TYPE os.person OWNER TO oa;
ALTER TYPE os.person SET SCHEMA public;
CREATE TYPE os.pair AS (a int, b os.people);
DROP TABLE os.people CASCADE;
ALTER TYPE os.pair ADD ATTRIBUTE c int, DROP ATTRIBUTE a;
ALTER TYPE os.pair DROP ATTRIBUTE a;
ALTER TYPE os.pair DROP ATTRIBUTE IF EXISTS b;
CREATE TABLE os.pairs OF os.pair;
SET SESSION AUTHORIZATION oa; ALTER TYPE os.pair ADD ATTRIBUTE d int CASCADE; RESET SESSION AUTHORIZATION;)"},
    {12, R"(CREATE ROLE da; CREATE SCHEMA ds; CREATE SCHEMA "D s"; CREATE TABLE ds.t1 (i int);
CREATE VIEW ds.v1 AS SELECT 1 AS x; CREATE SEQUENCE "D s".q; CREATE TABLE "D s"."T" (i int, "J" int);
CREATE FUNCTION ds.f(int, text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION ds.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
DO $$ DECLARE r record; BEGIN FOR r IN SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v') AND n.nspname ~ '^[dD]' ORDER BY 1, 2 LOOP EXECUTE format('GRANT SELECT ON %I.%I TO da', r.nspname, r.relname); END LOOP; END $$;
DO $$ DECLARE r record; BEGIN FOR r IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY (ARRAY['ds', 'D s']) LOOP EXECUTE format('ALTER TABLE %I.%I OWNER TO %I', r.schemaname, r.tablename, 'da'); END LOOP; END $$;
DO $$ DECLARE r record; BEGIN FOR r IN SELECT p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname LIKE 'd%' LOOP EXECUTE 'REVOKE ALL ON FUNCTION ' || r.name || ' FROM PUBLIC'; END LOOP; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN CREATE TYPE ds.mood AS ENUM ('x'); END IF; END $$;
DO $$ BEGIN CREATE TYPE ds.mood AS ENUM ('x'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE TABLE ds.t1 (j int); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE TABLE ds.t9 (j int); CREATE TABLE ds.t1 (j int); EXCEPTION WHEN duplicate_table THEN CREATE TABLE ds.t8 (j int); END $$;
DO $$ DECLARE r record; BEGIN FOR r IN SELECT table_schema AS s, table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'D s' LOOP EXECUTE format('GRANT UPDATE (%I) ON %I.%I TO da', r.c, r.s, r.t); END LOOP; END $$;
DO $$ DECLARE s text; BEGIN FOREACH s IN ARRAY string_to_array('ds,public', ',') LOOP EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT ON TABLES TO da', s); END LOOP; END $$;
DO $$ BEGIN SET LOCAL ROLE da; CREATE TABLE ds.no (i int); EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE '%', SQLERRM; END $$;
DO $$ BEGIN IF to_regclass('ds.t1') IS NOT NULL AND 'ds.v1'::regclass::oid > 0 THEN CREATE TABLE ds.yes (i int); END IF; END $$;
DO $$ BEGIN CREATE TABLE ds.gone (i int); CREATE ROLE da; END $$;
SELECT format('GRANT USAGE ON SCHEMA %I TO da', nspname) FROM pg_namespace WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_' \gexec
SELECT 'CREATE ROLE da' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'da')\gexec
SELECT 'GRANT da TO ' || quote_ident(rolname) FROM pg_authid WHERE rolname = 'dx' UNION ALL SELECT 'CREATE ROLE "d Y"'\gexec
)"},
};

}  // namespace

TEST_CASE("scripts that were replayed otherwise once", "[live][sql][objects]") {
  LiveServer server;
  Count count;
  Comparison comparison(server, count);
  std::string script = "CREATE DATABASE w;\n\\connect w\n";
  for (const auto& known : known_scripts) {
    if (known.since <= server.major()) script += known.text + std::string("\n");
  }
  comparison.compare(0, script, {"w"});
  print("known scripts", count);
  CHECK(count.differences == 0);
  CHECK(count.unseen == 0);
}

TEST_CASE("the hardened shop is replayed as the server makes it", "[live][sql][objects]") {
  LiveServer server;
  Count count;
  Comparison comparison(server, count);
  const std::string folder = "samples/mystore/hardened/";
  const auto roles = read_file(folder + "roles.sql");
  comparison.compare(
      0, "CREATE DATABASE w;\n\\connect w\n" + roles + read_file(folder + "schema.sql") + roles,
      {"w"});
  print("shop", count);
  CHECK(count.differences == 0);
  CHECK(count.unseen == 0);
}

TEST_CASE("random worlds are replayed as the server makes them", "[live][sql][objects]") {
  LiveServer server;
  Count count;
  Comparison comparison(server, count);
  const auto first = number_from("PGLEAST_SQL_FIRST", 1);
  for (auto n = first; n < first + number_from("PGLEAST_SQL_WORLDS", 2); ++n) {
    const auto world = test::random_world(n, server.major());
    std::set<std::string> databases{world.database};
    auto script =
        on_lines(world.everywhere) + connect(world.database) + on_lines(world.in_database);
    if (!world.second.empty()) {
      script += connect(world.second) + on_lines(world.in_second);
      databases.insert(world.second);
    }
    comparison.compare(n, script, databases);
    drop(server, databases);
  }
  print("worlds", count);
  CHECK(count.differences == 0);
  CHECK(count.unseen == 0);
}

TEST_CASE("random scripts of objects do what they do on the server", "[live][sql][objects]") {
  LiveServer server;
  Count count;
  Comparison comparison(server, count);
  const auto first = number_from("PGLEAST_SQL_FIRST", 1);
  for (auto n = first; n < first + number_from("PGLEAST_SQL_WORLDS", 2); ++n) {
    comparison.compare(n, test::random_script(n, server.major()), {"w"});
    drop(server, {"w"});
  }
  print("scripts", count);
  CHECK(count.differences == 0);
}
