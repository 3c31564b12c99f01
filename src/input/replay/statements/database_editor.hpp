#pragma once
// CREATE, ALTER and DROP DATABASE, done to a Cluster (dbcommands.c). What is known of a template is
// known of its copy.

#include <string>
#include <vector>

#include "input/replay/catalog/catalog.hpp"
#include "input/replay/roles/role_editor.hpp"
#include "input/sql/role_statement.hpp"
#include "model/cluster.hpp"

namespace pgleast {

class DatabaseEditor {
 public:
  /// Keeps references.
  DatabaseEditor(Cluster& cluster, const RoleEditor& roles, SqlCatalog& catalog)
      : cluster_(cluster), roles_(roles), catalog_(catalog) {}

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

  Cluster& cluster_;
  const RoleEditor& roles_;
  SqlCatalog& catalog_;
};

}  // namespace pgleast
