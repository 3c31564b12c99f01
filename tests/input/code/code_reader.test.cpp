#include "input/code/code_reader.hpp"

#include "input/server/object_builder.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

/// Schemas app, other and pg_catalog with a few relations and functions each.
class SmallDatabase {
 public:
  SmallDatabase() : builder(cluster) {
    cluster.version_num = 150000;
    Role owner;
    owner.name = "owner";
    role = builder.add_role(owner);
    builder.roles_are_complete();
    database = builder.add({ObjectKind::database, 1, no_object, no_object, "d"}, role, {});
    for (const auto* const name : {"app", "other", "pg_catalog"}) {
      const auto schema =
          builder.add({ObjectKind::schema, ++oid, database, no_object, name}, role, {});
      schemas.push_back(schema);
    }
    for (const auto* const name : {"t", "u", "Odd \"name\""}) table(0, name);
    table(1, "t");
    table(1, "z");
    table(2, "pg_authid");
    function(0, "f", "app.f(integer)");
    function(0, "f", "app.f(integer,text)");
    function(1, "g", "other.g()");
    function(2, "now", "pg_catalog.now()");
    function(2, "count", "pg_catalog.count(\"any\")");
    function(2, "current_setting", "pg_catalog.current_setting(text)");
    function(2, "current_setting", "pg_catalog.current_setting(text,boolean)");
    function(2, "format", "pg_catalog.format(text)");
    function(2, "lower", "pg_catalog.lower(text)");
    function(2, "query_to_xml", "pg_catalog.query_to_xml(text,boolean,boolean,text)");
    function(2, "set_config", "pg_catalog.set_config(text,text,boolean)", 'v');
    function(2, "pg_read_file", "pg_catalog.pg_read_file(text)", 'v', "{owner=X/owner}");
    for (const auto* const name : {"crosstab", "connectby"}) {
      function(1, name, name);
      cluster.objects.back().extension = true;
    }
  }

  Cluster cluster;
  ObjectBuilder builder;
  ObjectId database{};

 private:
  void table(std::size_t schema, const char* name) {
    const auto id =
        builder.add({ObjectKind::table, ++oid, database, schemas[schema], name}, role, {});
    builder.detail(id, RelationDetail{});
  }
  void function(std::size_t schema, const char* name, const char* identity, char volatility = 's',
                std::optional<std::string> acl = {}) {
    const auto id = builder.add(
        {ObjectKind::function, ++oid, database, schemas[schema], name, identity}, role, acl);
    FunctionDetail detail;
    detail.volatility = volatility;
    builder.detail(id, detail);
  }
  RoleId role{};
  std::uint32_t oid = 10;
  std::vector<ObjectId> schemas;
};

bool looks_up(const NameLookup& names) {
  return names.relations || names.types || names.functions || names.sets_path;
}

/// `app.t SELECT, INSERT; app.f(integer) EXECUTE; setting x; by path; unknown: why`
std::string text_of(const Cluster& c, const Code& code) {
  std::vector<std::string> parts;
  for (const auto& use : code.uses) {
    parts.push_back(c.object(use.object).identity + ' ' + to_string(use.privileges) +
                    (use.by_search_path ? " by path" : ""));
  }
  for (const auto& name : code.settings) parts.push_back("setting " + name);
  if (code.names && looks_up(*code.names)) parts.emplace_back("looks up");
  if (!code.unknown.empty()) parts.push_back("unknown: " + code.unknown);
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

const NamePath app_path{{"app"}, false};

struct Row {
  const char* text;
  const char* code;
};

}  // namespace

