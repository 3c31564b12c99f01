// What the policy says must not be possible, by any path: a privilege on an object, or becoming a
// role; with `from`, for who comes from there.
//
//   access:
//     - {id: no-writes, who: class:people, cannot: [INSERT, UPDATE], tables: ["public.*"]}

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "checks/check.hpp"
#include "escalation/unread_databases.hpp"
#include "finding/said_place.hpp"
#include "model/bootstrap_superuser.hpp"
#include "model/objects_of.hpp"
#include "privileges/row_access.hpp"
#include "reach/ways.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// Addresses of one record that is left for some networks.
constexpr std::size_t most_networks = 16;

class AccessJudge {
 public:
  explicit AccessJudge(const Facts& facts) : facts_(facts), cluster_(facts.cluster()) {}

  void judge(const AccessEntry& entry) {
    if (entry.cannot_become) return judge_becoming(entry);
    note_unread_views(entry);
    for (const auto id : objects_of(cluster_, entry.kind)) {
      const auto& object = cluster_.object(id);
      if (object.system) continue;
      if (!matches_name(entry.objects, object.identity)) continue;
      entry.cannot.each([&](Privilege privilege) {
        judge(entry, Target{std::nullopt, id, std::nullopt, privilege});
      });
    }
  }

  Verdict verdict() && {
    std::vector<Finding> findings;
    for (auto& [key, found] : found_) findings.push_back(finished(std::move(found)));
    for (auto& [key, finding] : becoming_) findings.push_back(std::move(finding));
    const char* const remedy = "take away what cannot be followed, or waive it";
    if (findings.empty() && !unknown_.empty()) return unseen(unknown_, remedy);
    auto verdict = verdict_of(std::move(findings));
    if (!unknown_.empty()) {
      verdict.why = unknown_;
      verdict.remedy = remedy;
    }
    return verdict;
  }

 private:
  void judge(const AccessEntry& entry, const Target& target) {
    const Routes routes(facts_.graph(), facts_.escalations(), target, Help::none);
    if (entry.from) return judge_ways(entry, routes);
    for (const auto role : facts_.roles().matching(entry.who)) {
      for (const auto& route : routes.all_from(role, database_of(cluster_, target))) {
        if (!counts(entry, role, target, route)) continue;
        add(entry, routes, route, role, std::nullopt);
      }
    }
  }

  // What a view does of which the query is not known, as its owner, it does for whoever uses it.
  void note_unread_views(const AccessEntry& entry) {
    for (const auto& body : cluster_.bodies) {
      const auto& view = cluster_.object(body.of);
      const bool unread = view.kind == ObjectKind::table && !body.code.unknown.empty();
      if (!unread || !unknown_.empty() || is_security_invoker(cluster_, view)) continue;
      for (const auto role : facts_.roles().matching(entry.who)) {
        if (role == view.owner || !uses(role, body.of)) continue;
        unknown_ = fmt::format(
            "what {} does for {}, of which `{}` rules something out, is not "
            "known: {}",
            facts_.shown(view), facts_.shown(role), displayed(entry.id),
            displayed(body.code.unknown));
        break;
      }
    }
  }

  bool uses(RoleId role, ObjectId view) const {
    const auto& graph = facts_.graph();
    if (!graph.held_on_any(role, cluster_.object(view)).empty()) return true;
    for (const auto p :
         {Privilege::select, Privilege::insert, Privilege::update, Privilege::delete_}) {
      for (const auto& access : facts_.escalations().indirect_uses().to(view, p)) {
        const auto& use = *access.use;
        const auto& object = cluster_.object(use.object);
        if (!graph.held_on_any(role, object, use.privilege).empty()) return true;
      }
    }
    return false;
  }

  static bool reaches(const Route& route) {
    const bool no_rows = route.rows && route.rows->kind == RowAccess::Kind::none;
    return !route.needs_victim && !no_rows;
  }

  // What may be so is no finding, but it is not ruled out either.
  void note_unknown(const AccessEntry& entry, RoleId role, const Target& target,
                    const std::string& why) {
    if (!unknown_.empty()) return;
    unknown_ = fmt::format("whether {} has {} on {}, which `{}` rules out, is not known: {}",
                           facts_.shown(role), info(target.privilege).keyword,
                           facts_.shown(cluster_.object(target.object)), displayed(entry.id),
                           displayed(why));
  }

  bool counts(const AccessEntry& entry, RoleId role, const Target& target, const Route& route) {
    if (!reaches(route)) return false;
    if (route.unknown.empty()) return true;
    note_unknown(entry, role, target, route.unknown);
    return false;
  }

