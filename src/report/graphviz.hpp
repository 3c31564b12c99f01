#pragma once
// The one door to Graphviz: the program `dot`, started when a drawing is wanted as SVG. As a
// process of its own it needs no library to build with, and can fail by itself.

#include <string>

namespace pgleast {

/// What `dot -Tsvg` makes of a graph in the DOT language. Throws Error when there is no such
/// program or it fails.
std::string svg_of(const std::string& dot);

}  // namespace pgleast
