#pragma once
// The types that every database has (pg_type.dat), by name, and how the server prints them
// (format_type.c).

#include <array>
#include <string>
#include <string_view>

namespace pgleast {

struct BuiltinType {
  std::string_view name;
  std::string_view shown;  // where it is not `pg_catalog.` and the name
  int since = 0;
  bool pseudo = false;
};

inline constexpr std::array<BuiltinType, 109> builtin_types{{
    {"aclitem", ""},
    {"any", "pg_catalog.\"any\"", 0, true},
    {"anyarray", "", 0, true},
    {"anycompatible", "", 13, true},
    {"anycompatiblearray", "", 13, true},
    {"anycompatiblemultirange", "", 14, true},
    {"anycompatiblenonarray", "", 13, true},
    {"anycompatiblerange", "", 13, true},
    {"anyelement", "", 0, true},
    {"anyenum", "", 0, true},
    {"anymultirange", "", 14, true},
    {"anynonarray", "", 0, true},
    {"anyrange", "", 0, true},
    {"bit", "bit"},
    {"bool", "boolean"},
    {"box", ""},
    {"bpchar", "character"},
    {"bytea", ""},
    {"char", "pg_catalog.\"char\""},
    {"cid", ""},
    {"cidr", ""},
    {"circle", ""},
    {"cstring", "", 0, true},
    {"date", ""},
    {"datemultirange", "", 14},
    {"daterange", ""},
    {"event_trigger", "", 0, true},
    {"fdw_handler", "", 0, true},
    {"float4", "real"},
    {"float8", "double precision"},
    {"gtsvector", ""},
    {"index_am_handler", "", 0, true},
    {"inet", ""},
    {"int2", "smallint"},
    {"int2vector", ""},
    {"int4", "integer"},
    {"int4multirange", "", 14},
    {"int4range", ""},
    {"int8", "bigint"},
    {"int8multirange", "", 14},
    {"int8range", ""},
    {"internal", "", 0, true},
    {"interval", "interval"},
    {"json", "json"},
    {"jsonb", ""},
    {"jsonpath", ""},
    {"language_handler", "", 0, true},
    {"line", ""},
    {"lseg", ""},
    {"macaddr", ""},
    {"macaddr8", ""},
    {"money", ""},
    {"name", ""},
    {"numeric", "numeric"},
    {"nummultirange", "", 14},
    {"numrange", ""},
    {"oid", ""},
    {"oid8", "", 19},
    {"oidvector", ""},
    {"path", ""},
    {"pg_brin_bloom_summary", "", 14},
    {"pg_brin_minmax_multi_summary", "", 14},
    {"pg_ddl_command", "", 0, true},
    {"pg_dependencies", ""},
    {"pg_lsn", ""},
    {"pg_mcv_list", ""},
    {"pg_ndistinct", ""},
    {"pg_node_tree", ""},
    {"pg_snapshot", "", 13},
    {"point", ""},
    {"polygon", ""},
    {"record", "", 0, true},
    {"refcursor", ""},
    {"regclass", ""},
    {"regcollation", "", 13},
    {"regconfig", ""},
    {"regdatabase", "", 19},
    {"regdictionary", ""},
    {"regnamespace", ""},
    {"regoper", ""},
    {"regoperator", ""},
    {"regproc", ""},
    {"regprocedure", ""},
    {"regrole", ""},
    {"regtype", ""},
    {"table_am_handler", "", 0, true},
    {"text", ""},
    {"tid", ""},
    {"time", "time without time zone"},
    {"timestamp", "timestamp without time zone"},
    {"timestamptz", "timestamp with time zone"},
    {"timetz", "time with time zone"},
    {"trigger", "", 0, true},
    {"tsm_handler", "", 0, true},
    {"tsmultirange", "", 14},
    {"tsquery", ""},
    {"tsrange", ""},
    {"tstzmultirange", "", 14},
    {"tstzrange", ""},
    {"tsvector", ""},
    {"txid_snapshot", ""},
    {"unknown", "", 0, true},
    {"uuid", ""},
    {"varbit", "bit varying"},
    {"varchar", "character varying"},
    {"void", "", 0, true},
    {"xid", ""},
    {"xid8", "", 13},
    {"xml", ""},
}};

/// Null where that version has none.
inline const BuiltinType* find_builtin_type(std::string_view name, int major) {
  for (const auto& t : builtin_types) {
    if (t.name == name && t.since <= major) return &t;
  }
  return nullptr;
}

/// As pg_identify_object prints it.
inline std::string shown_builtin_type(const BuiltinType& type, int major) {
  const bool special = !type.shown.empty() && (type.name != "json" || major >= 17);
  return special ? std::string(type.shown) : "pg_catalog." + std::string(type.name);
}

}  // namespace pgleast
