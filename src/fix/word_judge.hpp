#pragma once
// What the judgement of a remedy looks at: who is guarded, who loses what on the model.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fix/word.hpp"
#include "privileges/access_matrix.hpp"

namespace pgleast {

class Words::Judge {
 public:
  Judge(Cluster& model, const Policy& policy, const std::string& today)
      : model_(model), policy_(policy), facts_(model, policy, today), matrix_(facts_.graph()) {}

  std::optional<NeededWord> needed(const Finding& finding, const ChangePrivileges& r);
  std::optional<NeededWord> needed(const Finding& finding, const ChangeMembership& r);
  std::optional<NeededWord> needed(const Finding&, const ChangeAttribute& r);
  std::optional<NeededWord> needed(const Finding&, const ChangeConnectionLimit&) { return {}; }
  std::optional<NeededWord> needed(const Finding&, const ChangeOwner& r);
  std::optional<NeededWord> needed(const Finding&, const PinSearchPath& r);
  std::optional<NeededWord> needed(const Finding&, const EnableRowSecurity& r);
  std::optional<NeededWord> needed(const Finding&, const ChangeDefaultPrivileges&) { return {}; }
  std::optional<NeededWord> needed(const Finding&, const ResetStored& r) {
    return of_setting(r.name);
  }
  std::optional<NeededWord> needed(const Finding&, const ChangeSetting& r) {
    return of_setting(r.name);
  }
  std::optional<NeededWord> needed(const Finding&, const EditRecord& r);
  std::optional<NeededWord> needed(const Finding&, const InsertRecord& r);
  std::optional<NeededWord> needed(const Finding&, const DisableRecord& r);
  std::optional<NeededWord> needed(const Finding&, const DisableMapping& r);

 private:
  using Lost = std::map<Privilege, RoleSet>;
  // Of an object: what runs as somebody who needs it.
  struct Need {
    ObjectId of;
    std::string name;  // of a part of it: a policy, a default
    PrivilegeSet privileges;
    RoleSet roles;
  };

  bool is_check(const Finding& finding, std::string_view check) const;
  bool is_described(RoleId role) const;
  bool may_be_using(RoleId role, const Finding& finding) const;
  bool can_get_to(RoleId role, const Object& object) const;
  bool has_made_something_in(RoleId role, ObjectId container) const;
  std::string names_of(const std::vector<RoleId>& roles) const;
  Lost lost_by(const ChangePrivileges& r);
  const std::vector<Need>* needs_of(ObjectId object);
  std::optional<NeededWord> stopped_code(const ChangePrivileges& r, const Lost& lost);
  std::vector<RoleId> losing(const Lost& lost, PrivilegeSet of,
                             const std::function<bool(RoleId)>& counts) const;
  std::optional<NeededWord> of_setting(const std::string& name) const;
  bool lets_the_network_in() const;
  std::optional<NeededWord> of_group(const ChangeMembership& r);
  std::vector<RoleId> below(RoleId member) const;

  Cluster& model_;
  const Policy& policy_;
  Facts facts_;
  AccessMatrix matrix_;
  std::optional<std::map<ObjectId, std::vector<Need>>> needs_;
  mutable std::map<RoleId, bool> described_;
};

/// Whether a rule speaks of paths: what is cut there may be somebody else's way, too.
inline bool is_of_a_path(const Finding& finding) { return !finding.paths.empty(); }

inline NeededWord word(std::string_view kind, std::string why) { return {kind, std::move(why)}; }

}  // namespace pgleast
