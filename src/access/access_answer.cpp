#include "access/access_answer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "access/assumed_holders.hpp"
#include "model/named_role.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {

std::size_t AccessAnswer::AlikeHash::operator()(const Alike& alike) const {
  std::size_t result = static_cast<std::size_t>(alike.kind);
  for (const auto part :
       {index(alike.acl), index(alike.owner), index(alike.database), index(alike.system)}) {
    result = (result ^ part) * 0x9E3779B97F4A7C15U;
  }
  return result ^ result >> 32U;
}

AccessAnswer::AccessAnswer(const Cluster& cluster, const AccessQuestion& question,
                           const Assumptions& assumptions)
    : cluster_(cluster),
      graph_(cluster),
      items_(cluster, question.object, question.system),
      all_named_(!question.role.empty() && !question.object.empty() && !question.privilege.empty()),
      may_hold_more_(pgleast::may_hold_more(cluster, assumptions)),
      unknown_beyond_(unknown_beyond(assumptions)) {
  if (!question.privilege.empty()) choose_privilege(question.privilege);
  const auto read =
      std::count_if(cluster.objects.begin(), cluster.objects.end(), [&](const Object& o) {
        return o.kind == ObjectKind::database && cluster.databases[o.detail].read;
      });
  has_several_databases_ = read > 1;
  choose_roles(question.role);
}

void AccessAnswer::choose_privilege(const std::string& name) {
  privilege_ = privilege_named(name);
  if (privilege_) return;
  std::vector<std::string> names;
  for (const auto& p : privileges) names.emplace_back(p.keyword);
  fail_usage(fmt::format("unknown privilege `{}`{}", displayed(name), did_you_mean(name, names)));
}

void AccessAnswer::choose_roles(const std::string& name) {
  if (!name.empty()) {
    roles_.push_back(role_asked_for(cluster_, name));
    return;
  }
  for (std::uint32_t i = 0; i < cluster_.roles.size(); ++i) {
    if (!cluster_.roles[i].dropped) roles_.push_back(RoleId{i});
  }
  std::sort(roles_.begin(), roles_.end(),
            [&](RoleId a, RoleId b) { return cluster_.role(a).name < cluster_.role(b).name; });
}

// Until another role is asked for.
AccessAnswer::OfAlike& AccessAnswer::of_alike(RoleId role, const Object& object, ObjectId id) {
  const Alike alike{object.kind, object.acl, object.owner, object.database,
                    object.system ? id : no_object};
  if (!answers_.empty() && alike == last_alike_) return answers_[last_answer_];
  const auto [at, added] = answer_of_.try_emplace(alike, answers_.size());
  if (added) answers_.push_back({graph_.held(role, object), {}});
  last_alike_ = alike;
  last_answer_ = at->second;
  return answers_[last_answer_];
}

Held AccessAnswer::held_on(RoleId role, const AccessItem& item) {
  const auto& object = cluster_.object(item.object);
  const auto held = of_alike(role, object, item.object).held;
  const auto* const column = items_.column_of(item);
  if (column == nullptr) return held;
  if (column->acl != null_acl) return graph_.held(role, object, *column);
  const auto all = info(ObjectKind::column).all;
  return {held.privileges & all, held.grantable & all};
}

void AccessAnswer::find_held(RoleId role) {
  held_.clear();
  answer_of_.clear();
  answers_.clear();
  for (const auto& item : items_.all()) {
    auto found = item;
    found.held = held_on(role, item);
    if (privilege_) found.held.privileges = found.held.privileges & *privilege_;
    if (!found.held.privileges.empty()) held_.push_back(found);
  }
  held_ = items_.sorted(held_);
}

void AccessAnswer::each_held(const Take& take) {
  for (const auto role : roles_) {
    // Text asks twice, for the widths first.
    if (role != last_role_) find_held(role);
    last_role_ = role;
    for (const auto& found : held_) {
      found.held.privileges.each([&](Privilege p) { take(role, found, p); });
    }
  }
}

void AccessAnswer::each_named(const Take& take) const {
  if (!all_named_) return;
  for (const auto& item : items_.sorted(items_.all())) {
    if (grantable_privileges(items_.kind_of(item), cluster_.major()).has(*privilege_)) {
      take(roles_.front(), item, *privilege_);
    }
  }
}

bool AccessAnswer::is_held_as_named() const {
  bool held = all_named_;
  each_named([&](RoleId role, const AccessItem& item, Privilege p) {
    const auto& object = cluster_.object(item.object);
    const auto* const column = items_.column_of(item);
    const auto found =
        column == nullptr ? graph_.held(role, object) : graph_.held(role, object, *column);
    held = held && found.privileges.has(p);
  });
  return held;
}

std::optional<Unseen> AccessAnswer::unknown() const {
  const bool any =
      std::any_of(roles_.begin(), roles_.end(), [&](RoleId role) { return may_hold_more(role); });
  return any && !is_held_as_named() ? unknown_beyond_ : std::nullopt;
}

const std::string& AccessAnswer::nearest_way(RoleId role, const AccessItem& held,
                                             Privilege privilege) {
  const auto& object = cluster_.object(held.object);
  const auto* column = items_.column_of(held);
  if (column != nullptr && column->acl == null_acl) column = nullptr;
  auto& way = column != nullptr
                  ? column_way_
                  : of_alike(role, object, held.object).ways[static_cast<std::size_t>(privilege)];
  if (column != nullptr || !way) {
    const auto cause = graph_.nearest_cause(role, object, column, privilege);
    way = cause ? via(cluster_, role, object.owner, *cause) : std::string();
  }
  return *way;
}

}  // namespace pgleast
