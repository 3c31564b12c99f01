// One role: in words, or what a script reads. All of them: rows.
#include "report/map_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "connections/ident_map.hpp"
#include "report/rows.hpp"
#include "text/display.hpp"
#include "text/json.hpp"

namespace pgleast {
namespace {

using Outcome = MapDecision::Outcome;

/// As the file has it: quoted where a plain word would mean something else.
std::string written(const HbaName& name) {
  const bool plain = !name.quoted && !name.text.empty() &&
                     name.text.find_first_of(" \t,\"#\r\n") == std::string::npos;
  if (plain) return name.text;
  std::string result = "\"";
  for (const char c : name.text) result.append(c == '"' ? 2 : 1, c);
  return result + '"';
}

std::string written(const IdentRecord& record) {
  return fmt::format("{} {} {}", written({record.map, false}), written(record.system_user),
                     written(record.pg_user));
}

class MapReporter {
 public:
  MapReporter(const Cluster& cluster, const OutsideName& name)
      : cluster_(cluster),
        name_(name),
        graph_(cluster),
        targets_(map_targets(cluster.ident, name.map, name.system_user, cluster.major())) {}

  MapReport of(const std::string& user, const std::string& format) const {
    const auto decision = decide(targets_, user, graph_);
    return {format == "json" ? as_json(user, decision) : as_text(user, decision),
            decision.outcome == Outcome::admitted, decision.outcome == Outcome::unknown};
  }

