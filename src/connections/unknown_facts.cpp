// What records take of one client of whom something is true that is not known here.

#include <algorithm>
#include <set>

#include "connections/connection_classes.hpp"
#include "connections/connection_sets.hpp"
#include "connections/name_expression.hpp"
#include "net/origin.hpp"

namespace pgleast {
namespace {

using Facts = std::vector<std::string>;

bool has(const Facts& facts, const std::string& fact) {
  return std::find(facts.begin(), facts.end(), fact) != facts.end();
}

}  // namespace

// --- Which ------------------------------------------------------------------------------------

std::vector<Truth> ConnectionClasses::truths(const HbaRecord& record) const {
  std::set<std::string> roles{""}, databases{""};
  for (const auto& user : record.users) {
    if (is_opaque_user(user)) roles.insert(user.text);
  }
  for (const auto& name : record.databases) {
    if (!is_opaque_database(name)) continue;
    if (!ties_names(name)) {
      databases.insert(name.text);
      continue;
    }
    databases.insert("sameuser");
    if (tie_of(name) == "sameuser") continue;
    databases.insert("samerole");
    for (const auto d : databases_as_groups()) roles.insert('+' + databases_[d].name);
  }
  const std::set<std::string> origins{"", named_origin(record.address)};
  const auto fact = [](const std::string& text) { return text.empty() ? Facts{} : Facts{text}; };
  std::vector<Truth> result;
  for (const auto& role : roles) {
    for (const auto& database : databases) {
      for (const auto& origin : origins) {
        result.push_back({fact(role), fact(database), fact(origin)});
      }
    }
  }
  return result;
}

NameSet ConnectionClasses::role_token(const std::string& token) const {
  return role_side_.of_classes(role_set({role_named_.at('\0' + token)}));
}

NameSet ConnectionClasses::database_token(const std::string& token) const {
  return database_side_.of_classes(database_set({database_named_.at('\0' + token)}));
}

RankSet ConnectionClasses::origin_token(const std::string& token) const {
  const auto rank = static_cast<std::uint32_t>(v4_.size() + v6_.size()) + origin_named_.at(token);
  return {{rank, rank}};
}

RankSet ConnectionClasses::single_addresses() const {
  std::vector<RankRange> result;
  const auto add = [&](const std::vector<AddressNumber>& begins, std::uint32_t first) {
    for (std::uint32_t i = 0; i + 1 < begins.size(); ++i) {
      if (after(begins[i]) == begins[i + 1]) result.push_back({first + i, first + i});
    }
  };
  add(v4_, 0);
  add(v6_, static_cast<std::uint32_t>(v4_.size()));
  return rank_set(std::move(result));
}

// --- Ties ---------------------------------------------------------------------------------------

std::vector<std::uint32_t> ConnectionClasses::databases_as_groups() const {
  std::vector<std::uint32_t> result;
  for (std::uint32_t d = 0; d < databases_.size(); ++d) {
    const auto& database = databases_[d];
    if (database.other || database.replication || database.token) continue;
    if (role_named_.contains(std::string(1, '\0') + '+' + database.name)) result.push_back(d);
  }
  return result;
}

NameSet ConnectionClasses::databases_not_as_roles() const {
  std::vector<std::uint32_t> ids;
  for (const auto d : real_databases().members()) {
    if (!databases_[d].other && !role_named_.contains(databases_[d].name)) ids.push_back(d);
  }
  return database_set(ids);
}

NameSet ConnectionClasses::roles_not_as_databases() const {
  std::vector<std::uint32_t> ids;
  for (const auto r : real_roles().members()) {
    if (!roles_[r].other && !database_named_.contains(roles_[r].name)) ids.push_back(r);
  }
  return role_set(ids);
}

// Those whom `samerole` may tie to a database that nobody mentions.
NameSet ConnectionClasses::roles_in_unnamed_groups() const {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t r = 0; r < roles_.size(); ++r) {
    const auto& role = roles_[r].role;
    if (!role) continue;
    for (std::uint32_t g = 0; g < cluster_.roles.size(); ++g) {
      const auto& group = cluster_.roles[g];
      if (group.dropped || database_named_.contains(group.name)) continue;
      if (!graph_.is_member(*role, RoleId{g})) continue;
      ids.push_back(r);
      break;
    }
  }
  return role_set(ids);
}