TEST_CASE("what SQL uses", "[input][body]") {
  const SmallDatabase d;
  const CodeNames names(d.cluster, d.database);
  const auto row = GENERATE(values<Row>({
      {"SELECT 1", ""},
      {"SELECT id FROM app.t", "app.t SELECT"},
      {"SELECT id FROM t", "app.t SELECT by path"},
      {"SELECT id FROM z", "looks up; unknown: there is no relation z"},
      {"SELECT id FROM other.nothing", "unknown: there is no relation other.nothing"},
      {"SELECT x FROM app.\"Odd \"\"name\"\"\"", "app.\"Odd \"\"name\"\"\" SELECT"},
      {"SELECT 1 FROM app.t JOIN other.t ON true, LATERAL (SELECT 1 FROM other.z) q",
       "app.t SELECT; other.t SELECT; other.z SELECT"},
      {"SELECT id FROM app.t FOR UPDATE", "app.t SELECT, UPDATE"},
      {"SELECT id FROM pg_catalog.pg_authid", "pg_catalog.pg_authid SELECT"},
      {"WITH t AS (SELECT 1) SELECT * FROM t, app.u", "app.u SELECT"},
      {"WITH t AS (SELECT 1 FROM t) SELECT * FROM t", "app.t SELECT by path"},
      {"WITH RECURSIVE t AS (SELECT 1 UNION SELECT 1 FROM t) SELECT * FROM t", ""},
      {"SELECT (WITH t AS (SELECT 1) SELECT 1 FROM t), 2 FROM t", "app.t SELECT by path"},
      {"WITH x AS (DELETE FROM app.t RETURNING id) INSERT INTO app.u SELECT * FROM x",
       "app.t SELECT, DELETE; app.u INSERT"},
      {"INSERT INTO app.t VALUES (1)", "app.t INSERT"},
      {"INSERT INTO app.t VALUES (1) RETURNING id", "app.t INSERT, SELECT"},
      {"INSERT INTO app.t VALUES (1) ON CONFLICT DO NOTHING", "app.t INSERT"},
      {"INSERT INTO app.t VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 2",
       "app.t INSERT, SELECT, UPDATE"},
      {"UPDATE app.t SET id = 1", "app.t UPDATE"},
      {"UPDATE app.t SET id = 1 WHERE id OPERATOR(pg_catalog.=) 2", "app.t SELECT, UPDATE"},
      {"UPDATE app.t SET id = id", "app.t SELECT, UPDATE"},
      {"UPDATE app.t SET id = 1 FROM app.u", "app.t UPDATE; app.u SELECT"},
      {"DELETE FROM app.t", "app.t DELETE"},
      {"DELETE FROM app.t USING app.u WHERE true", "app.t SELECT, DELETE; app.u SELECT"},
      {"MERGE INTO app.t USING app.u ON true WHEN MATCHED THEN DELETE "
       "WHEN NOT MATCHED THEN INSERT VALUES (1)",
       "app.t INSERT, SELECT, DELETE; app.u SELECT"},
      {"TRUNCATE app.t, app.u", "app.t TRUNCATE; app.u TRUNCATE"},
      {"SELECT app.f(1)", "app.f(integer) EXECUTE"},
      {"SELECT app.f(1, 'x')", "app.f(integer,text) EXECUTE"},
      {"SELECT app.f()", "app.f(integer) EXECUTE; app.f(integer,text) EXECUTE"},
      {"SELECT f(1)", "app.f(integer) EXECUTE by path"},
      {"SELECT pg_catalog.now(), pg_catalog.count(*) FROM app.t", "app.t SELECT"},
      {"SELECT other.nothing()", "unknown: there is no function other.nothing"},
      {"CALL other.g()", "other.g() EXECUTE"},
      {"SELECT * FROM other.g()", "other.g() EXECUTE"},
      {"SELECT 1 = 2", "looks up"},
      {"SELECT 1 OPERATOR(pg_catalog.=) 2", ""},
      {"SELECT pg_catalog.current_setting('app.tenant', true), "
       "pg_catalog.current_setting('work_mem')",
       "setting app.tenant; setting work_mem"},
      {"SELECT pg_catalog.current_setting(x) FROM app.t",
       "app.t SELECT; unknown: current_setting of a name that is put together when it runs"},
      {"SELECT pg_catalog.set_config('a.b', '1', true)",
       "pg_catalog.set_config(text,text,boolean) EXECUTE"},
      {"SELECT pg_catalog.pg_read_file('x')", "pg_catalog.pg_read_file(text) EXECUTE"},
      {"SELECT pg_catalog.query_to_xml('SELECT 1 FROM app.t', true, true, '')", "app.t SELECT"},
      {"SELECT pg_catalog.query_to_xml(x, true, true, '') FROM app.u",
       "app.u SELECT; unknown: query_to_xml of a text that is put together when it runs"},
      {"SELECT other.crosstab('SELECT 1 FROM app.t', 'SELECT 1 FROM app.u')",
       "app.t SELECT; app.u SELECT; crosstab EXECUTE"},
      {"SELECT other.crosstab(x) FROM app.t",
       "app.t SELECT; crosstab EXECUTE; unknown: crosstab of a text that is put together when it "
       "runs"},
      {"SELECT other.connectby('app.t', 'id', 'parent', '1', 0)",
       "connectby EXECUTE; unknown: connectby reads what it is told"},
      {"DO $$ BEGIN DELETE FROM app.t; END $$", "app.t DELETE"},
      {"DO LANGUAGE plperl 'x'", "unknown: DO in plperl"},
      {"CREATE TEMP TABLE x (id int); INSERT INTO x SELECT id FROM app.t", "app.t SELECT"},
      {"CREATE TEMP TABLE x (LIKE app.t); INSERT INTO x SELECT id FROM app.u",
       "app.t INSERT; app.u SELECT"},
      {"CREATE TEMP TABLE x (id int DEFAULT app.f(1))", "app.f(integer) EXECUTE"},
      {"CREATE TABLE app.x AS SELECT * FROM app.t", "app.t SELECT"},
      {"ALTER TABLE app.t OWNER TO app", "unknown: ALTER TABLE is not followed"},
      {"GRANT SELECT ON app.t TO PUBLIC", "unknown: GRANT is not followed"},
      {"COPY app.t TO STDOUT", "app.t SELECT"},
      {"COPY app.t TO PROGRAM 'sh'", "app.t SELECT; unknown: COPY runs a program"},
      {"SET search_path = x", "looks up"},
      {"SHOW app.tenant", "setting app.tenant"},
      {"SELECT 1 FROM", "unknown: a statement is not understood: syntax error"},
      {"SELECT 'it''s' || lower('X')", "looks up"},
  }));
  CAPTURE(row.text);
  FunctionText function{"sql", row.text, false, {}, false, false, {}};
  CHECK(text_of(d.cluster, code_of_function(function, names, app_path)) == row.code);
}

