#include "connections/ident_map.hpp"

#include <re2/re2.h>

#include "connections/first_group.hpp"
#include "connections/name_expression.hpp"

namespace pgleast {
namespace {

enum class Match { no, may, yes };

bool is_expression(const std::string& text) { return text.starts_with('/'); }

/// How the system name field takes a name, and what its first group holds.
struct Taken {
  Match match = Match::no;
  FirstGroup group;
};

Taken taken_by(const HbaName& field, const std::string& name) {
  if (!is_expression(field.text)) return {field.text == name ? Match::yes : Match::no, {}};
  const auto text = field.text.substr(1);
  const auto expression = name_expression(text);
  if (!expression) return {Match::may, {}};
  if (!re2::RE2::PartialMatch(name, *expression)) return {};
  return {Match::yes, first_group(text, name)};
}

/// From version 16 the role name may be more than a name.
std::optional<MapTarget> special(const HbaName& field, int major) {
  if (major < 16) return std::nullopt;
  if (!field.quoted && field.text.starts_with('+')) {
    return MapTarget{MapTarget::Kind::members, field.text.substr(1), {}, true};
  }
  if (!field.quoted && field.text == "all") {
    return MapTarget{MapTarget::Kind::everyone, "", {}, true};
  }
  if (is_expression(field.text)) {
    return MapTarget{MapTarget::Kind::matching, field.text.substr(1), {}, true};
  }
  return std::nullopt;
}

/// What comes of it is a plain name. Before version 19 only the first `\1` is replaced.
MapTarget target_of(const IdentRecord& record, const Taken& taken, int major) {
  if (auto target = special(record.pg_user, major)) return *std::move(target);
  MapTarget target{MapTarget::Kind::name, record.pg_user.text, {}, true};
  auto mark = target.text.find("\\1");
  if (!is_expression(record.system_user.text) || mark == std::string::npos) return target;
  if (!taken.group.known) {
    target.kind = MapTarget::Kind::unknown;
  } else if (!taken.group.text) {
    target.kind = MapTarget::Kind::error;
  } else {
    const auto& by = *taken.group.text;
    do {
      target.text.replace(mark, 2, by);
      mark = target.text.find("\\1", mark + by.size());
    } while (major >= 19 && mark != std::string::npos);
  }
  return target;
}

Match lets_in(const MapTarget& target, const std::string& role, const Graph& graph) {
  const auto& cluster = graph.cluster();
  switch (target.kind) {
    case MapTarget::Kind::name:
      return target.text == role ? Match::yes : Match::no;
    case MapTarget::Kind::everyone:
      return Match::yes;
    case MapTarget::Kind::members: {
      if (!cluster.seen(Fact::roles)) return Match::may;
      // Nobody is in a database yet whose owner could be its member.
      if (target.text == "pg_database_owner") return role == target.text ? Match::yes : Match::no;
      const auto group = cluster.find_role(target.text);
      const auto member = cluster.find_role(role);
      return group && member && graph.is_member(*member, *group) ? Match::yes : Match::no;
    }
    case MapTarget::Kind::matching: {
      const auto expression = name_expression(target.text);
      if (!expression) return Match::may;
      return re2::RE2::PartialMatch(role, *expression) ? Match::yes : Match::no;
    }
    case MapTarget::Kind::error:
    case MapTarget::Kind::unknown:
      break;
  }
  return Match::may;
}

}  // namespace

std::vector<MapTarget> map_targets(const IdentFile& file, const std::string& map,
                                   const std::string& system_user, int major) {
  if (map.empty()) return {{MapTarget::Kind::name, system_user, std::nullopt, true}};
  std::vector<MapTarget> targets;
  for (std::size_t i = 0; i < file.records.size(); ++i) {
    const auto& record = file.records[i];
    if (record.map != map) continue;
    const auto taken = taken_by(record.system_user, system_user);
    if (taken.match == Match::no) continue;
    auto target = target_of(record, taken, major);
    target.record = i;
    target.certain = taken.match == Match::yes;
    targets.push_back(std::move(target));
    if (targets.back().kind == MapTarget::Kind::error && targets.back().certain) break;
  }
  return targets;
}

MapDecision decide(const std::vector<MapTarget>& targets, const std::string& role,
                   const Graph& graph) {
  std::optional<std::size_t> doubt;  // the first that may let it in or may end the search
  bool may_end = false;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto& target = targets[i];
    if (target.kind == MapTarget::Kind::error && target.certain) {
      if (!doubt) return {MapDecision::Outcome::error, i};
      break;
    }
    const auto match = lets_in(target, role, graph);
    if (match == Match::no) continue;
    if (match == Match::yes && target.certain) {
      if (!may_end) return {MapDecision::Outcome::admitted, i};
      break;
    }
    if (!doubt) doubt = i;
    may_end = may_end || target.kind == MapTarget::Kind::unknown;
  }
  if (doubt) return {MapDecision::Outcome::unknown, doubt};
  return {};
}

}  // namespace pgleast
