#include "escalation/edge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "model/bootstrap_superuser.hpp"
#include "model/objects_of.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {

const std::vector<Edge>& edges() {
  static const std::vector<Edge> table = [] {
    std::vector<Edge> rows{
        {{"ESC-ADMIN", {}, {Fact::roles}}, true, find_admin, describe_admin},
        {{"ESC-BYPASSRLS", {}, {Fact::roles}}, true, find_bypass_rls, describe_bypass_rls},
        {{"ESC-CLOUDADMIN", {}, {Fact::roles}}, true, find_cloud_admin, describe_cloud_admin},
        {{"ESC-CREATEDB", {}, {Fact::roles}}, true, find_create_database, describe_create_database},
        {{"ESC-CREATEROLE", {12, 15}, {Fact::roles}}, true, find_create_role, describe_create_role},
        {{"ESC-DATABASE", {}, {Fact::roles, Fact::objects}},
         false,
         find_database,
         describe_database},
        {{"ESC-DECODE", {}, {Fact::roles, Fact::settings}}, true, find_decode, describe_decode},
        {{"ESC-DEFAULT", {}, {Fact::roles, Fact::objects}}, false, find_default, describe_default},
        {{"ESC-DUMP", {}, {Fact::roles, Fact::objects}}, false, find_dump, describe_dump},
        {{"ESC-EVENTTRIGGER", {}, {Fact::roles, Fact::objects, Fact::code}},
         false,
         find_event_trigger,
         describe_event_trigger},
        {{"ESC-EXECPROG", {}, {Fact::roles}}, true, find_programs, describe_programs},
        {{"ESC-EXTENSION", {13}, {Fact::roles, Fact::objects, Fact::code, Fact::extensions}},
         true,
         find_extension,
         describe_extension},
        {{"ESC-FDW-LOOP", {}, {Fact::roles, Fact::objects}, "", true},
         true,
         find_loopback,
         describe_loopback},
        {{"ESC-FILEFUNC", {}, {Fact::roles, Fact::objects}, "", true},
         true,
         find_file_functions,
         describe_file_functions},
        {{"ESC-HASH", {}, {Fact::roles, Fact::passwords, Fact::objects}, "", true},
         true,
         find_hash,
         describe_hash},
        {{"ESC-HBA-EDIT", {}, {Fact::roles, Fact::objects}, "", true},
         true,
         find_record_edit,
         describe_record_edit},
        {{"ESC-IDENTMAP", {}, {Fact::roles, Fact::hba, Fact::ident}},
         true,
         find_identity_map,
         describe_identity_map},
        {{"ESC-INDEX-EXPR", {}, {Fact::roles, Fact::objects}},
         false,
         find_index_expression,
         describe_index_expression},
        {{"ESC-LANGUAGE", {}, {Fact::roles, Fact::objects, Fact::code}},
         true,
         find_language,
         describe_language},
        {{"ESC-LARGEOBJECT", {}, {Fact::roles, Fact::settings, Fact::role_settings}},
         true,
         find_large_objects,
         describe_large_objects},
        {{"ESC-MATVIEW", {}, {Fact::roles, Fact::objects, Fact::code}},
         true,
         find_materialized_view,
         describe_materialized_view},
        {{"ESC-OWNER", {16}, {Fact::roles, Fact::objects}}, true, find_owner, describe_owner},
        {{"ESC-PARAM", {15}, {Fact::roles, Fact::objects}},
         true,
         find_parameter,
         describe_parameter},
        {{"ESC-PASSWORD", {16}, {Fact::roles}}, true, find_password, describe_password},
        {{"ESC-POLICY", {}, {Fact::roles, Fact::objects}}, false, find_policy, describe_policy},
        {{"ESC-READDATA", {14}, {Fact::roles}}, true, find_read_data, describe_read_data},
        {{"ESC-READFILE", {}, {Fact::roles}}, true, find_read_files, describe_read_files},
        {{"ESC-READSETTINGS", {}, {Fact::roles, Fact::settings}},
         true,
         find_hidden_settings,
         describe_hidden_settings},
        {{"ESC-REFERENCES", {}, {Fact::roles, Fact::objects, Fact::code}},
         true,
         find_references,
         describe_references},
        {{"ESC-REPLACEFUNC", {}, {Fact::roles, Fact::objects, Fact::code}, "ESC-SECDEF"},
         true,
         find_replace_function,
         describe_replace_function},
        {{"ESC-REPLICATION", {}, {Fact::roles}}, true, find_replication, describe_replication},
        {{"ESC-RULE", {}, {Fact::roles, Fact::objects, Fact::code}},
         true,
         find_rule,
         describe_rule},
        {{"ESC-SEARCHPATH", {}, {Fact::roles, Fact::objects, Fact::role_settings}},
         false,
         find_search_path,
         describe_search_path},
        {{"ESC-SECDEF", {}, {Fact::roles, Fact::objects}, "", true},
         true,
         find_security_definer,
         describe_security_definer},
        {{"ESC-SET", {}, {Fact::roles}}, true, find_set_role, describe_set_role},
        {{"ESC-SUBSCRIPTION", {}, {Fact::roles, Fact::objects, Fact::code}},
         false,
         find_subscription,
         describe_subscription},
        {{"ESC-SUPER", {}, {Fact::roles}}, true, find_superuser, describe_superuser},
        {{"ESC-TRIGGER", {}, {Fact::roles, Fact::objects}}, false, find_trigger, describe_trigger},
        {{"ESC-UNTRUSTED-LANG", {}, {Fact::roles, Fact::objects, Fact::code}},
         true,
         find_untrusted,
         describe_untrusted},
        {{"ESC-USERMAP", {}, {Fact::roles, Fact::objects, Fact::code}},
         true,
         find_user_mapping,
         describe_user_mapping},
        {{"ESC-VIEW", {}, {Fact::roles, Fact::objects, Fact::code}},
         true,
         find_view,
         describe_view},
        {{"ESC-VIEWCODE", {}, {Fact::roles, Fact::objects}, "", true},
         false,
         find_view_code,
         describe_view_code},
        {{"ESC-WRITE-CATALOG", {}, {Fact::roles, Fact::objects}, "", true},
         true,
         find_write_catalog,
         describe_write_catalog},
        {{"ESC-WRITEDATA", {14}, {Fact::roles}}, true, find_write_data, describe_write_data},
        {{"ESC-WRITEFILE", {}, {Fact::roles}}, true, find_write_files, describe_write_files},
    };
    std::sort(rows.begin(), rows.end(),
              [](const Edge& a, const Edge& b) { return a.info.id < b.info.id; });
    return rows;
  }();
  return table;
}

