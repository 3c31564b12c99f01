#pragma once
// What is said of a script in the end: statements that are no SQL, those that the server refuses,
// and those that are not followed, with the facts that they may have changed.

#include <map>
#include <string>

#include "input/replay/catalog/catalog.hpp"
#include "input/replay/replay.hpp"
#include "input/replay/statements/touched.hpp"
#include "input/sql/parser.hpp"
#include "model/assumption.hpp"

namespace pgleast {

class ScriptReport {
 public:
  /// Keeps references.
  ScriptReport(const Source& outermost, Cluster& cluster)
      : outermost_(outermost), script_(&outermost), cluster_(cluster) {}

  /// The script that is being read: that one, or one that it includes.
  const Source& script() const { return *script_; }
  void read(const Source& script) { script_ = &script; }

  void count_statement() { ++problems_.statements; }
  void add_syntax_error(const PsqlItem& statement, const SqlSyntaxError& error);
  void add_refused(Span span, const std::string& message) { add_refused(script(), span, message); }
  void add_refused(const Source& script, Span span, const std::string& message);
  /// The statement or command is not followed. `only_adds`: whatever it does, what is there stays.
  void add_untold(const PsqlItem& item, Touched touched, const std::string& why,
                  bool only_adds = false);
  bool is_untold(Fact fact) const { return untold_.contains(fact); }

  /// Remarks on the script and its unseen facts go to the cluster; with `assumptions` what only
  /// adds to objects leaves them seen.
  SqlProblems finish(SqlCatalog& catalog, Assumptions* assumptions);

 private:
  struct Untold {
    std::size_t count = 0;
    std::string first;
    bool only_adds = true;
  };

  const Source& shown(const Source& script);
  void remark_refused(const std::string& name);
  void remark_code(SqlCatalog& catalog, const std::string& name);
  void forget(Fact fact, const Unseen& why);

  const Source& outermost_;
  const Source* script_;
  Cluster& cluster_;
  std::map<Fact, Untold> untold_;
  SqlProblems problems_;
  std::map<const Source*, Source> shown_;
};

}  // namespace pgleast
