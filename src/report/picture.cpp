#include "report/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "escalation/escalation.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// Boxes up to which nothing is folded, and beyond which objects are folded over all schemas.
constexpr std::size_t few_boxes = 45;
constexpr std::size_t many_boxes = 120;

// Before folding: who is in it, and by which arrows.
class Picture {
 public:
  explicit Picture(const Graph& graph) : graph_(graph), cluster_(graph.cluster()) {}

  void add_role(RoleId role) { roles_.insert(role); }
  void add_object(ObjectId object) { objects_.insert(object); }
  void focus(RoleId role) { focus_role_ = role; }
  void focus(ObjectId object) { focus_object_ = object; }
  void add_step(RoleId from, const Goal& to, const std::string& label) {
    steps_.push_back({from, to, label});
    add_role(from);
    if (to.role != no_role) add_role(to.role);
  }

  /// The objects on which one of its roles or PUBLIC has something.
  void add_objects_of_roles() {
    for (std::uint32_t i = 0; i < cluster_.objects.size(); ++i) {
      const auto& object = cluster_.objects[i];
      if (object.system || object.extension || comes_with_another(object)) continue;
      const auto grants = grants_on(object);
      if (object.oid < first_oid_of_users && grants.size() == 1) continue;
      const bool any = std::any_of(grants.begin(), grants.end(), [&](const auto& grant) {
        const auto grantee = std::get<0>(grant);
        return grantee == public_role || roles_.count(grantee) > 0;
      });
      if (any) add_object(ObjectId{i});
    }
  }

  Drawing draw(const std::string& title);

 private:
  // Who, what, and whether as its owner.
  using Grant = std::tuple<RoleId, std::string, bool>;
  struct StepArrow {
    RoleId from{};
    Goal to;
    std::string label;
  };

  static bool comes_with_another(const Object& object);
  void add_blanket_rights(const Object& object, std::set<Grant>& grants) const;
  std::set<Grant> grants_on(const Object& object) const;
  std::vector<std::string> role_lines(RoleId role) const;
  Box::Kind kind_of(RoleId role) const;
  void place_objects(Drawing& drawing, int folding);
  void place_roles(Drawing& drawing, bool fold);
  void draw_memberships(Drawing& drawing);
  void draw_steps(Drawing& drawing);
  std::size_t box_of(RoleId role, Drawing& drawing);
  static std::string membership_label(const Membership& m);

  const Graph& graph_;
  const Cluster& cluster_;
  std::set<RoleId> roles_;
  std::set<ObjectId> objects_;
  RoleId focus_role_ = no_role;
  ObjectId focus_object_ = no_object;
  std::vector<StepArrow> steps_;
  std::map<RoleId, std::size_t> boxes_;
};

std::string spelled(PrivilegeSet privileges, PrivilegeSet grantable, ObjectKind kind, int major) {
  const auto all = grantable_privileges(kind, major);
  const auto word = [&](PrivilegeSet set) {
    return set == all && set != PrivilegeSet(Privilege::execute) && set != Privilege::usage
               ? "all privileges"
               : to_string(set);
  };
  if (grantable.empty()) return word(privileges);
  const auto rest = privileges - grantable;
  return (rest.empty() ? "" : word(rest) + "; ") + word(grantable) + " with grant option";
}

// The types of rows and arrays; other types say something where they are granted.
bool Picture::comes_with_another(const Object& object) {
  return object.kind == ObjectKind::type &&
         (object.acl == null_acl || object.name.starts_with('_'));
}

// Of what is held without any grant.
void Picture::add_blanket_rights(const Object& object, std::set<Grant>& grants) const {
  for (const auto role : roles_) {
    if (cluster_.role(role).superuser) grants.insert({role, "everything, as SUPERUSER", false});
  }
  for (const auto role : graph_.predefined_for_data()) {
    const auto gives = graph_.given_by(role, object);
    if (gives.empty() || roles_.count(role) == 0) continue;
    grants.insert({role, to_string(gives) + " on all such objects", false});
  }
}

