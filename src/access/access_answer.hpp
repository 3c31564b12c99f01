#pragma once
// Who holds what, and by which nearest way, exactly as has_*_privilege answers:
//
//   role app_user, object public.orders
//     ->  app_user, table public.orders, SELECT, not grantable, by app_user > readers

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "access/access_items.hpp"
#include "model/assumption.hpp"

namespace pgleast {

/// By name; empty: all.
struct AccessQuestion {
  std::string role, object, privilege;
  bool system = false;  // what lies in system schemas, too
};

class AccessAnswer {
 public:
  /// Keeps a reference: the cluster must outlive it. Throws Error for a name that is not there.
  AccessAnswer(const Cluster& cluster, const AccessQuestion& question,
               const Assumptions& assumptions = {});

  using Take = std::function<void(RoleId, const AccessItem&, Privilege)>;
  /// All that is held, by role, kind and identity; the same however often it is called.
  void each_held(const Take& take);
  /// Where a role, an object and a privilege are named: those of it that could be held.
  void each_named(const Take& take) const;
  /// `app_user > readers`, of what is held; until the next call.
  const std::string& nearest_way(RoleId role, const AccessItem& held, Privilege privilege);

  /// What is not known to be held by this role may be: it hangs on something that is assumed.
  bool may_hold_more(RoleId role) const { return may_hold_more_[index(role)]; }
  /// What of the answer is not known, and why; none: all of it is.
  std::optional<Unseen> unknown() const;

  const Graph& graph() const { return graph_; }
  const AccessItems& items() const { return items_; }
  /// More than one was read, so an object's name does not say which it is.
  bool has_several_databases() const { return has_several_databases_; }

 private:
  // Objects that no role is told apart by: one list, one owner, one database.
  struct Alike {
    ObjectKind kind{};
    AclId acl{};
    RoleId owner{};
    ObjectId database{};
    ObjectId system = no_object;  // what the server keeps for itself goes by the object
    bool operator==(const Alike&) const = default;
  };
  struct AlikeHash {
    std::size_t operator()(const Alike& alike) const;
  };
  // What one role holds on such objects, and by which nearest way, as far as it was asked.
  struct OfAlike {
    Held held;
    std::array<std::optional<std::string>, privileges.size()> ways{};
  };

  void choose_privilege(const std::string& name);
  void choose_roles(const std::string& name);
  void find_held(RoleId role);
  bool is_held_as_named() const;
  Held held_on(RoleId role, const AccessItem& item);
  OfAlike& of_alike(RoleId role, const Object& object, ObjectId id);

  const Cluster& cluster_;
  Graph graph_;
  AccessItems items_;
  bool has_several_databases_ = false;
  bool all_named_ = false;
  std::optional<Privilege> privilege_;
  std::vector<RoleId> roles_;
  std::vector<bool> may_hold_more_;
  std::optional<Unseen> unknown_beyond_;

  // What the last role holds.
  RoleId last_role_ = no_role;
  std::vector<AccessItem> held_;
  std::vector<OfAlike> answers_;
  std::unordered_map<Alike, std::size_t, AlikeHash> answer_of_;
  Alike last_alike_;
  std::size_t last_answer_ = 0;
  std::optional<std::string> column_way_;
};

}  // namespace pgleast
