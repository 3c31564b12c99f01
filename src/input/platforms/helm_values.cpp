#include "input/platforms/helm_values.hpp"

#include "input/platforms/kubernetes.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr int deepest = 3;  // charts that charts depend on

void look_below(const YamlNode& values, const std::string& above, AreItsValues are_its,
                std::vector<ValuesSection>& result, int depth = 1) {
  for (const auto& [key, below] : values.entries) {
    if (key.text == "global" || truth_of(find_node(below, {"enabled"})) == false) continue;
    const bool is_named = lower_case(key.text).find("postgres") != std::string::npos;
    // Deeper, an application's own section may have the same keys.
    const bool is_chart = depth == 1 || truth_of(find_node(below, {"enabled"})) == true;
    if (are_its(below, is_named && is_chart)) {
      result.push_back({above + key.text, &key, &below});
    } else if (depth < deepest) {
      look_below(below, above + key.text + '.', are_its, result, depth + 1);
    }
  }
}

}  // namespace

const YamlNode* helm_values(const YamlNode& document) {
  if (is_object(document, "helm.toolkit.fluxcd.io", "HelmRelease")) {
    return find_node(document, {"spec", "values"});
  }
  if (is_object(document, "argoproj.io", "Application")) {
    return find_node(document, {"spec", "source", "helm", "valuesObject"});
  }
  const bool other = has(document, {"apiVersion"}) || has(document, {"services"});
  return other ? nullptr : &document;
}

std::vector<ValuesSection> sections_of(const YamlNode& document, AreItsValues are_its) {
  const auto* const all = helm_values(document);
  if (all == nullptr) return {};
  if (are_its(*all, false)) return {{"postgresql", all, all}};
  std::vector<ValuesSection> result;
  look_below(*all, "", are_its, result);
  return result;
}

bool has(const YamlNode& node, std::initializer_list<std::string_view> keys) {
  const auto* const found = find_node(node, keys);
  return found != nullptr && !found->is(YamlNode::Kind::null);
}

const YamlNode* said(const YamlNode* node) {
  const bool is_said = node != nullptr && node->is(YamlNode::Kind::scalar) && !node->text.empty();
  return is_said ? node : nullptr;
}

}  // namespace pgleast
