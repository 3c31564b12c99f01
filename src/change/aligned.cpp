#include "change/aligned.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "model/bootstrap_superuser.hpp"

namespace pgleast {
namespace {

using ObjectKey = std::tuple<ObjectKind, std::string, std::string>;  // database, identity

ObjectKey key_of(const Cluster& cluster, const Object& object) {
  const auto database =
      object.database == no_object ? std::string() : cluster.object(object.database).name;
  return {object.kind, database, object.identity};
}

// Every number of a role or an object in a cluster, changed by two tables.
class Renumbering {
 public:
  Renumbering(std::vector<RoleId> roles, std::vector<ObjectId> objects)
      : roles_(std::move(roles)), objects_(std::move(objects)) {}

  void change(Cluster& c) const {
    for (auto& acl : c.acls) {
      for (auto& item : acl) each(item.grantee, item.grantor);
    }
    for (auto& m : c.memberships) each(m.role, m.member, m.grantor);
    for (auto& o : c.objects) each(o.database, o.schema, o.owner);
    for (auto& s : c.foreign_servers) each(s.wrapper);
    for (auto& p : c.row_policies) {
      each(p.table);
      for (auto& role : p.roles) each(role);
      change(p.code);
    }
    for (auto& d : c.default_acls) each(d.database, d.creator, d.schema);
    for (auto& i : c.inheritances) each(i.child, i.parent);
    for (auto& k : c.foreign_keys) {
      each(k.child, k.parent);
      change(k.code);
    }
    for (auto& u : c.unique_keys) each(u.table);
    for (auto& b : c.bodies) {
      each(b.of);
      change(b.code);
    }
    for (auto& a : c.attachments) {
      each(a.relation);
      change(a.code);
    }
    for (auto& t : c.event_triggers) each(t.database, t.owner, t.function);
    for (auto& t : c.foreign_tables) each(t.table, t.server);
    for (auto& m : c.user_mappings) each(m.server, m.role);
    for (auto& e : c.extensions) each(e.database, e.schema, e.owner);
    for (auto& s : c.subscriptions) {
      each(s.database, s.owner);
      for (auto& table : s.tables) each(table);
    }
    for (auto& s : c.role_settings) each(s.database, s.role);
    c.said.facts = said(c.said);
  }

 private:
  void change(RoleId& id) const {
    if (index(id) < roles_.size()) id = roles_[index(id)];
  }
  void change(ObjectId& id) const {
    if (index(id) < objects_.size()) id = objects_[index(id)];
  }
  template <typename... Ids>
  void each(Ids&... ids) const {
    (change(ids), ...);
  }
  void change(Code& code) const {
    for (auto& use : code.uses) each(use.object);
    for (auto& use : code.operators) each(use.schema, use.owner);
    for (auto& given : code.given) each(given.function);
  }

  std::vector<Saying> said(const Sayings& sayings) const {
    std::vector<Saying> result;
    const auto role = [&](std::uint32_t& number) {
      RoleId id{number};
      change(id);
      number = static_cast<std::uint32_t>(index(id));
    };
    const auto object = [&](std::uint32_t& number) {
      ObjectId id{number};
      change(id);
      number = static_cast<std::uint32_t>(index(id));
    };
    for (auto saying : sayings.facts) {
      auto& fact = saying.fact;
      switch (fact.what) {
        case Said::membership:
          role(fact.b);
          [[fallthrough]];
        case Said::role:
        case Said::attribute:
          role(fact.a);
          break;
        case Said::granted:
          role(fact.b);
          [[fallthrough]];
        case Said::object:
        case Said::owner:
        case Said::row_security:
        case Said::force:
        case Said::function:
          object(fact.a);
          break;
        case Said::policy:
        case Said::default_granted:
        case Said::role_setting:
          continue;  // numbers of other lists
      }
      result.push_back(saying);
    }
    std::stable_sort(result.begin(), result.end(),
                     [](const Saying& a, const Saying& b) { return a.fact < b.fact; });
    return result;
  }