TEST_CASE("what PL/pgSQL uses", "[input][body]") {
  const SmallDatabase d;
  const CodeNames names(d.cluster, d.database);
  const auto row = GENERATE(values<Row>({
      {"BEGIN PERFORM app.f(1); END", "app.f(integer) EXECUTE"},
      {"DECLARE n int := (SELECT id FROM app.t); BEGIN END", "app.t SELECT"},
      {"DECLARE r record := app.f(1); s RECORD:= app.f(1, 'x'); BEGIN END",
       "app.f(integer) EXECUTE; app.f(integer,text) EXECUTE"},
      {"DECLARE r record; record app.t%ROWTYPE; BEGIN r.x := app.f(1); SELECT 1 AS record INTO "
       "record "
       "FROM app.t; END",
       "app.t SELECT; app.f(integer) EXECUTE"},
      {"DECLARE c CURSOR FOR SELECT id FROM app.t; BEGIN END", "app.t SELECT"},
      {"DECLARE r record; BEGIN FOR r IN SELECT * FROM app.t LOOP UPDATE app.u SET id = 1; "
       "END LOOP; END",
       "app.t SELECT; app.u UPDATE"},
      {"DECLARE x int; BEGIN SELECT id INTO x FROM app.t; x := app.f(x); RETURN x; END",
       "app.t SELECT; app.f(integer) EXECUTE"},
      {"BEGIN IF EXISTS (SELECT FROM app.t) THEN RAISE NOTICE '%', app.f(1); END IF; END",
       "app.t SELECT; app.f(integer) EXECUTE"},
      {"BEGIN RETURN QUERY SELECT id FROM app.t; RETURN QUERY EXECUTE 'SELECT id FROM app.u'; END",
       "app.t SELECT; app.u SELECT"},
      {"BEGIN EXECUTE 'DELETE FROM app.t'; END", "app.t DELETE"},
      {"BEGIN EXECUTE 'DELETE FROM ' || 'app.t'; END", "app.t DELETE"},
      {"BEGIN EXECUTE format('DELETE FROM %I', a) USING app.f(1); END",
       "app.f(integer) EXECUTE; looks up; unknown: EXECUTE of a text that is put together when it "
       "runs"},
      {"DECLARE r record; BEGIN FOR r IN EXECUTE 'SELECT id FROM app.t' LOOP END LOOP; END",
       "app.t SELECT"},
      {"BEGIN BEGIN DELETE FROM app.t; EXCEPTION WHEN others THEN DELETE FROM app.u; END; END",
       "app.t DELETE; app.u DELETE"},
      {"DECLARE x int[]; BEGIN x[app.f(1)] := app.f(1, 'a'); END",
       "app.f(integer) EXECUTE; app.f(integer,text) EXECUTE"},
      {"BEGIN CALL other.g(); DO 'BEGIN DELETE FROM app.t; END'; END",
       "app.t DELETE; other.g() EXECUTE"},
      {"BEGIN a := 'x'; RETURN NULL; END", ""},
      {"BEGIN FOR a IN SELECT id FROM app.t LOOP RETURN NEXT; END LOOP; END", "app.t SELECT"},
      {"DECLARE c CURSOR (x int) FOR SELECT id FROM app.t; BEGIN FOR r IN c(app.f(1)) LOOP "
       "DELETE FROM app.u; END LOOP; END",
       "app.t SELECT; app.u DELETE; app.f(integer) EXECUTE"},
      {"DECLARE c CURSOR FOR SELECT id FROM app.t; r record; BEGIN OPEN c; LOOP FETCH c INTO r; "
       "EXIT WHEN NOT found; UPDATE app.u SET id = 1; END LOOP; CLOSE c; END",
       "app.t SELECT; app.u UPDATE"},
      {"DECLARE c refcursor; BEGIN OPEN c NO SCROLL FOR SELECT id FROM app.t; RETURN NEXT; END",
       "app.t SELECT; looks up"},
      {"DECLARE c refcursor; BEGIN OPEN c FOR EXECUTE 'SELECT id FROM app.t'; MOVE c; END",
       "app.t SELECT; looks up"},
      {"DECLARE c refcursor; BEGIN OPEN c FOR EXECUTE a; END",
       "looks up; unknown: EXECUTE of a text that is put together when it runs"},
      {"DECLARE c CURSOR (x int) FOR SELECT id FROM app.t; BEGIN IF true THEN OPEN c(app.f(1)); "
       "END IF; END",
       "app.t SELECT; app.f(integer) EXECUTE"},
      {"BEGIN nonsense END",
       "unknown: the body is not understood: unexpected end of function definition"},
      {"BEGIN ASSERT app.f(1), 'x'; WHILE app.f(1, 'x') LOOP EXIT; END LOOP; END",
       "app.f(integer) EXECUTE; app.f(integer,text) EXECUTE"},
  }));
  CAPTURE(row.text);
  FunctionText function{"plpgsql", row.text, false, {"a", ""}, true, false, {}};
  CHECK(text_of(d.cluster, code_of_function(function, names, app_path)) == row.code);
}

