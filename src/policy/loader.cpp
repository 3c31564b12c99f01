#include "policy/loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>

#include "finding/word_kind.hpp"
#include "policy/grant_reader.hpp"
#include "text/contained_files.hpp"
#include "text/display.hpp"
#include "text/embedded.hpp"
#include "text/files.hpp"

namespace fs = std::filesystem;

namespace pgleast {
namespace {

constexpr std::string_view packs_folder = "policies/";
constexpr std::string_view pack_file = "pack.yaml";
// The rules about the user's own statements: part of every policy that makes any.
constexpr std::string_view model_pack = "model";
// Policies that extend policies.
constexpr std::size_t deepest_extends = 50;

bool is_yaml(std::string_view path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }

class Loader {
 public:
  void load(const std::string& name, const std::string& from, const YamlNode* at);
  Policy finish();

 private:
  void load_embedded_pack(const std::string& name);
  void load_pack_folder(const fs::path& folder);
  void load_file(const std::string& path, const YamlNode* at);
  void read_pack_file(const YamlNode& node);
  void add_rule(Rule rule, const YamlNode& at);
  void read_policy(const YamlNode& node, const std::string& path);
  void read_parameters(const YamlNode* node);
  void read_accepted(const YamlNode* node);
  void read_classes(const YamlNode* node);
  void read_attributes(const YamlNode* node);
  void read_memberships(const YamlNode* node);
  void add_access(const YamlNode& node);
  void read_rules(const YamlNode* node);
  void read_waivers(const YamlNode* node);
  void read_expected(const YamlNode* node);
  void apply_overrides();
  void settle_parameters();
  void check_references() const;
  void check_patterns(const Patterns& patterns, const YamlNode& at) const;
  void check_names_in(const YamlNode& node) const;
  void check_networks_of(const YamlNode& key, const YamlNode& value) const;

