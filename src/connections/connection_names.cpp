// Which roles and databases the names of a record take, certainly and possibly: keywords, groups,
// expressions, sameuser and samerole (hba.c, check_role, check_db).
#include <re2/re2.h>

#include <string>
#include <utility>
#include <vector>

#include "connections/connection_classes.hpp"
#include "connections/connection_sets.hpp"
#include "connections/name_expression.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

bool is_group(const HbaName& name) { return !name.quoted && name.text.starts_with('+'); }

// Its only member depends on the database, and there is none yet (acl.c).
bool has_no_members(const std::string& group, int major) {
  return group == "+pg_database_owner" && major >= 14;
}

}  // namespace

bool ConnectionClasses::is_expression(const HbaName& name) const {
  return cluster_.major() >= 16 && name.text.starts_with('/');
}

bool ConnectionClasses::is_named_user(const HbaName& name) const {
  return !name.is("all") && !is_group(name) && !is_expression(name) &&
         name.text.size() <= most_name_bytes;
}

bool ConnectionClasses::is_named_database(const HbaName& name) const {
  return !name.is("all") && !name.is("replication") && !ties_names(name) && !is_expression(name) &&
         name.text.size() <= most_name_bytes;
}

bool ConnectionClasses::is_opaque_user(const HbaName& name) const {
  if (name.is("all")) return false;
  if (is_group(name)) return !roles_known_ && !has_no_members(name.text, cluster_.major());
  return is_expression(name) && (!roles_known_ || !name_expression(name.text.substr(1)));
}

bool ConnectionClasses::is_opaque_database(const HbaName& name) const {
  if (ties_names(name)) return !roles_known_ || !databases_known_;
  return is_expression(name) && (!databases_known_ || !name_expression(name.text.substr(1)));
}

NameSet ConnectionClasses::role_set(const std::vector<std::uint32_t>& ids) const {
  return NameSet::of(static_cast<std::uint32_t>(roles_.size()), ids);
}

NameSet ConnectionClasses::database_set(const std::vector<std::uint32_t>& ids) const {
  return NameSet::of(static_cast<std::uint32_t>(databases_.size()), ids);
}

NameSet ConnectionClasses::real_roles() const {
  std::vector<std::uint32_t> tokens;
  for (std::uint32_t i = 0; i < roles_.size(); ++i) {
    if (roles_[i].token) tokens.push_back(i);
  }
  return NameSet::all_but(static_cast<std::uint32_t>(roles_.size()), tokens);
}

NameSet ConnectionClasses::real_databases() const {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < databases_.size(); ++i) {
    if (databases_[i].token || databases_[i].replication) out.push_back(i);
  }
  return NameSet::all_but(static_cast<std::uint32_t>(databases_.size()), out);
}

NameSet ConnectionClasses::other_role() const {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t i = 0; i < roles_.size(); ++i) {
    if (roles_[i].other) ids.push_back(i);
  }
  return role_set(ids);
}

NameSet ConnectionClasses::other_database() const {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t i = 0; i < databases_.size(); ++i) {
    if (databases_[i].other) ids.push_back(i);
  }
  return database_set(ids);
}

NameSet ConnectionClasses::replication() const {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t i = 0; i < databases_.size(); ++i) {
    if (databases_[i].replication) ids.push_back(i);
  }
  return database_set(ids);
}

template <typename Atoms>
std::vector<std::uint32_t> ConnectionClasses::matching(const std::string& expression,
                                                       const Atoms& atoms) const {
  std::vector<std::uint32_t> ids;
  const auto compiled = name_expression(expression);
  for (std::uint32_t i = 0; compiled && i < atoms.size(); ++i) {
    if (atoms[i].other || atoms[i].token || atoms[i].name.empty()) continue;
    if (re2::RE2::PartialMatch(atoms[i].name, *compiled)) ids.push_back(i);
  }
  return ids;
}

