// The readers of pg_hba.conf, pg_ident.conf and postgresql.conf against the server's own views
// of the same files, column by column, over odd files made at random (tests/support/odd_files).
// PGLEAST_ODD_FILES=N makes N files for each reader.

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <thread>

#include "input/config/conf.hpp"
#include "input/config/hba.hpp"
#include "input/config/ident.hpp"
#include "pg/array_text.hpp"
#include "pg/secret_text.hpp"
#include "pg/setting_table.hpp"
#include "report/conf_rows.hpp"
#include "report/hba_rows.hpp"
#include "report/ident_rows.hpp"
#include "support/catch.hpp"
#include "support/odd_files.hpp"
#include "support/rows.hpp"
#include "support/server.hpp"
#include "text/display.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;
using pgleast::test::OddFiles;

namespace fs = std::filesystem;

namespace {

using Field = std::optional<std::string>;
using Row = std::vector<Field>;

/// A session that keeps what the server says beside the rows.
class Talk {
 public:
  explicit Talk(const std::string& conninfo)
      : connection_(PQconnectdb(conninfo.c_str()), PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      throw std::runtime_error(PQerrorMessage(connection_.get()));
    }
    PQsetNoticeProcessor(
        connection_.get(),
        [](void* notices, const char* text) { *static_cast<std::string*>(notices) += text; },
        &notices_);
  }

  std::vector<Row> ask(const std::string& sql) {
    notices_.clear();
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexec(connection_.get(), sql.c_str()), PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
      throw std::runtime_error(PQerrorMessage(connection_.get()));
    }
    std::vector<Row> rows(static_cast<std::size_t>(PQntuples(result.get())));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (int j = 0; j < PQnfields(result.get()); ++j) {
        const auto at = static_cast<int>(i);
        const bool null = PQgetisnull(result.get(), at, j) != 0;
        rows[i].push_back(null ? std::nullopt : Field(PQgetvalue(result.get(), at, j)));
      }
    }
    return rows;
  }
  std::string one(const std::string& sql) { return ask(sql).at(0).at(0).value_or(""); }
  const std::string& notices() const { return notices_; }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  std::string notices_;
};

std::string shown(const Row& row) {
  std::string result;
  for (const auto& field : row) {
    result += (result.empty() ? "" : " | ") + (field ? displayed(*field) : std::string("-"));
  }
  return result;
}

/// What was compared, and the first differences in full.
class Tally {
 public:
  explicit Tally(std::string what) : what_(std::move(what)) {}

  void input() { ++inputs_; }
  void row() { ++rows_; }
  void pass_over(const std::string& why) { ++passed_over_[why]; }
  void difference(std::uint64_t number, const OddFiles& files, const std::string& text) {
    if (++differences_ > 5) return;
    std::string in;
    for (const auto& [path, content] : files.others) in += path + ": " + displayed(content) + '\n';
    std::fprintf(stderr, "%s: input %lu\n%s\nmain: %s\n%s\n", what_.c_str(),
                 static_cast<unsigned long>(number), text.c_str(),
                 displayed(files.main).substr(0, 3000).c_str(), in.substr(0, 3000).c_str());
  }
  ~Tally() {
    std::string line = fmt::format("{}: {} inputs, {} rows compared", what_, inputs_, rows_);
    for (const auto& [why, count] : passed_over_)
      line += fmt::format(", {} passed over ({})", count, why);
    std::fprintf(stderr, "%s, %zu differences\n", line.c_str(), differences_);
  }
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;
  std::size_t differences() const { return differences_; }

 private:
  std::string what_;
  std::size_t inputs_ = 0, rows_ = 0, differences_ = 0;
  std::map<std::string, std::size_t> passed_over_;
};

