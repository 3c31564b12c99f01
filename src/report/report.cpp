#include "report/report.hpp"

#include <array>

namespace pgleast {
namespace {

constexpr std::array formats{
    ReportFormat{"text", text_report},         ReportFormat{"json", json_report},
    ReportFormat{"sarif", sarif_report},       ReportFormat{"github", github_report},
    ReportFormat{"gitlab", gitlab_report},     ReportFormat{"junit", junit_report},
    ReportFormat{"markdown", markdown_report},
};

}  // namespace

std::span<const ReportFormat> report_formats() { return formats; }

}  // namespace pgleast
