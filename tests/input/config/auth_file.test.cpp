// Lines, words and inclusion: what pg_hba.conf and pg_ident.conf share.

#include "input/config/auth_file.hpp"

#include "input/config/hba.hpp"
#include "input/config/included_files.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"

using namespace pgleast;
using test::memory_files;

namespace {

/// "2: host | app,odd db | all": a quoted word in <>.
std::vector<std::string> lines_of(const std::map<std::string, std::string>& files,
                                  int version_num = 180004) {
  std::vector<std::string> result;
  std::vector<ConfigFile> read;
  read_auth_file("/d/a", ConfigKind::hba, memory_files(files), version_num, read,
                 [&](const AuthLine& line) {
                   std::string text = std::to_string(line.number) + ":";
                   for (const auto& field : line.fields) {
                     text += text.ends_with(':') ? " " : " | ";
                     for (const auto& word : field) {
                       if (&word != &field.front()) text += ',';
                       text += word.quoted ? '<' + word.text + '>' : word.text;
                     }
                   }
                   if (line.error) text += " ! " + line.error->message;
                   result.push_back(text);
                 });
  return result;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a line is split into fields and words", "[input][auth]") {
  struct Case {
    std::string text;
    Lines expected;
  };
  const auto c = GENERATE(values<Case>({
      {"a b\tc\r\n", {"1: a | b | c"}},
      {"a, b,,c d", {"1: a,b,c | d"}},
      {"a , b", {"1: a | b"}},
      {"a,", {"1: a"}},
      {"\"a b\"c d", {"1: <a bc> | d"}},
      {"a\"b,c\"d", {"1: ab,cd"}},
      {"\"a\"\"b\"", {"1: <a\"b>"}},
      {"\"\" \"\"all", {"1: <> | <all>"}},
      {"\"a b # c", {"1: <a b # c>"}},
      {"a#b c", {"1: a"}},
      {"# a\n\n  ,, \nb", {"4: b"}},
      {"a\\\n b\\\n\\\n c\nd", {"1: a | b | c", "5: d"}},
      {"# a \\\nb\nc", {"3: c"}},
      {"a\xff\xc3 \xa0", {"1: a\xff\xc3 | \xa0"}},
      {std::string("a\0b\nc\nd", 7), {"1: ac", "2: d"}},
  }));
  CAPTURE(c.text);
  CHECK(lines_of({{"/d/a", c.text}}) == c.expected);
}

TEST_CASE("lines are continued from version 14 on", "[input][auth]") {
  const std::map<std::string, std::string> file{{"/d/a", "a \\\n b\nc"}};
  CHECK(lines_of(file, 130000) == Lines{"1: a | \\", "2: b", "3: c"});
  CHECK(lines_of(file, 140000) == Lines{"1: a | b", "3: c"});
}

TEST_CASE("a carriage return within a line is a blank up to version 18", "[input][auth]") {
  const std::map<std::string, std::string> file{
      {"/d/a", "a\rb c\r d\r\n\r\n \r \nq,\r \"y\rz\" #\rx\nw \\\r\n\rv"}};
  CHECK(lines_of(file, 180000) == Lines{"1: a | b | c | d", "4: q,<y\rz>", "5: w | v"});
  CHECK(lines_of(file, 190000) ==
        Lines{"1: a\rb | c\r | d", "3: \r", "4: q,\r | <y\rz>", "5: w | \rv"});
}

TEST_CASE("places point into the file, across continued lines", "[input][auth]") {
  const std::string text = "local \\\n  all nobody\\\n tru\\\nst map=x\n";
  std::vector<ConfigFile> read;
  const auto file = read_hba("/d/a", memory_files({{"/d/a", text}}), 180000, read);
  REQUIRE(file.problems.size() == 1);
  CHECK(to_string(file.problems[0].diagnostic) ==
        "/d/a:4:4: error: option `map` is not allowed with method `trust`\n"
        "  st map=x\n"
        "     ^~~~~");
}

TEST_CASE("a list is read from a file", "[input][auth]") {
  CHECK(lines_of({{"/d/a", "x @l y,@\"m n\" \"@l\" @"},
                  {"/d/l", "1 2, \"3\" # c\n@sub/o"},
                  {"/d/m n", "4"},
                  {"/d/sub/o", "@../m\\ \n5"}}) ==
        Lines{"1: x | 1,2,<3> | y,@m n | <@l> | @ ! file `/d/m\\` cannot be read: no such file"});
  CHECK(lines_of({{"/d/a", "x @l y,@\"m n\" \"@l\" @"},
                  {"/d/l", "1 2, \"3\" # c\n@sub/o"},
                  {"/d/m n", "4"},
                  {"/d/sub/o", "@\"../m n\" \n5"}}) ==
        Lines{"1: x | 1,2,<3>,4,5 | y,4 | <@l> | @"});
  CHECK(lines_of({{"/d/a", "x @l z"}, {"/d/l", "# none\n"}}) == Lines{"1: x | z"});
}

TEST_CASE("files are included from version 16 on", "[input][auth]") {
  const std::map<std::string, std::string> files{
      {"/d/a", "a\ninclude b\ninclude_dir c\ninclude_if_exists x\n\"include\" b x\nz"},
      {"/d/b", "b"},
      {"/d/c/2.conf", "c2"},
      {"/d/c/1.conf", "c1"},
      {"/d/c/.h.conf", "h"},
      {"/d/c/n.txt", "n"}};
  CHECK(lines_of(files) == Lines{"1: a", "1: b", "1: c1", "1: c2", "5: <include> | b | x", "6: z"});
  CHECK(lines_of(files, 150000).size() == 6);
}

TEST_CASE("a folder in place of a file reads as empty from version 14 on", "[input][auth]") {
  const std::map<std::string, std::string> files{{"/d/a", "x @sub y\nz"}, {"/d/sub/f.conf", "f"}};
  CHECK(lines_of(files, 130000) ==
        Lines{"1: x |  | y ! file `/d/sub` cannot be read: is a directory", "2: z"});
  CHECK(lines_of(files, 140000) == Lines{"1: x | y", "2: z"});
  CHECK(lines_of({{"/d/a", "include sub\ninclude_if_exists sub\nz"}, {"/d/sub/f", "f"}}) ==
        Lines{"3: z"});
}

TEST_CASE("a path is folded as the server does", "[input][auth]") {
  struct Case {
    std::string path;
    std::string before_15;
    std::string since_15;
  };
  const auto c = GENERATE(values<Case>({
      {"/a/../b", "/a/../b", "/a/../b"},
      {"x", "/d/e/x", "/d/e/x"},
      {"./x", "/d/e/x", "/d/e/x"},
      {"././x", "/d/e/x", "/d/e/x"},
      {"y//x/", "/d/e/y/x", "/d/e/y/x"},
      {"y/./x", "/d/e/y/./x", "/d/e/y/x"},
      {"y/../x", "/d/e/y/../x", "/d/e/x"},
      {"../x", "/d/e/../x", "/d/x"},
      {"y/.", "/d/e/y", "/d/e/y"},
      {"y/..", "/d/e", "/d/e"},
      {"y/../..", "/d", "/d"},
  }));
  CAPTURE(c.path);
  for (const int version_num : {120000, 130022, 140000}) {
    CHECK(resolved("/d/e/a", c.path, version_num) == c.before_15);
  }
  for (const int version_num : {150000, 180000}) {
    CHECK(resolved("/d/e/a", c.path, version_num) == c.since_15);
  }
}

TEST_CASE("loops and floods of includes end", "[input][auth]") {
  CHECK(lines_of({{"/d/a", "include a"}}) ==
        Lines{"1: include | a ! file `/d/a` cannot be read: files are nested more than 10 deep"});
  std::string many;
  for (int i = 0; i < 200; ++i) many += "include a\n";
  CHECK(lines_of({{"/d/a", many}}).size() < 300'000);
  CHECK(lines_of({{"/d/a", "x @a @a @a"}}, 150000).size() == 1);
}

TEST_CASE("a very long line is refused, not read", "[input][auth]") {
  const auto lines = lines_of({{"/d/a", "b\n" + std::string(100'000'000, 'x') + "\nc"}});
  CHECK(lines == Lines{"1: b", "2: ! the line is too long", "3: c"});
  CHECK(lines_of({{"/d/a", std::string(1'000'000, 'x')}})[0].size() == 1'000'003);
}

TEST_CASE("a missing file is an error of its own", "[input][auth]") {
  CHECK_THROWS_AS(lines_of({}), Error);
}
