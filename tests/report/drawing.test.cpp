#include "report/drawing.hpp"

#include <algorithm>
#include <string>

#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("a name stays inside its label", "[report][dot]") {
  struct Case {
    std::string name;
    const char* label;
  };
  const auto c = GENERATE(values<Case>({
      {"app", R"([label="app",)"},
      {R"(x"]; n0 -> n0 [label=")", R"([label="x\"]; n0 -> n0 [label=\"",)"},
      {R"(back\)", R"([label="back\\",)"},
      {R"(\N\G)", R"([label="\\N\\G",)"},
      {"two\nlines", R"([label="two\\nlines",)"},
      {"<b>", R"([label="<b>",)"},
      {"\x1b[31m", R"([label="\\x1b[31m",)"},
      {std::string(70, 'n'), "...\","},
  }));
  CAPTURE(c.name);
  const auto text = dot({"title", {{Box::Kind::object, {c.name}, false}}, {}});
  CHECK(text.find(c.label) != std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') == 6);
}

TEST_CASE("boxes and arrows are written in their order", "[report][dot]") {
  const Drawing drawing{"role a",
                        {{Box::Kind::login, {"a", "login role"}, true},
                         {Box::Kind::group, {"b", "role without login"}, false}},
                        {{Arrow::Kind::membership, 0, 1, "member, inherits"},
                         {Arrow::Kind::step, 1, 0, "ESC-ADMIN"}}};
  CHECK(dot(drawing) == R"(digraph pgleast {
  graph [rankdir=LR, label="role a", labelloc=t, fontname="sans-serif", nodesep=0.2, ranksep=1];
  node [fontname="sans-serif", fontsize=11];
  edge [fontname="sans-serif", fontsize=9];
  n0 [label="a\nlogin role", shape=box, style="filled,bold", fillcolor="#dbeafe", penwidth=2.5];
  n1 [label="b\nrole without login", shape=box, style="filled", fillcolor="#eef2ff"];
  n0 -> n1 [label="member, inherits", color="#334155"];
  n1 -> n0 [label="ESC-ADMIN", color="#dc2626", style=dashed];
}
)");
}
