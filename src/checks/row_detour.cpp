// Ways to the rows of a table beside the policies that bind whoever takes them.
//
//   with: {through: partitions}  a partition, a child, or a parent, read itself
//   with: {through: views}       a view or materialized view that acts as somebody else
//   with: {through: functions}   a SECURITY DEFINER function that reads them for somebody else

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "checks/check.hpp"
#include "privileges/row_access.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::size_t most_shown = 3;

class Detours {
 public:
  explicit Detours(const Facts& facts)
      : facts_(facts), cluster_(facts.cluster()), reach_(facts.graph()) {
    for (std::uint32_t i = 0; i < cluster_.objects.size(); ++i) {
      const auto& o = cluster_.objects[i];
      if (o.kind == ObjectKind::table && cluster_.relation(o).row_security && !o.system) {
        guarded_.insert(ObjectId{i});
      }
    }
    for (const auto& body : cluster_.bodies) bodies_.emplace(body.of, &body.code);
  }

  std::vector<Finding> partitions() {
    for (const auto& i : cluster_.inheritances) {
      const std::string_view child = i.partition ? "a partition" : "a child";
      if (guarded_.contains(i.parent)) beside(i.child, i.parent, fmt::format("{} of", child));
      if (guarded_.contains(i.child)) beside(i.parent, i.child, "whose rows come with those of");
    }
    return std::move(findings_);
  }

  std::vector<Finding> views() {
    for (const auto& [of, code] : bodies_) {
      const auto& view = cluster_.object(of);
      if (view.kind != ObjectKind::table || view.system) continue;
      for (const auto table : read_by(of)) around(of, table);
    }
    return std::move(findings_);
  }

  std::vector<Finding> functions() {
    for (const auto of : security_definer_functions(cluster_)) {
      if (!bodies_.contains(of)) continue;
      for (const auto table : read_by(of)) called(of, table);
    }
    return std::move(findings_);
  }

 private:
  /// Roles that the policies of `table` bind and that `holds` is true of.
  template <typename Holds>
  std::string bound_roles(ObjectId table, const Object& through, Privilege privilege,
                          const Holds& holds) const;
  std::vector<RoleId> candidates(const Object& through, Privilege privilege) const;
  /// Guarded tables that a view or function reads, also through views and functions.
  std::set<ObjectId> read_by(ObjectId code) const;
  void beside(ObjectId through, ObjectId table, const std::string& how);
  void around(ObjectId view, ObjectId table);
  void called(ObjectId function, ObjectId table);
  void report(const Object& through, const std::string& message, const char* decision);

  const Facts& facts_;
  const Cluster& cluster_;
  RowReach reach_;
  std::set<ObjectId> guarded_;
  std::map<ObjectId, const Code*> bodies_;
  std::vector<Finding> findings_;
};

/// Grantees; everybody where everybody holds it.
std::vector<RoleId> Detours::candidates(const Object& through, Privilege privilege) const {
  std::vector<RoleId> roles;
  const auto add = [&](const Acl& acl) {
    for (const auto& item : acl) {
      if (item.privileges.has(privilege)) roles.push_back(item.grantee);
    }
  };
  add(facts_.graph().list_of(through));
  if (through.kind == ObjectKind::table) {
    for (const auto& column : cluster_.relation(through).columns) add(cluster_.column_acl(column));
    const auto readers = cluster_.find_role("pg_read_all_data");
    for (const auto& m : cluster_.memberships) {
      if (readers && m.role == *readers) roles.push_back(m.member);
    }
  }
  if (std::find(roles.begin(), roles.end(), public_role) != roles.end()) {
    return facts_.roles().ordinary_roles();
  }
  std::sort(roles.begin(), roles.end());
  roles.erase(std::unique(roles.begin(), roles.end()), roles.end());
  return roles;
}

template <typename Holds>
std::string Detours::bound_roles(ObjectId table, const Object& through, Privilege privilege,
                                 const Holds& holds) const {
  std::string shown;
  std::size_t count = 0;
  const auto& guarded = cluster_.object(table);
  for (const auto role : candidates(through, privilege)) {
    if (!reach_.bound(role, guarded)) continue;
    const auto direct = reach_.access(role, table, Privilege::select);
    const bool restricted =
        direct.kind == RowAccess::Kind::some || direct.why == RowAccess::Why::no_policy;
    if (!restricted || !holds(role)) continue;
    if (++count <= most_shown) shown += (shown.empty() ? "" : ", ") + facts_.shown(role);
  }
  if (count > most_shown) shown += fmt::format(" and {} more", count - most_shown);
  return shown;
}