  std::vector<RoleId> roles_;
  std::vector<ObjectId> objects_;
};

// --- Roles --------------------------------------------------------------------------------------

// Who may do nothing: it was not there.
Role absent_role(const Role& like) {
  Role role;
  role.name = like.name;
  role.oid = like.oid;
  role.password = PasswordKind::none;
  return role;
}

std::map<std::string, RoleId> roles_by_name(const Cluster& cluster) {
  std::map<std::string, RoleId> result;
  for (std::uint32_t i = 0; i < cluster.roles.size(); ++i) {
    result.emplace(cluster.roles[i].name, RoleId{i});
  }
  return result;
}

std::map<ObjectKey, ObjectId> objects_by_key(const Cluster& cluster) {
  std::map<ObjectKey, ObjectId> result;
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    result.emplace(key_of(cluster, cluster.objects[i]), ObjectId{i});
  }
  return result;
}

class Alignment {
 public:
  Alignment(Cluster before, Cluster after) {
    result_.before = std::move(before);
    result_.after = std::move(after);
  }

  AlignedClusters run() {
    const auto owner = bootstrap_superuser(result_.before);
    for (const auto& saying : result_.after.said.facts) {
      if (saying.fact.what == Said::policy) said_policies_.emplace(saying.fact.a, saying.at);
    }
    const auto roles = align_roles();
    const auto objects = place_objects();
    // What only the new state has is taken over with the new numbers.
    Renumbering(roles, objects).change(result_.after);
    move_objects(objects);
    add_absent(result_.before, result_.after, result_.object_was, owner);
    add_absent(result_.after, result_.before, result_.object_is, owner);
    for (auto i = std::size_t{0}; i < result_.before.objects.size(); ++i) align_columns(i);
    align_policies();
    for (auto* const cluster : {&result_.before, &result_.after}) sort_memberships(*cluster);
    return std::move(result_);
  }

 private:
  /// New numbers of the roles of `after`.
  std::vector<RoleId> align_roles() {
    auto& before = result_.before;
    auto& after = result_.after;
    auto by_name = roles_by_name(before);
    std::vector<RoleId> now;
    for (const auto& role : after.roles) {
      const auto next = RoleId{static_cast<std::uint32_t>(before.roles.size())};
      const auto [at, is_new] = by_name.emplace(role.name, next);
      if (is_new) {
        before.roles.push_back(absent_role(role));
      }
      now.push_back(at->second);
    }
    std::vector<Role> roles;
    for (const auto& role : before.roles) roles.push_back(absent_role(role));
    for (std::size_t i = 0; i < now.size(); ++i) {
      roles[index(now[i])] = std::move(after.roles[i]);
    }
    after.roles = std::move(roles);
    return now;
  }

  /// New numbers of the objects of `after`: behind those of `before` where it has none such.
  std::vector<ObjectId> place_objects() {
    const auto& before = result_.before;
    auto by_key = objects_by_key(before);
    all_ = before.objects.size();
    std::vector<ObjectId> now;
    std::set<ObjectId> taken;
    for (const auto& object : result_.after.objects) {
      const auto next = ObjectId{static_cast<std::uint32_t>(all_)};
      const auto at = by_key.emplace(key_of(result_.after, object), next).first;
      // Two that are called alike, as large objects without a name are not.
      const auto id = taken.insert(at->second).second ? at->second : next;
      taken.insert(id);
      if (id == next) ++all_;
      now.push_back(id);
    }
    return now;
  }

  void move_objects(const std::vector<ObjectId>& now) {
    auto& after = result_.after;
    std::vector<Object> objects(all_);
    result_.object_is.assign(all_, false);
    for (std::size_t i = 0; i < now.size(); ++i) {
      objects[index(now[i])] = std::move(after.objects[i]);
      result_.object_is[index(now[i])] = true;
    }
    after.objects = std::move(objects);
    result_.object_was.assign(all_, false);
    std::fill_n(result_.object_was.begin(), result_.before.objects.size(), true);
    result_.before.objects.resize(all_);
  }

  /// Those of `other` that `cluster` lacks: owned by who may do all anyway, granted to nobody.
  static void add_absent(Cluster& cluster, const Cluster& other, const std::vector<bool>& is_there,
                         RoleId owner) {
    const auto nobody = AclId{static_cast<std::uint32_t>(cluster.acls.size())};
    cluster.acls.emplace_back();
    for (std::size_t i = 0; i < is_there.size(); ++i) {
      if (is_there[i]) continue;
      auto object = other.objects[i];
      object.owner = owner;
      object.acl = nobody;
      add_detail(cluster, other, object);
      cluster.objects[i] = std::move(object);
    }
  }

