#include "change/gains.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "change/loss.hpp"
#include "model/named_object.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

using ObjectKey = std::tuple<std::string, std::string, std::string>;  // database, kind, identity

struct Place {
  std::string file;
  std::uint32_t line = 0;
};

// What several roles, objects and privileges have in common: one grant or one membership.
struct AccessCause {
  std::string grantee;  // whose grant it is; a predefined role of its own accord
  std::string member;   // who holds it by a new membership; empty: the grant is new
  bool possible = false;
  auto operator<=>(const AccessCause&) const = default;
};

struct CausedAccess {
  std::map<std::string, std::set<std::string>> privileges;  // by "table public.t"
  std::set<std::string> roles;
  Place at;
};

class Gains {
 public:
  Gains(const Cluster& before, const Cluster& after, const std::vector<bool>& object_was,
        const std::string& today)
      : was_(before, today), is_(after, today), object_was_(object_was) {
    for (std::uint32_t i = 0; i < after.objects.size(); ++i) {
      const auto loss = loss_on(after, Loss::What::privilege, public_role, ObjectId{i});
      objects_.emplace(ObjectKey{loss.database, loss.kind, loss.object}, ObjectId{i});
    }
  }

  std::vector<Gain> run() {
    for (const auto& gained : losses(is_, was_)) take(gained);
    add_logins();
    add_access();
    std::stable_sort(gains_.begin(), gains_.end(), [](const Gain& a, const Gain& b) {
      return std::tuple(a.possible, a.what) < std::tuple(b.possible, b.what);
    });
    return std::move(gains_);
  }

 private:
  void take(const Loss& gained) {
    switch (gained.what) {
      case Loss::What::login:
        logins_[{gained.before, gained.after}].push_back({gained.role, gained.object});
        break;
      case Loss::What::attribute:
        add_attribute(gained);
        break;
      case Loss::What::membership:
        add_membership(gained);
        break;
      case Loss::What::privilege:
        take_privilege(gained);
        break;
      case Loss::What::rows:
        add_rows(gained);
        break;
      case Loss::What::code:
        break;  // who may run it gains nothing by its running
    }
  }

  // --- Places ----------------------------------------------------------------------------------

  Place place_of(const SaidFact& fact) const { return place_at(is_.cluster.said.find(fact)); }
  Place place_at(const std::optional<SaidAt>& at) const {
    if (!at) return {};
    return {is_.cluster.said.files[at->file].name, at->line};
  }
  static std::uint32_t number(RoleId id) { return static_cast<std::uint32_t>(index(id)); }
  static std::uint32_t number(ObjectId id) { return static_cast<std::uint32_t>(index(id)); }
  Place place_of_role(RoleId role) const { return place_of({Said::role, number(role)}); }

  void add(Gain::What what, std::string text, std::vector<std::string> detail, const Place& at,
           bool possible = false) {
    gains_.push_back({what, std::move(text), std::move(detail), at.file, at.line, possible, ""});
  }

  // --- Roles -----------------------------------------------------------------------------------

  bool is_new_superuser(const std::string& name) const {
    const auto role = is_.cluster.find_role(name);
    return role && is_.cluster.role(*role).superuser;
  }

  void add_attribute(const Loss& gained) {
    // That a role can log in is told where it can.
    if (gained.privilege == "LOGIN" || gained.privilege == "INHERIT") return;
    const auto role = is_.cluster.find_role(gained.role);
    auto at = Place{};
    for (const auto& attribute : role_attributes) {
      if (!role || attribute.keyword != gained.privilege) continue;
      at = place_of(
          {Said::attribute, number(*role), static_cast<std::uint32_t>(attribute.attribute)});
    }
    if (at.file.empty() && role) at = place_of_role(*role);
    add(Gain::What::step,
        fmt::format("{} newly has {}{}", displayed(gained.role), gained.privilege,
                    gained.privilege == "SUPERUSER" ? ": every privilege and every row" : ""),
        {}, at);
  }

  void add_membership(const Loss& gained) {
    if (is_new_superuser(gained.role)) return;
    const auto member = is_.cluster.find_role(gained.role);
    const auto group = is_.cluster.find_role(gained.object);
    const auto at =
        member && group ? place_of({Said::membership, number(*group), number(*member)}) : Place{};
    const auto* const verb = gained.privilege == "SET" ? "newly may become" : "is newly in";
    add(Gain::What::step,
        fmt::format("{} {} {}", displayed(gained.role), verb, displayed(gained.object)), {}, at);
  }

  // --- Logins ----------------------------------------------------------------------------------

