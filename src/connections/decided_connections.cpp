#include "connections/decided_connections.hpp"

#include <algorithm>

namespace pgleast {
namespace {

class Builder {
 public:
  Builder(const Cluster& cluster, const Graph& graph)
      : records_(cluster.hba.records),
        classes_(cluster, graph, {&records_}),
        decisions_(classes_.decisions(0)) {
    // Points that stand for names and addresses which are told apart elsewhere are left out.
    for (const auto& atom : classes_.roles()) {
      if (!atom.token) decided_.roles.push_back(atom);
    }
    for (const auto& atom : classes_.databases()) {
      if (!atom.token) decided_.databases.push_back(atom);
    }
  }

  DecidedConnections build() {
    const auto& lines = decisions_.lines();
    std::uint32_t line = 0;
    for (std::uint32_t record = 0; record < records_.size(); ++record) {
      for (; line < lines.size() && lines[line].record == record; ++line) {
        add(record, decisions_.region(line), line, true);
      }
      if (!classes_.is_certain(records_[record])) {
        for (const auto& region : classes_.possible(records_[record])) {
          add(record, region, line, false);
        }
      }
    }
    std::stable_sort(decided_.parts.begin(), decided_.parts.end(),
                     [](const DecidedPart& a, const DecidedPart& b) {
                       return std::tie(a.record, a.transport) < std::tie(b.record, b.transport);
                     });
    return std::move(decided_);
  }

 private:
  void add(std::uint32_t record, const Region& region, std::uint32_t end, bool certain) {
    const auto& transports = classes_.transports();
    for (std::uint8_t t = 0; t < decisions_.transports(); ++t) {
      if (!takes(records_[record].type, transports[t].front())) continue;
      for (const auto& left : decisions_.left(region, t, end)) {
        for (const auto transport : transports[t]) add(record, transport, left, certain);
      }
    }
  }

  void add(std::uint32_t record, Transport transport, const Region& region, bool certain) {
    DecidedPart part{record,
                     transport,
                     classes_.role_atoms(region.roles),
                     classes_.database_atoms(region.databases),
                     {},
                     certain};
    std::erase_if(part.roles, [&](auto i) { return i >= decided_.roles.size(); });
    std::erase_if(part.databases, [&](auto i) { return i >= decided_.databases.size(); });
    const bool local = transport == Transport::local;
    if (!local) part.origin = classes_.origin(region.origin).addresses;
    if (part.roles.empty() || part.databases.empty()) return;
    if (local || !part.origin.empty()) decided_.parts.push_back(std::move(part));
  }

  const std::vector<HbaRecord>& records_;
  ConnectionClasses classes_;
  const DecisionList& decisions_;
  DecidedConnections decided_;
};

}  // namespace

DecidedConnections decided_connections(const Cluster& cluster, const Graph& graph) {
  return Builder(cluster, graph).build();
}

}  // namespace pgleast
