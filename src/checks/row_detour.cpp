// Ways to the rows of a table beside the policies that bind whoever takes them.
//
//   with: {through: partitions}    a partition, a child, or a parent, read itself
//   with: {through: views}         a view, materialized view, rule or trigger that acts as
//                                  somebody else
//   with: {through: functions}     a SECURITY DEFINER function that does so for somebody else
//   with: {through: foreign_keys}  what happens to rows when others go that they refer to

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "checks/check.hpp"
#include "model/objects_of.hpp"
#include "privileges/indirect_use.hpp"
#include "privileges/row_access.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

using Kind = IndirectUse::Kind;

constexpr std::size_t most_shown = 3;

constexpr std::array commands{Privilege::select, Privilege::insert, Privilege::update,
                              Privilege::delete_};

std::string_view word_for(Privilege command) {
  switch (command) {
    case Privilege::insert:
      return "adds rows to";
    case Privilege::update:
      return "changes rows of";
    case Privilege::delete_:
      return "deletes rows of";
    default:
      return "reads";
  }
}

enum class Through { views, functions, foreign_keys };

Through way_of(Kind first) {
  if (first == Kind::function) return Through::functions;
  return first == Kind::foreign_key ? Through::foreign_keys : Through::views;
}

class Detours {
 public:
  explicit Detours(const Facts& facts)
      : facts_(facts),
        cluster_(facts.cluster()),
        reach_(facts.escalations().row_reach()),
        uses_(facts.escalations().indirect_uses()) {
    for (const auto id : objects_of(cluster_, ObjectKind::table)) {
      const auto& o = cluster_.object(id);
      if (cluster_.relation(o).row_security && !o.system) {
        guarded_.insert(id);
      }
    }
  }

  Verdict partitions() {
    std::map<ObjectId, std::vector<const Inheritance*>> children, parents;
    for (const auto& i : cluster_.inheritances) {
      children[i.parent].push_back(&i);
      parents[i.child].push_back(&i);
    }
    for (const auto table : guarded_) {
      walk(
          table, children, [](const Inheritance& i) { return i.child; },
          [&](ObjectId child, const Inheritance& i, bool direct) {
            beside(child, table, direct ? i.partition ? "a partition of" : "a child of" : "below");
          });
      walk(
          table, parents, [](const Inheritance& i) { return i.parent; },
          [&](ObjectId parent, const Inheritance&, bool) {
            beside(parent, table, "whose rows come with those of");
          });
    }
    return verdict_of(std::move(findings_));
  }

  Verdict through(Through wanted) {
    for (const auto table : guarded_) {
      for (const auto command : commands) {
        const auto all = uses_.to(table, command);
        for (std::size_t i = 0; i < all.size(); ++i) {
          if (way_of(all[i].use->kind) != wanted || is_inheritance(all[i].use->kind)) continue;
          go_round(all, i, table, command);
        }
      }
    }
    if (!findings_.empty()) return verdict_of(std::move(findings_));
    if (!unknown_.empty()) return unseen(unknown_, "revoke the privilege, or ask a live server");
    if (wanted == Through::functions) {
      if (auto verdict = not_followed()) return *std::move(verdict);
    }
    return verdict_of(std::move(findings_));
  }
  std::optional<Verdict> view_not_read() const;

 private:
  /// All on one side of a guarded table, up to others that are guarded themselves, these included.
  template <typename Next, typename Visit>
  void walk(ObjectId start, const std::map<ObjectId, std::vector<const Inheritance*>>& next,
            const Next& other, const Visit& visit) const {
    std::set<ObjectId> seen{start};
    std::vector<ObjectId> todo{start};
    while (!todo.empty()) {
      const auto at = todo.back();
      todo.pop_back();
      const auto found = next.find(at);
      if (found == next.end()) continue;
      for (const auto* const i : found->second) {
        const auto there = other(*i);
        if (!seen.insert(there).second) continue;
        visit(there, *i, at == start);
        if (!guarded_.contains(there)) todo.push_back(there);
      }
    }
  }

  std::vector<RoleId> candidates(const Object& through, Privilege privilege) const;
  bool is_restricted(RoleId role, ObjectId table, Privilege command) const;
  bool holds(RoleId role, const IndirectAccess& access) const;
  std::string shown(const std::vector<RoleId>& roles) const;
  void beside(ObjectId through, ObjectId table, const std::string& how);
  void go_round(const std::vector<IndirectAccess>& all, std::size_t at, ObjectId table,
                Privilege command);
  std::optional<Verdict> not_followed() const;
  bool is_known(ObjectId subject) const;
  void report(ObjectId through, const std::string& message, const char* decision);

