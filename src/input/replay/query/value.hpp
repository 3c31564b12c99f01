#pragma once
// What the server's operators, functions and casts make of values, which are JSON: evaluator.hpp.

#include <string>
#include <vector>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

/// As a value is put into a text: true is `t`. Throws Undecidable for arrays and rows.
std::string text_of_value(const SqlNode& value);
/// The same text. Throws Undecidable for one that is longer than is followed.
std::string short_text(std::string text);
/// `=`, `<>`, `~`, `||`, ... of what is not null. Throws Undecidable.
SqlNode operated(const std::string& name, const SqlNode& left, const SqlNode& right);
/// A function of the server. Throws Undecidable, and Refused where the server refuses.
SqlNode called(const SqlCatalog& catalog, const std::string& name,
               const std::vector<SqlNode>& arguments);
/// `x::regclass`, `1::text`: to the type of that name in pg_catalog.
SqlNode cast_to(const SqlCatalog& catalog, const std::string& type, const SqlNode& value);

}  // namespace pgleast
