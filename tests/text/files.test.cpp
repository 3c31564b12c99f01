#include "text/files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/catch.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "pgleast.XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~Folder() { fs::remove_all(path); }
  std::string operator/(const char* name) const { return (path / name).string(); }
  fs::path path;
};

unsigned mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(lstat(path.c_str(), &found) == 0);
  return found.st_mode & 0777U;
}

}  // namespace

TEST_CASE("what is written is for its owner, and whole", "[text][files]") {
  const Folder folder;
  const auto path = folder / "report";
  std::ofstream(path) << "what was before, and longer";
  fs::permissions(path, fs::perms::all);
  write_file(path, "new");
  CHECK(read_file(path) == "new");
  CHECK(mode_of(path) == 0600U);
  const auto fails = [](const Write& write) {
    write("half");
    fail("", "no more");
  };
  CHECK_THROWS_AS(write_file(path, fails), Error);
  CHECK(read_file(path) == "new");
  CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator{}) == 1);
}

TEST_CASE("nothing is written through a link", "[text][files]") {
  const Folder folder;
  std::ofstream(folder / "victim") << "victim's";
  fs::create_symlink("victim", folder / "link");
  fs::create_symlink("nowhere", folder / "dangling");
  fs::create_hard_link(folder / "victim", folder / "hard");
  for (const char* const name : {"link", "dangling", "hard"}) {
    CAPTURE(name);
    write_file(folder / name, "ours");
    CHECK(read_file(folder / name) == "ours");
    CHECK(mode_of(folder / name) == 0600U);
    CHECK(fs::is_regular_file(fs::symlink_status(folder / name)));
  }
  CHECK(read_file(folder / "victim") == "victim's");
  CHECK(!fs::exists(folder / "nowhere"));
}

TEST_CASE("a stream is written to, not replaced", "[text][files]") {
  write_file("/dev/null", "gone");
  CHECK(fs::is_character_file("/dev/null"));
  CHECK_THROWS_AS(write_file("/dev/full", "no room"), Error);
  CHECK_THROWS_AS(write_file(fs::temp_directory_path().string(), "a folder"), Error);
}