  void judge_ways(const AccessEntry& entry, const Routes& routes) {
    Question question;
    question.from = origin_of(*entry.from);
    for (const auto& way : ways_in(facts_.graph(), doors(), routes, question).ways) {
      if (!reaches(way.route)) continue;
      const auto& record = cluster_.hba.records[way.record];
      const auto at = fmt::format("{}:{}", displayed(record.at.file), record.at.line);
      const auto through = pooler_words(way.pooler);
      const Arrival arrival{through + at,
                            fmt::format("{}{} by {} ({}), with {}", to_string(way.from), through,
                                        at, displayed(record.method), way.demand.credential),
                            way.pooler ? std::nullopt : narrowed(way.record, question.from)};
      for (const auto& name : way.roles) {
        const auto role = cluster_.find_role(name);
        if (!role || !facts_.roles().matches(entry.who, *role)) continue;
        if (!way.unknown.empty()) {
          note_unknown(entry, *role, routes.target(), way.unknown);
          continue;
        }
        for (const auto& route : routes.all_from(*role, database_of(cluster_, routes.target()))) {
          if (!counts(entry, *role, routes.target(), route)) continue;
          add(entry, routes, route, *role, arrival);
        }
      }
    }
  }

  // How somebody comes in from a network.
  struct Arrival {
    std::string place;  // of the record
    std::string words;
    std::optional<Remedy> narrowed;  // leaves what the entry rules out of the record
  };

  // The record for the other addresses that it takes, or none of it.
  std::optional<Remedy> narrowed(std::size_t number, const ClientOrigin& ruled_out) const {
    const auto& record = cluster_.hba.records[number];
    auto all = AddressSet::all();
    bool exact = record.address.kind != AddressKind::host_name &&
                 record.address.kind != AddressKind::samehost &&
                 record.address.kind != AddressKind::samenet;
    if (!exact || from_the_view(cluster_.hba)) return std::nullopt;
    if (record.type == ConnectionType::local) return DisableRecord{number};
    if (record.address.kind == AddressKind::ip) {
      all = addresses_of(record.address.address, record.address.mask, exact);
    }
    if (!exact) return std::nullopt;
    const auto left = all.without(ruled_out.addresses);
    if (left.empty()) return DisableRecord{number};
    const auto networks = networks_of(left, most_networks);
    if (networks.empty()) return std::nullopt;
    return EditRecord{number, HbaField::address, fmt::format("{}", fmt::join(networks, " "))};
  }

  static std::string pooler_words(const std::optional<PoolerHop>& hop) {
    if (!hop) return "";
    return fmt::format(" through the pooler ({}:{} {}), then", displayed(hop->file), hop->line,
                       displayed(hop->method));
  }

  // One finding for each cause: who gets there by it, to what, and what it gives them. From a
  // network the cause is the record.
  void add(const AccessEntry& entry, const Routes& routes, const Route& route, RoleId role,
           const std::optional<Arrival>& arrival) {
    std::string cause = arrival ? arrival->place : route.legs.back().how;
    for (std::size_t i = 0; !arrival && i + 1 < route.legs.size(); ++i) {
      cause += '\n' + route.legs[i].how + '\n' + route.legs[i].to;
    }
    auto& found = found_[fmt::format("{}\n{}", entry.id, cause)];
    const auto& target = routes.target();
    const auto shown = facts_.shown(role);
    found.roles.insert(shown);
    found.objects.insert(target.object);
    found.held |= target.privilege;
    auto& finding = found.finding;
    if (std::find(finding.concerns.begin(), finding.concerns.end(), role) ==
        finding.concerns.end()) {
      finding.concerns.push_back(role);
    }
    if (finding.path.empty()) {
      finding.path = path_of(route, {shown}, arrival ? arrival->words : "");
      finding.subject = facts_.subject(cluster_.object(target.object));
      found.where = arrival ? arrival->place : cause_words(route);
    } else if (route.legs == found.legs) {
      auto shared = route;
      forget_other_places(shared.legs, found.legs);
      found.legs = shared.legs;
      finding.path =
          path_of(shared, {found.roles.begin(), found.roles.end()}, arrival ? arrival->words : "");
    }
    if (found.legs.empty()) found.legs = route.legs;
    found.entry = &entry;
    // A privilege that is taken away is gone from everywhere.
    if (arrival) return add_narrowed(*arrival, finding);
    const auto cuts = cuts_of(route);
    if (finding.paths.empty() || finding.paths.back() != cuts) finding.paths.push_back(cuts);
    if (!cuts.empty()) {
      return add_remedy(best_cut(route, cuts), target, found.held, finding.remedies);
    }
    finding.decision = instead_of_cut(route, target);
  }

  static void add_narrowed(const Arrival& arrival, Finding& finding) {
    if (!finding.paths.empty()) return;
    finding.paths.push_back(arrival.narrowed ? PathCuts{{*arrival.narrowed}} : PathCuts{});
    if (arrival.narrowed) finding.remedies.push_back(*arrival.narrowed);
    finding.decision = "name the addresses that may come by the record";
  }

