#pragma once
// The scripts that no tool has taken yet, and the table of tools.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "input/migrations/script_set.hpp"
#include "text/path_name.hpp"

namespace pgleast {

class ScriptPool {
 public:
  /// Keeps references.
  ScriptPool(const std::vector<std::string>& paths, const FileReader& files);

  /// By folder, each folder's in the order of bytes.
  const std::map<std::string, std::vector<std::string>>& by_folder() const { return by_folder_; }
  std::vector<std::string> below(const std::string& folder) const;
  bool has(const std::string& path) const;
  void take(const std::string& path);
  void take(const std::vector<std::string>& paths);
  /// None: it cannot be read.
  std::optional<std::string> text(const std::string& path) const;
  std::vector<std::string> names_in(const std::string& folder) const;

 private:
  const FileReader& files_;
  std::map<std::string, std::vector<std::string>> by_folder_;
};

struct MigrationTool {
  std::string_view name;
  /// Takes what is its own out of the pool.
  std::vector<ScriptSet> (*take)(ScriptPool& pool, std::string_view name);
};
/// The first that takes a script has it.
std::span<const MigrationTool> migration_tools();

std::vector<ScriptSet> take_sqitch(ScriptPool& pool, std::string_view name);
std::vector<ScriptSet> take_prisma(ScriptPool& pool, std::string_view name);
std::vector<ScriptSet> take_diesel(ScriptPool& pool, std::string_view name);
std::vector<ScriptSet> take_supabase(ScriptPool& pool, std::string_view name);
std::vector<ScriptSet> take_init_scripts(ScriptPool& pool, std::string_view name);
std::vector<ScriptSet> take_rails(ScriptPool& pool, std::string_view name);
std::vector<ScriptSet> take_golang_migrate(ScriptPool& pool, std::string_view name);
std::vector<ScriptSet> take_flyway(ScriptPool& pool, std::string_view name);
std::vector<ScriptSet> take_liquibase(ScriptPool& pool, std::string_view name);
std::vector<ScriptSet> take_dbmate(ScriptPool& pool, std::string_view name);
std::vector<ScriptSet> take_goose(ScriptPool& pool, std::string_view name);
std::vector<ScriptSet> take_sql_migrate(ScriptPool& pool, std::string_view name);

/// A changeset for another server is not run.
std::string liquibase_part(std::string text);

// Paths as text: all of a repository's, a hundred thousand of them.
std::string folder_of_path(std::string_view path);
std::string path_in(const std::string& folder, std::string_view name);
/// All of it digits; empty is none.
bool is_number(std::string_view text);
/// Digits of any length.
int compare_numbers(std::string_view a, std::string_view b);
std::vector<std::string_view> lines_of_text(std::string_view text);
std::string_view trimmed_text(std::string_view text);

}  // namespace pgleast