// As scripts alone tell a database: what is not there is the server's only by its name.
TEST_CASE("what is not the server's own and not there is unknown", "[input][body]") {
  Cluster cluster;
  ObjectBuilder builder(cluster);
  cluster.version_num = 150000;
  Role owner;
  owner.name = "owner";
  const auto role = builder.add_role(owner);
  builder.roles_are_complete();
  const auto database = builder.add({ObjectKind::database, 1, no_object, no_object, "d"}, role, {});
  builder.add({ObjectKind::schema, 2, database, no_object, "app"}, role, {});
  const CodeNames names(cluster, database);
  const auto row = GENERATE(values<Row>({
      {"SELECT lower('A'), pg_catalog.nothing(), count(*), pg_stat_reset()", "looks up"},
      {"SELECT is_member('a')", "looks up; unknown: there is no function is_member"},
      {"SELECT auth.uid()", "unknown: there is no function auth.uid"},
      {"SELECT 'a'::text, NULL::int[], NULL::pg_class, NULL::information_schema.yes_or_no",
       "looks up"},
      {"SELECT NULL::_int4, NULL::app.mood", "looks up; unknown: there is no type app.mood"},
      {"SELECT NULL::mood", "looks up; unknown: there is no type mood"},
  }));
  CAPTURE(row.text);
  FunctionText function{"sql", row.text, false, {}, false, false, {}};
  CHECK(text_of(cluster, code_of_function(function, names, app_path)) == row.code);
}

