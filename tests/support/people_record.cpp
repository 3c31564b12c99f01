#include "support/people_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "pg/identifier.hpp"

namespace pgleast::test {
namespace {

void must(const std::string& command) {
  const auto ran = run(command);
  if (ran.code != 0) throw std::runtime_error(command + ": " + ran.out);
}

constexpr const char* new_key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

// `SELECT kind|object|privilege|,role,role,` for each privilege of one kind.
struct HeldQuestion {
  const char* kind;
  const char* from;
  std::string identity, function, arguments;
  std::vector<const char*> privileges;
};

std::string identified(const std::string& catalog, const std::string& oid = "o.oid, 0") {
  return fmt::format("(pg_identify_object('{}'::regclass, {})).identity", catalog, oid);
}

std::vector<HeldQuestion> held_questions(int major) {
  std::vector<const char*> table{"SELECT",   "INSERT",     "UPDATE", "DELETE",
                                 "TRUNCATE", "REFERENCES", "TRIGGER"};
  if (major >= 17) table.push_back("MAINTAIN");
  const auto relation = identified("pg_class");
  std::vector<HeldQuestion> result{
      {"table", "pg_class o WHERE relkind IN ('r', 'p', 'v', 'm', 'f')", relation,
       "has_table_privilege", "o.oid", table},
      {"column",
       "pg_attribute o JOIN pg_class c ON c.oid = attrelid WHERE attnum > 0 AND NOT attisdropped "
       "AND (attrelid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'f'))",
       identified("pg_class", "o.attrelid, o.attnum"),
       "has_column_privilege",
       "o.attrelid, o.attnum",
       {"SELECT", "INSERT", "UPDATE", "REFERENCES"}},
      {"sequence",
       "pg_class o WHERE relkind = 'S'",
       relation,
       "has_sequence_privilege",
       "o.oid",
       {"USAGE", "SELECT", "UPDATE"}},
      {"function",
       "pg_proc o",
       identified("pg_proc"),
       "has_function_privilege",
       "o.oid",
       {"EXECUTE"}},
      {"schema",
       "pg_namespace o WHERE nspname !~ '^pg_(toast_)?temp'",
       identified("pg_namespace"),
       "has_schema_privilege",
       "o.oid",
       {"CREATE", "USAGE"}},
      {"database",
       "pg_database o",
       identified("pg_database"),
       "has_database_privilege",
       "o.oid",
       {"CREATE", "CONNECT", "TEMPORARY"}},
      {"type",
       "pg_type o WHERE oid >= 16384 AND typnamespace <> 'pg_toast'::regnamespace",
       identified("pg_type"),
       "has_type_privilege",
       "o.oid",
       {"USAGE"}},
      {"language",
       "pg_language o",
       identified("pg_language"),
       "has_language_privilege",
       "o.oid",
       {"USAGE"}},
      {"tablespace",
       "pg_tablespace o",
       identified("pg_tablespace"),
       "has_tablespace_privilege",
       "o.oid",
       {"CREATE"}},
  };
  if (major >= 15) {
    result.push_back({"parameter",
                      "pg_parameter_acl o",
                      "o.parname",
                      "has_parameter_privilege",
                      "o.parname",
                      {"SET", "ALTER SYSTEM"}});
  }
  if (major >= 18) {
    result.push_back({"large-object",
                      "pg_largeobject_metadata o",
                      "o.oid::text",
                      "has_largeobject_privilege",
                      "o.oid",
                      {"SELECT", "UPDATE"}});
  }
  return result;
}

std::string query_of(const HeldQuestion& q, const char* privilege) {
  return fmt::format(
      "SELECT '{0}|' || {1} || '|{2}', (SELECT ',' || string_agg(r.rolname, ',' ORDER BY "
      "r.rolname) || ',' FROM pg_roles r WHERE {3}(r.oid, {4}, '{2}')) FROM {5}",
      q.kind, q.identity, privilege, q.function, q.arguments, q.from);
}

// A null access list is told from an empty one; the order of the others says nothing.
std::string list_of(const char* acl) {
  return fmt::format(
      "CASE WHEN {0} IS NULL THEN 'null' ELSE '{{' || coalesce((SELECT string_agg(a::text, ' ' "
      "ORDER BY a::text) FROM unnest({0}) a), '') || '}}' END",
      acl);
}

std::string catalog_query(int major) {
  std::string query;
  const auto add = [&](const char* kind, const std::string& what, const std::string& from) {
    query += fmt::format("{}SELECT '{} ' || concat_ws('; ', {}) FROM {}",
                         query.empty() ? "" : " UNION ALL ", kind, what, from);
  };
  add("relation",
      "o.oid::regclass, relowner::regrole, relrowsecurity, relforcerowsecurity, reloptions, " +
          list_of("relacl"),
      "pg_class o WHERE relkind NOT IN ('i', 't')");
  add("column", "attrelid::regclass, attname, " + list_of("attacl"),
      "pg_attribute WHERE attacl IS NOT NULL");
  add("function",
      "o.oid::regprocedure, proowner::regrole, prosecdef, proconfig, " + list_of("proacl"),
      "pg_proc o");
  add("schema", "nspname, nspowner::regrole, " + list_of("nspacl"),
      "pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'");
  add("database", "datname, datdba::regrole, datconnlimit, " + list_of("datacl"), "pg_database");
  add("type", "o.oid::regtype, typowner::regrole, " + list_of("typacl"),
      "pg_type o WHERE typnamespace <> 'pg_toast'::regnamespace");
  add("language", "lanname, " + list_of("lanacl"), "pg_language");
  add("tablespace", "spcname, spcowner::regrole, " + list_of("spcacl"), "pg_tablespace");
  add("large object", "oid, lomowner::regrole, " + list_of("lomacl"), "pg_largeobject_metadata");
  add("default",
      "defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype, " + list_of("defaclacl"),
      "pg_default_acl");
  add("member",
      std::string("roleid::regrole, member::regrole, grantor::regrole, admin_option") +
          (major >= 16 ? ", inherit_option, set_option" : ""),
      "pg_auth_members");
  add("role", "to_jsonb(a) - 'oid'", "pg_authid a");
  add("setting", "setdatabase, setrole::regrole, setconfig", "pg_db_role_setting");
  add("policy", "polrelid::regclass, polname, polcmd, polroles::regrole[], polqual, polwithcheck",
      "pg_policy");
  if (major >= 15) add("parameter", "parname, " + list_of("paracl"), "pg_parameter_acl");
  return query;
}

}  // namespace

std::string to_string(const LoginTry& login) {
  return fmt::format(
      "{} to {} from {}{}", login.role, login.database.empty() ? "replication" : login.database,
      login.source.empty() ? "the socket" : login.source, login.tls ? " by TLS" : "");
}

std::set<HeldPrivilege> lost_privileges(const Recording& before, const Recording& after) {
  std::set<HeldPrivilege> lost;
  for (const auto& [what, roles] : before.holders) {
    const auto now = after.holders.find(what);
    if (now != after.holders.end() && now->second == roles) continue;
    const auto kind_end = what.find('|'), object_end = what.rfind('|');
    std::istringstream names(roles);
    for (std::string role; std::getline(names, role, ',');) {
      if (role.empty() || role.starts_with("pg_") || before.superusers.contains(role)) continue;
      const bool has =
          now != after.holders.end() && now->second.find(',' + role + ',') != std::string::npos;
      if (has) continue;
      lost.insert({role, what.substr(0, kind_end),
                   what.substr(kind_end + 1, object_end - kind_end - 1),
                   what.substr(object_end + 1)});
    }
  }
  // A table's privilege is its columns', too.
  std::erase_if(lost, [&](const HeldPrivilege& l) {
    if (l.kind != "column") return false;
    const auto table = l.object.substr(0, l.object.rfind('.'));
    const auto held = before.holders.find("table|" + table + '|' + l.privilege);
    return held != before.holders.end() &&
           held->second.find(',' + l.role + ',') != std::string::npos;
  });
  return lost;
}

void make_certificate(const LiveServer& server) {
  must(
      fmt::format("cd {} && openssl req -new -x509 -days 2 {} -subj /CN=localhost -keyout "
                  "server.key -out server.crt && chmod 600 server.key && chown --reference=. "
                  "server.key server.crt",
                  server.data(), new_key));
}

PeopleRecorder::PeopleRecorder(const LiveServer& server, const PeopleWorld& world, bool networks)
    : server_(server), world_(world), networks_(networks), major_(server.major()) {
  port_ = std::stoi(server.ask("postgres", "SHOW port"));
}

std::string PeopleRecorder::certificate_of(const std::string& role) {
  auto& path = certificates_[role];
  if (!path.empty() || !world_.tls) return path;
  path = fmt::format("{}/client{}.pem", server_.folder(), certificates_.size());
  must(fmt::format(
      "cd {} && openssl req -new {} -subj {} -keyout ../client.key 2>/dev/null | "
      "openssl x509 -req -days 2 -CA server.crt -CAkey server.key -set_serial {} > "
      "../client.crt 2>/dev/null && cat ../client.crt ../client.key > {}",
      server_.data(), new_key, shell_quoted("/CN=" + role), certificates_.size(), path));
  return path;
}

Startup PeopleRecorder::startup_of(const LoginTry& login, const Person& person) {
  Startup startup;
  startup.folder = server_.folder();
  startup.port = port_;
  startup.source = login.source;
  const bool loopback = login.source == "127.0.0.1" || login.source == "::1";
  startup.server = loopback || login.source.empty()
                       ? login.source
                       : login.source.substr(0, login.source.find('.', 3)) + ".0.1";
  startup.tls = login.tls;
  if (login.tls && person.has_certificate) startup.certificate = certificate_of(login.role);
  startup.user = login.role;
  startup.database = login.database;
  if (login.database.empty()) startup.replication = "true";
  startup.password = person.password;
  return startup;
}

std::vector<LoginTry> PeopleRecorder::tries_of(const Person& person) const {
  std::vector<std::string> sources{"", "127.0.0.1", "::1"};
  if (networks_) sources.insert(sources.end(), {"10.20.0.9", "10.30.0.7", "10.40.0.5"});
  std::vector<LoginTry> tries;
  for (const auto& source : sources) {
    for (const char* const database : {"shop", "postgres", ""}) {
      const std::string name = database;
      if (name == "postgres" && source != "127.0.0.1" && !source.empty()) continue;
      const bool copies = person.role == "backup" || person.role == "replicator" ||
                          person.role == "dba" || person.role == "web";
      if (name.empty() && !copies) continue;
      tries.push_back({person.role, name, source, false});
      const bool near = source.empty() || source == "::1" || name == "postgres";
      if (world_.tls && !near) tries.push_back({person.role, name, source, true});
    }
  }
  return tries;
}

LoginAnswer PeopleRecorder::log_in(const LoginTry& login, const Person& person) {
  try {
    auto startup = startup_of(login, person);
    startup.system_user = world_.system_user;
    Session session(startup);
    auto error = session.error();
    if (error.empty() && login.database.empty()) error = session.run("IDENTIFY_SYSTEM").error;
    return {error.empty(), session.was_asked(), error};
  } catch (const std::runtime_error& e) {
    return {false, false, e.what()};
  }
}

std::vector<std::string> PeopleRecorder::ask(const std::string& query) {
  Session session(startup_of({server_.superuser(), "shop", "", false}, {}));
  if (!session.error().empty()) throw std::runtime_error(session.error());
  auto answer = session.run(query);
  if (!answer.error.empty()) throw std::runtime_error(answer.error + "\nin: " + query);
  answer.rows.pop_back();
  return answer.rows;
}

std::vector<std::string> PeopleRecorder::catalogs() { return ask(catalog_query(major_)); }

// Logged in or not: as the role with what is stored for its sessions.
void PeopleRecorder::record_deeds(const Person& person, const Recording* before,
                                  Recording& recording) {
  const auto& role = person.role;
  const auto settings =
      ask("SELECT quote_literal(split_part(s, '=', 1)) || ', ' || quote_literal(substr(s, "
          "strpos(s, '=') + 1)) FROM (SELECT unnest(setconfig) s FROM pg_db_role_setting WHERE "
          "setrole = (SELECT oid FROM pg_roles WHERE rolname = " +
          quote_literal(role) + ")) t");
  Session session(startup_of({server_.superuser(), "shop", "", false}, {}));
  session.run("SET SESSION AUTHORIZATION " + quote_identifier(role));
  for (const auto& setting : settings) session.run("SELECT set_config(" + setting + ", false)");
  if (person.says_tenant) session.run("SET app.tenant = '2'");
  for (std::size_t i = 0; i < world_.deeds.size(); ++i) {
    if (before != nullptr && !before->deeds.at({role, i}).error.empty()) continue;
    session.run("BEGIN");
    recording.deeds[{role, i}] = session.run(world_.deeds[i].statement);
    session.run("ROLLBACK");
  }
}

Recording PeopleRecorder::record(const Recording* before) {
  Recording recording;
  for (const auto& row : ask("SELECT rolname FROM pg_roles WHERE rolsuper")) {
    recording.superusers.insert(row);
  }
  recording.runs = true;
  recording.catalogs = catalogs();
  std::string query;
  for (const auto& question : held_questions(major_)) {
    for (const auto* const privilege : question.privileges) {
      query += (query.empty() ? "" : " UNION ALL ") + query_of(question, privilege);
    }
  }
  for (const auto& row : ask(query)) {
    const auto end = row.rfind('|');
    recording.holders[row.substr(0, end)] = row.substr(end + 1);
  }
  for (const auto& person : world_.people) {
    for (const auto& login : tries_of(person)) {
      if (before != nullptr && !before->logins.at(login).in) continue;
      recording.logins[login] = log_in(login, person);
    }
    record_deeds(person, before, recording);
  }
  return recording;
}

}  // namespace pgleast::test