  template <typename T>
  static void take_detail(std::vector<T>& to, const std::vector<T>& from, Object& object) {
    if (object.detail >= from.size()) return;
    auto detail = from[object.detail];
    object.detail = static_cast<std::uint32_t>(to.size());
    to.push_back(std::move(detail));
  }

  static void add_detail(Cluster& cluster, const Cluster& other, Object& object) {
    switch (object.kind) {
      case ObjectKind::table:
        take_detail(cluster.relations, other.relations, object);
        cluster.relations.back().row_security = false;
        for (auto& column : cluster.relations.back().columns) column.acl = null_acl;
        break;
      case ObjectKind::function:
        take_detail(cluster.functions, other.functions, object);
        cluster.functions.back().security_definer = false;
        break;
      case ObjectKind::database:
        take_detail(cluster.databases, other.databases, object);
        cluster.databases.back().allows_connections = false;
        break;
      case ObjectKind::language:
        take_detail(cluster.languages, other.languages, object);
        break;
      case ObjectKind::foreign_server:
        take_detail(cluster.foreign_servers, other.foreign_servers, object);
        break;
      default:
        break;
    }
  }

  /// The same columns in the same order.
  void align_columns(std::size_t i) {
    auto& was = result_.before.objects[i];
    auto& is = result_.after.objects[i];
    if (was.kind != ObjectKind::table) return;
    auto& old_columns = result_.before.relations[was.detail].columns;
    auto& new_columns = result_.after.relations[is.detail].columns;
    std::vector<Column> now;
    const auto named = [](std::vector<Column>& columns, const std::string& name) {
      return std::find_if(columns.begin(), columns.end(),
                          [&](const Column& c) { return c.name == name; });
    };
    for (const auto& column : old_columns) {
      const auto found = named(new_columns, column.name);
      now.push_back(found == new_columns.end() ? Column{column.name, null_acl} : *found);
    }
    for (const auto& column : new_columns) {
      if (named(old_columns, column.name) != old_columns.end()) continue;
      old_columns.push_back({column.name, null_acl});
      now.push_back(column);
    }
    new_columns = std::move(now);
  }

  /// A policy that one of them lacks is for nobody there.
  void align_policies() {
    auto& was = result_.before.row_policies;
    auto& is = result_.after.row_policies;
    std::vector<std::pair<std::uint32_t, RowPolicy>> left;  // with their old places
    for (auto& policy : is) {
      left.emplace_back(static_cast<std::uint32_t>(left.size()), std::move(policy));
    }
    is.clear();
    const auto same = [](const RowPolicy& a, const RowPolicy& b) {
      return a.table == b.table && a.name == b.name && a.command == b.command &&
             a.permissive == b.permissive && a.using_expression == b.using_expression &&
             a.check_expression == b.check_expression &&
             a.using_always_true == b.using_always_true &&
             a.check_always_true == b.check_always_true;
    };
    const auto take = [&](std::pair<std::uint32_t, RowPolicy>& policy) {
      const auto at = said_policies_.find(policy.first);
      if (at != said_policies_.end()) {
        const auto place = static_cast<std::uint32_t>(is.size());
        result_.after.said.add({{Said::policy, place}, {}, at->second});
      }
      is.push_back(std::move(policy.second));
    };
    for (const auto& policy : was) {
      const auto found = std::find_if(
          left.begin(), left.end(), [&](const auto& other) { return same(policy, other.second); });
      if (found == left.end()) {
        is.push_back(for_nobody(policy));
      } else {
        take(*found);
        left.erase(found);
      }
    }
    for (auto& policy : left) {
      was.push_back(for_nobody(policy.second));
      take(policy);
    }
  }

  static RowPolicy for_nobody(RowPolicy policy) {
    policy.roles.clear();
    policy.code = {};
    return policy;
  }

  static void sort_memberships(Cluster& cluster) {
    const auto key = [](const Membership& m) {
      return std::tuple(m.role, m.member, m.grantor, m.admin, m.inherit, m.set);
    };
    std::sort(cluster.memberships.begin(), cluster.memberships.end(),
              [&](const Membership& a, const Membership& b) { return key(a) < key(b); });
  }

  AlignedClusters result_;
  std::size_t all_ = 0;                            // objects
  std::map<std::uint32_t, SaidAt> said_policies_;  // of `after`, as it was
};

}  // namespace

AlignedClusters align(Cluster before, Cluster after) {
  return Alignment(std::move(before), std::move(after)).run();
}

}  // namespace pgleast
