// ESC-READSETTINGS: pg_read_all_settings, of which pg_monitor is a member, shows the settings that
// the server keeps from others; the password in a standby's primary_conninfo is one of a role
// with REPLICATION on the primary (guc.c, ConfigOptionIsVisible; manual section 21.5).
//
//   GRANT pg_monitor TO app;      SHOW primary_conninfo

#include <fmt/format.h>

#include "escalation/group_power.hpp"
#include "pg/secret_text.hpp"

namespace pgleast {

void find_hidden_settings(const Context& context, std::vector<Offer>& offers) {
  const auto* const setting = context.cluster().find_setting("primary_conninfo");
  if (setting == nullptr || setting->value.find(secret_mask) == std::string::npos) return;
  offer_group(context, "pg_read_all_settings", Holding::inherits, Power::elsewhere, offers);
}

void describe_hidden_settings(const Context& context, const Offer& offer, Step& step) {
  describe_group(context, offer, "reads primary_conninfo, which holds a password for the primary",
                 step);
  step.statements = {"SHOW primary_conninfo;"};
}

}  // namespace pgleast
