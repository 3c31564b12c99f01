#include "fix/cut.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <unordered_map>

#include "fix/statement.hpp"
#include "model/bootstrap_superuser.hpp"
#include "pg/identifier.hpp"
#include "privileges/acl_edit.hpp"
#include "privileges/membership_revoke.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// What a way to the privilege is made of, and what one statement aims at.
struct Link {
  enum class Kind { superuser, item, membership } kind = Kind::superuser;
  std::size_t list = 0;   // item: 0 the object's own list, 1 the column's
  std::size_t index = 0;  // into that list or the memberships
  auto operator<=>(const Link&) const = default;
};

struct State {
  bool superuser = false;
  std::array<std::vector<bool>, 2> items;
  std::vector<bool> memberships;
};

using Chain = std::vector<Link>;

// One question, and all that its answer may hang on.
class CutQuestion {
 public:
  CutQuestion(const Graph& graph, RoleId role, const Object& object, const Column* column,
              Privilege privilege)
      : graph_(graph),
        cluster_(graph.cluster()),
        role_(role),
        object_(object),
        column_(column),
        privilege_(privilege),
        database_(graph.database_of(object)),
        ownership_(graph.database_ownership(Closure::inherits, database_)),
        has_privileges_(graph.has_privileges(database_)),
        kept_(kept_by_server(graph.cluster(), object).has(privilege)) {
    lists_[0] = graph.list_of(object);
    if (column != nullptr) lists_[1] = cluster_.column_acl(*column);
    start_.superuser = cluster_.role(role).superuser;
    for (std::size_t l = 0; l < lists_.size(); ++l) {
      for (const auto& item : lists_[l]) start_.items[l].push_back(item.privileges.has(privilege));
    }
    RoleSet groups(cluster_.roles.size());
    const auto& reached = graph.reach(role, Closure::inherits, database_);
    for (const auto& m : cluster_.memberships) {
      if (carries(m, Closure::inherits) && reached.has(m.member)) groups.insert(m.role);
    }
    for (const auto& m : cluster_.memberships) {
      if (groups.has(m.role)) memberships_.push_back(m);
    }
    start_.memberships.assign(memberships_.size(), true);
    for (std::size_t i = 0; i < memberships_.size(); ++i) {
      const auto& m = memberships_[i];
      if (carries(m, Closure::inherits)) of_member_[m.member].push_back(i);
    }
  }

  const State& start() const { return start_; }

  /// The shortest way that is left; none: the privilege is not held.
  std::optional<Chain> way(const State& state) const;
  /// The statements that break it, while `take` wants more.
  void each_breaking(const Chain& way, const State& state,
                     const std::function<bool(const Link&)>& take) const;
  std::vector<Link> breaking(const Chain& way, const State& state) const;
  /// Takes away what `statement` does; true when it needs CASCADE for it.
  bool run(const Link& statement, State& state) const;
  /// Something hangs on what it takes from the columns that were not asked about.
  bool cascades_elsewhere(const Link& statement) const;
  CutStatement sql(const Link& statement, bool cascade) const;
  /// Why a way that nothing breaks cannot be broken.
  std::string unbreakable(const Chain& way) const;
  /// The model with what is left.
  void apply(const State& left, Cluster& model, ObjectId object) const;

 private:
  bool ends_here(RoleId at, const State& state, Chain& way) const;
  bool can_run(const Link& statement) const;
  AclItem taken_of(const AclItem& item) const {
    return {item.grantee, item.grantor, privilege_, privilege_};
  }
  bool take_item(std::size_t list, const AclItem& taken, State& state) const;
  bool take_membership(std::size_t place, State& state) const;
  Acl left_of(std::size_t list, const State& state) const;
  std::vector<Link> beneath(const Link& part) const;
  bool breaks(const Link& statement, const Chain& way, const State& state) const;

  const Graph& graph_;
  const Cluster& cluster_;
  RoleId role_;
  const Object& object_;
  const Column* column_;
  Privilege privilege_;
  ObjectId database_;
  std::optional<std::pair<RoleId, RoleId>> ownership_;
  HasPrivileges has_privileges_;
  bool kept_;
  std::array<Acl, 2> lists_;
  std::vector<Membership> memberships_;
  std::unordered_map<RoleId, std::vector<std::size_t>> of_member_;  // those that it inherits by
  State start_;
};