  void add_logins() {
    for (const auto& [words, who] : logins_) {
      std::set<std::string> roles, databases;
      for (const auto& [role, database] : who) {
        roles.insert(displayed(role));
        databases.insert(displayed(database));
      }
      const auto listing = [](const std::set<std::string>& names) {
        return listed({names.begin(), names.end()});
      };
      auto text = fmt::format(
          "{} newly logs in to {} {}", listing(roles),
          databases.contains("any database") ? "any database" : "database " + listing(databases),
          words.first);
      std::vector<std::string> detail;
      if (!words.second.empty()) detail.push_back("before: " + words.second);
      const bool possible = words.first.starts_with("perhaps ");
      add(Gain::What::login, std::move(text), std::move(detail), place_of_record(who), possible);
    }
  }

  // The record that lets them in: one that the other state does not have, if there is one.
  Place place_of_record(const std::vector<std::pair<std::string, std::string>>& who) const {
    const auto& decided = is_.connections.decided();
    const HbaRecord* best = nullptr;
    for (const auto& part : decided.parts) {
      const auto& record = is_.cluster.hba.records[part.record];
      if (!admits(record) || !concerns(decided, part, who)) continue;
      const bool fresh = is_new(record);
      if (best == nullptr || (fresh && !is_new(*best))) best = &record;
    }
    return best == nullptr ? Place{} : Place{best->at.file, best->at.line};
  }
  bool is_new(const HbaRecord& record) const {
    const auto& old = was_.cluster.hba.records;
    return std::none_of(old.begin(), old.end(), [&](const HbaRecord& other) {
      return to_string(other) == to_string(record);
    });
  }
  static bool concerns(const DecidedConnections& decided, const DecidedPart& part,
                       const std::vector<std::pair<std::string, std::string>>& who) {
    return std::any_of(who.begin(), who.end(), [&](const auto& pair) {
      const bool role = std::any_of(part.roles.begin(), part.roles.end(), [&](auto r) {
        return decided.roles[r].other ? pair.first == "any role"
                                      : decided.roles[r].name == pair.first;
      });
      return role && std::any_of(part.databases.begin(), part.databases.end(), [&](auto d) {
               const auto& atom = decided.databases[d];
               return atom.replication ? pair.second == "replication"
                      : atom.other     ? pair.second == "any database"
                                       : atom.name == pair.second;
             });
    });
  }

  // --- Privileges ------------------------------------------------------------------------------

  void take_privilege(const Loss& gained) {
    const auto role = is_.cluster.find_role(gained.role);
    if (!role || is_new_superuser(gained.role)) return;
    std::optional<std::uint32_t> column;
    const auto id = object_of(gained, column);
    const auto privilege = privilege_named(gained.privilege);
    if (id == no_object || !privilege) return;
    const auto& object = is_.cluster.object(id);
    if (object.system && !object_was_[index(id)]) return;
    const Column* const of_column =
        column ? &is_.cluster.relation(object).columns[*column] : nullptr;
    const auto cause = is_.graph.nearest_cause(*role, object, of_column, *privilege);
    if (!cause || cause->kind == Cause::Kind::superuser) return;
    if (goes_without_saying(*cause, object, id)) return;
    const bool new_grant = cause->kind != Cause::Kind::predefined_role &&
                           !was_granted(cause->grantee, id, column, *privilege);
    AccessCause key{is_.cluster.role_name(cause->grantee), new_grant ? "" : gained.role, false};
    auto& access = access_[key];
    access.privileges[gained.kind + ' ' + displayed(gained.object)].insert(gained.privilege);
    if (gained.role != key.grantee) access.roles.insert(gained.role);
    if (!access.at.file.empty()) return;
    access.at =
        new_grant
            ? place_at(is_.cluster.said.find(
                  {Said::granted, number(id), number(cause->grantee), column ? *column + 1 : 0},
                  *privilege))
            : place_of_membership(cause->path);
    if (access.at.file.empty() && new_grant) access.at = place_of({Said::object, number(id)});
  }

  ObjectId object_of(const Loss& gained, std::optional<std::uint32_t>& column) const {
    const auto found = objects_.find({gained.database, gained.kind, gained.object});
    if (found != objects_.end()) return found->second;
    for (const auto& named : find_objects(is_.cluster, gained.object, true)) {
      column = named.column;
      if (named.column) return named.object;
    }
    return no_object;
  }

  // An owner has what it made; whoever uses a table uses its types.
  bool goes_without_saying(const Cause& cause, const Object& object, ObjectId id) const {
    if (object_was_[index(id)]) return false;
    return cause.grantee == object.owner || object.kind == ObjectKind::type;
  }

