#pragma once
// How each kind of document is told: by the name that it mostly has, or by its first lines.

#include <string_view>

#include "input/documents/document.hpp"

namespace pgleast {

bool is_named_hba(std::string_view name);
bool is_hba(const Beginning& beginning);
bool is_named_ident(std::string_view name);
bool is_ident(const Beginning& beginning);
bool is_named_conf(std::string_view name);
bool is_conf(const Beginning& beginning);
bool is_named_pgbouncer(std::string_view name);
bool is_pgbouncer(const Beginning& beginning);
bool is_named_userlist(std::string_view name);
bool is_userlist(const Beginning& beginning);
bool is_named_sql(std::string_view name);
bool is_sql(const Beginning& beginning);
bool is_named_snapshot(std::string_view name);
bool is_snapshot(const Beginning& beginning);
/// YAML and the like: whether it tells of PostgreSQL says its text alone.
bool is_named_manifest(std::string_view name);
bool is_surely_manifest(std::string_view name);
bool is_manifest(const Beginning& beginning);

/// A script of another server, a query of a program, a template: no script of PostgreSQL's.
bool is_of_others(const Beginning& beginning);
/// In a folder that is called after another server: `migrations/mysql/`.
bool is_in_folder_of_others(std::string_view path);

}  // namespace pgleast
