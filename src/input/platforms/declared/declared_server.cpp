#include "input/platforms/declared/declared_server.hpp"

#include <fmt/format.h>

#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {

std::vector<DeclaredLine> lines_said(const YamlNode& scalar) {
  std::vector<DeclaredLine> result;
  for (auto& line : lines_of(scalar)) {
    result.push_back({std::move(line.text), scalar.source, line.at, line.is_verbatim, ""});
  }
  return result;
}

std::optional<RunScript> script_said(const YamlNode& scalar, const std::string& before) {
  const auto lines = lines_of(scalar);
  for (const auto& line : lines) {
    if (!line.is_verbatim) return std::nullopt;
  }
  const auto& last = lines.back();
  return RunScript{scalar.source->name(), {lines.front().at, last.at + last.text.size()}, before};
}

void add_lines_said(const YamlNode* list, std::vector<DeclaredLine>& lines,
                    std::vector<std::string>& unknown) {
  if (list == nullptr) return;
  const auto add = [&](const YamlNode& item) {
    if (is_template(item.text)) {
      unknown.push_back(fmt::format("{}: {}", shown_place(item), item.text));
    }
    const auto said = lines_said(item);
    lines.insert(lines.end(), said.begin(), said.end());
  };
  if (list->is(YamlNode::Kind::scalar)) add(*list);
  for (const auto& item : list->items) add(item);
}

DeclaredLine line_at(const YamlNode& node, std::string text) {
  return {std::move(text), node.source, node.span.begin, false, ""};
}

DeclaredLine added_line(const YamlNode& changed_at, std::string text, std::string added_by) {
  return {std::move(text), changed_at.source, changed_at.span.begin, false, std::move(added_by)};
}

DeclaredLine setting_line(const YamlNode& value, const std::string& name, const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\n') break;  // no value of a setting has two lines
    if (c == '\'' || c == '\\') quoted += c;
    quoted += c;
  }
  return line_at(value, fmt::format("{} = '{}'", name, quoted));
}

std::optional<DeclaredLine> parameter_line(const YamlEntry& parameter) {
  const auto& [name, value] = parameter;
  if (is_template(value.text) || is_template(name.text)) return std::nullopt;
  auto line = setting_line(name, name.text, value.text);
  return line;
}

DeclaredLine place_at(const YamlNode& node) { return line_at(node, ""); }

std::string connect_command(const std::string& database) {
  std::string quoted;
  for (const char c : database) {
    if (c == '\'' || c == '\\') quoted += '\\';
    if (c == '"') quoted += c;
    quoted += c;
  }
  return fmt::format("\\connect \"dbname='{}'\"", quoted);
}

std::string password_clause(const std::optional<std::string>& said) {
  const bool is_md5 = said && said->starts_with("md5") && said->size() == 35;
  return fmt::format(" PASSWORD '{}'", is_md5 ? "md5" + std::string(32, '0') : "not shown");
}

std::string shown_place(const YamlNode& node) {
  const auto at = node.source->position(node.span.begin);
  return fmt::format("{}:{}", displayed(node.source->name()), at.line);
}

bool is_template(std::string_view text) {
  for (const std::string_view mark : {"{{", "{%", "${", "<%", "$("}) {
    if (text.find(mark) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace pgleast
