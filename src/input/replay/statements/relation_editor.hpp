#pragma once
// What statements that make relations and types share: free names, row types, columns.

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
int add_column(SqlCatalog& catalog, EntityId relation, const NewColumn& column);
/// `orders_id_seq`, cut where it is too long (makeObjectName).
std::string object_name(const std::string& first, const std::string& second,
                        const std::string& label);
/// The same, numbered where the name is taken, as the server does it
/// (ChooseRelationName).
std::string chosen_name(const SqlCatalog& catalog, EntityId schema, const std::string& first,
                        const std::string& second, const std::string& label);
/// pg_temp, made where there is none yet.
EntityId temporary_schema(SqlCatalog& catalog);
/// Where a RangeVar of CREATE says, or the name of what is no relation.
EntityId schema_of_new(SqlCatalog& catalog, const SqlNode& range);
EntityId schema_of_new(SqlCatalog& catalog, const QualifiedName& name);
/// Whether something of that name is there; then the statement does nothing or is refused.
bool is_there(const SqlCatalog& catalog, EntityId schema, const std::string& name,
              bool if_not_exists);

}  // namespace pgleast
