#include "text/yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

#include "text/display.hpp"

namespace pgleast {
namespace {

[[noreturn]] void fail_at(const Source& source, Span span, std::string message) {
  throw Error(Fault::usage, make_diagnostic(source, span, std::move(message)));
}

constexpr const char* no_alias = "an alias is not allowed here: write out what it stands for";

class Builder : public YAML::EventHandler {
 public:
  explicit Builder(std::shared_ptr<const Source> source) : source_(std::move(source)) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    place(node_at(mark, YamlNode::Kind::null));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail_at(*source_, span_at(mark), no_alias);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    if (tag != "?" && tag != "!" && !tag.empty()) {
      fail_at(*source_, span_at(mark), "a tag is not allowed here");
    }
    auto node = node_at(mark, YamlNode::Kind::scalar);
    node.quoted = tag == "!";
    node.text = value;
    const bool plain_on_line =
        source_->text().substr(node.span.begin, value.size()) == value && !value.empty();
    node.span.end = node.span.begin + (plain_on_line ? value.size() : 1);
    place(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    open_.push_back(node_at(mark, YamlNode::Kind::sequence));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    open_.push_back(node_at(mark, YamlNode::Kind::mapping));
  }
  void OnMapEnd() override { close(); }

 private:
  Span span_at(const YAML::Mark& mark) const {
    const auto line = source_->line_start(static_cast<std::size_t>(std::max(mark.line, 0)) + 1);
    const auto at =
        std::min(line + static_cast<std::size_t>(std::max(mark.column, 0)), source_->text().size());
    return {at, at + 1};
  }

  YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) const {
    YamlNode node;
    node.kind = kind;
    node.span = span_at(mark);
    node.source = source_;
    return node;
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0) fail_at(*source_, span_at(mark), "an anchor is not allowed here");
  }

  void close() {
    auto node = std::move(open_.back());
    open_.pop_back();
    place(std::move(node));
  }

  void place(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& parent = open_.back();
    if (parent.is(YamlNode::Kind::sequence)) {
      parent.items.push_back(std::move(node));
    } else if (const bool is_key = parent.items.empty(); is_key) {
      add_key(parent, std::move(node));
    } else {
      parent.entries.push_back({std::move(parent.items.back()), std::move(node)});
      parent.items.clear();
    }
  }

  // A key waits in `items` until its value comes.
  static void add_key(YamlNode& parent, YamlNode key) {
    if (!key.is(YamlNode::Kind::scalar)) fail_policy(key, "a key is one word");
    for (const auto& [other, value] : parent.entries) {
      if (other.text == key.text) {
        fail_policy(key, fmt::format("the key `{}` stands here twice", displayed(key.text)));
      }
    }
    parent.items.push_back(std::move(key));
  }

  std::shared_ptr<const Source> source_;
  std::vector<YamlNode> open_;
  YamlNode root_;
};

// yaml-cpp's own words where they say what to do.
std::string explained(const YAML::Exception& e, std::string_view line) {
  if (dynamic_cast<const YAML::DeepRecursion*>(&e) != nullptr) return "is nested too deep";
  if (e.msg == YAML::ErrorMsg::DOC_IN_SCALAR || e.msg == YAML::ErrorMsg::EOF_IN_SCALAR) {
    return "a quoted text is not closed before here";
  }
  if (e.msg.starts_with(YAML::ErrorMsg::UNKNOWN_ANCHOR)) return no_alias;
  if (line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos) {
    return "YAML indents with spaces; this line begins with a tab";
  }
  return displayed(e.msg);
}

constexpr std::size_t largest_policy = std::size_t{8} << 20U;

}  // namespace

