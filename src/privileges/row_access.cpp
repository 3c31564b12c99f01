#include "privileges/row_access.hpp"

#include <algorithm>

#include "pg/option_list.hpp"

namespace pgleast {
namespace {

// The server's own stack ends somewhere, too.
constexpr int deepest_view = 500;

using Kind = RowAccess::Kind;
using Why = RowAccess::Why;

RowAccess& says(RowAccess& access, Kind kind, Why why) {
  access.kind = kind;
  access.why = why;
  return access;
}

bool is_for(const RowPolicy& policy, Privilege command) {
  switch (policy.command) {
    case '*':
      return true;
    case 'r':
      return command == Privilege::select;
    case 'a':
      return command == Privilege::insert;
    case 'w':
      return command == Privilege::update;
    default:
      return command == Privilege::delete_;
  }
}

/// Each once, in order.
void add(std::vector<std::size_t>& policies, const std::vector<std::size_t>& more) {
  policies.insert(policies.end(), more.begin(), more.end());
  std::sort(policies.begin(), policies.end());
  policies.erase(std::unique(policies.begin(), policies.end()), policies.end());
}

/// What a view reads in the end, each table once for each role as whom it is read.
void add_bases(const std::vector<RowAccess>& read, RowAccess& view) {
  const auto add_one = [&](const RowAccess& table) {
    const auto same = [&](const RowAccess& known) {
      return known.relation == table.relation && known.as == table.as;
    };
    if (std::none_of(view.bases.begin(), view.bases.end(), same)) view.bases.push_back(table);
  };
  for (const auto& access : read) {
    for (const auto& base : access.bases) add_one(base);
    if (access.bases.empty()) add_one(access);
  }
}

/// What of a view follows from what it reads: an error of one is an error of all.
void put_together(RowAccess& view, const std::vector<RowAccess>& read) {
  bool unknown = false, all = true, nothing = !read.empty();
  for (const auto& base : read) {
    if (base.kind == Kind::none && base.why != Why::no_policy) {
      says(view, Kind::none, base.why);
      return;
    }
    unknown = unknown || base.kind == Kind::unknown;
    all = all && base.kind == Kind::all;
    nothing = nothing && base.kind == Kind::none;
  }
  if (unknown) view.unknown = "what it reads is not known";
  if (unknown) return;
  says(view,
       nothing ? Kind::none
       : all   ? Kind::all
               : Kind::some,
       nothing ? Why::no_policy : Why::view);
}

}  // namespace

bool is_security_invoker(const Cluster& cluster, const Object& view) {
  return cluster.major() >= 15 && option_is_on(cluster.relation(view).options, "security_invoker");
}

RowReach::RowReach(const Graph& graph) : graph_(graph) {
  const auto& cluster = graph.cluster();
  for (std::size_t i = 0; i < cluster.row_policies.size(); ++i) {
    policies_[cluster.row_policies[i].table].push_back(i);
  }
  for (const auto& body : cluster.bodies) bodies_.emplace(body.of, &body);
  for (const auto& attachment : cluster.attachments) {
    const auto& relation = cluster.object(attachment.relation);
    if (cluster.relation(relation).relkind == 'v') {
      diverted_[attachment.relation] |= attachment.on;
    }
  }
}

bool RowReach::bound(RoleId role, const Object& table) const {
  const auto& cluster = graph_.cluster();
  const auto& detail = cluster.relation(table);
  const bool has_policies = detail.relkind == 'r' || detail.relkind == 'p';
  if (!has_policies || !detail.row_security || table.oid < first_oid_of_users) return false;
  const auto& r = cluster.role(role);
  if (r.superuser || r.bypassrls) return false;
  const bool owns = graph_.reach(role, Closure::inherits, table.database).has(table.owner);
  return !owns || detail.force_row_security;
}

RowAccess RowReach::access(RoleId role, ObjectId relation, Privilege command) const {
  const auto& cluster = graph_.cluster();
  const auto& object = cluster.object(relation);
  if (object.schema != no_object && !cluster.role(role).superuser) {
    const auto& schema = cluster.object(object.schema);
    if (!graph_.held(role, schema).privileges.has(Privilege::usage)) {
      RowAccess access;
      access.relation = relation;
      access.as = role;
      return says(access, Kind::none, Why::no_usage);
    }
  }
  return of(role, relation, {role, command, 0});
}

RowAccess RowReach::of(RoleId as, ObjectId relation, const Asked& asked) const {
  const auto& cluster = graph_.cluster();
  const auto& object = cluster.object(relation);
  const auto& detail = cluster.relation(object);
  RowAccess access;
  access.relation = relation;
  access.as = as;
  if (graph_.held_on_any(as, object, asked.command).empty())
    return says(access, Kind::none, Why::no_privilege);
  if (detail.relkind == 'v') return of_view(as, relation, asked);
  if (detail.relkind == 'm') {
    // Nobody writes to it.
    return asked.command == Privilege::select ? says(access, Kind::all, Why::materialized_view)
                                              : says(access, Kind::none, Why::no_privilege);
  }
  if (bound(as, object)) {
    by_policies(access, asked.command);
    return access;
  }
  const auto& role = cluster.role(as);
  const bool enabled = detail.row_security && object.oid >= first_oid_of_users;
  return says(access, Kind::all,
              !enabled         ? Why::not_enabled
              : role.superuser ? Why::superuser
              : role.bypassrls ? Why::bypassrls
                               : Why::owner);
}

std::string RowReach::not_followed(ObjectId view, const Body* body, const Asked& asked) const {
  const auto& cluster = graph_.cluster();
  if (cluster.object(view).system) return "the server's own view";
  if (!cluster.seen(Fact::code)) return cluster.unseen.at(Fact::code).why;
  if (asked.depth > deepest_view) return "views of views without an end";
  if (body != nullptr && !body->code.unknown.empty()) return body->code.unknown;
  if (asked.command == Privilege::select) return "";
  const auto diverted = diverted_.find(view);
  if (diverted != diverted_.end() && diverted->second.has(asked.command)) {
    return "a trigger or rule of the view decides what is written";
  }
  if (body != nullptr && !body->writable) return "what goes through the view was not read";
  if (body == nullptr || !body->writable->has(asked.command)) return "";
  const auto tables = std::count_if(
      body->code.uses.begin(), body->code.uses.end(),
      [&](const CodeUse& use) { return cluster.object(use.object).kind == ObjectKind::table; });
  return tables == 1 ? "" : "which of the view's tables is written to is not told apart";
}

const RowAccess& RowReach::of_view(RoleId as, ObjectId view, const Asked& asked) const {
  static const RowAccess endless = [] {
    RowAccess access;
    access.unknown = "views that use each other without an end";
    return access;
  }();
  const auto [at, added] = known_.try_emplace({as, view, asked.caller, asked.command});
  auto& known = at->second;  // stays where it is
  if (!added) return known ? *known : endless;
  RowAccess access;
  access.relation = view;
  access.as = as;
  access = through_view(std::move(access), asked);
  return known.emplace(std::move(access));
}

RowAccess RowReach::through_view(RowAccess access, const Asked& asked) const {
  const auto& cluster = graph_.cluster();
  const auto& view = cluster.object(access.relation);
  const auto found = bodies_.find(access.relation);
  const auto* const body = found == bodies_.end() ? nullptr : found->second;
  access.unknown = not_followed(access.relation, body, asked);
  if (!access.unknown.empty()) return access;
  const bool goes_through =
      asked.command == Privilege::select || (body != nullptr && body->writable->has(asked.command));
  if (!goes_through) return says(access, Kind::none, Why::not_writable);
  // The one who asked, even where a view of another owner stands between (CREATE VIEW, Notes).
  const auto as = is_security_invoker(cluster, view) ? asked.caller : view.owner;
  std::vector<RowAccess> read;
  if (body != nullptr) {
    for (const auto& use : body->code.uses) {
      if (cluster.object(use.object).kind != ObjectKind::table) continue;
      read.push_back(of(as, use.object, {asked.caller, asked.command, asked.depth + 1}));
    }
  }
  add_bases(read, access);
  put_together(access, read);
  return access;
}

/// Its expressions, which the server may not have told; one at least.
bool was_read(const RowPolicy& policy) {
  return policy.using_expression || policy.check_expression || policy.code.unknown.empty();
}

/// `checked`: what WITH CHECK admits of new rows, else what USING admits of those that are there.
void RowReach::admitted(RowAccess& access, Privilege command, bool checked) const {
  const auto& cluster = graph_.cluster();
  const auto& table = cluster.object(access.relation);
  const auto& inherited = graph_.reach(access.as, Closure::inherits, table.database);
  const auto found = policies_.find(access.relation);
  bool any = false, always = false;
  for (const auto i : found == policies_.end() ? std::vector<std::size_t>{} : found->second) {
    const auto& policy = cluster.row_policies[i];
    const bool for_role = std::any_of(policy.roles.begin(), policy.roles.end(), [&](RoleId r) {
      return r == public_role || inherited.has(r);
    });
    const bool says_something =
        policy.using_expression || (checked && policy.check_expression.has_value());
    if (!for_role || !is_for(policy, command) || !says_something) continue;
    const bool is_true = checked ? policy.check_always_true : policy.using_always_true;
    any = any || policy.permissive;
    always = always || (policy.permissive && is_true);
    auto& list = policy.permissive ? access.permissive : access.restrictive;
    if (policy.permissive || !is_true) list.push_back(i);
  }
  if (!any) {
    says(access, Kind::none, Why::no_policy);
  } else if (always && access.restrictive.empty()) {
    says(access, Kind::all, Why::always_true);
  } else {
    says(access, Kind::some, Why::policies);
  }
}

void RowReach::by_policies(RowAccess& access, Privilege command) const {
  admitted(access, command, command == Privilege::insert);
  if (command == Privilege::update && access.kind != Kind::none) {
    RowAccess written;
    written.relation = access.relation;
    written.as = access.as;
    admitted(written, command, true);
    if (written.kind != Kind::all) says(access, Kind::some, Why::policies);
    add(access.permissive, written.permissive);
    add(access.restrictive, written.restrictive);
  }
  const auto& cluster = graph_.cluster();
  const auto found = policies_.find(access.relation);
  for (const auto i : found == policies_.end() ? std::vector<std::size_t>{} : found->second) {
    const auto& policy = cluster.row_policies[i];
    if (was_read(policy)) continue;
    // It may say anything.
    access.unknown = policy.code.unknown;
    says(access, Kind::unknown, Why::not_followed);
  }
  if (access.kind == Kind::some && !cluster.seen(Fact::code)) {
    // One of them may be always true.
    access.unknown = cluster.unseen.at(Fact::code).why;
    says(access, Kind::unknown, Why::not_followed);
  }
}

}  // namespace pgleast
