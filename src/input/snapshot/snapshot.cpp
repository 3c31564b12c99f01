// Secrets that go out of a snapshot, and texts that are none.
#include "input/snapshot/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "input/config/secrets.hpp"
#include "input/snapshot/cluster_json.hpp"
#include "model/snapshot_check.hpp"
#include "pg/secret_text.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// A star for each byte of a secret: every place in the files stays what it is.
void mask_secrets_of(Cluster& cluster) {
  for (auto& file : cluster.files) {
    auto text = starred(file.kind, file.text, cluster.version_num);
    file.masked = file.masked || text != file.text;
    file.text = std::move(text);
  }
  for (auto& record : cluster.hba.records) {
    for (auto* const options : {&record.options, &record.unshown}) {
      for (auto& [name, value] : *options) {
        if (is_secret_option(name)) value = secret_mask;
      }
    }
  }
  for (auto& setting : cluster.settings) {
    setting.value = masked_setting(setting.name, setting.value);
  }
  for (auto& stored : cluster.role_settings) {
    stored.value = masked_setting(stored.name, stored.value);
  }
  for (auto& function : cluster.functions) {
    for (auto& option : function.config) option = masked_option(option);
  }
  for (auto& problem : cluster.hba.problems) problem.diagnostic.excerpt.clear();
  for (auto& problem : cluster.ident.problems) problem.diagnostic.excerpt.clear();
}

// Without "[json.exception.type_error.302] ".
std::string said_by(const nlohmann::json::exception& e) {
  const std::string_view text = e.what();
  const auto mark = text.find("] ");
  return displayed(mark == std::string_view::npos ? text : text.substr(mark + 2));
}

// The readers of a tree call themselves for what lies in it; a snapshot is never this deep.
std::optional<std::size_t> too_deep(std::string_view text) {
  constexpr int deepest = 100;
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') quoted = !quoted;
    if (quoted) {
      if (c == '\\') ++at;
    } else if (c == '[' || c == '{') {
      if (++depth > deepest) return at;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return std::nullopt;
}

}  // namespace

void write_snapshot(Cluster cluster, const Write& write) {
  mask_secrets_of(cluster);
  SnapshotWriter writer(write);
  write_parts(cluster, writer);
  writer.end();
}

std::string write_snapshot(Cluster cluster) {
  std::string text;
  write_snapshot(std::move(cluster), [&](std::string_view piece) { text += piece; });
  return text;
}

Cluster read_snapshot(const Source& source) {
  // Of a program or an image the brackets say nothing.
  const auto first = source.text().find_first_not_of(" \t\r\n");
  const bool looks_like_json =
      first != std::string_view::npos &&
      std::string_view("{[").find(source.text()[first]) != std::string_view::npos;
  if (const auto at = looks_like_json ? too_deep(source.text()) : std::nullopt) {
    fail(source, {*at, *at + 1}, "is nested too deep for a snapshot");
  }
  nlohmann::json tree;
  try {
    tree = nlohmann::json::parse(source.text());
  } catch (const nlohmann::json::parse_error& e) {
    const auto at = std::min<std::size_t>(e.byte == 0 ? 0 : e.byte - 1, source.text().size());
    fail(source, {at, at + 1},
         at >= source.text().size() ? "the snapshot is cut off here" : "this is no JSON");
  } catch (const nlohmann::json::out_of_range&) {
    fail(source.name(), "holds a number that is too large for a snapshot");
  }
  if (!tree.is_object() || tree.value("schema", nlohmann::json()) != snapshot_schema) {
    fail(source.name(), fmt::format("is no snapshot of this version ({})", snapshot_schema));
  }
  try {
    each_text(tree, text_from_snapshot);
    auto cluster = cluster_of(std::move(tree));
    check_numbers(cluster);
    return cluster;
  } catch (const nlohmann::json::exception& e) {
    fail(source.name(), fmt::format("is a damaged snapshot: {}", said_by(e)));
  } catch (const Error& e) {
    fail(source.name(), fmt::format("is a damaged snapshot: {}", e.diagnostic().message));
  }
}

}  // namespace pgleast
