#include "input/server/server_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <unordered_map>

#include "input/config/conf.hpp"
#include "input/config/hba.hpp"
#include "input/config/ident.hpp"
#include "input/server/field.hpp"
#include "input/server/hba_rules.hpp"
#include "input/server/ident_mappings.hpp"
#include "input/server/item_question.hpp"
#include "input/server/loaded_files.hpp"
#include "input/server/object_builder.hpp"
#include "input/server/object_reader.hpp"
#include "input/server/stored_code.hpp"
#include "model/objects_of.hpp"
#include "pg/array_text.hpp"
#include "pg/identifier.hpp"
#include "pg/secret_text.hpp"
#include "pg/setting_table.hpp"
#include "pg/setting_value.hpp"
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
  void read_settings(Session& session);
  void read_hba(Session& session);
  void read_hba_rules(Session& session, const std::string& text_refused);
  void read_ident(Session& session);
  void read_ident_mappings(Session& session, const std::string& text_refused);
  void read_conf_texts(Session& session);
  void settle_own_settings(Session& session, const std::vector<Setting>& in_files);
  bool is_hidden(const Session& session, const std::string& name) const;
  bool stored_for_reader(const std::string& name, const std::string& database) const;
  std::string command_line(Session& session) const;
  void keep(const std::vector<ConfigFile>& read);
  void read_plain(Session& session, const std::string& name, ObjectKind kind, bool in_database);
  void read_row_policies(Session& session);
  void read_row_policy(Session& session, const Row& r, std::string why);
  void read_default_acls(Session& session);
  bool may(Session& session, const std::string& condition) const;
  std::string reader() const { return quote_identifier(cluster_.reader); }

  RoleId role(const Field& oid) { return builder_.role_of_oid(oid_of(oid)); }

  Cluster& cluster_;
  const LiveOptions& options_;
  ObjectBuilder builder_;
  ObjectId database_ = no_object;
  std::map<std::string, std::string> own_;  // name of a setting of our session: its reset value
  std::string encoding_;                    // of the database connected to: its client_encoding
};

bool Reader::may(Session& session, const std::string& condition) const {
  const auto answer = session.try_ask("SELECT " + condition);
  return answer.rows && truth(answer.rows->front().front());
}

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

// Not the server's: what our session set itself, and what is stored for the reader.
bool is_of_one_session(const std::string& source) {
  constexpr std::string_view sources[] = {"session",  "client", "global",
                                          "database", "user",   "database user"};
  return std::find(std::begin(sources), std::end(sources), source) != std::end(sources);
}

void Reader::read_settings(Session& session) {
  for (const auto& r : ask(session, "settings")) {
    const auto name = text_of(r[0]);
    cluster_.settings.push_back(
        {name, masked_setting(name, text_of(r[1])), text_of(r[2]), text_of(r[3]), oid_of(r[4])});
    if (is_of_one_session(text_of(r[2]))) own_.emplace(name, text_of(r[5]));
    if (name == "server_encoding") encoding_ = text_of(r[1]);
  }
  if (!may(session, "pg_has_role('pg_read_all_settings', 'USAGE')")) {
    cluster_.hidden_settings = {
        fmt::format("{} is shown only the settings that everyone may see", cluster_.reader),
        fmt::format("GRANT pg_read_all_settings TO {}", reader())};
  }
  for (const auto& r : ask(session, "role_settings")) {
    const auto entry = text_of(r[2]);
    const auto equals = entry.find('=');
    const auto name = entry.substr(0, equals);
    const auto value = equals == std::string::npos ? "" : entry.substr(equals + 1);
    cluster_.role_settings.push_back(
        {builder_.object_of_oid(ObjectKind::database, oid_of(r[0]), no_object),
         oid_of(r[1]) == 0 ? no_role : role(r[1]), name, masked_setting(name, value)});
  }
}

// The file's text says more than the server's view of it (which names were quoted, the
// comments), so it is asked for first.
void Reader::read_hba(Session& session) {
  const auto* const path = cluster_.find_setting("hba_file");
  const auto files = server_files(session);
  const auto first = path != nullptr ? files.read(path->value)
                                     : FileText{std::nullopt, "hba_file is not shown", false};
  if (!first.text) return read_hba_rules(session, first.why);
  std::vector<ConfigFile> read;
  cluster_.hba = pgleast::read_hba(path->value, files, cluster_.version_num, read,
                                   hba_settings(cluster_.settings));
  keep(read);
}

