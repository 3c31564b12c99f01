#include "input/config/hba.hpp"

#include "support/catch.hpp"
#include "support/memory_files.hpp"

using namespace pgleast;
using test::memory_files;

namespace {

HbaFile read_text(const std::string& text, int version_num = 180004, HbaSettings settings = {}) {
  std::vector<ConfigFile> read;
  return read_hba("h", memory_files({{"h", text}}), version_num, read, settings);
}

}  // namespace

TEST_CASE("what the server refuses is shown where it stands", "[input][hba]") {
  struct Case {
    std::string text;
    std::string expected;
  };
  const auto c = GENERATE(values<Case>({
      {"host all all 0.0.0.0/0 md6",
       "h:1:24: error: unknown authentication method `md6`; did you mean `md5`?\n"
       "  host all all 0.0.0.0/0 md6\n"
       "                         ^~~"},
      {"hosts all all all trust",
       "h:1:1: error: unknown connection type `hosts`; did you mean `host`?\n"
       "  hosts all all all trust\n"
       "  ^~~~~"},
      {"local all",
       "h:1:10: error: the line ends before a user\n"
       "  local all\n"
       "           ^"},
      {"host all all 10.0.0.0/33 trust",
       "h:1:14: error: address `10.0.0.0/33` has an invalid mask length\n"
       "  host all all 10.0.0.0/33 trust\n"
       "               ^~~~~~~~~~~"},
      {"host all all 10.0.0.1 trust",
       "h:1:23: error: `trust` is no netmask; an address without `/` is followed by one\n"
       "  host all all 10.0.0.1 trust\n"
       "                        ^~~~~"},
      {"local all /( trust",
       "h:1:11: error: regular expression `(` is invalid: parentheses () not balanced\n"
       "  local all /( trust\n"
       "            ^~"},
      {"host all all all ldap ldapbindpasswd=my secret",
       "h:1:41: error: this word is not of the form name=value\n"
       "  host all all all ldap ldapbindpasswd=** ******\n"
       "                                          ^~~~~~"},
  }));
  CAPTURE(c.text);
  const auto file = read_text(c.text);
  REQUIRE(file.problems.size() == 1);
  CHECK(file.records.empty());
  CHECK(to_string(file.problems[0].diagnostic) == c.expected);
}

TEST_CASE("one bad line does not hide the others, but the file does not load", "[input][hba]") {
  const auto file = read_text("local all all peer\nbad\nhost all all all reject\n");
  CHECK(file.records.size() == 2);
  CHECK(file.problems.size() == 1);
  CHECK(file.problems[0].row == 1);
  CHECK_FALSE(file.loads());
  CHECK_FALSE(read_text("# nothing\n").loads());
}

TEST_CASE("a record knows its places", "[input][hba]") {
  const std::string text = "\nhostssl a,\"b c\"  +g 10.0.0.0 255.0.0.0 cert map=m # x\n";
  const auto file = read_text(text);
  REQUIRE(file.records.size() == 1);
  const auto& at = file.records[0].at;
  const auto piece = [&](Span span) { return text.substr(span.begin, span.end - span.begin); };
  CHECK(at.line == 2);
  CHECK(piece(at.type) == "hostssl");
  CHECK(piece(at.database) == "a,\"b c\"");
  CHECK(piece(at.user) == "+g");
  CHECK(piece(at.address) == "10.0.0.0 255.0.0.0");
  CHECK(piece(at.method) == "cert");
  CHECK(piece(at.options) == "map=m");
  CHECK(piece(at.whole) == "hostssl a,\"b c\"  +g 10.0.0.0 255.0.0.0 cert map=m");
}

TEST_CASE("a record is written as it would be in the file, secrets left out", "[input][hba]") {
  struct Case {
    std::string text;
    std::string expected;
  };
  const auto c = GENERATE(values<Case>({
      {"local all all peer", "local all all peer"},
      {"local \"all\" a\"b c\"d trust", "local \"all\" a\"b cd\" trust"},
      {"host all +\"odd,g\" 10.1.2.3/8 md5", "host all +\"odd,g\" 10.1.2.3/8 md5"},
      {"host all all 10.0.0.0 255.0.255.0 md5", "host all all 10.0.0.0/255.0.255.0 md5"},
      {"host all all \"samenet\" md5", "host all all \"samenet\" md5"},
      {"hostssl all all all cert clientname=DN",
       "hostssl all all all cert clientcert=verify-full clientname=DN"},
      {"host all all all ldap ldapbasedn=x ldapbindpasswd=y",
       "host all all all ldap ldapbasedn=x ldapbindpasswd=******** ldapscope=2"},
  }));
  CAPTURE(c.text);
  const auto file = read_text(c.text);
  REQUIRE(file.records.size() == 1);
  CHECK(to_string(file.records[0]) == c.expected);
}

TEST_CASE("a vertical tab parts the words of a list since version 17", "[input][hba]") {
  const std::string radius = "host all all all radius radiusservers=::1 radiussecrets=a\vb";
  CHECK(read_text(radius, 160014).loads());
  CHECK_FALSE(read_text(radius, 170010).loads());
}

TEST_CASE("settings decide over some records", "[input][hba]") {
  const std::string ssl = "hostssl all all all md5";
  CHECK(read_text(ssl).records[0].warning.empty());
  CHECK(read_text(ssl, 180000, {true, {}, {}}).records[0].warning.empty());
  CHECK_FALSE(read_text(ssl, 180000, {false, {}, {}}).records[0].warning.empty());

  const std::string oauth = "host all all all oauth issuer=i scope=s";
  CHECK(read_text(oauth).loads());
  CHECK_FALSE(read_text(oauth, 180000, {{}, "", {}}).loads());
  CHECK(read_text(oauth, 180000, {{}, "v", {}}).records[0].options.back().second == "v");
  CHECK_FALSE(read_text(oauth, 180000, {{}, "v,w", {}}).loads());

  CHECK_FALSE(read_text("local all all md5", 160000, {{}, {}, true}).loads());
}
