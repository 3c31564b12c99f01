#pragma once
// Names in code, looked up as the server would (namespace.c): one with a schema there, one
// without along a path, pg_catalog first where the path does not name it.

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/cluster.hpp"

namespace pgleast {

/// `"$user"` and temporary schemas belong to a session and are passed over.
struct NamePath {
  std::vector<std::string> schemas;
  bool bound = false;  // names were looked up when the code was made
};

/// `public, app` of a setting.
NamePath path_of_setting(std::string_view value, int major);

/// What a session of nobody in particular has in that database.
NamePath path_of_database(const Cluster& cluster, ObjectId database);

/// An operator that users made, or an extension.
struct NamedOperator {
  ObjectId schema{};
  std::string name;
  std::string identity;
  RoleId owner = no_role;         // as OperatorUse's
  ObjectId function = no_object;  // none: it is the server's
};

class CodeNames {
 public:
  /// Keeps references: the cluster must outlive it, and its objects must not change meanwhile.
  CodeNames(const Cluster& cluster, ObjectId database);

  /// A table, view or sequence; no_object when there is none. `schema` is empty for a name
  /// without one.
  ObjectId relation(std::string_view schema, std::string_view name, const NamePath& path) const;
  /// Those with that many arguments; where none has, all of that name in the first schema that
  /// has one. Types are not compared.
  std::vector<ObjectId> functions(std::string_view schema, std::string_view name,
                                  std::size_t arguments, const NamePath& path) const;
  /// Types are not compared.
  std::vector<NamedOperator> operators(std::string_view schema, std::string_view name,
                                       const NamePath& path) const;
  void add_operator(const NamedOperator& o) { operators_.emplace(std::pair(o.schema, o.name), o); }
  /// One that users made; no_object: it is the server's, or not known.
  ObjectId type(std::string_view schema, std::string_view name, const NamePath& path) const;
  /// Whether the server's own functions are known: they are not from scripts.
  bool knows_server() const { return knows_server_; }
  const Cluster& cluster() const { return cluster_; }

 private:
  ObjectId schema(std::string_view name) const;
  std::vector<ObjectId> schemas(std::string_view schema, const NamePath& path) const;
  struct Key {
    ObjectId schema;
    std::string_view name;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const {
      return std::hash<std::string_view>()(key.name) * 31 + index(key.schema);
    }
  };

  const Cluster& cluster_;
  std::unordered_map<std::string_view, ObjectId> schemas_;
  std::unordered_map<Key, ObjectId, Hash> relations_, types_;
  std::multimap<std::pair<ObjectId, std::string>, NamedOperator> operators_;
  std::unordered_multimap<Key, ObjectId, Hash> functions_;
  bool knows_server_ = false;
};

}  // namespace pgleast
