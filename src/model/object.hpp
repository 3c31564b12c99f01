#pragma once
// Everything in a cluster that has an owner and an access list, and what else is
// known of tables and functions.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/code.hpp"
#include "model/ids.hpp"
#include "pg/object_kind.hpp"

namespace pgleast {

inline constexpr std::uint32_t no_detail = 0xFFFFFFFF;

struct Object {
  ObjectKind kind = ObjectKind::table;
  std::uint32_t oid = 0;
  ObjectId database = no_object;  // none: it belongs to the whole cluster
  ObjectId schema = no_object;
  std::string name;      // bare
  std::string identity;  // as pg_identify_object prints it
  RoleId owner = no_role;
  AclId acl = null_acl;
  bool system = false;     // in pg_catalog, information_schema or pg_toast, or one of these
  bool extension = false;  // member of an extension
  std::uint32_t detail = no_detail;  // into Cluster::databases, relations, ...
  bool operator==(const Object&) const = default;
};

struct DatabaseDetail {
  bool allows_connections = true;
  bool is_template = false;
  std::int32_t connection_limit = -1;
  bool read = false;  // whether what is in it was read
  bool operator==(const DatabaseDetail&) const = default;
};

struct Column {
  std::string name;
  AclId acl = null_acl;  // null: nobody holds anything on the column itself
  bool operator==(const Column&) const = default;
};

struct RelationDetail {
  char relkind = 'r';  // r table, p partitioned, v view, m materialized view, f foreign table
  bool row_security = false;
  bool force_row_security = false;
  std::vector<std::string> options;  // reloptions, `security_invoker=true`
  std::vector<Column> columns;       // in their order, dropped ones left out
  bool operator==(const RelationDetail&) const = default;
};

struct FunctionDetail {
  char prokind = 'f';
  bool security_definer = false;
  bool leakproof = false;
  char volatility = 'v';
  std::string language;
  bool trigger = false;             // returns trigger or event_trigger
  std::vector<std::string> config;  // proconfig, `search_path=pg_catalog, pg_temp`
  bool operator==(const FunctionDetail&) const = default;
};

/// A row-security policy (pg_policy).
struct RowPolicy {
  ObjectId table{};
  std::string name;
  char command = '*';  // * all, r SELECT, a INSERT, w UPDATE, d DELETE
  bool permissive = true;
  std::vector<RoleId> roles;  // public_role for PUBLIC
  std::optional<std::string> using_expression;
  std::optional<std::string> check_expression;
  bool using_always_true = false;  // whatever the row: `true`, `1 = 1`
  bool check_always_true = false;
  Code code;  // of both expressions
  bool operator==(const RowPolicy&) const = default;
};

/// A foreign key: who writes `child` has `parent` looked at, as the owner of `parent`; who deletes
/// or changes rows of `parent` has `child` looked at or, where it acts, written, as the owner of
/// `child` (ri_triggers.c). Of a partitioned parent each partition has its own.
struct ForeignKey {
  ObjectId child{};
  std::string name;
  ObjectId parent{};
  char on_delete = 'a';  // a NO ACTION, r RESTRICT, c CASCADE, n SET NULL, d SET DEFAULT
  char on_update = 'a';  // the same
  std::vector<std::string> columns;  // of the child
  std::vector<std::string> keys;     // of the parent, as many
  bool checked = true;               // writing `child` sets it off; not where triggers are off
  bool watched = true;               // the same of `parent`
  Code code = {};                    // what compares the keys, both ways
  bool operator==(const ForeignKey&) const = default;
};

/// CASCADE, SET NULL or SET DEFAULT.
inline bool acts(char on_delete_or_update) {
  return on_delete_or_update == 'c' || on_delete_or_update == 'n' || on_delete_or_update == 'd';
}

/// What a foreign key may refer to from a column of a type of somebody's: a unique index of whole
/// columns, of all rows, checked at once, with a type that others can be cast to.
struct UniqueKey {
  ObjectId table{};
  std::vector<std::string> columns;
  /// That its operator classes compare; empty: one is not known, or nothing can be cast to it.
  std::vector<std::string> types;
  bool operator==(const UniqueKey&) const = default;
};

/// A row of pg_default_acl: what `creator`'s future objects get.
struct DefaultAcl {
  ObjectId database{};
  RoleId creator{};
  ObjectId schema = no_object;  // none: in every schema
  char type = 'r';              // r tables, S sequences, f functions, T types, n schemas, L large
  AclId acl{};
  bool operator==(const DefaultAcl&) const = default;
};

}  // namespace pgleast
