#include "input/platforms/terraform/module.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "input/platforms/terraform/hcl.hpp"

namespace pgleast {
namespace {

constexpr int deepest = 8;                    // references to references
constexpr std::size_t most_copies = 100'000;  // of what for_each makes

// "type", "name", "attribute" of `type.name[0].attribute`.
std::vector<std::string> parts_of(std::string_view reference) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : reference) {
    if (c == '[') ++depth;
    if (depth == 0 && c == '.') {
      parts.emplace_back();
    } else if (depth == 0) {
      parts.back() += c;
    }
    if (c == ']') --depth;
  }
  return parts;
}

bool is_plain_reference(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '[' || c == ']' || c == '"' || c == '*';
  });
}

bool is_literal(const YamlNode& node) {
  if (node.text == "true" || node.text == "false") return true;
  return !node.text.empty() && node.text.find_first_not_of("-+.0123456789eE") == std::string::npos;
}

bool ends_with_tf(const std::string& name) {
  return name.ends_with(".tf") || name.ends_with(".tfvars");
}

// What is known only after it was applied is missing in the values; what it refers to is not.
void add_references(YamlNode& body, const YamlNode& expressions) {
  for (const auto& entry : expressions.entries) {
    const auto& name = entry.first.text;
    const auto* const references = find_node(entry.second, {"references"});
    const auto* const said = find_node(body, {name});
    const bool is_said = said != nullptr && !said->is(YamlNode::Kind::null);
    if (references == nullptr || references->items.empty() || is_said) continue;
    auto value = *references;
    for (auto& reference : value.items) reference.quoted = false;
    // `a.b.id` and `a.b` are both there.
    std::erase_if(value.items, [](const YamlNode& r) { return parts_of(r.text).size() < 3; });
    if (value.items.empty()) continue;
    if (!name.ends_with("_ids")) value = YamlNode(value.items.front());
    std::erase_if(body.entries, [&](const YamlEntry& e) { return e.first.text == name; });
    body.entries.push_back({entry.first, std::move(value)});
  }
}

using Written = std::map<std::string, const YamlNode*>;

// The expressions of each resource in the configuration that a plan holds.
Written written_in(const YamlNode* configuration) {
  Written result;
  const auto* const all =
      configuration == nullptr ? nullptr : find_node(*configuration, {"resources"});
  if (all == nullptr) return result;
  for (const auto& each : all->items) {
    const auto* const expressions = find_node(each, {"expressions"});
    if (expressions == nullptr) continue;
    result[find_text(each, {"type"}).value_or("") + '.' + find_text(each, {"name"}).value_or("")] =
        expressions;
  }
  return result;
}

}  // namespace

TerraformModule::TerraformModule(const std::string& folder, const FileReader& files) {
  const auto here = folder.empty() ? std::string(".") : folder;
  auto names = files.list(here).names.value_or(std::vector<std::string>());
  std::erase_if(names, [](const std::string& name) { return !ends_with_tf(name); });
  // What is said in terraform.tfvars counts, and in those that are loaded by their name alone.
  std::stable_sort(names.begin(), names.end(), [](const auto& a, const auto& b) {
    return std::pair(a.ends_with("vars"), a) < std::pair(b.ends_with("vars"), b);
  });
  for (const auto& name : names) {
    const auto path = folder.empty() ? name : fmt::format("{}/{}", folder, name);
    const auto text = files.read(path).text;
    if (!text) continue;
    files_.push_back(path);
    const auto& file = read_.emplace_back(read_hcl(Source(path, *text)));
    if (!name.ends_with("vars")) {
      take(file);
    } else if (name == "terraform.tfvars" || name.ends_with(".auto.tfvars")) {
      for (const auto& entry : file.entries) variables_[entry.first.text] = &entry.second;
    } else {
      // Which of these is used the caller says: what it sets is not known.
      for (const auto& entry : file.entries) variables_[entry.first.text] = nullptr;
    }
  }
  for (const auto& [type, entry] : written_) take_resource(type, *entry);
}

TerraformModule::TerraformModule(const YamlNode& plan) {
  for (const char* const key : {"planned_values", "values"}) {
    const auto* const module = find_node(plan, {key, "root_module"});
    if (module == nullptr) continue;
    take_planned(*module, find_node(plan, {"configuration", "root_module"}));
    return;
  }
}

