#pragma once
// The one door to libpqxx: a read-only session on one database of a server.
//
// Every session is one REPEATABLE READ, READ ONLY transaction with search_path =
// pg_catalog and time-outs, so nothing is written and everything read is of one moment;
// it is always rolled back. Only `fix --prove` opens one that may write. What is stored for the
// role or the database changes nothing of it: session_settings.hpp.

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "input/server/session_settings.hpp"
#include "pg/condition.hpp"
#include "text/diagnostic.hpp"
#include "text/files.hpp"

namespace pgleast {

/// A value or NULL; it lives as long as its Rows.
using Field = std::optional<std::string_view>;

/// Throws Error where the server sent fewer columns than it was asked for.
class Row {
 public:
  const Field& operator[](std::size_t column) const {
    if (column >= fields_.size()) fail("", "the server answered with too few columns");
    return fields_[column];
  }
  const Field& front() const { return (*this)[0]; }
  void clear() { fields_.clear(); }
  void add(const Field& field) { fields_.push_back(field); }

 private:
  std::vector<Field> fields_;
};

/// An answer as the library received it; copies share it. A row is made when it is looked at,
/// so one that a reference names lasts until the next.
class Rows {
 public:
  class Iterator {
   public:
    Iterator(const Rows& rows, std::size_t at) : rows_(rows), at_(at) { rows_.read(at_, row_); }
    const Row& operator*() const { return row_; }
    Iterator& operator++() {
      rows_.read(++at_, row_);
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const Rows& rows_;
    std::size_t at_;
    Row row_;
  };

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  /// Throws Error where there is none.
  Row front() const;
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

 private:
  friend class Session;
  struct Result;
  explicit Rows(std::shared_ptr<const Result> result) : result_(std::move(result)) {}
  void read(std::size_t at, Row& row) const;
  std::shared_ptr<const Result> result_;
};

/// An answer, or why the server refused the question; the session goes on.
struct Answer {
  std::optional<Rows> rows;
  std::string why;
  std::optional<Condition> condition;  // of an error of the server
};

enum class Access { read_only, rolled_back_writes };

/// What bounds a session, and how it takes names.
struct SessionLimits {
  std::chrono::seconds timeout{600};                           // for which the message speaks
  std::optional<std::chrono::steady_clock::time_point> until;  // the server is given up then
  /// Encodings with names that cannot be told in UTF-8: they come as they are stored.
  std::set<std::string> as_stored;
  bool ask_again = false;  // ChangedMeanwhile is thrown

  static SessionLimits within(std::chrono::seconds timeout) {
    return {timeout, std::chrono::steady_clock::now() + timeout, {}, false};
  }
};

/// A name in a database is not valid in its encoding, or has no equivalent in UTF-8.
struct Untranslatable : Error {
  Untranslatable(const Error& error, std::string of) : Error(error), encoding(std::move(of)) {}
  std::string encoding;
};

/// Something was dropped between two questions: all may be asked again.
struct ChangedMeanwhile : Error {
  using Error::Error;
};

class Session {
 public:
  /// `conninfo` as libpq takes it, string or URI; empty: the PG* variables. `database`
  /// replaces its dbname unless empty. Throws Error (unreadable) without any secret.
  explicit Session(const std::string& conninfo, const std::string& database = "",
                   Access access = Access::read_only, const SessionLimits& limits = {});
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  int version_num() const;
  const std::string& database() const;
  const std::string& user() const;
  const SettingsAtStart& settings_at_start() const;
  /// A password may have been sent over a network that others can listen to.
  bool may_have_shown_password() const;

  /// Throws ChangedMeanwhile if that is wanted.
  void ask_again_if_changed(const std::string& why) const;

  /// The rows of `sql`. Throws Error (unreadable) naming `what` was being read; Untranslatable,
  /// ChangedMeanwhile.
  Rows ask(const std::string& sql, const std::string& what);
  /// The same where the server may refuse.
  Answer try_ask(const std::string& sql);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Lines marked `--@16+` or `--@-15` at their end are kept for these versions only.
std::string for_version(std::string_view sql, int major);

/// The files of the server's machine, read through pg_read_binary_file and pg_ls_dir.
FileReader server_files(Session& session);

}  // namespace pgleast
