#include "policy/grant_reader.hpp"

#include <fmt/format.h>

#include <array>
#include <map>

#include "pg/version.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

bool lies_in_schema(ObjectKind kind) {
  return kind == ObjectKind::table || kind == ObjectKind::sequence ||
         kind == ObjectKind::function || kind == ObjectKind::type;
}

constexpr std::array stated_kinds{ObjectKind::database, ObjectKind::schema, ObjectKind::table,
                                  ObjectKind::sequence, ObjectKind::function};

PrivilegeSet read_privileges(const YamlNode& node, ObjectKind kind) {
  if (!node.is(YamlNode::Kind::sequence)) fail_policy(node, "privileges are a list: `[SELECT]`");
  const auto legal = info(kind).all;
  PrivilegeSet result;
  for (const auto& item : node.items) {
    const auto word = scalar_text(item);
    if (word == "ALL") {
      result |= legal;
      continue;
    }
    const auto privilege = privilege_named(word);
    if (!privilege || !legal.has(*privilege)) {
      fail_policy(item, fmt::format("`{}` is no privilege of a {}; these are: {}", displayed(word),
                                    info(kind).name, to_string(legal)));
    }
    result |= *privilege;
  }
  return result;
}

GrantEntry read_entry(const YamlNode& node, ObjectKind kind) {
  MapReader map(node, info(kind).plural.data());
  GrantEntry entry;
  entry.kind = kind;
  entry.at = node;
  if (lies_in_schema(kind)) {
    const auto patterns = read_patterns(map.need("schema"));
    if (patterns.size() != 1) fail_policy(map.need("schema"), "one schema, or a pattern");
    entry.schema = patterns.front();
  }
  entry.names = read_patterns(map.need("names"));
  if (const auto* const require = map.find("require")) {
    entry.require = read_privileges(*require, kind);
  }
  if (const auto* const allow = map.find("allow")) entry.allow = read_privileges(*allow, kind);
  if (!map.has("require") && !entry.allow) {
    fail_policy(node, "says neither `require` (the floor) nor `allow` (the ceiling)");
  }
  entry.future = map.boolean("future", false);
  if (entry.future && !lies_in_schema(kind)) {
    fail_policy(
        node, fmt::format("`future` is for what lies in a schema, not for {}", info(kind).plural));
  }
  map.finish();
  return entry;
}

// Of what an entry speaks: two of one key speak of the same objects.
std::string key_of(const GrantEntry& entry) {
  auto key = std::string(info(entry.kind).name) + '\0' + entry.schema.text;
  for (const auto& name : entry.names) key += '\0' + name.text;
  return key;
}

}  // namespace

std::vector<GrantEntry> read_grants(const YamlNode& node) {
  if (!node.is(YamlNode::Kind::sequence)) fail_policy(node, "grants are a list");
  std::vector<GrantEntry> entries;
  for (const auto& item : node.items) {
    MapReader map(item, "a grant");
    const auto to = map.texts("to");
    const auto* const to_at = map.find("to");
    if (to.empty()) fail_policy(item, "a grant needs the key `to`");
    for (const auto kind : stated_kinds) {
      const auto* const said = map.find(std::string(info(kind).plural));
      if (said == nullptr) continue;
      // Several selections of one kind are written as a list.
      const auto selections =
          said->is(YamlNode::Kind::sequence) ? said->items : std::vector<YamlNode>{*said};
      for (const auto& selection : selections) {
        auto entry = read_entry(selection, kind);
        entry.to = to;
        entry.to_at = *to_at;
        entries.push_back(std::move(entry));
      }
    }
    map.finish();
  }
  return entries;
}

void check_contradictions(const std::vector<GrantEntry>& entries) {
  // The first ceiling of a grantee that has not all of a floor is as good as any.
  std::map<std::string, std::map<std::uint16_t, const GrantEntry*>> ceilings;
  for (const auto& entry : entries) {
    if (!entry.allow) continue;
    for (const auto& role : entry.to) {
      ceilings[key_of(entry) + '\n' + role].try_emplace(entry.ceiling().bits(), &entry);
    }
  }
  for (const auto& floor : entries) {
    for (const auto& role : floor.to) {
      const auto found = ceilings.find(key_of(floor) + '\n' + role);
      if (found == ceilings.end()) continue;
      for (const auto& [bits, ceiling] : found->second) {
        const auto beyond = floor.require - ceiling->ceiling();
        if (beyond.empty()) continue;
        const auto at = ceiling->at.source->position(ceiling->at.span.begin);
        fail_policy(floor.at, fmt::format("requires {} that {}:{} does not allow",
                                          to_string(beyond), ceiling->at.source->name(), at.line));
      }
    }
  }
}

}  // namespace pgleast
