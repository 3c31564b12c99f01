// ALTER ROLE and ALTER DATABASE ... RESET: what is stored for logins (pg_db_role_setting.c).

#include <fmt/format.h>

#include <algorithm>

#include "fix/statement.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

std::string stored_for(const Cluster& cluster, const ResetStored& remedy) {
  const auto database = remedy.database == no_object
                            ? std::string()
                            : quote_identifier(cluster.object(remedy.database).name);
  if (remedy.role == no_role) {
    return database.empty() ? "ALTER ROLE ALL" : "ALTER DATABASE " + database;
  }
  const auto role = "ALTER ROLE " + quote_identifier(cluster.role_name(remedy.role));
  return database.empty() ? role : role + " IN DATABASE " + database;
}

}  // namespace

Statements enact(Cluster& model, const ResetStored& remedy) {
  const auto stored = std::find_if(
      model.role_settings.begin(), model.role_settings.end(), [&](const RoleSetting& s) {
        return s.database == remedy.database && s.role == remedy.role && s.name == remedy.name;
      });
  if (stored == model.role_settings.end()) return {};
  const auto target = stored_for(model, remedy);
  const auto name = quote_identifier(remedy.name);
  Statements result;
  result.sql = {fmt::format("{} RESET {};", target, name)};
  result.undo = {fmt::format("{} SET {} = {};", target, name, quote_literal(stored->value))};
  model.role_settings.erase(stored);
  return result;
}

}  // namespace pgleast
