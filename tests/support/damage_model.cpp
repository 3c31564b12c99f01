#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/damage.hpp"

namespace pgleast::test {
namespace {

using nlohmann::json;

const Unseen damaged{"damaged", "read it"};

Code not_followed() {
  Code code;
  code.unknown = "it was not read";
  return code;
}

void clear_code(Cluster& c) {
  c.bodies.clear();
  c.attachments.clear();
  c.event_triggers.clear();
  c.user_mappings.clear();
  c.subscriptions.clear();
  for (auto& policy : c.row_policies) {
    policy.code = {};
    policy.using_always_true = policy.check_always_true = false;
  }
  for (auto& server : c.foreign_servers) server.options.clear();
}

void clear_objects(Cluster& c) {
  clear_code(c);
  c.objects.clear();
  c.databases.clear();
  c.relations.clear();
  c.functions.clear();
  c.languages.clear();
  c.foreign_servers.clear();
  c.row_policies.clear();
  c.default_acls.clear();
  c.inheritances.clear();
  c.foreign_keys.clear();
  c.unique_keys.clear();
  c.extensions.clear();
  c.role_settings.clear();
  c.unseen[Fact::code] = c.unseen[Fact::role_settings] = damaged;
}

void clear(Cluster& c, Fact fact) {
  switch (fact) {
    case Fact::roles:
      // Nobody's attributes; their numbers stay, for all else goes by them.
      for (auto& role : c.roles) {
        Role bare;
        bare.name = role.name;
        bare.oid = role.oid;
        role = bare;
      }
      c.memberships.clear();
      c.unseen[Fact::passwords] = damaged;
      return;
    case Fact::passwords:
      for (auto& role : c.roles) role.password = PasswordKind::unseen;
      return;
    case Fact::objects:
      return clear_objects(c);
    case Fact::settings:
      return c.settings.clear();
    case Fact::role_settings:
      return c.role_settings.clear();
    case Fact::hba:
      c.hba = {};
      return;
    case Fact::ident:
      c.ident = {};
      return;
    case Fact::code:
      return clear_code(c);
    case Fact::extensions:
      return c.trusted_extensions.clear();
  }
}

bool fact_unseen(Cluster& c, Random& random) {
  const auto fact = static_cast<Fact>(pick(random, fact_count));
  if (!c.seen(fact)) return false;
  c.unseen[fact] = damaged;
  return true;
}

bool fact_not_there(Cluster& c, Random& random) {
  const auto fact = static_cast<Fact>(pick(random, fact_count));
  if (!c.seen(fact)) return false;
  c.unseen[fact] = damaged;
  clear(c, fact);
  return true;
}

// A setting that the server does not show to who asks.
bool setting_hidden(Cluster& c, Random& random) {
  if (c.settings.empty() || !c.seen(Fact::settings)) return false;
  std::vector<std::size_t> said;
  for (std::size_t i = 0; i < c.settings.size(); ++i) {
    if (c.settings[i].source != "default") said.push_back(i);
  }
  const auto at = said.empty() || random() % 4 == 0 ? pick(random, c.settings.size())
                                                    : said[pick(random, said.size())];
  c.settings.erase(c.settings.begin() + static_cast<long>(at));
  c.hidden_settings = damaged;
  return true;
}

bool password_unseen(Cluster& c, Random& random) {
  if (!c.seen(Fact::passwords)) return false;
  std::vector<Role*> stored;
  for (auto& role : c.roles) {
    if (role.password != PasswordKind::unseen && role.password != PasswordKind::none) {
      stored.push_back(&role);
    }
  }
  if (stored.empty()) return false;
  stored[pick(random, stored.size())]->password = PasswordKind::unseen;
  return true;
}

bool body_unseen(Cluster& c, Random& random) {
  if (c.bodies.empty() || !c.seen(Fact::code)) return false;
  auto& body = c.bodies[pick(random, c.bodies.size())];
  body.code = not_followed();
  body.writable.reset();
  return true;
}

bool attachment_unseen(Cluster& c, Random& random) {
  if (c.attachments.empty() || !c.seen(Fact::code)) return false;
  c.attachments[pick(random, c.attachments.size())].code = not_followed();
  return true;
}

bool policy_unseen(Cluster& c, Random& random) {
  if (c.row_policies.empty() || !c.seen(Fact::code)) return false;
  auto& policy = c.row_policies[pick(random, c.row_policies.size())];
  policy.code = not_followed();
  policy.using_always_true = policy.check_always_true = false;
  return true;
}

bool version_of_the_future(Cluster& c, Random& random) {
  if (c.major() != newest_major) return false;
  c.version_num = static_cast<int>(99 + pick(random, 100)) * 10000;
  return true;
}

// What lies in one database, taken away; every number goes where it went.
class Without {
 public:
  Without(Cluster& c, ObjectId database) : c_(c) {
    std::vector<Object> kept;
    for (const auto& o : c.objects) {
      now_.push_back(o.database == database ? no_object
                                            : ObjectId{static_cast<std::uint32_t>(kept.size())});
      if (now_.back() != no_object) kept.push_back(o);
    }
    c.objects = std::move(kept);
    for (auto& o : c.objects) {
      o.database = moved(o.database);
      o.schema = moved(o.schema);
    }
    c.databases[c.object(moved(database)).detail].read = false;
  }