std::span<const EscalationInfo> escalations() {
  static const std::vector<EscalationInfo> infos = [] {
    std::vector<EscalationInfo> result;
    for (const auto& edge : edges()) result.push_back(edge.info);
    return result;
  }();
  return infos;
}

const RoleSet& Context::holders(const Need& need) const {
  const auto [at, added] = holders_.try_emplace(need, RoleSet());
  if (!added) return at->second;
  if (need.owns) {
    const auto& o = cluster().object(need.object);
    return holders_[need] = graph_.who_has(resolved(o.owner, o.database), Closure::inherits);
  }
  if (need.within) {
    auto found = holders({need.object, need.privilege});
    for (const auto id : objects_of(cluster(), ObjectKind::schema)) {
      const auto& o = cluster().object(id);
      if (o.database != need.object || o.system) continue;
      const Need there{id, need.privilege, false, need.found_by};
      for (const auto role : holders(there).members()) found.insert(role);
    }
    return holders_[need] = std::move(found);
  }
  if (need.found_by != no_role) return holders_[need] = found_from(need);
  auto found = matrix_.holders_on_any(cluster().object(need.object), need.privilege);
  // Nobody acts as it: its member is a database's owner.
  if (database_owner_) found.erase(*database_owner_);
  return holders_[need] = std::move(found);
}

RoleSet Context::found_from(const Need& need) const {
  const Need plain{need.object, need.privilege};
  const auto& object = cluster().object(need.object);
  const bool finds = object.kind != ObjectKind::schema ||
                     holders({need.object, Privilege::usage}).has(need.found_by);
  if (finds) return holders(plain);
  RoleSet found(cluster().roles.size());
  for (const auto role : holders(plain).members()) {
    if (graph_.held(role, object).grantable.has(Privilege::usage)) found.insert(role);
  }
  return found;
}

Goal Context::whoever(RoleId user) {
  if (user == public_role) return {no_role, Power::any_role};
  return {user, std::nullopt};
}

std::vector<RoleId> Context::users(RoleId grantee, ObjectId schema, RoleId letting) const {
  constexpr std::size_t told_by_name = 32;
  if (grantee == public_role) return {grantee};
  const auto& names_it = holders({schema, Privilege::usage});
  auto members = graph_.who_has(grantee, Closure::inherits).members();
  if (members.size() > told_by_name) members = {grantee};
  const bool somebody = letting != no_role && letting != public_role;
  const bool lets =
      somebody && graph_.held(letting, cluster().object(schema)).grantable.has(Privilege::usage);
  if (lets) return members;
  std::erase_if(members, [&](RoleId role) { return !names_it.has(role); });
  return members;
}

