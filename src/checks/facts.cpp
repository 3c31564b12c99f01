#include "checks/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "finding/said_place.hpp"
#include "input/config/secrets.hpp"
#include "model/objects_of.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// Where the first characters end.
std::size_t bytes_of(std::string_view utf8, std::size_t characters) {
  std::size_t bytes = 0;
  for (std::size_t seen = 0; bytes < utf8.size(); ++bytes) {
    seen += character_count(utf8.substr(bytes, 1));
    if (seen > characters) break;
  }
  return bytes;
}

}  // namespace

Facts::Facts(const Cluster& cluster, const Policy& policy, std::string today)
    : cluster_(cluster),
      policy_(policy),
      graph_(cluster),
      connections_(graph_),
      roles_(policy, cluster),
      today_(std::move(today)) {}

const Escalations& Facts::escalations() const {
  if (!escalations_) escalations_.emplace(graph_, connections_);
  return *escalations_;
}

std::optional<std::uint32_t> Facts::atom_of(RoleId role) const {
  if (atoms_.empty()) {
    for (std::uint32_t i = 0; i < decided().roles.size(); ++i) {
      if (const auto& known = decided().roles[i].role) atoms_.emplace(*known, i);
    }
  }
  const auto found = atoms_.find(role);
  return found == atoms_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Verdict> Facts::missing(Fact fact) const {
  const auto found = cluster_.unseen.find(fact);
  if (found == cluster_.unseen.end()) return std::nullopt;
  return unseen(found->second.why, found->second.remedy);
}

std::optional<Verdict> Facts::missing_records() const {
  if (auto missing_hba = missing(Fact::hba)) return missing_hba;
  if (cluster_.hba.loads()) return std::nullopt;
  return unseen(
      "pg_hba.conf has errors and does not load, so which records are in force is not known",
      "correct the file");
}

std::optional<ObjectId> Facts::database(const std::string& name) const {
  if (!databases_) {
    databases_.emplace();
    for (const auto id : objects_of(cluster_, ObjectKind::database)) {
      databases_->emplace(cluster_.object(id).name, id);
    }
  }
  const auto found = databases_->find(name);
  return found == databases_->end() ? std::nullopt : std::optional(found->second);
}

std::optional<Verdict> Facts::missing_mappings() const {
  if (auto missing_ident = missing(Fact::ident)) return missing_ident;
  if (cluster_.ident.loads()) return std::nullopt;
  return unseen(
      "pg_ident.conf has errors and does not load, so which mappings are in force is not known",
      "correct the file");
}

const Source* Facts::source_of(const std::string& path) const {
  const auto known = sources_.find(path);
  if (known != sources_.end()) return &known->second;
  for (const auto& file : cluster_.files) {
    if (file.path != path) continue;
    // Stars for secrets: places stay what they are, and an excerpt can be shown.
    Source source(path, starred(file.kind, file.text, cluster_.version_num));
    return &sources_.emplace(path, std::move(source)).first->second;
  }
  for (const auto& file : cluster_.said.files) {
    if (file.name == path) return &sources_.emplace(path, Source(path, file.text)).first->second;
  }
  return nullptr;
}

Location Facts::location(const HbaRecord& record, Span span) const {
  const auto* const source = source_of(record.at.file);
  if (source == nullptr || span.end <= span.begin) return {record.at.file, record.at.line, 0, ""};
  const auto at = source->position(span.begin);
  return {record.at.file, at.line, at.column, excerpt(*source, span, 4)};
}

Location Facts::location(const std::string& file, std::size_t line) const {
  const auto* const source = source_of(file);
  // What is said of a whole file has no line.
  if (source == nullptr || line == 0) return {file, line, 0, ""};
  const auto begin = source->line_start(line);
  const auto text = source->line_after(begin);
  const auto first = std::min(text.find_first_not_of(" \t"), text.size());
  const Span span{begin + first, begin + text.size()};
  return {file, line, source->position(span.begin).column, excerpt(*source, span, 4)};
}

Location Facts::location(const SaidAt& at) const {
  auto result = location_of(cluster_, at);
  const auto* const source = source_of(result.file);
  if (source == nullptr) return result;
  const auto line = source->line_start(at.line);
  const auto begin = line + bytes_of(source->line_after(line), at.column - 1);
  const auto rest = source->line_after(begin);
  const Span span{begin, begin + std::min(rest.find(';'), rest.find_last_not_of(" \t\r") + 1)};
  result.excerpt = excerpt(*source, span, 4);
  return result;
}

std::optional<Location> Facts::said_location(const Finding& finding) const {
  auto at = said_by(cluster_, finding.remedies);
  if (!at) at = said_of(cluster_, finding.subject);
  return at ? std::optional(location(*at)) : std::nullopt;
}

PathStep Facts::told(const std::string& words, const std::vector<Remedy>& taken_back_by) const {
  return told_step(cluster_, words, said_by(cluster_, taken_back_by));
}

PathStep Facts::told(const Step& step) const {
  const auto at = said_by(cluster_, step.cut);
  PathStep result(
      fmt::format("{}  ({}{}{})", step.how, step.edge, at ? ", " : "", shown_place(cluster_, at)));
  if (at) result.said = location_of(cluster_, *at);
  return result;
}

Subject Facts::subject(const Object& object) const {
  const auto database = object.database == no_object ? "" : cluster_.object(object.database).name;
  return {std::string(info(object.kind).name), object.identity, database};
}

std::string Facts::shown(const Object& object) const { return displayed(object.identity); }
std::string Facts::shown(RoleId role) const { return displayed(cluster_.role_name(role)); }

std::vector<ObjectId> security_definer_functions(const Cluster& cluster) {
  std::vector<ObjectId> result;
  for (const auto id : objects_of(cluster, ObjectKind::function)) {
    const auto& object = cluster.object(id);
    if (!is_users_own(object)) continue;
    if (cluster.function(object).security_definer) result.push_back(id);
  }
  return result;
}

bool is_users_own(const Object& object) { return !object.system && !object.extension; }

}  // namespace pgleast
