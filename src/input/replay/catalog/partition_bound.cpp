// FOR VALUES of partitions: no two of one table may take the same rows (partbounds.c,
// check_new_partition_bound). Bounds are compared as far as their texts tell.
#include "input/replay/catalog/partition_bound.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
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

/// `2024-01-31`, `2024-01-31 00:00:00`: those of one shape are in the order of their texts.
bool are_dates(std::string_view a, std::string_view b) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (a.size() < 10 || a[4] != '-' || a[7] != '-') return false;
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return digit(x) ? digit(y) : x == y; });
}

enum class Order : std::uint8_t { less, equal, greater, unknown };

Order order_of(const std::string& a, const std::string& b) {
  if (a == b) return Order::equal;
  if (a == least || b == most) return Order::less;
  if (a == most || b == least) return Order::greater;
  const auto x = number(a), y = number(b);
  if (x && y) return *x < *y ? Order::less : Order::greater;
  if (are_dates(a, b)) return a < b ? Order::less : Order::greater;
  return Order::unknown;
}

using Datums = std::span<const std::string>;

/// By their first columns that differ; what comes after MINVALUE or MAXVALUE does not count.
Order order_of(Datums a, Datums b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const auto order = order_of(a[i], b[i]);
    if (order != Order::equal || a[i] == least || a[i] == most) return order;
  }
  return Order::equal;
}

Datums lower(const PartitionBound& range) {
  return Datums(range).subspan(1, (range.size() - 1) / 2);
}
Datums upper(const PartitionBound& range) {
  return Datums(range).subspan(1 + (range.size() - 1) / 2);
}

struct Hash {
  std::int64_t modulus, remainder;
};
Hash hash_of(const PartitionBound& bound) {
  return {number(bound[1]).value_or(0), number(bound[2]).value_or(0)};
}

[[noreturn]] void refuse(const std::string& why) {
  throw Refused(Condition::invalid_object_definition, why);
}

bool overlap(const PartitionBound& a, const PartitionBound& b) {
  if (a.front() != b.front()) return false;
  if (a.front() == "default") return true;
  if (a.front() == "hash") {
    const auto x = hash_of(a), y = hash_of(b);
    const auto [small, large] = std::minmax(x.modulus, y.modulus);
    if (large % small != 0) {
      refuse("every hash partition modulus must be a factor of the next larger modulus");
    }
    return x.remainder % small == y.remainder % small;
  }
  if (a.front() == "list") {
    return std::any_of(a.begin() + 1, a.end(), [&](const std::string& value) {
      return std::find(b.begin() + 1, b.end(), value) != b.end();
    });
  }
  return a == b || (order_of(lower(a), upper(b)) == Order::less &&
                    order_of(lower(b), upper(a)) == Order::less);
}

/// That takes no row, or none that there could be.
void need_sense(const PartitionBound& bound) {
  if (bound.front() == "hash") {
    const auto hash = hash_of(bound);
    if (hash.modulus <= 0) refuse("modulus for hash partition must be greater than zero");
    if (hash.remainder >= hash.modulus) {
      refuse("remainder for hash partition must be less than modulus");
    }
  } else if (bound.front() == "range") {
    const auto order = order_of(lower(bound), upper(bound));
    if (order == Order::equal || order == Order::greater) {
      refuse("empty range bound specified for partition");
    }
  }
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
  for (const char* const part : {"listdatums", "lowerdatums", "upperdatums"}) {
    const auto& values = list_at(spec, part);
    for (const auto& item : values) {
      const auto value = datum(item);
      if (!value) return {};
      result.push_back(*value);
    }
  }
  const bool odd = strategy == "r" && result.size() % 2 == 0;
  return odd ? PartitionBound() : result;
}

void need_no_overlap(const SqlCatalog& catalog, EntityId parent, const PartitionBound& bound) {
  if (bound.empty()) return;
  need_sense(bound);
  for (const auto id : catalog.dependents(parent)) {
    const auto& e = catalog.at(id);
    if (!e.alive || e.bound.empty() || !overlap(e.bound, bound)) continue;
    throw Refused(Condition::invalid_object_definition,
                  "partition would overlap partition `" + e.name + "`", e.name);
  }
}

}  // namespace pgleast