// An owner's own list and the built-in default say nothing that the word owner does not.
std::set<Picture::Grant> Picture::grants_on(const Object& object) const {
  std::map<RoleId, Held> by_grantee;
  // That everybody may call a function is worth an arrow.
  if (object.acl != null_acl || object.kind == ObjectKind::function) {
    for (const auto& item : graph_.list_of(object)) {
      if (item.grantee == object.owner) continue;
      by_grantee[item.grantee].privileges |= item.privileges;
      by_grantee[item.grantee].grantable |= item.grantable;
    }
  }
  std::set<Grant> result{{object.owner, "owner", true}};
  if (focus_object_ != no_object && &object == &cluster_.object(focus_object_)) {
    add_blanket_rights(object, result);
  }
  for (const auto& [grantee, held] : by_grantee) {
    if (held.privileges.empty()) continue;
    const bool built_in = grantee == public_role &&
                          info(object.kind).public_default.covers(held.privileges) &&
                          object.kind != ObjectKind::function;
    if (built_in) continue;
    result.insert(
        {grantee, spelled(held.privileges, held.grantable, object.kind, cluster_.major()), false});
  }
  if (object.kind != ObjectKind::table) return result;
  std::map<RoleId, std::size_t> columns;
  for (const auto& column : cluster_.relation(object).columns) {
    std::set<RoleId> grantees;
    for (const auto& item : cluster_.column_acl(column)) grantees.insert(item.grantee);
    for (const auto grantee : grantees) ++columns[grantee];
  }
  for (const auto& [grantee, count] : columns) {
    result.insert({grantee, "something on " + counted(count, "column"), false});
  }
  return result;
}

Box::Kind Picture::kind_of(RoleId role) const {
  if (role == public_role) return Box::Kind::everybody;
  const auto& r = cluster_.role(role);
  return r.superuser ? Box::Kind::superuser : r.login ? Box::Kind::login : Box::Kind::group;
}

std::string_view word_for(Box::Kind kind) {
  switch (kind) {
    case Box::Kind::superuser:
      return "SUPERUSER";
    case Box::Kind::login:
      return "login role";
    case Box::Kind::everybody:
      return "every role";
    default:
      return "role without login";
  }
}

std::vector<std::string> Picture::role_lines(RoleId role) const {
  std::string words(word_for(kind_of(role)));
  if (role != public_role && !cluster_.role(role).superuser) {
    const auto& r = cluster_.role(role);
    if (r.dropped) words = "dropped role";
    if (r.createrole) words += ", CREATEROLE";
    if (r.createdb) words += ", CREATEDB";
    if (r.replication) words += ", REPLICATION";
    if (r.bypassrls) words += ", BYPASSRLS";
  }
  return {cluster_.role_name(role), words};
}

std::size_t Picture::box_of(RoleId role, Drawing& drawing) {
  const auto [at, added] = boxes_.emplace(role, drawing.boxes.size());
  if (added) drawing.boxes.push_back({kind_of(role), role_lines(role), role == focus_role_});
  return at->second;
}

std::string Picture::membership_label(const Membership& m) {
  std::string label = m.inherit ? "member, inherits" : m.set ? "member, by SET ROLE" : "member";
  if (m.inherit && !m.set) label += ", no SET ROLE";
  if (m.admin) label += ", ADMIN";
  return label;
}

