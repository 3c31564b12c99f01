#include "finding/said_place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "text/display.hpp"

namespace pgleast {
namespace {

template <typename Id>
std::uint32_t number(Id id) {
  return static_cast<std::uint32_t>(id);
}

// The place of what each kind of remedy takes back.
class Places {
 public:
  explicit Places(const Cluster& cluster) : cluster_(cluster) {}

  std::optional<SaidAt> operator()(const ChangePrivileges& r) const {
    if (r.grant) return std::nullopt;
    const auto column = r.column ? *r.column + 1 : 0;
    const auto granted = cluster_.said.find(
        {Said::granted, number(r.object), number(r.grantee), column}, r.privileges);
    return granted ? granted : owned(r.object);
  }
  std::optional<SaidAt> operator()(const ChangeMembership& r) const {
    if (r.grant) return std::nullopt;
    return cluster_.said.find({Said::membership, number(r.role), number(r.member)});
  }
  std::optional<SaidAt> operator()(const ChangeAttribute& r) const {
    const auto which = static_cast<std::uint32_t>(r.attribute);
    return first({{Said::attribute, number(r.role), which}, {Said::role, number(r.role)}});
  }
  std::optional<SaidAt> operator()(const ChangeConnectionLimit& r) const {
    return cluster_.said.find({Said::role, number(r.role)});
  }
  std::optional<SaidAt> operator()(const ChangeOwner& r) const { return owned(r.object); }
  std::optional<SaidAt> operator()(const PinSearchPath& r) const {
    return first({{Said::function, number(r.function)}, {Said::object, number(r.function)}});
  }
  std::optional<SaidAt> operator()(const EnableRowSecurity& r) const {
    return first({{Said::row_security, number(r.table)}, {Said::object, number(r.table)}});
  }
  std::optional<SaidAt> operator()(const ChangeDefaultPrivileges& r) const {
    if (r.grant) return std::nullopt;
    for (std::uint32_t i = 0; i < cluster_.default_acls.size(); ++i) {
      const auto& row = cluster_.default_acls[i];
      const bool same = row.database == r.database && row.creator == r.creator &&
                        row.schema == r.schema && row.type == r.type;
      if (!same) continue;
      return cluster_.said.find({Said::default_granted, i, number(r.grantee)}, r.privileges);
    }
    return std::nullopt;
  }
  std::optional<SaidAt> operator()(const ResetStored& r) const {
    for (std::uint32_t i = 0; i < cluster_.role_settings.size(); ++i) {
      const auto& row = cluster_.role_settings[i];
      if (row.database != r.database || row.role != r.role || row.name != r.name) continue;
      return cluster_.said.find({Said::role_setting, i});
    }
    return std::nullopt;
  }
  /// A line of a file, which it is in any case.
  template <typename R>
  std::optional<SaidAt> operator()(const R&) const {
    return std::nullopt;
  }

 private:
  std::optional<SaidAt> first(std::initializer_list<SaidFact> facts) const {
    for (const auto& fact : facts) {
      if (const auto at = cluster_.said.find(fact)) return at;
    }
    return std::nullopt;
  }
  /// Whoever owns it was granted nothing, and what everybody has of a new object nobody granted.
  std::optional<SaidAt> owned(ObjectId object) const {
    return first({{Said::owner, number(object)}, {Said::object, number(object)}});
  }

  const Cluster& cluster_;
};

ObjectId object_named(const Cluster& cluster, const Subject& subject, std::string_view kind,
                      std::string_view name) {
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    const auto& o = cluster.objects[i];
    if (o.identity != name || info(o.kind).name != kind) continue;
    const bool shared = o.database == no_object;
    if (shared || cluster.object(o.database).name == subject.database) return ObjectId{i};
  }
  return no_object;
}

std::optional<SaidAt> said_of_policy(const Cluster& cluster, const Subject& subject) {
  for (std::uint32_t i = 0; i < cluster.row_policies.size(); ++i) {
    const auto& policy = cluster.row_policies[i];
    const auto& table = cluster.object(policy.table);
    const bool there =
        table.database == no_object || cluster.object(table.database).name == subject.database;
    if (!there || policy.name + " on " + table.identity != subject.name) continue;
    return cluster.said.find({Said::policy, i});
  }
  return std::nullopt;
}

}  // namespace

std::optional<SaidAt> said_by(const Cluster& cluster, const Remedy& taken_back_by) {
  return std::visit(Places(cluster), taken_back_by);
}

std::optional<SaidAt> said_by(const Cluster& cluster, const std::vector<Remedy>& taken_back_by) {
  if (cluster.said.facts.empty()) return std::nullopt;
  for (const auto& remedy : taken_back_by) {
    if (const auto at = said_by(cluster, remedy)) return at;
  }
  return std::nullopt;
}

std::optional<SaidAt> said_of(const Cluster& cluster, const Subject& subject) {
  if (cluster.said.facts.empty()) return std::nullopt;
  if (subject.kind == "policy") return said_of_policy(cluster, subject);
  if (subject.kind == "role") {
    const auto role = cluster.find_role(subject.name);
    return role ? cluster.said.find({Said::role, number(*role)}) : std::nullopt;
  }
  const bool column = subject.kind == "column";
  const auto name = column ? subject.name.substr(0, subject.name.rfind('.')) : subject.name;
  const auto id = object_named(cluster, subject, column ? "table" : subject.kind, name);
  return id == no_object ? std::nullopt : cluster.said.find({Said::object, number(id)});
}

Location location_of(const Cluster& cluster, const SaidAt& at) {
  return {cluster.said.files[at.file].name, at.line, at.column, ""};
}

std::string shown_place(const Cluster& cluster, const std::optional<SaidAt>& at) {
  if (!at) return "";
  return fmt::format("{}:{}", displayed(cluster.said.files[at->file].name), at->line);
}

std::string with_place(const Cluster& cluster, const std::string& words,
                       const std::optional<SaidAt>& at) {
  if (!at) return words;
  const auto place = shown_place(cluster, at);
  // Not those of a function's arguments.
  const auto open = words.rfind('(');
  const bool aside =
      words.ends_with(')') && open != std::string::npos && open > 0 && words[open - 1] == ' ';
  if (aside) return fmt::format("{}, {})", words.substr(0, words.size() - 1), place);
  return fmt::format("{} ({})", words, place);
}

PathStep told_step(const Cluster& cluster, const std::string& words,
                   const std::optional<SaidAt>& at) {
  PathStep step(with_place(cluster, words, at));
  if (at) step.said = location_of(cluster, *at);
  return step;
}

}  // namespace pgleast
