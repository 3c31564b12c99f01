#pragma once
// The statements about what lies in databases, one function each: it does to the catalog what
// the server does. Throws Refused or Undecidable; then part of it may be done.

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

// relation_statements.cpp
void create_schema(SqlCatalog& catalog, const SqlNode& node);
void create_plain_table(SqlCatalog& catalog, const SqlNode& node);
void create_foreign_table(SqlCatalog& catalog, const SqlNode& node);
void create_table_as(SqlCatalog& catalog, const SqlNode& node);
void create_view(SqlCatalog& catalog, const SqlNode& node);
void create_sequence(SqlCatalog& catalog, const SqlNode& node);
void alter_sequence(SqlCatalog& catalog, const SqlNode& node);
void create_index(SqlCatalog& catalog, const SqlNode& node);
void select_statement(SqlCatalog& catalog, const SqlNode& node);

// copy_statement.cpp: throws Refused where the server asks for no data, Undecidable where that is
// not known
void check_copy_from_stdin(SqlCatalog& catalog, const SqlNode& node);

// alter_table.cpp
void alter_table(SqlCatalog& catalog, const SqlNode& node);

// routine_statements.cpp
void create_function(SqlCatalog& catalog, const SqlNode& node);
void alter_function(SqlCatalog& catalog, const SqlNode& node);
void create_aggregate(SqlCatalog& catalog, const SqlNode& node);

// type_statements.cpp
void define(SqlCatalog& catalog, const SqlNode& node);
void create_composite(SqlCatalog& catalog, const SqlNode& node);
void create_enum(SqlCatalog& catalog, const SqlNode& node);
void create_range(SqlCatalog& catalog, const SqlNode& node);
void create_domain(SqlCatalog& catalog, const SqlNode& node);
void alter_enum(SqlCatalog& catalog, const SqlNode& node);
void alter_domain(SqlCatalog& catalog, const SqlNode& node);

// grant_statements.cpp
void grant(SqlCatalog& catalog, const SqlNode& node);

// default_privileges.cpp
void alter_default_privileges(SqlCatalog& catalog, const SqlNode& node);

// catalog_grants.cpp: an object of pg_catalog, put into the model where it is not there yet
EntityId catalog_relation(SqlCatalog& catalog, const std::string& name, const SqlNode& granted);
/// All that not everybody may read, and more.
void need_catalog_relations(SqlCatalog& catalog);
/// Not everybody may call it.
bool is_guarded_function(const std::string& name);
EntityId catalog_function(SqlCatalog& catalog, const std::string& name,
                          const std::vector<TypeRef>& types);

// row_policy_statements.cpp
void create_policy(SqlCatalog& catalog, const SqlNode& node);
void alter_policy(SqlCatalog& catalog, const SqlNode& node);

// owner_statements.cpp
void change_owner(SqlCatalog& catalog, const SqlNode& node);
void reassign_owned(SqlCatalog& catalog, const SqlNode& node);
void drop_owned(SqlCatalog& catalog, const SqlNode& node);
/// ALTER ... OWNER TO, also of what goes along: owned sequences, row types, arrays.
void give(SqlCatalog& catalog, EntityId id, RoleId owner);
void need_may_give(const SqlCatalog& catalog, EntityId id, RoleId owner);

// rename_statements.cpp
void rename_object(SqlCatalog& catalog, const SqlNode& node);
void set_schema(SqlCatalog& catalog, const SqlNode& node);

// drop_statements.cpp
void drop_objects(SqlCatalog& catalog, const SqlNode& node);

// session_statements.cpp
void set_variable(SqlCatalog& catalog, const SqlNode& node);
/// SELECT set_config('search_path', 'api', false), for the session.
void set_config(SqlCatalog& catalog, const std::string& name, const std::string& value);
void discard(SqlCatalog& catalog, const SqlNode& node);
void alter_role_set(SqlCatalog& catalog, const SqlNode& node);
void alter_database_set(SqlCatalog& catalog, const SqlNode& node);

// extension_statements.cpp
void create_language(SqlCatalog& catalog, const SqlNode& node);
void create_extension(SqlCatalog& catalog, const SqlNode& node);
void create_tablespace(SqlCatalog& catalog, const SqlNode& node);
void drop_tablespace(SqlCatalog& catalog, const SqlNode& node);
void create_cast(SqlCatalog& catalog, const SqlNode& node);
void create_statistics(SqlCatalog& catalog, const SqlNode& node);
void create_operator_class(SqlCatalog& catalog, const SqlNode& node);
void alter_operator_family(SqlCatalog& catalog, const SqlNode& node);
/// It changes nothing that is known here.
void nothing_known(SqlCatalog& catalog, const SqlNode& node);
/// It changes nothing that is known here but what runs by itself: its functions.
void hidden_calls(SqlCatalog& catalog, const SqlNode& node);

// foreign_statements.cpp
void create_wrapper(SqlCatalog& catalog, const SqlNode& node);
void create_server(SqlCatalog& catalog, const SqlNode& node);
void alter_server(SqlCatalog& catalog, const SqlNode& node);
void create_user_mapping(SqlCatalog& catalog, const SqlNode& node);
void alter_user_mapping(SqlCatalog& catalog, const SqlNode& node);
void drop_user_mapping(SqlCatalog& catalog, const SqlNode& node);
void create_publication(SqlCatalog& catalog, const SqlNode& node);
void create_subscription(SqlCatalog& catalog, const SqlNode& node);
void drop_subscription(SqlCatalog& catalog, const SqlNode& node);

// trigger_statements.cpp
void create_rule(SqlCatalog& catalog, const SqlNode& node);
void create_trigger(SqlCatalog& catalog, const SqlNode& node);
void create_event_trigger(SqlCatalog& catalog, const SqlNode& node);
void alter_event_trigger(SqlCatalog& catalog, const SqlNode& node);

}  // namespace pgleast
