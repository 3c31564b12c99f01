#include "input/replay/statements/object_statement.hpp"

#include <algorithm>
#include <array>

namespace pgleast {
namespace {

struct StatementRow {
  std::string_view node;
  SqlApply apply;
};

constexpr std::array rows{
    StatementRow{"AlterDatabaseSetStmt", alter_database_set},
    StatementRow{"AlterDefaultPrivilegesStmt", alter_default_privileges},
    StatementRow{"AlterDomainStmt", alter_domain},
    StatementRow{"AlterEnumStmt", alter_enum},
    StatementRow{"AlterEventTrigStmt", alter_event_trigger},
    StatementRow{"AlterFdwStmt", hidden_calls},
    StatementRow{"AlterForeignServerStmt", alter_server},
    StatementRow{"AlterFunctionStmt", alter_function},
    StatementRow{"AlterObjectSchemaStmt", set_schema},
    StatementRow{"AlterOpFamilyStmt", alter_operator_family},
    StatementRow{"AlterOperatorStmt", hidden_calls},
    StatementRow{"AlterOwnerStmt", change_owner},
    StatementRow{"AlterPolicyStmt", alter_policy},
    StatementRow{"AlterPublicationStmt", nothing_known},
    StatementRow{"AlterRoleSetStmt", alter_role_set},
    StatementRow{"AlterSeqStmt", alter_sequence},
    StatementRow{"AlterStatsStmt", nothing_known},
    StatementRow{"AlterSubscriptionStmt", nothing_known},
    StatementRow{"AlterTSConfigurationStmt", nothing_known},
    StatementRow{"AlterTSDictionaryStmt", nothing_known},
    StatementRow{"AlterTableSpaceOptionsStmt", nothing_known},
    StatementRow{"AlterTableStmt", alter_table},
    StatementRow{"AlterTypeStmt", nothing_known},
    StatementRow{"AlterUserMappingStmt", alter_user_mapping},
    StatementRow{"CommentStmt", nothing_known},
    StatementRow{"CompositeTypeStmt", create_composite},
    StatementRow{"CreateCastStmt", create_cast},
    StatementRow{"CreateConversionStmt", hidden_calls},
    StatementRow{"CreateDomainStmt", create_domain},
    StatementRow{"CreateEnumStmt", create_enum},
    StatementRow{"CreateEventTrigStmt", create_event_trigger},
    StatementRow{"CreateExtensionStmt", create_extension},
    StatementRow{"CreateFdwStmt", create_wrapper},
    StatementRow{"CreateForeignServerStmt", create_server},
    StatementRow{"CreateForeignTableStmt", create_foreign_table},
    StatementRow{"CreateFunctionStmt", create_function},
    StatementRow{"CreateOpClassStmt", create_operator_class},
    StatementRow{"CreateOpFamilyStmt", nothing_known},
    StatementRow{"CreatePLangStmt", create_language},
    StatementRow{"CreatePolicyStmt", create_policy},
    StatementRow{"CreatePublicationStmt", create_publication},
    StatementRow{"CreateRangeStmt", create_range},
    StatementRow{"CreateSchemaStmt", create_schema},
    StatementRow{"CreateSeqStmt", create_sequence},
    StatementRow{"CreateStatsStmt", create_statistics},
    StatementRow{"CreateStmt", create_plain_table},
    StatementRow{"CreateSubscriptionStmt", create_subscription},
    StatementRow{"CreateTableAsStmt", create_table_as},
    StatementRow{"CreateTableSpaceStmt", create_tablespace},
    StatementRow{"CreateTransformStmt", hidden_calls},
    StatementRow{"CreateTrigStmt", create_trigger},
    StatementRow{"CreateUserMappingStmt", create_user_mapping},
    StatementRow{"DefineStmt", define},
    StatementRow{"DiscardStmt", discard},
    StatementRow{"DropOwnedStmt", drop_owned},
    StatementRow{"DropStmt", drop_objects},
    StatementRow{"DropSubscriptionStmt", drop_subscription},
    StatementRow{"DropTableSpaceStmt", drop_tablespace},
    StatementRow{"DropUserMappingStmt", drop_user_mapping},
    StatementRow{"GrantStmt", grant},
    StatementRow{"IndexStmt", create_index},
    StatementRow{"ReassignOwnedStmt", reassign_owned},
    StatementRow{"RenameStmt", rename_object},
    StatementRow{"RuleStmt", create_rule},
    StatementRow{"SelectStmt", select_statement},
    StatementRow{"VariableSetStmt", set_variable},
    StatementRow{"ViewStmt", create_view},
};

}  // namespace

SqlApply find_statement(std::string_view node) {
  const auto* const found =
      std::find_if(rows.begin(), rows.end(), [&](const StatementRow& r) { return r.node == node; });
  return found == rows.end() ? nullptr : found->apply;
}

}  // namespace pgleast
