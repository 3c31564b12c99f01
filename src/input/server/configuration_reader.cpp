// The text of a file says more than the server's view of it, so it is asked for first.
#include "input/server/configuration_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

#include "input/config/conf.hpp"
#include "input/config/hba.hpp"
#include "input/config/ident.hpp"
#include "input/server/field.hpp"
#include "input/server/hba_rules.hpp"
#include "input/server/ident_mappings.hpp"
#include "input/server/object_builder.hpp"
#include "pg/array_text.hpp"
#include "pg/identifier.hpp"
#include "pg/secret_text.hpp"
#include "pg/setting_table.hpp"
#include "pg/setting_value.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

class ConfigurationReader {
 public:
  ConfigurationReader(Session& session, const QueryOfName& question, Cluster& cluster,
                      ObjectBuilder& builder)
      : session_(session), question_(question), cluster_(cluster), builder_(builder) {}

  void read_settings();
  void read_hba();
  void read_ident();
  void read_conf_texts();

 private:
  Rows ask(const std::string& name) const { return session_.ask(question_(name), name); }
  std::string reader() const { return quote_identifier(cluster_.reader); }
  bool may(const std::string& condition) const;

  void read_role_settings();
  void read_hba_rules(const std::string& text_refused);
  void read_ident_mappings(const std::string& text_refused);
  void settle_own_settings(const std::vector<Setting>& in_files);
  void settle(Setting& setting, const std::string& of_session,
              const std::vector<Setting>& in_files);
  bool is_started_with(const std::string& name);
  bool is_hidden(const std::string& name) const;
  bool stored_for_reader(const std::string& name, const std::string& database) const;
  std::string command_line() const;
  void keep(const std::vector<ConfigFile>& read);

  Session& session_;
  const QueryOfName& question_;
  Cluster& cluster_;
  ObjectBuilder& builder_;
  std::map<std::string, std::string> own_;   // name of a setting of our session: its reset value
  std::string encoding_;                     // of the database connected to: its client_encoding
  std::optional<std::string> started_with_;  // its command line, when it was asked for
};

bool ConfigurationReader::may(const std::string& condition) const {
  const auto answer = session_.try_ask("SELECT " + condition);
  return answer.rows && truth(answer.rows->front().front());
}

// Not the server's: what our session set itself, and what is stored for the reader.
bool is_of_one_session(const std::string& source) {
  constexpr std::string_view sources[] = {"session",  "client", "global",
                                          "database", "user",   "database user"};
  return std::find(std::begin(sources), std::end(sources), source) != std::end(sources);
}

void ConfigurationReader::read_settings() {
  for (const auto& r : ask("settings")) {
    const auto name = text_of(r[0]);
    cluster_.settings.push_back(
        {name, masked_setting(name, text_of(r[1])), text_of(r[2]), text_of(r[3]), oid_of(r[4])});
    if (is_of_one_session(text_of(r[2]))) own_.emplace(name, text_of(r[5]));
    if (name == "server_encoding") encoding_ = text_of(r[1]);
  }
  if (!may("pg_has_role('pg_read_all_settings', 'USAGE')")) {
    cluster_.hidden_settings = {
        fmt::format("{} is shown only the settings that everyone may see", cluster_.reader),
        fmt::format("GRANT pg_read_all_settings TO {}", reader())};
  }
  read_role_settings();
}

void ConfigurationReader::read_role_settings() {
  for (const auto& r : ask("role_settings")) {
    const auto entry = text_of(r[2]);
    const auto equals = entry.find('=');
    const auto name = entry.substr(0, equals);
    const auto value = equals == std::string::npos ? "" : entry.substr(equals + 1);
    cluster_.role_settings.push_back(
        {builder_.object_of_oid(ObjectKind::database, oid_of(r[0]), no_object),
         oid_of(r[1]) == 0 ? no_role : builder_.role_of_oid(oid_of(r[1])), name,
         masked_setting(name, value)});
  }
}

// The file's text says more than the server's view of it (which names were quoted, the
// comments), so it is asked for first.
void ConfigurationReader::read_hba() {
  const auto* const path = cluster_.find_setting("hba_file");
  const auto files = server_files(session_);
  const auto first = path != nullptr ? files.read(path->value)
                                     : FileText{std::nullopt, "hba_file is not shown", false};
  if (!first.text) return read_hba_rules(first.why);
  std::vector<ConfigFile> read;
  cluster_.hba = pgleast::read_hba(path->value, files, cluster_.version_num, read,
                                   hba_settings(cluster_.settings));
  keep(read);
}

