// ESC-WRITE-CATALOG: a column of a catalog that somebody may write. The server ignores such
// rights on whole catalogs (aclchk.c, pg_class_aclmask_ext), but not on their columns
// (pg_attribute_aclmask_ext), and what a row of pg_authid or pg_proc says, holds.
//
//   GRANT UPDATE (rolsuper) ON pg_catalog.pg_authid TO app;

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "escalation/edge.hpp"
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

}  // namespace

void find_write_catalog(const Context& context, std::vector<Offer>& offers) {
  for (std::uint32_t i = 0; i < context.cluster().objects.size(); ++i) {
    const auto& object = context.cluster().objects[i];
    if (object.kind != ObjectKind::table || !object.system) continue;
    const auto& relation = context.cluster().relation(object);
    if (relation.relkind != 'r') continue;
    for (std::size_t c = 0; c < relation.columns.size(); ++c) {
      if (relation.columns[c].acl != null_acl) offer_column(context, ObjectId{i}, c, offers);
    }
  }
}

void describe_write_catalog(const Context& context, const Offer& offer, Step& step) {
  const auto table = offer.objects.front();
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
