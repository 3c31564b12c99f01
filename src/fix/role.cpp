// ALTER ROLE: attributes and connection limits.

#include <fmt/format.h>

#include "fix/statement.hpp"
#include "pg/identifier.hpp"

namespace pgleast {

Statements enact(Cluster& model, const ChangeAttribute& remedy) {
  auto& role = model.roles[index(remedy.role)];
  if (has(role, remedy.attribute) == remedy.value) return {};
  const auto statement = [&](bool value) {
    return fmt::format("ALTER ROLE {} {}{};", quote_identifier(role.name), value ? "" : "NO",
                       info(remedy.attribute).keyword);
  };
  set(role, remedy.attribute, remedy.value);
  // Before 16 a membership is inherited when its member has INHERIT.
  if (remedy.attribute == RoleAttribute::inherit && model.major() < 16) {
    for (auto& m : model.memberships) {
      if (m.member == remedy.role) m.inherit = remedy.value;
    }
  }
  return {no_object, {statement(remedy.value)}, {statement(!remedy.value)}, false, {}};
}

Statements enact(Cluster& model, const ChangeConnectionLimit& remedy) {
  auto& role = model.roles[index(remedy.role)];
  if (role.connection_limit == remedy.limit) return {};
  const auto statement = [&](std::int32_t limit) {
    return fmt::format("ALTER ROLE {} CONNECTION LIMIT {};", quote_identifier(role.name), limit);
  };
  Statements result{
      no_object, {statement(remedy.limit)}, {statement(role.connection_limit)}, false, {}};
  role.connection_limit = remedy.limit;
  return result;
}

}  // namespace pgleast
