#pragma once
// The findings that an earlier report has, so that a later audit fails on new ones alone.

#include <map>
#include <set>
#include <string>

#include "audit/audit.hpp"

namespace pgleast {

/// By cluster; of a report of one cluster its name is empty. A finding is its fingerprint and its
/// message: that PUBLIC holds DELETE, too, is new.
using KnownFindings = std::map<std::string, std::set<std::string>>;

/// Of what `--format json` wrote. Throws Error.
KnownFindings known_findings(const std::string& path, const std::string& text);
/// The same of an audit.
std::set<std::string> findings_in(const Audit& audit);
/// Those that are known are waived: they are counted, and do not fail.
void waive_known(Audit& audit, const std::set<std::string>& known, const std::string& since);

}  // namespace pgleast
