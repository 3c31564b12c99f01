// ESC-LANGUAGE: languages whose functions do all that the server does, and that are trusted all the
// same (functioncmds.c, CreateFunction: USAGE suffices for a trusted language).
//
//   UPDATE pg_language SET lanpltrusted = true WHERE lanname = 'internal'

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "escalation/edge.hpp"
#include "model/objects_of.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

constexpr std::array<std::string_view, 7> reaching_everything{
    "c", "internal", "plperlu", "plpython2u", "plpython3u", "plpythonu", "pltclu"};

}  // namespace

void find_language(const Context& context, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  for (const auto id : objects_of(cluster, ObjectKind::language)) {
    const auto& o = cluster.object(id);
    if (!cluster.language(o).trusted) continue;
    const auto* const found =
        std::find(reaching_everything.begin(), reaching_everything.end(), o.name);
    if (found == reaching_everything.end()) continue;
    Offer offer;
    offer.to.power = Power::operating_system;
    offer.objects = {id};
    offer.any = made_anywhere(o.database);
    // Whether a library of C lies on the server that helps is not known.
    offer.certain = o.name != "c";
    context.offer_to_holders(id, Privilege::usage, offer, offers);
  }
}

void describe_language(const Context& context, const Offer& offer, Step& step) {
  const auto& language = context.cluster().object(offer.objects.front());
  step.how = fmt::format(
      "{} may write functions in language {}, which is marked as trusted and lets them do what the "
      "server's operating-system user can",
      context.shown(step.from), quote_identifier(language.name));
  if (language.name == "internal") {
    step.statements = {
        "CREATE FUNCTION pg_temp.f(oid, text) RETURNS int LANGUAGE internal AS 'be_lo_export';"};
  }
  step.cut = context.revoked(offer, step.from, Privilege::usage);
}

}  // namespace pgleast
