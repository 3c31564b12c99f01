// Every kind of statement that the parser knows has its row, and its first words have one, too.

#include "input/replay/statements/statement_table.hpp"

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "input/replay/first_words.hpp"
#include "input/sql/parser.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

/// The kinds that libpg_query's own header declares.
std::set<std::string> kinds_of_library() {
  std::ifstream header(PGLEAST_PG_QUERY_INCLUDE "/pg_query/pg_query.pb-c.h");
  std::ostringstream text;
  text << header.rdbuf();
  const auto all = text.str();
  const std::regex kind("struct +PgQuery__([A-Za-z]+Stmt) *\n");
  return {std::sregex_token_iterator(all.begin(), all.end(), kind, 1), {}};
}

struct Example {
  const char* sql;
  const char* node;
};

const std::vector<Example> examples{
    {"ABORT", "TransactionStmt"},
    {"ALTER AGGREGATE f(int) OWNER TO a", "AlterOwnerStmt"},
    {"ALTER COLLATION c REFRESH VERSION", "AlterCollationStmt"},
    {"ALTER DATABASE d CONNECTION LIMIT 3", "AlterDatabaseStmt"},
    {"ALTER DATABASE d REFRESH COLLATION VERSION", "AlterDatabaseRefreshCollStmt"},
    {"ALTER DATABASE d SET work_mem = 64", "AlterDatabaseSetStmt"},
    {"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO a", "AlterDefaultPrivilegesStmt"},
    {"ALTER DOMAIN d DROP NOT NULL", "AlterDomainStmt"},
    {"ALTER EVENT TRIGGER e DISABLE", "AlterEventTrigStmt"},
    {"ALTER EXTENSION e ADD TABLE t", "AlterExtensionContentsStmt"},
    {"ALTER EXTENSION e UPDATE", "AlterExtensionStmt"},
    {"ALTER FOREIGN DATA WRAPPER w NO HANDLER", "AlterFdwStmt"},
    {"ALTER FUNCTION f() STABLE", "AlterFunctionStmt"},
    {"ALTER FUNCTION f() DEPENDS ON EXTENSION e", "AlterObjectDependsStmt"},
    {"ALTER GROUP g ADD USER a", "AlterRoleStmt"},
    {"ALTER OPERATOR + (int, int) SET (RESTRICT = f)", "AlterOperatorStmt"},
    {"ALTER OPERATOR FAMILY o USING btree DROP OPERATOR 1 (int, int)", "AlterOpFamilyStmt"},
    {"ALTER POLICY p ON t TO a", "AlterPolicyStmt"},
    {"ALTER PUBLICATION p DROP TABLE t", "AlterPublicationStmt"},
    {"ALTER ROLE a CREATEDB", "AlterRoleStmt"},
    {"ALTER ROLE a SET work_mem = 64", "AlterRoleSetStmt"},
    {"ALTER SEQUENCE s CYCLE", "AlterSeqStmt"},
    {"ALTER SERVER s OPTIONS (host 'h')", "AlterForeignServerStmt"},
    {"ALTER STATISTICS s SET STATISTICS 9", "AlterStatsStmt"},
    {"ALTER SUBSCRIPTION s DISABLE", "AlterSubscriptionStmt"},
    {"ALTER SYSTEM SET work_mem = 64", "AlterSystemStmt"},
    {"ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b", "AlterTableMoveAllStmt"},
    {"ALTER TABLE t ADD COLUMN a int", "AlterTableStmt"},
    {"ALTER TABLE t SET SCHEMA s", "AlterObjectSchemaStmt"},
    {"ALTER TABLESPACE s SET (seq_page_cost = 1)", "AlterTableSpaceOptionsStmt"},
    {"ALTER TEXT SEARCH CONFIGURATION c DROP MAPPING FOR w", "AlterTSConfigurationStmt"},
    {"ALTER TEXT SEARCH DICTIONARY d (a = b)", "AlterTSDictionaryStmt"},
    {"ALTER TYPE e ADD VALUE 'a'", "AlterEnumStmt"},
    {"ALTER TYPE t SET (STORAGE = plain)", "AlterTypeStmt"},
    {"ALTER USER a CREATEDB", "AlterRoleStmt"},
    {"ALTER USER MAPPING FOR a SERVER s OPTIONS (user 'u')", "AlterUserMappingStmt"},
    {"ANALYSE", "VacuumStmt"},
    {"ANALYZE t", "VacuumStmt"},
    {"BEGIN", "TransactionStmt"},
    {"CALL p()", "CallStmt"},
    {"CHECKPOINT", "CheckPointStmt"},
    {"CLOSE c", "ClosePortalStmt"},
    {"CLUSTER t", "ClusterStmt"},
    {"COMMENT ON TABLE t IS 'x'", "CommentStmt"},
    {"COMMIT", "TransactionStmt"},
    {"COPY t FROM STDIN", "CopyStmt"},
    {"CREATE ACCESS METHOD m TYPE TABLE HANDLER h", "CreateAmStmt"},
    {"CREATE AGGREGATE f (int) (SFUNC = g, STYPE = int)", "DefineStmt"},
    {"CREATE CAST (a AS b) WITHOUT FUNCTION", "CreateCastStmt"},
    {"CREATE CONVERSION c FOR 'a' TO 'b' FROM f", "CreateConversionStmt"},
    {"CREATE DATABASE d", "CreatedbStmt"},
    {"CREATE DOMAIN d AS int", "CreateDomainStmt"},
    {"CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f()", "CreateEventTrigStmt"},
    {"CREATE EXTENSION e", "CreateExtensionStmt"},
    {"CREATE FOREIGN DATA WRAPPER w", "CreateFdwStmt"},
    {"CREATE FOREIGN TABLE t (a int) SERVER s", "CreateForeignTableStmt"},
    {"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CreateFunctionStmt"},
    {"CREATE GROUP g", "CreateRoleStmt"},
    {"CREATE INDEX ON t (a)", "IndexStmt"},
    {"CREATE LANGUAGE l HANDLER h", "CreatePLangStmt"},
    {"CREATE MATERIALIZED VIEW v AS SELECT 1", "CreateTableAsStmt"},
    {"CREATE OPERATOR CLASS o FOR TYPE int USING btree AS FUNCTION 1 f()", "CreateOpClassStmt"},
    {"CREATE OPERATOR FAMILY o USING btree", "CreateOpFamilyStmt"},
    {"CREATE POLICY p ON t", "CreatePolicyStmt"},
    {"CREATE PUBLICATION p", "CreatePublicationStmt"},
    {"CREATE ROLE a", "CreateRoleStmt"},
    {"CREATE RULE r AS ON INSERT TO t DO NOTHING", "RuleStmt"},
    {"CREATE SCHEMA s", "CreateSchemaStmt"},
    {"CREATE SEQUENCE s", "CreateSeqStmt"},
    {"CREATE SERVER s FOREIGN DATA WRAPPER w", "CreateForeignServerStmt"},
    {"CREATE STATISTICS s ON a, b FROM t", "CreateStatsStmt"},
    {"CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p", "CreateSubscriptionStmt"},
    {"CREATE TABLE t (a int)", "CreateStmt"},
    {"CREATE TABLESPACE s LOCATION '/x'", "CreateTableSpaceStmt"},
    {"CREATE TRANSFORM FOR t LANGUAGE l (FROM SQL WITH FUNCTION f())", "CreateTransformStmt"},
    {"CREATE TRIGGER t BEFORE INSERT ON t EXECUTE FUNCTION f()", "CreateTrigStmt"},
    {"CREATE TYPE t AS (a int)", "CompositeTypeStmt"},
    {"CREATE TYPE t AS ENUM ('a')", "CreateEnumStmt"},
    {"CREATE TYPE t AS RANGE (SUBTYPE = int)", "CreateRangeStmt"},
    {"CREATE USER a", "CreateRoleStmt"},
    {"CREATE USER MAPPING FOR a SERVER s", "CreateUserMappingStmt"},
    {"CREATE VIEW v AS SELECT 1", "ViewStmt"},
    {"DEALLOCATE p", "DeallocateStmt"},
    {"DECLARE c CURSOR FOR SELECT 1", "DeclareCursorStmt"},
    {"DELETE FROM t", "DeleteStmt"},
    {"DISCARD ALL", "DiscardStmt"},
    {"DO 'BEGIN END'", "DoStmt"},
    {"DROP DATABASE d", "DropdbStmt"},
    {"DROP OWNED BY a", "DropOwnedStmt"},
    {"DROP ROLE a", "DropRoleStmt"},
    {"DROP SUBSCRIPTION s", "DropSubscriptionStmt"},
    {"DROP TABLE t", "DropStmt"},
    {"DROP TABLESPACE s", "DropTableSpaceStmt"},
    {"DROP USER MAPPING FOR a SERVER s", "DropUserMappingStmt"},
    {"END", "TransactionStmt"},
    {"EXECUTE p", "ExecuteStmt"},
    {"EXPLAIN SELECT 1", "ExplainStmt"},
    {"FETCH c", "FetchStmt"},
    {"GRANT a TO b", "GrantRoleStmt"},
    {"GRANT SELECT ON t TO b", "GrantStmt"},
    {"IMPORT FOREIGN SCHEMA a FROM SERVER s INTO b", "ImportForeignSchemaStmt"},
    {"INSERT INTO t VALUES (1)", "InsertStmt"},
    {"LISTEN c", "ListenStmt"},
    {"LOAD 'l'", "LoadStmt"},
    {"LOCK t", "LockStmt"},
    {"MERGE INTO t USING s ON a = b WHEN MATCHED THEN DELETE", "MergeStmt"},
    {"MOVE c", "FetchStmt"},
    {"NOTIFY c", "NotifyStmt"},
    {"PREPARE p AS SELECT 1", "PrepareStmt"},
    {"REASSIGN OWNED BY a TO b", "ReassignOwnedStmt"},
    {"REFRESH MATERIALIZED VIEW v", "RefreshMatViewStmt"},
    {"REINDEX TABLE t", "ReindexStmt"},
    {"RELEASE s", "TransactionStmt"},
    {"RESET work_mem", "VariableSetStmt"},
    {"ALTER TABLE t RENAME TO u", "RenameStmt"},
    {"REVOKE a FROM b", "GrantRoleStmt"},
    {"ROLLBACK", "TransactionStmt"},
    {"SAVEPOINT s", "TransactionStmt"},
    {"SECURITY LABEL ON TABLE t IS 'x'", "SecLabelStmt"},
    {"SELECT 1", "SelectStmt"},
    {"(SELECT 1)", "SelectStmt"},
    {"SET CONSTRAINTS ALL DEFERRED", "ConstraintsSetStmt"},
    {"SET work_mem = 64", "VariableSetStmt"},
    {"SHOW work_mem", "VariableShowStmt"},
    {"START TRANSACTION", "TransactionStmt"},
    {"TABLE t", "SelectStmt"},
    {"TRUNCATE t", "TruncateStmt"},
    {"UNLISTEN c", "UnlistenStmt"},
    {"UPDATE t SET a = 1", "UpdateStmt"},
    {"VACUUM", "VacuumStmt"},
    {"VALUES (1)", "SelectStmt"},
    {"WITH a AS (SELECT 1) SELECT 1", "SelectStmt"},
};

