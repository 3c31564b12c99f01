#pragma once
// Edits of pg_hba.conf, pg_ident.conf and postgresql.conf that keep the user's comments and order:
// only the fields that change are replaced, and the blanks behind them (columns.hpp).

#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "finding/remedy.hpp"
#include "model/cluster.hpp"

namespace pgleast {

/// The remedies that HbaEdits takes.
template <typename T>
constexpr bool edits_a_record =
    std::is_same_v<T, EditRecord> || std::is_same_v<T, InsertRecord> ||
    std::is_same_v<T, DisableRecord> || std::is_same_v<T, DisableMapping>;
inline bool is_of_a_record(const Remedy& remedy) {
  return std::visit([]<typename R>(const R&) { return edits_a_record<R>; }, remedy);
}

/// One changed place, for a report: secrets in it are stars.
struct LineEdit {
  std::string file;
  std::size_t line = 0;
  std::string before;  // empty for a line that is new
  std::string after;
};

/// The edits of records and mappings that one round of fixes asks for. For the same field of the
/// same record the first one counts.
class HbaEdits {
 public:
  void add(const EditRecord& edit);
  void add(const InsertRecord& insert);
  void add(const DisableRecord& disable);
  void add(const DisableMapping& disable);
  bool empty() const {
    return edits_.empty() && inserts_.empty() && disabled_.empty() && mappings_.empty();
  }

  /// Changes the texts of `model` and reads records and mappings again from them. Those whose text
  /// is not known stay as they are; what was changed is told.
  std::vector<LineEdit> apply(Cluster& model) const;
  /// What apply would change, and nothing changed.
  std::vector<LineEdit> preview(const Cluster& model) const;

 private:
  struct Change;
  std::string record_text(const Cluster& model, std::size_t record, const ConfigFile& file,
                          const std::string& gap) const;
  std::string inserted_text(const Cluster& model, const InsertRecord& insert,
                            const ConfigFile& file) const;
  std::vector<Change> changes(const Cluster& model) const;

  std::vector<EditRecord> edits_;
  std::vector<InsertRecord> inserts_;
  std::vector<std::size_t> disabled_;
  std::vector<std::size_t> mappings_;
};

}  // namespace pgleast
