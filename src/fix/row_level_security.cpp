// ALTER TABLE ... ENABLE and FORCE ROW LEVEL SECURITY.

#include <fmt/format.h>

#include "fix/statement.hpp"

namespace pgleast {

Statements enact(Cluster& model, const EnableRowSecurity& remedy) {
  const auto& table = model.object(remedy.table);
  auto& detail = model.relations[table.detail];
  Statements result{table.database, {}, {}, false, {}};
  const auto add = [&](const char* what, const char* inverse) {
    const auto name = qualified_name(model, table);
    result.sql.push_back(fmt::format("ALTER TABLE {} {} ROW LEVEL SECURITY;", name, what));
    result.undo.push_back(fmt::format("ALTER TABLE {} {} ROW LEVEL SECURITY;", name, inverse));
  };
  if (remedy.enable && !detail.row_security) add("ENABLE", "DISABLE");
  if (remedy.force && !detail.force_row_security) add("FORCE", "NO FORCE");
  detail.row_security = detail.row_security || remedy.enable;
  detail.force_row_security = detail.force_row_security || remedy.force;
  return result;
}

}  // namespace pgleast
