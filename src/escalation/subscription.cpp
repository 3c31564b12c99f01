// ESC-SUBSCRIPTION: triggers of a table that a subscription writes run as the subscription's
// owner, mostly a superuser (worker.c, apply_handle_insert; 16+: with run_as_owner, else as the
// table's owner).
//
//   CREATE SUBSCRIPTION s ... WITH (run_as_owner = true);     app owns one of its tables

#include <fmt/format.h>

#include "escalation/edge.hpp"
#include "pg/identifier.hpp"

namespace pgleast {

void find_subscription(const World& world, std::vector<Offer>& offers) {
  const auto& subscriptions = world.cluster().subscriptions;
  for (std::size_t s = 0; s < subscriptions.size(); ++s) {
    const auto& subscription = subscriptions[s];
    if (!subscription.enabled || !subscription.run_as_owner) continue;
    for (const auto table : subscription.tables) {
      const auto& object = world.cluster().object(table);
      if (object.owner == subscription.owner) continue;
      if (world.cluster().role(object.owner).superuser) continue;
      Offer offer;
      offer.holder = object.owner;
      offer.holding = Holding::inherits;
      offer.to.role = subscription.owner;
      offer.objects = {table};
      offer.any = {{object.database, Privilege::create, true}};
      offer.needs_victim = true;
      offer.item = s;
      offers.push_back(std::move(offer));
    }
  }
}

void tell_subscription(const World& world, const Offer& offer, Step& step) {
  const auto& subscription = world.cluster().subscriptions[offer.item];
  step.how = fmt::format("{} owns {}, which subscription {} writes as {}",
                         world.shown(step.from, offer.holder), world.shown(offer.objects),
                         quote_identifier(subscription.name), world.shown(subscription.owner));
  step.statements = {
      fmt::format("CREATE TRIGGER t BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION ...;",
                  world.sql(offer.objects.front())),
      fmt::format("ALTER TABLE {} ENABLE ALWAYS TRIGGER t;", world.sql(offer.objects.front()))};
  step.cut = {ChangeOwner{offer.objects.front(), subscription.owner}};
}

}  // namespace pgleast
