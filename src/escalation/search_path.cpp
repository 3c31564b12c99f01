// ESC-SEARCHPATH: CREATE on a schema that others look names up in: what they call without its
// schema may be somebody else's (CVE-2018-1058; manual section 5.9.6). The path is that of the
// login, of its role and database.
//
//   GRANT CREATE ON SCHEMA public TO app;     the default path is "$user", public
//
// pg_catalog is in every path, and functions can be made there.

#include <fmt/format.h>

#include <algorithm>

#include "escalation/edge.hpp"
#include "escalation/name_path.hpp"
#include "pg/name_list.hpp"
#include "pg/setting_table.hpp"

namespace pgleast {
namespace {

bool names_own_schema(const Cluster& cluster, ObjectId database) {
  const auto names = schemas_of_path(path_of_everyone(cluster, database), cluster.major());
  return std::find(names.begin(), names.end(), "$user") != names.end();
}

void offer_schema(const Context& context, ObjectId schema, const Goal& goal, RoleId but,
                  std::vector<Offer>& offers) {
  Offer offer;
  offer.to = goal;
  offer.objects = {schema};
  offer.needs_victim = true;
  context.offer_to_holders(schema, Privilege::create, offer, offers, but);
}

// Superusers use the path of everyone unless they have one of their own.
Power whoever_logs_in(const Cluster& cluster) {
  for (std::uint32_t i = 0; i < cluster.roles.size(); ++i) {
    const auto& role = cluster.roles[i];
    if (!role.superuser || !role.login) continue;
    const bool own =
        std::any_of(cluster.role_settings.begin(), cluster.role_settings.end(),
                    [&](const RoleSetting& s) { return is_search_path(s) && s.role == RoleId{i}; });
    if (!own) return Power::superuser;
  }
  return Power::any_role;
}

void offer_path(const Context& context, ObjectId database, const std::string& path, RoleId role,
                std::vector<Offer>& offers) {
  for (const auto& name : schemas_of_path(path, context.cluster().major())) {
    if (name == "pg_catalog" || name == temporary_schema || name == "$user") continue;
    const auto schema = context.schema_named(database, name);
    if (schema == no_object) continue;
    Goal goal{role, std::nullopt};
    if (role == no_role) goal.power = whoever_logs_in(context.cluster());
    offer_schema(context, schema, goal, role, offers);
  }
}

}  // namespace

void find_search_path(const Context& context, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    const auto& o = cluster.objects[i];
    if (o.kind == ObjectKind::database && cluster.databases[o.detail].read) {
      offer_path(context, ObjectId{i}, path_of_everyone(cluster, ObjectId{i}), no_role, offers);
      const auto of_server = context.schema_named(ObjectId{i}, "pg_catalog");
      if (of_server != no_object) {
        offer_schema(context, of_server, {no_role, Power::superuser}, no_role, offers);
      }
      for (const auto& s : cluster.role_settings) {
        if (!is_search_path(s) || s.role == no_role) continue;
        if (s.database != no_object && s.database != ObjectId{i}) continue;
        offer_path(context, ObjectId{i}, s.value, s.role, offers);
      }
    }
    // A role's own schema comes first in the default path.
    if (o.kind != ObjectKind::schema || o.system) continue;
    const auto role = cluster.find_role(o.name);
    if (role && names_own_schema(cluster, o.database)) {
      offer_schema(context, ObjectId{i}, {*role, std::nullopt}, *role, offers);
    }
  }
}

void describe_search_path(const Context& context, const Offer& offer, Step& step) {
  const auto& schema = context.cluster().object(offer.objects.front());
  const auto who = offer.to.power ? std::string("whoever logs in") : context.shown(offer.to.role);
  step.how = fmt::format("{} may create in schema {} of {}, where {} looks names up",
                         context.shown(step.from), context.shown(offer.objects),
                         context.shown(schema.database), who);
  step.statements = {
      fmt::format("CREATE FUNCTION {}.lower(varchar) RETURNS text LANGUAGE sql AS 'SELECT "
                  "current_user::text';",
                  context.sql(offer.objects.front()))};
  step.cut = context.revoked(offer, step.from, Privilege::create);
}

}  // namespace pgleast