void TerraformModule::take(const YamlNode& file) {
  if (const auto* const types = find_node(file, {"resource"})) {
    for (const auto& type : types->entries) {
      for (const auto& entry : type.second.entries) written_.emplace_back(type.first.text, &entry);
    }
  }
  if (const auto* const modules = find_node(file, {"module"})) {
    for (const auto& entry : modules->entries) take_module(entry);
  }
  for (const auto* const block : blocks(file, "locals")) {
    for (const auto& entry : block->entries) locals_[entry.first.text] = &entry.second;
  }
  if (const auto* const variables = find_node(file, {"variable"})) {
    for (const auto& entry : variables->entries) {
      const auto* const value = find_node(entry.second, {"default"});
      if (value != nullptr) variables_.try_emplace(entry.first.text, value);
    }
  }
}

// The modules of AWS pass their attributes on to a resource that has the same.
void TerraformModule::take_module(const YamlEntry& entry) {
  const auto source = find_text(entry.second, {"source"}).value_or("");
  if (source.find("terraform-aws-modules/rds") == std::string::npos) return;
  const bool is_aurora = source.find("rds-aurora") != std::string::npos;
  written_.emplace_back(is_aurora ? "aws_rds_cluster" : "aws_db_instance", &entry);
}

// When all locals are known.
void TerraformModule::take_resource(const std::string& type, const YamlEntry& entry) {
  TerraformResource made{type, entry.first.text, &entry.second, &entry.second, "", nullptr};
  if (find_text(entry.second, {"count"}) == "0") return;
  const auto* each = find_node(entry.second, {"for_each"});
  if (each != nullptr) each = resolved(made, *each, 0);
  const bool is_list = each != nullptr && (!each->items.empty() || !each->entries.empty());
  if (!is_list) return add(std::move(made));
  for (const auto& item : each->items) {
    made.each_key = item.text;
    made.each_value = &item;
    if (resources_.size() < most_copies) add(made);
  }
  for (const auto& [key, value] : each->entries) {
    made.each_key = key.text;
    made.each_value = &value;
    if (resources_.size() < most_copies) add(made);
  }
}

void TerraformModule::take_planned(const YamlNode& module, const YamlNode* configuration) {
  const auto written = written_in(configuration);
  if (const auto* const planned = find_node(module, {"resources"})) {
    for (const auto& resource : planned->items) {
      const auto* const values = find_node(resource, {"values"});
      const auto type = find_text(resource, {"type"}), name = find_text(resource, {"name"});
      if (values == nullptr || !type || !name) continue;
      auto& body = read_.emplace_back(*values);
      const auto found = written.find(*type + '.' + *name);
      if (found != written.end()) add_references(body, *found->second);
      add({*type, *name, &body, &resource, "", nullptr});
    }
  }
  if (const auto* const children = find_node(module, {"child_modules"})) {
    for (const auto& child : children->items) take_planned(child, nullptr);
  }
}

void TerraformModule::add(TerraformResource resource) {
  by_name_.try_emplace(resource.type + '.' + resource.name, resources_.size());
  resources_.push_back(std::move(resource));
}

const TerraformResource* TerraformModule::find(const std::string& type,
                                               const std::string& name) const {
  const auto found = by_name_.find(type + '.' + name);
  return found == by_name_.end() ? nullptr : &resources_[found->second];
}

std::vector<const TerraformResource*> TerraformModule::of_type(std::string_view type) const {
  std::vector<const TerraformResource*> result;
  for (const auto& resource : resources_) {
    if (resource.type == type) result.push_back(&resource);
  }
  return result;
}

std::vector<const YamlNode*> TerraformModule::blocks(const YamlNode& body, std::string_view name) {
  std::vector<const YamlNode*> result;
  const auto* const found = find_node(body, {name});
  if (found == nullptr) return result;
  if (found->is(YamlNode::Kind::mapping)) return {found};
  for (const auto& item : found->items) {
    if (item.is(YamlNode::Kind::mapping)) result.push_back(&item);
  }
  return result;
}

// The node that a reference means, over as many others as it takes; null: not known.
const YamlNode* TerraformModule::resolved(const TerraformResource& of, const YamlNode& node,
                                          int depth) const {
  if (depth > deepest) return nullptr;
  if (!node.is(YamlNode::Kind::scalar)) return &node;
  std::string_view reference = node.text;
  if (node.quoted) {
    const bool is_all = reference.starts_with("${") && reference.find('}') == reference.size() - 1;
    if (!is_all) return &node;
    reference = reference.substr(2, reference.size() - 3);
  } else if (is_literal(node) || !is_plain_reference(reference)) {
    return &node;
  }
  const auto begin = std::min(reference.find_first_not_of(' '), reference.size());
  reference = reference.substr(begin, reference.find_last_not_of(' ') + 1 - begin);
  return named(of, reference, depth + 1);
}

