// ESC-REFERENCES: a foreign key of one's own is looked up as the owner of the table that it refers
// to (ri_triggers.c, ri_PerformCheck), and a cast to the type of the key, too: to one's own type
// belongs one's own cast (tablecmds.c, ATAddForeignKeyConstraint, takes implicit ones).
//
//   GRANT REFERENCES ON orders TO app;
//   CREATE CAST (app.t AS integer) WITH FUNCTION app.f(app.t) AS IMPLICIT;
//   CREATE TABLE app.c (a app.t REFERENCES orders);  INSERT INTO app.c ...;   f() runs as the owner
//
// The new table takes CREATE on a schema; a new column of a table that one owns, a temporary type.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "escalation/edge.hpp"
#include "escalation/own_code.hpp"
#include "model/objects_of.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

bool holds_all(const Context& context, RoleId role, const UniqueKey& key) {
  const auto& table = context.cluster().object(key.table);
  std::size_t found = 0;
  for (const auto& column : context.cluster().relation(table).columns) {
    if (std::find(key.columns.begin(), key.columns.end(), column.name) == key.columns.end())
      continue;
    const auto held = context.graph().held(role, table, column);
    found += held.privileges.has(Privilege::references) ? 1 : 0;
  }
  return found == key.columns.size();
}

/// Who was granted what makes a foreign key to these columns, by one grant or by several.
std::set<RoleId> grantees_of(const Context& context, const UniqueKey& key) {
  const auto& cluster = context.cluster();
  const auto& table = cluster.object(key.table);
  std::map<RoleId, std::set<std::string>> columns;
  std::set<RoleId> result;
  for (const auto& item : cluster.effective_acl(table)) {
    if (item.privileges.has(Privilege::references)) result.insert(item.grantee);
  }
  for (const auto& column : cluster.relation(table).columns) {
    for (const auto& item : cluster.column_acl(column)) {
      if (item.privileges.has(Privilege::references)) columns[item.grantee].insert(column.name);
    }
  }
  for (const auto& of : columns) {
    const bool all = std::all_of(key.columns.begin(), key.columns.end(),
                                 [&](const std::string& c) { return of.second.contains(c); });
    if (all) result.insert(of.first);
  }
  if (key.columns.size() == 1 || columns.size() < 2) return result;
  for (std::uint32_t i = 0; i < cluster.roles.size(); ++i) {
    if (!cluster.roles[i].superuser && holds_all(context, RoleId{i}, key)) result.insert(RoleId{i});
  }
  return result;
}

/// Else the server refuses to look it up.
bool owner_gets_there(const Context& context, RoleId owner, const Object& table) {
  if (table.schema == no_object) return false;
  const auto& schema = context.cluster().object(table.schema);
  return owner != no_role && context.graph().held(owner, schema).privileges.has(Privilege::usage);
}

/// One table of each of those who cannot make another, by database; of a partitioned one, whether
/// it takes rows is not known. A partition has the columns of the whole.
std::map<ObjectId, std::vector<ObjectId>> tables_without_create(const Context& context) {
  std::map<ObjectId, std::vector<ObjectId>> result;
  std::set<std::pair<RoleId, ObjectId>> seen;
  const auto& cluster = context.cluster();
  std::set<ObjectId> partitions;
  for (const auto& i : cluster.inheritances) {
    if (i.partition) partitions.insert(i.child);
  }
  for (const char relkind : {'r', 'p'}) {
    for (const auto id : objects_of(cluster, ObjectKind::table)) {
      const auto& o = cluster.object(id);
      if (o.system || o.extension || cluster.relation(o).relkind != relkind) continue;
      if (o.database == no_object || o.schema == no_object) continue;
      const auto owner = context.resolved(o.owner, o.database);
      if (partitions.contains(id) || owner == no_role || owner == public_role) continue;
      if (cluster.role(owner).superuser || !seen.emplace(owner, o.database).second) continue;
      const Need creates{o.database, Privilege::create, true};
      if (!context.holders(creates).has(owner)) result[o.database].push_back(id);
    }
  }
  return result;
}

const UniqueKey* key_of(const Context& context, ObjectId table, RoleId grantee) {
  const UniqueKey* best = nullptr;
  for (const auto& key : context.cluster().unique_keys) {
    if (key.table != table) continue;
    if (!grantees_of(context, key).contains(grantee)) continue;
    if (best == nullptr || key.columns.size() < best->columns.size()) best = &key;
  }
  return best;
}

}  // namespace

