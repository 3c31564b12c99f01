#include "policy/access_entry.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "net/origin.hpp"
#include "pg/object_name.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::array<std::string_view, 4> origin_words{"local", "loopback", "private", "anywhere"};

bool is_network(const std::string& text) {
  const auto slash = text.find('/');
  std::array<unsigned char, 16> bytes{};
  const auto address = text.substr(0, slash);
  const bool v4 = inet_pton(AF_INET, address.c_str(), bytes.data()) == 1;
  if (!v4 && inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return false;
  if (slash == std::string::npos) return true;
  unsigned prefix = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + slash + 1, end, prefix);
  return read.ec == std::errc() && read.ptr == end && prefix <= (v4 ? 32U : 128U);
}

std::string origin_word(const YamlNode& at, const std::string& word, const Networks& networks) {
  if (std::find(origin_words.begin(), origin_words.end(), word) != origin_words.end() ||
      is_network(word)) {
    return word;
  }
  if (const auto known = networks.find(word); known != networks.end()) return known->second;
  std::vector<std::string> names(origin_words.begin(), origin_words.end());
  for (const auto& [name, words] : networks) names.push_back(name);
  fail_policy(
      at, fmt::format("there is no network `{}`{}", displayed(word), did_you_mean(word, names)));
}

constexpr std::array<std::string_view, 3> hba_words{"samenet", "samehost", "all"};

// A word of a network's value that pg_hba.conf has no address for is none of where clients are.
bool is_hba_address(const std::string& word) {
  return std::find(hba_words.begin(), hba_words.end(), word) != hba_words.end() || is_network(word);
}

// With a dot, so that a name that is misspelt is none; what ends in a number is no host (RFC 1123,
// 2.1), but an address that is misspelt.
bool is_host_name(const std::string& word) {
  const auto last = word.rfind('.');
  const bool letters = std::all_of(word.begin(), word.end(), [](char c) {
    return c == '.' || c == '-' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
  });
  return names_loopback(word) ||
         (letters && last != std::string::npos &&
          word.find_first_not_of("0123456789", last + 1) != std::string::npos);
}

// What a list of networks means, each as a word of its own: `office` as 10.0.0.0/8.
std::vector<std::string> hba_addresses(const YamlNode& item, const Networks& networks) {
  const auto word = scalar_text(item);
  const auto known = networks.find(word);
  if (known == networks.end()) {
    if (is_hba_address(word) || is_host_name(word)) return {word};
    std::vector<std::string> names(hba_words.begin(), hba_words.end());
    for (const auto& [name, words] : networks) names.push_back(name);
    fail_policy(item, fmt::format("there is no network `{}`{}", displayed(word),
                                  did_you_mean(word, names)));
  }
  std::vector<std::string> result;
  for (std::size_t begin = 0; begin <= known->second.size();) {
    const auto end = std::min(known->second.find(',', begin), known->second.size());
    result.push_back(known->second.substr(begin, end - begin));
    if (!is_hba_address(result.back())) {
      fail_policy(item, fmt::format("`{}` has `{}` in it, which is no address of pg_hba.conf",
                                    displayed(word), displayed(result.back())));
    }
    begin = end + 1;
  }
  return result;
}

std::string joined_words(const YamlNode& at, const std::vector<std::string>& words,
                         const Networks& networks) {
  std::string result;
  for (const auto& word : words) {
    result += (result.empty() ? "" : ",") + origin_word(at, word, networks);
  }
  if (result.empty()) fail_policy(at, "says no network");
  return result;
}

// `not(office, local)`, quoted where it stands in braces.
std::vector<std::string> words_in_parentheses(const std::string& text) {
  std::vector<std::string> result;
  const auto inside = text.substr(4, text.size() - 5);
  for (std::size_t begin = 0; begin <= inside.size();) {
    const auto end = std::min(inside.find(',', begin), inside.size());
    auto word = inside.substr(begin, end - begin);
    std::erase(word, ' ');
    result.push_back(std::move(word));
    begin = end + 1;
  }
  return result;
}