const YamlNode* TerraformModule::named(const TerraformResource& of, std::string_view reference,
                                       int depth) const {
  auto parts = parts_of(reference);
  const YamlNode* found = nullptr;
  std::size_t next = 2;
  const auto in = [&](const auto& names) -> const YamlNode* {
    const auto at = parts.size() > 1 ? names.find(parts[1]) : names.end();
    return at == names.end() ? nullptr : at->second;
  };
  if (parts[0] == "var") {
    found = in(variables_);
  } else if (parts[0] == "local") {
    found = in(locals_);
  } else if (parts[0] == "each" && parts.size() > 1 && parts[1] == "value") {
    found = of.each_value;
  } else if (parts.size() > 2) {
    // One of several has a name of its own.
    const auto* const resource = find(parts[0], parts[1]);
    if (resource != nullptr && resource->each_value == nullptr) found = resource->body;
  }
  for (; found != nullptr && next < parts.size(); ++next) {
    const auto* const at = resolved(of, *found, depth);
    found = at == nullptr ? nullptr : find_node(*at, {parts[next]});
  }
  return found == nullptr ? nullptr : resolved(of, *found, depth);
}

std::optional<std::string> TerraformModule::text(const TerraformResource& of,
                                                 const YamlNode& node) const {
  return filled_in(of, node, 0);
}

std::optional<std::string> TerraformModule::filled_in(const TerraformResource& of,
                                                      const YamlNode& node, int depth) const {
  if (depth > deepest || !node.is(YamlNode::Kind::scalar)) return std::nullopt;
  // Keys of a plan are all literals.
  if (!node.quoted) {
    if (is_literal(node)) return node.text;
    if (node.text == "each.key" && of.each_value != nullptr) return of.each_key;
    if (!is_plain_reference(node.text)) return std::nullopt;
    const auto* const found = named(of, node.text, depth + 1);
    return found == nullptr || found == &node ? std::nullopt : filled_in(of, *found, depth + 1);
  }
  std::string result;
  std::string_view rest = node.text;
  while (!rest.empty()) {
    const auto mark = rest.find("${");
    if (rest.find("%{") < mark) return std::nullopt;
    result += rest.substr(0, mark);
    if (mark == std::string_view::npos) break;
    if (mark > 0 && rest[mark - 1] == '$') {  // `$${` is no reference
      result += '{';
      rest.remove_prefix(mark + 2);
      continue;
    }
    const auto end = rest.find('}', mark);
    if (end == std::string_view::npos) return std::nullopt;
    YamlNode inner = node;
    inner.quoted = false;
    inner.text = std::string(rest.substr(mark + 2, end - mark - 2));
    std::erase(inner.text, ' ');
    const auto value = filled_in(of, inner, depth + 1);
    if (!value) return std::nullopt;
    result += *value;
    rest.remove_prefix(end + 1);
  }
  return result;
}

TerraformValue TerraformModule::value(const TerraformResource& of, const YamlNode& body,
                                      std::string_view attribute) const {
  const auto* const node = find_node(body, {attribute});
  if (node == nullptr || node->is(YamlNode::Kind::null)) return {};
  return {node, text(of, *node)};
}

std::optional<bool> TerraformModule::truth(const TerraformResource& of, const YamlNode& body,
                                           std::string_view attribute, bool otherwise) const {
  const auto found = value(of, body, attribute);
  if (found.node == nullptr) return otherwise;
  if (!found.text) return std::nullopt;
  return *found.text == "true" || *found.text == "1";
}

std::optional<std::vector<const YamlNode*>> TerraformModule::list(
    const TerraformResource& of, const YamlNode& body, std::string_view attribute) const {
  std::vector<const YamlNode*> result;
  const auto* const node = find_node(body, {attribute});
  if (node == nullptr || node->is(YamlNode::Kind::null)) return result;
  const auto* const found = resolved(of, *node, 0);
  if (found == nullptr || !found->is(YamlNode::Kind::sequence)) return std::nullopt;
  for (const auto& item : found->items) result.push_back(&item);
  return result;
}

std::optional<std::vector<std::string>> TerraformModule::texts(const TerraformResource& of,
                                                               std::string_view attribute) const {
  const auto items = list(of, *of.body, attribute);
  if (!items) return std::nullopt;
  std::vector<std::string> result;
  for (const auto* const item : *items) {
    const auto said = text(of, *item);
    if (!said) return std::nullopt;
    result.push_back(*said);
  }
  return result;
}

const TerraformResource* TerraformModule::referred(const YamlNode& node) const {
  std::string_view reference = node.text;
  if (reference.starts_with("${") && reference.ends_with('}')) {
    reference = reference.substr(2, reference.size() - 3);
  }
  const auto parts = parts_of(reference);
  return parts.size() < 2 ? nullptr : find(parts[0], parts[1]);
}

}  // namespace pgleast
