#include "input/config/ident.hpp"

#include "report/ident_rows.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"
#include "support/rows.hpp"

using namespace pgleast;

namespace {

/// "1 map sys pg" or "- ! why" for each row.
std::vector<std::string> rows_of(const std::string& text, int version_num) {
  std::vector<ConfigFile> read;
  const auto file = read_ident("i", test::memory_files({{"i", text}}), version_num, read);
  std::vector<std::string> result;
  for (const auto& row : test::all_rows<IdentRow>(file)) {
    result.push_back(row.map_number ? std::to_string(*row.map_number) + ' ' + *row.map_name + ' ' +
                                          *row.sys_name + ' ' + *row.pg_username
                                    : "- ! " + *row.error);
  }
  return result;
}

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("pg_ident.conf is read", "[input][ident]") {
  CHECK(rows_of("m root app\n# c\nm \"a b\" \"all\" ignored\n", 180000) ==
        Rows{"1 m root app", "2 m a b all"});
  CHECK(rows_of("m root\nm x,y z\nm a b\n", 180000) ==
        Rows{"- ! the line ends before one role name", "- ! a list where one system user is wanted",
             "1 m a b"});
}

TEST_CASE("regular expressions in pg_ident.conf are checked", "[input][ident]") {
  const Rows bad{"- ! regular expression `(` is invalid: parentheses () not balanced"};
  CHECK(rows_of("m /( x", 120000) == bad);
  CHECK(rows_of("m x /(", 120000) == Rows{"1 m x /("});
  CHECK(rows_of("m x /(", 160000) == bad);
}

TEST_CASE("quoting is kept", "[input][ident]") {
  std::vector<ConfigFile> read;
  const auto file =
      read_ident("i", test::memory_files({{"i", "m root \"all\"\nm root all\n"}}), 180000, read);
  REQUIRE(file.records.size() == 2);
  CHECK(file.records[0].pg_user == HbaName{"all", true});
  CHECK(file.records[1].pg_user == HbaName{"all", false});
  CHECK(file.loads());
  CHECK(read.size() == 1);
  CHECK(read[0].kind == ConfigKind::ident);
}
