#include "checks/unmatched_names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/check.hpp"
#include "checks/grant_model.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::size_t most_said = 3;

// What may be meant: the bare names of what users made, or the identities.
std::vector<std::string> names_of_kind(const Cluster& cluster, ObjectKind kind, bool bare) {
  std::vector<std::string> names;
  for (const auto& o : cluster.objects) {
    if (o.kind == kind && !o.system) names.push_back(bare ? o.name : o.identity);
  }
  return names;
}

const YamlNode& item_of(const YamlNode& list, const std::string& name) {
  const auto found = std::find_if(list.items.begin(), list.items.end(),
                                  [&](const YamlNode& item) { return item.text == name; });
  return found == list.items.end() ? list : *found;
}

}  // namespace

void UnmatchedNames::add(const std::string& place, const std::string& what) {
  auto text = fmt::format("{}: {}", place, what);
  if (std::find(said_.begin(), said_.end(), text) == said_.end()) said_.push_back(std::move(text));
}

std::optional<Unseen> UnmatchedNames::unseen() const {
  if (said_.empty()) return std::nullopt;
  const auto shown = std::min(said_.size(), most_said);
  auto why =
      fmt::format("{}", fmt::join(said_.begin(), said_.begin() + static_cast<long>(shown), "; "));
  if (said_.size() > shown) why += fmt::format("; and {} more", said_.size() - shown);
  return Unseen{why, said_.size() == 1 ? "correct the name, or remove what is said of it"
                                       : "correct the names, or remove what is said of them"};
}

// --- Roles --------------------------------------------------------------------------------------

std::string UnmatchedNames::no_role(const std::string& name) const {
  const auto& cluster = facts_.cluster();
  if (cluster.find_role(name)) {
    return fmt::format("`{}` is a role of the server's own, of which no policy speaks",
                       displayed(name));
  }
  std::vector<std::string> names;
  for (const auto role : facts_.roles().ordinary_roles()) names.push_back(cluster.role_name(role));
  return fmt::format("there is no role `{}`{}", displayed(name), did_you_mean(name, names));
}

void UnmatchedNames::look_up_role(const Pattern& pattern) {
  const auto& roles = facts_.roles();
  const auto all = roles.ordinary_roles();
  const Patterns one{pattern};
  if (std::any_of(all.begin(), all.end(), [&](RoleId r) { return roles.matches(one, r); })) return;
  const auto text = displayed(pattern.text);
  switch (pattern.kind) {
    case Pattern::Kind::role_class:
      return add(pattern.place, fmt::format("the class `{}` has no members", text));
    case Pattern::Kind::bootstrap:
      return add(pattern.place, "there is no bootstrap superuser");
    case Pattern::Kind::parameter:
      return add(pattern.place, fmt::format("no role is one of `${}`", text));
    case Pattern::Kind::glob:
      return add(pattern.place, pattern.is_exact() ? no_role(pattern.text)
                                                   : fmt::format("no role is named `{}`", text));
    case Pattern::Kind::expression:
      return add(pattern.place, fmt::format("no role is named `re:{}`", text));
  }
}

void UnmatchedNames::look_up_roles(const Patterns& patterns) {
  if (!facts_.cluster().seen(Fact::roles)) return;
  for (const auto& pattern : patterns) {
    if (!pattern.place.empty() && !pattern.is_all()) look_up_role(pattern);
  }
}

void UnmatchedNames::look_up_grantee(const std::string& name, const YamlNode& at) {
  if (!grantee_named(facts_.cluster(), name)) add(place_of(item_of(at, name)), no_role(name));
}

void UnmatchedNames::look_up_class(const RoleClass& role_class) {
  const auto all = facts_.roles().ordinary_roles();
  const bool any = std::any_of(all.begin(), all.end(), [&](RoleId role) {
    return facts_.roles().class_of(role) == &role_class;
  });
  if (!any) {
    add(place_of(role_class.at),
        fmt::format("the class `{}` has no members", displayed(role_class.name)));
  }
  for (const auto& pattern : role_class.names) {
    if (any && pattern.is_exact()) look_up_roles({pattern});
  }
}

// --- Objects ------------------------------------------------------------------------------------

std::string UnmatchedNames::nothing_named(ObjectKind kind, const Pattern& pattern,
                                          bool bare) const {
  const auto& cluster = facts_.cluster();
  const auto name = info(kind).name;
  const auto text = displayed(pattern.text);
  for (const auto& o : cluster.objects) {
    if (o.kind == kind && matches_name(pattern, bare ? o.name : o.identity)) {
      return fmt::format("{} `{}` is the server's or an extension's own, of which no policy speaks",
                         name, displayed(bare ? o.name : o.identity));
    }
  }
  if (pattern.kind == Pattern::Kind::expression) {
    return fmt::format("no {} is named `re:{}`", name, text);
  }
  if (!pattern.is_exact()) return fmt::format("no {} is named `{}`", name, text);
  return fmt::format("there is no {} `{}`{}", name, text,
                     did_you_mean(pattern.text, names_of_kind(cluster, kind, bare)));
}

