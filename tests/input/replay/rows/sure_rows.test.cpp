// What of a transaction is seen beside an INSERT; tests/live/sql_transactions.test.cpp has many
// more rows, and asks servers.

#include "input/replay/rows/sure_rows.hpp"

#include "input/replay/replay.hpp"
#include "model/fresh_cluster.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

struct Row {
  const char* columns;
  const char* rows;
  bool seen;
};

const std::vector<Row> rows{
    {"a int, b text", "VALUES (1, 'a'), (2, NULL)", true},
    {"a int, b text", "VALUES ('x', 'a')", false},
    {"a serial PRIMARY KEY, b text NOT NULL", "(b) VALUES ('a'), ('b')", true},
    {"a serial PRIMARY KEY, b text NOT NULL", "(a) VALUES (1)", false},
    {"a serial PRIMARY KEY, b int", "(b) VALUES (1); INSERT INTO n VALUES (1, 1)", false},
    {"a int PRIMARY KEY", "VALUES (1); INSERT INTO n VALUES (2)", true},
    {"a int PRIMARY KEY", "VALUES (1); INSERT INTO n VALUES (1)", false},
    {"a int PRIMARY KEY", "VALUES (1); UPDATE n SET a = a", false},
    {"a numeric(10,2) CHECK (a >= 0)", "VALUES (0.5)", true},
    {"a numeric(10,2) CHECK (a >= 0)", "VALUES (-0.5)", false},
    {"a int PRIMARY KEY, b int REFERENCES n", "VALUES (1, NULL); INSERT INTO n VALUES (2, 1)",
     true},
    {"a int PRIMARY KEY, b int REFERENCES n", "VALUES (1, NULL); INSERT INTO n VALUES (2, 3)",
     false},
    {"a timestamptz DEFAULT now(), b int", "(b) VALUES (1)", true},
    {"a int, b int DEFAULT 1 / 0", "(a) VALUES (1)", false},
};

}  // namespace

TEST_CASE("rows that are surely taken leave their transaction seen", "[sql][transactions]") {
  for (const auto& row : rows) {
    const auto script = std::string("BEGIN; CREATE TABLE n (") + row.columns +
                        "); GRANT SELECT ON n TO PUBLIC; INSERT INTO n " + row.rows + "; COMMIT;";
    auto cluster = fresh_cluster(160000);
    replay_sql(Source("x.sql", script), cluster, Beneath::known);
    INFO(script);
    CHECK(cluster.seen(Fact::objects) == row.seen);
  }
}
