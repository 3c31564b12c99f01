#pragma once
// The search_path that a SECURITY DEFINER function is given so that its callers do not choose it:
// the one in force for them, with pg_temp last, so that every name is found where it is today.
//
//   ALTER DATABASE d SET search_path = shop, public;
//   CREATE FUNCTION shop.refund() ... SECURITY DEFINER AS 'UPDATE orders ...';
//     ALTER FUNCTION shop.refund() SET search_path = pg_catalog, "shop", "public", pg_temp;

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "privileges/graph.hpp"

namespace pgleast {

struct PinnedPath {
  std::string path;       // as it stands after `=`
  std::string undecided;  // why there is none: a person must choose
};

class PathPins {
 public:
  /// Keeps a reference: the graph must outlive it, and the cluster must not change meanwhile.
  explicit PathPins(const Graph& graph);

  /// Its own path in a safe order, or where it has none that of its callers. A schema where others
  /// may create is left out when nothing of the body can be found there.
  PinnedPath of(ObjectId function) const;

 private:
  using Schemas = std::vector<std::string>;  // that exist, in the order in which they are searched
  struct Callers;
  struct Names;

  const Cluster& cluster() const { return graph_.cluster(); }
  ObjectId schema(ObjectId database, const std::string& name) const;
  Schemas searched(const std::string& path, const Object& function) const;
  std::vector<Callers> callers(ObjectId function) const;
  Names names_of(ObjectId function) const;

  bool has(char kind, ObjectId schema, std::string_view name) const;
  Schemas found(const Names& names, std::size_t name, const Schemas& path, ObjectId database) const;
  bool finds_all(const Names& names, const Schemas& path, ObjectId database) const;
  bool agree(const Names& names, const Schemas& a, const Schemas& b, ObjectId database) const;
  bool may_matter(const Names& names, ObjectId schema) const;
  bool is_open(ObjectId schema, RoleId owner) const;
  Schemas needed(const Names& names, const Schemas& path, const Object& function) const;
  PinnedPath decide(const std::vector<Callers>& callers, const Names& names,
                    const Object& function) const;

  const Graph& graph_;
  std::map<std::pair<ObjectId, std::string_view>, ObjectId> schemas_;
  std::set<std::tuple<char, ObjectId, std::string_view>> named_;  // r, t, f
  std::set<ObjectId> full_;  // schemas with a relation, a type or a function named as a server's
  std::map<ObjectId, const Code*> bodies_;
};

}  // namespace pgleast