  void run() {
    part(c_.row_policies, &RowPolicy::table);
    part(c_.default_acls, &DefaultAcl::database);
    part(c_.inheritances, &Inheritance::child);
    part(c_.foreign_keys, &ForeignKey::child);
    part(c_.unique_keys, &UniqueKey::table);
    part(c_.bodies, &Body::of);
    part(c_.attachments, &Attachment::relation);
    part(c_.event_triggers, &EventTrigger::function);
    part(c_.user_mappings, &UserMapping::server);
    part(c_.extensions, &Extension::schema);
    for (auto& d : c_.default_acls) d.schema = moved(d.schema);
    for (auto& i : c_.inheritances) i.parent = moved(i.parent);
    for (auto& k : c_.foreign_keys) {
      k.parent = moved(k.parent);
      uses(k.code);
    }
    for (auto& b : c_.bodies) uses(b.code);
    for (auto& a : c_.attachments) uses(a.code);
    for (auto& p : c_.row_policies) uses(p.code);
    for (auto& e : c_.event_triggers) e.database = moved(e.database);
    for (auto& e : c_.extensions) e.database = moved(e.database);
    for (auto& s : c_.role_settings) s.database = moved(s.database);
    for (auto& s : c_.foreign_servers) s.wrapper = moved(s.wrapper);
    for (auto& s : c_.subscriptions) {
      s.database = moved(s.database);
      for (auto& table : s.tables) table = moved(table);
      std::erase(s.tables, no_object);
    }
  }

 private:
  ObjectId moved(ObjectId id) const { return id == no_object ? id : now_[index(id)]; }
  void uses(Code& code) const {
    for (auto& use : code.uses) use.object = moved(use.object);
    std::erase_if(code.uses, [](const CodeUse& use) { return use.object == no_object; });
  }
  // Those of what is gone go with it.
  template <typename T>
  void part(std::vector<T>& items, ObjectId T::*of) const {
    std::erase_if(items, [&](const T& item) {
      return item.*of != no_object && moved(item.*of) == no_object;
    });
    for (auto& item : items) item.*of = moved(item.*of);
  }

