// Documents of platforms as the server would read them: each folder of `declared` holds documents
// and what was looked at and found right. PGLEAST_ACCEPT=1 writes what came: read it before you
// commit it.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "support/catch.hpp"
#include "support/declared_text.hpp"
#include "text/files.hpp"

namespace fs = std::filesystem;
using namespace pgleast;
using namespace pgleast::test;

TEST_CASE("documents say what the server would read", "[platforms]") {
  const auto root = fs::path(PGLEAST_SOURCE_DIR) / "tests/input/platforms/declared";
  std::set<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(root)) folders.insert(entry.path());
  REQUIRE(folders.size() >= 5);
  for (const auto& folder : folders) {
    INFO(folder.filename().string());
    const auto text = declared_text(folder);
    const auto expected = folder / "expected";
    if (std::getenv("PGLEAST_ACCEPT") != nullptr) std::ofstream(expected) << text;
    CHECK(text == read_file(expected.string()));
  }
}