// What holds at the end of a way, once `at` is reached: an item or a predefined role.
bool CutQuestion::ends_here(RoleId at, const State& state, Chain& way) const {
  for (std::size_t l = 0; l < lists_.size(); ++l) {
    if (l == 0 && kept_) continue;
    for (std::size_t i = 0; i < lists_[l].size(); ++i) {
      if (!state.items[l][i] || lists_[l][i].grantee != at) continue;
      way.push_back({Link::Kind::item, l, i});
      return true;
    }
  }
  if (at == public_role) return false;
  const auto& predefined = graph_.predefined_for_data();
  return std::find(predefined.begin(), predefined.end(), at) != predefined.end() &&
         graph_.given_by(at, object_).has(privilege_);
}

std::optional<Chain> CutQuestion::way(const State& state) const {
  if (state.superuser) return Chain{{Link::Kind::superuser, 0, 0}};
  constexpr auto no_part = static_cast<std::size_t>(-1);
  static const std::vector<std::size_t> none;
  struct Reached {
    RoleId role;
    std::size_t from, by;  // in `reached`; into memberships_
  };
  std::vector<Reached> reached{{role_, 0, no_part}};
  RoleSet seen(cluster_.roles.size());
  seen.insert(role_);
  const auto way_to = [&](std::size_t at, const Chain& end) {
    Chain chain;
    for (; at != 0; at = reached[at].from) {
      if (reached[at].by != no_part) chain.push_back({Link::Kind::membership, 0, reached[at].by});
    }
    std::reverse(chain.begin(), chain.end());
    chain.insert(chain.end(), end.begin(), end.end());
    return chain;
  };
  Chain end;
  if (ends_here(role_, state, end)) return end;
  if (ends_here(public_role, state, end)) return end;
  for (std::size_t at = 0; at < reached.size(); ++at) {
    if (ends_here(reached[at].role, state, end)) return way_to(at, end);
    const auto groups = of_member_.find(reached[at].role);
    for (const auto i : groups == of_member_.end() ? none : groups->second) {
      const auto group = memberships_[i].role;
      if (state.memberships[i] && seen.insert(group)) reached.push_back({group, at, i});
    }
    if (ownership_ && ownership_->first == reached[at].role && seen.insert(ownership_->second)) {
      reached.push_back({ownership_->second, at, no_part});
    }
  }
  return std::nullopt;
}

// Of a list what is left of the one privilege.
Acl CutQuestion::left_of(std::size_t list, const State& state) const {
  Acl left;
  for (std::size_t i = 0; i < lists_[list].size(); ++i) {
    if (!state.items[list][i]) continue;
    auto item = lists_[list][i];
    item.privileges = item.privileges & privilege_;
    item.grantable = item.grantable & privilege_;
    left.push_back(item);
  }
  return left;
}

bool CutQuestion::take_item(std::size_t list, const AclItem& taken, State& state) const {
  const auto after = revoked(left_of(list, state), taken, object_.owner, has_privileges_);
  for (std::size_t i = 0; i < lists_[list].size(); ++i) {
    const auto& item = lists_[list][i];
    const bool stays = std::any_of(after.left.begin(), after.left.end(), [&](const AclItem& left) {
      return left.grantee == item.grantee && left.grantor == item.grantor;
    });
    if (!stays) state.items[list][i] = false;
  }
  return after.cascades;
}

bool CutQuestion::take_membership(std::size_t place, State& state) const {
  if (!state.memberships[place]) return false;
  std::vector<Membership> there;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < memberships_.size(); ++i) {
    if (!state.memberships[i]) continue;
    there.push_back(memberships_[i]);
    places.push_back(i);
  }
  const auto at = std::lower_bound(places.begin(), places.end(), place) - places.begin();
  MembershipRevoke revoke(there, memberships_[place].role, cluster_.major());
  revoke.revoke_at(static_cast<std::size_t>(at));
  for (const auto gone : revoke.gone()) state.memberships[places[gone]] = false;
  return revoke.gone().size() > 1;
}

bool CutQuestion::run(const Link& statement, State& state) const {
  switch (statement.kind) {
    case Link::Kind::superuser:
      state.superuser = false;
      return false;
    case Link::Kind::membership:
      return take_membership(statement.index, state);
    case Link::Kind::item:
      break;
  }
  const auto taken = taken_of(lists_[statement.list][statement.index]);
  const bool cascades = take_item(statement.list, taken, state);
  // A table's REVOKE takes the same from each of its columns.
  if (statement.list != 0) return cascades;
  const bool of_column = take_item(1, taken, state);
  return cascades || of_column;
}

