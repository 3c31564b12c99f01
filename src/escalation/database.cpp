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
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::vector<ObjectId> open_databases(const Cluster& cluster) {
  std::vector<ObjectId> result;
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    const auto& o = cluster.objects[i];
    if (o.kind != ObjectKind::database) continue;
    if (cluster.databases[o.detail].allows_connections) result.push_back(ObjectId{i});
  }
  return result;
}

}  // namespace

void find_database(const World& world, std::vector<Offer>& offers) {
  for (const auto id : open_databases(world.cluster())) {
    const auto owner = world.cluster().object(id).owner;
    if (owner == no_role || world.cluster().role(owner).superuser) continue;
    Offer offer;
    offer.holder = owner;
    offer.holding = Holding::inherits;
    offer.to.power = Power::superuser;
    offer.objects = {id};
    offer.needs_victim = true;
    offers.push_back(std::move(offer));
  }
}

void tell_database(const World& world, const Offer& offer, Step& step) {
  step.how = fmt::format(
      "{} owns database {} and sets the search_path of whoever logs in, superusers among them",
      world.shown(step.from, offer.holder), world.shown(offer.objects));
  step.statements = {fmt::format("ALTER DATABASE {} SET search_path = ..., pg_catalog;",
                                 world.sql(offer.objects.front()))};
  const auto bootstrap = bootstrap_superuser(world.cluster());
  if (bootstrap != no_role) {
    step.cut = {ChangeOwner{offer.objects.front(), bootstrap}};
  }
}

// A new database is a copy of one that is a template: its tables stay their owners', and nothing
// in it is the maker's to read by that.
void find_create_database(const World& world, std::vector<Offer>& offers) {
  for (std::uint32_t i = 0; i < world.cluster().roles.size(); ++i) {
    const auto& role = world.cluster().roles[i];
    if (!role.createdb || role.superuser) continue;
    Offer offer;
    offer.holder = RoleId{i};
    offer.to.power = Power::superuser;
    offer.needs_victim = true;
    offers.push_back(offer);
    if (world.cluster().trusted_extensions.empty()) continue;
    offer.to.power = Power::trusted_scripts;
    offer.needs_victim = false;
    offers.push_back(offer);
  }
}

void tell_create_database(const World& world, const Offer& offer, Step& step) {
  step.statements = {"CREATE DATABASE d;"};
  if (offer.needs_victim) {
    step.how = fmt::format(
        "{} has CREATEDB and sets the search_path of whoever logs in to a database of its own, "
        "superusers among them",
        world.shown(step.from));
    step.statements.emplace_back("ALTER DATABASE d SET search_path = ..., pg_catalog;");
  } else {
    const auto& trusted = world.cluster().trusted_extensions;
    step.how = fmt::format(
        "{} has CREATEDB and runs the scripts of {} as the bootstrap superuser in a database of "
        "its own",
        world.shown(step.from), counted(trusted.size(), "trusted extension"));
    step.statements.push_back(
        fmt::format("CREATE EXTENSION {};", quote_identifier(trusted.front())));
  }
  step.cut = {ChangeAttribute{step.from, RoleAttribute::createdb, false}};
}

void find_extension(const World& world, std::vector<Offer>& offers) {
  if (world.cluster().trusted_extensions.empty()) return;
  for (const auto id : open_databases(world.cluster())) {
    Offer offer;
    offer.to.power = Power::trusted_scripts;
    offer.objects = {id};
    world.offer_to_holders(id, Privilege::create, offer, offers);
  }
}

void tell_extension(const World& world, const Offer& offer, Step& step) {
  const auto& trusted = world.cluster().trusted_extensions;
  step.how = fmt::format(
      "{} has CREATE on database {} and runs the scripts of {} as the bootstrap superuser",
      world.shown(step.from, offer.holder), world.shown(offer.objects),
      counted(trusted.size(), "trusted extension"));
  step.statements = {fmt::format("CREATE EXTENSION {};", quote_identifier(trusted.front()))};
  step.cut = world.revoked(offer, step.from, Privilege::create);
}

}  // namespace pgleast
