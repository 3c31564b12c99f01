// Roles, databases, what lies in each; then again where something was dropped meanwhile.
#include "input/server/server_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "input/server/configuration_reader.hpp"
#include "input/server/field.hpp"
#include "input/server/item_question.hpp"
#include "input/server/loaded_files.hpp"
#include "input/server/object_builder.hpp"
#include "input/server/object_reader.hpp"
#include "input/server/stored_code.hpp"
#include "model/objects_of.hpp"
#include "pg/array_text.hpp"
#include "pg/identifier.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"
#include "text/embedded.hpp"

namespace pgleast {
namespace {

class Reader {
 public:
  Reader(Cluster& cluster, const LiveOptions& options)
      : cluster_(cluster), options_(options), builder_(cluster) {}

  void read_cluster(Session& session);
  void read_database(Session& session);

 private:
  Rows ask(Session& session, const std::string& name) const {
    return session.ask(question(name), name);
  }
  std::string question(const std::string& name) const {
    const auto file = embedded_file("src/input/server/sql/" + name + ".sql");
    return for_version(file, cluster_.major());
  }

  void read_roles(Session& session);
  void read_passwords(Session& session);
  void read_plain(Session& session, const std::string& name, ObjectKind kind, bool in_database);
  void read_row_policies(Session& session);
  void read_row_policy(Session& session, const Row& r, std::string why);
  void read_default_acls(Session& session);
  std::string reader() const { return quote_identifier(cluster_.reader); }

  RoleId role(const Field& oid) { return builder_.role_of_oid(oid_of(oid)); }

