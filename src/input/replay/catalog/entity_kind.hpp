#pragma once
// The kinds of what a script can name, and the kinds that some of these have of their own: a
// relation is a table, a view, an index, ...

#include <cstdint>
#include <variant>

namespace pgleast {

enum class EntityKind : std::uint8_t {
  schema,
  relation,  // tables, views, sequences, indexes, composite types: they share their names
  function,  // also procedures and aggregates
  type,
  language,
  wrapper,
  server,
  tablespace,
  large_object,
  extension,
  publication,
  subscription,
  event_trigger,
  user_mapping,
  column_default,
  constraint,
  trigger,
  rule,
  policy,
  access_method,
  other,  // `name` begins with what it is: `collation x`
};

// Each kind's own kinds: relkind, typtype (an array and a shell have no letter of their own there),
// prokind, contype; what is read of a server has its letter.
enum class RelationKind : char {
  table = 'r',
  partitioned_table = 'p',
  view = 'v',
  materialized_view = 'm',
  sequence = 'S',
  foreign_table = 'f',
  index = 'i',
  partitioned_index = 'I',
  composite_type = 'c',
};
enum class TypeKind : char {
  base = 'b',
  composite = 'c',  // also the row type of a relation
  domain = 'd',
  enumeration = 'e',
  range = 'r',
  multirange = 'm',
  shell = 's',
  array = 'a',
};
enum class RoutineKind : char { function = 'f', procedure = 'p', aggregate = 'a', window = 'w' };
enum class ConstraintKind : char { check = 'c', primary_key = 'p', unique = 'u', other = ' ' };
enum class LanguageKind : std::uint8_t { trusted, untrusted };
/// Nothing: it has none, or that was not read.
using Subkind =
    std::variant<std::monostate, RelationKind, TypeKind, RoutineKind, ConstraintKind, LanguageKind>;

}  // namespace pgleast
