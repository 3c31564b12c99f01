// COPY ... FROM STDIN, as far as that goes before the server asks for data (copy.c, DoCopy).
// Whether psql takes the lines that follow for data hangs on it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "input/replay/statements/object_statement.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

struct CopyOption {
  std::string_view name;
  std::string_view values;  // those that every version takes, `|` on both sides; empty: any text
};
constexpr std::array copy_options{
    CopyOption{"format", "|text|csv|binary|"},
    CopyOption{"null", ""},
    CopyOption{"freeze", "|true|false|on|off|1|0|"},
    CopyOption{"encoding", "|utf8|utf-8|latin1|sql_ascii|"},
    CopyOption{"delimiter", "|,|;|:|\t|^|~|"},
    CopyOption{"header", "|true|false|on|off|1|0|"},
};

std::string value_of(const SqlNode& option) {
  const auto& argument = node_at(option, "arg");
  return argument.empty() ? "true" : lower_case(word_of(argument));
}

/// Every option is one that the server takes in any case; else it is not known.
void check_options(const SqlNode& options) {
  std::set<std::string> given;
  std::string format = "text";
  for (const auto& item : options) {
    const auto& option = inside(item, "DefElem");
    const auto name = text_at(option, "defname");
    const auto value = value_of(option);
    const auto* const known = std::find_if(copy_options.begin(), copy_options.end(),
                                           [&](const CopyOption& o) { return o.name == name; });
    const bool takes =
        known != copy_options.end() &&
        (known->values.empty() || known->values.find('|' + value + '|') != std::string_view::npos);
    if (!takes || !given.insert(name).second) throw Undecidable{"an option of COPY"};
    if (name == "format") format = value;
  }
  const bool plain = format == "csv" || (!given.contains("header") && !given.contains("null"));
  const bool binary = format == "binary" && given.size() > 1;
  if (binary || (!plain && given.contains("header"))) throw Undecidable{"an option of COPY"};
}

bool may_be_copied_into(const Entity& e) {
  return !e.is(RelationKind::index) && !e.is(RelationKind::partitioned_index) &&
         !e.is(RelationKind::composite_type);
}

std::vector<std::string> checked_columns(const SqlCatalog& catalog, EntityId relation,
                                         const SqlNode& list) {
  auto columns = strings_of(list);
  std::set<std::string> seen;
  for (const auto& name : columns) {
    const auto number = catalog.needed_column(relation, name);
    if (!seen.insert(name).second) {
      throw Refused(Condition::duplicate_column,
                    fmt::format("column `{}` specified more than once", name), name);
    }
    for (const auto& column : catalog.at(relation).columns) {
      if (column.number != number || !column.generated) continue;
      throw Refused(Condition::wrong_object_type,
                    fmt::format("column `{}` is a generated column", name), name);
    }
  }
  return columns;
}

/// INSERT on all of it, or on each of the columns.
void need_insert(const SqlCatalog& catalog, EntityId relation,
                 const std::vector<std::string>& columns) {
  const auto user = catalog.user();
  if (catalog.holds(user, relation, Privilege::insert)) return;
  const auto& cluster = catalog.cluster();
  const auto& object = catalog.object(relation);
  const auto refuse = [&] {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied for table {}", object.name), object.name);
  };
  if (object.kind != ObjectKind::table) return refuse();
  const auto roles = catalog.privileged_roles(user);
  const auto& all = cluster.relation(object).columns;
  for (const auto& column : all) {
    const bool wanted =
        columns.empty() || std::find(columns.begin(), columns.end(), column.name) != columns.end();
    if (!wanted) continue;
    const auto& acl = cluster.column_acl(column);
    const bool held = std::any_of(acl.begin(), acl.end(), [&](const AclItem& item) {
      const bool own = item.grantee == public_role ||
                       std::find(roles.begin(), roles.end(), item.grantee) != roles.end();
      return own && item.privileges.has(Privilege::insert);
    });
    if (!held) refuse();
  }
}

/// COPY FROM is not for who is bound by row security (check_enable_rls).
void need_no_row_security(const SqlCatalog& catalog, EntityId relation) {
  const auto& object = catalog.object(relation);
  if (object.kind != ObjectKind::table) return;
  const auto& detail = catalog.cluster().relation(object);
  const auto& role = catalog.cluster().role(catalog.user());
  if (!detail.row_security || role.superuser || role.bypassrls) return;
  if (!detail.force_row_security && catalog.owns(relation)) return;
  throw Refused(Condition::feature_not_supported, "COPY FROM not supported with row-level security",
                object.name);
}

}  // namespace

void check_copy_from_stdin(SqlCatalog& catalog, const SqlNode& node) {
  const auto relation = catalog.relation_of(node_at(node, "relation"));
  const auto& e = catalog.at(relation);
  if (!may_be_copied_into(e)) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is not a table", e.name), e.name);
  }
  const auto columns = checked_columns(catalog, relation, list_at(node, "attlist"));
  if (e.object == no_object) return;
  need_insert(catalog, relation, columns);
  need_no_row_security(catalog, relation);
  check_options(list_at(node, "options"));
  if (node.contains("whereClause")) throw Undecidable{"WHERE of COPY"};
}

}  // namespace pgleast