  static void add_once(const PathCut& cut, std::vector<Remedy>& remedies) {
    for (const auto& remedy : cut) {
      if (std::find(remedies.begin(), remedies.end(), remedy) == remedies.end()) {
        remedies.push_back(remedy);
      }
    }
  }

  bool is_of_the_owner(const Remedy& cut) const {
    const auto* const revoke = std::get_if<ChangePrivileges>(&cut);
    return revoke != nullptr && revoke->grantee == cluster_.object(revoke->object).owner;
  }

  // Who owns what, has it as the owner: taking it away changes nothing that lasts.
  bool may_be_cut(const Remedy& cut) const {
    if (is_of_the_owner(cut)) return false;
    const auto* const attribute = std::get_if<ChangeAttribute>(&cut);
    return attribute == nullptr || attribute->attribute != RoleAttribute::superuser ||
           !is_bootstrap_superuser(cluster_.role(attribute->role));
  }

  PathCuts cuts_of(const Route& route) const {
    PathCuts result;
    for (const auto& cut : route.cuts) {
      if (may_be_cut(cut)) result.push_back({cut});
    }
    return result;
  }

  // Where nothing can be cut.
  std::string instead_of_cut(const Route& route, const Target& target) const {
    const auto& object = cluster_.object(target.object);
    const bool by_owning = std::any_of(route.cuts.begin(), route.cuts.end(),
                                       [&](const Remedy& cut) { return is_of_the_owner(cut); });
    if (!by_owning) return "take away a step of the path";
    return fmt::format("{} owns {}: give it another owner, or leave the owner out of `who`",
                       facts_.shown(object.owner), facts_.shown(object));
  }

  static std::string cause_words(const Route& route) {
    std::string words;
    for (std::size_t i = 0; i + 1 < route.legs.size(); ++i) {
      words += (words.empty() ? "" : " > ") + route.legs[i].to;
    }
    return words.empty() ? route.legs.back().how : words;
  }

  // One for each role that is on a path of its own; a grant that all share is taken away once.
  static void add_remedy(Remedy cut, const Target& target, PrivilegeSet held,
                         std::vector<Remedy>& remedies) {
    // The same grant may be all there is to the object.
    auto* const revoke = std::get_if<ChangePrivileges>(&cut);
    if (revoke != nullptr && revoke->object == target.object) {
      if (!revoke->column) revoke->privileges = revoke->privileges & held;
      std::erase_if(remedies, [&](const Remedy& known) {
        const auto* const other = std::get_if<ChangePrivileges>(&known);
        const bool same = other != nullptr && other->object == revoke->object &&
                          other->column == revoke->column && other->grantee == revoke->grantee;
        if (same) revoke->privileges |= other->privileges;
        return same;
      });
    }
    add_once({std::move(cut)}, remedies);
  }

  // The grant at the end; but nobody takes SUPERUSER from who is meant to have it.
  static Remedy best_cut(const Route& route, const PathCuts& cuts) {
    const bool superuser = std::holds_alternative<ChangeAttribute>(route.cuts.back());
    return superuser ? cuts.front().front() : cuts.back().front();
  }

  std::vector<PathStep> path_of(const Route& route, const std::vector<std::string>& roles,
                                const std::string& login) const {
    std::vector<PathStep> path;
    if (!login.empty()) path.emplace_back(listed(roles) + " from " + login);
    auto at = login.empty() ? listed(roles) : std::string();
    for (const auto& leg : route.legs) {
      auto& step = path.emplace_back(fmt::format("{}--{}{}>  {}", at.empty() ? "" : at + "  ",
                                                 leg_words(cluster_, leg),
                                                 leg.how.empty() ? "" : "--", leg.to));
      if (leg.said) step.said = location_of(cluster_, *leg.said);
      at.clear();
    }
    path.insert(path.end(), route.steps.begin(), route.steps.end());
    return path;
  }

  void judge_becoming(const AccessEntry& entry) {
    const auto goals = facts_.roles().matching(*entry.cannot_become);
    for (const auto role : facts_.roles().matching(entry.who)) {
      for (const auto goal : goals) {
        if (goal == role) continue;
        if (cluster_.role(role).superuser) {
          add_becoming(entry, role, goal, {},
                       {{ChangeAttribute{role, RoleAttribute::superuser, false}}});
          continue;
        }
        const auto way = facts_.escalations().way(role, {goal, std::nullopt});
        if (way.empty()) continue;
        if (!goes_alone(way)) {
          note_unknown(entry, role, goal, way);
          continue;
        }
        std::vector<PathStep> path;
        PathCuts cuts;
        for (const auto& step : way) {
          path.push_back(facts_.told(fmt::format("{}: {}", step.edge, step.how), step.cut));
          const bool may =
              !step.cut.empty() && std::all_of(step.cut.begin(), step.cut.end(),
                                               [&](const Remedy& cut) { return may_be_cut(cut); });
          if (may) cuts.push_back(step.cut);
        }
        add_becoming(entry, role, goal, path, cuts);
      }
    }
  }