TEST_CASE("where names in code are looked up", "[input][body]") {
  const SmallDatabase d;
  const CodeNames names(d.cluster, d.database);
  FunctionText function{"sql", "SELECT g() FROM t WHERE 1 = 1", false, {}, false, false, {}};
  const auto code = [&] { return text_of(d.cluster, code_of_function(function, names, app_path)); };
  CHECK(code() == "app.t SELECT by path; looks up; unknown: there is no function g");
  function.config = {"work_mem=1MB", "search_path=other, pg_temp"};
  CHECK(code() == "other.t SELECT by path; other.g() EXECUTE by path; looks up");
  function = {"plpgsql", "BEGIN RETURN NEW; END", false, {}, false, true, {}};
  CHECK(code().empty());
  function = {"sql", "BEGIN ATOMIC SELECT app.f(1) FROM app.t; END", true, {}, false, false, {}};
  CHECK(code() == "app.t SELECT; app.f(integer) EXECUTE");
  function.body = "RETURN (1 = app.f(2))";
  CHECK(code() == "app.f(integer) EXECUTE");
  function = {"plpython3u", "x", false, {}, false, false, {}};
  CHECK(code() == "unknown: it is written in plpython3u");
  CHECK(text_of(d.cluster,
                code_of_rule("CREATE RULE r AS ON INSERT TO app.t DO INSTEAD (INSERT INTO app.u "
                             "VALUES (new.id); DELETE FROM other.z WHERE (z.id = old.id))",
                             names)) == "app.u INSERT; other.z SELECT, DELETE");
}

TEST_CASE("which kinds of names are looked up when the code runs", "[input][body]") {
  const SmallDatabase d;
  const CodeNames names(d.cluster, d.database);
  struct Kinds {
    const char* language;
    const char* text;
    const char* kinds;
  };
  const auto row = GENERATE(values<Kinds>({
      {"sql", "SELECT 1", ""},
      {"sql", "SELECT 1::int, 'x'::pg_catalog.text", ""},
      {"sql", "SELECT 'x'::text", "types"},
      {"sql", "SELECT 1 FROM pg_authid", ""},
      {"sql", "SELECT pg_catalog.lower('x')", ""},
      {"sql", "SELECT lower('x')", "functions"},
      {"sql", "SELECT 1 IN (1, 2)", "functions"},
      {"sql", "SELECT CASE 1 WHEN 2 THEN 3 END", "functions"},
      {"sql", "SELECT CASE WHEN true THEN 3 END", ""},
      {"sql", "SELECT 1 FROM app.t JOIN app.u USING (id)", "functions"},
      {"sql", "SELECT 1 FROM app.t WHERE id IN (SELECT id FROM app.u)", "functions"},
      {"plpgsql", "DECLARE n int; BEGIN n := 1; END", ""},
      {"plpgsql", "DECLARE v text; BEGIN v := 'x'; END", "types"},
      {"plpgsql", "DECLARE v pg_catalog.text; BEGIN v := 'x'; END", ""},
      {"plpgsql", "DECLARE v app.t%ROWTYPE; BEGIN NULL; END", ""},
      {"plpgsql", "DECLARE v app.t.id%TYPE; BEGIN NULL; END", ""},
      {"plpgsql", "DECLARE v t%ROWTYPE; BEGIN NULL; END", "types"},
      {"plpgsql", "DECLARE r record; BEGIN NULL; END", ""},
      {"plpgsql", "BEGIN PERFORM pg_catalog.set_config('search_path', '', true); END", "path"},
  }));
  CAPTURE(row.text);
  const FunctionText function{row.language, row.text, false, {}, false, false, {}};
  const auto code = code_of_function(function, names, app_path);
  std::string kinds;
  if (code.names->relations) kinds += "relations";
  if (code.names->types) kinds += "types";
  if (code.names->functions) kinds += "functions";
  if (code.names->sets_path) kinds += "path";
  CHECK(kinds == row.kinds);
}

