#include "report/drawing.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::size_t widest_name = 60;  // characters; the rest of a longer one is left out
constexpr std::size_t widest_text = 40;  // of a line of a sentence, which goes on on the next

std::string cut_off(const std::string& text) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts_one = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (starts_one && ++characters > widest_name) return text.substr(0, i) + "...";
  }
  return text;
}

// A sentence in lines, broken at its blanks.
std::vector<std::string> in_lines(const std::string& text) {
  std::vector<std::string> lines(1);
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(' ', begin), text.size());
    const auto word = text.substr(begin, end - begin);
    if (!lines.back().empty() && lines.back().size() + word.size() >= widest_text) {
      lines.emplace_back();
    }
    lines.back() += (lines.back().empty() ? "" : " ") + word;
    begin = end + 1;
  }
  return lines;
}

// A label is a quoted string in which a backslash begins an escape.
std::string quoted(const std::vector<std::string>& lines) {
  std::string result = "\"";
  for (const auto& line : lines) {
    if (&line != &lines.front()) result += "\\n";
    for (const char c : cut_off(displayed(line))) {
      if (c == '"' || c == '\\') result += '\\';
      result += c;
    }
  }
  return result + '"';
}

std::string style_of(const Box& box) {
  const auto* const border = box.focus ? "filled,bold" : "filled";
  const auto with = [&](const char* shape, const char* colour) {
    return fmt::format("shape={}, style=\"{}\", fillcolor=\"{}\"{}", shape, border, colour,
                       box.focus ? ", penwidth=2.5" : "");
  };
  switch (box.kind) {
    case Box::Kind::login:
      return with("box", "#dbeafe");
    case Box::Kind::group:
      return with("box", "#eef2ff");
    case Box::Kind::superuser:
      return with("box", "#fecaca");
    case Box::Kind::everybody:
      return with("box", "#fde68a");
    case Box::Kind::object:
      return with("note", "#dcfce7");
    case Box::Kind::note:
      break;
  }
  return with("box", "#f8fafc");
}

const char* style_of(Arrow::Kind kind) {
  switch (kind) {
    case Arrow::Kind::membership:
      return "color=\"#334155\"";
    case Arrow::Kind::weak_membership:
      return "color=\"#334155\", style=dotted";
    case Arrow::Kind::grant:
      return "color=\"#15803d\"";
    case Arrow::Kind::owner:
      return "color=\"#b45309\"";
    case Arrow::Kind::step:
      break;
  }
  return "color=\"#dc2626\", style=dashed";
}

}  // namespace

std::string dot(const Drawing& drawing) {
  auto result = fmt::format(
      "digraph pgleast {{\n"
      "  graph [rankdir=LR, label={}, labelloc=t, fontname=\"sans-serif\", nodesep=0.2, "
      "ranksep=1{}];\n"
      "  node [fontname=\"sans-serif\", fontsize=11];\n"
      "  edge [fontname=\"sans-serif\", fontsize=9];\n",
      quoted(in_lines(drawing.title)), drawing.boxes.size() > 200 ? ", nslimit=2, nslimit1=2" : "");
  for (std::size_t i = 0; i < drawing.boxes.size(); ++i) {
    const auto& box = drawing.boxes[i];
    result +=
        fmt::format("  n{} [label={}, {}];\n", i,
                    quoted(box.kind == Box::Kind::note ? in_lines(box.lines.front()) : box.lines),
                    style_of(box));
  }
  for (const auto& arrow : drawing.arrows) {
    result += fmt::format("  n{} -> n{} [label={}, {}];\n", arrow.from, arrow.to,
                          quoted(in_lines(arrow.label)), style_of(arrow.kind));
  }
  return result + "}\n";
}

}  // namespace pgleast
