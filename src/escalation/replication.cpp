// ESC-REPLICATION, ESC-DECODE: what REPLICATION gives (manual section 26.2.5.1; walsender.c;
// logicalfuncs.c, slotfuncs.c). The attribute is a role's own; a copy of the cluster takes a login
// by a record for `replication`, or into any database (`replication=database`, walsender.c);
// decoding changes takes any session.
//
//   host  replication  standby  10.0.0.7/32  scram-sha-256

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "escalation/edge.hpp"
#include "model/objects_of.hpp"

namespace pgleast {
namespace {

bool switched_off(const Cluster& cluster) {
  const auto* const senders = cluster.find_setting("max_wal_senders");
  const auto* const level = cluster.find_setting("wal_level");
  return (senders != nullptr && senders->value == "0") ||
         (level != nullptr && level->value == "minimal");
}

// From 19 on the first logical slot turns logical decoding on, where a standby could be fed
// (effective_wal_level). None: not known.
std::optional<bool> decodes(const Cluster& cluster) {
  const auto* const level = cluster.find_setting("wal_level");
  if (level == nullptr) return cluster.hidden_settings ? std::nullopt : std::optional(false);
  return level->value == "logical" || (cluster.major() >= 19 && level->value == "replica");
}

// Those that take connections, by name.
std::map<std::string, ObjectId> open_databases(const Cluster& cluster) {
  std::map<std::string, ObjectId> result;
  for (const auto id : objects_of(cluster, ObjectKind::database)) {
    const auto& o = cluster.object(id);
    const auto& detail = cluster.databases[o.detail];
    if (detail.allows_connections && detail.connection_limit != -2 &&
        detail.connection_limit != 0) {
      result.emplace(o.name, id);
    }
  }
  return result;
}

// Who gets into a database, where replication takes CONNECT as any session does (postinit.c).
RoleSet enters_a_database(const Context& context) {
  const auto& cluster = context.cluster();
  const auto& decided = context.connections();
  const auto known = open_databases(cluster);
  RoleSet found(cluster.roles.size());
  for (const auto& part : decided.parts) {
    if (cluster.hba.records[part.record].method == "reject") continue;
    for (const auto r : part.roles) {
      const auto role = decided.roles[r].role;
      if (!role || !cluster.role(*role).replication || found.has(*role)) continue;
      const bool enters =
          std::any_of(part.databases.begin(), part.databases.end(), [&](std::uint32_t d) {
            const auto& atom = decided.databases[d];
            if (atom.replication) return false;
            if (!cluster.seen(Fact::objects)) return true;
            const auto database = known.find(atom.name);
            return database != known.end() &&
                   context.holders({database->second, Privilege::connect}).has(*role);
          });
      if (enters) found.insert(*role);
    }
  }
  return found;
}

// None: the records are not known.
std::optional<RoleSet> replicating(const Context& context) {
  auto admitted = context.logs_in([](const HbaRecord&) { return true; }, true);
  if (admitted) *admitted |= enters_a_database(context);
  return admitted;
}

}  // namespace

void find_replication(const Context& context, std::vector<Offer>& offers) {
  if (switched_off(context.cluster())) return;
  const auto admitted = replicating(context);
  for (std::uint32_t i = 0; i < context.cluster().roles.size(); ++i) {
    const auto& role = context.cluster().roles[i];
    if (!role.replication || role.superuser || !role.login) continue;
    if (admitted && !admitted->has(RoleId{i})) continue;
    Offer offer;
    offer.holder = RoleId{i};
    offer.as = Mode::login;
    offer.to.power = Power::whole_cluster;
    offer.certain = admitted.has_value();
    offers.push_back(std::move(offer));
  }
}

void describe_replication(const Context& context, const Offer& offer, Step& step) {
  step.how =
      fmt::format("{} has REPLICATION and copies the whole cluster", context.shown(step.from));
  if (!offer.certain) step.how += ", unless pg_hba.conf, which was not read, keeps it out";
  step.statements = {"BASE_BACKUP;"};
  step.cut = {ChangeAttribute{step.from, RoleAttribute::replication, false}};
}

void find_decode(const Context& context, std::vector<Offer>& offers) {
  const auto decoding = decodes(context.cluster());
  if (decoding == false) return;
  for (std::uint32_t i = 0; i < context.cluster().roles.size(); ++i) {
    const auto& role = context.cluster().roles[i];
    if (!role.replication || role.superuser) continue;
    Offer offer;
    offer.holder = RoleId{i};
    offer.to.power = Power::changes;
    offer.certain = decoding.has_value();
    offers.push_back(std::move(offer));
  }
}

void describe_decode(const Context& context, const Offer& offer, Step& step) {
  step.how = fmt::format("{} has REPLICATION and decodes every change of a database it connects to",
                         context.shown(step.from));
  if (!offer.certain) step.how += "; whether wal_level is logical cannot be told from here";
  step.statements = {"SELECT pg_catalog.pg_create_logical_replication_slot('s', 'test_decoding');",
                     "SELECT data FROM pg_catalog.pg_logical_slot_get_changes('s', NULL, NULL);"};
  step.cut = {ChangeAttribute{step.from, RoleAttribute::replication, false}};
}

}  // namespace pgleast