void Reader::read_hba_rules(Session& session, const std::string& text_refused) {
  const auto answer = session.try_ask(question("hba_rules"));
  if (!answer.rows) {
    cluster_.unseen[Fact::hba] = {
        fmt::format("pg_hba_file_rules cannot be read by {}", cluster_.reader),
        fmt::format("GRANT SELECT ON pg_catalog.pg_hba_file_rules TO {0}; "
                    "GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO {0}; "
                    "or give the file with --hba",
                    reader())};
    return;
  }
  std::vector<HbaRuleRow> rows;
  for (const auto& r : *answer.rows) {
    rows.push_back(
        {oid_of(r[0]), kept(r[1]), r[2] ? array_elements(*r[2]) : std::vector<std::string>{},
         r[3] ? array_elements(*r[3]) : std::vector<std::string>{}, kept(r[4]), kept(r[5]),
         kept(r[6]), r[7] ? array_elements(*r[7]) : std::vector<std::string>{}, kept(r[8]),
         text_of(r[9])});
  }
  cluster_.hba = hba_from_rules(rows);
  cluster_.remarks.push_back(
      {"the text of pg_hba.conf was not read (" + text_refused +
           "), so which names are quoted is not known and the file cannot be patched",
       "give the file with --hba", RemarkKind::text_of_hba});
}

// As the records of pg_hba.conf. A file that it includes and that we may not read is no error
// of the file: then it is the view's turn.
void Reader::read_ident(Session& session) {
  const auto* const path = cluster_.find_setting("ident_file");
  if (path == nullptr) return read_ident_mappings(session, "ident_file is not shown");
  auto files = server_files(session);
  std::string refused;
  files.read = [&refused, read = files.read](const std::string& name) {
    auto text = read(name);
    if (!text.text && !text.missing && refused.empty()) refused = text.why;
    return text;
  };
  const auto first = files.read(path->value);
  if (first.missing) {
    cluster_.unseen[Fact::ident] = {
        fmt::format("there is no {} on the server: it has no map, or the one of before",
                    displayed(path->value)),
        "give the file with --ident"};
    return;
  }
  if (!first.text) return read_ident_mappings(session, first.why);
  std::vector<ConfigFile> read;
  auto ident = pgleast::read_ident(path->value, files, cluster_.version_num, read);
  if (!refused.empty()) return read_ident_mappings(session, refused);
  cluster_.ident = std::move(ident);
  keep(read);
}

void Reader::read_ident_mappings(Session& session, const std::string& text_refused) {
  if (cluster_.major() < 15) {
    cluster_.unseen[Fact::ident] = {
        fmt::format("pg_ident.conf cannot be read by {}: {}", displayed(cluster_.reader),
                    text_refused),
        fmt::format("GRANT pg_read_server_files, pg_read_all_settings TO {0}; GRANT EXECUTE ON "
                    "FUNCTION pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean) TO "
                    "{0}; or give the file with --ident",
                    reader())};
    return;
  }
  const auto answer = session.try_ask(question("ident_mappings"));
  if (!answer.rows) {
    cluster_.unseen[Fact::ident] = {
        fmt::format("pg_ident_file_mappings cannot be read by {}", displayed(cluster_.reader)),
        fmt::format("GRANT SELECT ON pg_catalog.pg_ident_file_mappings TO {0}; "
                    "GRANT EXECUTE ON FUNCTION pg_catalog.pg_ident_file_mappings() TO {0}; "
                    "or give the file with --ident",
                    reader())};
    return;
  }
  std::vector<IdentMappingRow> rows;
  for (const auto& r : *answer.rows) {
    rows.push_back({oid_of(r[0]), kept(r[1]), kept(r[2]), kept(r[3]), kept(r[4]), text_of(r[5])});
  }
  cluster_.ident = ident_from_mappings(rows);
  if (!quotes_matter(cluster_.ident, cluster_.major())) return;
  cluster_.remarks.push_back({"the text of pg_ident.conf was not read (" + text_refused +
                                  "), so which names are quoted is not known",
                              "give the file with --ident", RemarkKind::text_of_ident});
}

