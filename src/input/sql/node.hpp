#pragma once
// Reading parse trees of statements. Fields that are zero, false or empty are left out of them.
//
//   {"CreateSchemaStmt": {"schemaname": "api", "authrole": {"rolename": "app", ...}}}

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "input/sql/role_statement.hpp"

namespace pgleast {

using SqlNode = nlohmann::json;

std::string text_at(const SqlNode& node, const char* key);
bool truth_at(const SqlNode& node, const char* key);
/// An empty list where there is none.
const SqlNode& list_at(const SqlNode& node, const char* key);
/// An empty object where there is none.
const SqlNode& node_at(const SqlNode& node, const char* key);
/// What is in `{"RangeVar": {...}}`; the node itself where it is no such wrapper.
const SqlNode& inside(const SqlNode& node, const char* kind);
/// The text of a String.
std::string string_of(const SqlNode& node);
std::vector<std::string> strings_of(const SqlNode& list);
/// `items` of a List, or the list itself.
const SqlNode& items_of(const SqlNode& node);

RoleName role_name(const SqlNode& node);
std::vector<RoleName> role_names(const SqlNode& list);

/// The argument of the option of that name among DefElems; null: none is given.
const SqlNode* option_named(const SqlNode& options, std::string_view name);
bool bool_of(const SqlNode& argument);
/// The text of a constant, a name or a number that an option takes.
std::string word_of(const SqlNode& argument);

}  // namespace pgleast
