// ALTER FUNCTION ... SET search_path.

#include <fmt/format.h>

#include <algorithm>

#include "fix/statement.hpp"

namespace pgleast {

Statements enact(Cluster& model, const PinSearchPath& remedy) {
  constexpr std::string_view key = "search_path=";
  const auto& object = model.object(remedy.function);
  auto& detail = model.functions[object.detail];
  const auto* const keyword = detail.prokind == 'p' ? "PROCEDURE" : "FUNCTION";
  const auto alter = fmt::format("ALTER {} {}", keyword, qualified_name(model, object));
  const auto old = std::find_if(detail.config.begin(), detail.config.end(),
                                [&](const auto& entry) { return entry.starts_with(key); });
  Statements result{object.database, {}, {}, false, {}};
  result.sql.push_back(fmt::format("{} SET search_path = {};", alter, remedy.path));
  if (old == detail.config.end()) {
    result.undo.push_back(alter + " RESET search_path;");
    detail.config.push_back(std::string(key) + remedy.path);
  } else {
    // proconfig holds the list as it can be given again.
    const auto value = old->substr(key.size());
    result.undo.push_back(
        fmt::format("{} SET search_path = {};", alter, value.empty() ? "''" : value));
    *old = std::string(key) + remedy.path;
  }
  return result;
}

}  // namespace pgleast
