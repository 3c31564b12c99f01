#include "audit/waived.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>

#include "pg/setting_table.hpp"

namespace pgleast {
namespace {

// What a remedy changes. Those of different keys have nothing in common.
struct Key {
  std::size_t kind = 0;  // into Remedy
  std::array<std::size_t, 5> of{};
  std::string name;
  auto operator<=>(const Key&) const = default;
};

template <typename T>
const std::size_t kind_of = Remedy(T{}).index();

struct KeyOf {
  Key operator()(const ChangePrivileges& r) const {
    return {kind_of<ChangePrivileges>, {r.grant, index(r.object), index(r.grantee)}, ""};
  }
  Key operator()(const ChangeMembership& r) const {
    return {kind_of<ChangeMembership>, {r.grant, index(r.role), index(r.member)}, ""};
  }
  Key operator()(const ChangeAttribute& r) const {
    const auto attribute = static_cast<std::size_t>(r.attribute);
    return {kind_of<ChangeAttribute>, {r.value, index(r.role), attribute}, ""};
  }
  Key operator()(const ChangeConnectionLimit& r) const {
    return {kind_of<ChangeConnectionLimit>, {index(r.role)}, ""};
  }
  Key operator()(const ChangeOwner& r) const {
    return {kind_of<ChangeOwner>, {index(r.object)}, ""};
  }
  Key operator()(const ChangeOperatorOwner& r) const {
    return {kind_of<ChangeOperatorOwner>, {index(r.schema)}, r.identity};
  }
  Key operator()(const PinSearchPath& r) const {
    return {kind_of<PinSearchPath>, {index(r.function)}, ""};
  }
  Key operator()(const EnableRowSecurity& r) const {
    return {kind_of<EnableRowSecurity>, {index(r.table)}, ""};
  }
  Key operator()(const ChangeDefaultPrivileges& r) const {
    return {kind_of<ChangeDefaultPrivileges>,
            {r.grant, index(r.database), index(r.creator), index(r.schema), index(r.grantee)},
            std::string{r.type}};
  }
  Key operator()(const EditRecord& r) const {
    return {kind_of<EditRecord>, {r.record, static_cast<std::size_t>(r.field)}, ""};
  }
  Key operator()(const InsertRecord& r) const { return {kind_of<InsertRecord>, {}, r.line}; }
  Key operator()(const DisableRecord& r) const { return {kind_of<DisableRecord>, {r.record}, ""}; }
  Key operator()(const DisableMapping& r) const {
    return {kind_of<DisableMapping>, {r.mapping}, ""};
  }
  Key operator()(const ResetStored& r) const {
    return {kind_of<ResetStored>, {index(r.database), index(r.role)}, setting_key(r.name)};
  }
  Key operator()(const ChangeSetting& r) const {
    return {kind_of<ChangeSetting>, {}, setting_key(r.name)};
  }
};

// What a remedy still does without what another of the same key does.
struct Rest {
  const Remedy& waived;

  // REVOKE on a table takes what is held on its columns, too.
  std::optional<Remedy> operator()(ChangePrivileges r) const {
    const auto& other = std::get<ChangePrivileges>(waived);
    if (r.column && other.column && r.column != other.column) return r;
    r.privileges -= other.privileges;
    return r.privileges.empty() ? std::nullopt : std::optional<Remedy>(r);
  }
  std::optional<Remedy> operator()(ChangeDefaultPrivileges r) const {
    r.privileges -= std::get<ChangeDefaultPrivileges>(waived).privileges;
    return r.privileges.empty() ? std::nullopt : std::optional<Remedy>(r);
  }
  // Where row security is off, forcing it does nothing.
  std::optional<Remedy> operator()(EnableRowSecurity r) const {
    const auto& other = std::get<EnableRowSecurity>(waived);
    if (r.enable && other.enable) return std::nullopt;
    r.force = r.force && !other.force;
    return r.enable || r.force ? std::optional<Remedy>(r) : std::nullopt;
  }
  template <typename T>
  std::optional<Remedy> operator()(const T&) const {
    return std::nullopt;
  }
};

class WaivedRemedies {
 public:
  explicit WaivedRemedies(const Audit& audit) {
    for (const auto& judgement : audit.judgements) {
      for (const auto& finding : judgement.verdict.findings) {
        if (!finding.waived) continue;
        for (const auto& remedy : finding.remedies) add(finding, remedy);
      }
    }
  }

  bool empty() const { return by_key_.empty(); }

  /// Without what is waived; the rule that waives it is told.
  std::vector<Remedy> others(const std::vector<Remedy>& remedies, std::string& rule) const {
    std::vector<Remedy> result;
    for (const auto& remedy : remedies) {
      std::optional<Remedy> left = remedy;
      const auto found = by_key_.find(std::visit(KeyOf(), remedy));
      const auto none = std::vector<Waived>();
      for (const auto& waived : found == by_key_.end() ? none : found->second) {
        if (!left) break;
        auto rest = std::visit(Rest{waived.remedy}, *left);
        if (rest == left) continue;
        if (rule.empty()) rule = waived.rule;
        left = std::move(rest);
      }
      if (left) result.push_back(std::move(*left));
    }
    return result;
  }

 private:
  struct Waived {
    Remedy remedy;
    std::string rule;
  };

  void add(const Finding& finding, const Remedy& remedy) {
    by_key_[std::visit(KeyOf(), remedy)].push_back({remedy, finding.rule});
    // A record that is no more is not as it was, either.
    if (const auto* const edit = std::get_if<EditRecord>(&remedy)) {
      add(finding, DisableRecord{edit->record});
    }
  }

  std::map<Key, std::vector<Waived>> by_key_;
};

}  // namespace

void leave_waived_alone(Audit& audit) {
  const WaivedRemedies waived(audit);
  if (waived.empty()) return;
  for (auto& judgement : audit.judgements) {
    for (auto& finding : judgement.verdict.findings) {
      if (finding.waived) continue;
      std::string rule;
      auto others = waived.others(finding.remedies, rule);
      for (auto& path : finding.paths) {
        std::string ignored;
        std::erase_if(path, [&](const PathCut& cut) { return waived.others(cut, ignored) != cut; });
      }
      if (rule.empty()) continue;
      const bool part = !others.empty();
      finding.remedies = std::move(others);
      const auto said =
          fmt::format("{} would mend it is waived under {}: waive this, too, or end that waiver",
                      part ? "part of what" : "what", rule);
      const bool more = part && !finding.decision.empty();
      finding.decision = more ? said + "; " + finding.decision : said;
    }
  }
}

}  // namespace pgleast
