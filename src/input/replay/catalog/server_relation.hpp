#pragma once
// The relations of pg_catalog that matter to who may do what: those that not everybody may read,
// and those whose rows decide who somebody is, what belongs to whom, and what runs. The model of a
// script's cluster has none of the server's own until they are granted or used.

#include <string_view>
#include <vector>

namespace pgleast {

struct ServerRelation {
  std::string_view name;
  char relkind = 'r';
  bool guarded = true;  // only the superuser may read it
  int since = 12;
};

/// Null for what everybody may read and nothing hangs on.
const ServerRelation* server_relation(std::string_view name);
/// Those of that version.
std::vector<ServerRelation> server_relations(int major);

}  // namespace pgleast
