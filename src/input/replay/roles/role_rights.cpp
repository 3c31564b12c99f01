// What of roles may be done by who is no superuser: with CREATEROLE, and from version 16 on with
// the ADMIN option on the role, too (user.c).
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "input/replay/roles/role_editor.hpp"
#include "input/replay/roles/undecidable.hpp"
#include "model/bootstrap_superuser.hpp"

namespace pgleast {
namespace {

std::optional<bool> asked(const RoleOptions& options, RoleAttribute attribute) {
  return options.attributes[static_cast<std::size_t>(attribute)];
}

[[noreturn]] void deny(std::string_view what, const std::string& name = "") {
  throw Refused(Condition::insufficient_privilege, fmt::format("permission denied to {}", what),
                name);
}

[[noreturn]] void need_superuser(std::string_view what) {
  throw Refused(Condition::insufficient_privilege, fmt::format("must be superuser to {}", what));
}

/// Only PASSWORD is asked for.
bool is_password_alone(const RoleOptions& options) {
  const bool any = std::any_of(options.attributes.begin(), options.attributes.end(),
                               [](const auto& a) { return a.has_value(); });
  return options.password && !any && !options.connection_limit && !options.valid_until;
}

}  // namespace

/// From version 16 on.
bool RoleEditor::manages(RoleId role) const {
  return has(RoleAttribute::createrole) && is_admin(runner(), role);
}

/// What the user does not have it cannot give or take.
void RoleEditor::need_own_attributes(const RoleOptions& options) const {
  for (const auto attribute :
       {RoleAttribute::createdb, RoleAttribute::replication, RoleAttribute::bypassrls}) {
    if (asked(options, attribute) && !has(attribute)) deny("alter role");
  }
}

void RoleEditor::check_may_create(const RoleOptions& options) const {
  if (is_superuser()) return;
  if (!is_16()) {
    for (const auto attribute :
         {RoleAttribute::superuser, RoleAttribute::replication, RoleAttribute::bypassrls}) {
      if (asked(options, attribute) == true) need_superuser("create such roles");
    }
    if (!has(RoleAttribute::createrole)) deny("create role");
    return;
  }
  if (!has(RoleAttribute::createrole)) deny("create role");
  for (const auto attribute : {RoleAttribute::superuser, RoleAttribute::createdb,
                               RoleAttribute::replication, RoleAttribute::bypassrls}) {
    if (asked(options, attribute) == true && !has(attribute)) deny("create role");
  }
}

void RoleEditor::check_may_alter_before_16(RoleId id, const RoleOptions& options,
                                           bool members) const {
  const auto& role = cluster_.role(id);
  if (role.superuser || asked(options, RoleAttribute::superuser)) {
    need_superuser("alter superusers");
  }
  if (role.replication || asked(options, RoleAttribute::replication)) {
    need_superuser("alter replication users");
  }
  if (asked(options, RoleAttribute::bypassrls)) need_superuser("change bypassrls attribute");
  if (has(RoleAttribute::createrole)) return;
  if (members || !is_password_alone(options) || id != runner()) deny("alter role");
}

void RoleEditor::check_may_alter(RoleId id, const RoleOptions& options, bool members) const {
  if (is_superuser()) return;
  if (!is_16()) return check_may_alter_before_16(id, options, members);
  const auto& name = cluster_.role_name(id);
  if (cluster_.role(id).superuser || asked(options, RoleAttribute::superuser)) {
    deny("alter role", name);
  }
  if (manages(id)) {
    need_own_attributes(options);
  } else {
    auto others = options;
    others.password.reset();
    const bool any = std::any_of(others.attributes.begin(), others.attributes.end(),
                                 [](const auto& a) { return a.has_value(); });
    if (any || others.connection_limit || others.valid_until) deny("alter role", name);
    if (options.password && id != runner()) deny("alter role", name);
  }
  if (members && !is_admin(runner(), id)) deny("alter role", name);
}

void RoleEditor::check_may_drop_any() const {
  if (!is_superuser() && !has(RoleAttribute::createrole)) deny("drop role");
}

void RoleEditor::check_may_drop(RoleId id) const {
  if (is_superuser()) return;
  if (cluster_.role(id).superuser && !is_16()) need_superuser("drop superusers");
  if (cluster_.role(id).superuser || (is_16() && !is_admin(runner(), id))) {
    deny("drop role", cluster_.role_name(id));
  }
}

void RoleEditor::check_may_rename(RoleId id) const {
  if (is_superuser()) return;
  if (cluster_.role(id).superuser && !is_16()) need_superuser("rename superusers");
  const bool may = is_16() ? manages(id) : has(RoleAttribute::createrole);
  if (cluster_.role(id).superuser || !may) deny("rename role", cluster_.role_name(id));
}

void RoleEditor::check_may_set(RoleId id) const {
  if (is_superuser()) return;
  if (cluster_.role(id).superuser) {
    if (!is_16()) need_superuser("alter superusers");
    deny("alter role", cluster_.role_name(id));
  }
  const bool may = id == runner() || (is_16() ? manages(id) : has(RoleAttribute::createrole));
  if (!may) deny("alter role", cluster_.role_name(id));
}

/// From version 16 on who makes a role and is no superuser may give it to others, by a grant of the
/// bootstrap superuser's.
void RoleEditor::grant_to_creator(RoleId id) {
  if (!is_16() || is_superuser()) return;
  const auto* const setting = cluster_.find_setting("createrole_self_grant");
  const bool set =
      std::any_of(cluster_.role_settings.begin(), cluster_.role_settings.end(),
                  [](const RoleSetting& s) { return s.name == "createrole_self_grant"; });
  if (self_grant_unknown_ || set || (setting != nullptr && !setting->value.empty())) {
    throw Undecidable{"what createrole_self_grant says is not followed"};
  }
  add_membership({id, runner(), bootstrap_superuser(), true, false, false});
}

}  // namespace pgleast
