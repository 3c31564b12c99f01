#pragma once
// One command of ALTER TABLE, and those of its kinds that are files of their own:
//
//   ALTER TABLE orders ADD COLUMN note text, DROP COLUMN IF EXISTS old CASCADE
//
// They throw Refused and Undecidable. The table of all kinds is in alter_table.cpp.

#include <string>
#include <vector>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

struct TableCommand {
  EntityId relation;
  const SqlNode& node;
  std::string name;
  const SqlNode& definition;
  bool cascade, missing_ok;
};

// alter_column.cpp
void add_column_command(SqlCatalog& catalog, const TableCommand& c);
void drop_column_command(SqlCatalog& catalog, const TableCommand& c);
void default_command(SqlCatalog& catalog, const TableCommand& c);
void type_command(SqlCatalog& catalog, const TableCommand& c);
void not_null_command(SqlCatalog& catalog, const TableCommand& c);
void column_only(SqlCatalog& catalog, const TableCommand& c);
void identity_command(SqlCatalog& catalog, const TableCommand& c);
void drop_identity_command(SqlCatalog& catalog, const TableCommand& c);

// alter_inheritance.cpp
void attach_command(SqlCatalog& catalog, const TableCommand& c);
void detach_command(SqlCatalog& catalog, const TableCommand& c);
void inherit_command(SqlCatalog& catalog, const TableCommand& c);
void no_inherit_command(SqlCatalog& catalog, const TableCommand& c);
/// The tables that inherit from it themselves.
std::vector<EntityId> inheritors(const SqlCatalog& catalog, EntityId parent);

/// ALTER TYPE of a composite type, which is parsed as a table: alter_attribute.cpp
void alter_composite_type(SqlCatalog& catalog, const SqlNode& node);

}  // namespace pgleast