bool CutQuestion::cascades_elsewhere(const Link& statement) const {
  const bool of_table = statement.kind == Link::Kind::item && statement.list == 0;
  if (!of_table) return false;
  const auto taken = taken_of(lists_[0][statement.index]);
  return cascades_in_columns(cluster_, object_, taken, has_privileges_);
}

// Another grantor's grant is revoked as that grantor, who needs the option itself (acl.c,
// select_best_grantor).
bool CutQuestion::can_run(const Link& statement) const {
  if (statement.kind == Link::Kind::superuser) {
    return !is_bootstrap_superuser(cluster_.role(role_));
  }
  if (statement.kind == Link::Kind::membership) {
    const auto& m = memberships_[statement.index];
    return !cluster_.role(m.member).dropped && !cluster_.role(m.role).dropped &&
           (cluster_.major() < 16 || (m.grantor != no_role && !cluster_.role(m.grantor).dropped));
  }
  const auto& item = lists_[statement.list][statement.index];
  if (granted_through(cluster_, object_) == nullptr) return false;
  if (item.grantee != public_role && cluster_.role(item.grantee).dropped) return false;
  if (item.grantor == object_.owner) return true;
  const auto& grantor = cluster_.role(item.grantor);
  if (grantor.dropped || grantor.superuser) return false;
  if (object_.schema != no_object) {
    const auto& schema = cluster_.object(object_.schema);
    if (!graph_.held(item.grantor, schema).privileges.has(Privilege::usage)) return false;
  }
  for (std::size_t l = 0; l <= statement.list; ++l) {
    for (const auto& option : lists_[l]) {
      if (option.grantee == item.grantor && option.grantable.has(privilege_)) return true;
    }
  }
  return false;
}

// What else takes a part: the same grant in another list, and what it hangs on.
std::vector<Link> CutQuestion::beneath(const Link& part) const {
  std::vector<Link> result;
  if (part.kind == Link::Kind::item) {
    const auto& item = lists_[part.list][part.index];
    for (std::size_t l = 0; l <= part.list; ++l) {
      for (std::size_t i = 0; i < lists_[l].size(); ++i) {
        const auto& other = lists_[l][i];
        if (!other.privileges.has(privilege_)) continue;
        const bool same = other.grantee == item.grantee && other.grantor == item.grantor;
        if (same || other.grantee == item.grantor) result.push_back({Link::Kind::item, l, i});
      }
    }
  } else if (part.kind == Link::Kind::membership && cluster_.major() >= 16) {
    const auto& m = memberships_[part.index];
    for (std::size_t i = 0; i < memberships_.size(); ++i) {
      const bool above = memberships_[i].role == m.role && memberships_[i].member == m.grantor;
      if (above) result.push_back({Link::Kind::membership, 0, i});
    }
  }
  return result;
}

// The nearest to the object first, each followed by what it hangs on. Not by calling itself: a
// privilege may be passed on as often as one likes.
void CutQuestion::each_breaking(const Chain& way, const State& state,
                                const std::function<bool(const Link&)>& take) const {
  auto open = way;
  std::set<Link> seen;
  while (!open.empty()) {
    const auto part = open.back();
    open.pop_back();
    if (!seen.insert(part).second) continue;
    if (can_run(part) && breaks(part, way, state) && !take(part)) return;
    const auto more = beneath(part);
    open.insert(open.end(), more.rbegin(), more.rend());
  }
}

std::vector<Link> CutQuestion::breaking(const Chain& way, const State& state) const {
  std::vector<Link> statements;
  each_breaking(way, state, [&](const Link& statement) {
    statements.push_back(statement);
    return true;
  });
  return statements;
}

bool CutQuestion::breaks(const Link& statement, const Chain& way, const State& state) const {
  auto after = state;
  run(statement, after);
  return std::any_of(way.begin(), way.end(), [&](const Link& part) {
    if (part.kind == Link::Kind::superuser) return !after.superuser;
    if (part.kind == Link::Kind::item) return !after.items[part.list][part.index];
    return !after.memberships[part.index];
  });
}

