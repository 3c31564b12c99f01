// Each part of a cluster to JSON and back, and what older snapshots do not have.
#include "input/snapshot/cluster_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "text/diagnostic.hpp"

namespace pgleast {

using nlohmann::json;

namespace {

template <typename T>
void put(json& j, const char* key, const std::optional<T>& value) {
  if (value) {
    j[key] = *value;
  } else {
    j[key] = nullptr;
  }
}

template <typename T>
void get(const json& j, const char* key, std::optional<T>& value) {
  value = j.at(key).is_null() ? std::nullopt : std::optional(j.at(key).get<T>());
}

}  // namespace

// Each struct is written with its members' own names, in their order.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Position, line, column)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Span, begin, end)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Role, name, oid, superuser, inherit, createrole, createdb, login,
                                   replication, bypassrls, connection_limit, valid_until, password,
                                   dropped)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Membership, role, member, grantor, admin, inherit, set)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Object, kind, oid, database, schema, name, identity, owner, acl,
                                   system, extension, detail)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DatabaseDetail, allows_connections, is_template,
                                   connection_limit, read)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Column, name, acl)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RelationDetail, relkind, row_security, force_row_security,
                                   options, columns)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FunctionDetail, prokind, security_definer, leakproof, volatility,
                                   language, trigger, config)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DefaultAcl, database, creator, schema, type, acl)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Setting, name, value, source, file, line)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SettingProblem, name, value, file, line, message)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RoleSetting, database, role, name, value)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ConfigFile, kind, path, text, masked)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HbaName, text, quoted)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HbaAddress, kind, address, mask, host)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HbaPlace, file, line, whole, type, database, user, address,
                                   method, options)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HbaRecord, type, databases, users, address, method, options,
                                   unshown, at, warning, row)

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PoolerDatabase, name, host, dbname, user, password, auth_user,
                                   line)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PoolerNames, all, same, names)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(PoolerRecord, type, databases, users, address,
                                                method, map, line, replication)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PoolerMapping, map, system_user, user)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Pooler, file, auth_line, auth_type, listen_addr, listen_port,
                                   unix_socket_dir, client_tls_sslmode, server_tls_sslmode,
                                   auth_user, auth_query, databases, users, users_unseen, hba_file,
                                   records, records_unseen, mappings, passed_over)

// NOLINTBEGIN(readability-identifier-naming): the library's names
void to_json(json& j, const PrivilegeSet& set) { j = set.bits(); }

void from_json(const json& j, PrivilegeSet& set) {
  const auto bits = j.get<std::uint32_t>();
  if (bits >> privileges.size() != 0) fail("", "a set of privileges has one that there is not");
  set = {};
  for (const auto& p : privileges) {
    if (((bits >> static_cast<unsigned>(p.privilege)) & 1U) != 0) set |= p.privilege;
  }
}

constexpr std::array<std::pair<RemarkKind, std::string_view>, 3> remark_kinds{
    {{RemarkKind::text_of_hba, "text_of_hba"},
     {RemarkKind::text_of_ident, "text_of_ident"},
     {RemarkKind::version, "version"}}};

void to_json(json& j, const Remark& r) {
  j = {{"why", r.why}, {"remedy", r.remedy}};
  for (const auto& [kind, name] : remark_kinds) {
    if (r.kind == kind) j["kind"] = name;
  }
}

// Older snapshots have no kinds, later ones may have more.
void from_json(const json& j, Remark& r) {
  j.at("why").get_to(r.why);
  j.at("remedy").get_to(r.remedy);
  for (const auto& [kind, name] : remark_kinds) {
    if (j.contains("kind") && j.at("kind") == name) r.kind = kind;
  }
}

void to_json(json& j, const Unseen& u) {
  j = {{"why", u.why}, {"remedy", u.remedy}};
  if (u.kind == UnseenKind::nothing_made) j["kind"] = "nothing_made";
}

void from_json(const json& j, Unseen& u) {
  j.at("why").get_to(u.why);
  j.at("remedy").get_to(u.remedy);
  if (j.contains("kind") && j.at("kind") == "nothing_made") u.kind = UnseenKind::nothing_made;
}

void to_json(json& j, const CodeUse& u) {
  j = {u.object, u.privileges, u.by_search_path, u.maybe};
  if (!u.columns.empty() || u.by_operator) j.push_back(u.columns);
  if (u.by_operator) j.push_back(u.by_operator);
}

