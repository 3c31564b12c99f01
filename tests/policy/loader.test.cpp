// Policies that are not valid: the message with its place, whole.

#include "policy/loader.hpp"

#include <filesystem>
#include <fstream>

#include "support/catch.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;

namespace {

std::string error_of(const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() / "pgleast-loader-test.yaml";
  std::ofstream(path) << text;
  std::string message = "no error";
  try {
    load_policy({path.string()});
  } catch (const Error& e) {
    message = e.what();
    CHECK(e.fault() == Fault::usage);
    const auto at = message.find(path.string());
    if (at == 0) message = "p.yaml" + message.substr(path.string().size());
  }
  std::filesystem::remove(path);
  return message;
}

}  // namespace

TEST_CASE("a policy that is not valid is refused at its place", "[policy]") {
  struct Case {
    const char* text;
    const char* message;
  };
  const auto c = GENERATE(values<Case>({
      {"policy: 1\nmemberhips: []\n",
       "p.yaml:2:1: error: unknown key `memberhips`; did you mean `memberships`?\n"
       "  memberhips: []\n"
       "  ^~~~~~~~~~"},
      {"policy: 2\n",
       "p.yaml:1:9: error: unknown format; this version reads `policy: 1`\n"
       "  policy: 2\n"
       "          ^"},
      {"name: x\n",
       "p.yaml:1:1: error: a policy needs the key `policy`\n"
       "  name: x\n"
       "  ^"},
      {"policy: 1\nextends: [basline]\n",
       "p.yaml:2:11: error: there is no pack and no file `basline`; did you mean `baseline`?\n"
       "  extends: [basline]\n"
       "            ^~~~~~~"},
      {"policy: 1\nname: &a x\n",
       "p.yaml:2:7: error: an anchor is not allowed here\n"
       "  name: &a x\n"
       "        ^"},
      {"policy: 1\nname: a\nname: b\n",
       "p.yaml:3:1: error: the key `name` stands here twice\n"
       "  name: b\n"
       "  ^~~~"},
      {"policy: 1\nextends: [baseline]\nrules:\n  HBA-01: {severity: low}\n",
       "p.yaml:4:3: error: unknown rule `HBA-01`; did you mean `HBA-001`?\n"
       "    HBA-01: {severity: low}\n"
       "    ^~~~~~"},
      {"policy: 1\ngrants:\n  - {to: a, tables: {schema: s, names: ['*'], require: [SELEKT]}}\n",
       "p.yaml:3:57: error: `SELEKT` is no privilege of a table; these are: INSERT, SELECT, "
       "UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN\n"
       "    - {to: a, tables: {schema: s, names: ['*'], require: [SELEKT]}}\n"
       "                                                          ^~~~~~"},
      {"policy: 1\ngrants:\n  - {to: a, tables: {schema: s, names: [t], require: [SELECT]}}\n"
       "  - {to: a, tables: {schema: s, names: [t], allow: []}}\n",
       "p.yaml:3:21: error: requires SELECT that p.yaml:4 does not allow\n"
       "    - {to: a, tables: {schema: s, names: [t], require: [SELECT]}}\n"
       "                      ^"},
  }));
  auto message = error_of(c.text);
  const auto temporary =
      std::filesystem::temp_directory_path().string() + "/pgleast-loader-test.yaml";
  for (auto at = message.find(temporary); at != std::string::npos; at = message.find(temporary)) {
    message.replace(at, temporary.size(), "p.yaml");
  }
  CHECK(message == c.message);
}