void ConnectionClasses::add_tied_sets(Sets& roles, Sets& databases) const {
  const auto ties = [&](const HbaRecord& record) {
    return std::any_of(record.databases.begin(), record.databases.end(), [&](const HbaName& name) {
      return ties_names(name) && is_opaque_database(name);
    });
  };
  if (std::none_of(files_.begin(), files_.end(), [&](const auto* const records) {
        return std::any_of(records->begin(), records->end(), ties);
      })) {
    return;
  }
  roles.add(roles_not_as_databases());
  databases.add(databases_not_as_roles());
  for (const auto d : databases_as_groups()) databases.add(database_set({d}));
  if (roles_known_) roles.add(roles_in_unnamed_groups());
}

std::vector<std::pair<NameSet, NameSet>> ConnectionClasses::tied_under(const HbaName& name,
                                                                       const NameSet& users,
                                                                       const Truth& truth) const {
  auto result = tied(name, users);
  if (!is_opaque_database(name)) return result;
  const auto add = [&](const NameSet& roles, NameSet databases) {
    result.emplace_back(users.intersection(roles), std::move(databases));
  };
  if (has(truth.databases, "sameuser")) {
    add(other_role(), databases_not_as_roles().united(other_database()));
    add(roles_not_as_databases(), other_database());
  }
  if (tie_of(name) == "sameuser") return result;
  auto as_groups = roles_known_ ? std::vector<std::uint32_t>{} : databases_as_groups();
  for (const auto d : as_groups) {
    if (has(truth.roles, '+' + databases_[d].name)) add(real_roles(), database_set({d}));
  }
  if (!has(truth.databases, "samerole")) return result;
  if (roles_known_) {
    add(roles_in_unnamed_groups(), other_database());
  } else {
    add(real_roles(), real_databases().without(database_set(as_groups)));
  }
  return result;
}

// --- Records ------------------------------------------------------------------------------------

NameSet ConnectionClasses::users_under(const HbaRecord& record, const Truth& truth) const {
  auto result = users(record.users, Extent::certain).intersection(real_roles());
  for (const auto& user : record.users) {
    if (!is_opaque_user(user) || !has(truth.roles, user.text)) continue;
    result = result.united(users(user, Extent::possible));
  }
  return result;
}

NameSet ConnectionClasses::databases_under(const HbaRecord& record, const Truth& truth) const {
  auto result = databases(record.databases, Extent::certain)
                    .intersection(real_databases().united(replication()));
  for (const auto& name : record.databases) {
    if (ties_names(name) || !is_opaque_database(name) || !has(truth.databases, name.text)) continue;
    result = result.united(databases(name, Extent::possible));
  }
  return result;
}

RankSet ConnectionClasses::origin_under(const HbaRecord& record, const Truth& truth) const {
  const RankSet real{{0, static_cast<std::uint32_t>(v4_.size() + v6_.size() - 1)}};
  auto result = intersection(certain_origin(record.address), real);
  const auto name = named_origin(record.address);
  if (name.empty() || !says_origin(truth, name)) return result;
  // One of the server's own addresses may be any.
  const auto may = record.address.kind == AddressKind::samehost ? ranks(AddressSet::all())
                                                                : possible_origin(record.address);
  result.insert(result.end(), may.begin(), may.end());
  return rank_set(std::move(result));
}

std::vector<Line> ConnectionClasses::lines_under(const std::vector<HbaRecord>& records,
                                                 const Truth& truth, Sets& roles,
                                                 Sets& databases) const {
  std::vector<Line> lines;
  for (std::uint32_t r = 0; r < records.size(); ++r) {
    const auto& record = records[r];
    Line line;
    line.record = r;
    line.transports = transports_of(record);
    line.origin = origin_under(record, truth);
    const auto add = [&](const NameSet& u, const NameSet& d) {
      if (u.empty() || d.empty() || line.origin.empty()) return;
      line.roles = roles.add(u);
      line.databases = databases.add(d);
      lines.push_back(line);
    };
    const auto users = users_under(record, truth);
    add(users, databases_under(record, truth));
    for (const auto& name : record.databases) {
      if (!ties_names(name)) continue;
      for (const auto& [u, d] : tied_under(name, users, truth)) add(u, d);
    }
  }
  return lines;
}

std::vector<DecisionList> ConnectionClasses::decisions_under(const Truth& truth) const {
  Sets roles, databases;
  std::vector<std::vector<Line>> lines;
  for (const auto* const records : files_) {
    lines.push_back(lines_under(*records, truth, roles, databases));
  }
  const auto role_sets = role_side_.in_classes(std::move(roles));
  const auto database_sets = database_side_.in_classes(std::move(databases));
  std::vector<DecisionList> result;
  for (auto& list : lines) {
    result.emplace_back(role_sets, database_sets, std::move(list),
                        static_cast<std::uint8_t>(transports_.size()));
  }
  return result;
}

}  // namespace pgleast
