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
  const char* record = nullptr;  // one for each, before the others
};
constexpr Growing all[] = {
    {"roles in a chain that ends at a superuser", "CREATE ROLE r0 SUPERUSER;\n",
     "CREATE ROLE r{0} LOGIN; GRANT r{1} TO r{0};\n", "audit --quiet", 5000},
    {"roles in a chain to one that reads a table, reach",
     "CREATE ROLE r0; CREATE TABLE t (a int); GRANT SELECT ON t TO r0;\n",
     "CREATE ROLE r{0} LOGIN; GRANT r{1} TO r{0};\n", "reach --to table:public.t", 500},
    {"roles in a chain to one that reads a table, explained",
     "CREATE ROLE r0; CREATE TABLE t (a int); GRANT SELECT ON t TO r0;\n",
     "CREATE ROLE r{0} LOGIN; GRANT r{1} TO r{0};\n", "access --explain --role r100", 250},
    {"roles that are members of a superuser, audit", "CREATE ROLE g SUPERUSER;\n",
     "CREATE ROLE r{0} LOGIN IN ROLE g;\n", "audit", 2500},
    {"roles that are members of a superuser, reach",
     "CREATE ROLE g SUPERUSER; CREATE TABLE t (a int);\n", "CREATE ROLE r{0} LOGIN IN ROLE g;\n",
     "reach --to superuser", 1000},
    {"roles granted a table each by the one before",
     "CREATE ROLE r0; CREATE TABLE t (a int); GRANT SELECT ON t TO r0 WITH GRANT OPTION;\n",
     "CREATE ROLE r{0}; SET ROLE r{1}; GRANT SELECT ON t TO r{0} WITH GRANT OPTION; RESET ROLE;\n",
     "audit --quiet", 1000},
    {"roles that may read one table, access", "CREATE TABLE t (a int);\n",
     "CREATE ROLE r{0} LOGIN; GRANT SELECT ON t TO r{0};\n", "access", 2500},
    {"roles that may set one parameter, steps up", "",
     "CREATE ROLE r{0} LOGIN;\n"
     "GRANT ALTER SYSTEM ON PARAMETER session_preload_libraries TO r{0};\n",
     "audit --policy escalation", 500},
    {"roles with a record each, reach", "CREATE TABLE t (a int);\n", "CREATE ROLE r{0} LOGIN;\n",
     "reach --to superuser", 500, "host all r{0} 10.0.0.0/8 scram-sha-256\n"},
    {"tables that inherit in a chain", "CREATE TABLE t0 (a int);\n",
     "CREATE TABLE t{0} () INHERITS (t{1});\n", "audit --quiet", 2000},
    {"views that each read the one before twice",
     "CREATE ROLE app LOGIN; CREATE ROLE boss; GRANT CREATE ON SCHEMA public TO boss;\n"
     "SET ROLE boss; CREATE TABLE v0 (a int);\n",
     "CREATE VIEW v{0} AS SELECT x.a FROM v{1} x, v{1} y; GRANT SELECT ON v{0} TO app;\n",
     "reach --to table:public.v0", 50},
    {"savepoints", "BEGIN;\n", "SAVEPOINT s{0}; CREATE TABLE t{0} (a int);\n", "audit --quiet",
     2000},
    {"SECURITY DEFINER functions", "CREATE TABLE t (a int);\n",
     "CREATE FUNCTION f{0}() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT a FROM "
     "public.t';\n",
     "audit --quiet", 2000},
    {"SECURITY DEFINER triggers that fire each other",
     "CREATE ROLE app LOGIN; CREATE TABLE t0 (a int); GRANT INSERT ON t0 TO app;\n",
     "CREATE TABLE t{0} (a int);\n"
     "CREATE FUNCTION f{0}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path ="
     " pg_catalog, pg_temp AS 'BEGIN INSERT INTO public.t{0} VALUES (1); RETURN NEW; END';\n"
     "CREATE TRIGGER g BEFORE INSERT ON t{1} FOR EACH ROW EXECUTE FUNCTION f{0}();\n",
     "reach --to superuser", 250},
};

double seconds_of(const Growing& growing, int count, const std::string& folder) {
  const auto script = folder + "/growth.sql", records = folder + "/pg_hba.conf";
  std::ofstream hba(records), out(script);
  out << growing.first;
  for (int i = 1; i <= count; ++i) {
    out << fmt::format(fmt::runtime(growing.each), i, i - 1);
    if (growing.record != nullptr) hba << fmt::format(fmt::runtime(growing.record), i, i - 1);
  }
  hba << "host all all 0.0.0.0/0 trust\n";
  hba.close();
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
