#include "text/yaml_documents.hpp"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::size_t largest = std::size_t{64} << 20U;
constexpr std::size_t most_nodes = 2'000'000;  // with what aliases stand for

struct Grows : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class DocumentBuilder : public YAML::EventHandler {
 public:
  explicit DocumentBuilder(std::shared_ptr<const Source> source) : source_(std::move(source)) {}

  YamlNode take() { return std::move(root_); }
  const YAML::Mark& start() const { return start_; }

  void OnDocumentStart(const YAML::Mark& mark) override { start_ = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    place(node_at(mark, YamlNode::Kind::null), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) return place(node_at(mark, YamlNode::Kind::null), 0);
    count(found->second.second);
    place(found->second.first, 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    auto node = node_at(mark, YamlNode::Kind::scalar);
    node.quoted = tag == "!";
    node.text = value;
    pass_properties(node);
    place(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open_.push_back({node_at(mark, YamlNode::Kind::sequence), anchor, nodes_, {}});
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open_.push_back({node_at(mark, YamlNode::Kind::mapping), anchor, nodes_, {}});
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    std::size_t before = 0;  // nodes
    std::optional<YamlNode> key;
  };

  void count(std::size_t more) {
    nodes_ += more;
    if (nodes_ > most_nodes) throw Grows("has too many nodes, or its aliases make them");
  }

  YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) {
    count(1);
    YamlNode node;
    node.kind = kind;
    const auto line = source_->line_start(static_cast<std::size_t>(std::max(mark.line, 0)) + 1);
    const auto at =
        std::min(line + static_cast<std::size_t>(std::max(mark.column, 0)), source_->text().size());
    node.span = {at, std::min(at + 1, source_->text().size())};
    node.source = source_;
    return node;
  }

  // The mark of `&name |` is that of the anchor.
  void pass_properties(YamlNode& scalar) const {
    const auto text = source_->text();
    auto& at = scalar.span.begin;
    while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
      const auto end = std::min(text.find_first_of(" \t\n", at), text.size());
      const auto next = std::min(text.find_first_not_of(" \t", end), text.size());
      if (next >= text.size() || text[next] == '\n') break;
      at = next;
    }
    scalar.span.end = std::min(at + 1, text.size());
  }

  void close() {
    auto done = std::move(open_.back());
    open_.pop_back();
    if (done.node.is(YamlNode::Kind::mapping)) merge(done.node);
    place(std::move(done.node), done.anchor, nodes_ - done.before + 1);
  }

  // `<<`: what the mapping does not say itself.
  void merge(YamlNode& mapping) {
    const auto is_merge = [](const YamlEntry& e) { return e.first.text == "<<"; };
    const auto found = std::find_if(mapping.entries.begin(), mapping.entries.end(), is_merge);
    if (found == mapping.entries.end()) return;
    const auto from = std::move(found->second);
    mapping.entries.erase(found);
    const auto take_from = [&](const YamlNode& other) {
      for (const auto& entry : other.entries) {
        count(1);
        if (find_node(mapping, {entry.first.text}) == nullptr) mapping.entries.push_back(entry);
      }
    };
    take_from(from);
    for (const auto& other : from.items) take_from(other);
  }

  void place(YamlNode node, YAML::anchor_t anchor, std::size_t size = 1) {
    if (anchor != 0) anchors_[anchor] = {node, size};
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& parent = open_.back();
    if (parent.node.is(YamlNode::Kind::sequence)) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      parent.key = std::move(node);
    } else {
      enter(parent.node, std::move(*parent.key), std::move(node));
      parent.key.reset();
    }
  }

  static void enter(YamlNode& mapping, YamlNode key, YamlNode value) {
    if (!key.is(YamlNode::Kind::scalar)) return;
    for (auto& [other, old] : mapping.entries) {
      if (other.text != key.text || key.text == "<<") continue;
      other = std::move(key);
      old = std::move(value);
      return;
    }
    mapping.entries.push_back({std::move(key), std::move(value)});
  }

  std::shared_ptr<const Source> source_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, std::pair<YamlNode, std::size_t>> anchors_;
  std::size_t nodes_ = 0;
  YamlNode root_;
  YAML::Mark start_;
};

