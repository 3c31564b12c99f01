#include "escalation/escalation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <queue>
#include <set>
#include <tuple>

#include "escalation/edge.hpp"

namespace pgleast {
namespace {

constexpr std::size_t mode_count = 3;
constexpr std::uint32_t no_node = 0xFFFFFFFF;
constexpr std::uint32_t no_offer = 0xFFFFFFFF;

// Of a longer way the steps between are counted, not told: chains of roles may be of any length.
constexpr std::size_t told_at_start = 16;
constexpr std::uint32_t told_at_end = 8;

// What a step costs: an uncertain one more than any number of victims, these more than any
// number of steps.
constexpr std::uint64_t victim_cost = std::uint64_t{1} << 20U;
constexpr std::uint64_t uncertain_cost = std::uint64_t{1} << 40U;

std::uint64_t cost_of(const Offer& offer) {
  return 1 + (offer.needs_victim ? victim_cost : 0) + (offer.certain ? 0 : uncertain_cost);
}

constexpr std::array<std::string_view, power_count> power_names{
    "superuser",
    "the server's operating-system user",
    "the files of the server's operating-system user, to write",
    "any role that is no superuser",
    "a copy of the whole cluster",
    "the files of the server's operating-system user, to read",
    "all rows",
    "all rows, to change",
    "every change of the rows of a database",
    "rows that row security keeps from others",
    "what the owner of a view or rule reads or writes by it",
    "every large object",
    "the scripts of trusted extensions, run as the bootstrap superuser",
    "a login on another server",
    "what the cloud provider gives in place of superuser",
};

}  // namespace

std::string_view to_string(Power power) { return power_names[static_cast<std::size_t>(power)]; }

bool includes(Power power, Power other) {
  if (power == other) return true;
  switch (power) {
    case Power::superuser:
    case Power::operating_system:
    case Power::write_files:
      return true;
    case Power::whole_cluster:
      return other == Power::read_data || other == Power::row_security ||
             other == Power::owners_rows || other == Power::changes ||
             other == Power::large_objects;
    case Power::read_data:
      return other == Power::owners_rows;
    default:
      return false;
  }
}

bool goes_alone(const std::vector<Step>& way) {
  return std::all_of(way.begin(), way.end(),
                     [](const Step& s) { return s.certain && !s.needs_victim; });
}

class Escalations::Search {
 public:
  // What is next on the best way from each node to one goal.
  struct Tree {
    std::vector<std::uint32_t> next;   // node
    std::vector<std::uint32_t> offer;  // that leads there; none: it is included
    std::vector<std::uint64_t> cost;   // of the rest of the way
    std::vector<std::uint32_t> steps;  // in it
    std::vector<std::uint32_t> last;   // node from where the last of them are told
  };

  // Without the steps that need a victim, unless they are wanted: there are many.
  Search(const Context& asked, bool with_victims) : context(asked), cluster(asked.cluster()) {
    for (std::size_t e = 0; e < edges().size(); ++e) {
      const auto& edge = edges()[e];
      const bool seen = std::all_of(edge.info.needs.begin(), edge.info.needs.end(),
                                    [&](Fact f) { return cluster.seen(f); });
      if (!seen || !edge.info.versions.has(cluster.major())) continue;
      if (!edge.alone && !with_victims) continue;
      std::vector<Offer> found;
      edge.find(context, found);
      for (auto& offer : found) {
        if (offer.needs_victim && !with_victims) continue;
        offer.edge = e;
        offers.push_back(std::move(offer));
      }
    }
    if (cluster.seen(Fact::roles)) add_own_passwords();
    by_node.resize(nodes());
    for (std::uint32_t o = 0; o < offers.size(); ++o) {
      by_node[target(offers[o])].push_back(o);
      if (offers[o].holder == public_role) {
        of_everyone.push_back(o);
      } else {
        by_holder[offers[o].holder].push_back(o);
      }
    }
  }

