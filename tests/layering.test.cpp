// src/rooms.txt says which room may include which, and where a foreign library has its door; and
// tests/ has a folder for each room.

#include <re2/re2.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace fs = std::filesystem;

namespace {

const fs::path root = fs::path(PGLEAST_SOURCE_DIR) / "src";

using Cells = std::vector<std::string>;

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

// The rows of src/rooms.txt that have so many cells.
std::vector<Cells> rows(std::size_t width) {
  std::ifstream file(root / "rooms.txt");
  std::vector<Cells> result;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    Cells cells;
    std::istringstream parts(line);
    for (std::string cell; std::getline(parts, cell, '|');) cells.push_back(trimmed(cell));
    if (cells.size() == width) result.push_back(cells);
  }
  REQUIRE(!result.empty());
  return result;
}

std::set<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

// Each room with itself and all that it may include. A row names only rows above it.
std::map<std::string, std::set<std::string>> may_include() {
  std::map<std::string, std::set<std::string>> result;
  for (const auto& row : rows(4)) {
    INFO(row[0]);
    std::set<std::string> allowed{row[0]};
    for (const auto& other : words(row[1])) {
      INFO("may include " << other);
      REQUIRE(result.count(other) == 1);
      allowed.insert(result[other].begin(), result[other].end());
    }
    REQUIRE(result.emplace(row[0], allowed).second);
  }
  return result;
}

std::set<fs::path> sources() {
  std::set<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const auto end = entry.path().extension();
    if (end == ".cpp" || end == ".hpp") files.insert(entry.path().lexically_relative(root));
  }
  return files;
}

std::vector<std::string> lines_of(const fs::path& name) {
  std::ifstream file(root / name);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("every room includes only the rooms before it", "[layering]") {
  const RE2 include(R"re(#include "(?:(.+)/)?[^/"]+".*)re");
  const auto allowed = may_include();
  std::set<std::string> seen;
  for (const auto& name : sources()) {
    const auto room = name.parent_path().string();
    if (room.empty()) continue;  // main.cpp
    INFO(name.string());
    REQUIRE(allowed.count(room) == 1);
    seen.insert(room);
    for (const auto& line : lines_of(name)) {
      std::string other;
      if (!RE2::FullMatch(line, include, &other) || other.empty()) continue;
      INFO(line);
      CHECK(allowed.at(room).count(other) == 1);
    }
  }
  CHECK(seen.size() == allowed.size());
}

TEST_CASE("a foreign library has one door", "[layering]") {
  for (const auto& name : sources()) {
    for (const auto& line : lines_of(name)) {
      for (const auto& door : rows(2)) {
        if (line.rfind("#include " + door[0], 0) != 0) continue;
        INFO(name.string() << ": " << line);
        CHECK(name.string().rfind(door[1], 0) == 0);
      }
    }
  }
}

TEST_CASE("CONTRIBUTING.md shows the rooms of src/rooms.txt", "[layering][docs]") {
  std::string table;
  for (const auto& row : rows(4)) table += "| `" + row[0] + "/` | " + row[3] + " |\n";
  std::ifstream file(fs::path(PGLEAST_SOURCE_DIR) / "CONTRIBUTING.md");
  std::stringstream text;
  text << file.rdbuf();
  INFO(table);
  CHECK(text.str().find("| room | what is in it |\n|---|---|\n" + table + "\n") !=
        std::string::npos);
}

TEST_CASE("no room is too large to know", "[layering]") {
  std::map<std::string, std::size_t> lines;
  for (const auto& name : sources()) lines[name.parent_path().string()] += lines_of(name).size();
  for (const auto& [room, count] : lines) {
    INFO(room << ": " << count << " lines");
    CHECK(count <= 6000);
  }
}

namespace {

struct TestedElsewhere {
  const char* room;
  const char* where;
  const char* why;
};

// All other rooms have a folder of their own under tests/.
const TestedElsewhere tested_elsewhere[] = {
    {"input/server", "live", "it reads servers"},
    {"input/replay/roles", "live", "servers say what random scripts leave"},
    {"input/replay/catalog", "live", "the same"},
    {"input/replay/query", "live", "the same"},
    {"input/platforms/declared", "input/platforms", "by the documents of all platforms"},
    {"cli", "cases", "whole runs of the binary"},
};

bool has_tests(const fs::path& folder) {
  if (!fs::is_directory(folder)) return false;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().ends_with(".test.cpp")) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("every room is tested in the folder of its name", "[layering]") {
  const auto tests = root.parent_path() / "tests";
  std::map<std::string, std::string> elsewhere;
  for (const auto& row : tested_elsewhere) elsewhere.emplace(row.room, row.where);
  for (const auto& row : rows(4)) {
    INFO(row[0]);
    const auto found = elsewhere.find(row[0]);
    CHECK(has_tests(tests / row[0]) == (found == elsewhere.end()));
    if (found == elsewhere.end()) continue;
    CHECK(fs::is_directory(tests / found->second));
    elsewhere.erase(found);
  }
  CHECK(elsewhere.empty());  // a row for a room that is gone
}
