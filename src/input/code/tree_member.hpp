#pragma once
// Parts of a parse tree: null, or empty, where there are none.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>

namespace pgleast {

const nlohmann::json& member(const nlohmann::json& node, const char* key);
std::string member_text(const nlohmann::json& node, const char* key);
/// {"String": {"sval": "x"}}; before the grammar of version 15 `str`.
std::string name_part(const nlohmann::json& node);
/// The parts of a name: {"schema", "name"}, the first empty where it is not written.
std::pair<std::string, std::string> qualified(const nlohmann::json& parts);
/// The value of a constant, and of constants that are put together: 'a' || 'b'.
std::optional<std::string> constant_text(const nlohmann::json& expression);

}  // namespace pgleast