  void note_unknown(const AccessEntry& entry, RoleId role, RoleId goal,
                    const std::vector<Step>& way) {
    const auto uncertain =
        std::find_if(way.begin(), way.end(), [](const Step& s) { return !s.certain; });
    if (!unknown_.empty() || uncertain == way.end()) return;
    unknown_ =
        fmt::format("whether {} can become {}, which `{}` rules out, is not known: {}",
                    facts_.shown(role), facts_.shown(goal), displayed(entry.id), uncertain->how);
  }

  void add_becoming(const AccessEntry& entry, RoleId role, RoleId goal, std::vector<PathStep> path,
                    const PathCuts& cuts) {
    // Who becomes one of them may become all: it is said once, of the first.
    const auto key = fmt::format("{}\n{}", entry.id, facts_.shown(role));
    if (becoming_.contains(key)) return;
    auto& finding = becoming_[key];
    finding.subject = {"role", fmt::format("{}: {}", entry.id, cluster_.role_name(role)), ""};
    finding.message = fmt::format("{} can become {}, which `{}` rules out", facts_.shown(role),
                                  facts_.shown(goal), displayed(entry.id));
    if (path.empty()) {
      path.push_back(facts_.told(fmt::format("{} is SUPERUSER", facts_.shown(role)), cuts.front()));
    }
    finding.path = std::move(path);
    finding.paths = {cuts};
    finding.concerns = {role};
    if (!cuts.empty()) finding.remedies = cuts.front();
    if (cuts.empty()) finding.decision = "take away a step of the path";
  }

  static ClientOrigin origin_of(const AccessOrigin& said) {
    auto named = origin_named(said.words);
    if (!said.but) return named;
    const auto every = every_origin();
    return {every.local && !named.local, every.addresses.without(named.addresses)};
  }

  const Doors& doors() {
    if (!doors_) {
      doors_.emplace(facts_.graph(), facts_.decided(), Circumstances{facts_.today()});
    }
    return *doors_;
  }

  const Facts& facts_;
  const Cluster& cluster_;
  std::optional<Doors> doors_;
  std::string unknown_;
  // One cause, and all that it leads to.
  struct Found {
    const AccessEntry* entry = nullptr;
    Finding finding;
    std::set<std::string> roles;
    std::set<ObjectId> objects;
    PrivilegeSet held;
    std::string where;      // in a few words
    std::vector<Leg> legs;  // of the path that is shown
  };

  Finding finished(Found found) const {
    auto& finding = found.finding;
    const std::vector<std::string> roles(found.roles.begin(), found.roles.end());
    std::vector<std::string> objects;
    for (const auto id : found.objects) objects.push_back(facts_.shown(cluster_.object(id)));
    finding.message = fmt::format("{} {} {} on {}, which `{}` rules out", listed(roles),
                                  roles.size() == 1 ? "has" : "have", to_string(found.held),
                                  listed(objects, 4), displayed(found.entry->id));
    if (objects.size() == 1) {
      finding.subject.name =
          fmt::format("{}: {} by {}", found.entry->id, finding.subject.name, roles.front());
    } else {
      finding.subject.name =
          fmt::format("{}: by {}, {}", found.entry->id, roles.front(), found.where);
      constexpr std::size_t most = 100;
      finding.detail.push_back("on: " + listed(objects, most));
    }
    if (!finding.remedies.empty()) finding.decision.clear();
    return finding;
  }

  std::map<std::string, Found> found_;
  std::map<std::string, Finding> becoming_;
};

}  // namespace

Check model_access(MapReader&, MapReader&) {
  return [](const Facts& facts) -> Verdict {
    const auto& entries = facts.policy().access;
    if (entries.empty()) return {};
    if (const auto missing = facts.missing(Fact::roles)) return *missing;
    AccessJudge judge(facts);
    for (const auto& entry : entries) {
      if (!entry.cannot_become) {
        if (const auto missing = facts.missing(Fact::objects)) return *missing;
      }
      if (entry.from) {
        if (const auto missing = facts.missing_records()) return *missing;
      }
      judge.judge(entry);
    }
    auto verdict = std::move(judge).verdict();
    if (verdict.kind != Verdict::Kind::holds) return verdict;
    // What views, functions and foreign keys do for others, and where code leads up.
    for (const auto fact : {Fact::objects, Fact::code}) {
      if (const auto missing = facts.missing(fact)) return *missing;
    }
    if (const auto unread = unread_databases(facts.cluster())) {
      verdict.why = unread->why;
      verdict.remedy = unread->remedy;
    }
    return verdict;
  };
}

}  // namespace pgleast
