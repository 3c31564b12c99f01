#pragma once
// Rows of constants that the server surely takes, so that nothing of their transaction is undone:
//
//   CREATE TABLE t (id int PRIMARY KEY, name text);
//   INSERT INTO t VALUES (1, 'a'), (2, 'b')     surely
//   INSERT INTO t VALUES (1, 'c')               not: there is a 1
//
// Only of tables that a script made, without triggers and rules, and of values whose types are
// simple ones of the server's.

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

/// A table that is new, before its constraints; `node`: CREATE TABLE.
void begin_row_shape(SqlCatalog& catalog, EntityId table, const SqlNode& node);
/// The others do nothing for a table without one.
void shape_column(SqlCatalog& catalog, EntityId table, const SqlNode& definition);
void shape_default(SqlCatalog& catalog, EntityId table, int column, const SqlNode* expression);
void shape_not_null(SqlCatalog& catalog, EntityId table, int column, bool not_null);
/// One that draws from a sequence of its own; `identity`: null for `serial`.
void shape_sequence(SqlCatalog& catalog, EntityId table, int column, const SqlNode* identity);
void shape_constraint(SqlCatalog& catalog, EntityId table, EntityId id, const SqlNode& constraint);
void shape_index(SqlCatalog& catalog, EntityId table, EntityId id, const SqlNode& node);
void forget_row_shape(SqlCatalog& catalog, EntityId table);

/// Whether the server surely takes an INSERT; then its rows are there, or, where `may_be_undone`,
/// may be. Throws Refused and Undecidable as names do.
bool takes_rows(SqlCatalog& catalog, const SqlNode& insert, bool may_be_undone);

/// Whether a statement looks at rows that there may be, or computes something for them, and may be
/// refused for what they are: ADD CHECK, SET NOT NULL, CREATE UNIQUE INDEX, ...
bool rows_may_refuse(const SqlCatalog& catalog, const SqlNode& tree);
/// Whether it does so where there surely are no rows.
bool finds_no_rows(const SqlCatalog& catalog, const SqlNode& tree);

}  // namespace pgleast
