#include "input/server/connection.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <pqxx/pqxx>

#include "input/server/watchdog.hpp"
#include "pg/identifier.hpp"
#include "pg/version.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr const char* no_server = "cannot connect";

// An `@`, `/` or `:` in the password of a URI that is not written %40, %2F or %3A ends it too
// early, and libpq would name what is left of it as a host or a port.
void refuse_spilt_password(const std::string& conninfo, const PQconninfoOption* options) {
  if (conninfo.find("://") == std::string::npos) return;
  for (const auto* o = options; o->keyword != nullptr; ++o) {
    const std::string keyword = o->keyword;
    const std::string_view value = o->val == nullptr ? "" : o->val;
    const auto strange = keyword == "host"   ? value.find('@')
                         : keyword == "port" ? value.find_first_not_of("0123456789,")
                                             : std::string_view::npos;
    if (strange != std::string_view::npos) {
      fail("", fmt::format("the URI has no valid {} (it is not shown: it may hold a password, in "
                           "which @ is written %40, / %2F and : %3A)",
                           keyword));
    }
  }
}

struct Conninfo {
  std::string text;       // complete
  std::string options;    // of the user's
  bool password = false;  // one is given, in it or beside it
};

std::string escaped(const std::string& value) {
  std::string result;
  for (const char c : value) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool has_password_file() {
  const auto named = environment("PGPASSFILE");
  const auto path = named.empty() ? environment("HOME") + "/.pgpass" : named;
  return access(path.c_str(), R_OK) == 0;
}

// 0 and less are for ever there; the whole reading is bounded.
std::string connect_timeout(const std::string& given, const SessionLimits& limits) {
  const auto wanted = std::atol(given.c_str());
  const auto most = std::max<long>(static_cast<long>(limits.timeout.count()), 2);
  return std::to_string(wanted <= 0 ? most : std::min(wanted, most));
}

// libpq's own splitting, so that a string and a URI both can be given another database. Names
// come as they are stored until it is known how they are.
Conninfo completed_conninfo(const std::string& conninfo, const std::string& database,
                            const SessionLimits& limits) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(conninfo.c_str(), &message), &PQconninfoFree);
  PQfreemem(message);
  if (!options) {
    fail("", "the connection string cannot be parsed (it is not shown: it may hold a password)");
  }
  refuse_spilt_password(conninfo, options.get());
  Conninfo result;
  result.options = environment("PGOPTIONS");
  result.password = !environment("PGPASSWORD").empty() || has_password_file();
  auto timeout = environment("PGCONNECT_TIMEOUT");
  const auto add = [&](const std::string& keyword, const std::string& value) {
    result.text += fmt::format("{}='{}' ", keyword, escaped(value));
  };
  for (const auto* o = options.get(); o->keyword != nullptr; ++o) {
    const std::string keyword = o->keyword;
    if (o->val == nullptr) continue;
    if (keyword == "application_name" || keyword == "client_encoding") continue;
    if (keyword == "dbname" && !database.empty()) continue;
    result.password = result.password || keyword == "password" || keyword == "passfile";
    if (keyword == "connect_timeout") {
      timeout = o->val;
    } else if (keyword == "options") {
      result.options = o->val;
    } else {
      add(keyword, o->val);
    }
  }
  if (!database.empty()) add("dbname", database);
  add("connect_timeout", connect_timeout(timeout.empty() ? "10" : timeout, limits));
  add("application_name", "pgleast");
  add("client_encoding", "SQL_ASCII");
  return result;
}

std::string with_options(const Conninfo& conninfo, const std::string& more) {
  auto options = conninfo.options;
  if (!more.empty()) options += (options.empty() ? "" : " ") + more;
  if (options.empty()) return conninfo.text;
  return conninfo.text + fmt::format("options='{}'", escaped(options));
}

std::string first_line(const std::string& message) {
  const auto text = message.substr(0, message.find('\n'));
  const std::string severity = "ERROR:  ";
  return displayed(text.starts_with(severity) ? text.substr(severity.size()) : text);
}

