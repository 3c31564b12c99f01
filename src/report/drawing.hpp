#pragma once
// Boxes and arrows as Graphviz takes them:
//
//   n0 [label="app_user\nlogin role", shape=box, style="filled", fillcolor="#dbeafe"];
//   n0 -> n1 [label="member of, inherits", color="#334155"];
//
// What a box is and what an arrow means stands in words; colour only says it again.

#include <cstddef>
#include <string>
#include <vector>

namespace pgleast {

struct Box {
  enum class Kind { login, group, superuser, everybody, object, note } kind = Kind::note;
  // As they are: names from outside may be in them. A note has one, a sentence.
  std::vector<std::string> lines;
  bool focus = false;  // what was asked about
};

struct Arrow {
  enum class Kind { membership, weak_membership, grant, owner, step } kind = Kind::grant;
  std::size_t from = 0, to = 0;  // into Drawing::boxes
  std::string label;
};

struct Drawing {
  std::string title;
  std::vector<Box> boxes;
  std::vector<Arrow> arrows;
};

/// The same drawing gives the same bytes. Whatever stands in a name stays inside its label.
std::string dot(const Drawing& drawing);

}  // namespace pgleast
