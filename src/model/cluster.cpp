#include "model/cluster.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "pg/setting_table.hpp"

namespace pgleast {

std::string Cluster::role_name(RoleId id) const {
  if (id == public_role) return "PUBLIC";
  return id == no_role ? "nobody" : role(id).name;
}

std::optional<RoleId> Cluster::find_role(std::string_view wanted) const {
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (roles[i].name == wanted && !roles[i].dropped) return RoleId{static_cast<std::uint32_t>(i)};
  }
  return std::nullopt;
}

const Setting* Cluster::find_setting(std::string_view wanted) const {
  const auto key = setting_key(wanted);
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [&](const Setting& s) { return setting_key(s.name) == key; });
  return found == settings.end() ? nullptr : &*found;
}

Acl Cluster::effective_acl(const Object& o) const {
  return o.acl == null_acl ? default_acl(o.kind, o.owner, major()) : acls[index(o.acl)];
}

const Acl& Cluster::column_acl(const Column& column) const {
  static const Acl nothing;
  return column.acl == null_acl ? nothing : acls[index(column.acl)];
}

Cluster unknown_cluster(int version_num) {
  Cluster cluster;
  cluster.version_num = version_num;
  const Unseen objects{"no server or snapshot was given", "give --dsn, --live or --snapshot"};
  for (const auto fact : {Fact::roles, Fact::passwords, Fact::objects, Fact::role_settings,
                          Fact::code, Fact::extensions}) {
    cluster.unseen[fact] = objects;
  }
  cluster.unseen[Fact::settings] = {"no postgresql.conf or server was given",
                                    "give --conf, --dsn or --snapshot"};
  cluster.unseen[Fact::hba] = {"no pg_hba.conf or server was given",
                               "give --hba, --dsn or --snapshot"};
  cluster.unseen[Fact::ident] = {"no pg_ident.conf or server was given",
                                 "give --ident, --dsn or --snapshot"};
  return cluster;
}

RoleId dropped_role(Cluster& cluster, std::uint32_t oid, const std::string& name) {
  auto& roles = cluster.roles;
  const auto known = std::find_if(roles.begin(), roles.end(),
                                  [&](const Role& r) { return r.dropped && r.name == name; });
  const auto id = RoleId{static_cast<std::uint32_t>(known - roles.begin())};
  if (known == roles.end()) {
    Role gone;
    gone.name = name;
    gone.oid = oid;
    gone.dropped = true;
    roles.push_back(std::move(gone));
  }
  return id;
}

AclPool::AclPool(Cluster& cluster) : cluster_(cluster) {
  for (std::size_t i = 0; i < cluster_.roles.size(); ++i) {
    roles_.emplace(cluster_.roles[i].name, RoleId{static_cast<std::uint32_t>(i)});
  }
}

// A name that no role has is the number of a dropped one, which others may have met before.
RoleId AclPool::role_named(const std::string& name) {
  const auto [at, added] = roles_.emplace(name, RoleId{});
  if (added) {
    std::uint32_t oid = 0;
    std::from_chars(name.data(), name.data() + name.size(), oid);
    at->second = dropped_role(cluster_, oid, name);
  }
  return at->second;
}

AclId AclPool::intern_text(std::string_view text) {
  if (const auto known = by_text_.find(text); known != by_text_.end()) return known->second;
  const auto id = AclId{static_cast<std::uint32_t>(cluster_.acls.size())};
  cluster_.acls.push_back(parse_acl(text, [&](const std::string& n) { return role_named(n); }));
  by_text_.emplace(text, id);
  return id;
}

}  // namespace pgleast