std::string begin_sql(Access access) {
  return fmt::format(
      "BEGIN ISOLATION LEVEL {}; SET LOCAL search_path = pg_catalog; SET LOCAL ROLE NONE",
      access == Access::read_only ? "REPEATABLE READ READ ONLY, NOT DEFERRABLE"
                                  : "READ COMMITTED READ WRITE");
}

// What is said of a thing that was dropped: by its name, and of one that is known by its OID alone.
bool is_of_change(Condition condition) {
  return is_absence(condition) || condition == Condition::internal_error;
}

// The far end of the socket is another machine.
bool is_over_network(int socket) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return false;
  if (peer.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
    return (ntohl(v4.sin_addr.s_addr) >> 24U) != 127;
  }
  if (peer.ss_family != AF_INET6) return false;
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
  return !IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

}  // namespace

struct Rows::Result {
  pqxx::result rows;
};

std::size_t Rows::size() const { return static_cast<std::size_t>(result_->rows.size()); }

Row Rows::front() const {
  if (empty()) fail("", "the server answered with too few rows");
  return *begin();
}

void Rows::read(std::size_t at, Row& row) const {
  row.clear();
  if (at >= size()) return;
  const auto from = result_->rows[static_cast<pqxx::result::size_type>(at)];
  // The library's fields hold their answer each: one that moves on costs less than new ones.
  auto field = from.begin();
  for (pqxx::row::size_type i = 0; i < from.size(); ++i, ++field) {
    if (field->is_null()) {
      row.add(std::nullopt);
    } else {
      row.add(std::string_view(field->c_str(), field->size()));
    }
  }
}

struct Session::Impl {
  Impl(const std::string& conninfo, SessionLimits given)
      : connection(conninfo),
        transaction(connection, "pgleast"),
        limits(std::move(given)),
        watchdog(connection.sock(), limits.until) {}

  void start(Access access);
  void read_settings();
  void take_encoding(const std::string& of_server);
  void set_settings();
  void read_facts();

  Rows ask(const std::string& sql) {
    return Rows(std::make_shared<const Rows::Result>(Rows::Result{transaction.exec(sql)}));
  }
  // Whether the server took it; the transaction goes on.
  bool tries(const std::string& sql);
  std::string why(const pqxx::failure& error) const;
  // Names that came as they are stored would have been answered.
  bool is_untranslatable(const pqxx::sql_error& error) const {
    return encoding.empty() && (error.sqlstate() == "22P05" || error.sqlstate() == "22021");
  }
  [[noreturn]] void refused(const pqxx::sql_error& error, const std::string& what) const;

  pqxx::connection connection;
  pqxx::nontransaction transaction;  // BEGIN is ours, so that both libpqxx 6 and 7 do the same
  SessionLimits limits;
  Watchdog watchdog;  // after the connection: it is gone before it
  SettingsAtStart at_start;
  std::string encoding;  // of names that come as they are stored; empty: they come in UTF-8
  std::string server_encoding;
  int version_num = 0;
  std::string database;
  std::string user;
  bool shown_password = false;
};

void Session::Impl::start(Access access) {
  read_settings();
  transaction.exec(begin_sql(access));
  set_settings();
  read_facts();
}

// No operator: what it means hangs on settings until ours are made.
void Session::Impl::read_settings() {
  const auto rows =
      ask("SELECT s.name, s.source, s.context, s.boot_val,"
          " pg_catalog.current_setting('server_encoding') FROM pg_catalog.pg_settings s");
  for (const auto& r : rows) {
    at_start[std::string(r[0].value_or(""))] = {std::string(r[1].value_or("")),
                                                std::string(r[2].value_or("")),
                                                std::string(r[3].value_or(""))};
  }
  server_encoding = rows.front()[4].value_or("");
  take_encoding(server_encoding);
}

// SQL_ASCII says nothing of what bytes are, and not every encoding can be told in UTF-8.
void Session::Impl::take_encoding(const std::string& of_server) {
  encoding = of_server;
  if (of_server == "SQL_ASCII" || limits.as_stored.contains(of_server)) return;
  try {
    transaction.exec("SET client_encoding = UTF8");
    encoding.clear();
  } catch (const pqxx::sql_error&) {
  }
}

