// ESC-DATABASE, ESC-CREATEDB, ESC-EXTENSION: what owning a database gives, one's own or a new
// one, and CREATE on it.
//
//   ALTER DATABASE shop SET search_path = evil, pg_catalog;    by its owner, for whoever logs in
//   CREATE EXTENSION hstore;            13+: its script runs as the bootstrap superuser
//
// dbcommands.c, AlterDatabaseSet; extension.c, execute_extension_script.

#include <fmt/format.h>

#include <algorithm>

#include "escalation/edge.hpp"
#include "model/bootstrap_superuser.hpp"
#include "model/objects_of.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::vector<ObjectId> open_databases(const Cluster& cluster) {
  std::vector<ObjectId> result;
  for (const auto id : objects_of(cluster, ObjectKind::database)) {
    const auto& o = cluster.object(id);
    if (cluster.databases[o.detail].allows_connections) result.push_back(id);
  }
  return result;
}

// Languages and what belongs to them, `bool_plperl`, need libraries that may not be there.
std::string create_extension_sql(const std::vector<std::string>& trusted) {
  const auto plain = std::find_if(trusted.begin(), trusted.end(), [](const std::string& name) {
    return !name.starts_with("pl") && name.find("_pl") == std::string::npos;
  });
  return fmt::format("CREATE EXTENSION {};",
                     quote_identifier(plain == trusted.end() ? trusted.front() : *plain));
}

}  // namespace

void find_database(const Context& context, std::vector<Offer>& offers) {
  for (const auto id : open_databases(context.cluster())) {
    const auto owner = context.cluster().object(id).owner;
    if (owner == no_role || context.cluster().role(owner).superuser) continue;
    Offer offer;
    offer.holder = owner;
    offer.holding = Holding::inherits;
    offer.to.power = Power::superuser;
    offer.objects = {id};
    offer.needs_victim = true;
    offers.push_back(std::move(offer));
  }
}

void describe_database(const Context& context, const Offer& offer, Step& step) {
  step.how = fmt::format(
      "{} owns database {} and sets the search_path of whoever logs in, superusers among them",
      context.shown(step.from, offer.holder), context.shown(offer.objects));
  step.statements = {fmt::format("ALTER DATABASE {} SET search_path = public, pg_catalog;",
                                 context.sql(offer.objects.front()))};
  const auto bootstrap = bootstrap_superuser(context.cluster());
  if (bootstrap != no_role) {
    step.cut = {ChangeOwner{offer.objects.front(), bootstrap}};
  }
}

// A new database is a copy of one that is a template: its tables stay their owners', and nothing
// in it is the maker's to read by that.
void find_create_database(const Context& context, std::vector<Offer>& offers) {
  for (std::uint32_t i = 0; i < context.cluster().roles.size(); ++i) {
    const auto& role = context.cluster().roles[i];
    if (!role.createdb || role.superuser) continue;
    Offer offer;
    offer.holder = RoleId{i};
    offer.to.power = Power::superuser;
    offer.needs_victim = true;
    offers.push_back(offer);
    if (context.cluster().trusted_extensions.empty()) continue;
    offer.to.power = Power::trusted_scripts;
    offer.needs_victim = false;
    offers.push_back(offer);
  }
}

void describe_create_database(const Context& context, const Offer& offer, Step& step) {
  step.statements = {"CREATE DATABASE d;"};
  if (offer.needs_victim) {
    step.how = fmt::format(
        "{} has CREATEDB and sets the search_path of whoever logs in to a database of its own, "
        "superusers among them",
        context.shown(step.from));
    step.statements.emplace_back("ALTER DATABASE d SET search_path = public, pg_catalog;");
  } else {
    const auto& trusted = context.cluster().trusted_extensions;
    step.how = fmt::format(
        "{} has CREATEDB and runs the scripts of {} as the bootstrap superuser in a database of "
        "its own",
        context.shown(step.from), counted(trusted.size(), "trusted extension"));
    step.statements.push_back(create_extension_sql(trusted));
  }
  step.cut = {ChangeAttribute{step.from, RoleAttribute::createdb, false}};
}

void find_extension(const Context& context, std::vector<Offer>& offers) {
  if (context.cluster().trusted_extensions.empty()) return;
  for (const auto id : open_databases(context.cluster())) {
    Offer offer;
    offer.to.power = Power::trusted_scripts;
    offer.objects = {id};
    context.offer_to_holders(id, Privilege::create, offer, offers);
  }
}

void describe_extension(const Context& context, const Offer& offer, Step& step) {
  const auto& trusted = context.cluster().trusted_extensions;
  step.how = fmt::format(
      "{} has CREATE on database {} and runs the scripts of {} as the bootstrap superuser",
      context.shown(step.from, offer.holder), context.shown(offer.objects),
      counted(trusted.size(), "trusted extension"));
  step.statements = {create_extension_sql(trusted)};
  step.cut = context.revoked(offer, step.from, Privilege::create);
}

}  // namespace pgleast