void from_json(const json& j, CodeUse& u) {
  j.at(0).get_to(u.object);
  j.at(1).get_to(u.privileges);
  j.at(2).get_to(u.by_search_path);
  if (j.size() > 3) j.at(3).get_to(u.maybe);
  if (j.size() > 4) j.at(4).get_to(u.columns);
  if (j.size() > 5) j.at(5).get_to(u.by_operator);
}

void to_json(json& j, const OperatorUse& u) {
  j = {u.schema, u.identity, u.owner, u.by_search_path};
}

void from_json(const json& j, OperatorUse& u) {
  j.at(0).get_to(u.schema);
  j.at(1).get_to(u.identity);
  j.at(2).get_to(u.owner);
  j.at(3).get_to(u.by_search_path);
}

void to_json(json& j, const NameLookup& n) {
  j = {n.when_run, n.relations, n.types, n.functions, n.sets_path};
}

void from_json(const json& j, NameLookup& n) {
  j.at(0).get_to(n.when_run);
  j.at(1).get_to(n.relations);
  j.at(2).get_to(n.types);
  j.at(3).get_to(n.functions);
  j.at(4).get_to(n.sets_path);
}

void to_json(json& j, const Given& g) { j = {g.to, g.parameter, g.function, g.argument}; }

void from_json(const json& j, Given& g) {
  j.at(0).get_to(g.to);
  j.at(1).get_to(g.parameter);
  j.at(2).get_to(g.function);
  j.at(3).get_to(g.argument);
}

void to_json(json& j, const Code& c) {
  j = {{"uses", c.uses}, {"settings", c.settings}, {"unknown", c.unknown}, {"given", c.given}};
  if (!c.operators.empty()) j["operators"] = c.operators;
  if (c.callers_types) j["callers_types"] = true;
  if (c.creates) j["creates"] = true;
  put(j, "looks_up", c.names);
}

// Older snapshots do not say which names are looked up where, and have no types or operators, or
// nothing of what types bring: `names`.
void from_json(const json& j, Code& c) {
  j.at("uses").get_to(c.uses);
  j.at("settings").get_to(c.settings);
  j.at("unknown").get_to(c.unknown);
  if (j.contains("operators")) j.at("operators").get_to(c.operators);
  c.callers_types = j.value("callers_types", false);
  c.creates = j.value("creates", false);
  c.names.reset();
  if (!j.contains("looks_up")) return;
  get(j, "looks_up", c.names);
  j.at("given").get_to(c.given);
}
// NOLINTEND(readability-identifier-naming)

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Attachment, kind, relation, name, on, enabled, code)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(EventTrigger, database, name, event, owner, function, enabled)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Inheritance, child, parent, partition)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ForeignKey, child, name, parent, on_delete, on_update, columns,
                                   keys, checked, watched, code)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(UniqueKey, table, columns, types)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(LanguageDetail, trusted)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ForeignServerDetail, wrapper, options)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ForeignTable, table, server, schema, name)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(UserMapping, server, role, options_seen, user, stored_password,
                                   password_required)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Extension, database, name, version, schema, owner)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Subscription, database, name, owner, enabled, run_as_owner,
                                   password_required, tables)

// NOLINTBEGIN(readability-identifier-naming): the library's names
void to_json(json& j, const Body& b) {
  j = {{"of", b.of}, {"code", b.code}};
  if (b.writable) j["writable"] = *b.writable;
}

void from_json(const json& j, Body& b) {
  j.at("of").get_to(b.of);
  j.at("code").get_to(b.code);
  if (j.contains("writable")) b.writable = j.at("writable").get<PrivilegeSet>();
}

void to_json(json& j, const RowPolicy& p) {
  j = {{"table", p.table},
       {"name", p.name},
       {"command", p.command},
       {"permissive", p.permissive},
       {"roles", p.roles},
       {"using_always_true", p.using_always_true},
       {"check_always_true", p.check_always_true},
       {"code", p.code}};
  put(j, "using", p.using_expression);
  put(j, "check", p.check_expression);
}

void from_json(const json& j, RowPolicy& p) {
  j.at("table").get_to(p.table);
  j.at("name").get_to(p.name);
  j.at("command").get_to(p.command);
  j.at("permissive").get_to(p.permissive);
  j.at("roles").get_to(p.roles);
  get(j, "using", p.using_expression);
  get(j, "check", p.check_expression);
  if (!j.contains("code")) return;  // an older snapshot
  j.at("using_always_true").get_to(p.using_always_true);
  j.at("check_always_true").get_to(p.check_always_true);
  j.at("code").get_to(p.code);
}

void to_json(json& j, const Diagnostic& d) {
  j = {{"file", d.file}, {"message", d.message}, {"excerpt", d.excerpt}};
  put(j, "at", d.at);
}

