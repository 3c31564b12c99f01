// ESC-DUMP: who restores a dump runs what is in it. Rows are loaded as whoever restores, and with
// them the functions of CHECK constraints, of domains, of generated columns and of partition
// keys; into tables that are there already (--data-only), triggers and index expressions, too
// (copyfrom.c, CopyFrom; ExecConstraints; pg_dump sets an empty search_path, which is no help
// against a function that names what it wants). All else that maintains runs as the owner of the
// table, in a restricted operation (index.c, vacuum.c, matview.c, cluster.c).
//
//   CREATE TABLE s.t (a int CHECK (s.f(a)));       app made it; pg_dump shop | psql shop_copy

#include <fmt/format.h>

#include "escalation/edge.hpp"
#include "escalation/own_code.hpp"

namespace pgleast {

void find_dump(const Context& context, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    const auto& o = cluster.objects[i];
    const bool database = o.kind == ObjectKind::database;
    if (!database && (o.kind != ObjectKind::schema || o.system)) continue;
    if (database && !cluster.databases[o.detail].allows_connections) continue;
    Offer offer;
    offer.to.power = Power::superuser;
    offer.objects = {ObjectId{i}};
    if (!database) offer.all = {{ObjectId{i}, Privilege::usage}};
    offer.needs_victim = true;
    context.offer_to_holders(ObjectId{i}, Privilege::create, offer, offers);
  }
}

void describe_dump(const Context& context, const Offer& offer, Step& step) {
  const auto& object = context.cluster().object(offer.objects.front());
  step.how = fmt::format(
      "{} may create in {} and makes tables whose checks call its functions: they run as whoever "
      "restores a dump of {}, superusers mostly",
      context.shown(step.from, offer.holder), context.shown(offer.objects),
      context.shown(object.kind == ObjectKind::database ? offer.objects.front() : object.database));
  step.statements = own_code_sql(context, step.from, OwnCode::table, offer.objects.front());
  step.cut = context.revoked(offer, step.from, Privilege::create);
}

}  // namespace pgleast