CutStatement CutQuestion::sql(const Link& statement, bool cascade) const {
  const auto* const tail = cascade ? " CASCADE;" : ";";
  if (statement.kind == Link::Kind::superuser) {
    return {fmt::format("ALTER ROLE {} NOSUPERUSER;", grantee_sql(cluster_, role_))};
  }
  if (statement.kind == Link::Kind::membership) {
    const auto& m = memberships_[statement.index];
    const auto by = cluster_.major() < 16 ? "" : " GRANTED BY " + grantee_sql(cluster_, m.grantor);
    return {fmt::format("REVOKE {} FROM {}{}{}", grantee_sql(cluster_, m.role),
                        grantee_sql(cluster_, m.member), by, tail)};
  }
  const auto& item = lists_[statement.list][statement.index];
  const auto revoke =
      fmt::format("REVOKE {}{} ON {} FROM {}{}", info(privilege_).keyword,
                  statement.list == 1 ? " (" + quote_identifier(column_->name) + ")" : "",
                  grant_target(cluster_, *granted_through(cluster_, object_)),
                  grantee_sql(cluster_, item.grantee), tail);
  if (item.grantor == object_.owner) return {revoke};
  return {fmt::format("SET ROLE {};", grantee_sql(cluster_, item.grantor)), revoke, "RESET ROLE;"};
}

std::string CutQuestion::unbreakable(const Chain& way) const {
  const auto name = displayed(cluster_.role_name(role_));
  if (way.empty()) return name + " is itself a role whose privileges are built in";
  if (way.back().kind == Link::Kind::superuser) {
    return name + " is the bootstrap superuser, which stays one";
  }
  if (way.back().kind == Link::Kind::item && granted_through(cluster_, object_) == nullptr) {
    return fmt::format("the server takes no GRANT or REVOKE on {} {}",
                       object_.kind == ObjectKind::language ? "the untrusted language" : "the type",
                       displayed(object_.identity));
  }
  if (way.back().kind == Link::Kind::item) {
    const auto& item = lists_[way.back().list][way.back().index];
    return fmt::format("{} granted it and could not revoke it now",
                       displayed(cluster_.role_name(item.grantor)));
  }
  return "no membership on the way can be revoked";
}

void CutQuestion::apply(const State& left, Cluster& model, ObjectId object) const {
  model.roles[index(role_)].superuser = left.superuser;
  std::size_t at = 0;
  std::erase_if(model.memberships, [&](const Membership& m) {
    return at < memberships_.size() && m == memberships_[at] && !left.memberships[at++];
  });
  const auto list_left = [&](std::size_t l) {
    auto acl = lists_[l];
    for (std::size_t i = 0; i < acl.size(); ++i) {
      if (!left.items[l][i]) acl[i].privileges -= privilege_;
    }
    return add_acl(model, std::move(acl));
  };
  auto& changed = model.objects[index(object)];
  changed.acl = list_left(0);
  if (column_ == nullptr) return;
  const auto place = column_ - cluster_.relation(object_).columns.data();
  model.relations[changed.detail].columns[static_cast<std::size_t>(place)].acl = list_left(1);
}

// --- The search ---

class Search {
 public:
  explicit Search(const CutQuestion& question) : question_(question) {}

  /// The fewest statements; `limit`: as many are known to do.
  std::optional<std::vector<Link>> find(std::size_t limit) {
    for (auto count = at_least(question_.start()); count < limit; ++count) {
      chosen_.clear();
      if (ends_with(question_.start(), count)) return chosen_;
      if (tried_ > most_tries) return std::nullopt;
    }
    return std::nullopt;
  }
  bool gave_up() const { return tried_ > most_tries; }

  /// One way after the other, always the first statement; `unbroken` where there is none.
  std::optional<std::vector<Link>> greedy(Chain& unbroken) const {
    std::vector<Link> result;
    auto state = question_.start();
    while (const auto way = question_.way(state)) {
      std::optional<Link> first;
      question_.each_breaking(*way, state, [&](const Link& statement) {
        first = statement;
        return false;
      });
      if (!first) {
        unbroken = *way;
        return std::nullopt;
      }
      result.push_back(*first);
      question_.run(*first, state);
    }
    return result;
  }

  /// Ways of which no statement breaks two, so that each needs one of its own.
  std::size_t at_least(State state) const {
    std::size_t count = 0;
    while (const auto way = question_.way(state)) {
      const auto statements = question_.breaking(*way, state);
      if (statements.empty()) return count + 1;
      ++count;
      for (const auto& statement : statements) question_.run(statement, state);
    }
    return count;
  }