void from_json(const json& j, Diagnostic& d) {
  j.at("file").get_to(d.file);
  j.at("message").get_to(d.message);
  j.at("excerpt").get_to(d.excerpt);
  get(j, "at", d.at);
}
// NOLINTEND(readability-identifier-naming)

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HbaProblem, file, line, diagnostic, silent, row)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HbaFile, records, problems)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(IdentPlace, file, line, whole, map, system_user, pg_user)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(IdentRecord, map, system_user, pg_user, at, row)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(IdentFile, records, problems)

namespace {

// --- To JSON ------------------------------------------------------------------------------------

void write_acls(const Cluster& c, SnapshotWriter& w) {
  w.values(c.acls, [&](const Acl& acl) -> json {
    return to_string(acl, [&](RoleId id) { return c.role_name(id); });
  });
}
void write_schema(const Cluster&, SnapshotWriter& w) { w.value(json(snapshot_schema)); }
void write_unseen(const Cluster& c, SnapshotWriter& w) {
  w.values(c.unseen, [](const auto& u) -> json { return {{"fact", u.first}, {"why", u.second}}; });
}
template <auto Member>
void write_member(const Cluster& c, SnapshotWriter& w) {
  w.value(c.*Member);
}
template <auto Member>
void write_optional(const Cluster& c, SnapshotWriter& w) {
  json holder;
  put(holder, "value", c.*Member);
  w.value(std::move(holder["value"]));
}

struct SnapshotPart {
  std::string_view key;
  void (*write)(const Cluster&, SnapshotWriter&);
};

constexpr std::array snapshot_parts{
    SnapshotPart{"acls", write_acls},
    SnapshotPart{"all_foreign_keys", write_member<&Cluster::foreign_keys>},
    SnapshotPart{"attachments", write_member<&Cluster::attachments>},
    SnapshotPart{"bodies", write_member<&Cluster::bodies>},
    SnapshotPart{"databases", write_member<&Cluster::databases>},
    SnapshotPart{"default_acls", write_member<&Cluster::default_acls>},
    SnapshotPart{"event_triggers", write_member<&Cluster::event_triggers>},
    SnapshotPart{"extensions", write_member<&Cluster::extensions>},
    SnapshotPart{"files", write_member<&Cluster::files>},
    SnapshotPart{"foreign_servers", write_member<&Cluster::foreign_servers>},
    SnapshotPart{"foreign_tables", write_member<&Cluster::foreign_tables>},
    SnapshotPart{"functions", write_member<&Cluster::functions>},
    SnapshotPart{"hba", write_member<&Cluster::hba>},
    SnapshotPart{"hidden_settings", write_optional<&Cluster::hidden_settings>},
    SnapshotPart{"ident", write_member<&Cluster::ident>},
    SnapshotPart{"inheritances", write_member<&Cluster::inheritances>},
    SnapshotPart{"languages", write_member<&Cluster::languages>},
    SnapshotPart{"memberships", write_member<&Cluster::memberships>},
    SnapshotPart{"name", write_member<&Cluster::name>},
    SnapshotPart{"objects", write_member<&Cluster::objects>},
    SnapshotPart{"poolers", write_member<&Cluster::poolers>},
    SnapshotPart{"reader", write_member<&Cluster::reader>},
    SnapshotPart{"relations", write_member<&Cluster::relations>},
    SnapshotPart{"remarks", write_member<&Cluster::remarks>},
    SnapshotPart{"role_settings", write_member<&Cluster::role_settings>},
    SnapshotPart{"roles", write_member<&Cluster::roles>},
    SnapshotPart{"row_policies", write_member<&Cluster::row_policies>},
    SnapshotPart{"schema", write_schema},
    SnapshotPart{"server", write_member<&Cluster::server>},
    SnapshotPart{"setting_problems", write_member<&Cluster::setting_problems>},
    SnapshotPart{"settings", write_member<&Cluster::settings>},
    SnapshotPart{"subscriptions", write_member<&Cluster::subscriptions>},
    SnapshotPart{"trusted_extensions", write_member<&Cluster::trusted_extensions>},
    SnapshotPart{"unique_keys", write_member<&Cluster::unique_keys>},
    SnapshotPart{"unread_databases", write_optional<&Cluster::unread_databases>},
    SnapshotPart{"unseen", write_unseen},
    SnapshotPart{"user_mappings", write_member<&Cluster::user_mappings>},
    SnapshotPart{"version_num", write_member<&Cluster::version_num>},
};
static_assert(std::is_sorted(snapshot_parts.begin(), snapshot_parts.end(),
                             [](auto& a, auto& b) { return a.key < b.key; }));

// --- From JSON ----------------------------------------------------------------------------------

// Numbers count and refer: a broken or negative one would be taken as another.
void check_whole_numbers(const json& j, std::string_view key = "") {
  if (j.is_number_float() || (j.is_number_integer() && !j.is_number_unsigned() &&
                              j.get<std::int64_t>() < 0 && key != "connection_limit")) {
    fail("", fmt::format("{} is no number that can stand there", json_text(j)));
  }
  if (!j.is_structured()) return;
  for (const auto& [name, value] : j.items()) {
    check_whole_numbers(value, j.is_object() ? std::string_view(name) : key);
  }
}

// The tree shrinks as the cluster grows.
template <typename T>
void take(json& j, const char* key, T& value) {
  j.at(key).get_to(value);
  j.erase(key);
}

void add_code(json& j, Cluster& c) {
  if (!j.contains("bodies")) {
    // Their languages and foreign servers have no details.
    c.languages.assign(1, {});
    c.foreign_servers.assign(1, {no_object, {}});
    for (auto& o : c.objects) {
      if (o.kind == ObjectKind::language || o.kind == ObjectKind::foreign_server) o.detail = 0;
    }
    c.unseen[Fact::code] = {"the snapshot was taken before pgleast read what code does",
                            "take it again"};
    return;
  }
  take(j, "languages", c.languages);
  take(j, "foreign_servers", c.foreign_servers);
  take(j, "inheritances", c.inheritances);
  take(j, "bodies", c.bodies);
  take(j, "attachments", c.attachments);
  take(j, "event_triggers", c.event_triggers);
  take(j, "user_mappings", c.user_mappings);
  take(j, "extensions", c.extensions);
  take(j, "trusted_extensions", c.trusted_extensions);
  take(j, "subscriptions", c.subscriptions);
}

// What older snapshots do not have.
void add_later_keys(json& j, Cluster& c) {
  if (j.contains("all_foreign_keys")) {
    take(j, "all_foreign_keys", c.foreign_keys);
    take(j, "unique_keys", c.unique_keys);
  } else {  // those that act alone, or none
    c.unseen.try_emplace(
        Fact::code,
        Unseen{"the snapshot was taken before pgleast read what foreign keys do", "take it again"});
  }
  if (j.contains("foreign_tables")) {
    take(j, "foreign_tables", c.foreign_tables);
  } else {
    c.unseen.try_emplace(Fact::code,
                         Unseen{"the snapshot was taken before pgleast read which operators code "
                                "uses and where foreign tables lead",
                                "take it again"});
  }
  if (j.contains("setting_problems")) {
    take(j, "setting_problems", c.setting_problems);
  } else {
    // Whether the server starts with them was not looked at.
    std::erase_if(c.files, [](const ConfigFile& f) { return f.kind == ConfigKind::conf; });
  }
  if (j.contains("poolers")) take(j, "poolers", c.poolers);
  if (j.contains("ident")) {
    take(j, "ident", c.ident);
  } else {
    c.unseen[Fact::ident] = {"the snapshot was taken before pgleast read pg_ident.conf",
                             "take it again, or give the file with --ident"};
  }
}

}  // namespace