void UnmatchedNames::look_up_objects(ObjectKind kind, const Patterns& patterns) {
  const auto& objects = facts_.cluster().objects;
  for (const auto& pattern : patterns) {
    if (pattern.place.empty() || pattern.is_all()) continue;
    const bool any = std::any_of(objects.begin(), objects.end(), [&](const Object& o) {
      return o.kind == kind && !o.system && matches_name(pattern, o.identity);
    });
    if (!any) add(pattern.place, nothing_named(kind, pattern, false));
  }
}

void UnmatchedNames::look_up_objects(const Patterns& patterns) {
  const auto& objects = facts_.cluster().objects;
  for (const auto& pattern : patterns) {
    const bool any = std::any_of(objects.begin(), objects.end(), [&](const Object& o) {
      return matches_name(pattern, o.identity);
    });
    if (!any) add(pattern.place, fmt::format("nothing is named `{}`", displayed(pattern.text)));
  }
}

void UnmatchedNames::look_up_grantees(const GrantEntry& entry) {
  for (const auto& name : entry.to) look_up_grantee(name, entry.to_at);
}

void UnmatchedNames::look_up_schema(const GrantEntry& entry) {
  if (entry.schema.place.empty() || entry.schema.is_all()) return;
  if (schemas_of(facts_, entry).empty()) {
    add(entry.schema.place, nothing_named(ObjectKind::schema, entry.schema, true));
  }
}

void UnmatchedNames::look_up_selection(const GrantEntry& entry) {
  look_up_schema(entry);
  const bool in_schema = !entry.schema.place.empty();
  if (in_schema && schemas_of(facts_, entry).empty()) return;
  for (const auto& pattern : entry.names) {
    if (pattern.is_all()) continue;
    auto one = entry;
    one.names = {pattern};
    if (!selected(facts_, one).empty()) continue;
    const auto where =
        in_schema ? fmt::format(" in schema `{}`", displayed(entry.schema.text)) : std::string();
    add(pattern.place, in_schema ? fmt::format("no {} is named `{}`{}", info(entry.kind).name,
                                               displayed(pattern.text), where)
                                 : nothing_named(entry.kind, pattern, true));
  }
}

// --- The parts of a policy ----------------------------------------------------------------------

void names_of_access(UnmatchedNames& names) {
  for (const auto& entry : names.facts().policy().access) {
    names.look_up_roles(entry.who);
    if (entry.cannot_become) {
      names.look_up_roles(*entry.cannot_become);
    } else {
      names.look_up_objects(entry.kind, entry.objects);
    }
  }
}

void names_of_attributes(UnmatchedNames& names) {
  const auto& policy = names.facts().policy();
  for (const auto& entry : policy.attributes) {
    if (const auto* const c = policy.find_class(entry.role_class)) names.look_up_class(*c);
  }
}

void names_of_ceilings(UnmatchedNames& names) {
  for (const auto& entry : names.facts().policy().grants) {
    if (!entry.allow) continue;
    names.look_up_grantees(entry);
    names.look_up_selection(entry);
  }
}

void names_of_classes(UnmatchedNames& names) {
  for (const auto& c : names.facts().policy().classes) names.look_up_class(c);
}

// That a grantee is not there is a finding.
void names_of_floors(UnmatchedNames& names) {
  for (const auto& entry : names.facts().policy().grants) {
    if (!entry.require.empty()) names.look_up_selection(entry);
  }
}

void names_of_future(UnmatchedNames& names) {
  for (const auto& entry : names.facts().policy().grants) {
    if (!entry.future) continue;
    names.look_up_grantees(entry);
    names.look_up_schema(entry);
  }
}

// That a required member, or the group of one, is not there is a finding.
void names_of_memberships(UnmatchedNames& names) {
  for (const auto& entry : names.facts().policy().memberships) {
    if (entry.require.empty()) names.look_up_grantee(entry.group, entry.at);
    names.look_up_roles(entry.allow);
  }
}

namespace {

const YamlNode* value_of(const YamlNode& map, std::string_view key) {
  for (const auto& [name, value] : map.entries) {
    if (name.text == key) return &value;
  }
  return nullptr;
}

// `except: $administrators`: what a policy says of the parameter, not how a pack begins.
void look_up_parameters(UnmatchedNames& names, const Rule& rule) {
  const auto& parameters = names.facts().policy().parameters;
  for (const auto* const key : {"except", "roles"}) {
    const auto* const value = value_of(rule.with, key);
    if (value == nullptr) continue;
    const bool own = value->source == rule.check_node.source;  // the rule's, not a policy's
    for (const auto& pattern : read_patterns(*value)) {
      if (pattern.kind != Pattern::Kind::parameter) {
        if (!own) names.look_up_roles({pattern});
      } else if (const auto given = parameters.find(pattern.text); given != parameters.end()) {
        names.look_up_roles(given->second);
      }
    }
  }
  const auto* const objects = value_of(rule.with, "objects");
  if (objects == nullptr || objects->source == rule.check_node.source) return;
  if (names.facts().cluster().seen(Fact::objects)) names.look_up_objects(read_patterns(*objects));
}

}  // namespace

std::optional<Unseen> unmatched_names(const Facts& facts, const Rule& rule) {
  UnmatchedNames names(facts);
  if (const auto look_up = kind_of(rule).look_up) look_up(names);
  look_up_parameters(names, rule);
  return names.unseen();
}

}  // namespace pgleast
