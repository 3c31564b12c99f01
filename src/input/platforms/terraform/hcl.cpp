#include "input/platforms/terraform/hcl.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace pgleast {
namespace {

constexpr int deepest = 100;
constexpr std::size_t most_nodes = 2'000'000;

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

class HclReader {
 public:
  explicit HclReader(Source source)
      : source_(std::make_shared<const Source>(std::move(source))), text_(source_->text()) {}

  YamlNode read() {
    auto root = body(0);
    root.span = {0, std::min<std::size_t>(1, text_.size())};
    return root;
  }

 private:
  using Kind = YamlNode::Kind;

  bool at_end() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  YamlNode node(Kind kind, std::size_t begin) {
    ++nodes_;
    YamlNode result;
    result.kind = kind;
    result.source = source_;
    result.span = {begin, std::max(at_, begin)};
    return result;
  }

  void skip_line() { at_ = std::min(text_.find('\n', at_), text_.size()); }

  // Blanks and comments; newlines, too, where they mean nothing.
  void skip(bool newlines) {
    while (!at_end()) {
      const char c = peek();
      if (c == ' ' || c == '\t' || c == '\r' || (newlines && c == '\n')) {
        ++at_;
      } else if (c == '#' || (c == '/' && peek(1) == '/')) {
        skip_line();
      } else if (c == '/' && peek(1) == '*') {
        const auto end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else {
        return;
      }
    }
  }

  std::string name() {
    const auto begin = at_;
    while (is_name_char(peek())) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  // --- Bodies -----------------------------------------------------------------------------------

  struct Body {
    YamlNode node;
    std::unordered_map<std::string, std::size_t> index;  // of entries that have several values
  };

  // Up to the brace that closes it.
  YamlNode body(int depth) {
    Body result{node(Kind::mapping, at_), {}};
    while (true) {
      skip(true);
      if (at_end() || nodes_ > most_nodes) break;
      if (peek() == '}') {
        ++at_;
        break;
      }
      const auto begin = at_;
      auto key = node(Kind::scalar, begin);
      key.text = name();
      if (key.text.empty()) {
        ++at_;
        continue;
      }
      key.span.end = at_;
      skip(false);
      if (peek() == '=' && peek(1) != '=') {
        ++at_;
        skip(false);
        result.node.entries.push_back({std::move(key), expression(depth)});
      } else {
        block(result, std::move(key), depth);
      }
    }
    result.node.span.end = at_;
    return std::move(result.node);
  }

  // Labels and braces; anything else is passed over.
  void block(Body& outer, YamlNode key, int depth) {
    std::vector<YamlNode> labels;
    while (peek() == '"' || is_name_char(peek())) {
      auto label = node(Kind::scalar, at_);
      label.text = peek() == '"' ? string() : name();
      label.span.end = at_;
      labels.push_back(std::move(label));
      skip(false);
    }
    if (peek() != '{') return skip_line();
    ++at_;
    if (depth >= deepest) return skip_balanced('}');
    auto inner = body(depth + 1);
    inner.span.begin = key.span.begin;
    if (labels.empty()) return append(outer, std::move(key), std::move(inner));
    auto* at = &entry_of(outer, "", std::move(key), outer.node);
    if (labels.size() > 1) {
      const auto path = at->first.text + '\n';
      at = &entry_of(outer, path, std::move(labels.front()), at->second);
    }
    at->second.entries.push_back({std::move(labels.back()), std::move(inner)});
  }

  // The mapping of that name in `parent`, which is made where it is not there.
  static YamlEntry& entry_of(Body& outer, const std::string& path, YamlNode key, YamlNode& parent) {
    const auto [found, is_new] =
        outer.index.try_emplace(path + '\0' + key.text, parent.entries.size());
    if (is_new) {
      auto value = key;
      value.kind = Kind::mapping;
      value.text.clear();
      parent.entries.push_back({std::move(key), std::move(value)});
    }
    return parent.entries[found->second];
  }

  static void append(Body& outer, YamlNode key, YamlNode inner) {
    const auto [found, is_new] =
        outer.index.try_emplace("[]" + key.text, outer.node.entries.size());
    if (is_new) {
      auto list = key;
      list.kind = Kind::sequence;
      list.text.clear();
      outer.node.entries.push_back({std::move(key), std::move(list)});
    }
    outer.node.entries[found->second].second.items.push_back(std::move(inner));
  }

  // --- Expressions ------------------------------------------------------------------------------

  YamlNode expression(int depth) {
    const auto begin = at_;
    auto result = node(Kind::scalar, begin);
    if (depth >= deepest || nodes_ > most_nodes) return raw(begin);
    if (peek() == '"') {
      result.text = string();
      result.quoted = true;
    } else if (peek() == '<' && peek(1) == '<') {
      result.text = heredoc();
      result.quoted = true;
      result.span.end = at_;
      return result;
    } else if (peek() == '[') {
      result = list(depth);
    } else if (peek() == '{') {
      result = object(depth);
    } else if (const auto length = length_of_identity(); length > 0) {
      at_ += length;
      skip(true);
      result = expression(depth + 1);
      skip(true);
      if (peek() != ')') return raw(begin);
      ++at_;
    } else {
      return raw(begin);
    }
    const auto after = at_;
    skip(false);
    if (!ends_here()) return raw(begin);
    result.span = {begin, after};
    return result;
  }

  // Functions that change nothing.
  std::size_t length_of_identity() const {
    for (const std::string_view name : {"toset(", "tolist(", "tostring(", "sensitive("}) {
      if (text_.substr(at_, name.size()) == name) return name.size();
    }
    return 0;
  }

  bool ends_here() const {
    return at_end() || std::string_view("\n,]})").find(peek()) != std::string_view::npos;
  }

  bool is_for() const {
    auto at = at_ + 1;
    while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\n' || text_[at] == '\t')) ++at;
    return text_.substr(at, 4) == "for " || text_.substr(at, 4) == "for\t";
  }

  YamlNode list(int depth) {
    if (is_for()) return raw(at_);
    auto result = node(Kind::sequence, at_);
    ++at_;
    while (true) {
      skip(true);
      if (at_end()) break;
      if (peek() == ']') {
        ++at_;
        break;
      }
      const auto begin = at_;
      result.items.push_back(expression(depth + 1));
      skip(true);
      if (peek() == ',') ++at_;
      if (at_ == begin) ++at_;
    }
    return result;
  }

  YamlNode object(int depth) {
    if (is_for()) return raw(at_);
    auto result = node(Kind::mapping, at_);
    ++at_;
    while (true) {
      skip(true);
      if (at_end()) break;
      if (peek() == '}') {
        ++at_;
        break;
      }
      const auto begin = at_;
      auto key = node(Kind::scalar, begin);
      key.text = peek() == '"' ? string() : name();
      key.span.end = at_;
      skip(false);
      if (peek() == '=' || peek() == ':') {
        ++at_;
        skip(false);
        result.entries.push_back({std::move(key), expression(depth + 1)});
      }
      skip(false);
      if (peek() == ',') ++at_;
      if (at_ == begin) ++at_;
    }
    return result;
  }

  // All up to where the expression ends, as text.
  YamlNode raw(std::size_t begin) {
    at_ = begin;
    std::string open;
    while (!at_end()) {
      const char c = peek();
      const bool is_comment = c == '#' || (c == '/' && peek(1) == '/');
      if (open.empty() && (ends_here() || is_comment)) break;
      if (c == '"') {
        string();
      } else if (c == '<' && peek(1) == '<' && (is_name_char(peek(2)) || peek(2) == '-')) {
        heredoc();
      } else if (is_comment || (c == '/' && peek(1) == '*')) {
        skip(false);
      } else {
        if (c == '(' || c == '[' || c == '{') open += c;
        if (c == ')' || c == ']' || c == '}') open.pop_back();
        ++at_;
      }
    }
    auto result = node(Kind::scalar, begin);
    auto said = text_.substr(begin, at_ - begin);
    said = said.substr(0, said.find_last_not_of(" \t\r\n") + 1);
    result.text = std::string(said);
    result.span = {begin, begin + said.size()};
    if (result.text == "null") result.kind = Kind::null;
    return result;
  }

  void skip_balanced(char close) {
    std::size_t depth = 1;
    while (!at_end() && depth > 0) {
      if (peek() == '"') {
        string();
        continue;
      }
      depth += peek() == '{' ? 1 : 0;
      depth -= peek() == close ? 1 : 0;
      ++at_;
    }
  }

  // --- Texts ------------------------------------------------------------------------------------

  // Behind `${`: up to its brace, whatever strings stand in it.
  void skip_interpolation() {
    std::string open = "{";
    while (!at_end() && !open.empty()) {
      const char c = peek();
      if (open.back() == '"') {
        if (c == '\\') {
          ++at_;
        } else if (c == '"') {
          open.pop_back();
        } else if ((c == '$' || c == '%') && peek(1) == '{') {
          open += '{';
          ++at_;
        }
      } else if (c == '"' || c == '{') {
        open += c;
      } else if (c == '}') {
        open.pop_back();
      }
      ++at_;
    }
    at_ = std::min(at_, text_.size());
  }

  std::string string() {
    std::string result;
    ++at_;
    while (!at_end() && peek() != '"' && peek() != '\n') {
      const char c = peek();
      if (c == '\\') {
        result += escaped();
      } else if ((c == '$' || c == '%') && peek(1) == c && peek(2) == '{') {
        result += text_.substr(at_, 3);
        at_ += 3;
      } else if ((c == '$' || c == '%') && peek(1) == '{') {
        const auto begin = at_;
        at_ += 2;
        skip_interpolation();
        result += text_.substr(begin, at_ - begin);
      } else {
        result += c;
        ++at_;
      }
    }
    if (peek() == '"') ++at_;
    return result;
  }

  char escaped() {
    const char c = peek(1);
    at_ = std::min(at_ + 2, text_.size());
    return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
  }

  // `<<END` and `<<-END`, up to the line that is the word alone.
  std::string heredoc() {
    at_ += 2;
    const bool is_indented = peek() == '-';
    if (is_indented) ++at_;
    const auto word = name();
    skip_line();
    std::string result;
    while (!at_end()) {
      ++at_;  // the newline
      const auto begin = at_;
      skip_line();
      auto line = text_.substr(begin, at_ - begin);
      if (line.ends_with('\r')) line.remove_suffix(1);
      const auto bare = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
      if (bare == word) break;
      result += std::string(is_indented ? bare : line) + '\n';
    }
    return result;
  }

  std::shared_ptr<const Source> source_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t nodes_ = 0;
};

}  // namespace

YamlNode read_hcl(Source text) { return HclReader(std::move(text)).read(); }

}  // namespace pgleast