  bool was_granted(RoleId grantee, ObjectId id, std::optional<std::uint32_t> column,
                   Privilege privilege) const {
    const auto& object = was_.cluster.object(id);
    const auto has = [&](const Acl& acl) {
      return std::any_of(acl.begin(), acl.end(), [&](const AclItem& item) {
        return item.grantee == grantee && item.privileges.has(privilege);
      });
    };
    if (has(was_.graph.list_of(object))) return true;
    return column && has(was_.cluster.column_acl(was_.cluster.relation(object).columns[*column]));
  }

  // Of the steps of a path the first that is new.
  Place place_of_membership(const std::vector<RoleId>& path) const {
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
      const auto& old = was_.cluster.memberships;
      const bool known = std::any_of(old.begin(), old.end(), [&](const Membership& m) {
        return m.member == path[i] && m.role == path[i + 1];
      });
      auto at = place_of({Said::membership, number(path[i + 1]), number(path[i])});
      if (!known && !at.file.empty()) return at;
    }
    return {};
  }

  void add_access() {
    for (const auto& [cause, access] : access_) {
      // Objects with the same privileges together.
      std::map<std::set<std::string>, std::vector<std::string>> by_privileges;
      for (const auto& [object, privileges] : access.privileges) {
        by_privileges[privileges].push_back(object);
      }
      for (const auto& [privileges, objects] : by_privileges) {
        const std::vector<std::string> words(privileges.begin(), privileges.end());
        const auto who = cause.member.empty() ? cause.grantee : cause.member;
        auto text =
            fmt::format("{} newly holds {} on {}", displayed(who), listed(words),
                        objects.size() == 1 ? objects.front() : counted(objects.size(), "object"));
        if (!cause.member.empty()) text += fmt::format(" as {}", displayed(cause.grantee));
        std::vector<std::string> detail;
        if (objects.size() > 1) detail.push_back(listed(objects));
        if (cause.member.empty() && !access.roles.empty() && cause.grantee != "PUBLIC") {
          std::vector<std::string> names;
          for (const auto& role : access.roles) names.push_back(displayed(role));
          detail.push_back("so do: " + listed(names));
        }
        add(Gain::What::access, std::move(text), std::move(detail), access.at, cause.possible);
      }
    }
  }

  // --- Rows ------------------------------------------------------------------------------------

  void add_rows(const Loss& gained) {
    if (is_new_superuser(gained.role)) return;
    std::optional<std::uint32_t> column;
    const auto id = object_of(gained, column);
    // Which rows a policy lets through is not compared: other rows may be more.
    const bool possible = gained.before != "all rows" && gained.after != "no row";
    const auto key = std::tuple(gained.object, gained.before, gained.after, gained.role);
    if (!rows_.insert(key).second) return;
    add(Gain::What::rows,
        fmt::format("{} newly reaches {}{} of {} {}", displayed(gained.role),
                    possible ? "other rows, " : "", gained.before, gained.kind,
                    displayed(gained.object)),
        {"before: " + gained.after}, id == no_object ? Place{} : place_of_rows(id), possible);
  }

  Place place_of_rows(ObjectId table) const {
    const auto& policies = is_.cluster.row_policies;
    for (std::size_t i = 0; i < policies.size(); ++i) {
      const bool changed = policies[i] != was_.cluster.row_policies[i];
      if (policies[i].table != table || !changed || policies[i].roles.empty()) continue;
      auto at = place_of({Said::policy, static_cast<std::uint32_t>(i)});
      if (!at.file.empty()) return at;
    }
    for (const auto what : {Said::row_security, Said::force, Said::owner, Said::object}) {
      auto at = place_of({what, number(table)});
      if (!at.file.empty()) return at;
    }
    return {};
  }

  ClusterState was_, is_;
  const std::vector<bool>& object_was_;
  std::map<ObjectKey, ObjectId> objects_;
  std::map<std::pair<std::string, std::string>, std::vector<std::pair<std::string, std::string>>>
      logins_;
  std::map<AccessCause, CausedAccess> access_;
  std::set<std::tuple<std::string, std::string, std::string, std::string>> rows_;
  std::vector<Gain> gains_;
};

}  // namespace

std::string_view to_string(Gain::What what) {
  switch (what) {
    case Gain::What::login:
      return "login";
    case Gain::What::access:
      return "access";
    case Gain::What::rows:
      return "rows";
    case Gain::What::step:
      break;
  }
  return "step up";
}

std::vector<Gain> gains(const AlignedClusters& c, const std::string& today) {
  return Gains(c.before, c.after, c.object_was, today).run();
}

std::vector<Gain> narrowings(const AlignedClusters& c, const std::string& today) {
  return Gains(c.after, c.before, c.object_is, today).run();
}

}  // namespace pgleast