TEST_CASE("what becomes of a parameter", "[input][body]") {
  const SmallDatabase d;
  const CodeNames names(d.cluster, d.database);
  struct Run {
    const char* language;
    const char* text;
    const char* given;
  };
  const auto row = GENERATE(values<Run>({
      {"plpgsql", "BEGIN EXECUTE q; END", "0 sql"},
      {"plpgsql", "BEGIN EXECUTE $1; END", "0 sql"},
      {"plpgsql", "BEGIN EXECUTE 'SELECT ' || q; END", "0 sql"},
      {"plpgsql", "BEGIN EXECUTE 'SELECT ' || upper(q) || ';'; END", "0 sql"},
      {"plpgsql", "BEGIN EXECUTE 'SELECT ' || n; END", ""},
      {"plpgsql", "BEGIN EXECUTE 'SELECT ' || q::int; END", ""},
      {"plpgsql", "BEGIN EXECUTE format('SELECT %s', q); END", "0 sql"},
      {"plpgsql", "BEGIN EXECUTE format('SELECT %2$s', 'x', q); END", "0 sql"},
      {"plpgsql", "BEGIN EXECUTE format('SELECT %L', q); END", ""},
      {"plpgsql", "BEGIN EXECUTE format('SELECT %I', q); END", ""},
      {"plpgsql", "BEGIN EXECUTE 'SELECT ' || quote_literal(q); END", ""},
      {"plpgsql", "BEGIN EXECUTE 'SELECT ' || quote_ident(q); END", ""},
      {"plpgsql", "BEGIN EXECUTE 'SELECT $1' USING q; END", ""},
      {"plpgsql", "DECLARE s text; BEGIN s := 'SELECT ' || q; EXECUTE s; END", "0 sql"},
      {"plpgsql", "DECLARE s text := 'SELECT ' || q; BEGIN EXECUTE s; END", "0 sql"},
      {"plpgsql", "DECLARE s text; BEGIN s := q; s := quote_literal(s); EXECUTE s; END", ""},
      {"plpgsql", "BEGIN q := quote_ident(q); EXECUTE q; END", ""},
      {"plpgsql", "BEGIN IF q = 'x' THEN EXECUTE q; END IF; END", ""},
      {"plpgsql", "DECLARE r record; BEGIN FOR r IN EXECUTE q LOOP END LOOP; END", "0 sql"},
      {"plpgsql", "BEGIN RETURN QUERY EXECUTE q; END", "0 sql"},
      {"plpgsql", "BEGIN PERFORM app.f(1, q); END", "0 of app.f(integer,text) 1"},
      {"plpgsql", "BEGIN PERFORM pg_catalog.pg_read_file(q); END", "0 read"},
      {"plpgsql", "BEGIN PERFORM pg_catalog.pg_read_file('x'); END", ""},
      {"sql", "SELECT pg_catalog.query_to_xml(q, true, true, '')", "0 sql"},
      {"sql", "SELECT pg_catalog.pg_read_file($1)", "0 read"},
  }));
  CAPTURE(row.text);
  FunctionText function{row.language, row.text, false, {"q", "n"}, true, false, {}};
  function.parameters = given_parameters("app.x(pg_catalog.text,integer)", {"q", "n"}, {});
  std::string given;
  for (const auto& g : code_of_function(function, names, app_path).given) {
    constexpr const char* to[] = {"sql", "read", "write", "connection"};
    given += (given.empty() ? "" : "; ") + std::to_string(g.parameter) + ' ';
    given += g.to != Given::To::argument
                 ? to[static_cast<int>(g.to)]
                 : "of " + d.cluster.object(g.function).identity + ' ' + std::to_string(g.argument);
  }
  CHECK(given == row.given);
}

TEST_CASE("a literal that is quoted does not hide the rest", "[input][body]") {
  const SmallDatabase d;
  const CodeNames names(d.cluster, d.database);
  const auto code = [&](const char* text) {
    FunctionText function{"plpgsql", text, false, {"q"}, true, false, {}};
    return code_of_function(function, names, app_path).unknown;
  };
  CHECK(code("BEGIN EXECUTE format('DELETE FROM app.t WHERE x = %L', q); END").empty());
  CHECK(code("BEGIN EXECUTE 'DELETE FROM app.t' || format(' WHERE x = %L', q); END").empty());
  CHECK_FALSE(code("BEGIN EXECUTE format('DELETE FROM %I', q); END").empty());
}

TEST_CASE("parameters are those that a caller gives", "[input][body]") {
  const auto text = [](const std::vector<Parameter>& parameters) {
    std::string result;
    for (const auto& p : parameters) result += p.name + (p.text ? " text;" : ";");
    return result;
  };
  CHECK(text(given_parameters("s.f()", {"a"}, {"o"})).empty());
  CHECK(text(given_parameters("s.f(text,integer)", {}, {})) == " text;;");
  CHECK(text(given_parameters("s.f(pg_catalog.text,pg_catalog.date,pg_catalog.uuid[])", {}, {})) ==
        " text;;;");
  CHECK(text(given_parameters("s.f(text,integer)", {"o", "a", "b"}, {"o", "i", "b"})) ==
        "a text;b;");
  CHECK(text(given_parameters("\"odd(\".f(text)", {"a"}, {})) == "a text;");
}

