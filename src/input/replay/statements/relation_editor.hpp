#pragma once
// What statements that make relations and types share.

#include <string>
#include <vector>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

struct NewColumn {
  std::string name;
  TypeRef type;
  bool local = true;
  int inherited = 0;
};

/// Throws Refused where the name is taken.
void need_new_relation(const SqlCatalog& catalog, EntityId schema, const std::string& name);
void need_new_type(const SqlCatalog& catalog, EntityId schema, const std::string& name);
/// Throws Refused where the user may not use the type.
void need_usage(const SqlCatalog& catalog, const TypeRef& type);
/// With its row type and that one's array.
EntityId make_relation(SqlCatalog& catalog, EntityId schema, const std::string& name,
                       RelationKind kind, const std::vector<NewColumn>& columns);
EntityId make_sequence(SqlCatalog& catalog, EntityId schema, const std::string& name);
EntityId make_index(SqlCatalog& catalog, EntityId relation, const std::string& name);
/// A type and its array; `of`: the relation whose row type it is.
EntityId make_type(SqlCatalog& catalog, EntityId schema, const std::string& name, TypeKind kind,
                   EntityId of = no_entity);
/// What has the attributes of a composite type; none for other types.
EntityId composite_of(const SqlCatalog& catalog, EntityId type);
/// Of a composite type; 0: there is none of that name.
int attribute_number(const SqlCatalog& catalog, EntityId composite, const std::string& name);
/// Those that are CREATEd OF a composite type.
std::vector<EntityId> tables_of_type(const SqlCatalog& catalog, EntityId composite);
/// Of a ColumnDef; `bigserial` is int8, and so on.
NewColumn column_of(const SqlCatalog& catalog, const SqlNode& definition);
int add_column(SqlCatalog& catalog, EntityId relation, const NewColumn& column);
/// `orders_id_seq`, cut and numbered as the server does it (makeObjectName, ChooseRelationName).
std::string chosen_name(const SqlCatalog& catalog, EntityId schema, const std::string& first,
                        const std::string& second, const std::string& label);
/// pg_temp, made where there is none yet.
EntityId temporary_schema(SqlCatalog& catalog);
/// Where a RangeVar of CREATE says.
EntityId schema_of_new(SqlCatalog& catalog, const SqlNode& range);
/// Whether something of that name is there; then the statement does nothing or is refused.
bool is_there(const SqlCatalog& catalog, EntityId schema, const std::string& name,
              bool if_not_exists);
/// A column of CREATE TABLE or ALTER TABLE ADD with its sequence, default and constraints.
void add_definition(SqlCatalog& catalog, EntityId relation, const SqlNode& definition);
void add_constraint(SqlCatalog& catalog, EntityId relation, const SqlNode& constraint,
                    const std::string& column);
/// What is said of columns in it goes with them, not only when asked.
void goes_with_columns(SqlCatalog& catalog, EntityId id, EntityId relation);
void set_default(SqlCatalog& catalog, EntityId relation, int column, const SqlNode* expression);
/// To the column of that name in another table; nothing where there is none.
void copy_default(SqlCatalog& catalog, EntityId from, EntityId to, const std::string& column);
/// `fillfactor=70` of a DefElem.
std::string option_text(const SqlNode& option);
/// The same for a view. Throws Refused for what views do not take.
std::string view_option(const SqlCatalog& catalog, const SqlNode& option);
/// CREATE TABLE without what an outer statement does.
EntityId create_table(SqlCatalog& catalog, const SqlNode& node, RelationKind kind);

}  // namespace pgleast
