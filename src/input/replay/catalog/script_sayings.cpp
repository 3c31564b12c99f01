#include "input/replay/catalog/script_sayings.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_set>

#include "input/sql/psql_script.hpp"
#include "pg/default_acl_type.hpp"

namespace pgleast {
namespace {

template <typename Id>
std::uint32_t number(Id id) {
  return static_cast<std::uint32_t>(id);
}

struct Held {
  RoleId grantee{};
  PrivilegeSet before, now;
};

/// Of those whose items differ.
std::vector<Held> difference(const Acl& before, const Acl& now) {
  std::vector<Held> result;
  const auto [from, new_from] = std::mismatch(before.begin(), before.end(), now.begin(), now.end());
  const auto [to, new_to] = std::mismatch(before.rbegin(), std::make_reverse_iterator(from),
                                          now.rbegin(), std::make_reverse_iterator(new_from));
  for (auto i = from; i != to.base(); ++i) result.push_back({i->grantee, i->privileges, {}});
  for (auto i = new_from; i != new_to.base(); ++i) {
    result.push_back({i->grantee, {}, i->privileges});
  }
  std::sort(result.begin(), result.end(),
            [](const Held& a, const Held& b) { return a.grantee < b.grantee; });
  std::size_t count = 0;
  for (const auto held : result) {  // a copy: its place is written
    const bool same = count > 0 && result[count - 1].grantee == held.grantee;
    if (!same) result[count++] = {held.grantee, {}, {}};
    result[count - 1].before |= held.before;
    result[count - 1].now |= held.now;
  }
  result.resize(count);
  // What others granted to them stays.
  const auto add = [&](const AclItem& item) {
    const auto found =
        std::lower_bound(result.begin(), result.end(), item.grantee,
                         [](const Held& held, RoleId grantee) { return held.grantee < grantee; });
    if (found == result.end() || found->grantee != item.grantee) return;
    found->before |= item.privileges;
    found->now |= item.privileges;
  };
  if (result.empty()) return result;
  std::for_each(before.begin(), from, add);
  std::for_each(to.base(), before.end(), add);
  return result;
}

}  // namespace

ScriptSayings::ScriptSayings(SqlCatalog& catalog)
    : catalog_(catalog), before_(catalog.roles().before()) {
  const auto& cluster = catalog_.cluster();
  for (const auto& [said, privileges, at] : cluster.said.facts) {
    auto fact = said;
    if (fact.what == Said::default_granted) {
      fact.a = defaults_.of(key_of(cluster.default_acls[fact.a]));
    } else if (fact.what == Said::role_setting) {
      fact.a = settings_.of(key_of(cluster.role_settings[fact.a]));
    }
    note(fact, privileges, at);
  }
}

void ScriptSayings::say(const Source& script, std::size_t offset, bool in_transaction) {
  script_ = &script;
  offset_ = offset;
  here_.reset();
  const auto mark = notes_.size();
  say_roles();
  say_memberships();
  say_objects();
  say_columns();
  say_details();
  if (before_.default_acls) say_default_acls();
  if (before_.role_settings) say_role_settings();
  before_.clear();
  if (!in_transaction || notes_.size() == mark) return;
  catalog_.roles().journal().push_back([this, mark] { take_back(mark); });
}

void ScriptSayings::take_back(std::size_t mark) {
  notes_.erase(notes_.begin() + static_cast<std::ptrdiff_t>(mark), notes_.end());
  while (!by_default_.empty() && by_default_.back() >= mark) by_default_.pop_back();
}

// --- What is new ------------------------------------------------------------------------------

void ScriptSayings::say_roles() {
  const auto& roles = catalog_.cluster().roles;
  std::set<RoleId> seen;
  for (const auto& [id, old, made] : before_.roles) {
    if (index(id) >= roles.size() || !seen.insert(id).second) continue;
    const auto& role = roles[index(id)];
    if (made) note(How::set, SaidFact{Said::role, number(id)});
    for (const auto& attribute : role_attributes) {
      const auto which = attribute.attribute;
      if (has(role, which) == has(old, which)) continue;
      note(How::set, {Said::attribute, number(id), static_cast<std::uint32_t>(which)});
    }
  }
}

void ScriptSayings::say_memberships() {
  for (const auto& [role, member, raised] : before_.memberships) {
    const SaidFact fact{Said::membership, number(role), number(member)};
    if (!catalog_.roles().is_granted(role, member)) {
      note(How::end, fact);
    } else if (raised) {
      note(How::set, fact);
    } else {
      note(How::set_if_new, fact);
    }
  }
}

bool ScriptSayings::is_gone(ObjectId id) const {
  const auto& objects = catalog_.cluster().objects;
  return index(id) >= objects.size() || objects[index(id)].owner == no_role;
}

/// What the server made is taken into the model because something is said of it: that comes last.
void ScriptSayings::say_objects() {
  std::unordered_set<ObjectId> seen;
  for (const auto id : before_.made) {
    if (is_gone(id)) continue;
    seen.insert(id);
    if (!catalog_.cluster().object(id).system) {
      say_made(id);
      continue;
    }
    const auto last = std::find_if(before_.objects.rbegin(), before_.objects.rend(),
                                   [&](const Before::OfObject& o) { return o.id == id; });
    if (last != before_.objects.rend()) say_object(*last);
  }
  const bool one = before_.objects.size() == 1 && seen.empty();
  for (const auto& object : before_.objects) {
    if (!is_gone(object.id) && (one || seen.insert(object.id).second)) say_object(object);
  }
}

void ScriptSayings::say_made(ObjectId id) {
  const auto& o = catalog_.cluster().object(id);
  note(How::set, {Said::object, number(id)});
  if (o.acl == null_acl) return;
  Acl built_in;
  for (const auto& held :
       difference(list_in_force(o, null_acl, o.owner, built_in), list_of(o.acl))) {
    (held.now - held.before).each([&](Privilege p) {
      const auto at = said_by_default(o, held.grantee, p);
      note({Said::granted, number(id), number(held.grantee)}, p, at ? *at : here());
    });
  }
}

std::optional<SaidAt> ScriptSayings::said_by_default(const Object& o, RoleId grantee,
                                                     Privilege privilege) {
  for (const auto schema : {o.schema, no_object}) {
    const auto row =
        defaults_.numbers.find({o.database, o.owner, schema, default_acl_letter(o.kind)});
    if (row == defaults_.numbers.end()) continue;
    const SaidFact fact{Said::default_granted, row->second, number(grantee)};
    for (auto i = by_default_.rbegin(); i != by_default_.rend(); ++i) {
      const auto& n = notes_[*i];
      if (n.fact != fact || !n.privileges.has(privilege)) continue;
      if (n.how == How::give) return n.at;
      break;
    }
  }
  return std::nullopt;
}

void ScriptSayings::say_object(const Before::OfObject& before) {
  const auto& o = catalog_.cluster().object(before.id);
  if (before.owner != o.owner) note(How::set, {Said::owner, number(before.id)});
  if (before.acl == o.acl) return;
  Acl old_built_in, built_in;
  compare(list_in_force(o, before.acl, before.owner, old_built_in),
          list_in_force(o, o.acl, o.owner, built_in), {Said::granted, number(before.id)});
}

void ScriptSayings::say_columns() {
  std::set<std::pair<ObjectId, std::size_t>> seen;
  for (const auto& [table, place, acl] : before_.columns) {
    if (is_gone(table) || !seen.emplace(table, place).second) continue;
    const auto& columns = catalog_.cluster().relation(catalog_.cluster().object(table)).columns;
    if (place >= columns.size()) continue;
    const auto column = column_number(table, place);
    if (column == 0) continue;
    compare(list_of(acl), list_of(columns[place].acl),
            {Said::granted, number(table), 0, static_cast<std::uint32_t>(column)});
  }
}

void ScriptSayings::say_details() {
  const auto& cluster = catalog_.cluster();
  std::set<ObjectId> seen;
  for (const auto& [id, row_security, force] : before_.tables) {
    if (is_gone(id) || !seen.insert(id).second) continue;
    const auto& now = cluster.relation(cluster.object(id));
    if (now.row_security != row_security) note(How::set, {Said::row_security, number(id)});
    if (now.force_row_security != force) note(How::set, {Said::force, number(id)});
  }
  for (const auto& [id, old] : before_.functions) {
    if (is_gone(id) || !seen.insert(id).second) continue;
    const auto& now = cluster.function(cluster.object(id));
    const bool same = now.security_definer == old.security_definer && now.config == old.config;
    if (!same) note(How::set, {Said::function, number(id)});
  }
  for (const auto policy : before_.policies) {
    if (policy >= cluster.row_policies.size()) continue;
    note(How::set, {Said::policy, static_cast<std::uint32_t>(policy)});
  }
}

void ScriptSayings::say_default_acls() {
  const auto& cluster = catalog_.cluster();
  std::map<DefaultKey, std::pair<AclId, AclId>> rows;  // before, now
  for (const auto& d : *before_.default_acls) rows[key_of(d)] = {d.acl, null_acl};
  for (const auto& d : cluster.default_acls) {
    rows.try_emplace(key_of(d), null_acl, null_acl).first->second.second = d.acl;
  }
  for (const auto& [key, lists] : rows) {
    if (lists.first == lists.second) continue;
    const bool everywhere = std::get<2>(key) == no_object;
    const auto kind = default_acl_type(std::get<3>(key)).kind;
    const auto list = [&, creator = std::get<1>(key)](AclId id) {
      const bool built_in = id == null_acl && everywhere;
      return built_in ? default_acl(kind, creator, cluster.major()) : list_of(id);
    };
    compare(list(lists.first), list(lists.second), {Said::default_granted, defaults_.of(key)});
  }
}

void ScriptSayings::say_role_settings() {
  std::map<SettingKey, std::string> old;
  for (const auto& s : *before_.role_settings) old.emplace(key_of(s), s.value);
  for (const auto& s : catalog_.cluster().role_settings) {
    const auto found = old.find(key_of(s));
    const bool same = found != old.end() && found->second == s.value;
    if (!same) note(How::set, {Said::role_setting, settings_.of(key_of(s))});
  }
}

void ScriptSayings::compare(const Acl& before, const Acl& now, const SaidFact& fact) {
  auto of_grantee = fact;
  for (const auto& held : difference(before, now)) {
    of_grantee.b = number(held.grantee);
    const auto lost = held.before - held.now;
    const auto gained = held.now - held.before;
    if (!lost.empty()) note(How::take, of_grantee, lost);
    if (!gained.empty()) note(How::give, of_grantee, gained);
  }
}

const Acl& ScriptSayings::list_of(AclId id) const {
  static const Acl none;
  return id == null_acl ? none : catalog_.cluster().acls[index(id)];
}

const Acl& ScriptSayings::list_in_force(const Object& object, AclId stored, RoleId owner,
                                        Acl& built_in) const {
  if (stored != null_acl) return list_of(stored);
  return built_in = default_acl(object.kind, owner, catalog_.major());
}

EntityId ScriptSayings::entity_of(ObjectId table) {
  const auto is_it = [&](EntityId id) {
    return index(id) < catalog_.size() && catalog_.at(id).object == table;
  };
  const auto known = entities_.find(table);
  if (known != entities_.end() && is_it(known->second)) return known->second;
  // One that was made lately, mostly.
  for (auto i = catalog_.size(); i > 0; --i) {
    const auto id = EntityId{static_cast<std::uint32_t>(i - 1)};
    entities_[catalog_.at(id).object] = id;
    if (is_it(id)) return id;
  }
  return no_entity;
}

int ScriptSayings::column_number(ObjectId table, std::size_t place) {
  const auto id = entity_of(table);
  if (id == no_entity || place >= catalog_.at(id).columns.size()) return 0;
  return catalog_.at(id).columns[place].number;
}

// --- Where ------------------------------------------------------------------------------------

std::uint32_t ScriptSayings::file_of(const Source& script) {
  auto& files = catalog_.cluster().said.files;
  for (auto i = files.size(); i > 0; --i) {
    if (files[i - 1].name == script.name()) return static_cast<std::uint32_t>(i - 1);
  }
  files.push_back({script.name(), starred_sql(script.text())});
  return static_cast<std::uint32_t>(files.size() - 1);
}

/// Of many statements in one line the characters are counted once.
SaidAt ScriptSayings::here() {
  if (here_) return *here_;
  const auto file = file_of(*script_);
  const auto line_begin = offset_ - script_->line_before(offset_).size();
  const bool on = counted_.line > 0 && counted_.file == file && counted_line_begin_ == line_begin &&
                  counted_offset_ <= offset_;
  const auto from = on ? counted_offset_ : line_begin;
  const auto line =
      on ? counted_.line : static_cast<std::uint32_t>(script_->position(line_begin).line);
  const auto characters = character_count(script_->text().substr(from, offset_ - from));
  const auto column = (on ? counted_.column : 1) + static_cast<std::uint32_t>(characters);
  counted_ = {file, line, column};
  counted_offset_ = offset_;
  counted_line_begin_ = line_begin;
  here_ = counted_;
  return counted_;
}

void ScriptSayings::note(How how, const SaidFact& fact, PrivilegeSet privileges) {
  if (fact.what == Said::default_granted) by_default_.push_back(notes_.size());
  notes_.push_back({fact, privileges, how, here()});
}

void ScriptSayings::note(const SaidFact& fact, PrivilegeSet privileges, const SaidAt& at) {
  if (fact.what == Said::default_granted) by_default_.push_back(notes_.size());
  notes_.push_back({fact, privileges, How::give, at});
}

// --- In the end -------------------------------------------------------------------------------

struct ScriptSayings::Places {
  const Renumbered& now;
  std::vector<std::optional<std::uint32_t>> defaults, settings;
};

namespace {

/// Where each key is now among the rows.
template <typename Key, typename Move>
std::vector<std::optional<std::uint32_t>> places_of(const std::map<Key, std::uint32_t>& numbers,
                                                    const std::map<Key, std::uint32_t>& now,
                                                    Move move) {
  std::vector<std::optional<std::uint32_t>> result(numbers.size());
  for (const auto& [before, number] : numbers) {
    auto key = before;
    move(key);
    const auto found = now.find(key);
    if (found != now.end()) result[number] = found->second;
  }
  return result;
}

}  // namespace

void ScriptSayings::finish(const Renumbered& now) {
  auto& cluster = catalog_.cluster();
  Numbered<DefaultKey> defaults;
  for (const auto& row : cluster.default_acls) defaults.of(key_of(row));
  Numbered<SettingKey> settings;
  for (const auto& row : cluster.role_settings) settings.of(key_of(row));
  const auto moved = [&](ObjectId& id) {
    if (id != no_object) id = now.objects[index(id)];
  };
  const Places places{now,
                      places_of(defaults_.numbers, defaults.numbers,
                                [&](DefaultKey& key) {
                                  moved(std::get<0>(key));
                                  moved(std::get<2>(key));
                                }),
                      places_of(settings_.numbers, settings.numbers,
                                [&](SettingKey& key) { moved(std::get<0>(key)); })};
  std::stable_sort(notes_.begin(), notes_.end(),
                   [](const Note& a, const Note& b) { return a.fact < b.fact; });
  auto& said = cluster.said.facts;
  said.clear();
  const auto* const end = notes_.data() + notes_.size();
  for (const auto* first = notes_.data(); first != end;) {
    const auto* const next =
        std::find_if(first, end, [fact = first->fact](const Note& n) { return n.fact != fact; });
    if (const auto now_fact = translated(first->fact, places)) tell(first, next, *now_fact);
    first = next;
  }
  std::sort(said.begin(), said.end(), [](const Saying& a, const Saying& b) {
    return std::tie(a.fact, a.at) < std::tie(b.fact, b.at);
  });
}

void ScriptSayings::tell(const Note* begin, const Note* end, const SaidFact& fact) {
  auto& said = catalog_.cluster().said.facts;
  const auto first = static_cast<std::ptrdiff_t>(said.size());
  for (const auto* n = begin; n != end; ++n) {
    if (n->how == How::take) {
      std::for_each(said.begin() + first, said.end(),
                    [&](Saying& s) { s.privileges -= n->privileges; });
      said.erase(std::remove_if(said.begin() + first, said.end(),
                                [](const Saying& s) { return s.privileges.empty(); }),
                 said.end());
      continue;
    }
    const bool is_new = static_cast<std::ptrdiff_t>(said.size()) == first;
    if (n->how == How::end || n->how == How::set) said.erase(said.begin() + first, said.end());
    if (n->how == How::end || (n->how == How::set_if_new && !is_new)) continue;
    said.push_back({fact, n->privileges, n->at});
  }
}

std::optional<SaidFact> ScriptSayings::translated(SaidFact fact, const Places& places) {
  std::optional<std::uint32_t> to = fact.a;
  switch (fact.what) {
    case Said::role:
    case Said::attribute:
      if (catalog_.cluster().roles[fact.a].dropped) to.reset();
      break;
    case Said::membership:
      break;
    case Said::policy:
      to = places.now.policies[fact.a];
      break;
    case Said::default_granted:
      to = places.defaults[fact.a];
      break;
    case Said::role_setting:
      to = places.settings[fact.a];
      break;
    default:
      return translated_object(fact, places.now);
  }
  if (!to) return std::nullopt;
  fact.a = *to;
  return fact;
}

std::optional<SaidFact> ScriptSayings::translated_object(SaidFact fact, const Renumbered& now) {
  if (fact.c != 0) {
    const auto place = column_place(ObjectId{fact.a}, fact.c);
    if (!place) return std::nullopt;
    fact.c = *place + 1;
  }
  const auto object = now.objects[fact.a];
  if (object == no_object) return std::nullopt;
  fact.a = number(object);
  return fact;
}

std::optional<std::uint32_t> ScriptSayings::column_place(ObjectId table, std::uint32_t number) {
  const auto id = entity_of(table);
  if (id == no_entity) return std::nullopt;
  const auto& columns = catalog_.at(id).columns;
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const ColumnState& c) {
    return c.number == static_cast<int>(number);
  });
  if (found == columns.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - columns.begin());
}

}  // namespace pgleast
