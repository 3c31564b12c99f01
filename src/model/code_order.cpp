#include "model/code_order.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

namespace pgleast {

void sort_code(Cluster& cluster) {
  const auto by = [](auto& list, auto key) {
    std::stable_sort(list.begin(), list.end(),
                     [&](const auto& a, const auto& b) { return key(a) < key(b); });
  };
  by(cluster.inheritances, [](const Inheritance& i) { return std::pair(i.child, i.parent); });
  by(cluster.foreign_keys,
     [](const ForeignKey& k) { return std::tuple(k.child, std::string_view(k.name), k.parent); });
  by(cluster.unique_keys, [](const UniqueKey& k) { return k.table; });
  by(cluster.bodies, [](const Body& b) { return b.of; });
  by(cluster.attachments,
     [](const Attachment& a) { return std::tuple(a.relation, a.kind, std::string_view(a.name)); });
  by(cluster.foreign_tables, [](const ForeignTable& t) { return t.table; });
  by(cluster.user_mappings, [](const UserMapping& m) { return std::pair(m.server, m.role); });
  const auto use_order = [](const CodeUse& a, const CodeUse& b) {
    return std::tuple(a.object, a.by_search_path, a.by_operator, a.maybe) <
           std::tuple(b.object, b.by_search_path, b.by_operator, b.maybe);
  };
  const auto sort_uses = [&](Code& code) {
    std::sort(code.uses.begin(), code.uses.end(), use_order);
    code.uses.erase(std::unique(code.uses.begin(), code.uses.end()), code.uses.end());
    std::sort(code.operators.begin(), code.operators.end());
  };
  for (auto& body : cluster.bodies) sort_uses(body.code);
  for (auto& attachment : cluster.attachments) sort_uses(attachment.code);
  for (auto& key : cluster.foreign_keys) sort_uses(key.code);
}

}  // namespace pgleast