 private:
  static constexpr std::size_t most_tries = 4000;

  bool ends_with(const State& state, std::size_t count) {
    if (++tried_ > most_tries) return false;
    const auto way = question_.way(state);
    if (!way) return true;
    if (at_least(state) > count) return false;
    for (const auto& statement : question_.breaking(*way, state)) {
      auto after = state;
      question_.run(statement, after);
      chosen_.push_back(statement);
      if (ends_with(after, count - 1)) return true;
      chosen_.pop_back();
    }
    return false;
  }

  const CutQuestion& question_;
  std::vector<Link> chosen_;
  std::size_t tried_ = 0;
};

// Privileges before memberships, on which it depends who still may pass them on.
std::vector<CutStatement> in_order(const CutQuestion& question, std::vector<Link> statements,
                                   State& state) {
  std::stable_sort(statements.begin(), statements.end(), [](const Link& a, const Link& b) {
    const auto rank = [](const Link& p) {
      return p.kind == Link::Kind::item ? 0 : p.kind == Link::Kind::membership ? 1 : 2;
    };
    return rank(a) < rank(b);
  });
  std::vector<CutStatement> result;
  for (const auto& statement : statements) {
    const bool cascade = question.run(statement, state);
    result.push_back(question.sql(statement, cascade || question.cascades_elsewhere(statement)));
  }
  return result;
}

}  // namespace

PrivilegeSet Cuts::held_in(const Cluster& model, RoleId role, ObjectId id,
                           std::optional<std::size_t> column) const {
  const auto& object = model.object(id);
  const auto has_privileges = has_privileges_in(model, graph_.database_of(object));
  const auto has = [&](RoleId of) { return has_privileges(role, of); };
  const auto held = held_on(model, graph_.data_roles(), object, model.effective_acl(object),
                            model.role(role).superuser, has);
  if (!column) return held.privileges;
  const auto& list = model.column_acl(model.relation(object).columns[*column]);
  return held_on_column(held, object, list, has).privileges;
}

bool Cuts::holds_after(const std::function<void(Cluster&)>& change, RoleId role, ObjectId id,
                       std::optional<std::size_t> column, Privilege privilege) {
  if (!model_) model_ = cluster_;
  change(*model_);
  const bool holds = held_in(*model_, role, id, column).has(privilege);
  model_->roles[index(role)] = cluster_.role(role);
  model_->memberships = cluster_.memberships;
  auto& object = model_->objects[index(id)];
  object.acl = cluster_.object(id).acl;
  if (column) {
    model_->relations[object.detail].columns[*column].acl =
        cluster_.relation(object).columns[*column].acl;
  }
  model_->acls.resize(cluster_.acls.size());
  return holds;
}

Cut Cuts::of(RoleId role, ObjectId id, std::optional<std::size_t> column, Privilege privilege) {
  const auto& object = cluster_.object(id);
  const CutQuestion question(graph_, role, object,
                             column ? &cluster_.relation(object).columns[*column] : nullptr,
                             privilege);
  Cut cut;
  cut.owner = graph_.reach(role, Closure::inherits, object.database).has(object.owner);
  const auto first = question.way(question.start());
  if (!first) return cut;
  // The model is asked, too.
  const auto ends = [&](const State& left) {
    const bool ended = !question.way(left);
    const bool holds = holds_after([&](Cluster& model) { question.apply(left, model, id); }, role,
                                   id, column, privilege);
    if (ended == holds) throw std::logic_error("a cut does not cut");
    return ended;
  };
  question.each_breaking(*first, question.start(), [&](const Link& statement) {
    auto left = question.start();
    auto sql = in_order(question, {statement}, left);
    if (ends(left)) cut.any_of.push_back(std::move(sql.front()));
    return cut.any_of.size() < Cut::most_of_any;
  });
  if (!cut.any_of.empty()) return cut;
  Search search(question);
  Chain unbroken;
  const auto greedy = search.greedy(unbroken);
  if (!greedy) {
    cut.impossible = question.unbreakable(unbroken);
    return cut;
  }
  const auto fewest = search.find(greedy->size());
  cut.fewest = !search.gave_up();
  auto left = question.start();
  cut.all_of = in_order(question, fewest ? *fewest : *greedy, left);
  ends(left);
  return cut;
}

}  // namespace pgleast
