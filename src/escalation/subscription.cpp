// ESC-SUBSCRIPTION: triggers of a table that a subscription writes run as the subscription's
// owner, mostly a superuser (worker.c, apply_handle_insert; 16+: with run_as_owner, else as the
// table's owner).
//
//   CREATE SUBSCRIPTION s ... WITH (run_as_owner = true);     app owns one of its tables

#include <fmt/format.h>

#include "escalation/edge.hpp"
#include "escalation/own_code.hpp"
#include "pg/identifier.hpp"

namespace pgleast {

void find_subscription(const Context& context, std::vector<Offer>& offers) {
  const auto& subscriptions = context.cluster().subscriptions;
  for (std::size_t s = 0; s < subscriptions.size(); ++s) {
    const auto& subscription = subscriptions[s];
    if (!subscription.enabled || !subscription.run_as_owner) continue;
    for (const auto table : subscription.tables) {
      const auto& object = context.cluster().object(table);
      if (object.owner == subscription.owner) continue;
      if (context.cluster().role(object.owner).superuser) continue;
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

void describe_subscription(const Context& context, const Offer& offer, Step& step) {
  const auto& subscription = context.cluster().subscriptions[offer.item];
  step.how = fmt::format("{} owns {}, which subscription {} writes as {}",
                         context.shown(step.from, offer.holder), context.shown(offer.objects),
                         quote_identifier(subscription.name), context.shown(subscription.owner));
  step.statements = own_code_sql(context, step.from, OwnCode::trigger, offer.objects.front());
  step.statements.push_back(
      fmt::format("ALTER TABLE {} ENABLE ALWAYS TRIGGER t;", context.sql(offer.objects.front())));
  step.cut = {ChangeOwner{offer.objects.front(), subscription.owner}};
}

}  // namespace pgleast
