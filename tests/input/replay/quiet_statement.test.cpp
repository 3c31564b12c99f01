#include "input/replay/quiet_statement.hpp"

#include "input/sql/code_text.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

struct Row {
  const char* statement;
  bool quiet, quiet_with_triggers;
};

const std::vector<Row> rows{
    {"BEGIN", true, true},
    {"ROLLBACK", true, true},
    {"COMMIT", true, false},
    {"PREPARE TRANSACTION 'x'", false, false},
    {"SET CONSTRAINTS ALL IMMEDIATE", true, false},
    {"SET search_path = app", true, true},
    {"GRANT SELECT ON t TO app", true, true},
    {"COMMENT ON TABLE t IS 'x'", true, true},
    {"DROP TABLE t CASCADE", true, true},
    {"CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY, b text DEFAULT f())", true, true},
    {"CREATE TABLE t AS SELECT f()", false, false},
    {"CREATE VIEW v AS SELECT f()", true, true},
    {"CREATE MATERIALIZED VIEW m AS SELECT f()", false, false},
    {"CREATE TYPE mood AS ENUM ('ok')", true, true},
    {"CREATE TYPE base (INPUT = i, OUTPUT = o)", true, true},
    {"CREATE AGGREGATE s(int) (SFUNC = f, STYPE = t, INITCOND = 'x')", false, false},
    {"CREATE UNIQUE INDEX ON t (a, b)", true, true},
    {"CREATE INDEX ON t (f(a))", false, false},
    {"CREATE INDEX ON t (a) WHERE f(b)", false, false},
    {"CREATE INDEX ON t (a app.my_ops)", false, false},
    {"ALTER TABLE t ADD COLUMN a text NOT NULL", true, true},
    {"ALTER TABLE t ADD COLUMN a text DEFAULT f()", false, false},
    {"ALTER TABLE t ADD CHECK (f(a))", false, false},
    {"ALTER TABLE t ADD PRIMARY KEY (a)", true, true},
    {"ALTER TABLE t ALTER COLUMN a TYPE text USING f(a)", false, false},
    {"ALTER TABLE t OWNER TO app, ADD CHECK (f(a))", false, false},
    {"ALTER SEQUENCE s OWNED BY t.a", true, true},
    {"ALTER SEQUENCE s RESTART", false, false},
    {"SELECT f()", false, false},
    {"INSERT INTO t VALUES (1)", false, false},
    {"TRUNCATE t", false, false},
    {"REINDEX TABLE t", false, false},
};

}  // namespace

TEST_CASE("what runs no code for rows is told by its kind", "[sql][transactions]") {
  for (const auto& row : rows) {
    const auto statement = tree_of_text(row.statement).statements[0]["stmt"];
    INFO(row.statement);
    CHECK(runs_no_code(statement, false) == row.quiet);
    CHECK(runs_no_code(statement, true) == row.quiet_with_triggers);
  }
}
