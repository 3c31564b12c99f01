#include "input/replay/may_fail.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "input/code/tree_member.hpp"
#include "input/replay/catalog/named_object.hpp"
#include "input/replay/query/query.hpp"
#include "input/replay/rows/sure_rows.hpp"
#include "input/replay/statements/relation_option.hpp"
#include "input/replay/statements/statement_table.hpp"
#include "pg/setting_checks.hpp"
#include "pg/setting_value.hpp"

namespace pgleast {
namespace {

template <typename Names>
bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// `set_config('search_path', '', false)`, `lo_create(4711)`: what is done of them is followed.
bool is_followed_call(const SqlNode& call) {
  const auto name = qualified_name_of(list_at(call, "funcname")).name;
  const auto& arguments = list_at(call, "args");
  if (name == "lo_create") return arguments.size() == 1 && arguments[0].contains("A_Const");
  return name == "set_config" && arguments.size() == 3 &&
         constant_text(arguments[0]) == "search_path" && constant_text(arguments[1]);
}

/// `1`, `a`, `*`, `t.*`: what the relation has is asked elsewhere.
bool is_plain_target(const SqlNode& value, const SqlNode& from) {
  if (value.contains("A_Const")) return true;
  if (value.contains("FuncCall")) return is_followed_call(value["FuncCall"]);
  const auto& fields = list_at(node_at(value, "ColumnRef"), "fields");
  if (fields.size() == 1) return fields[0].contains("String") || !from.empty();
  if (fields.size() != 2 || !fields[1].contains("A_Star")) return false;
  const auto alias = text_at(node_at(from, "alias"), "aliasname");
  return string_of(fields[0]) == (alias.empty() ? text_at(from, "relname") : alias);
}

/// One that computes nothing: columns and constants, of one relation at most.
bool is_plain(const SqlNode& query) {
  const auto& select = inside(query, "SelectStmt");
  for (const auto& [key, value] : select.items()) {
    if (value.is_structured() && key != "targetList" && key != "fromClause") return false;
  }
  const auto& from = list_at(select, "fromClause");
  const bool one = from.size() == 1 && from[0].contains("RangeVar") &&
                   !node_at(from[0]["RangeVar"], "alias").contains("colnames");
  if (!from.empty() && !one) return false;
  const auto& targets = list_at(select, "targetList");
  return std::all_of(targets.begin(), targets.end(), [&](const SqlNode& item) {
    return is_plain_target(node_at(inside(item, "ResTarget"), "val"),
                           one ? from[0]["RangeVar"] : SqlNode());
  });
}

bool query_may_fail(const SqlCatalog& catalog, const SqlNode& query) {
  const auto columns = query_columns(catalog, query);
  if (!columns || !is_plain(query) || !catalog.is_superuser()) return true;
  const auto read = relations_in(catalog, query);
  if (read.empty()) return !list_at(inside(query, "SelectStmt"), "fromClause").empty();
  return !catalog.at(read.front()).is(RelationKind::table);
}

/// Of those that are texts these take any, or one that can be told from its text.
bool takes(const SettingInfo& setting, const std::string& value, int major) {
  constexpr std::array texts{"search_path", "application_name", "client_encoding"};
  constexpr std::array empty{"default_tablespace", "temp_tablespaces"};
  if (setting.type == SettingType::string && !has(texts, setting.name)) {
    const bool built_in = (setting.name == "default_table_access_method" && value == "heap") ||
                          (setting.name == "TimeZone" && value == "UTC");
    return built_in || (value.empty() && has(empty, setting.name));
  }
  return !value_error(value, setting) && passes_own_check(value, setting, major);
}

bool setting_may_fail(const SqlCatalog& catalog, const SqlNode& node) {
  const auto name = setting_key(text_at(node, "name")), kind = text_at(node, "kind");
  if (kind == "VAR_RESET_ALL" || name == "role" || name == "session_authorization") return false;
  const auto* const setting = find_setting_info(name, catalog.major());
  if (setting == nullptr) return true;
  const bool settable = setting->context == SettingContext::user ||
                        (setting->context == SettingContext::superuser && catalog.is_superuser());
  if (!settable) return true;
  if (kind != "VAR_SET_VALUE") return kind != "VAR_SET_DEFAULT" && kind != "VAR_RESET";
  const auto& values = list_at(node, "args");
  if (name == "search_path") return false;
  return values.size() != 1 || !values[0].contains("A_Const") ||
         !takes(*setting, word_of(values[0]), catalog.major());
}

bool comment_may_fail(const SqlCatalog& catalog, const SqlNode& node) {
  const auto kind = text_at(node, "objtype");
  const auto& object = node_at(node, "object");
  if (kind != "OBJECT_COLUMN") return !catalog.owns(named_object(catalog, kind, object));
  auto names = strings_of(items_of(object));
  if (names.size() < 2) return true;
  const auto column = names.back();
  names.pop_back();
  const auto schema = names.size() > 1 ? names[names.size() - 2] : std::string();
  const auto relation = catalog.relation_of(QualifiedName{schema, names.back()});
  catalog.needed_column(relation, column);
  return !catalog.owns(relation);
}

bool has_key(const SqlNode& root, std::string_view wanted) {
  std::vector<const SqlNode*> todo{&root};
  while (!todo.empty()) {
    const auto& node = *todo.back();
    todo.pop_back();
    if (node.is_object() && node.contains(wanted)) return true;
    if (!node.is_structured()) continue;
    for (const auto& item : node) todo.push_back(&item);
  }
  return false;
}

/// Storage parameters: what is not surely taken is not looked at.
bool option_may_fail(const SqlNode& option) {
  const auto name = text_at(option, "defname");
  const auto text = option_text(option);
  const auto value = text.substr(std::min(text.find('=') + 1, text.size()));
  if (name == "fillfactor") {
    const bool digits = value.size() == 2 || value == "100";
    return !digits || value.find_first_not_of("0123456789") < value.size() || value < "10";
  }
  return name != "autovacuum_enabled" || !parse_bool(value);
}

bool options_may_fail(const SqlNode& node) {
  const auto any = [](const SqlNode& options) {
    return std::any_of(options.begin(), options.end(), [](const SqlNode& item) {
      return option_may_fail(inside(item, "DefElem"));
    });
  };
  const auto& commands = list_at(node, "cmds");
  return any(list_at(node, "options")) ||
         std::any_of(commands.begin(), commands.end(), [&](const SqlNode& item) {
           const auto& command = inside(item, "AlterTableCmd");
           return text_at(command, "subtype") == "AT_SetRelOptions" &&
                  any(items_of(node_at(command, "def")));
         });
}

}  // namespace

bool may_fail(const SqlCatalog& catalog, const SqlNode& tree, bool is_followed) {
  if (tree.empty()) return false;
  const auto& kind = tree.begin().key();
  const auto& node = tree.begin().value();
  if (kind == "CreateTableAsStmt") {
    return truth_at(node_at(node, "into"), "skipData")
               ? false
               : query_may_fail(catalog, node_at(node, "query"));
  }
  if (kind == "VariableSetStmt") return setting_may_fail(catalog, node);
  if (kind == "SelectStmt") return query_may_fail(catalog, tree);
  const bool has_storage = kind == "CreateStmt" || kind == "IndexStmt" ||
                           (kind == "AlterTableStmt" && text_at(node, "objtype") != "OBJECT_VIEW");
  if (has_storage && options_may_fail(node)) return true;
  if (rows_may_refuse(catalog, tree)) return true;
  const auto* const row = find_statement(kind);
  const bool never = row != nullptr && (row->traits & traits::never_fails) != 0;
  if (is_followed || never) return false;
  if (kind == "CommentStmt") return comment_may_fail(catalog, node);
  if (kind == "VacuumStmt" && truth_at(node, "is_vacuumcmd")) {
    throw Refused(Condition::active_sql_transaction,
                  "VACUUM cannot run inside a transaction block");
  }
  // There it is the alias that is named.
  if (!has_key(tree, "lockingClause")) relations_in(catalog, tree);
  return kind != "LockStmt" || !catalog.is_superuser();
}

}  // namespace pgleast