void write_parts(const Cluster& cluster, SnapshotWriter& writer) {
  for (const auto& part : snapshot_parts) {
    writer.key(part.key);
    part.write(cluster, writer);
  }
}

Cluster cluster_of(json j) {
  check_whole_numbers(j);
  Cluster c;
  take(j, "version_num", c.version_num);
  take(j, "name", c.name);
  take(j, "server", c.server);
  take(j, "reader", c.reader);
  take(j, "roles", c.roles);
  take(j, "memberships", c.memberships);
  take(j, "objects", c.objects);
  take(j, "databases", c.databases);
  take(j, "relations", c.relations);
  take(j, "functions", c.functions);
  take(j, "row_policies", c.row_policies);
  take(j, "default_acls", c.default_acls);
  take(j, "settings", c.settings);
  take(j, "role_settings", c.role_settings);
  take(j, "hba", c.hba);
  take(j, "files", c.files);
  take(j, "remarks", c.remarks);
  AclPool pool(c);
  for (const auto& text : j.at("acls")) pool.intern_text(text.get<std::string>());
  for (const auto& u : j.at("unseen")) {
    c.unseen[u.at("fact").get<Fact>()] = u.at("why").get<Unseen>();
  }
  get(j, "hidden_settings", c.hidden_settings);
  get(j, "unread_databases", c.unread_databases);
  add_later_keys(j, c);
  add_code(j, c);
  return c;
}

}  // namespace pgleast