void find_references(const Context& context, std::vector<Offer>& offers) {
  const auto& cluster = context.cluster();
  const auto own_tables = tables_without_create(context);
  std::set<std::tuple<RoleId, RoleId, ObjectId>> seen;
  for (const auto& key : cluster.unique_keys) {
    const auto& table = cluster.object(key.table);
    const auto owner = context.resolved(table.owner, table.database);
    if (table.system || table.extension || !owner_gets_there(context, owner, table)) continue;
    for (const auto grantee : grantees_of(context, key)) {
      if (grantee == owner || !seen.emplace(owner, grantee, table.schema).second) continue;
      if (grantee != public_role && cluster.role(grantee).superuser) continue;
      Offer offer;
      offer.holder = grantee;
      offer.holding = Holding::inherits;
      offer.to.role = owner;
      offer.becomes = Mode::code;
      offer.objects = {key.table};
      offer.all = {{table.schema, Privilege::usage}};
      offer.any = {{table.database, Privilege::create, true}};
      offers.push_back(offer);
      const auto found = own_tables.find(table.database);
      if (found == own_tables.end()) continue;
      offer.any = {{table.database, Privilege::temporary}};
      for (const auto own : found->second) {
        const auto& o = cluster.object(own);
        if (o.owner == owner) continue;
        offer.item = index(own) + 1;
        offer.certain = cluster.relation(o).relkind == 'r';
        offer.all = {{table.schema, Privilege::usage},
                     {o.schema, Privilege::usage},
                     {own, {}, false, no_role, true}};
        offers.push_back(offer);
      }
    }
  }
}

void describe_references(const Context& context, const Offer& offer, Step& step) {
  const auto& cluster = context.cluster();
  const auto id = offer.objects.front();
  const auto& table = cluster.object(id);
  step.how = fmt::format(
      "{} may refer to {} by a foreign key, from a column of a type of its own: its cast to the "
      "key's type runs as {}",
      context.shown(step.from, offer.holder), context.shown(id), context.shown(offer.to.role));
  step.cut =
      context.taken_from(offer.holder, table.owner, 'r', PrivilegeSet(Privilege::references));
  const auto* const key = key_of(context, id, offer.holder);
  if (key == nullptr || key->types.empty()) return;
  const bool adds = offer.item != 0;
  const auto place =
      adds ? std::string("pg_temp") : place_of_code(context, step.from, table.database);
  const auto own =
      adds ? context.sql(ObjectId{static_cast<std::uint32_t>(offer.item - 1)}) : place + ".c";
  step.statements = {fmt::format("CREATE TYPE {}.t AS (x int);", place)};
  std::string columns, keys, names, values;
  for (std::size_t i = 0; i < key->columns.size(); ++i) {
    const auto& type = key->types[i];
    const auto name = fmt::format("k{}", i);
    const auto* const comma = i == 0 ? "" : ", ";
    columns += fmt::format("{}{}{} {}.t", comma, adds ? "ADD COLUMN " : "", name, place);
    names += comma + name;
    keys += comma + quote_identifier(key->columns[i]);
    values += fmt::format("{}ROW(1)", comma);
    const auto first = std::find(key->types.begin(), key->types.end(), type);
    if (first != key->types.begin() + static_cast<std::ptrdiff_t>(i)) continue;
    step.statements.push_back(fmt::format(
        "CREATE FUNCTION {0}.f{1}({0}.t) RETURNS {2} LANGUAGE plpgsql AS $$BEGIN RAISE NOTICE "
        "'%', current_user; RETURN (SELECT {3} FROM {4} LIMIT 1); END$$;",
        place, i, type, quote_identifier(key->columns[i]), context.sql(id)));
    step.statements.push_back(fmt::format(
        "CREATE CAST ({0}.t AS {1}) WITH FUNCTION {0}.f{2}({0}.t) AS IMPLICIT;", place, type, i));
  }
  const auto refers =
      fmt::format("FOREIGN KEY ({}) REFERENCES {} ({})", names, context.sql(id), keys);
  step.statements.push_back(adds ? fmt::format("ALTER TABLE {} {}, ADD {};", own, columns, refers)
                                 : fmt::format("CREATE TABLE {} ({}, {});", own, columns, refers));
  step.statements.push_back(fmt::format("INSERT INTO {} ({}) VALUES ({});", own, names, values));
}

}  // namespace pgleast
