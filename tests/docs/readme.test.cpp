// What the README files list is what there is.

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

using Cells = std::vector<std::string>;

// `| a | b |` -> a, b
Cells cells_of(const std::string& line) {
  Cells cells;
  for (std::size_t begin = 2, end = 0; (end = line.find(" |", begin)) != std::string::npos;) {
    cells.push_back(line.substr(begin, end - begin));
    begin = end + 3;
  }
  return cells;
}

// The rows of the Markdown table whose first column is called `head`.
std::vector<Cells> table_rows(const std::string& path, const std::string& head) {
  std::ifstream file(std::string(PGLEAST_SOURCE_DIR) + "/" + path);
  std::vector<Cells> rows;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (inside && !line.starts_with("|")) break;
    inside = inside || line.starts_with("| " + head + " |");
    if (inside && line.starts_with("| ")) rows.push_back(cells_of(line));
  }
  REQUIRE(rows.size() > 1);
  rows.erase(rows.begin());
  return rows;
}

}  // namespace

TEST_CASE("README.md lists the commands of pgleast --help", "[docs]") {
  CLI::App app;
  Run run;
  for (const auto& command : commands()) command.add(app, run);
  const auto rows = table_rows("README.md", "command");
  REQUIRE(rows.size() == commands().size());
  for (std::size_t i = 0; i < commands().size(); ++i) {
    const std::string name(commands()[i].name);
    CHECK(rows[i].at(0) == "`" + name + "`");
    CHECK(rows[i].at(1) == app.get_subcommand(name)->get_description());
  }
}

TEST_CASE("the insecure shop's README names the rules that find each fault", "[docs]") {
  std::map<std::string, std::set<std::string>> found;
  std::ifstream file(std::string(PGLEAST_SOURCE_DIR) + "/tests/data/mystore-findings.txt");
  REQUIRE(file);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string fault, rule;
    if (line.starts_with('#') || !(words >> fault >> rule)) continue;
    found[fault].insert(rule);
  }
  std::map<std::string, std::set<std::string>> said;
  for (const auto& cells : table_rows("samples/mystore/insecure/README.md", "no.")) {
    std::istringstream words(cells.back());
    for (std::string rule; words >> rule;) {
      if (rule.ends_with(',')) rule.pop_back();
      said[cells.front()].insert(rule);
    }
  }
  CHECK(found == said);
}
