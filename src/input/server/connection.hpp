#pragma once
// The one door to libpqxx: a read-only session on one database of a server.
//
// Every session is one REPEATABLE READ, READ ONLY transaction with search_path =
// pg_catalog and time-outs, so nothing is written and everything read is of one moment;
// it is always rolled back. Only `fix --prove` opens one that may write.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pg/condition.hpp"
#include "text/files.hpp"

namespace pgleast {

/// A value or NULL; it lives as long as its Rows.
using Field = std::optional<std::string_view>;
using Row = std::vector<Field>;

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
  Row front() const { return *begin(); }
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

class Session {
 public:
  /// `conninfo` as libpq takes it, string or URI; empty: the PG* variables. `database`
  /// replaces its dbname unless empty. Throws Error (unreadable) without any secret.
  explicit Session(const std::string& conninfo, const std::string& database = "",
                   Access access = Access::read_only);
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  int version_num() const;
  const std::string& database() const;
  const std::string& user() const;

  /// The rows of `sql`. Throws Error (unreadable) naming `what` was being read.
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