std::set<RoleId> Context::users_of(const Object& table, PrivilegeSet which, RoleId letting) const {
  std::set<RoleId> result;
  const auto add = [&](RoleId grantee) {
    for (const auto user : users(grantee, table.schema, letting)) result.insert(user);
  };
  const auto add_list = [&](const Acl& acl) {
    for (const auto& item : acl) {
      if (!(item.privileges & which).empty()) add(item.grantee);
    }
  };
  add(table.owner);
  add_list(cluster().effective_acl(table));
  for (const auto& column : cluster().relation(table).columns)
    add_list(cluster().column_acl(column));
  return result;
}

const std::map<Context::Use, ObjectId>& Context::uses() const {
  if (uses_) return *uses_;
  uses_.emplace();
  // Few lists are of many tables: each is gone through once for each owner, kind and schema.
  std::map<std::tuple<AclId, RoleId, char, ObjectId>, ObjectId> lists;
  for (const auto id : objects_of(cluster(), ObjectKind::table)) {
    const auto& o = cluster().object(id);
    if (o.system || o.extension) continue;
    const auto& relation = cluster().relation(o);
    const char kind = relation.relkind == 'v' || relation.relkind == 'm' ? relation.relkind : 'r';
    tables_of_[{o.owner, kind}].push_back(id);
    if (o.acl != null_acl) lists.try_emplace({o.acl, o.owner, kind, o.schema}, id);
    for (const auto& column : relation.columns) {
      if (column.acl == null_acl) continue;
      lists.try_emplace({column.acl, o.owner, kind, o.schema}, id);
    }
  }
  for (const auto& [list, table] : lists) {
    const auto& [acl, owner, kind, schema] = list;
    for (const auto& item : cluster().acls[index(acl)]) {
      if (item.grantee == owner) continue;
      item.privileges.each([&, owner = owner, kind = kind, table = table](Privilege p) {
        uses_->try_emplace({owner, item.grantee, kind, p, cluster().object(table).schema}, table);
      });
    }
  }
  return *uses_;
}

const std::vector<ObjectId>& Context::tables_of(RoleId owner, char relkind) const {
  uses();
  return tables_of_[{owner, relkind}];
}

std::vector<Remedy> Context::taken_from(RoleId grantee, RoleId owner, char relkind,
                                        PrivilegeSet which) const {
  std::vector<Remedy> result;
  for (const auto id : tables_of(owner, relkind)) {
    const auto& table = cluster().object(id);
    const auto taken = granted_to(cluster().effective_acl(table), grantee) & which;
    if (!taken.empty()) {
      result.emplace_back(ChangePrivileges{false, id, std::nullopt, grantee, taken});
    }
    const auto& columns = cluster().relation(table).columns;
    for (std::uint32_t c = 0; c < columns.size(); ++c) {
      const auto of_column = granted_to(cluster().column_acl(columns[c]), grantee) & which;
      if (!of_column.empty()) {
        result.emplace_back(ChangePrivileges{false, id, c, grantee, of_column});
      }
    }
  }
  return result;
}

ObjectId Context::schema_named(ObjectId database, const std::string& name) const {
  if (!schemas_) {
    schemas_.emplace();
    for (const auto id : objects_of(cluster(), ObjectKind::schema)) {
      const auto& o = cluster().object(id);
      schemas_->emplace(std::pair(o.database, o.name), id);
    }
  }
  const auto found = schemas_->find({database, name});
  return found == schemas_->end() ? no_object : found->second;
}

std::optional<RoleSet> Context::logs_in(const std::function<bool(const HbaRecord&)>& by,
                                        bool replication) const {
  if (!cluster().seen(Fact::hba) || !cluster().hba.loads()) return std::nullopt;
  RoleSet found(cluster().roles.size());
  for (const auto& part : connections().parts) {
    const auto& record = cluster().hba.records[part.record];
    if (record.method == "reject" || !by(record)) continue;
    const bool there = std::any_of(
        part.databases.begin(), part.databases.end(),
        [&](std::uint32_t d) { return connections().databases[d].replication == replication; });
    if (!there) continue;
    for (const auto r : part.roles) {
      if (connections().roles[r].role) found.insert(*connections().roles[r].role);
    }
  }
  return found;
}