/// The folder of the files, as the server and the readers see it.
class Folder {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) {
    for (const auto folder : test::odd_folders)
      fs::create_directories(path_ + '/' + std::string(folder));
  }

  void place(const std::string& main, const OddFiles& files) {
    for (const auto& name : placed_) fs::remove(path_ + '/' + name);
    placed_.clear();
    write(main, files.main);
    for (const auto& [name, text] : files.others) {
      write(name, text);
      if (name != "postgresql.auto.conf") placed_.push_back(name);
    }
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + '/' + name, std::ios::binary) << text;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::vector<std::string> placed_;
};

struct World {
  LiveServer server;
  Talk talk{server.dsn()};
  Folder folder{server.data()};
  int version_num = std::stoi(talk.one("SELECT current_setting('server_version_num')"));

  int major() const { return version_num / 10000; }
  std::string name(const std::string& reader) {
    return fmt::format("{} of {}", reader, talk.one("SHOW server_version"));
  }
};

std::uint64_t inputs(std::uint64_t least) {
  const char* const wanted = std::getenv("PGLEAST_ODD_FILES");
  return wanted == nullptr ? least : std::strtoull(wanted, nullptr, 10);
}

std::uint64_t first_input() {
  const char* const wanted = std::getenv("PGLEAST_ODD_FIRST");
  return wanted == nullptr ? 0 : std::strtoull(wanted, nullptr, 10);
}

bool not_built_in(const Field& error) {
  return error && error->find("not supported by this build") != std::string::npos;
}

Field list_text(const std::optional<std::vector<std::string>>& list) {
  if (!list) return std::nullopt;
  std::string result = "{";
  for (const auto& item : *list) result += (result.size() > 1 ? "," : "") + in_array(item);
  return result + '}';
}

/// The server shows passwords to whom the view is open.
Field starred_options(const Field& options) {
  if (!options) return std::nullopt;
  auto list = array_elements(*options);
  for (auto& option : list) {
    const auto name = option.substr(0, option.find('='));
    if (is_secret_option(name)) option = name + "=********";
  }
  return list_text(list);
}

/// Columns of the view but for the number and the text of the error.
Row columns_of(const HbaRow& row, bool names_files) {
  return {names_files ? Field(row.file_name) : std::nullopt,
          std::to_string(row.line_number),
          row.type,
          list_text(row.database),
          list_text(row.user_name),
          row.address,
          row.netmask,
          row.auth_method,
          list_text(row.options),
          row.error ? Field("error") : std::nullopt};
}

Row columns_of(const IdentRow& row, bool names_files) {
  return {names_files ? Field(row.file_name) : std::nullopt,
          std::to_string(row.line_number),
          row.map_name,
          row.sys_name,
          row.pg_username,
          row.error ? Field("error") : std::nullopt};
}

bool ends_within_character(const std::string& text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    if (length > back) return true;
  }
  return false;
}

/// The end of a regular expression that the view, in a database of UTF-8, does not look at. The
/// postmaster, which reads bytes, does; so does pgleast.
bool has_cut_regex(const Row& row) {
  return std::any_of(row.begin(), row.end(), [](const Field& field) {
    if (!field || field->empty()) return false;
    const auto items = field->front() == '{' ? array_elements(*field) : std::vector{*field};
    return std::any_of(items.begin(), items.end(), [](const std::string& item) {
      return item.starts_with('/') && ends_within_character(item);
    });
  });
}

