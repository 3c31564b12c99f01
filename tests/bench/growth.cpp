// What four times as much costs: about 4 x where the cost is that of the size, 16 x where each
// looks at all others.

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "bench/measure.hpp"
#include "support/server.hpp"

namespace pgleast::bench {
namespace {

struct Growing {
  const char* what;
  const char* first;
  const char* each;  // {0} is its number, {1} that of the one before it
  const char* command;
  int count;
};
constexpr Growing all[] = {
    {"roles in a chain that ends at a superuser", "CREATE ROLE r0 SUPERUSER;\n",
     "CREATE ROLE r{0} LOGIN; GRANT r{1} TO r{0};\n", "audit --quiet", 5000},
    {"roles that are members of a superuser, reach",
     "CREATE ROLE g SUPERUSER; CREATE TABLE t (a int);\n", "CREATE ROLE r{0} LOGIN IN ROLE g;\n",
     "reach --to superuser", 1000},
    {"roles granted a table each by the one before",
     "CREATE ROLE r0; CREATE TABLE t (a int); GRANT SELECT ON t TO r0 WITH GRANT OPTION;\n",
     "CREATE ROLE r{0}; SET ROLE r{1}; GRANT SELECT ON t TO r{0} WITH GRANT OPTION; RESET ROLE;\n",
     "audit --quiet", 1000},
    {"tables that inherit in a chain", "CREATE TABLE t0 (a int);\n",
     "CREATE TABLE t{0} () INHERITS (t{1});\n", "audit --quiet", 2000},
    {"savepoints", "BEGIN;\n", "SAVEPOINT s{0}; CREATE TABLE t{0} (a int);\n", "audit --quiet",
     2000},
    {"SECURITY DEFINER functions", "CREATE TABLE t (a int);\n",
     "CREATE FUNCTION f{0}() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT a FROM "
     "public.t';\n",
     "audit --quiet", 2000},
};

double seconds_of(const Growing& growing, int count, const std::string& folder) {
  const auto script = folder + "/growth.sql", records = folder + "/pg_hba.conf";
  std::ofstream(records) << "host all all 0.0.0.0/0 trust\n";
  std::ofstream out(script);
  out << growing.first;
  for (int i = 1; i <= count; ++i) out << fmt::format(fmt::runtime(growing.each), i, i - 1);
  out.close();
  return best_of(3, fmt::format("{} {} --server-version 16 --sql {} --hba {}", binary(),
                                growing.command, test::shell_quoted(script),
                                test::shell_quoted(records)))
      .seconds;
}

}  // namespace

void bench_growth() {
  std::string folder = (std::filesystem::temp_directory_path() / "pgleast.XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return;
  for (const auto& growing : all) {
    const auto little = seconds_of(growing, growing.count, folder);
    print(fmt::format("{} {}", 4 * growing.count, growing.what),
          seconds_of(growing, 4 * growing.count, folder), little, fmt::format("{}", growing.count));
  }
  std::filesystem::remove_all(folder);
}

}  // namespace pgleast::bench