  const Facts& facts_;
  const Cluster& cluster_;
  const RowReach& reach_;
  const IndirectUses& uses_;
  std::set<ObjectId> guarded_;
  std::set<ObjectId> reported_;
  std::vector<Finding> findings_;
  std::string unknown_;  // what may be so
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
    for (const auto predefined : facts_.graph().predefined_for_data()) {
      if (!facts_.graph().given_by(predefined, through).has(privilege)) continue;
      for (const auto& m : cluster_.memberships) {
        if (m.role == predefined) roles.push_back(m.member);
      }
    }
  }
  if (std::find(roles.begin(), roles.end(), public_role) != roles.end()) {
    return facts_.roles().ordinary_roles();
  }
  std::sort(roles.begin(), roles.end());
  roles.erase(std::unique(roles.begin(), roles.end()), roles.end());
  return roles;
}

/// Whether policies keep rows of the table from it that it would get without them.
bool Detours::is_restricted(RoleId role, ObjectId table, Privilege command) const {
  if (!reach_.bound(role, cluster_.object(table))) return false;
  const auto kept_back = [&](Privilege p) {
    const auto direct = reach_.access(role, table, p);
    return direct.kind == RowAccess::Kind::some || direct.why == RowAccess::Why::no_policy;
  };
  return kept_back(Privilege::select) || (command != Privilege::select && kept_back(command));
}

std::string Detours::shown(const std::vector<RoleId>& roles) const {
  std::string text;
  for (std::size_t i = 0; i < std::min(roles.size(), most_shown); ++i) {
    text += (text.empty() ? "" : ", ") + facts_.shown(roles[i]);
  }
  if (roles.size() > most_shown) text += fmt::format(" and {} more", roles.size() - most_shown);
  return text;
}

bool Detours::is_known(ObjectId subject) const { return reported_.contains(subject); }

void Detours::report(ObjectId through, const std::string& message, const char* decision) {
  if (!reported_.insert(through).second) return;
  Finding finding;
  finding.subject = facts_.subject(cluster_.object(through));
  finding.message = message;
  finding.decision = decision;
  findings_.push_back(std::move(finding));
}

void Detours::beside(ObjectId through, ObjectId table, const std::string& how) {
  if (is_known(through)) return;
  const auto& object = cluster_.object(through);
  std::vector<RoleId> roles;
  for (const auto role : candidates(object, Privilege::select)) {
    const bool all = is_restricted(role, table, Privilege::select) &&
                     reach_.access(role, through, Privilege::select).kind == RowAccess::Kind::all;
    if (all) roles.push_back(role);
  }
  if (roles.empty()) return;
  const auto guarded = facts_.shown(cluster_.object(table));
  report(through,
         fmt::format("{}, {} {}, shows all of its rows to {}, whom the policies of {} bind",
                     facts_.shown(object), how, guarded, shown(roles), guarded),
         "revoke SELECT on it, or enable row level security there with the same policies");
}

bool Detours::holds(RoleId role, const IndirectAccess& access) const {
  const auto& graph = facts_.graph();
  const auto& object = cluster_.object(access.use->object);
  const auto privilege = access.use->privilege;
  if (!graph.held(role, cluster_.object(object.schema)).privileges.has(Privilege::usage)) {
    return false;
  }
  if (object.kind != ObjectKind::table) return graph.held(role, object).privileges.has(privilege);
  if (access.columns.empty()) {
    const auto rows = reach_.access(role, access.use->object, privilege);
    return rows.kind != RowAccess::Kind::none || rows.why == RowAccess::Why::not_writable;
  }
  const auto& columns = cluster_.relation(object).columns;
  return std::any_of(columns.begin(), columns.end(), [&](const Column& column) {
    const bool wanted = std::find(access.columns.begin(), access.columns.end(), column.name) !=
                        access.columns.end();
    return wanted && graph.held(role, object, column).privileges.has(privilege);
  });
}

