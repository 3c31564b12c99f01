#include "report/finding_picture.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "model/named_object.hpp"
#include "report/picture.hpp"

namespace pgleast {
namespace {

/// Of those of one name the one in the finding's database.
ObjectId meant(const Cluster& cluster, const std::vector<NamedObject>& found,
               const Finding& finding) {
  const auto there = std::find_if(found.begin(), found.end(), [&](const NamedObject& named) {
    const auto database = cluster.object(named.object).database;
    return database != no_object && cluster.object(database).name == finding.subject.database;
  });
  return (there == found.end() ? found.front() : *there).object;
}

Drawing picture_of_subject(const Graph& graph, const Finding& finding) {
  const auto& cluster = graph.cluster();
  if (const auto role = cluster.find_role(finding.subject.name)) return picture_of(graph, *role);
  const auto found = find_objects(cluster, finding.subject.name, true);
  return found.empty() ? Drawing() : picture_of(graph, meant(cluster, found, finding));
}

/// A chain of notes that begins at what the picture is about.
void add_proof(Drawing& drawing, const Finding& finding) {
  const auto focus = std::find_if(drawing.boxes.begin(), drawing.boxes.end(),
                                  [](const Box& b) { return b.focus; });
  std::optional<std::size_t> before;
  if (focus != drawing.boxes.end()) {
    before = static_cast<std::size_t>(focus - drawing.boxes.begin());
  }
  auto steps = path_texts(finding);
  if (steps.empty()) steps.push_back(finding.message);
  for (const auto& step : steps) {
    drawing.boxes.push_back({Box::Kind::note, {step}, false});
    const auto at = drawing.boxes.size() - 1;
    if (before) drawing.arrows.push_back({Arrow::Kind::step, *before, at, ""});
    before = at;
  }
}

}  // namespace

Drawing picture_of_finding(const Graph& graph, const Finding& finding) {
  auto drawing = picture_of_subject(graph, finding);
  drawing.title = finding.rule + ": " + finding.message;
  add_proof(drawing, finding);
  return drawing;
}

}  // namespace pgleast