Diagnostic diagnostic_at(const Source& source, const YAML::Mark& mark, std::string message) {
  const auto number = [](int n) { return static_cast<std::size_t>(std::max(n, 0)); };
  const auto line = mark.is_null() ? 0 : number(mark.line);
  const auto column = mark.is_null() ? 0 : number(mark.column);
  const auto at = std::min(source.line_start(line + 1) + column, source.text().size());
  return make_diagnostic(source, {at, std::min(at + 1, source.text().size())}, std::move(message));
}

}  // namespace

YamlDocuments read_yaml_documents(Source text) {
  YamlDocuments result;
  const auto source = std::make_shared<const Source>(std::move(text));
  if (source->text().size() > largest) {
    result.error = make_diagnostic(*source, {0, 0}, "is larger than 64 MiB: it is not read");
    return result;
  }
  std::istringstream stream{std::string(source->text())};
  try {
    YAML::Parser parser(stream);
    for (int last = -1; true;) {
      DocumentBuilder builder(source);
      if (!parser.HandleNextDocument(builder)) break;
      // Of a comma that stands alone yaml-cpp makes one empty document after the other.
      if (builder.start().pos == last) throw YAML::ParserException(builder.start(), "no YAML");
      last = builder.start().pos;
      result.documents.push_back(builder.take());
    }
  } catch (const YAML::DeepRecursion& e) {
    result.error = diagnostic_at(*source, e.mark, "is nested too deep");
  } catch (const YAML::Exception& e) {
    result.error = diagnostic_at(*source, e.mark, displayed(e.msg));
  } catch (const Grows& e) {
    result.error = make_diagnostic(*source, {0, 0}, e.what());
  }
  return result;
}

namespace {

const YamlEntry* find_entry(const YamlNode& node, std::initializer_list<std::string_view> keys) {
  const auto* at = &node;
  const YamlEntry* entry = nullptr;
  for (const auto key : keys) {
    const auto found = std::find_if(at->entries.begin(), at->entries.end(),
                                    [&](const YamlEntry& e) { return e.first.text == key; });
    if (found == at->entries.end()) return nullptr;
    entry = &*found;
    at = &found->second;
  }
  return entry;
}

}  // namespace

const YamlNode* find_node(const YamlNode& node, std::initializer_list<std::string_view> keys) {
  const auto* const entry = find_entry(node, keys);
  return entry == nullptr ? nullptr : &entry->second;
}

const YamlNode* find_key(const YamlNode& node, std::initializer_list<std::string_view> keys) {
  const auto* const entry = find_entry(node, keys);
  return entry == nullptr ? nullptr : &entry->first;
}

std::optional<std::string> find_text(const YamlNode& node,
                                     std::initializer_list<std::string_view> keys) {
  const auto* const found = find_node(node, keys);
  if (found == nullptr || !found->is(YamlNode::Kind::scalar)) return std::nullopt;
  return found->text;
}

std::optional<bool> truth_of(const YamlNode* node) {
  if (node == nullptr || !node->is(YamlNode::Kind::scalar)) return std::nullopt;
  const auto word = lower_case(node->text);
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  return std::nullopt;
}

std::vector<ScalarLine> lines_of(const YamlNode& scalar) {
  const auto text = scalar.source->text();
  const auto begin = scalar.span.begin;
  const auto stands_at = [&](std::size_t at) {
    return at <= text.size() && text.substr(at, scalar.text.size()) == scalar.text;
  };
  if (scalar.text.find('\n') == std::string::npos) {
    if (stands_at(begin)) return {{scalar.text, begin, true}};
    if (stands_at(begin + 1)) return {{scalar.text, begin + 1, true}};  // in quotes
  }
  // A block begins in the line after its `|`, and each of its lines is indented.
  std::vector<ScalarLine> result;
  auto at = text.find('\n', begin);
  const bool is_block = begin < text.size() && text[begin] == '|';
  for (std::size_t from = 0; from < scalar.text.size() || from == 0;) {
    const auto end = std::min(scalar.text.find('\n', from), scalar.text.size());
    ScalarLine line{scalar.text.substr(from, end - from), begin, false};
    from = end + 1;
    if (is_block && at != std::string_view::npos) {
      const auto next = std::min(text.find('\n', at + 1), text.size());
      const auto found = text.substr(at + 1, next - at - 1).find(line.text);
      if (found != std::string_view::npos) line = {line.text, at + 1 + found, true};
      at = next;
    }
    result.push_back(std::move(line));
  }
  return result;
}

}  // namespace pgleast