void ConfigurationReader::read_hba_rules(const std::string& text_refused) {
  const auto answer = session_.try_ask(question_("hba_rules"));
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
void ConfigurationReader::read_ident() {
  const auto* const path = cluster_.find_setting("ident_file");
  if (path == nullptr) return read_ident_mappings("ident_file is not shown");
  auto files = server_files(session_);
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
  if (!first.text) return read_ident_mappings(first.why);
  std::vector<ConfigFile> read;
  auto ident = pgleast::read_ident(path->value, files, cluster_.version_num, read);
  if (!refused.empty()) return read_ident_mappings(refused);
  cluster_.ident = std::move(ident);
  keep(read);
}

void ConfigurationReader::read_ident_mappings(const std::string& text_refused) {
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
  const auto answer = session_.try_ask(question_("ident_mappings"));
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

bool ConfigurationReader::stored_for_reader(const std::string& name,
                                            const std::string& database) const {
  const auto key = setting_key(name);
  const auto& stored = cluster_.role_settings;
  return std::any_of(stored.begin(), stored.end(), [&](const RoleSetting& s) {
    return setting_key(s.name) == key &&
           (s.role == no_role || cluster_.role_name(s.role) == cluster_.reader) &&
           (s.database == no_object || cluster_.object(s.database).name == database);
  });
}

bool ConfigurationReader::is_hidden(const std::string& name) const {
  // We say ourselves how names come.
  if (name == "client_encoding") return stored_for_reader(name, cluster_.name);
  const auto& at_start = session_.settings_at_start();
  const auto found = at_start.find(name);
  return found != at_start.end() && hides_the_servers(found->second);
}

// What was given to the server when it was started wins over its files. Empty: it cannot be read.
std::string ConfigurationReader::command_line() const {
  const auto* const folder = cluster_.find_setting("data_directory");
  if (folder == nullptr) return "";
  const auto text = server_files(session_).read(folder->value + "/postmaster.opts").text;
  return lower_case(text.value_or(""));
}

bool ConfigurationReader::is_started_with(const std::string& name) {
  if (!started_with_) started_with_ = command_line();
  auto option = lower_case(name);
  if (started_with_->find(option) != std::string::npos) return true;
  std::replace(option.begin(), option.end(), '_', '-');
  return started_with_->find(option) != std::string::npos;
}

// What a session that sets nothing has: what RESET would give, unless that is stored for the
// reader alone; then what the files say. `in_files` is empty where they are not known.
void ConfigurationReader::settle_own_settings(const std::vector<Setting>& in_files) {
  for (auto& setting : cluster_.settings) {
    const auto own = own_.find(setting.name);
    if (own == own_.end()) continue;
    const auto& of_session = setting.name == "client_encoding" ? encoding_ : own->second;
    settle(setting, of_session, in_files);
  }
}

void ConfigurationReader::settle(Setting& setting, const std::string& of_session,
                                 const std::vector<Setting>& in_files) {
  const bool hidden = is_hidden(setting.name);
  setting.source = "session";
  const auto* const info = find_setting_info(setting.name, cluster_.major());
  if (info == nullptr) return;
  const auto reset =
      masked_setting(setting.name, shown_value(of_session, *info).value_or(of_session));
  const auto file = std::find_if(in_files.begin(), in_files.end(), [&](const Setting& s) {
    return setting_key(s.name) == setting_key(setting.name);
  });
  const bool said = file != in_files.end();
  if (hidden && said && is_started_with(setting.name)) return;
  // The server spells some values in its own way, `ISO, MDY`.
  const bool of_file = said && lower_case(file->value) == lower_case(reset);
  const bool of_encoding = setting.name == "client_encoding";
  if (hidden ? said : of_file) {
    // The default of the encoding is that of the database.
    const bool of_database = of_encoding && file->source == "default";
    setting = {setting.name,
               of_file || of_database ? reset : masked_setting(setting.name, file->value),
               file->source, file->file, file->line};
  } else if (!hidden) {
    const bool built_in = of_encoding || reset == shown_value(info->boot_value, *info).value_or("");
    setting = {setting.name, reset,
               built_in           ? "default"
               : in_files.empty() ? "configuration file or command line"
                                  : "command line",
               "", 0};
  }
}

// For edits, and for what the server does not take of them: what is in force is in pg_settings.
void ConfigurationReader::read_conf_texts() {
  const auto* const path = cluster_.find_setting("config_file");
  if (path == nullptr) return settle_own_settings({});
  auto files = server_files(session_);
  bool refused = false;
  files.read = [&refused, read = files.read](const std::string& name) {
    auto text = read(name);
    refused = refused || (!text.text && !text.missing && !text.folder);
    return text;
  };
  if (!files.read(path->value).text) return settle_own_settings({});
  std::vector<ConfigFile> read;
  const auto conf = read_conf(path->value, files, cluster_.version_num, read);
  // What the server may read and we may not is no error of the file.
  if (refused) return settle_own_settings({});
  cluster_.setting_problems = setting_problems(conf);
  settle_own_settings(conf.starts() ? settings_of(conf, cluster_.version_num)
                                    : std::vector<Setting>{});
  keep(read);
}

void ConfigurationReader::keep(const std::vector<ConfigFile>& read) {
  cluster_.files.insert(cluster_.files.end(), read.begin(), read.end());
}

}  // namespace

void read_configuration(Session& session, const QueryOfName& question, Cluster& cluster,
                        ObjectBuilder& builder) {
  ConfigurationReader reader(session, question, cluster, builder);
  reader.read_settings();
  reader.read_hba();
  reader.read_ident();
  reader.read_conf_texts();
}

}  // namespace pgleast
