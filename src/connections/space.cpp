#include "connections/space.hpp"

#include <algorithm>

namespace pgleast {
namespace {

class Builder {
 public:
  Builder(const Cluster& cluster, const Graph& graph)
      : records_(cluster.hba.records),
        universe_(cluster, graph, {&records_}),
        decisions_(universe_.decisions(0)) {
    // Points that stand for names and addresses which are told apart elsewhere are left out.
    for (const auto& atom : universe_.roles()) {
      if (!atom.token) space_.roles.push_back(atom);
    }
    for (const auto& atom : universe_.databases()) {
      if (!atom.token) space_.databases.push_back(atom);
    }
  }

  Space build() {
    const auto& lines = decisions_.lines();
    std::uint32_t line = 0;
    for (std::uint32_t record = 0; record < records_.size(); ++record) {
      for (; line < lines.size() && lines[line].record == record; ++line) {
        add(record, decisions_.region(line), line, true);
      }
      if (!universe_.is_certain(records_[record])) {
        for (const auto& region : universe_.possible(records_[record])) {
          add(record, region, line, false);
        }
      }
    }
    std::stable_sort(space_.pieces.begin(), space_.pieces.end(),
                     [](const Piece& a, const Piece& b) {
                       return std::tie(a.record, a.transport) < std::tie(b.record, b.transport);
                     });
    return std::move(space_);
  }

 private:
  void add(std::uint32_t record, const Region& region, std::uint32_t end, bool certain) {
    const auto& transports = universe_.transports();
    for (std::uint8_t t = 0; t < decisions_.transports(); ++t) {
      if (!takes(records_[record].type, transports[t].front())) continue;
      for (const auto& part : decisions_.left(region, t, end)) {
        for (const auto transport : transports[t]) add(record, transport, part, certain);
      }
    }
  }

  void add(std::uint32_t record, Transport transport, const Region& part, bool certain) {
    Piece piece{record,
                transport,
                universe_.role_atoms(part.roles),
                universe_.database_atoms(part.databases),
                {},
                certain};
    std::erase_if(piece.roles, [&](auto i) { return i >= space_.roles.size(); });
    std::erase_if(piece.databases, [&](auto i) { return i >= space_.databases.size(); });
    const bool local = transport == Transport::local;
    if (!local) piece.origin = universe_.origin(part.origin).addresses;
    if (piece.roles.empty() || piece.databases.empty()) return;
    if (local || !piece.origin.empty()) space_.pieces.push_back(std::move(piece));
  }

  const std::vector<HbaRecord>& records_;
  Universe universe_;
  const DecisionList& decisions_;
  Space space_;
};

}  // namespace

Space connection_space(const Cluster& cluster, const Graph& graph) {
  return Builder(cluster, graph).build();
}

}  // namespace pgleast
