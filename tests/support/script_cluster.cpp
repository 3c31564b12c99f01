#include "support/script_cluster.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "input/config/conf.hpp"
#include "input/config/hba.hpp"
#include "input/config/ident.hpp"
#include "input/replay/replay.hpp"
#include "model/fresh_cluster.hpp"
#include "pg/default_acl_type.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"
#include "text/diagnostic.hpp"

namespace pgleast::test {
namespace {

constexpr const char* hba_path = "/d/pg_hba.conf";
constexpr const char* ident_path = "/d/pg_ident.conf";
constexpr const char* conf_path = "/d/postgresql.conf";
constexpr const char* given_path = "/d/command_line";

std::vector<Setting> whole_settings(const ConfFile& conf, int version_num) {
  for (const auto& problem : conf.diagnostics()) FAIL_CHECK(to_string(problem));
  return settings_of(conf, version_num);
}

void read_settings(Cluster& cluster, const FileReader& files, bool whole) {
  const auto conf = read_conf(conf_path, files, cluster.version_num, cluster.files);
  cluster.settings =
      whole ? whole_settings(conf, cluster.version_num) : settings_of(conf, cluster.version_num);
  cluster.setting_problems = setting_problems(conf);
  std::vector<ConfigFile> no_files;
  const auto given = whole_settings(read_conf(given_path, files, cluster.version_num, no_files),
                                    cluster.version_num);
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i].source == "default") continue;
    cluster.settings[i] = {given[i].name, given[i].value, "command line", "", 0};
  }
  cluster.unseen.erase(Fact::settings);
}

void read_records(Cluster& cluster, const FileReader& files) {
  cluster.hba =
      read_hba(hba_path, files, cluster.version_num, cluster.files, hba_settings(cluster.settings));
  cluster.ident = read_ident(ident_path, files, cluster.version_num, cluster.files);
  CHECK(cluster.hba.problems.empty());
  CHECK(cluster.ident.problems.empty());
  cluster.unseen.erase(Fact::hba);
  cluster.unseen.erase(Fact::ident);
}

void run(const ScriptTexts& texts, Cluster& cluster) {
  // What lies in a database is known once something was made there.
  const std::string touch = texts.touch ? touch_database : "";
  const auto problems =
      replay_sql(Source("script.sql", touch + texts.sql), cluster, Beneath::known);
  for (const auto& problem : problems.syntax) FAIL_CHECK(to_string(problem));
  if (texts.whole) {
    for (const auto& problem : problems.refused) FAIL_CHECK(to_string(problem));
  }
  if (!texts.followed) return;
  for (const auto& [fact, unseen] : cluster.unseen) {
    if (fact == Fact::extensions) continue;  // no script says which the server offers
    FAIL_CHECK(texts.sql << ": " << unseen.why);
  }
}

class State {
 public:
  explicit State(const Cluster& cluster) : cluster_(cluster) {}

  std::vector<std::string> lines() {
    roles();
    objects();
    for (const auto& d : cluster_.default_acls) {
      add("default", name(d.schema), name(d.creator), default_acl_type(d.type).keyword,
          list(cluster_.acls[index(d.acl)]));
    }
    for (const auto& s : cluster_.role_settings) {
      add("stored", name(s.database), s.role == no_role ? "" : name(s.role), s.name, s.value);
    }
    std::sort(lines_.begin(), lines_.end());
    return std::move(lines_);
  }

 private:
  template <typename... T>
  void add(const T&... words) {
    std::string line;
    ((line += (line.empty() ? "" : " | ") + std::string(words)), ...);
    lines_.push_back(std::move(line));
  }

  std::string name(RoleId role) const { return cluster_.role_name(role); }
  std::string name(ObjectId object) const {
    return object == no_object ? "" : cluster_.object(object).identity;
  }

  // In the order of names: the server keeps an order that nothing hangs on.
  std::string list(const Acl& acl) const {
    std::vector<std::string> items;
    for (const auto& item : acl) {
      items.push_back(to_string(Acl{item}, [&](RoleId role) { return name(role); }));
    }
    std::sort(items.begin(), items.end());
    return fmt::format("{}", fmt::join(items, " "));
  }

  void roles() {
    for (const auto& role : cluster_.roles) {
      std::string attributes;
      for (const auto& a : role_attributes) {
        if (has(role, a.attribute)) attributes += std::string(a.name) + ' ';
      }
      add("role", role.name, attributes, std::to_string(role.connection_limit));
    }
    for (const auto& m : cluster_.memberships) {
      add("member", name(m.role), name(m.member), m.grantor == no_role ? "" : name(m.grantor),
          fmt::format("{:d}{:d}{:d}", m.admin, m.inherit, m.set));
    }
  }

  void objects() {
    for (const auto& o : cluster_.objects) {
      add("object", info(o.kind).name, o.identity, name(o.owner), list(cluster_.effective_acl(o)));
      if (o.kind == ObjectKind::table) relation(o);
      if (o.kind != ObjectKind::function) continue;
      add("set for", o.identity, fmt::format("{}", fmt::join(cluster_.function(o).config, "; ")));
    }
  }

  void relation(const Object& table) {
    const auto& r = cluster_.relation(table);
    add("row security", table.identity,
        fmt::format("{:d}{:d}", r.row_security, r.force_row_security));
    for (const auto& column : r.columns) {
      add("column", table.identity, column.name, list(cluster_.column_acl(column)));
    }
  }

  const Cluster& cluster_;
  std::vector<std::string> lines_;
};

}  // namespace

Cluster script_cluster(const ScriptTexts& texts) {
  auto cluster = fresh_cluster(texts.major * 10000);
  const auto files = memory_files({{hba_path, texts.hba},
                                   {ident_path, texts.ident},
                                   {conf_path, texts.conf},
                                   {given_path, texts.command_line}});
  read_settings(cluster, files, texts.whole);
  read_records(cluster, files);
  run(texts, cluster);
  return cluster;
}

RoleId role_of(const Cluster& cluster, std::string_view name) {
  if (name == "PUBLIC") return public_role;
  const auto found = cluster.find_role(name);
  INFO("role " << name);
  REQUIRE(found);
  return *found;
}

ObjectId object_of(const Cluster& cluster, ObjectKind kind, std::string_view identity) {
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    const auto& o = cluster.objects[i];
    if (o.kind == kind && o.identity == identity) return ObjectId{i};
  }
  FAIL("there is no object " << identity);
  return no_object;
}

std::vector<std::string> state_of(const Cluster& cluster) { return State(cluster).lines(); }

}  // namespace pgleast::test
