#pragma once
// CREATE, ALTER and DROP DATABASE, done to a Cluster (dbcommands.c). A database that is made
// here is one whose contents were not read.

#include <string>
#include <vector>

#include "input/role_editor.hpp"
#include "input/sql_statement.hpp"
#include "model/cluster.hpp"

namespace pgleast {

class DatabaseEditor {
 public:
  /// Keeps references.
  DatabaseEditor(Cluster& cluster, const RoleEditor& roles) : cluster_(cluster), roles_(roles) {}

  // Each throws Refused.
  void apply(const CreateDatabase& s);
  void apply(const AlterDatabase& s);
  void apply(const RenameDatabase& s);
  void apply(const OwnDatabase& s);
  void apply(const DropDatabase& s);

 private:
  const Object* find(const std::string& name) const;
  Object& existing(const std::string& name);
  void set_options(DatabaseDetail& detail, const DatabaseOptions& options) const;
  void remove(ObjectId database);

  Cluster& cluster_;
  const RoleEditor& roles_;
};

}  // namespace pgleast