  Cluster& c_;
  std::vector<ObjectId> now_;
};

bool database_not_read(Cluster& c, Random& random) {
  if (!c.seen(Fact::objects)) return false;
  std::vector<ObjectId> read;
  for (std::uint32_t i = 0; i < c.objects.size(); ++i) {
    const auto& o = c.objects[i];
    if (o.kind == ObjectKind::database && c.databases[o.detail].read) read.push_back(ObjectId{i});
  }
  if (read.empty()) return false;
  Without(c, read[pick(random, read.size())]).run();
  c.unread_databases = damaged;
  return true;
}

// --- Snapshots ----------------------------------------------------------------------------------

std::optional<std::string> key_missing(std::string& text, Random& random) {
  auto tree = json::parse(text);
  auto at = tree.begin();
  std::advance(at, static_cast<long>(pick(random, tree.size())));
  const auto key = at.key();
  tree.erase(key);
  text = tree.dump();
  return key;
}

// A row of one of the lists: an object with keys.
json* some_row(json& tree, Random& random) {
  std::vector<json*> rows;
  for (auto& part : tree) {
    if (!part.is_array() || part.empty() || !part.front().is_object()) continue;
    rows.push_back(&part[pick(random, part.size())]);
  }
  for (auto& record : tree["hba"]["records"]) rows.push_back(&record);
  return rows.empty() ? nullptr : rows[pick(random, rows.size())];
}

std::optional<std::string> field_missing(std::string& text, Random& random) {
  auto tree = json::parse(text);
  auto* const row = some_row(tree, random);
  if (row == nullptr) return std::nullopt;
  auto at = row->begin();
  std::advance(at, static_cast<long>(pick(random, row->size())));
  const auto key = at.key();
  row->erase(key);
  text = tree.dump();
  return key + " missing: " + row->dump();
}

std::optional<std::string> field_of_another_type(std::string& text, Random& random) {
  auto tree = json::parse(text);
  auto* const row = some_row(tree, random);
  if (row == nullptr) return std::nullopt;
  auto at = row->begin();
  std::advance(at, static_cast<long>(pick(random, row->size())));
  // What may be missing is null where it is.
  if (at->is_null() || at.key() == "using" || at.key() == "check") return std::nullopt;
  const std::vector<json> values{nullptr, json::array(), json::object(), "x", -1, 1e300};
  const auto& value = values[pick(random, values.size())];
  if (value.type() == at->type() || (value.is_number() && at->is_number() && value == -1)) {
    return std::nullopt;
  }
  *at = value;
  text = tree.dump();
  return at.key() + " of another type: " + row->dump();
}

std::optional<std::string> number_that_leads_nowhere(std::string& text, Random& random) {
  auto tree = json::parse(text);
  const std::vector<std::pair<const char*, const char*>> ids{
      {"objects", "owner"},        {"objects", "acl"},        {"objects", "detail"},
      {"memberships", "role"},     {"memberships", "member"}, {"bodies", "of"},
      {"attachments", "relation"}, {"row_policies", "table"}, {"default_acls", "creator"}};
  const auto& [part, key] = ids[pick(random, ids.size())];
  if (tree[part].empty()) return std::nullopt;
  auto& row = tree[part][pick(random, tree[part].size())];
  if (row[key] == 4294967295U) return std::nullopt;
  row[key] = 1000000 + pick(random, 1000);
  text = tree.dump();
  return row.dump();
}

std::optional<std::string> snapshot_cut(std::string& text, Random& random) {
  text.resize(pick(random, text.size() - 2));
  return "";
}

std::optional<std::string> snapshot_of_the_future(std::string& text, Random& random) {
  auto tree = json::parse(text);
  if (random() % 2 == 0) {
    tree["schema"] = "pgleast-snapshot/2";
  } else if (tree["version_num"].get<int>() / 10000 == newest_major) {
    tree["version_num"] = 990000;
  } else {
    return std::nullopt;
  }
  text = tree.dump();
  return "";
}

}  // namespace

const std::vector<ClusterDamage> cluster_damages{
    {"fact unseen", fact_unseen},
    {"fact unseen and not there", fact_not_there},
    {"setting hidden", setting_hidden},
    {"password of one role unseen", password_unseen},
    {"body of a function or view unseen", body_unseen},
    {"code of a trigger, rule or expression unseen", attachment_unseen},
    {"code of a policy unseen", policy_unseen},
    {"database not read", database_not_read},
    {"version of the future", version_of_the_future},
};

const std::vector<SnapshotDamage> snapshot_damages{
    {"snapshot without a key", key_missing},
    {"snapshot without a field", field_missing},
    {"snapshot with a field of another type", field_of_another_type},
    {"snapshot with a number that leads nowhere", number_that_leads_nowhere},
    {"snapshot cut", snapshot_cut},
    {"snapshot of the future", snapshot_of_the_future},
};

}  // namespace pgleast::test