std::set<ObjectId> Detours::read_by(ObjectId start) const {
  std::set<ObjectId> tables, seen{start};
  std::vector<ObjectId> todo{start};
  while (!todo.empty()) {
    const auto body = bodies_.find(todo.back());
    todo.pop_back();
    if (body == bodies_.end()) continue;
    for (const auto& use : body->second->uses) {
      if (guarded_.contains(use.object) && use.privileges.has(Privilege::select)) {
        tables.insert(use.object);
      }
      if (seen.insert(use.object).second) todo.push_back(use.object);
    }
  }
  return tables;
}

void Detours::report(const Object& through, const std::string& message, const char* decision) {
  Finding finding;
  finding.subject = facts_.subject(through);
  finding.message = message;
  finding.decision = decision;
  const auto same = [&](const Finding& f) { return f.subject == finding.subject; };
  if (std::none_of(findings_.begin(), findings_.end(), same)) {
    findings_.push_back(std::move(finding));
  }
}

void Detours::beside(ObjectId through, ObjectId table, const std::string& how) {
  const auto& object = cluster_.object(through);
  const auto roles = bound_roles(table, object, Privilege::select, [&](RoleId role) {
    return reach_.access(role, through, Privilege::select).kind == RowAccess::Kind::all;
  });
  if (roles.empty()) return;
  report(object,
         fmt::format("{}, {} {}, shows all of its rows to {}, whom the policies of {} bind",
                     facts_.shown(object), how, facts_.shown(cluster_.object(table)), roles,
                     facts_.shown(cluster_.object(table))),
         "revoke SELECT on it, or enable row level security there with the same policies");
}

/// Whether somebody whom its policies do not bind reads `table` there.
bool reads_all(const RowAccess& access, ObjectId table) {
  if (access.relation == table) return access.kind == RowAccess::Kind::all;
  return std::any_of(access.bases.begin(), access.bases.end(),
                     [&](const RowAccess& base) { return reads_all(base, table); });
}

void Detours::around(ObjectId view, ObjectId table) {
  const auto& object = cluster_.object(view);
  const bool stored = cluster_.relation(object).relkind == 'm';
  if (stored && reach_.bound(object.owner, cluster_.object(table))) return;
  const auto roles = bound_roles(table, object, Privilege::select, [&](RoleId role) {
    const auto access = reach_.access(role, view, Privilege::select);
    return access.kind != RowAccess::Kind::none && (stored || reads_all(access, table));
  });
  if (roles.empty()) return;
  report(object,
         fmt::format("{} shows rows of {} as {} sees them, whom its policies do not bind, to {}, "
                     "whom they do",
                     facts_.shown(object), facts_.shown(cluster_.object(table)),
                     facts_.shown(object.owner), roles),
         "make it a security_invoker view (15 and later), force row security on the owner, or "
         "revoke SELECT on it");
}

void Detours::called(ObjectId function, ObjectId table) {
  const auto& object = cluster_.object(function);
  if (reach_.bound(object.owner, cluster_.object(table))) return;
  const auto roles = bound_roles(table, object, Privilege::execute, [&](RoleId role) {
    return facts_.graph().held(role, object).privileges.has(Privilege::execute);
  });
  if (roles.empty()) return;
  report(object,
         fmt::format("{} reads {} as {}, whom its policies do not bind, for {}, whom they do",
                     facts_.shown(object), facts_.shown(cluster_.object(table)),
                     facts_.shown(object.owner), roles),
         "let it run as its caller, or revoke EXECUTE from those roles");
}

}  // namespace

Check row_detour(MapReader& with, MapReader&) {
  const auto& node = with.need("through");
  const auto word = scalar_text(node);
  if (word != "partitions" && word != "views" && word != "functions") {
    fail_policy(node, "`partitions`, `views` or `functions`");
  }
  return [=](const Facts& facts) -> Verdict {
    for (const auto fact : {Fact::roles, Fact::objects, Fact::code}) {
      if (const auto missing = facts.missing(fact)) return *missing;
    }
    Detours detours(facts);
    return verdict_of(word == "partitions" ? detours.partitions()
                      : word == "views"    ? detours.views()
                                           : detours.functions());
  };
}

}  // namespace pgleast