void Session::Impl::set_settings() {
  transaction.exec(fixed_settings_sql(at_start));
  for (const auto& sql : stored_settings_sql(at_start)) tries(sql);
  const auto who = ask("SELECT session_user");
  const std::string wanted = connection.username();
  if (who.front().front() != wanted)
    tries("SET LOCAL SESSION AUTHORIZATION " + quote_literal(wanted));
}

void Session::Impl::read_facts() {
  const auto rows =
      ask("SELECT current_setting('server_version_num'), current_database(), session_user,"
          " EXISTS (SELECT FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl) OR"
          " EXISTS (SELECT FROM pg_stat_gssapi WHERE pid = pg_backend_pid() AND encrypted)");
  const auto facts = rows.front();
  const auto version = facts[0].value_or("");
  std::from_chars(version.data(), version.data() + version.size(), version_num);
  database = facts[1].value_or("");
  user = facts[2].value_or("");
  shown_password = facts[3] != "t" && is_over_network(connection.sock());
}

bool Session::Impl::tries(const std::string& sql) {
  transaction.exec("SAVEPOINT pgleast");
  try {
    transaction.exec(sql);
    transaction.exec("RELEASE SAVEPOINT pgleast");
    return true;
  } catch (const pqxx::sql_error&) {
    transaction.exec("ROLLBACK TO SAVEPOINT pgleast");
    return false;
  }
}

std::string Session::Impl::why(const pqxx::failure& error) const {
  if (watchdog.has_bitten()) {
    return fmt::format("it did not answer within {} seconds; --timeout allows it more",
                       limits.timeout.count());
  }
  return first_line(error.what());
}

void Session::Impl::refused(const pqxx::sql_error& error, const std::string& what) const {
  const auto message = fmt::format("the server refused to show {}: {}", what, why(error));
  const Error refusal(Fault::unreadable, {"", std::nullopt, message, ""});
  if (is_untranslatable(error)) throw Untranslatable(refusal, server_encoding);
  const auto condition = condition_of_sqlstate(error.sqlstate());
  if (limits.ask_again && condition && is_of_change(*condition)) {
    throw ChangedMeanwhile(refusal.fault(), refusal.diagnostic());
  }
  throw Error(refusal);
}

namespace {

// The first version of which a session can end while it begins: by a limit that is stored for the
// role or the database. 0 where the failure is another.
int ended_at_start(const pqxx::failure& error) {
  const std::string_view said = error.what();
  if (said.find("transaction timeout") != std::string_view::npos) return 17;
  // libpqxx's own words: the server had let the session in, and closed it unasked.
  return said == pqxx::broken_connection().what() ? 14 : 0;
}

// A limit that is stored may end a session before it can set another, and a library that is
// stored and not there every session: what the client says at the start wins over both.
template <typename Impl>
std::unique_ptr<Impl> connected(const Conninfo& conninfo, Access access,
                                const SessionLimits& limits) {
  int major = 0;
  std::unique_ptr<Impl> impl;
  try {
    impl = std::make_unique<Impl>(with_options(conninfo, ""), limits);
    major = impl->connection.server_version() / 10000;
    impl->start(access);
    return impl;
  } catch (const pqxx::failure& e) {
    if (impl && impl->watchdog.has_bitten()) {
      fail("", fmt::format("{}: {}", no_server, impl->why(e)));
    }
    if (!impl) major = ended_at_start(e);
    const std::string_view said = e.what();
    if (!impl && major == 0 && said.find("$libdir/plugins") == std::string_view::npos) throw;
  }
  const auto again = [&](int of) {
    impl = std::make_unique<Impl>(with_options(conninfo, options_against_stored(of)), limits);
    impl->start(access);
  };
  if (!impl && major == 14) {
    // It may be later, too; of a version that does not have a limit the server refuses it.
    try {
      again(17);
      return impl;
    } catch (const pqxx::failure&) {
    }
  }
  again(major);
  return impl;
}

}  // namespace

