#pragma once
// Steps that a role gives to whoever is in it, as pg_read_all_data does.

#include <string_view>
#include <vector>

#include "escalation/edge.hpp"

namespace pgleast {

/// `power` by the role of that name, where there is one.
void offer_group(const Context& context, std::string_view name, Holding holding, Power power,
                 std::vector<Offer>& offers);

/// "app reads every table (pg_read_all_data)", taken away with the membership.
void describe_group(const Context& context, const Offer& offer, std::string_view can, Step& step);

}  // namespace pgleast
