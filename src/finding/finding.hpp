#pragma once
// What an audit says: one verdict for each rule, with the findings of those that are
// broken. Not seen is not clean.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "finding/remedy.hpp"

namespace pgleast {

enum class Severity : std::uint8_t { info, low, medium, high, critical };

inline constexpr std::array<std::string_view, 5> severity_names{"info", "low", "medium", "high",
                                                                "critical"};
constexpr std::string_view to_string(Severity severity) {
  return severity_names[static_cast<std::size_t>(severity)];
}
std::optional<Severity> severity_named(std::string_view name);

/// What a finding is about. `name` is as the server shows it: it may hold anything.
struct Subject {
  std::string kind;  // record, role, table, function, setting, ...
  std::string name;
  std::string database;  // empty: not of one database
  bool operator==(const Subject&) const = default;
};

struct Location {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;  // 0: not known
  std::string excerpt;     // the line and a caret; empty when there is no text
};

/// One of the steps that prove a finding.
struct PathStep {
  std::string text;              // with its place, where that is known
  std::optional<Location> said;  // without an excerpt
  PathStep(std::string words)    // NOLINT(google-explicit-constructor): mostly it is that alone
      : text(std::move(words)) {}
  PathStep(const char* words) : text(words) {}  // NOLINT(google-explicit-constructor): the same
};

/// The accepted risk that a finding falls under.
struct Waiver {
  std::string rule;
  std::string subject;  // pattern over Subject::name
  std::string reason;
  std::string owner;
  std::string expires;  // YYYY-MM-DD or empty
};

/// Remedies that end a path together.
using PathCut = std::vector<Remedy>;
/// Of one path: each of these ends it; none: nothing does that may be taken away.
using PathCuts = std::vector<PathCut>;

struct Finding {
  std::string rule;
  Severity severity = Severity::medium;
  Subject subject;
  std::string message;  // one sentence, names in it made safe to show
  std::optional<Location> location;
  std::vector<PathStep> path;       // the steps that prove it
  std::vector<std::string> detail;  // "lets in: ...", "for example: ..."
  std::vector<Remedy> remedies;
  /// Of what must not be possible by any path: the paths, of which `remedies` end the first that
  /// can be ended. A plan chooses for all of them together.
  std::vector<PathCuts> paths;
  std::vector<RoleId> concerns;  // who takes these paths
  std::string decision;          // what a person must decide; empty when the remedies are all
  std::optional<Waiver> waived;
};

/// 16 hexadecimal digits from rule, subject and nothing that a reordering changes.
std::string fingerprint(const Finding& finding);

std::vector<std::string> path_texts(const Finding& finding);

struct Verdict {
  enum class Kind { holds, broken, unseen } kind = Kind::holds;
  std::string why;                // unseen: what could not be read; broken: what else was not
  std::string remedy;             // unseen: what would let it be read
  std::vector<Finding> findings;  // broken
};

std::string_view to_string(Verdict::Kind kind);

Verdict unseen(std::string why, std::string remedy);
/// Broken when there are findings, else holds.
Verdict verdict_of(std::vector<Finding> findings);

/// The verdict of one rule.
struct Judgement {
  std::string rule;
  std::string title;
  Severity severity = Severity::medium;
  Verdict verdict;
};

}  // namespace pgleast