YamlNode read_yaml(Source text) {
  const auto source = std::make_shared<const Source>(std::move(text));
  if (source->text().size() > largest_policy) fail_at(*source, {0, 1}, "is larger than 8 MiB");
  if (const auto nul = source->text().find('\0'); nul != std::string_view::npos) {
    fail_at(*source, {nul, nul + 1}, "a NUL byte: this is no YAML text");
  }
  // The end of a document inside a quoted text is an error to yaml-cpp, the end of a file is not.
  std::istringstream stream{std::string(source->text()) + "\n...\n"};
  Builder builder(source);
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    Builder second(source);
    if (parser.HandleNextDocument(second)) {
      fail_at(*source, second.take().span, "a second document: one file is one policy");
    }
  } catch (const YAML::Exception& e) {
    const auto line = e.mark.is_null() ? 0 : static_cast<std::size_t>(std::max(e.mark.line, 0));
    const auto column = e.mark.is_null() ? 0 : static_cast<std::size_t>(std::max(e.mark.column, 0));
    const auto at = std::min(source->line_start(line + 1) + column, source->text().size());
    fail_at(*source, {at, at + 1}, explained(e, source->line_after(source->line_start(line + 1))));
  }
  auto root = builder.take();
  if (root.is(YamlNode::Kind::null)) fail_at(*source, {0, 1}, "there is nothing in it");
  return root;
}

std::string place_of(const YamlNode& node) {
  const auto at = node.source->position(node.span.begin);
  return fmt::format("{}:{}:{}", displayed(node.source->name()), at.line, at.column);
}

void fail_policy(const YamlNode& at, std::string message) {
  fail_at(*at.source, at.span, std::move(message));
}

MapReader::MapReader(const YamlNode& node, std::string what) : node_(node), what_(std::move(what)) {
  if (!node.is(YamlNode::Kind::mapping) && !node.is(YamlNode::Kind::null)) {
    fail_policy(node, fmt::format("{} is a mapping of keys to values", what_));
  }
}

bool MapReader::has(const std::string& key) const {
  return std::any_of(node_.entries.begin(), node_.entries.end(),
                     [&](const auto& e) { return e.first.text == key; });
}

const YamlNode* MapReader::find(const std::string& key) {
  asked_.push_back(key);
  for (const auto& [name, value] : node_.entries) {
    if (name.text == key) return &value;
  }
  return nullptr;
}

const YamlNode& MapReader::need(const std::string& key) {
  const auto* const found = find(key);
  if (found == nullptr) fail_policy(node_, fmt::format("{} needs the key `{}`", what_, key));
  return *found;
}

std::string MapReader::text(const std::string& key) { return scalar_text(need(key)); }

std::string MapReader::said(const std::string& key) {
  auto words = text(key);
  if (words.find_first_not_of(" \t\n") == std::string::npos) {
    fail_policy(need(key), fmt::format("`{}` is empty", key));
  }
  return words;
}

std::string MapReader::text(const std::string& key, const std::string& otherwise) {
  const auto* const found = find(key);
  return found == nullptr ? otherwise : scalar_text(*found);
}

bool MapReader::boolean(const std::string& key, bool otherwise) {
  const auto* const found = find(key);
  return found == nullptr ? otherwise : scalar_boolean(*found);
}

std::vector<std::string> MapReader::texts(const std::string& key) {
  const auto* const found = find(key);
  return found == nullptr ? std::vector<std::string>{} : scalar_texts(*found);
}

void MapReader::finish() const {
  for (const auto& [key, value] : node_.entries) {
    if (std::find(asked_.begin(), asked_.end(), key.text) != asked_.end()) continue;
    auto unused = asked_;
    std::erase_if(unused, [&](const auto& k) { return has(k); });
    fail_policy(key, fmt::format("unknown key `{}`{}", displayed(key.text),
                                 did_you_mean(key.text, unused)));
  }
}

std::string scalar_text(const YamlNode& node) {
  if (!node.is(YamlNode::Kind::scalar)) fail_policy(node, "expected one value");
  return node.text;
}

std::vector<std::string> scalar_texts(const YamlNode& node) {
  if (!node.is(YamlNode::Kind::sequence)) return {scalar_text(node)};
  std::vector<std::string> result;
  for (const auto& item : node.items) result.push_back(scalar_text(item));
  return result;
}

bool scalar_boolean(const YamlNode& node) {
  const auto text = scalar_text(node);
  if (text != "true" && text != "false") fail_policy(node, "expected true or false");
  return text == "true";
}

}  // namespace pgleast