  void add_own_passwords() {
    const auto told_as = std::find_if(edges().begin(), edges().end(),
                                      [](const Edge& e) { return e.info.id == "ESC-PASSWORD"; });
    for (auto& offer : own_passwords(context)) {
      offer.edge = static_cast<std::size_t>(told_as - edges().begin());
      offers.push_back(std::move(offer));
    }
  }

  std::size_t nodes() const { return cluster.roles.size() * mode_count + power_count; }
  static std::uint32_t node(RoleId role, Mode mode) {
    return static_cast<std::uint32_t>(index(role) * mode_count + static_cast<std::size_t>(mode));
  }
  std::uint32_t node(Power power) const {
    return static_cast<std::uint32_t>(cluster.roles.size() * mode_count +
                                      static_cast<std::size_t>(power));
  }
  // A role is reached however one acts as it.
  std::uint32_t node(const Goal& goal) const {
    return goal.power ? node(*goal.power) : node(goal.role, Mode::code);
  }
  std::uint32_t target(const Offer& offer) const {
    return offer.to.power ? node(*offer.to.power) : node(offer.to.role, offer.becomes);
  }
  bool is_power(std::uint32_t n) const { return n >= cluster.roles.size() * mode_count; }
  Power power(std::uint32_t n) const {
    return static_cast<Power>(n - cluster.roles.size() * mode_count);
  }
  RoleId role(std::uint32_t n) const { return RoleId{static_cast<std::uint32_t>(n / mode_count)}; }

  bool takes(RoleId who, const Offer& offer) const {
    if (offer.itself) return who == offer.holder;
    if (who == offer.to.role) return false;
    const auto holds = [&](const Need& need) { return context.holders(need).has(who); };
    if (!std::all_of(offer.all.begin(), offer.all.end(), holds)) return false;
    if (!offer.any.empty() && std::none_of(offer.any.begin(), offer.any.end(), holds)) return false;
    if (offer.holder == who) return true;
    if (offer.holding == Holding::own || cluster.role(who).superuser) return false;
    if (cluster.role(who).dropped) return false;
    if (offer.holder == public_role) return true;
    return context.graph().who_has(offer.holder, closure_of(offer)).has(who);
  }

  static Closure closure_of(const Offer& offer) {
    return offer.holding == Holding::members ? Closure::members : Closure::inherits;
  }

  std::vector<RoleId> takers(const Offer& offer) const {
    std::vector<RoleId> result;
    if (offer.holding == Holding::own) {
      result = {offer.holder};
    } else if (offer.holder != public_role) {
      result = context.graph().who_has(offer.holder, closure_of(offer)).members();
    } else {
      for (std::uint32_t i = 0; i < cluster.roles.size(); ++i) result.push_back(RoleId{i});
    }
    std::erase_if(result, [&](RoleId r) { return !takes(r, offer); });
    return result;
  }

  // Nodes whose power includes what `n` is, in one step.
  std::vector<std::uint32_t> included_by(std::uint32_t n) const {
    std::vector<std::uint32_t> result;
    if (is_power(n)) {
      for (std::size_t p = 0; p < power_count; ++p) {
        const auto other = static_cast<Power>(p);
        if (other != power(n) && includes(other, power(n))) result.push_back(node(other));
      }
      return result;
    }
    const auto mode = n % mode_count;
    if (mode > 0) return {n - 1};
    result = {node(Power::superuser), node(Power::operating_system), node(Power::write_files)};
    if (!cluster.role(role(n)).superuser) result.push_back(node(Power::any_role));
    return result;
  }

  const Tree& tree(const Goal& goal) const {
    const auto [at, added] = trees.try_emplace(goal, Tree());
    if (added) at->second = grown(node(goal));
    return at->second;
  }