// Roles that share their groups, have no members here and nothing of their own.
void Picture::place_roles(Drawing& drawing, bool fold) {
  std::set<RoleId> single{focus_role_};
  std::map<RoleId, std::set<std::pair<RoleId, std::string>>> groups;
  for (const auto& m : cluster_.memberships) {
    if (roles_.count(m.member) == 0 || roles_.count(m.role) == 0) continue;
    groups[m.member].insert({m.role, membership_label(m)});
    single.insert(m.role);
  }
  for (const auto id : objects_) {
    for (const auto& grant : grants_on(cluster_.object(id))) single.insert(std::get<0>(grant));
  }
  for (const auto& step : steps_) {
    single.insert(step.from);
    single.insert(step.to.role);
  }
  std::map<std::tuple<std::set<std::pair<RoleId, std::string>>, std::string>, std::vector<RoleId>>
      alike;
  for (const auto role : roles_) {
    if (!fold || single.count(role) > 0) {
      box_of(role, drawing);
    } else {
      alike[{groups[role], role_lines(role)[1]}].push_back(role);
    }
  }
  for (const auto& [key, roles] : alike) {
    if (roles.size() == 1) {
      box_of(roles.front(), drawing);
      continue;
    }
    std::vector<std::string> names;
    for (const auto role : roles) names.push_back(cluster_.role_name(role));
    std::sort(names.begin(), names.end());
    for (const auto role : roles) boxes_[role] = drawing.boxes.size();
    drawing.boxes.push_back(
        {kind_of(roles.front()),
         {fmt::format("{} roles: {}", roles.size(), std::get<1>(key)), listed(names, 3)},
         false});
  }
}

// folding: 0 each object, 1 those of a schema, 2 those of all schemas that are granted alike.
void Picture::place_objects(Drawing& drawing, int folding) {
  std::map<std::tuple<ObjectKind, ObjectId, std::set<Grant>, ObjectId>, std::vector<ObjectId>>
      alike;
  for (const auto id : objects_) {
    const auto& object = cluster_.object(id);
    auto grants = grants_on(object);
    std::erase_if(grants, [&](const Grant& grant) {
      const auto who = std::get<0>(grant);
      return who != public_role && roles_.count(who) == 0;
    });
    const bool alone = folding == 0 || id == focus_object_;
    alike[{object.kind, folding == 2 ? no_object : object.schema, std::move(grants),
           alone ? id : no_object}]
        .push_back(id);
  }
  for (const auto& [key, objects] : alike) {
    const auto& [kind, schema, grants, one] = key;
    const auto at = drawing.boxes.size();
    Box box{Box::Kind::object, {}, objects.front() == focus_object_};
    if (objects.size() == 1) {
      box.lines = {cluster_.object(objects.front()).identity, std::string(info(kind).name)};
    } else {
      std::set<ObjectId> schemas;
      std::vector<std::string> names;
      for (const auto id : objects) {
        schemas.insert(cluster_.object(id).schema);
        names.push_back(cluster_.object(id).identity);
      }
      std::sort(names.begin(), names.end());
      auto where = schemas.size() > 1 ? " in " + counted(schemas.size(), "schema") : std::string();
      if (schemas.size() == 1 && *schemas.begin() != no_object) {
        where = " in schema " + cluster_.object(*schemas.begin()).identity;
      }
      box.lines = {counted(objects.size(), info(kind).name) + where, listed(names, 3)};
    }
    drawing.boxes.push_back(std::move(box));
    for (const auto& [who, label, owner] : grants) {
      const auto from = box_of(who, drawing);
      drawing.arrows.push_back({owner ? Arrow::Kind::owner : Arrow::Kind::grant, from, at, label});
    }
  }
}

void Picture::draw_memberships(Drawing& drawing) {
  std::set<std::tuple<std::size_t, std::size_t, std::string>> drawn;
  for (const auto& m : cluster_.memberships) {
    if (roles_.count(m.member) == 0 || roles_.count(m.role) == 0) continue;
    const auto from = box_of(m.member, drawing);
    const auto to = box_of(m.role, drawing);
    const auto label = membership_label(m);
    if (!drawn.insert({from, to, label}).second) continue;
    drawing.arrows.push_back(
        {m.inherit ? Arrow::Kind::membership : Arrow::Kind::weak_membership, from, to, label});
  }
}

void Picture::draw_steps(Drawing& drawing) {
  std::map<Power, std::size_t> powers;
  for (const auto& step : steps_) {
    std::size_t to = 0;
    if (step.to.power) {
      const auto [at, added] = powers.emplace(*step.to.power, drawing.boxes.size());
      if (added) {
        drawing.boxes.push_back(
            {Box::Kind::superuser, {std::string(to_string(*step.to.power)), "power"}, false});
      }
      to = at->second;
    } else {
      to = box_of(step.to.role, drawing);
    }
    drawing.arrows.push_back({Arrow::Kind::step, box_of(step.from, drawing), to, step.label});
  }
}