void Context::offer_to_holders(ObjectId object, Privilege privilege, Offer offer,
                               std::vector<Offer>& offers, RoleId but) const {
  const auto& o = cluster().object(object);
  std::vector<RoleId> seen;
  const auto offer_list = [&](const Acl& acl) {
    for (const auto& item : acl) {
      if (!item.privileges.has(privilege)) continue;
      const auto holder = resolved(item.grantee, o.database);
      if (holder == but || std::find(seen.begin(), seen.end(), holder) != seen.end()) continue;
      seen.push_back(holder);
      if (holder != public_role && cluster().role(holder).superuser) continue;
      offer.holder = holder;
      offer.holding = Holding::inherits;
      offers.push_back(offer);
    }
  };
  offer_list(cluster().effective_acl(o));
  if (o.kind != ObjectKind::table) return;
  for (const auto& column : cluster().relation(o).columns) offer_list(cluster().column_acl(column));
}

RoleId Context::resolved(RoleId role, ObjectId database) const {
  if (role == public_role || database == no_object) return role;
  if (role != database_owner_) return role;
  const auto owner = cluster().object(database).owner;
  return owner == no_role ? role : owner;
}

std::string Context::shown(RoleId role) const { return displayed(cluster().role_name(role)); }

std::string Context::shown(ObjectId object) const {
  return displayed(cluster().object(object).identity);
}

std::string Context::sql(ObjectId object) const {
  const auto& o = cluster().object(object);
  if (o.kind == ObjectKind::function || o.schema == no_object) {
    return o.kind == ObjectKind::function ? o.identity : quote_identifier(o.name);
  }
  return quote_identifier(cluster().object(o.schema).name) + '.' + quote_identifier(o.name);
}

std::string Context::sql(RoleId role) const {
  return role == public_role ? "PUBLIC" : quote_identifier(cluster().role_name(role));
}

std::string Context::shown(const std::vector<ObjectId>& objects) const {
  if (objects.size() < 2) return objects.empty() ? std::string() : shown(objects.front());
  return fmt::format("{} and {} more", shown(objects.front()), objects.size() - 1);
}

std::string Context::shown(RoleId role, RoleId holder) const {
  if (holder == role || holder == public_role) return shown(role);
  std::string way;
  for (const auto step : graph_.path(role, holder, Closure::members)) {
    if (step == role) continue;
    way += (way.empty() ? "" : " > ") + shown(step);
  }
  return way.empty() ? shown(role) : fmt::format("{} (through {})", shown(role), way);
}

std::vector<Remedy> Context::leave_group(RoleId from, RoleId holder, Closure closure) const {
  if (from == public_role || from == holder) return {};
  std::vector<const Membership*> carrying;
  for (const auto& m : cluster().memberships) {
    if (carries(m, closure)) carrying.push_back(&m);
  }
  // What the server itself put in it stays there: pg_monitor is in pg_read_all_settings.
  RoleSet groups(cluster().roles.size());
  groups.insert(holder);
  for (bool more = true; more;) {
    more = false;
    for (const auto* m : carrying) {
      const bool own = cluster().role(m->member).name.starts_with("pg_") && m->member != from;
      if (own && groups.has(m->role) && groups.insert(m->member)) more = true;
    }
  }
  std::vector<Remedy> result;
  const auto& reached = graph_.along_memberships(from, closure);
  std::set<std::pair<RoleId, RoleId>> known;
  for (const auto* m : carrying) {
    if (!groups.has(m->role) || groups.has(m->member) || !reached.has(m->member)) continue;
    if (!known.emplace(m->role, m->member).second) continue;
    result.emplace_back(ChangeMembership{false, m->role, m->member});
  }
  return result;
}

std::vector<Remedy> Context::revoked(const Offer& offer, RoleId from, Privilege privilege) const {
  std::vector<Remedy> result;
  for (const auto id : offer.objects) {
    const auto& object = cluster().object(id);
    if (offer.holder == resolved(object.owner, object.database)) {
      if (from != offer.holder) return leave_group(from, offer.holder, Closure::inherits);
      const auto bootstrap = bootstrap_superuser(cluster());
      if (bootstrap != no_role) result.emplace_back(ChangeOwner{id, bootstrap});
      continue;
    }
    if (object.kind != ObjectKind::table) {
      result.emplace_back(ChangePrivileges{false, id, std::nullopt, offer.holder, privilege});
      continue;
    }
    const auto& columns = cluster().relation(object).columns;
    if (granted_to(cluster().effective_acl(object), offer.holder).has(privilege)) {
      result.emplace_back(ChangePrivileges{false, id, std::nullopt, offer.holder, privilege});
    }
    for (std::uint32_t c = 0; c < columns.size(); ++c) {
      if (!granted_to(cluster().column_acl(columns[c]), offer.holder).has(privilege)) continue;
      result.emplace_back(ChangePrivileges{false, id, c, offer.holder, privilege});
    }
  }
  return result;
}

}  // namespace pgleast
