// What platforms have before the first script is followed on every version.

#include <fmt/format.h>

#include "input/replay/replay.hpp"
#include "model/fresh_cluster.hpp"
#include "pg/version.hpp"
#include "support/catch.hpp"
#include "text/embedded.hpp"

using namespace pgleast;

TEST_CASE("a prelude is followed to its end on every version", "[sources][replay]") {
  int preludes = 0;
  for (const auto& file : embedded_files()) {
    if (!file.path.starts_with("src/input/migrations/preludes/")) continue;
    ++preludes;
    for (int major = oldest_major; major <= newest_major; ++major) {
      INFO(file.path << " on " << major);
      auto cluster = fresh_cluster(major * 10000);
      const auto problems =
          replay_sql(Source(std::string(file.path), std::string(file.text)), cluster);
      CHECK(problems.syntax.empty());
      CHECK(problems.refused.empty());
      CHECK(cluster.seen(Fact::roles));
      CHECK((cluster.seen(Fact::objects) || is_untouched(cluster)));
    }
  }
  CHECK(preludes == 4);
}
