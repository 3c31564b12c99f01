// FOR VALUES of partitions: no two of one table may take the same rows (partbounds.c,
// check_new_partition_bound). Bounds are compared as far as their texts tell.
#include "input/replay/statements/partition_bound.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace pgleast {
namespace {

constexpr const char *least = "MINVALUE", *most = "MAXVALUE";

std::optional<std::string> datum(const SqlNode& node) {
  if (node.contains("A_Const")) {
    const auto& constant = node["A_Const"];
    if (truth_at(constant, "isnull") || constant.value("val", SqlNode()).contains("Null")) {
      return "NULL";
    }
    return word_of(node);
  }
  const auto& fields = list_at(node_at(node, "ColumnRef"), "fields");
  const auto word = fields.size() == 1 ? string_of(fields.front()) : "";
  if (word == "minvalue") return least;
  if (word == "maxvalue") return most;
  return std::nullopt;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool all = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return all ? std::optional(value) : std::nullopt;
}

bool is_date(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' &&
         text.find_first_not_of("0123456789-") == std::string_view::npos;
}

/// None: it cannot be told.
std::optional<bool> is_less(const std::string& a, const std::string& b) {
  if (a == b) return false;
  if (a == least || b == most) return true;
  if (a == most || b == least) return false;
  const auto x = number(a), y = number(b);
  if (x && y) return *x < *y;
  if (is_date(a) && is_date(b)) return a < b;
  return std::nullopt;
}

bool overlap(const PartitionBound& a, const PartitionBound& b) {
  if (a.front() != b.front()) return false;
  if (a.front() == "default") return true;
  if (a.front() == "hash") return a == b;
  if (a.front() == "list") {
    return std::any_of(a.begin() + 1, a.end(), [&](const std::string& value) {
      return std::find(b.begin() + 1, b.end(), value) != b.end();
    });
  }
  return a == b || (is_less(a[1], b[2]) == true && is_less(b[1], a[2]) == true);
}

}  // namespace

PartitionBound partition_bound(const SqlNode& node) {
  const auto& spec = inside(node, "PartitionBoundSpec");
  const auto strategy = text_at(spec, "strategy");
  if (truth_at(spec, "is_default")) return {"default"};
  if (strategy == "h") {
    return {"hash", std::to_string(spec.value("modulus", 0)),
            std::to_string(spec.value("remainder", 0))};
  }
  PartitionBound result{strategy == "l" ? "list" : "range"};
  const bool range = strategy == "r";
  for (const char* const part : {"listdatums", "lowerdatums", "upperdatums"}) {
    const auto& values = list_at(spec, part);
    if (range && values.size() > 1) return {};
    for (const auto& item : values) {
      const auto value = datum(item);
      if (!value) return {};
      result.push_back(*value);
    }
  }
  return range && result.size() != 3 ? PartitionBound() : result;
}

void need_no_overlap(const SqlCatalog& catalog, EntityId parent, const PartitionBound& bound) {
  if (bound.empty()) return;
  for (const auto id : catalog.dependents(parent)) {
    const auto& e = catalog.at(id);
    if (!e.alive || e.bound.empty() || !overlap(e.bound, bound)) continue;
    throw Refused(Condition::invalid_object_definition,
                  "partition would overlap partition `" + e.name + "`", e.name);
  }
}

}  // namespace pgleast