TEST_CASE("what holds for every row", "[input][body]") {
  struct Condition {
    const char* text;
    bool always;
  };
  const auto row = GENERATE(values<Condition>({
      {"true", true},
      {"false", false},
      {"NOT false", true},
      {"'t'::boolean", true},
      {"' Tru\t'::bool", true},
      {"NOT 'of'::boolean", true},
      {"'o'::boolean", false},
      {"'t'::app.bool2", false},
      {"1 = 1", true},
      {"(1 = 1)", true},
      {"1 = 2", false},
      {"-1 = 0", false},
      {"-1 = - 1", true},
      {"-1 < 0 OR id > 0", true},
      {"0 = 0", true},
      {"0 < 1", true},
      {"2 <= 1", false},
      {"'a'::text = 'a'::text", true},
      {"'a'::text = 'b'::text", false},
      {"id = id", false},
      {"id IS NOT DISTINCT FROM id", true},
      {"id IS NOT DISTINCT FROM other", false},
      {"id > 0 OR true", true},
      {"id > 0 AND true", false},
      {"true AND 1 = 1", true},
      {"id IS NULL OR id IS NOT NULL", true},
      {"id IS NULL OR other IS NOT NULL", false},
      {"ROW(a, b) IS NULL OR ROW(a, b) IS NOT NULL", false},
      {"(SELECT true)", true},
      {"(SELECT true FROM t)", false},
      {"(SELECT true WHERE id = 1)", false},
      {"true IS TRUE", true},
      {"NULL IS UNKNOWN", true},
      {"NULL::boolean", false},
      {"NOT NULL", false},
      {"NULL OR true", true},
      {"COALESCE(true, id > 0)", true},
      {"CURRENT_USER = CURRENT_USER", true},
      {"owner = CURRENT_USER", false},
      {"f() IS NULL OR f() IS NOT NULL", false},
      {"1 OPERATOR(app.=) 1", false},
      {"not sql at", false},
  }));
  CAPTURE(row.text);
  CHECK(is_always_true(row.text) == row.always);
}

TEST_CASE("code that nests deep or is long is refused, not followed to death", "[input][body]") {
  const SmallDatabase d;
  const CodeNames names(d.cluster, d.database);
  std::string sum = "SELECT 1", brackets = "SELECT ";
  for (int i = 0; i < 30000; ++i) sum += "+1";
  brackets += std::string(40000, '(') + "1" + std::string(20000, ')');
  FunctionText function{"sql", sum, false, {}, false, false, {}};
  CHECK(text_of(d.cluster, code_of_function(function, names, app_path)) == "looks up");
  function.body += std::string(100000, ' ');
  CHECK(code_of_function(function, names, app_path).unknown ==
        "a statement is not understood: is longer than is followed");
  function.body = brackets;
  CHECK_FALSE(code_of_function(function, names, app_path).unknown.empty());
  CHECK_FALSE(is_always_true(sum.substr(7) + " = 1"));
  std::string blocks = "DELETE FROM app.t";
  for (int i = 0; i < 12; ++i) {
    std::string tag = "$q" + std::to_string(i) + "$";
    blocks = "DO " + tag + " BEGIN " + blocks + "; END " + tag;
  }
  function.body = blocks;
  CHECK(code_of_function(function, names, app_path).unknown == "runs texts in texts");
}

TEST_CASE("a policy's code and what it admits", "[input][body]") {
  const SmallDatabase d;
  const CodeNames names(d.cluster, d.database);
  RowPolicy policy;
  policy.using_expression = "(tenant = current_setting('app.tenant'::text))";
  policy.check_expression = "(EXISTS ( SELECT 1\n   FROM app.t\n  WHERE app.f(1, 'x'::text)))";
  read_policy_code(policy, names, path_of_catalogs());
  CHECK(text_of(d.cluster, policy.code) ==
        "app.t SELECT; app.f(integer,text) EXECUTE; setting app.tenant");
  CHECK_FALSE(policy.using_always_true);
  policy = {};
  policy.using_expression = "true";
  read_policy_code(policy, names, path_of_catalogs());
  CHECK(policy.using_always_true);
  CHECK(policy.check_always_true);
  policy = {};
  policy.check_expression = "true";
  read_policy_code(policy, names, path_of_catalogs());
  CHECK_FALSE(policy.using_always_true);
  CHECK(policy.check_always_true);
}