/// Compares rows whose first column is the number and whose last is the error.
template <typename Rows>
void compare_auth(std::uint64_t number, const OddFiles& files, const std::vector<Row>& theirs,
                  const Rows& ours, bool numbered, Tally& tally) {
  int next = 0;
  for (std::size_t i = 0; i < std::max(theirs.size(), ours.size()); ++i) {
    const auto mine = i < ours.size() ? columns_of(ours[i], numbered) : Row{};
    const auto text = i < ours.size() && ours[i].error ? *ours[i].error : "";
    if (i >= theirs.size()) {
      tally.difference(number, files, "ours only: " + shown(mine) + ' ' + text);
      return;
    }
    Row row(theirs[i].begin() + 1, theirs[i].end());
    const auto error = row.back();
    if (not_built_in(error)) {
      tally.pass_over("not in this build");
      continue;
    }
    if (!error && !text.empty() && has_cut_regex(row)) {
      ++next;
      tally.pass_over("ends within a character");
      continue;
    }
    if (row.back()) row.back() = "error";
    const bool same_number = !numbered || error || theirs[i][0] == std::to_string(++next);
    tally.row();
    if (row == mine && same_number) continue;
    tally.difference(number, files,
                     "server: " + shown(theirs[i]) + "\nours:   " + shown(mine) + ' ' + text);
    return;
  }
}