  /// A row for each role of the cluster, and for each target that names no role of it.
  MapReport of_all(const std::string& format) const {
    Table table{{"kind", "role", "login", "certain", "file_name", "line_number", "record"}, {}};
    std::vector<std::pair<std::size_t, std::vector<Cell>>> rows;
    bool unknown = false;
    for (const auto& role : cluster_.roles) {
      if (role.dropped) continue;
      const auto decision = decide(targets_, role.name, graph_);
      if (decision.outcome != Outcome::admitted && decision.outcome != Outcome::unknown) continue;
      const bool certain = decision.outcome == Outcome::admitted;
      unknown = unknown || !certain;
      rows.emplace_back(*decision.target,
                        row("role", role.name, role.login, certain, *decision.target));
    }
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (auto cells = template_row(i)) rows.emplace_back(i, *std::move(cells));
      unknown = unknown || !targets_[i].certain || targets_[i].kind == MapTarget::Kind::unknown;
    }
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
      return std::tie(a.first, a.second[1]) < std::tie(b.first, b.second[1]);
    });
    for (auto& [target, cells] : rows) table.rows.push_back(std::move(cells));
    return {write_table(table, format), true, unknown};
  }

 private:
  std::vector<Cell> row(const char* kind, const std::string& name, const Cell& login, bool certain,
                        std::size_t target) const {
    const auto* const record = record_of(target);
    if (record == nullptr) {
      return {kind, name, login, certain, std::monostate{}, std::monostate{}, std::monostate{}};
    }
    return {kind,
            name,
            login,
            certain,
            record->at.file,
            static_cast<long>(record->at.line),
            written(*record)};
  }

  /// What may be asked for beside the roles that are known.
  std::optional<std::vector<Cell>> template_row(std::size_t i) const {
    using Kind = MapTarget::Kind;
    const auto& target = targets_[i];
    const auto cells = [&](const char* kind, const std::string& name) {
      return row(kind, name, std::monostate{}, target.certain, i);
    };
    const bool roles = cluster_.seen(Fact::roles);
    switch (target.kind) {
      case Kind::name:
        if (cluster_.find_role(target.text)) return std::nullopt;
        if (decide(targets_, target.text, graph_).target != i) return std::nullopt;
        return cells("name", target.text);
      case Kind::everyone:
        return roles ? std::nullopt : std::optional(cells("all", "all"));
      case Kind::members:
        return roles ? std::nullopt : std::optional(cells("group", "+" + target.text));
      case Kind::matching:
        return roles ? std::nullopt : std::optional(cells("expression", "/" + target.text));
      case Kind::error:
        return cells("error", "");
      case Kind::unknown:
        return cells("unknown", "");
    }
    return std::nullopt;
  }

  const IdentRecord* record_of(std::size_t target) const {
    const auto record = targets_[target].record;
    return record ? &cluster_.ident.records[*record] : nullptr;
  }

  /// What else would keep the role out, or null.
  const char* hindrance(const std::string& user) const {
    if (!cluster_.seen(Fact::roles)) return nullptr;
    const auto role = cluster_.find_role(user);
    if (!role) return "there is no such role";
    return cluster_.role(*role).login ? nullptr : "it has NOLOGIN";
  }

  std::string why(const MapDecision& decision) const {
    if (decision.outcome == Outcome::error) {
      return "the record asks for `\\1` and its expression has no group that matched";
    }
    if (decision.outcome == Outcome::unknown) {
      const bool group = targets_[*decision.target].kind == MapTarget::Kind::members;
      return group ? "who is a member is not known: " + cluster_.unseen.at(Fact::roles).why
                   : "pgleast cannot evaluate the regular expression";
    }
    if (decision.outcome == Outcome::admitted || !targets_.empty()) return "";
    if (name_.map.empty()) return "";
    const auto& records = cluster_.ident.records;
    const bool known = std::any_of(records.begin(), records.end(),
                                   [&](const auto& r) { return r.map == name_.map; });
    return known ? "" : fmt::format("no record is of map `{}`", displayed(name_.map));
  }

  std::string as_text(const std::string& user, const MapDecision& decision) const {
    constexpr const char* verbs[] = {"may log in as", "may not log in as", "may not log in as",
                                     "may or may not log in as"};
    auto text = fmt::format("{} {} {}", displayed(name_.system_user),
                            verbs[static_cast<std::size_t>(decision.outcome)], displayed(user));
    text += name_.map.empty() ? std::string(" without a map")
                              : fmt::format(" over map {}", displayed(name_.map));
    const auto* const record = decision.target ? record_of(*decision.target) : nullptr;
    if (record != nullptr) {
      text += fmt::format("\n  {}:{}: {}", displayed(record->at.file), record->at.line,
                          displayed(written(*record)));
    }
    if (const auto reason = why(decision); !reason.empty()) text += "\n  " + reason;
    if (const auto* const also = hindrance(user); also != nullptr) {
      text += fmt::format("\n  {} cannot log in: {}", displayed(user), also);
    }
    return text + '\n';
  }

  std::string as_json(const std::string& user, const MapDecision& decision) const {
    using nlohmann::ordered_json;
    constexpr const char* outcomes[] = {"admit", "no match", "error", "unknown"};
    const auto or_null = [](const std::string& text) {
      return text.empty() ? ordered_json() : ordered_json(text);
    };
    const auto* const record = decision.target ? record_of(*decision.target) : nullptr;
    const auto* const also = hindrance(user);
    ordered_json j{
        {"outcome", outcomes[static_cast<std::size_t>(decision.outcome)]},
        {"map", or_null(name_.map)},
        {"system_user", name_.system_user},
        {"role", user},
        {"file_name", record == nullptr ? ordered_json() : ordered_json(record->at.file)},
        {"line_number", record == nullptr ? ordered_json() : ordered_json(record->at.line)},
        {"record", record == nullptr ? ordered_json() : ordered_json(written(*record))},
        {"why", or_null(why(decision))},
        {"cannot_log_in", also == nullptr ? ordered_json() : ordered_json(also)}};
    return json_text(j) + '\n';
  }

  const Cluster& cluster_;
  const OutsideName& name_;
  Graph graph_;
  std::vector<MapTarget> targets_;
};

}  // namespace

MapReport map_report(const Cluster& cluster, const OutsideName& name, const std::string& role,
                     const std::string& format) {
  return MapReporter(cluster, name).of(role, format);
}

MapReport map_report(const Cluster& cluster, const OutsideName& name, const std::string& format) {
  return MapReporter(cluster, name).of_all(format);
}

}  // namespace pgleast