/// Where policies do not bind whoever does it in the end. What a parent shows of its children is
/// as the parent's policies say.
void Detours::go_round(const std::vector<IndirectAccess>& all, std::size_t at, ObjectId table,
                       Privilege command) {
  const auto& access = all[at];
  if (is_known(access.use->object)) return;
  auto path = path_of(all, at);
  while (is_inheritance(path.back()->kind)) path.pop_back();
  const auto& last = *path.back();
  const bool bypasses = last.kind == Kind::foreign_key || last.as == no_role ||
                        !reach_.bound(last.as, cluster_.object(last.to));
  if (!bypasses) return;
  const auto& object = cluster_.object(access.use->object);
  std::vector<RoleId> roles;
  bool restricted = false;
  for (const auto role : candidates(object, access.use->privilege)) {
    if (!reach_.bound(role, cluster_.object(table)) || !holds(role, access)) continue;
    roles.push_back(role);
    restricted = restricted || is_restricted(role, table, command);
  }
  // Where it is what they have instead of the table, that is what it is for.
  if (!restricted) return;
  const auto guarded = facts_.shown(cluster_.object(table));
  const auto by = facts_.shown(object);
  if (!access.unknown.empty()) {
    if (unknown_.empty()) {
      unknown_ = fmt::format("whether {} on {} {} {} for {} is not known: {}",
                             info(access.use->privilege).keyword, by, word_for(command), guarded,
                             shown(roles), access.unknown);
    }
    return;
  }
  const auto as = facts_.shown(last.as);
  switch (way_of(access.use->kind)) {
    case Through::foreign_keys:
      return report(access.use->object,
                    fmt::format("{} on {} {} {}, by foreign key {}, for {}, whom the policies of "
                                "{} bind",
                                info(access.use->privilege).keyword, by, word_for(command), guarded,
                                displayed(last.name), shown(roles), guarded),
                    "let the foreign key restrict instead, or revoke the privilege");
    case Through::functions:
      return report(access.use->object,
                    fmt::format("{} {} {} as {}, whom its policies do not bind, for {}, whom they "
                                "do",
                                by, word_for(command), guarded, as, shown(roles)),
                    "let it run as its caller, or revoke EXECUTE from those roles");
    case Through::views:
      break;
  }
  if (command != Privilege::select) {
    return report(access.use->object,
                  fmt::format("{} on {} {} {} as {}, whom its policies do not bind, for {}, whom "
                              "they do",
                              info(access.use->privilege).keyword, by, word_for(command), guarded,
                              as, shown(roles)),
                  "make it a security_invoker view (15 and later), force row security on the "
                  "owner, or revoke the privilege");
  }
  report(access.use->object,
         fmt::format("{} shows rows of {} as {} sees them, whom its policies do not bind, to {}, "
                     "whom they do",
                     by, guarded, as, shown(roles)),
         "make it a security_invoker view (15 and later), force row security on the owner, or "
         "revoke SELECT on it");
}

/// A function that does something for others which cannot be followed, and could read such rows.
std::optional<Verdict> Detours::not_followed() const {
  for (const auto id : security_definer_functions(cluster_)) {
    const auto why = uses_.not_followed(id);
    if (why.empty()) continue;
    const auto& function = cluster_.object(id);
    if (cluster_.function(function).trigger) continue;
    for (const auto table : guarded_) {
      const auto& guarded = cluster_.object(table);
      const bool could =
          guarded.database == function.database && !reach_.bound(function.owner, guarded) &&
          reach_.access(function.owner, table, Privilege::select).kind != RowAccess::Kind::none;
      if (!could) continue;
      for (const auto role : candidates(function, Privilege::execute)) {
        if (!is_restricted(role, table, Privilege::select)) continue;
        if (!facts_.graph().held(role, function).privileges.has(Privilege::execute)) continue;
        return unseen(
            fmt::format("whether {} reads {} for {} cannot be followed: {}", facts_.shown(function),
                        facts_.shown(guarded), facts_.shown(role), displayed(why)),
            "let the function run as its caller, or revoke EXECUTE");
      }
    }
  }
  return std::nullopt;
}

/// A view of which it is not known what it reads.
std::optional<Verdict> Detours::view_not_read() const {
  for (const auto& body : cluster_.bodies) {
    const auto& view = cluster_.object(body.of);
    if (guarded_.empty() || view.kind != ObjectKind::table || body.code.unknown.empty()) continue;
    return unseen(fmt::format("what {} reads is not known: {}", facts_.shown(view),
                              displayed(body.code.unknown)),
                  "audit again when it can be read");
  }
  return std::nullopt;
}

}  // namespace

Check row_detour(MapReader& with, MapReader&) {
  const auto& node = with.need("through");
  const auto word = scalar_text(node);
  if (word != "partitions" && word != "views" && word != "functions" && word != "foreign_keys") {
    fail_policy(node, "`partitions`, `views`, `functions` or `foreign_keys`");
  }
  return [=](const Facts& facts) -> Verdict {
    for (const auto fact : {Fact::roles, Fact::objects, Fact::code}) {
      if (const auto missing = facts.missing(fact)) return *missing;
    }
    Detours detours(facts);
    if (word == "partitions") return detours.partitions();
    auto verdict = detours.through(word == "views"       ? Through::views
                                   : word == "functions" ? Through::functions
                                                         : Through::foreign_keys);
    if (word != "views" || verdict.kind != Verdict::Kind::holds) return verdict;
    return detours.view_not_read().value_or(std::move(verdict));
  };
}

}  // namespace pgleast