  Policy policy_;
  std::vector<std::string> open_;  // files being read, to find one that extends itself
  std::set<std::string> loaded_;
  std::map<std::string, YamlNode> given_;        // parameters that a policy sets, and to what
  std::map<std::string, YamlNode> of_networks_;  // those that name networks, and their defaults
  std::vector<YamlEntry> overrides_;             // rule id, what is said of it
};

[[noreturn]] void fail_with(const YamlNode* at, std::string message) {
  if (at != nullptr) fail_policy(*at, std::move(message));
  fail_usage(std::move(message));
}

void Loader::load(const std::string& name, const std::string& from, const YamlNode* at) {
  const auto packs = pack_names();
  if (std::find(packs.begin(), packs.end(), name) != packs.end()) {
    return load_embedded_pack(name);
  }
  const auto path = name == "-" ? name : beside(from, name);
  const auto& first = open_.empty() ? from : open_.front();
  if (const auto why =
          at == nullptr ? std::nullopt : why_not_contained(first, path, Bounds::folder)) {
    fail_with(at, fmt::format("`{}` cannot be extended: {}", displayed(name), *why));
  }
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return load_pack_folder(path);
  // What a policy extends is missing at a place in it; what the user names, as a file.
  const bool named_as_file = is_yaml(name) && at == nullptr;
  if (named_as_file || name == "-" || fs::exists(path, ignored)) return load_file(path, at);
  fail_with(at, fmt::format("there is no pack and no file `{}`{}", displayed(name),
                            did_you_mean(name, packs)));
}

void Loader::load_embedded_pack(const std::string& name) {
  if (!loaded_.insert(name).second) return;
  policy_.packs.push_back(name);
  const auto folder = std::string(packs_folder) + name + '/';
  for (const auto& file : embedded_files()) {
    if (!file.path.starts_with(folder)) continue;
    const auto node = read_yaml(Source(std::string(file.path), std::string(file.text)));
    if (file.path.ends_with(pack_file)) {
      read_pack_file(node);
    } else {
      add_rule(read_rule(node, name), node);
    }
  }
}

void Loader::load_pack_folder(const fs::path& folder) {
  std::error_code ignored;
  const auto full = fs::weakly_canonical(folder, ignored);
  if (!loaded_.insert(full.string()).second) return;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (is_yaml(entry.path().string())) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) fail_usage(fmt::format("no rules in `{}`", displayed(folder.string())));
  const auto name = full.filename().string();
  policy_.packs.push_back(name);
  for (const auto& file : files) {
    const auto node = read_yaml(Source(file.string(), read_file(file.string())));
    if (file.filename() == pack_file) {
      read_pack_file(node);
    } else {
      add_rule(read_rule(node, name), node);
    }
  }
}

// What several policies extend is read once, before the first of them.
void Loader::load_file(const std::string& path, const YamlNode* at) {
  std::error_code ignored;
  const auto full = path == "-" ? path : fs::weakly_canonical(path, ignored).string();
  if (!loaded_.insert(full).second) return;
  if (open_.size() >= deepest_extends) {
    fail_with(at, fmt::format("policies extend policies more than {} deep", deepest_extends));
  }
  const auto node = read_yaml(Source(path == "-" ? "<stdin>" : path, read_file(path)));
  open_.push_back(full);
  read_policy(node, path);
  open_.pop_back();
}

// One that named another could name itself.
Patterns read_parameter(const YamlNode& value) {
  auto patterns = read_patterns(value);
  for (const auto& p : patterns) {
    if (p.kind == Pattern::Kind::parameter) {
      fail_policy(value, "a parameter is made of names and classes, not of parameters");
    }
  }
  return patterns;
}

enum class Names { roles, networks };

Names read_names(MapReader& parameter) {
  const auto* const names = parameter.find("names");
  if (names == nullptr) return Names::roles;
  const auto word = scalar_text(*names);
  if (word == "roles") return Names::roles;
  if (word == "networks") return Names::networks;
  fail_policy(*names, "a parameter names `roles` or `networks`");
}

void Loader::read_pack_file(const YamlNode& node) {
  MapReader map(node, "a pack");
  map.text("pack");
  map.text("title", "");
  if (const auto* const parameters = map.find("parameters")) {
    for (const auto& [name, value] : parameters->entries) {
      MapReader parameter(value, "a parameter");
      auto patterns = read_parameter(parameter.need("default"));
      // A default may name what is not there.
      for (auto& pattern : patterns) pattern.place.clear();
      policy_.parameters.emplace(name.text, std::move(patterns));
      if (read_names(parameter) == Names::networks) {
        of_networks_.emplace(name.text, parameter.need("default"));
      }
      parameter.text("why");
      parameter.finish();
    }
  }
  map.finish();
}

void Loader::add_rule(Rule rule, const YamlNode& at) {
  for (const auto& other : policy_.rules) {
    if (other.id == rule.id) {
      fail_policy(at, fmt::format("the id `{}` is taken by pack {}", displayed(rule.id),
                                  displayed(other.pack)));
    }
  }
  policy_.rules.push_back(std::move(rule));
}

void Loader::read_policy(const YamlNode& node, const std::string& path) {
  MapReader map(node, "a policy");
  const auto& format = map.need("policy");
  if (scalar_text(format) != "1") {
    fail_policy(format, "unknown format; this version reads `policy: 1`");
  }
  if (const auto name = map.text("name", ""); !name.empty()) policy_.name = name;
  if (const auto* const extends = map.find("extends")) {
    const auto items =
        extends->is(YamlNode::Kind::sequence) ? extends->items : std::vector<YamlNode>{*extends};
    for (const auto& item : items) {
      const auto wanted = scalar_text(item);
      std::error_code ignored;
      const auto full = fs::weakly_canonical(beside(path, wanted), ignored).string();
      if (std::find(open_.begin(), open_.end(), full) != open_.end()) {
        fail_policy(item, fmt::format("`{}` extends itself", displayed(wanted)));
      }
      load(wanted, path, &item);
    }
  }
  read_parameters(map.find("parameters"));
  read_classes(map.find("classes"));
  read_attributes(map.find("attributes"));
  read_memberships(map.find("memberships"));
  if (const auto* const grants = map.find("grants")) {
    auto entries = read_grants(*grants);
    policy_.grants.insert(policy_.grants.end(), entries.begin(), entries.end());
  }
  if (const auto* const networks = map.find("networks")) {
    read_networks(*networks, policy_.networks);
  }
  if (const auto* const access = map.find("access")) add_access(*access);
  read_rules(map.find("rules"));
  read_waivers(map.find("waivers"));
  read_expected(map.find("expect"));
  read_accepted(map.find("accept"));
  map.finish();
}

void Loader::read_accepted(const YamlNode* node) {
  if (node == nullptr) return;
  for (const auto& item :
       node->is(YamlNode::Kind::sequence) ? node->items : std::vector<YamlNode>{*node}) {
    const auto word = scalar_text(item);
    const auto kinds = word_kinds_named(word);
    if (kinds.empty()) fail_policy(item, no_word_kind(word));
    policy_.accepted.insert(kinds.begin(), kinds.end());
  }
}

void Loader::read_parameters(const YamlNode* node) {
  if (node == nullptr) return;
  const MapReader map(*node, "parameters");
  for (const auto& [name, value] : node->entries) {
    if (!policy_.parameters.contains(name.text)) {
      std::vector<std::string> known;
      for (const auto& [k, v] : policy_.parameters) known.push_back(k);
      fail_policy(name, fmt::format("unknown parameter `{}`{}", displayed(name.text),
                                    did_you_mean(name.text, known)));
    }
    policy_.parameters[name.text] = read_parameter(value);
    given_[name.text] = value;
  }
}

Demand read_demand(const YamlNode& node) {
  const auto word = scalar_text(node);
  if (word == "allow") return Demand::allow;
  if (word == "forbid") return Demand::forbid;
  if (word == "require") return Demand::require;
  fail_policy(node, fmt::format("`{}` is none of allow, forbid and require", displayed(word)));
}

template <typename T, typename Key>
T& entry_of(std::vector<T>& entries, Key T::*member, const Key& key) {
  for (auto& e : entries) {
    if (e.*member == key) return e;
  }
  entries.emplace_back();
  entries.back().*member = key;
  return entries.back();
}

void Loader::read_classes(const YamlNode* node) {
  if (node == nullptr) return;
  const MapReader map(*node, "classes");
  for (const auto& [name, value] : node->entries) {
    MapReader reader(value, "a class");
    auto& entry = entry_of(policy_.classes, &RoleClass::name, name.text);
    entry.at = name;
    entry.names = read_patterns(reader.need("names"));
    if (const auto* const login = reader.find("login")) {
      auto& attributes = entry_of(policy_.attributes, &ClassAttributes::role_class, name.text);
      attributes.at = name;
      attributes.attributes[RoleAttribute::login] = read_demand(*login);
    }
    reader.finish();
  }
}

std::optional<PasswordKind> read_password(const YamlNode* node) {
  if (node == nullptr) return std::nullopt;
  const auto word = scalar_text(*node);
  if (word == "scram-sha-256") return PasswordKind::scram_sha_256;
  if (word == "none") return PasswordKind::none;
  fail_policy(*node, "a stored password is `scram-sha-256` or `none`");
}

void Loader::read_attributes(const YamlNode* node) {
  if (node == nullptr) return;
  const MapReader map(*node, "attributes");
  for (const auto& [name, value] : node->entries) {
    MapReader reader(value, "the attributes of a class");
    auto& entry = entry_of(policy_.attributes, &ClassAttributes::role_class, name.text);
    entry.at = name;
    for (const auto& a : role_attributes) {
      if (const auto* const demand = reader.find(std::string(a.name))) {
        entry.attributes[a.attribute] = read_demand(*demand);
      }
    }
    if (const auto kind = read_password(reader.find("password"))) entry.password = kind;
    if (const auto* const limit = reader.find("connection_limit")) {
      MapReader limits(*limit, "a connection limit");
      const auto& most = limits.need("max");
      const auto text = scalar_text(most);
      std::int32_t number = 0;
      const auto end = text.data() + text.size();
      const auto read = std::from_chars(text.data(), end, number);
      if (read.ec != std::errc() || read.ptr != end || number < 0) {
        fail_policy(most, "expected a number of connections");
      }
      entry.most_connections = number;
      limits.finish();
    }
    reader.finish();
  }
}

void Loader::read_memberships(const YamlNode* node) {
  if (node == nullptr) return;
  if (!node->is(YamlNode::Kind::sequence)) fail_policy(*node, "memberships are a list");
  for (const auto& item : node->items) {
    MapReader reader(item, "a membership");
    const auto group = reader.text("group");
    auto& entry = entry_of(policy_.memberships, &MembershipEntry::group, group);
    entry.at = item;
    entry.exclusive = reader.boolean("exclusive", false);
    MapReader members(reader.need("members"), "members");
    entry.require = {};
    entry.allow = {};
    if (const auto* const require = members.find("require")) {
      entry.require = read_patterns(*require);
      for (const auto& p : entry.require) {
        if (!p.is_exact()) fail_policy(*require, "required members are named one by one");
      }
    }
    if (const auto* const allow = members.find("allow")) entry.allow = read_patterns(*allow);
    members.finish();
    reader.finish();
  }
}

// A later policy replaces an entry by its id.
void Loader::add_access(const YamlNode& node) {
  for (auto& entry : read_access(node, policy_.networks)) {
    const auto id = entry.id;
    entry_of(policy_.access, &AccessEntry::id, id) = std::move(entry);
  }
}

void Loader::read_rules(const YamlNode* node) {
  if (node == nullptr) return;
  const MapReader map(*node, "rules");
  for (const auto& entry : node->entries) overrides_.push_back(entry);
}

bool is_date(const std::string& text) {
  if (text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 4 || i == 7;
    if (dash ? text[i] != '-' : (text[i] < '0' || text[i] > '9')) return false;
  }
  const auto number = [&](std::size_t at, std::size_t size) {
    return static_cast<unsigned>(std::stoul(text.substr(at, size)));
  };
  return std::chrono::year_month_day(std::chrono::year(static_cast<int>(number(0, 4))),
                                     std::chrono::month(number(5, 2)),
                                     std::chrono::day(number(8, 2)))
      .ok();
}

void Loader::read_waivers(const YamlNode* node) {
  if (node == nullptr) return;
  if (!node->is(YamlNode::Kind::sequence)) fail_policy(*node, "waivers are a list");
  for (const auto& item : node->items) {
    MapReader reader(item, "a waiver");
    Waiver waiver;
    waiver.rule = reader.text("rule");
    if (policy_.find_rule(waiver.rule) == nullptr) {
      std::vector<std::string> ids;
      for (const auto& r : policy_.rules) ids.push_back(r.id);
      fail_policy(reader.need("rule"), fmt::format("unknown rule `{}`{}", displayed(waiver.rule),
                                                   did_you_mean(waiver.rule, ids)));
    }
    waiver.subject = reader.said("subject");
    waiver.reason = reader.said("reason");
    waiver.owner = reader.text("owner", "");
    waiver.expires = reader.text("expires", "");
    if (!waiver.expires.empty() && !is_date(waiver.expires)) {
      fail_policy(reader.need("expires"), "this is no date; one is written YYYY-MM-DD");
    }
    reader.finish();
    policy_.waivers.push_back(std::move(waiver));
  }
}

void Loader::read_expected(const YamlNode* node) {
  if (node == nullptr) return;
  if (!node->is(YamlNode::Kind::sequence)) fail_policy(*node, "what is expected is a list");
  for (const auto& item : node->items) {
    MapReader reader(item, "an expected change");
    policy_.expected.push_back({reader.said("change"), reader.said("reason")});
    reader.finish();
  }
}

void Loader::apply_overrides() {
  for (const auto& [id, said] : overrides_) {
    const auto rule = std::find_if(policy_.rules.begin(), policy_.rules.end(),
                                   [&id = id](const Rule& r) { return r.id == id.text; });
    if (rule == policy_.rules.end()) {
      std::vector<std::string> ids;
      for (const auto& r : policy_.rules) ids.push_back(r.id);
      fail_policy(
          id, fmt::format("unknown rule `{}`{}", displayed(id.text), did_you_mean(id.text, ids)));
    }
    MapReader reader(said, "what is said of a rule");
    if (const auto* const severity = reader.find("severity")) {
      rule->severity = read_severity(*severity);
    }
    rule->enabled = reader.boolean("enabled", true);
    if (!rule->enabled) reader.said("reason");
    reader.text("reason", "");
    if (const auto* const with = reader.find("with")) rule->with = *with;
    reader.finish();
  }
}

void Loader::check_patterns(const Patterns& patterns, const YamlNode& at) const {
  for (const auto& p : patterns) {
    if (p.kind == Pattern::Kind::role_class && policy_.find_class(p.text) == nullptr) {
      std::vector<std::string> names;
      for (const auto& c : policy_.classes) names.push_back(c.name);
      fail_policy(at, fmt::format("there is no class `{}`{}", displayed(p.text),
                                  did_you_mean(p.text, names)));
    }
    if (p.kind == Pattern::Kind::parameter && !policy_.parameters.contains(p.text)) {
      std::vector<std::string> names;
      for (const auto& [name, value] : policy_.parameters) names.push_back(name);
      fail_policy(at, fmt::format("there is no parameter `{}`{}", displayed(p.text),
                                  did_you_mean(p.text, names)));
    }
  }
}

// What a rule's check is given: `$administrators`, `class:people`, however deep it stands.
void Loader::check_names_in(const YamlNode& node) const {
  if (node.text.starts_with('$') || node.text.starts_with("class:")) {
    check_patterns(read_patterns(node), node);
  }
  for (const auto& item : node.items) check_names_in(item);
  for (const auto& [key, value] : node.entries) check_names_in(value);
}

// What a fix narrows a record to.
void Loader::check_networks_of(const YamlNode& key, const YamlNode& value) const {
  if (key.text != "narrow_to") return;
  const auto text = scalar_text(value);
  if (of_networks_.contains(text.substr(text.starts_with('$') ? 1 : 0))) return;
  std::vector<std::string> names;
  for (const auto& [name, otherwise] : of_networks_) names.push_back('$' + name);
  fail_policy(value, fmt::format("`{}` is no parameter that names networks{}", displayed(text),
                                 did_you_mean(text, names)));
}

void Loader::check_references() const {
  for (const auto& c : policy_.classes) {
    for (const auto& p : c.names) {
      if (p.kind == Pattern::Kind::role_class || p.kind == Pattern::Kind::parameter) {
        fail_policy(c.at, "a class is made of names, not of classes or parameters");
      }
    }
  }
  for (const auto& a : policy_.attributes) {
    check_patterns({{Pattern::Kind::role_class, a.role_class, nullptr}}, a.at);
  }
  for (const auto& m : policy_.memberships) check_patterns(m.allow, m.at);
  for (const auto& a : policy_.access) {
    check_patterns(a.who, a.at);
    if (a.cannot_become) check_patterns(*a.cannot_become, a.at);
  }
  for (const auto& [name, value] : given_) {
    if (!of_networks_.contains(name)) check_patterns(policy_.parameters.at(name), value);
  }
  for (const auto& rule : policy_.rules) {
    check_names_in(rule.with);
    for (const auto& [key, value] : rule.fix.entries) check_networks_of(key, value);
  }
  check_contradictions(policy_.grants);
}

// A class of a parameter's name is its value, unless the parameter itself was given.
void Loader::settle_parameters() {
  for (auto& [name, patterns] : policy_.parameters) {
    const auto given = given_.find(name);
    if (const auto otherwise = of_networks_.find(name); otherwise != of_networks_.end()) {
      const auto& said = given == given_.end() ? otherwise->second : given->second;
      patterns = read_client_networks(said, policy_.networks);
    } else if (const auto* const same = policy_.find_class(name);
               same != nullptr && given == given_.end()) {
      patterns = {{Pattern::Kind::role_class, name, nullptr, place_of(same->at)}};
    }
  }
}

Policy Loader::finish() {
  if (!policy_.classes.empty() || !policy_.attributes.empty() || !policy_.memberships.empty() ||
      !policy_.grants.empty() || !policy_.access.empty()) {
    load_embedded_pack(std::string(model_pack));
  }
  if (policy_.rules.empty()) {
    fail_usage("the policy has no rules: say `extends: [baseline]` in it, or --policy baseline");
  }
  apply_overrides();
  check_references();
  settle_parameters();
  std::sort(policy_.rules.begin(), policy_.rules.end(),
            [](const Rule& a, const Rule& b) { return a.id < b.id; });
  std::sort(policy_.packs.begin(), policy_.packs.end());
  return std::move(policy_);
}

}  // namespace

Policy load_policy(const std::vector<std::string>& names) {
  Loader loader;
  if (names.empty()) loader.load("baseline", "", nullptr);
  for (const auto& name : names) loader.load(name, "", nullptr);
  return loader.finish();
}

std::vector<std::string> pack_names() {
  std::set<std::string> names;
  for (const auto& file : embedded_files()) {
    if (!file.path.starts_with(packs_folder)) continue;
    const auto rest = file.path.substr(packs_folder.size());
    names.emplace(rest.substr(0, rest.find('/')));
  }
  return {names.begin(), names.end()};
}

}  // namespace pgleast
