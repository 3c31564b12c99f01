// ESC-WRITE-CATALOG: a column of a catalog that somebody may write, or a view of a superuser over
// such a catalog, which is written as the superuser. The server ignores such
// rights on whole catalogs (aclchk.c, pg_class_aclmask_ext), but not on their columns
// (pg_attribute_aclmask_ext), and what a row of pg_authid or pg_proc says, holds.
//
//   GRANT UPDATE (rolsuper) ON pg_catalog.pg_authid TO app;

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "escalation/edge.hpp"
#include "model/objects_of.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

struct CatalogColumn {
  std::string_view table, column;  // any column where none is said
};

// Which decide who somebody is, what belongs to whom, and what runs.
constexpr std::array<CatalogColumn, 13> deciding{{
    {"pg_auth_members", ""},
    {"pg_authid", "rolsuper"},
    {"pg_authid", "rolpassword"},
    {"pg_authid", "rolcreaterole"},
    {"pg_class", "relowner"},
    {"pg_class", "relacl"},
    {"pg_database", "datdba"},
    {"pg_db_role_setting", ""},
    {"pg_namespace", "nspowner"},
    {"pg_proc", "proowner"},
    {"pg_proc", "prosecdef"},
    {"pg_proc", "prosrc"},
    {"pg_trigger", "tgfoid"},
}};

bool decides(const std::string& table, const std::string& column) {
  return std::any_of(deciding.begin(), deciding.end(), [&](const CatalogColumn& c) {
    return c.table == table && (c.column.empty() || c.column == column);
  });
}

void offer_column(const Context& context, ObjectId table, std::size_t place,
                  std::vector<Offer>& offers) {
  const auto& object = context.cluster().object(table);
  const auto& column = context.cluster().relation(object).columns[place];
  std::vector<RoleId> seen;
  for (const auto& item : context.cluster().column_acl(column)) {
    if (!item.privileges.has(Privilege::update) && !item.privileges.has(Privilege::insert)) {
      continue;
    }
    if (std::find(seen.begin(), seen.end(), item.grantee) != seen.end()) continue;
    seen.push_back(item.grantee);
    Offer offer;
    offer.holder = item.grantee;
    offer.holding = Holding::inherits;
    offer.to.power = Power::superuser;
    offer.objects = {table};
    offer.item = place;
    offer.certain = decides(object.name, column.name);
    offers.push_back(std::move(offer));
  }
}

bool shows_deciding_column(const Context& context, ObjectId view, const std::string& catalog) {
  const auto& columns = context.cluster().relation(context.cluster().object(view)).columns;
  return std::any_of(columns.begin(), columns.end(),
                     [&](const Column& c) { return decides(catalog, c.name); });
}

// Which catalog is written by a view, and by which privilege on the view.
std::size_t item_of(ObjectId catalog, Privilege privilege) {
  return index(catalog) * privileges.size() + static_cast<std::size_t>(privilege);
}

// Who writes it by a view, and so as a superuser.
void offer_views(const Context& context, ObjectId catalog, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  for (const auto privilege : {Privilege::update, Privilege::insert}) {
    for (const auto& access : context.indirect_uses().to(catalog, privilege)) {
      const auto& view = cluster.object(access.use->object);
      if (view.kind != ObjectKind::table || view.system) continue;
      Offer offer;
      offer.to.power = Power::superuser;
      offer.objects = {access.use->object};
      offer.all = {{view.schema, Privilege::usage}};
      offer.item = item_of(catalog, access.use->privilege);
      offer.certain = access.unknown.empty() && shows_deciding_column(context, access.use->object,
                                                                      cluster.object(catalog).name);
      context.offer_to_holders(access.use->object, access.use->privilege, std::move(offer), offers);
    }
  }
}

void describe_view_of_catalog(const Context& context, const Offer& offer, Step& step) {
  const auto view = offer.objects.front();
  const auto privilege = static_cast<Privilege>(offer.item % privileges.size());
  const auto& object = context.cluster().object(view);
  step.how = fmt::format(
      "{} may write {} as {}, by {}", context.shown(step.from),
      context.shown(ObjectId{static_cast<std::uint32_t>(offer.item / privileges.size())}),
      context.shown(object.owner), context.shown(view));
  if (!offer.certain) step.how += ", and what that leads to cannot be told from here";
  const auto& columns = context.cluster().relation(object).columns;
  const bool super = std::any_of(columns.begin(), columns.end(),
                                 [](const Column& c) { return c.name == "rolsuper"; });
  if (super && privilege == Privilege::update) {
    step.statements = {fmt::format("UPDATE {} SET rolsuper = true WHERE rolname = {};",
                                   context.sql(view),
                                   quote_literal(context.cluster().role_name(step.from)))};
  }
  auto revoked = offer;
  revoked.objects = {view};
  step.cut = context.revoked(revoked, step.from, privilege);
}

}  // namespace

void find_write_catalog(const Context& context, std::vector<Offer>& offers) {
  for (const auto id : objects_of(context.cluster(), ObjectKind::table)) {
    const auto& object = context.cluster().object(id);
    if (!object.system) continue;
    const auto& relation = context.cluster().relation(object);
    if (relation.relkind != 'r') continue;
    const bool deciding_table =
        std::any_of(deciding.begin(), deciding.end(),
                    [&](const CatalogColumn& c) { return c.table == object.name; });
    if (deciding_table) offer_views(context, id, offers);
    for (std::size_t c = 0; c < relation.columns.size(); ++c) {
      if (relation.columns[c].acl != null_acl) offer_column(context, id, c, offers);
    }
  }
}

void describe_write_catalog(const Context& context, const Offer& offer, Step& step) {
  const auto table = offer.objects.front();
  if (!context.cluster().object(table).system) {
    return describe_view_of_catalog(context, offer, step);
  }
  const auto& column =
      context.cluster().relation(context.cluster().object(table)).columns[offer.item];
  step.how = fmt::format("{} may write column {} of {}", context.shown(step.from),
                         quote_identifier(column.name), context.shown(table));
  if (!offer.certain) step.how += ", and what that leads to cannot be told from here";
  if (column.name == "rolsuper") {
    step.statements = {"UPDATE pg_catalog.pg_authid SET rolsuper = true;"};
  }
  step.cut = {ChangePrivileges{false, table, static_cast<std::uint32_t>(offer.item), offer.holder,
                               PrivilegeSet(Privilege::insert) | Privilege::update}};
}

}  // namespace pgleast
