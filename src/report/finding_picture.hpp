#pragma once
// What `pgleast graph --finding` draws.

#include "finding/finding.hpp"
#include "privileges/graph.hpp"
#include "report/drawing.hpp"

namespace pgleast {

/// The picture around what the finding is about, and beside it what proves it.
Drawing picture_of_finding(const Graph& graph, const Finding& finding);

}  // namespace pgleast