Drawing Picture::draw(const std::string& title) {
  Drawing drawing;
  const auto attempt = [&](bool fold_roles, int folding) {
    drawing = {title, {}, {}};
    boxes_.clear();
    place_roles(drawing, fold_roles);
    place_objects(drawing, folding);
    return drawing.boxes.size();
  };
  if (attempt(false, 0) > few_boxes && attempt(true, 1) > many_boxes) attempt(true, 2);
  draw_memberships(drawing);
  const auto everybody = boxes_.find(public_role);
  if (focus_role_ != no_role && everybody != boxes_.end()) {
    drawing.arrows.push_back({Arrow::Kind::weak_membership, box_of(focus_role_, drawing),
                              everybody->second, "as every role"});
  }
  draw_steps(drawing);
  return drawing;
}

std::string title_of(const Cluster& cluster, const std::string& what) {
  return cluster.name.empty() ? what : what + " in " + cluster.name;
}

}  // namespace

Drawing picture_of(const Graph& graph, RoleId role) {
  Picture picture(graph);
  picture.focus(role);
  graph.reach(role, Closure::members).each([&](RoleId group) { picture.add_role(group); });
  picture.add_objects_of_roles();
  for (const auto& m : graph.cluster().memberships) {
    if (m.role == role) picture.add_role(m.member);
  }
  const Connections connections(graph);
  const Escalations escalations(graph, connections);
  for (const auto& step : escalations.way(role, {no_role, Power::superuser})) {
    if (step.to.role == step.from) continue;
    picture.add_step(step.from, step.to, std::string(step.edge) + ": " + step.how);
  }
  return picture.draw(
      title_of(graph.cluster(), "role " + displayed(graph.cluster().role_name(role))));
}

Drawing picture_of(const Graph& graph, ObjectId object) {
  const auto& cluster = graph.cluster();
  Picture picture(graph);
  picture.focus(object);
  picture.add_object(object);
  const auto& o = cluster.object(object);
  RoleSet holders(cluster.roles.size());
  holders.insert(o.owner);
  const auto take = [&](const Acl& acl) {
    for (const auto& item : acl) {
      if (item.grantee != public_role) holders.insert(item.grantee);
    }
  };
  take(graph.list_of(o));
  if (o.kind == ObjectKind::table) {
    for (const auto& column : cluster.relation(o).columns) take(cluster.column_acl(column));
  }
  for (const auto& m : cluster.memberships) {
    const auto& predefined = graph.predefined_for_data();
    const bool gives = std::find(predefined.begin(), predefined.end(), m.role) != predefined.end();
    if (gives && !graph.given_by(m.role, o).empty()) holders.insert(m.role);
  }
  for (std::uint32_t i = 0; i < cluster.roles.size(); ++i) {
    auto groups = graph.reach(RoleId{i}, Closure::members);
    groups &= holders;
    const auto& role = cluster.roles[i];
    if ((groups.count() > 0 || role.superuser) && !role.dropped) picture.add_role(RoleId{i});
  }
  return picture.draw(
      title_of(cluster, std::string(info(o.kind).name) + ' ' + displayed(o.identity)));
}

Drawing picture_of(const Graph& graph) {
  Picture picture(graph);
  const auto& cluster = graph.cluster();
  for (std::uint32_t i = 0; i < cluster.roles.size(); ++i) {
    const auto& role = cluster.roles[i];
    const bool own = role.oid >= first_oid_of_users || role.superuser;
    if (own && !role.dropped) picture.add_role(RoleId{i});
  }
  for (const auto& m : cluster.memberships) {
    if (cluster.role(m.member).oid >= first_oid_of_users) picture.add_role(m.role);
  }
  picture.add_objects_of_roles();
  return picture.draw(title_of(cluster, "roles and objects"));
}

}  // namespace pgleast