  // Dijkstra's way, from the goal back.
  Tree grown(std::uint32_t goal) const {
    Tree tree{std::vector<std::uint32_t>(nodes(), no_node),
              std::vector<std::uint32_t>(nodes(), no_offer),
              std::vector<std::uint64_t>(nodes(), std::numeric_limits<std::uint64_t>::max()),
              std::vector<std::uint32_t>(nodes()), std::vector<std::uint32_t>(nodes())};
    auto& cost = tree.cost;
    std::vector<bool> done(nodes());
    using Entry = std::pair<std::uint64_t, std::uint32_t>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
    cost[goal] = 0;
    open.emplace(0, goal);
    while (!open.empty()) {
      const auto [so_far, at] = open.top();
      open.pop();
      if (done[at]) continue;
      done[at] = true;
      if (const auto next = tree.next[at]; next != no_node) {
        tree.steps[at] = tree.steps[next] + (tree.offer[at] == no_offer ? 0 : 1);
      }
      tree.last[at] = tree.steps[at] <= told_at_end ? at : tree.last[tree.next[at]];
      const auto reach = [&, at = at](std::uint32_t before, std::uint64_t total,
                                      std::uint32_t offer) {
        if (done[before] || cost[before] <= total) return;
        cost[before] = total;
        tree.next[before] = at;
        tree.offer[before] = offer;
        open.emplace(total, before);
      };
      for (const auto before : included_by(at)) reach(before, so_far, no_offer);
      for (const auto o : by_node[at]) {
        const auto total = so_far + cost_of(offers[o]);
        for (const auto who : takers(offers[o])) reach(node(who, offers[o].as), total, o);
      }
    }
    return tree;
  }

  Step told(RoleId from, std::uint32_t o, const Goal& to) const {
    return told(from, offers[o], to);
  }
  Step told(RoleId from, const Offer& offer, const Goal& to) const {
    const auto& edge = edges()[offer.edge];
    Step step;
    step.edge = edge.info.id;
    step.from = from;
    step.to = to;
    step.holder = offer.holder;
    if (!offer.objects.empty()) step.object = offer.objects.front();
    step.needs_victim = offer.needs_victim;
    step.certain = offer.certain;
    edge.describe(context, offer, step);
    return step;
  }

