// The records that a platform's documents leave to initdb are those that initdb writes.
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "input/config/hba.hpp"
#include "input/platforms/initdb.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"
#include "support/server.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

std::vector<std::string> records_of(const std::string& text) {
  std::vector<ConfigFile> read;
  std::vector<std::string> result;
  const auto file = read_hba("pg_hba.conf", memory_files({{"pg_hba.conf", text}}), 150000, read);
  CHECK(file.problems.empty());
  for (const auto& record : file.records) result.push_back(to_string(record));
  return result;
}

std::string written_by_initdb(const std::string& arguments) {
  const auto* const bin = std::getenv("PGLEAST_PG_BIN");
  REQUIRE(bin != nullptr);
  const auto script = fmt::format(
      "set -e; d=$(mktemp -d /tmp/pgi.XXXXXX); trap 'rm -rf \"$d\"' EXIT; echo secret > \"$d/pw\"; "
      "{}/initdb -D \"$d/data\" -U postgres -E UTF8 --locale=C --no-sync --pwfile=\"$d/pw\" {} "
      "> \"$d/said\" 2>&1 || cat \"$d/said\"; cat \"$d/data/pg_hba.conf\"",
      shell_quoted(bin), arguments);
  const auto ran = run(fmt::format("{} as_server sh -c {}",
                                   shell_quoted(PGLEAST_SOURCE_DIR "/tests/support/server.sh"),
                                   shell_quoted(script)));
  INFO(ran.out);
  CHECK(ran.code == 0);
  return ran.out;
}

std::string declared(const std::string& arguments) {
  YamlNode at;
  at.source = std::make_shared<const Source>("document", "");
  std::vector<DeclaredLine> lines;
  add_initdb_records(initdb_arguments(arguments), at, lines);
  std::string text;
  for (const auto& line : lines) text += line.text + '\n';
  return text;
}

}  // namespace

TEST_CASE("documents that say no records have those of initdb", "[live][platforms]") {
  for (const auto* const arguments :
       {"", "--auth-host=md5 --auth-local=peer", "-A scram-sha-256", "--auth=md5", "-A peer",
        "--auth=ident", "--auth-local=scram-sha-256",
        "--auth-host scram-sha-256 --auth-local trust"}) {
    INFO(arguments);
    CHECK(records_of(declared(arguments)) == records_of(written_by_initdb(arguments)));
  }
}
