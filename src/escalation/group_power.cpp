#include "escalation/group_power.hpp"

#include <fmt/format.h>

namespace pgleast {

void offer_group(const Context& context, std::string_view name, Holding holding, Power power,
                 std::vector<Offer>& offers) {
  const auto role = context.cluster().find_role(name);
  if (!role) return;
  Offer offer;
  offer.holder = *role;
  offer.holding = holding;
  offer.to.power = power;
  offers.push_back(std::move(offer));
}

void describe_group(const Context& context, const Offer& offer, std::string_view can, Step& step) {
  step.how = fmt::format("{} {}", context.shown(step.from), can);
  if (step.from != offer.holder) step.how += fmt::format(" ({})", context.shown(offer.holder));
  step.cut =
      context.leave_group(step.from, offer.holder,
                          offer.holding == Holding::members ? Closure::members : Closure::inherits);
}

}  // namespace pgleast
