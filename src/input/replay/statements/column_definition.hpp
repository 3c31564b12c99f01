#pragma once
// A column as CREATE TABLE and ALTER TABLE define it:
//
//   id bigserial PRIMARY KEY    int8, its sequence, its default and a constraint

#include <string>

#include "input/replay/statements/relation_editor.hpp"

namespace pgleast {

/// Of a ColumnDef; `bigserial` is int8, and so on.
NewColumn column_of(const SqlCatalog& catalog, const SqlNode& definition);
/// A column of CREATE TABLE or ALTER TABLE ADD with its sequence, default and constraints.
void add_definition(SqlCatalog& catalog, EntityId relation, const SqlNode& definition);
/// That of serial, or of an identity column with its options.
void add_sequence(SqlCatalog& catalog, EntityId relation, const std::string& column,
                  const SqlNode* identity);
void set_default(SqlCatalog& catalog, EntityId relation, int column, const SqlNode* expression);
/// To the column of that name in another table; nothing where there is none.
void copy_default(SqlCatalog& catalog, EntityId from, EntityId to, const std::string& column);

}  // namespace pgleast