AccessOrigin read_origin_of(const YamlNode& node, const Networks& networks) {
  if (node.is(YamlNode::Kind::mapping)) {
    MapReader map(node, "an origin");
    const auto words = joined_words(node, map.texts("not"), networks);
    map.finish();
    return {words, true};
  }
  if (node.is(YamlNode::Kind::scalar) && node.text.starts_with("not(") &&
      node.text.ends_with(')')) {
    return {joined_words(node, words_in_parentheses(node.text), networks), true};
  }
  return {joined_words(node, scalar_texts(node), networks), false};
}

// `on: "table:public.*"` or `tables: ["public.*"]`.
void read_objects(MapReader& map, AccessEntry& entry) {
  const YamlNode* said = nullptr;
  for (const auto& kind : object_kinds) {
    const auto* const names = map.find(std::string(kind.plural));
    if (names == nullptr) continue;
    if (said != nullptr) fail_policy(*names, "one kind of object for each entry");
    said = names;
    entry.kind = kind.kind;
    entry.objects = read_patterns(*names);
  }
  const auto* const on = map.find("on");
  if (on == nullptr && said == nullptr) {
    fail_policy(map.node(), "says no object: `on: \"table:public.*\"` or `tables: [\"public.*\"]`");
  }
  if (on == nullptr) return;
  if (said != nullptr) fail_policy(*on, "the objects are named twice");
  const auto text = scalar_text(*on);
  const auto [kind, identity] = object_name(text);
  if (!kind) {
    fail_policy(*on, "an object is a kind and a name or pattern, like `table:public.*`");
  }
  entry.kind = *kind;
  auto name = *on;
  name.text = identity;
  entry.objects = read_patterns(name);
}

PrivilegeSet read_cannot(MapReader& map, ObjectKind kind) {
  PrivilegeSet result;
  for (const auto& word : map.texts("cannot")) {
    const auto privilege = privilege_named(word);
    if (!privilege || !info(kind).all.has(*privilege)) {
      fail_policy(map.need("cannot"),
                  fmt::format("`{}` is no privilege of a {}; these are: {}", displayed(word),
                              info(kind).name, to_string(info(kind).all)));
    }
    result |= *privilege;
  }
  return result;
}

AccessEntry read_entry_of_access(const YamlNode& node, const Networks& networks) {
  MapReader map(node, "an access entry");
  AccessEntry entry;
  entry.at = node;
  entry.id = map.said("id");
  entry.who = read_patterns(map.need("who"));
  if (const auto* const become = map.find("cannot_become")) {
    entry.cannot_become = read_patterns(*become);
    if (map.has("cannot")) fail_policy(node, "either `cannot` or `cannot_become`, not both");
  } else {
    map.need("cannot");
    read_objects(map, entry);
    entry.cannot = read_cannot(map, entry.kind);
  }
  if (const auto* const from = map.find("from")) entry.from = read_origin_of(*from, networks);
  map.finish();
  return entry;
}

}  // namespace

Patterns read_client_networks(const YamlNode& node, const Networks& networks) {
  const auto items = node.is(YamlNode::Kind::sequence) ? node.items : std::vector<YamlNode>{node};
  Patterns result;
  for (const auto& item : items) {
    for (const auto& word : hba_addresses(item, networks)) {
      result.push_back({Pattern::Kind::glob, word, nullptr, place_of(item)});
    }
  }
  return result;
}

void read_networks(const YamlNode& node, Networks& networks) {
  const MapReader map(node, "networks");
  for (const auto& [name, value] : node.entries) {
    const bool taken =
        is_hba_address(name.text) ||
        std::find(origin_words.begin(), origin_words.end(), name.text) != origin_words.end();
    if (taken) {
      fail_policy(name, fmt::format("`{}` means something already; a network needs another name",
                                    displayed(name.text)));
    }
    networks[name.text] = joined_words(value, scalar_texts(value), networks);
  }
}

std::vector<AccessEntry> read_access(const YamlNode& node, const Networks& networks) {
  if (!node.is(YamlNode::Kind::sequence)) fail_policy(node, "access is a list");
  std::vector<AccessEntry> result;
  for (const auto& item : node.items) {
    auto entry = read_entry_of_access(item, networks);
    for (const auto& other : result) {
      if (other.id == entry.id) {
        fail_policy(item, fmt::format("the id `{}` is given twice", displayed(entry.id)));
      }
    }
    result.push_back(std::move(entry));
  }
  return result;
}

}  // namespace pgleast