NameSet ConnectionClasses::users(const HbaName& name, Extent extent) const {
  std::vector<std::uint32_t> ids;
  const auto add = [&](const std::string& atom) {
    if (const auto found = role_named_.find(atom); found != role_named_.end()) {
      ids.push_back(found->second);
    }
  };
  if (name.is("all")) return NameSet::all_but(static_cast<std::uint32_t>(roles_.size()), {});
  if (is_opaque_user(name)) {
    if (extent == Extent::possible) {
      const bool evaluated = is_expression(name) && name_expression(name.text.substr(1));
      return evaluated ? other_role() : real_roles();
    }
    add('\0' + name.text);
  }
  if (is_group(name)) {
    const auto group_name = name.text.substr(1);
    add(group_name);  // a role is a member of itself
    const auto group = roles_known_ ? cluster_.find_role(group_name) : std::nullopt;
    if (!group || has_no_members(name.text, cluster_.major())) return role_set(ids);
    for (std::uint32_t i = 0; i < roles_.size(); ++i) {
      if (roles_[i].role && graph_.is_member(*roles_[i].role, *group)) ids.push_back(i);
    }
  } else if (is_expression(name)) {
    const auto matched = matching(name.text.substr(1), roles_);
    ids.insert(ids.end(), matched.begin(), matched.end());
  } else if (is_named_user(name)) {
    add(name.text);
  }
  return role_set(ids);
}

NameSet ConnectionClasses::databases(const HbaName& name, Extent extent) const {
  std::vector<std::uint32_t> ids;
  const auto add = [&](const std::string& atom) {
    if (const auto found = database_named_.find(atom); found != database_named_.end()) {
      ids.push_back(found->second);
    }
  };
  if (name.is("all")) {
    return NameSet::all_but(static_cast<std::uint32_t>(databases_.size()), replication().ids());
  }
  if (ties_names(name)) {
    if (extent == Extent::possible) {
      if (!is_opaque_database(name)) return database_set({});
      return roles_known_ || tie_of(name) == "sameuser" ? other_database() : real_databases();
    }
    add(std::string(1, '\0') + "sameuser");
    if (tie_of(name) == "samerole") add(std::string(1, '\0') + "samerole");
    return database_set(ids);
  }
  if (is_opaque_database(name)) {
    if (extent == Extent::possible) {
      return name_expression(name.text.substr(1)) ? other_database() : real_databases();
    }
    add('\0' + name.text);
  }
  if (name.is("replication")) return replication();
  if (is_expression(name)) {
    const auto matched = matching(name.text.substr(1), databases_);
    ids.insert(ids.end(), matched.begin(), matched.end());
  } else if (is_named_database(name)) {
    add(name.text);
  }
  return database_set(ids);
}

NameSet ConnectionClasses::users(const std::vector<HbaName>& names, Extent extent) const {
  auto result = role_set({});
  for (const auto& name : names) {
    auto set = users(name, extent);
    result = names.size() == 1 ? std::move(set) : result.united(set);
  }
  return result;
}

NameSet ConnectionClasses::databases(const std::vector<HbaName>& names, Extent extent) const {
  auto result = database_set({});
  for (const auto& name : names) {
    auto set = databases(name, extent);
    result = names.size() == 1 ? std::move(set) : result.united(set);
  }
  return result;
}

// sameuser, samerole: hba.c, check_db. The users that each named database is tied to.
std::vector<std::pair<NameSet, NameSet>> ConnectionClasses::tied(const HbaName& name,
                                                                 const NameSet& users) const {
  std::vector<std::pair<NameSet, NameSet>> result;
  for (std::uint32_t d = 0; d < databases_.size(); ++d) {
    const auto& database = databases_[d];
    if (database.other || database.replication || database.token) continue;
    const HbaName group{"+" + database.name, false};
    const auto found = role_named_.find(database.name);
    auto tied = found == role_named_.end() ? role_set({}) : role_set({found->second});
    const auto token = role_named_.find('\0' + group.text);
    if (tie_of(name) == "samerole" && token != role_named_.end()) {
      tied = tied.united(role_set({token->second}));
    }
    if (tie_of(name) == "samerole" && roles_known_) {
      tied = tied.united(this->users(group, Extent::certain));
    }
    tied = tied.intersection(users);
    if (!tied.empty()) result.emplace_back(std::move(tied), database_set({d}));
  }
  return result;
}

}  // namespace pgleast
