#include "report/report.hpp"

#include <array>

namespace pgleast {
namespace {

constexpr std::array formats{
    ReportFormat{"text", text_report, join_text},
    ReportFormat{"json", json_report, join_json},
    ReportFormat{"sarif", sarif_report, join_sarif},
    ReportFormat{"github", github_report, join_github},
    ReportFormat{"gitlab", gitlab_report, join_gitlab},
    ReportFormat{"junit", junit_report, join_junit},
    ReportFormat{"markdown", markdown_report, join_markdown},
};

}  // namespace

std::span<const ReportFormat> report_formats() { return formats; }

}  // namespace pgleast
