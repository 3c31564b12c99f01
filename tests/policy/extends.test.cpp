// Policies that extend policies: each file is read once, however many extend it, before the first
// of them; circles and depths without an end are refused at their place.

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "policy/loader.hpp"
#include "support/catch.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder()
      : path_(fs::temp_directory_path() /
              ("pgleast-extends-" + std::to_string(std::random_device{}()))) {
    fs::create_directory(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << "policy: 1\n" << text;
    return (path_ / name).string();
  }
  std::string error_of(const std::string& name) const {
    try {
      load_policy({(path_ / name).string()});
    } catch (const Error& e) {
      std::string message = e.what();
      const auto folder = path_.string() + '/';
      for (auto at = message.find(folder); at != std::string::npos; at = message.find(folder)) {
        message.erase(at, folder.size());
      }
      return message.substr(0, message.find('\n'));
    }
    return "no error";
  }

 private:
  fs::path path_;
};

}  // namespace

TEST_CASE("what many policies extend is read once", "[policy]") {
  const Folder folder;
  const int levels = 40;
  for (int level = 0; level < levels; ++level) {
    for (const char* const side : {"a", "b"}) {
      const auto extends = level + 1 < levels ? fmt::format("[a{0}.yaml, b{0}.yaml]", level + 1)
                                              : std::string("[baseline]");
      folder.write(fmt::format("{}{}.yaml", side, level),
                   fmt::format("extends: {}\naccess:\n  - {{id: {}{}, who: x, cannot_become: y}}\n"
                               "grants:\n  - {{to: x, databases: {{names: [d], allow: []}}}}\n",
                               extends, side, level));
    }
  }
  const auto policy = load_policy({folder.write("top.yaml", "extends: [a0.yaml, b0.yaml]\n")});
  CHECK(policy.access.size() == 2 * levels);
  CHECK(policy.grants.size() == 2 * levels);
}

TEST_CASE("a policy wins over what it extends, whoever else extends that", "[policy]") {
  const Folder folder;
  folder.write("base.yaml", "extends: [baseline]\nclasses:\n  people: {names: [base]}\n");
  folder.write("one.yaml", "extends: [base.yaml]\nclasses:\n  people: {names: [one]}\n");
  folder.write("two.yaml", "extends: [base.yaml]\n");
  const auto policy = load_policy({folder.write("top.yaml", "extends: [one.yaml, two.yaml]\n")});
  CHECK(policy.find_class("people")->names.front().text == "one");
}

TEST_CASE("policies that extend each other without an end are refused", "[policy]") {
  const Folder folder;
  folder.write("one.yaml", "extends: [two.yaml]\n");
  folder.write("two.yaml", "extends: [three.yaml]\n");
  folder.write("three.yaml", "extends: [baseline, ./one.yaml]\n");
  CHECK(folder.error_of("one.yaml") == "three.yaml:2:21: error: `./one.yaml` extends itself");
  for (int i = 0; i < 60; ++i) {
    folder.write(fmt::format("p{}.yaml", i), fmt::format("extends: [p{}.yaml]\n", i + 1));
  }
  folder.write("p60.yaml", "extends: [baseline]\n");
  CHECK(folder.error_of("p0.yaml") ==
        "p49.yaml:2:11: error: policies extend policies more than 50 deep");
  CHECK(folder.error_of("p20.yaml") == "no error");
}