void compare_hba(World& world, std::uint64_t count) {
  Tally tally(world.name("pg_hba.conf"));
  HbaSettings settings;
  settings.ssl = false;
  if (world.major() <= 16) settings.db_user_namespace = false;
  if (world.major() >= 18) {
    settings.oauth_validator_libraries = "one, two";
    world.talk.ask("ALTER SYSTEM SET oauth_validator_libraries = one, two");
    world.talk.ask("SELECT pg_reload_conf()");
    while (world.talk.one("SHOW oauth_validator_libraries") != "one, two") {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  const bool numbered = world.major() >= 16;
  const auto sql = fmt::format(
      "SELECT {}, line_number, type, database, user_name, address, netmask, "
      "auth_method, options, error FROM pg_hba_file_rules",
      numbered ? "rule_number, file_name" : "NULL, NULL");
  for (std::uint64_t i = first_input(); i < first_input() + count; ++i) {
    const auto files = test::odd_hba(i, world.version_num);
    world.folder.place("pg_hba.conf", files);
    auto theirs = world.talk.ask(sql);
    for (auto& row : theirs) row[9] = starred_options(row[9]);
    std::vector<ConfigFile> read;
    const auto ours = test::all_rows<HbaRow>(read_hba(
        world.folder.path() + "/pg_hba.conf", disk_files(), world.version_num, read, settings));
    tally.input();
    compare_auth(i, files, theirs, ours, numbered, tally);
  }
  CHECK(tally.differences() == 0);
}

void compare_ident(World& world, std::uint64_t count) {
  Tally tally(world.name("pg_ident.conf"));
  const bool numbered = world.major() >= 16;
  const auto sql = fmt::format(
      "SELECT {}, line_number, map_name, sys_name, pg_username, error FROM "
      "pg_ident_file_mappings",
      numbered ? "map_number, file_name" : "NULL, NULL");
  for (std::uint64_t i = first_input(); i < first_input() + count; ++i) {
    const auto files = test::odd_ident(i, world.version_num);
    world.folder.place("pg_ident.conf", files);
    const auto theirs = world.talk.ask(sql);
    std::vector<ConfigFile> read;
    const auto ours = test::all_rows<IdentRow>(
        read_ident(world.folder.path() + "/pg_ident.conf", disk_files(), world.version_num, read));
    tally.input();
    compare_auth(i, files, theirs, ours, numbered, tally);
  }
  CHECK(tally.differences() == 0);
}

std::string log_since(const std::string& path, std::streamoff at) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(at);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What a log says of a reload.
struct Refused {
  std::set<std::string> lines;
  std::multiset<std::string> expressions;  // and why, in the words of pgleast
};

/// Versions 12 to 14 have no view: their log names the lines that a reload refuses, and of a
/// regular expression what it is.
Refused refused_by(World& world, const std::string& last) {
  const auto path = world.server.folder() + "/log";
  const auto before = static_cast<std::streamoff>(fs::file_size(path));
  world.talk.ask("SELECT pg_reload_conf()");
  const auto end = "at end of line " + last + '\n';
  std::string log;
  for (int tries = 0; log.find(end) == std::string::npos && tries < 4000; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    log = log_since(path, before);
  }
  const std::string invalid = "LOG:  invalid regular expression \"";
  Refused refused;
  std::istringstream text(log);
  for (std::string line; std::getline(text, line);) {
    if (const auto begin = line.find(invalid); begin != std::string::npos) {
      const auto expression = line.substr(begin + invalid.size());
      const auto quote = expression.rfind("\": ");
      refused.expressions.insert(fmt::format("regular expression `{}` is invalid: {}",
                                             displayed(expression.substr(0, quote)),
                                             expression.substr(quote + 3)));
      continue;
    }
    const auto at = line.find("line ");
    if (at == std::string::npos || line.find("/pg_ident.conf\"") == std::string::npos) continue;
    const auto number = line.substr(at + 5);
    refused.lines.insert(number.substr(0, number.find_first_not_of("0123456789")));
  }
  return refused;
}

/// Many inputs are one file, so that the server is asked to reload but a few times.
void compare_ident_by_log(World& world, std::uint64_t count) {
  constexpr std::uint64_t at_once = 500;
  Tally tally(world.name("pg_ident.conf, refused lines"));
  const std::string hba = "local all all trust\n";
  world.folder.write("pg_hba.conf", hba);
  for (std::uint64_t first = first_input(); first < first_input() + count; first += at_once) {
    OddFiles files;
    for (auto i = first; i < std::min(count, first + at_once); ++i) {
      auto one = test::odd_ident(i, world.version_num);
      files.main += one.main + "\n\n";
      files.others.merge(one.others);
      tally.input();
    }
    files.main += "last\n";
    world.folder.place("pg_ident.conf", files);
    std::vector<ConfigFile> read;
    const auto ours = test::all_rows<IdentRow>(
        read_ident(world.folder.path() + "/pg_ident.conf", disk_files(), world.version_num, read));
    auto refused = refused_by(world, std::to_string(ours.back().line_number));
    for (const auto& row : ours) {
      tally.row();
      const auto line = std::to_string(row.line_number);
      if (refused.lines.contains(line) == row.error.has_value()) continue;
      const auto expression = refused.expressions.find(row.error.value_or(""));
      if (expression != refused.expressions.end()) {
        refused.expressions.erase(expression);
        continue;
      }
      const auto text = row.error.value_or("");
      if (text.find("cannot be read: ") != std::string::npos ||
          text.starts_with("the word is too long")) {
        tally.pass_over("the log names no line for such an error");
        continue;
      }
      files.main.clear();
      files.others.clear();
      tally.difference(
          first, files,
          "line " + line + ": " + shown(columns_of(row, false)) + ' ' + row.error.value_or(""));
    }
    for (const auto& expression : refused.expressions) {
      tally.difference(first, {}, "server only: " + expression);
    }
  }
  CHECK(tally.differences() == 0);
}

/// Checks that hang on the machine or the database, not on the text: the server may refuse what
/// pgleast does not, never the other way round. `said` is what it says of the whole file.
bool needs_the_machine(const std::string& name, const std::string& said) {
  static const std::map<std::string, std::string> because{
      {"client_encoding", "conversion between "},
      {"default_table_access_method", "table access method "},
      {"default_tablespace", "tablespace "},
  };
  static const std::set<std::string> names{"timezone",
                                           "log_timezone",
                                           "timezone_abbreviations",
                                           "timing_clock_source",
                                           "default_text_search_config",
                                           "lc_messages",
                                           "lc_monetary",
                                           "lc_numeric",
                                           "lc_time",
                                           "role",
                                           "session_authorization",
                                           "temp_tablespaces",
                                           "max_stack_depth",
                                           "bonjour",
                                           "default_toast_compression",
                                           "wal_compression",
                                           "io_method",
                                           "max_connections",
                                           "max_wal_senders",
                                           "max_worker_processes",
                                           "autovacuum_max_workers",
                                           "transaction_read_only",
                                           "transaction_isolation",
                                           "transaction_deferrable",
                                           "recovery_target_time"};
  const auto key = setting_key(name);
  const auto reason = because.find(key);
  return names.contains(key) ||
         (reason != because.end() && said.find("detail:  " + reason->second) != std::string::npos);
}

void compare_conf(World& world, std::uint64_t count) {
  Tally tally(world.name("postgresql.conf"));
  world.talk.ask("SET client_min_messages = debug3");
  const std::string sql =
      "SELECT sourcefile, sourceline, seqno, name, setting, applied, error FROM "
      "pg_catalog.pg_file_settings WHERE sourcefile IS NOT NULL";
  for (std::uint64_t i = first_input(); i < first_input() + count; ++i) {
    const auto files = test::odd_conf(i, world.version_num);
    world.folder.place("postgresql.conf", files);
    std::vector<Row> theirs;
    try {
      theirs = world.talk.ask(sql);
    } catch (const std::runtime_error& error) {
      tally.pass_over(error.what());
      continue;
    }
    const auto said = setting_key(world.talk.notices());
    std::vector<ConfigFile> read;
    const auto ours = test::all_rows<ConfRow>(
        read_conf(world.folder.path() + "/postgresql.conf", disk_files(), world.version_num, read));
    tally.input();
    for (std::size_t j = 0; j < std::max(theirs.size(), ours.size()); ++j) {
      Row mine;
      if (j < ours.size()) {
        const auto& r = ours[j];
        mine = {r.sourcefile,
                std::to_string(r.sourceline),
                std::to_string(r.seqno),
                r.name,
                r.setting,
                r.applied ? "t" : "f",
                r.error};
      }
      if (j >= theirs.size()) {
        tally.difference(i, files, "ours only: " + shown(mine));
        break;
      }
      auto row = theirs[j];
      if (row[3]) row[4] = masked_setting(*row[3], row[4].value_or(""));
      const auto key = setting_key(row[3].value_or(""));
      const auto* info = find_setting_info(key, world.major());
      const auto real = info == nullptr ? key : setting_key(info->name);
      // Whether strtol reads binary digits hangs on the C library (glibc 2.38).
      if (row[4] && row[4]->find("0b") != std::string::npos) {
        tally.pass_over("needs the machine");
        continue;
      }
      const bool restart =
          said.find("parameter \"" + real + "\" cannot be changed without restarting") !=
          std::string::npos;
      const bool invalid = said.find("\"" + real + "\": ") != std::string::npos;
      if (row[6] && restart && *row[6] == "setting could not be applied") {
        if (invalid) {
          tally.pass_over("spelled twice");
          continue;
        }
        tally.pass_over("error of a restart alone");
        row[5] = "t";
        row[6].reset();
      } else if (row[6] && needs_the_machine(real, said) && !mine.empty() && !mine[6]) {
        tally.pass_over("needs the machine");
        continue;
      }
      // Of a name with a dot it hangs on whether the server met it before.
      if (key.find('.') != std::string::npos && !mine.empty()) row[5] = mine[5];
      tally.row();
      Row plain_mine = mine;
      if (!mine.empty() && mine[6]) plain_mine[6] = "error";
      if (row[6]) row[6] = "error";
      if (row == plain_mine) continue;
      tally.difference(i, files,
                       "server: " + shown(theirs[j]) + "\nours:   " + shown(mine) + "\n" +
                           displayed(world.talk.notices()).substr(0, 2000));
      break;
    }
  }
  CHECK(tally.differences() == 0);
}

}  // namespace

TEST_CASE("the readers agree with the server about odd files", "[live][readers]") {
  World world;
  const auto count = inputs(300);
  compare_hba(world, count);
  if (world.major() >= 15) {
    compare_ident(world, count);
  } else {
    compare_ident_by_log(world, count);
  }
  compare_conf(world, count);
}
