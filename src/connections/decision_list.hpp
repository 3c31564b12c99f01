#pragma once
// A decision list: of ordered lines, each a product of roles x databases x origins over some
// transports, the first that holds a point decides. What is left for a line, who took the
// rest, and what decides in a region, on exact sets.
//
// Roles, databases and origins are numbers here; connections/connection_classes.hpp gives them.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "connections/name_set.hpp"
#include "connections/rank_set.hpp"

namespace pgleast {

struct Region {
  NameSet roles;
  NameSet databases;
  RankSet origin;

  bool empty() const { return roles.empty() || databases.empty() || origin.empty(); }
  bool operator==(const Region&) const = default;
  auto operator<=>(const Region&) const = default;
};

Region intersection(const Region& a, const Region& b);
/// Disjoint.
std::vector<Region> without(const Region& region, const Region& taken);
std::vector<Region> without(const std::vector<Region>& regions, const Region& taken);

struct Line {
  std::uint32_t record = 0;     // lines of one record follow one another
  std::uint8_t transports = 0;  // bits; those that nothing tells apart share one
  std::uint32_t roles = 0;      // into DecisionList::role_sets
  std::uint32_t databases = 0;  // into DecisionList::database_sets
  RankSet origin;               // its ranges lie in, around or outside those of all others
};

/// Numbers of lines, ascending.
using LineNumbers = std::vector<std::uint32_t>;

/// Lines by what they overlap, for one transport.
class LineIndex;

class DecisionList {
 public:
  using Sets = std::shared_ptr<const std::vector<NameSet>>;

  /// `lines` in the order in which they are tried.
  DecisionList(Sets role_sets, Sets database_sets, std::vector<Line> lines,
               std::uint8_t transports);
  ~DecisionList();
  DecisionList(DecisionList&&) noexcept;
  DecisionList& operator=(DecisionList&&) noexcept;

  const std::vector<Line>& lines() const { return lines_; }
  std::uint8_t transports() const;
  /// The same names with other lines.
  DecisionList with_lines(std::vector<Line> lines) const;
  Region region(std::uint32_t line) const;

  /// The lines from `begin` to before `end` that share a point with `region`. Of lines that
  /// decide nowhere in it some are missing with Dead::skipped.
  enum class Dead { skipped, wanted };
  LineNumbers overlapping(const Region& region, std::uint8_t transport, std::uint32_t begin,
                          std::uint32_t end, Dead dead = Dead::skipped) const;
  /// One line before `end` that holds all of `region`; the first that `preferred` likes.
  std::optional<std::uint32_t> holder(const Region& region, std::uint8_t transport,
                                      std::uint32_t end,
                                      const std::function<bool(std::uint32_t)>& preferred) const;

  /// What no line before `end` holds of `region`: disjoint products, equal sides merged.
  std::vector<Region> left(const Region& region, std::uint8_t transport, std::uint32_t end) const;
  /// The same, product by product as they are found, until `take` returns false.
  void each_left(const Region& region, std::uint8_t transport, std::uint32_t end,
                 const std::function<bool(Region)>& take) const;
  /// What none of `lines` holds of it.
  std::vector<Region> left(const Region& region, const LineNumbers& lines) const;
  void each_left(const Region& region, const LineNumbers& lines,
                 const std::function<bool(Region)>& take) const;
  bool holds_all(const LineNumbers& lines, const Region& region) const;

  /// Who decides in `region`: disjoint parts with their line, and with none where no line does.
  struct Decided {
    std::optional<std::uint32_t> line;
    Region part;
  };
  std::vector<Decided> decide(const Region& region, std::uint8_t transport) const;

 private:
  const NameSet& roles(const Line& line) const { return (*role_sets_)[line.roles]; }
  const NameSet& databases(const Line& line) const { return (*database_sets_)[line.databases]; }

  Sets role_sets_, database_sets_;
  std::vector<Line> lines_;
  std::vector<LineIndex> indexes_;  // by transport
};

/// Products with two equal sides are one.
std::vector<Region> merged(std::vector<Region> regions);

}  // namespace pgleast
