// ESC-HASH: an md5 password is as good stored as in clear: what a client proves by the method md5
// is that it knows the hash (auth.c, CheckMD5Auth; crypt.c, md5_crypt_verify). So whoever reads
// pg_authid logs in as the roles that have one. A SCRAM verifier does not let its reader in.
//
//   host  all  all  10.0.0.0/8  md5            SELECT rolpassword FROM pg_authid

#include <fmt/format.h>

#include "escalation/edge.hpp"
#include "model/objects_of.hpp"

namespace pgleast {
namespace {

/// Each database has one.
std::vector<ObjectId> catalogs_named(const Cluster& cluster, std::string_view name) {
  std::vector<ObjectId> result;
  for (const auto id : objects_of(cluster, ObjectKind::table)) {
    const auto& o = cluster.object(id);
    if (o.system && o.name == name) result.push_back(id);
  }
  return result;
}

// By a grant on all of it or on the column with the hashes.
void add_grantees(const Context& context, ObjectId id, std::string_view column,
                  std::vector<Offer>& readers) {
  const auto& object = context.cluster().object(id);
  const auto add = [&](const Acl& acl) {
    for (const auto& item : acl) {
      if (!item.privileges.has(Privilege::select)) continue;
      if (item.grantee != public_role && context.cluster().role(item.grantee).superuser) continue;
      Offer offer;
      offer.holder = item.grantee;
      offer.holding = Holding::inherits;
      offer.objects = {id};
      readers.push_back(std::move(offer));
    }
  };
  add(context.cluster().effective_acl(object));
  for (const auto& c : context.cluster().relation(object).columns) {
    if (c.name == column) add(context.cluster().column_acl(c));
  }
}

// Who is handed them on by a view or a SECURITY DEFINER function, as by a pooler's auth_query.
void add_handed_on(const Context& context, ObjectId id, std::string_view column,
                   std::vector<Offer>& readers) {
  const auto& cluster = context.cluster();
  for (const auto& access : context.indirect_uses().to(id, Privilege::select)) {
    const auto& by = cluster.object(access.use->object);
    if (by.system) continue;
    Offer offer;
    offer.objects = {access.use->object};
    offer.all = {{by.schema, Privilege::usage}};
    offer.item = static_cast<std::size_t>(access.use->privilege);
    if (by.kind == ObjectKind::table) {
      const auto& columns = cluster.relation(by).columns;
      offer.certain =
          access.unknown.empty() && std::any_of(columns.begin(), columns.end(),
                                                [&](const Column& c) { return c.name == column; });
    } else {
      offer.certain = false;
    }
    context.offer_to_holders(access.use->object, access.use->privilege, std::move(offer), readers);
  }
}

std::vector<Offer> readers_of_hashes(const Context& context) {
  std::vector<Offer> readers;
  const auto hashes = catalogs_named(context.cluster(), "pg_authid");
  // All databases share it, with its grants.
  if (!hashes.empty()) add_grantees(context, hashes.front(), "rolpassword", readers);
  for (const auto id : hashes) add_handed_on(context, id, "rolpassword", readers);
  for (const auto id : catalogs_named(context.cluster(), "pg_shadow")) {
    add_grantees(context, id, "passwd", readers);
    add_handed_on(context, id, "passwd", readers);
  }
  const auto everything = context.cluster().find_role("pg_read_all_data");
  if (everything) {
    Offer offer;
    offer.holder = *everything;
    offer.holding = Holding::inherits;
    readers.push_back(std::move(offer));
  }
  return readers;
}

}  // namespace

void find_hash(const Context& context, std::vector<Offer>& offers) {
  const auto& roles = context.cluster().roles;
  const auto admitted = context.logs_in([](const HbaRecord& r) { return r.method == "md5"; });
  std::vector<RoleId> goals;
  for (std::uint32_t i = 0; i < roles.size(); ++i) {
    if (roles[i].password != PasswordKind::md5 || !roles[i].login) continue;
    if (!admitted || admitted->has(RoleId{i})) goals.push_back(RoleId{i});
  }
  if (goals.empty()) return;
  for (auto offer : readers_of_hashes(context)) {
    offer.becomes = Mode::login;
    offer.certain = offer.certain && admitted.has_value();
    for (const auto goal : goals) {
      if (goal == offer.holder) continue;
      offer.to.role = goal;
      offers.push_back(offer);
    }
  }
}

void describe_hash(const Context& context, const Offer& offer, Step& step) {
  const auto source =
      offer.objects.empty() ? std::string("pg_catalog.pg_authid") : context.shown(offer.objects);
  step.how =
      fmt::format("{} reads the md5 password of {} in {} and logs in with the hash itself",
                  context.shown(step.from, offer.holder), context.shown(offer.to.role), source);
  const auto by = offer.objects.empty() ? no_object : offer.objects.front();
  const bool handed_on = by != no_object && !context.cluster().object(by).system;
  const bool records_known = context.cluster().seen(Fact::hba);
  if (!offer.certain && records_known) step.how += ", if it hands them on";
  if (!records_known) step.how += ", unless pg_hba.conf, which was not read, does not ask for md5";
  if (handed_on) {
    const bool view = context.cluster().object(by).kind == ObjectKind::table;
    if (view) step.statements = {fmt::format("TABLE {};", context.sql(by))};
    step.cut = context.revoked(offer, step.from, static_cast<Privilege>(offer.item));
    return;
  }
  const bool shadow = source.ends_with("pg_shadow");
  step.statements = {shadow ? "SELECT usename, passwd FROM pg_catalog.pg_shadow;"
                            : "SELECT rolname, rolpassword FROM pg_catalog.pg_authid;"};
  step.cut = offer.objects.empty() ? context.leave_group(step.from, offer.holder, Closure::inherits)
                                   : context.revoked(offer, step.from, Privilege::select);
}

}  // namespace pgleast
