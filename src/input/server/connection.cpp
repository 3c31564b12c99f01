#include "input/server/connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <pqxx/pqxx>

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

// libpq's own splitting, so that a string and a URI both can be given another database.
std::string completed_conninfo(const std::string& conninfo, const std::string& database) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(conninfo.c_str(), &message), &PQconninfoFree);
  PQfreemem(message);
  if (!options) {
    fail("", "the connection string cannot be parsed (it is not shown: it may hold a password)");
  }
  refuse_spilt_password(conninfo, options.get());
  std::string result;
  const auto add = [&](const std::string& keyword, const std::string& value) {
    std::string escaped;
    for (const char c : value) {
      if (c == '\'' || c == '\\') escaped += '\\';
      escaped += c;
    }
    result += fmt::format("{}='{}' ", keyword, escaped);
  };
  bool has_timeout = std::getenv("PGCONNECT_TIMEOUT") != nullptr;
  for (const auto* o = options.get(); o->keyword != nullptr; ++o) {
    const std::string keyword = o->keyword;
    if (o->val == nullptr || keyword == "application_name") continue;
    if (keyword == "dbname" && !database.empty()) continue;
    has_timeout = has_timeout || keyword == "connect_timeout";
    add(keyword, o->val);
  }
  if (!database.empty()) add("dbname", database);
  if (!has_timeout) add("connect_timeout", "10");
  add("application_name", "pgleast");
  return result;
}

std::string first_line(const std::string& message) {
  const auto text = message.substr(0, message.find('\n'));
  const std::string severity = "ERROR:  ";
  return displayed(text.starts_with(severity) ? text.substr(severity.size()) : text);
}

std::string begin_sql(Access access) {
  return fmt::format(
      "BEGIN ISOLATION LEVEL {};"
      "SET LOCAL search_path = pg_catalog;"
      "SET LOCAL statement_timeout = '5min';"
      "SET LOCAL lock_timeout = '5s';"
      "SET LOCAL idle_in_transaction_session_timeout = '10min';"
      "SET LOCAL quote_all_identifiers = off;"
      "SET LOCAL row_security = on;"
      "SET LOCAL client_min_messages = error;"
      "SET LOCAL bytea_output = hex;"
      "SET LOCAL datestyle = 'ISO, YMD'",
      access == Access::read_only ? "REPEATABLE READ READ ONLY" : "READ COMMITTED READ WRITE");
}

}  // namespace

struct Rows::Result {
  pqxx::result rows;
};

std::size_t Rows::size() const { return static_cast<std::size_t>(result_->rows.size()); }

void Rows::read(std::size_t at, Row& row) const {
  row.clear();
  if (at >= size()) return;
  const auto from = result_->rows[static_cast<pqxx::result::size_type>(at)];
  // The library's fields hold their answer each: one that moves on costs less than new ones.
  auto field = from.begin();
  for (pqxx::row::size_type i = 0; i < from.size(); ++i, ++field) {
    if (field->is_null()) {
      row.emplace_back(std::nullopt);
    } else {
      row.emplace_back(std::string_view(field->c_str(), field->size()));
    }
  }
}

struct Session::Impl {
  Impl(const std::string& conninfo, Access access)
      : connection(conninfo), transaction(connection, "pgleast") {
    transaction.exec("SET client_encoding = 'UTF8'");
    transaction.exec(begin_sql(access));
    const auto facts = transaction.exec(
        "SELECT current_setting('server_version_num'), current_database(), session_user");
    version_num = std::stoi(facts[0][0].c_str());
    database = facts[0][1].c_str();
    user = facts[0][2].c_str();
  }

  Rows ask(const std::string& sql) {
    return Rows(std::make_shared<const Rows::Result>(Rows::Result{transaction.exec(sql)}));
  }

  pqxx::connection connection;
  pqxx::nontransaction transaction;  // BEGIN is ours, so that both libpqxx 6 and 7 do the same
  int version_num = 0;
  std::string database;
  std::string user;
};

Session::Session(const std::string& conninfo, const std::string& database, Access access) try
    : impl_(std::make_unique<Impl>(completed_conninfo(conninfo, database), access)) {
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

Rows Session::ask(const std::string& sql, const std::string& what) try {
  return impl_->ask(sql);
} catch (const pqxx::broken_connection& e) {
  fail("", fmt::format("the server closed the connection while {} was read: {}", what,
                       first_line(e.what())));
} catch (const pqxx::failure& e) {
  fail("", fmt::format("the server refused to show {}: {}", what, first_line(e.what())));
}

Answer Session::try_ask(const std::string& sql) {
  try {
    impl_->transaction.exec("SAVEPOINT pgleast");
    auto rows = impl_->ask(sql);
    impl_->transaction.exec("RELEASE SAVEPOINT pgleast");
    return {std::move(rows), "", std::nullopt};
  } catch (const pqxx::broken_connection& e) {
    fail("", fmt::format("the server closed the connection: {}", first_line(e.what())));
  } catch (const pqxx::sql_error& e) {
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
