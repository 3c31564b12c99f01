// Compaction in steps: what goes, where the rest is now, and every number that points there.
#include "input/replay/catalog/compact.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

namespace pgleast {
namespace {

class Compaction {
 public:
  Compaction(Cluster& cluster, Gone gone) : c_(cluster), gone_(std::move(gone)) {}

  Renumbered run() {
    take_contents_of_databases();
    move_objects();
    erase_policies();
    erase_settings();
    pool_acls();
    renumber_owners();
    renumber_code();
    return {std::move(now_), std::move(policies_)};
  }

 private:
  /// What lies in a database goes with it.
  void take_contents_of_databases() {
    for (std::size_t i = 0; i < gone_.objects.size(); ++i) {
      const auto& o = c_.objects[i];
      if (o.kind == ObjectKind::database && o.name.empty()) gone_.objects[i] = true;
      if (o.database != no_object && gone_.objects[index(o.database)]) gone_.objects[i] = true;
    }
  }

  /// Those that stay, each with its detail, in their order; from here on `now_` is known.
  void move_objects() {
    now_.assign(gone_.objects.size(), no_object);
    std::vector<Object> left;
    Details details;
    for (std::uint32_t i = 0; i < gone_.objects.size(); ++i) {
      if (gone_.objects[i]) continue;
      now_[i] = ObjectId{static_cast<std::uint32_t>(left.size())};
      left.push_back(std::move(c_.objects[i]));
      move_detail(left.back(), details);
    }
    c_.objects = std::move(left);
    c_.relations = std::move(details.relations);
    c_.functions = std::move(details.functions);
    c_.databases = std::move(details.databases);
    c_.languages = std::move(details.languages);
    c_.foreign_servers = std::move(details.servers);
  }

  struct Details {
    std::vector<RelationDetail> relations;
    std::vector<FunctionDetail> functions;
    std::vector<DatabaseDetail> databases;
    std::vector<LanguageDetail> languages;
    std::vector<ForeignServerDetail> servers;
  };

  void move_detail(Object& o, Details& to) const {
    if (o.kind == ObjectKind::table) move_one(c_.relations, to.relations, o);
    if (o.kind == ObjectKind::function) move_one(c_.functions, to.functions, o);
    if (o.kind == ObjectKind::database) move_one(c_.databases, to.databases, o);
    if (o.kind == ObjectKind::language) move_one(c_.languages, to.languages, o);
    if (o.kind == ObjectKind::foreign_server) move_one(c_.foreign_servers, to.servers, o);
  }

  /// Copied: in an older snapshot languages and servers share one.
  template <typename T>
  static void move_one(const std::vector<T>& from, std::vector<T>& to, Object& o) {
    to.push_back(from[o.detail]);
    o.detail = static_cast<std::uint32_t>(to.size() - 1);
  }

  void erase_policies() {
    std::vector<RowPolicy> left;
    for (std::size_t i = 0; i < c_.row_policies.size(); ++i) {
      auto& now = policies_.emplace_back();
      if (is_gone(c_.row_policies[i].table) || gone_.policies.contains(i)) continue;
      now = static_cast<std::uint32_t>(left.size());
      left.push_back(std::move(c_.row_policies[i]));
    }
    c_.row_policies = std::move(left);
  }

  void erase_settings() {
    std::erase_if(c_.default_acls,
                  [&](const DefaultAcl& d) { return is_gone(d.database) || is_gone(d.schema); });
    std::erase_if(c_.role_settings, [&](const RoleSetting& r) { return is_gone(r.database); });
  }

  /// Only lists that are in use, equal ones once.
  void pool_acls() {
    std::map<std::string, AclId> known;
    std::vector<Acl> acls;
    const auto pool = [&](AclId& id) {
      if (id == null_acl) return;
      const auto& acl = c_.acls[index(id)];
      const auto next = AclId{static_cast<std::uint32_t>(acls.size())};
      const auto [at, added] = known.emplace(key_of(acl), next);
      if (added) acls.push_back(acl);
      id = at->second;
    };
    for (auto& o : c_.objects) pool(o.acl);
    for (auto& r : c_.relations) {
      for (auto& column : r.columns) pool(column.acl);
    }
    for (auto& d : c_.default_acls) pool(d.acl);
    c_.acls = std::move(acls);
  }

  static std::string key_of(const Acl& acl) {
    std::string text;
    for (const auto& i : acl) {
      text += fmt::format("{},{},{},{};", index(i.grantee), index(i.grantor), i.privileges.bits(),
                          i.grantable.bits());
    }
    return text;
  }

  void renumber_owners() {
    for (auto& o : c_.objects) {
      renumber(o.database);
      renumber(o.schema);
    }
    for (auto& p : c_.row_policies) renumber(p.table);
    for (auto& d : c_.default_acls) {
      renumber(d.database);
      renumber(d.schema);
    }
    for (auto& r : c_.role_settings) renumber(r.database);
    for (auto& s : c_.foreign_servers) renumber(s.wrapper);
  }

  void renumber_code() {
    keep(c_.inheritances, &Inheritance::child, &Inheritance::parent);
    keep(c_.foreign_keys, &ForeignKey::child, &ForeignKey::parent);
    keep(c_.unique_keys, &UniqueKey::table);
    keep(c_.bodies, &Body::of);
    keep(c_.attachments, &Attachment::relation);
    keep(c_.event_triggers, &EventTrigger::database, &EventTrigger::function);
    keep(c_.foreign_tables, &ForeignTable::table, &ForeignTable::server);
    keep(c_.user_mappings, &UserMapping::server);
    keep(c_.extensions, &Extension::database, &Extension::schema);
    keep(c_.subscriptions, &Subscription::database);
    for (auto& b : c_.bodies) keep_uses(b.code);
    for (auto& a : c_.attachments) keep_uses(a.code);
    for (auto& p : c_.row_policies) keep_uses(p.code);
    for (auto& k : c_.foreign_keys) keep_uses(k.code);
    for (auto& s : c_.subscriptions) {
      std::erase_if(s.tables, [&](ObjectId id) { return is_gone(id); });
      for (auto& table : s.tables) renumber(table);
    }
  }

  /// The rows whose members all stay.
  template <typename Rows, typename... Members>
  void keep(Rows& rows, Members... members) const {
    std::erase_if(rows, [&](const auto& row) { return (is_gone(row.*members) || ...); });
    for (auto& row : rows) (renumber(row.*members), ...);
  }

  void keep_uses(Code& code) const {
    std::erase_if(code.uses, [&](const CodeUse& u) { return is_gone(u.object); });
    for (auto& use : code.uses) renumber(use.object);
    std::erase_if(code.operators, [&](const OperatorUse& u) { return is_gone(u.schema); });
    for (auto& use : code.operators) renumber(use.schema);
  }

  void renumber(ObjectId& id) const {
    if (id != no_object) id = now_[index(id)];
  }
  bool is_gone(ObjectId id) const { return id != no_object && now_[index(id)] == no_object; }

  Cluster& c_;
  Gone gone_;
  std::vector<ObjectId> now_;
  std::vector<std::optional<std::uint32_t>> policies_;
};

}  // namespace

Renumbered compact(Cluster& cluster, Gone gone) {
  return Compaction(cluster, std::move(gone)).run();
}

}  // namespace pgleast