  const Context& context;
  const Cluster& cluster;
  std::vector<Offer> offers;
  std::vector<std::vector<std::uint32_t>> by_node;  // offers that lead there
  std::map<RoleId, std::vector<std::uint32_t>> by_holder;
  std::vector<std::uint32_t> of_everyone;
  mutable std::map<Goal, Tree> trees;
};

struct Escalations::State {
  State(const Graph& graph, const Connections& connections) : context(graph, connections) {}
  Context context;
  std::unique_ptr<Search> alone, all;
};

Escalations::Escalations(const Graph& graph, const Connections& connections)
    : state_(std::make_unique<State>(graph, connections)) {}
Escalations::~Escalations() = default;

const Escalations::Search& Escalations::search(Help help) const {
  auto& made = help == Help::none ? state_->alone : state_->all;
  if (!made) made = std::make_unique<Search>(state_->context, help == Help::any);
  return *made;
}

const IndirectUses& Escalations::indirect_uses() const { return state_->context.indirect_uses(); }
const RowReach& Escalations::row_reach() const { return state_->context.row_reach(); }

std::vector<Step> Escalations::steps(RoleId from) const {
  const auto& made = search(Help::any);
  std::vector<std::uint32_t> possible = made.of_everyone;
  for (const auto holder : made.context.graph().reach(from, Closure::members).members()) {
    const auto found = made.by_holder.find(holder);
    if (found == made.by_holder.end()) continue;
    possible.insert(possible.end(), found->second.begin(), found->second.end());
  }
  std::vector<Step> result;
  for (const auto o : possible) {
    const auto& offer = made.offers[o];
    if (!offer.itself && made.takes(from, offer)) result.push_back(made.told(from, o, offer.to));
  }
  const auto key = [](const Step& s) { return std::tuple(s.edge, s.object, s.to); };
  // Who needs nobody does not wait for somebody.
  std::set<std::tuple<std::string_view, ObjectId, Goal>> alone;
  for (const auto& step : result) {
    if (!step.needs_victim) alone.insert(key(step));
  }
  std::erase_if(result, [&](const Step& s) { return s.needs_victim && alone.contains(key(s)); });
  std::stable_sort(result.begin(), result.end(),
                   [&](const Step& a, const Step& b) { return key(a) < key(b); });
  return result;
}

namespace {

// The last one that is told stands for those that are not.
void pass_over(std::uint32_t steps, std::uint64_t cost, Step& before) {
  before.how += fmt::format(", and so on by {} more steps", steps);
  before.statements.push_back(fmt::format("-- and so on by {} more steps", steps));
  if (cost >= uncertain_cost) before.certain = false;
  if (cost % uncertain_cost >= victim_cost) before.needs_victim = true;
}

}  // namespace

std::vector<Step> Escalations::way(RoleId from, const Goal& to, Help help) const {
  const auto& made = search(help);
  std::vector<Step> result;
  const auto& tree = made.tree(to);
  const auto goal = made.node(to);
  for (auto at = made.node(from, Mode::login); at != goal;) {
    const auto next = tree.next[at];
    if (next == no_node) return {};
    if (const auto last = tree.last[at]; last != at && result.size() == told_at_start) {
      pass_over(tree.steps[at] - tree.steps[last], tree.cost[at] - tree.cost[last], result.back());
      at = last;
      continue;
    }
    if (tree.offer[at] != no_offer) {
      // What makes one any role is told of the role that it is used for.
      auto goes_to = made.offers[tree.offer[at]].to;
      const auto then = tree.next[next];
      if (goes_to.power == Power::any_role && then != no_node && !made.is_power(then)) {
        goes_to = {made.role(then), std::nullopt};
      }
      result.push_back(made.told(made.role(at), tree.offer[at], goes_to));
    }
    at = next;
  }
  return result;
}

std::vector<Goal> Escalations::reachable(RoleId from, Help help) const {
  const auto& made = search(help);
  std::vector<Goal> result;
  std::vector<bool> seen(made.nodes());
  std::vector<std::uint32_t> open;
  const auto reach = [&](std::uint32_t n) {
    if (seen[n]) return;
    seen[n] = true;
    open.push_back(n);
    if (made.is_power(n)) {
      result.push_back({no_role, made.power(n)});
    } else if (made.role(n) != from && n % mode_count == mode_count - 1) {
      result.push_back({made.role(n), std::nullopt});
    }
  };
  reach(made.node(from, Mode::login));
  while (!open.empty()) {
    const auto at = open.back();
    open.pop_back();
    for (std::uint32_t n = 0; n < made.nodes() && made.is_power(at); ++n) {
      const auto before = made.included_by(n);
      if (std::find(before.begin(), before.end(), at) != before.end()) reach(n);
    }
    if (made.is_power(at)) continue;
    const auto mode = static_cast<Mode>(at % mode_count);
    if (mode != Mode::code) reach(at + 1);
    const auto who = made.role(at);
    const auto try_all = [&](const std::vector<std::uint32_t>& offers) {
      for (const auto o : offers) {
        const auto& offer = made.offers[o];
        if (offer.as == mode && made.takes(who, offer)) reach(made.target(offer));
      }
    };
    try_all(made.of_everyone);
    for (const auto holder : made.context.graph().reach(who, Closure::members).members()) {
      const auto found = made.by_holder.find(holder);
      if (found != made.by_holder.end()) try_all(found->second);
    }
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<Opening> Escalations::openings(std::string_view edge) const {
  const auto& made = search(Help::any);
  std::vector<Opening> result;
  for (const auto& offer : made.offers) {
    if (edges()[offer.edge].info.id != edge || offer.itself) continue;
    auto takers = made.takers(offer);
    // A superuser needs no other step.
    if (edge != "ESC-SUPER") {
      std::erase_if(takers, [&](RoleId r) { return made.cluster.role(r).superuser; });
    }
    if (takers.empty()) continue;
    auto one = offer;
    for (std::size_t i = 0; i < std::max<std::size_t>(1, offer.objects.size()); ++i) {
      if (!offer.objects.empty()) one.objects = {offer.objects[i]};
      result.push_back({made.told(one.holder, one, one.to), takers});
    }
  }
  return result;
}

}  // namespace pgleast
