#pragma once
// Code that the server runs for somebody: bodies of functions and views, what is attached to
// relations, and what lets the server act elsewhere. What a body touches is kept, never its
// text, which may hold secrets.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/ids.hpp"
#include "pg/privilege.hpp"

namespace pgleast {

/// One thing that code touches.
struct CodeUse {
  ObjectId object{};            // a relation, a function (an operator's, too) or a type
  PrivilegeSet privileges;      // that the code needs on it: SELECT, INSERT, EXECUTE, USAGE, ...
  bool by_search_path = false;  // written without its schema, and looked up when the code runs
  bool maybe = false;  // that hangs on types, which are not followed; of a relation: one is
                       // made like it, and nothing of its own is touched
  std::vector<std::string> columns =
      {};                    // a view's: those that it reads; empty: all, for all is known
  bool by_operator = false;  // a function that is not named: an operator is
  bool operator==(const CodeUse&) const = default;
};

/// An operator that users made and that code names. It has an owner and no access list; the
/// function behind it is a CodeUse.
struct OperatorUse {
  ObjectId schema{};
  std::string identity;    // shop.@@@(integer,integer)
  RoleId owner = no_role;  // none: it is an extension's, and nobody drops it
  bool by_search_path = false;
  auto operator<=>(const OperatorUse&) const = default;
};

/// What code looks up each time it runs. The names of views, defaults, policies and BEGIN ATOMIC
/// bodies were looked up when these were made. The last three are names without a schema that are
/// no use: the server's own.
struct NameLookup {
  bool when_run = false;
  bool relations = false;
  bool types = false;
  bool functions = false;  // and operators
  bool sets_path = false;  // it changes search_path itself: what follows is looked up elsewhere
  bool operator==(const NameLookup&) const = default;
};

/// Where a parameter goes as it is given, with nothing that quotes or looks at it.
struct Given {
  enum class To : std::uint8_t { sql, read_file, write_file, connection, argument } to = To::sql;
  std::uint32_t parameter = 0;    // its place among those that a caller gives
  ObjectId function = no_object;  // argument: of this function
  std::uint32_t argument = 0;
  auto operator<=>(const Given&) const = default;
};

/// What a piece of code does, as far as it can be followed.
struct Code {
  std::vector<CodeUse> uses;                // by object; each object and way of writing once
  std::vector<OperatorUse> operators = {};  // sorted
  std::vector<std::string> settings;        // that it reads: current_setting('app.tenant'); sorted
  std::optional<NameLookup> names = NameLookup();  // none: not known, nor are types and operators
  std::vector<Given> given;                        // sorted
  std::string unknown;         // why the rest cannot be followed; empty: it was followed
  bool callers_types = false;  // it works on values of types that its caller may have made
  bool creates = false;        // tables, functions, ...: event triggers run
  bool operator==(const Code&) const = default;
};

/// The body of a function, the query of a view or materialized view, the checks of a domain, the
/// functions of an aggregate, or of any other type what may run where there are values of it:
/// casts, operator classes, the same of its elements. The server's own types have one where a
/// superuser gave them such: it may run in any code.
struct Body {
  ObjectId of{};
  Code code;
  /// Of a view: what the server passes on by itself to the table behind it; none: not known.
  std::optional<PrivilegeSet> writable;
  bool operator==(const Body&) const = default;
};

/// Code that runs when somebody uses a relation or maintains it. The planner works out what an
/// expression has of constants, also for who reads.
struct Attachment {
  enum class Kind : std::uint8_t {
    trigger,     // runs as whoever writes
    rule,        // other than a view's; its relations are used as the relation's owner
    expression,  // a column's type, default or generated value, a check or a partition key: as
                 // whoever writes
    index,       // expression or predicate of one, or statistics: as whoever writes, or maintains
  } kind = Kind::trigger;
  ObjectId relation{};
  std::string name;
  PrivilegeSet on;  // INSERT, UPDATE, DELETE, TRUNCATE, SELECT, MAINTAIN: what sets it off
  bool enabled = true;
  Code code;  // a trigger's: EXECUTE of its function
  bool operator==(const Attachment&) const = default;
};

struct EventTrigger {
  ObjectId database{};
  std::string name;
  std::string event;  // ddl_command_start, sql_drop, login, ...
  RoleId owner{};
  ObjectId function{};
  bool enabled = true;
  bool operator==(const EventTrigger&) const = default;
};

/// `child` is a partition of `parent`, or inherits from it.
struct Inheritance {
  ObjectId child{};
  ObjectId parent{};
  bool partition = false;
  bool operator==(const Inheritance&) const = default;
};

struct LanguageDetail {
  bool trusted = false;
  bool operator==(const LanguageDetail&) const = default;
};

/// Where a foreign server leads: its options without secrets, `host=10.0.0.7`.
struct ForeignServerDetail {
  ObjectId wrapper{};
  std::vector<std::string> options;
  bool operator==(const ForeignServerDetail&) const = default;
};

/// A table of another server, by the names that it has there.
struct ForeignTable {
  ObjectId table{};
  ObjectId server{};
  std::string schema, name;
  bool operator==(const ForeignTable&) const = default;
};

struct UserMapping {
  ObjectId server{};
  RoleId role = public_role;  // public_role: for everyone
  bool options_seen = false;  // the rest is known
  std::string user;           // there; empty: not said
  bool stored_password = false;
  bool password_required = true;  // false: only a superuser may have said so
  bool operator==(const UserMapping&) const = default;
};

struct Extension {
  ObjectId database{};
  std::string name;
  std::string version;
  ObjectId schema{};
  RoleId owner{};
  bool operator==(const Extension&) const = default;
};

struct Subscription {
  ObjectId database{};
  std::string name;
  RoleId owner{};
  bool enabled = true;
  bool run_as_owner = true;       // before 16 always
  bool password_required = true;  // 16 and later
  std::vector<ObjectId> tables;   // that it writes
  bool operator==(const Subscription&) const = default;
};

}  // namespace pgleast