bool Reader::stored_for_reader(const std::string& name, const std::string& database) const {
  const auto key = setting_key(name);
  const auto& stored = cluster_.role_settings;
  return std::any_of(stored.begin(), stored.end(), [&](const RoleSetting& s) {
    return setting_key(s.name) == key &&
           (s.role == no_role || cluster_.role_name(s.role) == cluster_.reader) &&
           (s.database == no_object || cluster_.object(s.database).name == database);
  });
}

bool Reader::is_hidden(const Session& session, const std::string& name) const {
  // We say ourselves how names come.
  if (name == "client_encoding") return stored_for_reader(name, cluster_.name);
  const auto& at_start = session.settings_at_start();
  const auto found = at_start.find(name);
  return found != at_start.end() && hides_the_servers(found->second);
}

// What was given to the server when it was started wins over its files. Empty: it cannot be read.
std::string Reader::command_line(Session& session) const {
  const auto* const folder = cluster_.find_setting("data_directory");
  if (folder == nullptr) return "";
  const auto text = server_files(session).read(folder->value + "/postmaster.opts").text;
  return lower_case(text.value_or(""));
}

// What a session that sets nothing has: what RESET would give, unless that is stored for the
// reader alone; then what the files say. `in_files` is empty where they are not known.
void Reader::settle_own_settings(Session& session, const std::vector<Setting>& in_files) {
  std::optional<std::string> started_with;
  for (auto& setting : cluster_.settings) {
    const auto own = own_.find(setting.name);
    if (own == own_.end()) continue;
    const bool hidden = is_hidden(session, setting.name);
    setting.source = "session";
    const auto* const info = find_setting_info(setting.name, cluster_.major());
    if (info == nullptr) continue;
    const auto& of_session = setting.name == "client_encoding" ? encoding_ : own->second;
    const auto reset =
        masked_setting(setting.name, shown_value(of_session, *info).value_or(of_session));
    const auto file = std::find_if(in_files.begin(), in_files.end(), [&](const Setting& s) {
      return setting_key(s.name) == setting_key(setting.name);
    });
    if (hidden && file != in_files.end()) {
      if (!started_with) started_with = command_line(session);
      auto option = lower_case(setting.name);
      if (started_with->find(option) != std::string::npos) continue;
      std::replace(option.begin(), option.end(), '_', '-');
      if (started_with->find(option) != std::string::npos) continue;
    }
    // The server spells some values in its own way, `ISO, MDY`.
    const bool of_file = file != in_files.end() && lower_case(file->value) == lower_case(reset);
    if (hidden ? file != in_files.end() : of_file) {
      // Its default is that of the database.
      const bool of_database = setting.name == "client_encoding" && file->source == "default";
      setting = {setting.name,
                 of_file || of_database ? reset : masked_setting(setting.name, file->value),
                 file->source, file->file, file->line};
    } else if (!hidden) {
      const auto boot = shown_value(info->boot_value, *info).value_or("");
      const bool built_in = reset == boot || setting.name == "client_encoding";
      setting = {setting.name, reset,
                 built_in           ? "default"
                 : in_files.empty() ? "configuration file or command line"
                                    : "command line",
                 "", 0};
    }
  }
}

// For edits, and for what the server does not take of them: what is in force is in pg_settings.
void Reader::read_conf_texts(Session& session) {
  const auto* const path = cluster_.find_setting("config_file");
  if (path == nullptr) return settle_own_settings(session, {});
  auto files = server_files(session);
  bool refused = false;
  files.read = [&refused, read = files.read](const std::string& name) {
    auto text = read(name);
    refused = refused || (!text.text && !text.missing && !text.folder);
    return text;
  };
  if (!files.read(path->value).text) return settle_own_settings(session, {});
  std::vector<ConfigFile> read;
  const auto conf = read_conf(path->value, files, cluster_.version_num, read);
  // What the server may read and we may not is no error of the file.
  if (refused) return settle_own_settings(session, {});
  cluster_.setting_problems = setting_problems(conf);
  settle_own_settings(
      session, conf.starts() ? settings_of(conf, cluster_.version_num) : std::vector<Setting>{});
  keep(read);
}

void Reader::keep(const std::vector<ConfigFile>& read) {
  cluster_.files.insert(cluster_.files.end(), read.begin(), read.end());
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
  read_settings(session);
  read_hba(session);
  read_ident(session);
  read_conf_texts(session);
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
