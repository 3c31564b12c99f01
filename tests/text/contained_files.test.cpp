#include "text/contained_files.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/catch.hpp"

using namespace pgleast;
namespace fs = std::filesystem;

TEST_CASE("a file of a repository pulls in what is in it, and nothing of the system",
          "[text][files]") {
  std::string pattern = (fs::temp_directory_path() / "pgleast.XXXXXX").string();
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  const fs::path folder = pattern;
  fs::create_directories(folder / "repository/.git");
  fs::create_directories(folder / "repository/db");
  for (const char* const name : {"outside", "repository/inside", "repository/db/first"}) {
    std::ofstream(folder / name) << "text";
  }
  fs::create_symlink("../../outside", folder / "repository/db/link");
  const auto first = (folder / "repository/db/first").string();
  const auto why = [&](const std::string& path) {
    return why_not_contained(first, path.starts_with('/') ? path : beside(first, path));
  };
  CHECK(!why("first"));
  CHECK(!why("../inside"));
  CHECK(!why("../nowhere"));
  CHECK(!why("/nowhere/at/all"));
  CHECK(why("../../outside") == "it lies outside of the repository");
  CHECK(why("link") == "it lies outside of the repository");
  CHECK(why("/etc/passwd") == "it lies outside of the repository");
  CHECK(why("/dev/stdin") == "it is of the system that runs pgleast");
  CHECK(why("/dev/../proc/self/environ") == "it is of the system that runs pgleast");
  CHECK(why("/proc/self/environ") == "it is of the system that runs pgleast");
  CHECK(why("/proc/self/root/etc/passwd") == "it is of the system that runs pgleast");

  // Without a repository files lie where they like.
  const auto outside = (folder / "outside").string();
  CHECK(!why_not_contained(outside, "/etc/passwd"));
  CHECK(why_not_contained(outside, "/proc/self/environ"));
  CHECK(!why_not_contained("/dev/stdin", "/dev/stdin"));
  // A policy of no repository extends what is beside or below it, or below the working folder.
  CHECK(!why_not_contained(outside, (folder / "repository/inside").string(), Bounds::folder));
  CHECK(!why_not_contained(outside, fs::current_path().string(), Bounds::folder));
  CHECK(why_not_contained(outside, "/etc/passwd", Bounds::folder));
  CHECK(!why_not_contained(first, (folder / "repository/inside").string(), Bounds::folder));
  const auto files = contained(disk_files(), first);
  CHECK(files.read(first).text == "text");
  CHECK(files.read((folder / "outside").string()).why == "it lies outside of the repository");
  CHECK(files.list("/proc").why == "it is of the system that runs pgleast");
  fs::remove_all(folder);
}