TEST_CASE("client networks are addresses, or names of such", "[policy]") {
  struct Case {
    const char* text;
    const char* result;
  };
  const auto c = GENERATE(values<Case>({
      {"parameters:\n  client_networks: [samenet, 10.0.0.0/8, .example.org, localhost]\n",
       "samenet 10.0.0.0/8 .example.org localhost"},
      {"networks:\n  office: [10.0.0.0/8, 192.168.0.0/16]\nparameters:\n  client_networks: "
       "[office, \"fd00::/8\"]\n",
       "10.0.0.0/8 192.168.0.0/16 fd00::/8"},
      {"parameters:\n  client_networks: [ofice]\nnetworks:\n  office: [10.0.0.0/8]\n",
       "p.yaml:4:21: error: there is no network `ofice`; did you mean `office`?"},
      {"parameters:\n  client_networks: samnet\n",
       "p.yaml:4:20: error: there is no network `samnet`; did you mean `samenet`?"},
      {"parameters:\n  client_networks: [10.0.0.0/33]\n",
       "p.yaml:4:21: error: there is no network `10.0.0.0/33`"},
      // An address that is misspelt is no host name, nor is what would be more than one word.
      {"parameters:\n  client_networks: [10.0.0.300]\n",
       "p.yaml:4:21: error: there is no network `10.0.0.300`"},
      {"parameters:\n  client_networks: [\"a.example trust # \"]\n",
       "p.yaml:4:21: error: there is no network `a.example trust # `"},
      {"parameters:\n  client_networks: [db1.example.org]\n", "db1.example.org"},
      // The policy's own name comes before a host's.
      {"networks:\n  apps.internal: [10.2.0.0/16]\nparameters:\n  client_networks: "
       "[apps.internal]\n",
       "10.2.0.0/16"},
      {"networks:\n  samenet: [10.2.0.0/16]\n",
       "p.yaml:4:3: error: `samenet` means something already; a network needs another name"},
      {"networks:\n  local: [10.2.0.0/16]\n",
       "p.yaml:4:3: error: `local` means something already; a network needs another name"},
      {"parameters:\n  client_networks: [home]\nnetworks:\n  home: [local, 10.0.0.0/8]\n",
       "p.yaml:4:21: error: `home` has `local` in it, which is no address of pg_hba.conf"},
  }));
  INFO(c.text);
  const Folder folder;
  const auto path = folder.write("p.yaml", std::string("extends: [baseline]\n") + c.text);
  auto found = folder.error_of("p.yaml");
  if (found == "no error") {
    found.clear();
    const auto policy = load_policy({path});
    for (const auto& pattern : policy.parameters.at("client_networks")) {
      found += (found.empty() ? "" : " ") + pattern.text;
    }
  }
  CHECK(found == c.result);
}

TEST_CASE("a fix narrows to networks, which a pack's own parameter has, too", "[policy]") {
  struct Case {
    const char* narrow_to;
    const char* otherwise;  // the parameter's default
    const char* result;
  };
  const auto c = GENERATE(values<Case>({
      {"$apps", "[inside, samenet]", "10.1.0.0/16 samenet"},
      {"$apps", "[insde]",
       "pack.yaml:4:15: error: there is no network `insde`; did you mean "
       "`inside`?"},
      {"$aps", "[samenet]",
       "X-001.yaml:7:18: error: `$aps` is no parameter that names networks; "
       "did you mean `$apps`?"},
      {"$people", "[samenet]",
       "X-001.yaml:7:18: error: `$people` is no parameter that names networks"},
  }));
  CAPTURE(c.narrow_to, c.otherwise);
  const Folder folder;
  const auto policy_path =
      folder.write("p.yaml", "networks:\n  inside: [10.1.0.0/16]\nextends: [own]\n");
  const auto pack = fs::path(policy_path).parent_path() / "own";
  fs::create_directory(pack);
  std::ofstream(pack / "pack.yaml")
      << "pack: own\nparameters:\n  apps:\n    default: " << c.otherwise
      << "\n    names: networks\n    why: w\n  people: {default: [a], why: w}\n";
  std::ofstream(pack / "X-001.yaml")
      << "id: X-001\ntitle: t\nseverity: low\nwhy: w\nremediation: r\ncheck: hba_any_address\n"
         "fix: {narrow_to: "
      << c.narrow_to << "}\nexamples: {bad: [], good: []}\n";
  auto found = folder.error_of("p.yaml");
  if (found == "no error") {
    found.clear();
    const auto policy = load_policy({policy_path});
    for (const auto& pattern : policy.parameters.at("apps")) {
      found += (found.empty() ? "" : " ") + pattern.text;
    }
  }
  CHECK(found.substr(found.find("own/") == 0 ? 4 : 0) == c.result);
}