// Parts of statements.
const std::set<std::string> inner{"PLAssignStmt", "RawStmt", "ReplicaIdentityStmt", "ReturnStmt",
                                  "SetOperationStmt"};

}  // namespace

TEST_CASE("every kind of statement of the parser has a row", "[input][sql]") {
  const auto kinds = kinds_of_library();
  REQUIRE(kinds.size() > 100);
  std::set<std::string> shown = inner;
  for (const auto& example : examples) shown.insert(example.node);
  for (const auto& kind : kinds) {
    INFO(kind);
    CHECK(find_statement(kind) != nullptr);
    CHECK(shown.count(kind) == 1);
  }
  CHECK(find_statement("NoSuchStmt") == nullptr);
}

TEST_CASE("a statement's first words say of each kind whether it is followed", "[input][sql]") {
  for (const auto& [sql, node] : examples) {
    INFO(sql);
    PsqlScript items(sql);
    const auto item = items.next();
    REQUIRE(item);
    const auto* const words = first_words_of(*item);
    REQUIRE(words != nullptr);
    // The grammar of an older library may not have it yet.
    if (sql_syntax_error(sql, *item)) continue;
    const auto tree = statement_tree(sql, *item, 18);
    REQUIRE(tree.size() == 1);
    CHECK(tree.begin().key() == node);
    const auto* const row = find_statement(node);
    REQUIRE(row != nullptr);
    // SELECT is where it is for its effect alone.
    const bool followed =
        (row->apply != nullptr || row->read != nullptr) && row->node != "SelectStmt";
    if (followed) CHECK(words->followed != Followed::no);
    if (words->followed == Followed::by_action && !is_on_objects(*item)) {
      CHECK((row->read != nullptr || row->node == "AlterRoleSetStmt" ||
             row->node == "AlterDatabaseSetStmt" || row->node == "AlterDatabaseRefreshCollStmt" ||
             row->node == "ConstraintsSetStmt"));
    }
  }
}
