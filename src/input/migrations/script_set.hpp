#pragma once
// SQL scripts as the tool that they are written for runs them: in its order, its way forward only.
//
//   V2__grants.sql V10__more.sql R__views.sql     Flyway: by number, what is repeatable last
//   -- migrate:down                               dbmate: what stands below is not run
//   sqitch.plan                                   sqitch: deploy/ in the plan's order

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/files.hpp"
#include "text/source.hpp"

namespace pgleast {

/// What of a script is run.
enum class ScriptPart : std::uint8_t { whole, dbmate_up, goose_up, sql_migrate_up, liquibase };

struct Script {
  std::string path;
  ScriptPart part = ScriptPart::whole;
  Span within = {};         // where in its file it stands; empty: it is all of it
  std::string before = {};  // what its session begins with
  bool operator==(const Script&) const = default;
};

/// The text with blanks in place of what is not run: places stay what they are, but in the first
/// line, which `before` comes before.
std::string run_text(const Script& script, std::string text);

struct ScriptSet {
  std::string folder;
  std::string tool;                       // `Flyway`; empty: none that is known
  std::vector<Script> scripts;            // in the order in which they are run
  std::vector<std::string> not_run;       // paths that the tool passes over
  std::vector<std::string> not_followed;  // "init/1-users.sh: a shell script is not run"
  std::string order_note;                 // what is not certain of the order
  std::string prelude;                    // what is there before: `supabase`
};

/// All of them, each in one set. Where no tool is known they are run by name, numbers in them as
/// numbers; with `keep_order` as they are given.
std::vector<ScriptSet> script_sets(const std::vector<std::string>& paths, const FileReader& files,
                                   bool keep_order = false);

/// `a2` before `a10`.
bool is_before_naturally(std::string_view a, std::string_view b);

}  // namespace pgleast
