#include "fix/finding_fix.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <set>
#include <type_traits>
#include <utility>

#include "fix/statement.hpp"
#include "fix/take_back.hpp"

namespace pgleast {
namespace {

// The memberships by role and member, to find those that a few revokes look at.
class MembershipIndex {
 public:
  explicit MembershipIndex(const std::vector<Membership>& all) : all_(all), sorted_(all.size()) {
    std::iota(sorted_.begin(), sorted_.end(), std::size_t{0});
    std::stable_sort(sorted_.begin(), sorted_.end(), [&](std::size_t a, std::size_t b) {
      return std::pair(all_[a].role, all_[a].member) < std::pair(all_[b].role, all_[b].member);
    });
  }

  /// In their order; none: other remedies are among these, which may look at any.
  std::optional<std::vector<Membership>> touched_by(const std::vector<Remedy>& remedies) const {
    std::set<std::size_t> places;
    for (const auto& remedy : remedies) {
      const auto* const change = std::get_if<ChangeMembership>(&remedy);
      if (change == nullptr || change->grant) return std::nullopt;
      add(change->role, change->member, places);
    }
    std::vector<Membership> result;
    for (const auto place : places) result.push_back(all_[place]);
    return result;
  }

 private:
  // What an administrator granted hangs on that.
  void add(RoleId role, RoleId member, std::set<std::size_t>& places) const {
    const auto first = begin_of(role, member);
    bool admin = false;
    for (auto at = first; at != sorted_.end() && is_of(*at, role, member); ++at) {
      places.insert(*at);
      admin = admin || all_[*at].admin;
    }
    if (!admin) return;
    for (auto at = begin_of(role, RoleId{0}); at != sorted_.end() && all_[*at].role == role; ++at) {
      places.insert(*at);
    }
  }
  bool is_of(std::size_t place, RoleId role, RoleId member) const {
    return all_[place].role == role && all_[place].member == member;
  }
  std::vector<std::size_t>::const_iterator begin_of(RoleId role, RoleId member) const {
    return std::lower_bound(sorted_.begin(), sorted_.end(), std::pair(role, member),
                            [&](std::size_t place, const std::pair<RoleId, RoleId>& wanted) {
                              return std::pair(all_[place].role, all_[place].member) < wanted;
                            });
  }

  std::vector<Membership> all_;
  std::vector<std::size_t> sorted_;  // places
};

FindingFix fix_of(Cluster& model, const Finding& finding) {
  FindingFix fix;
  HbaEdits edits;
  std::vector<std::function<void()>> changed;
  const auto lists = model.acls.size();
  for (const auto& remedy : finding.remedies) {
    std::visit(
        [&](const auto& r) {
          if constexpr (edits_a_record<std::decay_t<decltype(r)>>) {
            edits.add(r);
          } else {
            changed.push_back(kept_before(model, r));
            const auto statements = enact(model, r);
            fix.sql.insert(fix.sql.end(), statements.sql.begin(), statements.sql.end());
            fix.undo.insert(fix.undo.begin(), statements.undo.begin(), statements.undo.end());
            fix.edits.insert(fix.edits.end(), statements.edits.begin(), statements.edits.end());
          }
        },
        remedy);
  }
  for (auto take_back = changed.rbegin(); take_back != changed.rend(); ++take_back) (*take_back)();
  model.acls.resize(lists);
  const auto lines = edits.preview(model);
  fix.edits.insert(fix.edits.end(), lines.begin(), lines.end());
  return fix;
}

}  // namespace

std::vector<FixedFinding> findings_with_fixes(Cluster& model, const Audit& audit) {
  std::vector<FixedFinding> result;
  const MembershipIndex memberships(model.memberships);
  for (auto& finding : sorted_findings(audit)) {
    auto few = memberships.touched_by(finding.remedies);
    if (few) std::swap(*few, model.memberships);
    auto fix = fix_of(model, finding);
    if (few) std::swap(*few, model.memberships);
    result.push_back({std::move(finding), std::move(fix)});
  }
  return result;
}

}  // namespace pgleast