  Cluster& cluster_;
  const LiveOptions& options_;
  ObjectBuilder builder_;
  ObjectId database_ = no_object;
};

void Reader::read_roles(Session& session) {
  for (const auto& r : ask(session, "roles")) {
    Role role;
    role.oid = oid_of(r[0]);
    role.name = text_of(r[1]);
    role.superuser = truth(r[2]);
    role.inherit = truth(r[3]);
    role.createrole = truth(r[4]);
    role.createdb = truth(r[5]);
    role.login = truth(r[6]);
    role.replication = truth(r[7]);
    role.bypassrls = truth(r[8]);
    role.connection_limit = number_of<std::int32_t>(r[9]);
    role.valid_until = text_of(r[10]);
    builder_.add_role(std::move(role));
  }
  builder_.roles_are_complete();
  for (const auto& r : ask(session, "memberships")) {
    const auto grantor = oid_of(r[2]);
    cluster_.memberships.push_back({role(r[0]), role(r[1]),
                                    grantor == 0 ? no_role : builder_.role_of_oid(grantor),
                                    truth(r[3]), truth(r[4]), truth(r[5])});
  }
}

void Reader::read_passwords(Session& session) {
  const auto answer = session.try_ask(question("passwords"));
  if (!answer.rows) {
    cluster_.unseen[Fact::passwords] = {
        fmt::format("pg_authid cannot be read by {}", displayed(cluster_.reader)),
        fmt::format("GRANT SELECT (oid, rolpassword) ON pg_catalog.pg_authid TO {}", reader())};
    return;
  }
  const std::unordered_map<std::string, PasswordKind> kinds{
      {"none", PasswordKind::none},
      {"md5", PasswordKind::md5},
      {"scram-sha-256", PasswordKind::scram_sha_256},
      {"unusable", PasswordKind::unusable}};
  for (const auto& r : *answer.rows) {
    const auto kind = kinds.find(text_of(r[1]));
    if (kind == kinds.end()) fail("", "the server answered with an unknown kind of password");
    cluster_.roles[index(role(r[0]))].password = kind->second;
  }
}

void Reader::read_cluster(Session& session) {
  read_roles(session);
  read_passwords(session);
  for (const auto& r : ask(session, "databases")) {
    const auto id =
        builder_.add({ObjectKind::database, oid_of(r[0]), no_object, no_object, text_of(r[1])},
                     role(r[2]), r[3]);
    builder_.detail(id, DatabaseDetail{truth(r[4]), truth(r[5]), number_of<std::int32_t>(r[6])});
  }
  read_plain(session, "tablespaces", ObjectKind::tablespace, false);
  if (cluster_.major() >= 15) read_plain(session, "parameters", ObjectKind::parameter, false);
  options_.done("roles");
  read_configuration(
      session, [this](const auto& name) { return question(name); }, cluster_, builder_);
  read_trusted_extensions(
      session, [this](const auto& name) { return question(name); }, cluster_);
  remark_on_loaded_files(session, cluster_);
  options_.done("configuration");
}

void Reader::read_plain(Session& session, const std::string& name, ObjectKind kind,
                        bool in_database) {
  for (const auto& r : ask(session, name)) {
    builder_.add(
        {kind, oid_of(r[0]), in_database ? database_ : no_object, no_object, text_of(r[1])},
        role(r[2]), r[3]);
  }
}

void Reader::read_row_policies(Session& session) {
  const auto first = cluster_.row_policies.size();
  each_item(session, question("row_policies"), "row_policies",
            [&](const Row& r, const std::string& why) { read_row_policy(session, r, why); });
  std::sort(cluster_.row_policies.begin() + static_cast<std::ptrdiff_t>(first),
            cluster_.row_policies.end(), [&](const RowPolicy& a, const RowPolicy& b) {
              return std::pair(cluster_.object(a.table).oid, std::string_view(a.name)) <
                     std::pair(cluster_.object(b.table).oid, std::string_view(b.name));
            });
}

void Reader::read_row_policy(Session& session, const Row& r, std::string why) {
  RowPolicy policy;
  policy.table = builder_.object_of_oid(ObjectKind::table, oid_of(r[1]), database_);
  if (policy.table == no_object) return;
  policy.name = text_of(r[2]);
  policy.command = letter(r[3]);
  policy.permissive = truth(r[4]);
  for (const auto& oid : array_elements(text_of(r[5]))) {
    policy.roles.push_back(oid == "0" ? public_role : role(Field(oid)));
  }
  policy.using_expression = kept(r[7]);
  policy.check_expression = kept(r[9]);
  const bool all = truth(r[6]) == r[7].has_value() && truth(r[8]) == r[9].has_value();
  if (why.empty() && !all) {
    why = "it was dropped meanwhile";
    session.ask_again_if_changed(why);
  }
  if (!why.empty()) {
    policy.using_expression.reset();
    policy.check_expression.reset();
    policy.code.unknown = "it was not read: " + why;
    remark_on_left_out(cluster_, policy.table, why);
  }
  cluster_.row_policies.push_back(std::move(policy));
}

void Reader::read_default_acls(Session& session) {
  for (const auto& r : ask(session, "default_acls")) {
    cluster_.default_acls.push_back(
        {database_, role(r[0]), builder_.object_of_oid(ObjectKind::schema, oid_of(r[1]), database_),
         letter(r[2]), builder_.acl(r[3])});
  }
}

void Reader::read_database(Session& session) {
  database_ = shared_object_named(cluster_, ObjectKind::database, session.database());
  if (database_ == no_object) {
    fail("", fmt::format("the server's list of databases does not have the one connected to, `{}`",
                         displayed(session.database())));
  }
  cluster_.databases[cluster_.object(database_).detail].read = true;
  read_plain(session, "schemas", ObjectKind::schema, true);
  const auto questions = [this](const std::string& name) { return question(name); };
  read_objects(session, questions, cluster_, builder_, database_, options_.done);
  read_plain(session, "languages", ObjectKind::language, true);
  read_plain(session, "foreign_data_wrappers", ObjectKind::foreign_data_wrapper, true);
  read_plain(session, "foreign_servers", ObjectKind::foreign_server, true);
  read_plain(session, "large_objects", ObjectKind::large_object, true);
  read_row_policies(session);
  read_default_acls(session);
  options_.done("other_objects");
  read_code(session, questions, cluster_, builder_, database_);
  options_.done("code");
}

std::string server_version(Session& session) {
  const auto rows = session.ask("SELECT current_setting('server_version')", "the version");
  const auto text = text_of(rows.front().front());
  return "PostgreSQL " + text.substr(0, text.find(' '));
}

void begin(Cluster& cluster, Session& session) {
  cluster.version_num = session.version_num();
  cluster.name = session.database();
  cluster.server = server_version(session);
  cluster.reader = session.user();
}

std::vector<std::string> further_databases(const LiveOptions& options, const Cluster& cluster,
                                           const std::string& connected) {
  std::vector<std::string> names;
  for (const auto& o : cluster.objects) {
    if (o.kind != ObjectKind::database || o.name == connected) continue;
    const bool asked = std::find(options.databases.begin(), options.databases.end(), o.name) !=
                       options.databases.end();
    const auto& detail = cluster.databases[o.detail];
    if (asked || (options.all_databases && detail.allows_connections)) names.push_back(o.name);
  }
  for (const auto& wanted : options.databases) {
    const bool known =
        wanted == connected || std::find(names.begin(), names.end(), wanted) != names.end();
    if (!known) fail("", fmt::format("there is no database `{}` on the server", wanted));
  }
  return names;
}

void add_unread(Cluster& cluster, const std::string& name, const std::string& why) {
  if (!cluster.unread_databases) cluster.unread_databases.emplace();
  auto& unread = *cluster.unread_databases;
  const auto* const separator = unread.why.empty() ? "" : "; ";
  unread.why += fmt::format("{}database {} was not read: {}", separator, displayed(name), why);
  unread.remedy += fmt::format("{}GRANT CONNECT ON DATABASE {} TO {}", separator,
                               quote_identifier(name), quote_identifier(cluster.reader));
}

}  // namespace

Cluster read_session(Session& session) {
  Cluster cluster;
  begin(cluster, session);
  const LiveOptions options;
  Reader reader(cluster, options);
  reader.read_cluster(session);
  reader.read_database(session);
  return cluster;
}

namespace {

// The databases that were named must be read; of all of them, those that can be.
void read_further(const LiveOptions& options, const SessionLimits& limits, Session& session,
                  Reader& reader, Cluster& cluster) {
  for (const auto& name : further_databases(options, cluster, session.database())) {
    std::optional<Session> other;
    try {
      other.emplace(options.conninfo, name, Access::read_only, limits);
    } catch (const Error& e) {
      if (!options.all_databases) throw;
      session.ask("SELECT", "the list of databases");  // a server that died is no closed database
      add_unread(cluster, name, e.diagnostic().message);
      continue;
    }
    options.done("connect");
    reader.read_database(*other);
  }
}

Cluster read_once(const LiveOptions& options, const SessionLimits& limits) {
  Cluster cluster;
  Session session(options.conninfo, options.databases.empty() ? "" : options.databases.front(),
                  Access::read_only, limits);
  if (session.may_have_shown_password()) options.shown_password();
  begin(cluster, session);
  options.done("connect");
  Reader reader(cluster, options);
  reader.read_cluster(session);
  reader.read_database(session);
  read_further(options, limits, session, reader, cluster);
  return cluster;
}

constexpr int most_attempts = 3;

}  // namespace

Cluster read_live(const LiveOptions& options) {
  auto limits = SessionLimits::within(options.timeout);
  for (int attempt = 1;;) {
    limits.ask_again = attempt < most_attempts;
    try {
      return read_once(options, limits);
    } catch (const ChangedMeanwhile&) {
      ++attempt;
    } catch (const Untranslatable& e) {
      if (!limits.as_stored.insert(e.encoding).second) throw;
    }
  }
}

}  // namespace pgleast
