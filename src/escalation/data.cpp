// ESC-BYPASSRLS, ESC-READDATA, ESC-WRITEDATA, ESC-LARGEOBJECT, ESC-CLOUDADMIN: power over rows
// and over a provider's server that no grant on them shows.
//
//   GRANT pg_read_all_data TO app;      SELECT rolpassword FROM pg_authid
//
// Manual sections 21.5, 19.13.1 (lo_compat_privileges); rls.c, check_enable_rls.

#include <fmt/format.h>

#include <array>

#include "escalation/group_power.hpp"
#include "pg/setting_table.hpp"
#include "pg/setting_value.hpp"

namespace pgleast {
namespace {

// What providers call their administrators; what these can do beyond grants is the provider's.
constexpr std::array<std::string_view, 4> cloud_administrators{
    "alloydbsuperuser", "azure_pg_admin", "cloudsqlsuperuser", "rds_superuser"};

}  // namespace

void find_bypass_rls(const Context& context, std::vector<Offer>& offers) {
  for (std::uint32_t i = 0; i < context.cluster().roles.size(); ++i) {
    const auto& role = context.cluster().roles[i];
    if (!role.bypassrls || role.superuser) continue;
    Offer offer;
    offer.holder = RoleId{i};
    offer.to.power = Power::row_security;
    offers.push_back(std::move(offer));
  }
}

void describe_bypass_rls(const Context& context, const Offer&, Step& step) {
  step.how = fmt::format("no row-security policy applies to {}: it has BYPASSRLS",
                         context.shown(step.from));
  step.cut = {ChangeAttribute{step.from, RoleAttribute::bypassrls, false}};
}

void find_read_data(const Context& context, std::vector<Offer>& offers) {
  offer_group(context, "pg_read_all_data", Holding::inherits, Power::read_data, offers);
}

void describe_read_data(const Context& context, const Offer& offer, Step& step) {
  // Writing large objects takes SELECT on them, so pg_write_all_data alone gives nothing on them.
  const bool large_objects = context.cluster().major() >= 19;
  describe_group(context, offer,
                 large_objects ? "reads every table and large object, stored passwords among them"
                               : "reads every table, stored passwords among them",
                 step);
  step.statements = {"SELECT rolname, rolpassword FROM pg_catalog.pg_authid;"};
}

void find_write_data(const Context& context, std::vector<Offer>& offers) {
  offer_group(context, "pg_write_all_data", Holding::inherits, Power::write_data, offers);
}

void describe_write_data(const Context& context, const Offer& offer, Step& step) {
  describe_group(context, offer, "changes the rows of every table but the catalogs", step);
}

void find_cloud_admin(const Context& context, std::vector<Offer>& offers) {
  for (const auto name : cloud_administrators)
    offer_group(context, name, Holding::inherits, Power::provider, offers);
}

void describe_cloud_admin(const Context& context, const Offer& offer, Step& step) {
  describe_group(context, offer, "administers the server as far as its provider lets anybody",
                 step);
}

// For the server, or stored for logins: each with whom it is for, and the place of what is stored.
void find_large_objects(const Context& context, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  const auto offer_it = [&](RoleId holder, std::size_t item) {
    Offer offer;
    offer.holder = holder;
    offer.holding = holder == public_role ? Holding::inherits : Holding::own;
    offer.as = Mode::login;
    offer.to.power = Power::large_objects;
    offer.item = item;
    offers.push_back(std::move(offer));
  };
  const auto* const setting = cluster.find_setting("lo_compat_privileges");
  if (setting != nullptr && setting->value == "on") offer_it(public_role, 0);
  for (std::size_t i = 0; i < cluster.role_settings.size(); ++i) {
    const auto& stored = cluster.role_settings[i];
    if (setting_key(stored.name) != "lo_compat_privileges") continue;
    if (!parse_bool(stored.value).value_or(false)) continue;
    offer_it(stored.role == no_role ? public_role : stored.role, i + 1);
  }
}

void describe_large_objects(const Context& context, const Offer& offer, Step& step) {
  step.how = fmt::format("{} reads and changes every large object: lo_compat_privileges is on",
                         context.shown(step.from));
  step.statements = {"SELECT lo_get(oid) FROM pg_catalog.pg_largeobject_metadata;"};
  if (offer.item != 0) {
    const auto& stored = context.cluster().role_settings[offer.item - 1];
    step.cut = {ResetStored{stored.database, stored.role, stored.name}};
    return;
  }
  const auto* const setting = context.cluster().find_setting("lo_compat_privileges");
  if (setting->source != "command line") {
    step.cut = {ChangeSetting{"lo_compat_privileges", "off"}};
  }
}

}  // namespace pgleast