Session::Session(const std::string& conninfo, const std::string& database, Access access,
                 const SessionLimits& limits) try {
  const auto completed = completed_conninfo(conninfo, database, limits);
  impl_ = connected<Impl>(completed, access, limits);
  impl_->shown_password = impl_->shown_password && completed.password;
  if (major_of(impl_->version_num) < oldest_major) {
    fail("", fmt::format("the server's version {} is older than {}, the first that is known",
                         impl_->version_num, oldest_major));
  }
} catch (const pqxx::failure& e) {
  fail("", fmt::format("{}: {}", no_server, first_line(e.what())));
}

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

int Session::version_num() const { return impl_->version_num; }
const std::string& Session::database() const { return impl_->database; }
const std::string& Session::user() const { return impl_->user; }
const SettingsAtStart& Session::settings_at_start() const { return impl_->at_start; }
bool Session::may_have_shown_password() const { return impl_->shown_password; }

void Session::ask_again_if_changed(const std::string& why) const {
  if (!impl_->limits.ask_again) return;
  throw ChangedMeanwhile(Fault::unreadable, {"", std::nullopt, why, ""});
}

Rows Session::ask(const std::string& sql, const std::string& what) try {
  return impl_->ask(sql);
} catch (const pqxx::sql_error& e) {
  impl_->refused(e, what);
} catch (const pqxx::broken_connection& e) {
  fail("",
       fmt::format("the server closed the connection while {} was read: {}", what, impl_->why(e)));
} catch (const pqxx::failure& e) {
  fail("", fmt::format("the server refused to show {}: {}", what, impl_->why(e)));
}

Answer Session::try_ask(const std::string& sql) {
  try {
    impl_->transaction.exec("SAVEPOINT pgleast");
    auto rows = impl_->ask(sql);
    impl_->transaction.exec("RELEASE SAVEPOINT pgleast");
    return {std::move(rows), "", std::nullopt};
  } catch (const pqxx::broken_connection& e) {
    fail("", fmt::format("the server closed the connection: {}", impl_->why(e)));
  } catch (const pqxx::sql_error& e) {
    if (impl_->is_untranslatable(e)) impl_->refused(e, "an answer");
    ask("ROLLBACK TO SAVEPOINT pgleast", "an answer");
    return {std::nullopt, first_line(e.what()), condition_of_sqlstate(e.sqlstate())};
  } catch (const pqxx::failure& e) {
    ask("ROLLBACK TO SAVEPOINT pgleast", "an answer");
    return {std::nullopt, first_line(e.what()), std::nullopt};
  }
}

std::string for_version(std::string_view sql, int major) {
  constexpr std::string_view marker = "--@";
  std::string result;
  while (!sql.empty()) {
    const auto end = std::min(sql.find('\n'), sql.size() - 1);
    auto line = sql.substr(0, end + 1);
    sql.remove_prefix(end + 1);
    const auto at = line.find(marker);
    if (at != std::string_view::npos) {
      auto range = line.substr(at + marker.size());
      const bool up_to = range.front() == '-';
      if (up_to) range.remove_prefix(1);
      int bound = 0;
      std::from_chars(range.data(), range.data() + range.size(), bound);
      if (up_to ? major > bound : major < bound) continue;
      line = line.substr(0, at);
      result += line;
      result += '\n';
    } else {
      result += line;
    }
  }
  return result;
}

namespace {

std::string bytes_of_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 2; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  }
  return bytes;
}

}  // namespace

FileReader server_files(Session& session) {
  const auto read = [&session](const std::string& path) -> FileText {
    const auto answer = session.try_ask(
        fmt::format("SELECT pg_read_binary_file({}, 0, 1 << 29, true)", quote_literal(path)));
    if (!answer.rows) {
      return {std::nullopt, answer.why, false, answer.condition == Condition::wrong_object_type};
    }
    const auto bytes = answer.rows->front().front();
    if (!bytes) return {std::nullopt, "no such file", true};
    return {bytes_of_hex(*bytes), "", false};
  };
  const auto list = [&session](const std::string& path) -> FolderNames {
    const auto answer = session.try_ask(fmt::format("SELECT pg_ls_dir({})", quote_literal(path)));
    if (!answer.rows) return {std::nullopt, answer.why};
    std::vector<std::string> names;
    for (const auto& row : *answer.rows) names.emplace_back(row.front().value_or(""));
    return {std::move(names), ""};
  };
  return {read, list};
}

}  // namespace pgleast
