// Which room may include which. Data flows down this table, never up.

#include <re2/re2.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "support/catch.hpp"

namespace fs = std::filesystem;

namespace {

const std::map<std::string, std::set<std::string>> may_include{
    {"text", {}},
    {"pg", {"text"}},
    {"model", {"text", "pg"}},
    {"input", {"text", "pg", "model"}},
    {"graph", {"text", "pg", "model"}},
    {"reach", {"text", "pg", "model", "graph"}},
    {"finding", {"text", "pg", "model"}},
    {"escalation", {"text", "pg", "model", "graph", "reach", "finding"}},
    {"path", {"text", "pg", "model", "graph", "reach", "finding", "escalation"}},
    {"policy", {"text", "pg", "model", "input", "graph", "finding"}},
    {"checks",
     {"text", "pg", "model", "input", "graph", "reach", "finding", "escalation", "path", "policy"}},
    {"fix",
     {"text", "pg", "model", "input", "graph", "reach", "finding", "escalation", "path", "policy",
      "checks"}},
    {"bootstrap", {"text", "pg", "policy"}},
    {"report",
     {"text", "pg", "model", "input", "graph", "reach", "finding", "escalation", "path", "policy",
      "checks", "fix"}},
    {"cli",
     {"text", "pg", "model", "input", "graph", "reach", "finding", "escalation", "path", "policy",
      "checks", "fix", "bootstrap", "report"}},
};

// Which foreign library has its door where.
const std::map<std::string, std::string> doors{
    {"<pqxx/", "input/connection.cpp"}, {"<yaml-cpp/", "policy/yaml.cpp"},     {"<CLI/", "cli/"},
    {"<antlr4-runtime", "input/"},      {"<pg_query", "input/sql_script.cpp"},
};

std::set<fs::path> sources(const fs::path& folder) {
  std::set<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto end = entry.path().extension();
    if (end == ".cpp" || end == ".hpp") files.insert(entry.path());
  }
  return files;
}

}  // namespace

TEST_CASE("every room includes only the rooms before it", "[layering]") {
  const RE2 include(R"re(#include "(\w+)/.*)re");
  std::size_t rooms = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(PGLEAST_SOURCE_DIR) / "src")) {
    if (!entry.is_directory()) continue;
    const auto room = entry.path().filename().string();
    INFO(room);
    REQUIRE(may_include.count(room) == 1);
    ++rooms;
    for (const auto& path : sources(entry.path())) {
      std::ifstream file(path);
      for (std::string line, other; std::getline(file, line);) {
        if (!RE2::FullMatch(line, include, &other) || other == room) continue;
        INFO(path.string() << ": " << line);
        CHECK(may_include.at(room).count(other) == 1);
      }
    }
  }
  CHECK(rooms == may_include.size());
}

TEST_CASE("a foreign library has one door", "[layering]") {
  const auto root = fs::path(PGLEAST_SOURCE_DIR) / "src";
  for (const auto& path : sources(root)) {
    const auto name = path.lexically_relative(root).string();
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      for (const auto& [header, door] : doors) {
        if (line.rfind("#include " + header, 0) != 0) continue;
        INFO(name << ": " << line);
        CHECK(name.rfind(door, 0) == 0);
      }
    }
  }
}
