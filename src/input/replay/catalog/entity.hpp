#pragma once
// Everything that a script can name in a database, what has no access list of its own included,
// and what depends on what (pg_depend).

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "input/replay/catalog/entity_kind.hpp"
#include "model/ids.hpp"
#include "pg/privilege.hpp"

namespace pgleast {

enum class EntityId : std::uint32_t {};
inline constexpr EntityId no_entity{0xFFFFFFFF};

/// A type where it is used: one of a script's, one of the server's, or an array of them.
struct TypeRef {
  EntityId entity = no_entity;
  std::string builtin;  // its name in pg_catalog
  bool array = false;
  std::string text;  // where neither is known: as the server printed it
  bool operator==(const TypeRef&) const = default;
};

struct Ref {
  // Automatic and internal: it goes when `to` goes. Internal: it goes only with it.
  enum class Kind : std::uint8_t { normal, automatic, internal };
  EntityId to{};
  int column = 0;  // of `to`; 0: all of it
  Kind kind = Kind::normal;
  int from_column = 0;  // only that column needs it; 0: all of it does
  bool operator==(const Ref&) const = default;
};

struct ColumnState {
  int number = 0;
  TypeRef type;
  bool local = true;  // declared here
  int inherited = 0;  // from so many parents
  bool generated = false;
  bool operator==(const ColumnState&) const = default;
};

/// What of code parse trees say and the model keeps no text of, until all is done.
struct EntityCode {
  std::string text;       // a function's body, a rule's statement; an event trigger's event
  bool standard = false;  // the body is no string
  bool returns_set = false;
  bool enabled = true, for_each_row = false;   // of a trigger
  PrivilegeSet on;                             // what sets off a trigger or a rule
  std::vector<std::string> names;              // of all parameters
  std::vector<std::string> path;               // the session's when it was made
  RoleId role = public_role;                   // of a user mapping
  std::map<std::string, std::string> options;  // of a foreign server or a user mapping
  bool operator==(const EntityCode&) const = default;
};

struct RowShape;

struct Entity {
  EntityKind kind = EntityKind::other;
  std::string name;
  ObjectId database = no_object;  // none: of the whole cluster
  EntityId schema = no_entity;
  EntityId parent = no_entity;  // the relation that a trigger, policy, ... is on
  ObjectId object = no_object;  // in the model
  RoleId owner = no_role;       // where the model has no such object
  Subkind subkind;
  bool alive = true;
  bool temporary = false;
  bool dependents_unknown = false;    // read, not made by a script
  bool calls_anything = false;        // of the server, what may change something
  std::vector<std::string> catalogs;  // relations of the server that a view names
  std::vector<Ref> refs;
  std::vector<ColumnState> columns;  // of relations, as in RelationDetail::columns
  std::vector<TypeRef> types;        // a function's arguments; an array's element
  TypeRef result;                    // a function's; the type that a table is of
  std::vector<std::string> names;    // of its arguments (empty: none); of a type's attributes
  std::vector<std::string> bound;    // of a partition, where it is known
  int defaults = 0;                  // so many of a function's last arguments may be left out
  int next_column = 1;
  std::size_t place = 0;  // of a policy, in Cluster::row_policies
  // Shared, for the journal copies entities; nobody changes them.
  std::shared_ptr<const EntityCode> code;
  std::shared_ptr<const RowShape> rows;  // of a table, where it is known
  /// Of a table that a script made: the version of all rows then.
  std::optional<std::size_t> empty_at;

  bool is(Subkind wanted) const { return subkind == wanted; }
};

/// The name of an operator's entity begins so, and of what calls functions by types: operator
/// classes and casts; their types are `types`.
inline constexpr std::string_view operator_kind = "OBJECT_OPERATOR ";
inline constexpr std::string_view operator_class_kind = "OBJECT_OPCLASS ";
inline constexpr std::string_view cast_kind = "cast ";
inline constexpr std::string_view statistics_kind = "OBJECT_STATISTIC_EXT ";

inline bool is_other(const Entity& e, std::string_view kind) {
  return e.kind == EntityKind::other && e.name.starts_with(kind);
}

/// What has rows of its own, or its partitions have them.
inline bool is_table(const Entity& e) {
  return e.is(RelationKind::table) || e.is(RelationKind::partitioned_table) ||
         e.is(RelationKind::foreign_table);
}

}  // namespace pgleast
