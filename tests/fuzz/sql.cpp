// A SQL script of any bytes, on a fresh cluster and on one that other statements changed: no
// crash, every place lies inside the text, and no number of the cluster leads nowhere. The
// first byte chooses the version.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "input/replay/replay.hpp"
#include "input/sql/psql_script.hpp"
#include "model/fresh_cluster.hpp"
#include "model/snapshot_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pgleast;
  if (size == 0 || size > 4096) return 0;
  const int version_num = (12 + data[0] % 7) * 10000;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto cluster = fresh_cluster(version_num);
  const Source script("fuzz", text);
  replay_sql(script, cluster);
  replay_sql(script, cluster);
  check_numbers(cluster);
  PsqlScript items(text);
  for (std::size_t last = 0; const auto item = items.next();) {
    if (item->span.end > text.size() || item->span.begin > item->span.end) std::abort();
    if (item->kind != PsqlItem::Kind::statement) continue;
    if (item->span.begin < last) std::abort();
    last = item->span.end;
  }
  if (starred_sql(text).size() != text.size()) std::abort();
  return 0;
}
