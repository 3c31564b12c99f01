#include "report/shown.hpp"

#include <algorithm>

#include "input/secrets.hpp"

namespace pgleast {
namespace {

ConfigKind kind_of_file(const Cluster& cluster, const std::string& path) {
  const auto found = std::find_if(cluster.files.begin(), cluster.files.end(),
                                  [&](const ConfigFile& file) { return file.path == path; });
  return found == cluster.files.end() ? ConfigKind::conf : found->kind;
}

}  // namespace

FindingFix shown_fix(const Cluster& cluster, const Finding& finding) {
  if (finding.remedies.empty()) return {};  // spares the copy of the cluster that fix_of makes
  auto fix = fix_of(cluster, finding);
  for (auto& edit : fix.edits) {
    const auto kind = kind_of_file(cluster, edit.file);
    edit.before = starred(kind, edit.before, cluster.version_num);
    edit.after = starred(kind, edit.after, cluster.version_num);
  }
  return fix;
}

std::string with_remedy(const std::string& why, const std::string& remedy) {
  return remedy.empty() ? why : why + "; " + remedy;
}

}  // namespace pgleast
