#pragma once
// Parts that several formats show alike.

#include <string>
#include <string_view>

#include "report/report.hpp"

namespace pgleast {

/// "pg_authid cannot be read by audit_ro; GRANT SELECT ON pg_authid TO audit_ro"
std::string with_remedy(const std::string& why, const std::string& remedy);

/// "mystore on PostgreSQL 15.18: 36 rules hold, 28 broken (3 critical, 17 high, ...), 1 unseen"
std::string summary_text(const ReportInput& input);

/// What a finding says, line by line: message, path, details, fixes, what is to decide.
std::string whole_text(const Finding& finding, const FindingFix& fix);

/// A name or a sentence for Markdown: text and nothing else, no link, no HTML, nobody is mentioned.
std::string markdown_text(std::string_view text);

/// The file that stands for what has no place of its own: the policy that says what should be, or
/// else the first that was read.
std::string stand_in(const ReportInput& input);
/// `./a/b` is `a/b`: services compare paths as they stand.
std::string_view in_folder(std::string_view path);

}  // namespace pgleast
