// The file loads at all: one bad line is enough for the server to refuse all of it.

#include <fmt/format.h>

#include "checks/check.hpp"
#include "text/display.hpp"

namespace pgleast {

Check hba_loads(MapReader&, MapReader&) {
  return [](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing(Fact::hba)) return *missing;
    const auto& hba = facts.cluster().hba;
    std::vector<Finding> findings;
    for (const auto& problem : hba.problems) {
      Finding finding;
      finding.subject = {"record", fmt::format("{}: {}", problem.file, problem.diagnostic.message),
                         ""};
      finding.message = problem.diagnostic.message +
                        "; the server refuses the whole file and keeps the records it had";
      const auto at = problem.diagnostic.at.value_or(Position{problem.line, 0});
      finding.location = Location{problem.file, at.line, at.column, problem.diagnostic.excerpt};
      finding.decision = "correct the line";
      findings.push_back(std::move(finding));
    }
    if (findings.empty() && hba.records.empty()) {
      Finding finding;
      finding.subject = {"record", "pg_hba.conf", ""};
      finding.message = "pg_hba.conf has no records; the server refuses such a file";
      finding.decision = "add the records that are needed";
      findings.push_back(std::move(finding));
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
