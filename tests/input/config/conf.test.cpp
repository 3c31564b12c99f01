#include "input/config/conf.hpp"

#include <algorithm>

#include "report/conf_rows.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"
#include "support/rows.hpp"

using namespace pgleast;
using test::memory_files;

namespace {

ConfFile read_texts(const std::map<std::string, std::string>& files, int version_num = 180004) {
  std::vector<ConfigFile> read;
  return read_conf("/d/postgresql.conf", memory_files(files), version_num, read);
}

ConfFile read_text(const std::string& text, int version_num = 180004) {
  return read_texts({{"/d/postgresql.conf", text}}, version_num);
}

Setting setting(const ConfFile& file, const std::string& name, int version_num = 180004) {
  const auto all = settings_of(file, version_num);
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Setting& s) { return s.name == name; });
  REQUIRE(found != all.end());
  return *found;
}

}  // namespace

TEST_CASE("what is wrong with postgresql.conf is shown where it stands", "[input][conf]") {
  struct Case {
    std::string text;
    std::string expected;
  };
  const auto c = GENERATE(values<Case>({
      {"work_mem = 4 MB\n",
       "/d/postgresql.conf:1:14: error: syntax error at `MB`\n"
       "  work_mem = 4 MB\n"
       "               ^~"},
      {"work_mem = 4\xc2\xb5s\n",  // no unit has such a letter: two words
       "/d/postgresql.conf:1:13: error: syntax error at `\xc2\xb5s`\n"
       "  work_mem = 4\xc2\xb5s\n"
       "              ^~"},
      {"DateStyle = 'ISO, SQL'\n",
       "/d/postgresql.conf:1:13: error: invalid value: `DateStyle` does not take this\n"
       "  DateStyle = 'ISO, SQL'\n"
       "              ^~~~~~~~~~"},
      {"synchronous_standby_names = 'ANY 2 (a, b'\n",
       "/d/postgresql.conf:1:29: error: invalid value: `synchronous_standby_names` does not take "
       "this\n"
       "  synchronous_standby_names = 'ANY 2 (a, b'\n"
       "                              ^~~~~~~~~~~~~"},
      {"synchronous_standby_names = '\"a'\n",
       "/d/postgresql.conf:1:29: error: invalid value: `synchronous_standby_names` does not take "
       "this\n"
       "  synchronous_standby_names = '\"a'\n"
       "                              ^~~~"},
      {"work_mem =\n",
       "/d/postgresql.conf:1:11: error: syntax error at the end of the line\n"
       "  work_mem =\n"
       "            ^"},
      {"work_men = 4MB\n",
       "/d/postgresql.conf:1:1: error: unknown setting `work_men`; did you mean `work_mem`?\n"
       "  work_men = 4MB\n"
       "  ^~~~~~~~"},
      {"db_user_namespace = on\n",
       "/d/postgresql.conf:1:1: error: unknown setting `db_user_namespace`; it is gone since "
       "version 17\n"
       "  db_user_namespace = on\n"
       "  ^~~~~~~~~~~~~~~~~"},
      {"work_mem = 4mb\n",
       "/d/postgresql.conf:1:12: error: invalid value: `work_mem` is a number in units of kB\n"
       "  work_mem = 4mb\n"
       "             ^~~"},
      {"work_mem = 1\n",
       "/d/postgresql.conf:1:12: error: invalid value: `work_mem` is 64 to 2147483647 of kB\n"
       "  work_mem = 1\n"
       "             ^"},
      {"include 'x'\n",
       "/d/postgresql.conf:1:9: error: file `/d/x` cannot be read: no such file\n"
       "  include 'x'\n"
       "          ^~~"},
      {"ssl_passphrase_command = echo hunter2\n",
       "/d/postgresql.conf:1:31: error: syntax error at `*******`\n"
       "  ssl_passphrase_command = ************\n"
       "                                ^~~~~~~"},
  }));
  CAPTURE(c.text);
  const auto wrong = read_text(c.text).diagnostics();
  REQUIRE(wrong.size() == 1);
  CHECK(to_string(wrong[0]) == c.expected);
}

TEST_CASE("the last entry wins, ALTER SYSTEM last of all", "[input][conf]") {
  const std::map<std::string, std::string> files{
      {"/d/postgresql.conf", "work_mem = 4MB\ninclude 'sub/a'\nwork_mem = 5MB\nport = 1\n"},
      {"/d/sub/a", "include 'b'\nssl = tru\n"},
      {"/d/sub/b", "WORK_MEM = 8192 # c\n"},
      {"/d/postgresql.auto.conf", "port = '5433'\n"}};
  std::vector<ConfigFile> read;
  const auto file = read_conf("/d/postgresql.conf", memory_files(files), 180000, read);
  CHECK(read.size() == 4);
  CHECK(file.starts());
  CHECK(setting(file, "work_mem") ==
        Setting{"work_mem", "5MB", "configuration file", "/d/postgresql.conf", 3});
  CHECK(setting(file, "port").value == "5433");
  CHECK(setting(file, "ssl") == Setting{"ssl", "on", "configuration file", "/d/sub/a", 2});
  CHECK(setting(file, "shared_buffers") == Setting{"shared_buffers", "128MB", "default", "", 0});
}

TEST_CASE("data_directory says where ALTER SYSTEM writes", "[input][conf]") {
  const auto port = [](const std::string& text) {
    const auto file = read_texts({{"/d/postgresql.conf", text},
                                  {"/d/postgresql.auto.conf", "port = 1\n"},
                                  {"/data/postgresql.auto.conf", "port = 2\n"}});
    return setting(file, "port").value;
  };
  CHECK(port("port = 3\n") == "1");
  CHECK(port("port = 3\ndata_directory = ''\n") == "1");
  CHECK(port("Data_Directory = '/data'\nport = 3\n") == "2");
  CHECK(port("data_directory = '/d'\ndata_directory = '/data'\n") == "2");
  CHECK(port("data_directory = '/nowhere'\nport = 3\n") == "3");
}

TEST_CASE("a folder in place of a file is reported as of that folder", "[input][conf]") {
  const auto including = read_texts(
      {{"/d/postgresql.conf", "port = 1\ninclude_if_exists 'sub'\n"}, {"/d/sub/f", "x = 1\n"}});
  REQUIRE(including.problems.size() == 1);
  CHECK(including.problems[0].file == "/d/sub");
  CHECK(including.problems[0].line == 1);
  CHECK(to_string(including.problems[0].diagnostic) ==
        "/d/sub: error: cannot be read: is a directory");
  const auto altered = read_texts(
      {{"/d/postgresql.conf", "port = 1\n"}, {"/d/postgresql.auto.conf/f", "port = 2\n"}});
  REQUIRE(altered.problems.size() == 1);
  CHECK(altered.problems[0].file == "/d/postgresql.auto.conf");
  CHECK(altered.problems[0].line == 1);
}

TEST_CASE("what a setting takes beyond its type", "[input][conf]") {
  struct Case {
    int major;
    std::string line;
    bool taken;
  };
  const auto c = GENERATE(values<Case>({
      {18, R"(log_connections = '"all"')", true},
      {18, "log_connections = 'receipt, ALL'", true},
      {18, "log_connections = 'on, receipt'", false},
      {18, "log_connections = TRUE", true},
      {18, "log_connections = receip", false},
      {17, "log_connections = all", false},
      {18, "log_min_messages = 'warning, backend:debug1'", false},
      {19, "log_min_messages = debug", true},
      {19, "log_min_messages = 'warning, BACKEND:Debug, walsender:panic'", true},
      {19, "log_min_messages = 'backend:debug1,error'", true},
      {19, "log_min_messages = ''", false},
      {19, "log_min_messages = 'backend:debug1'", false},
      {19, "log_min_messages = 'warning, error'", false},
      {19, "log_min_messages = 'warning, backend:error, backend:debug1'", false},
      {19, "log_min_messages = 'warning, nosuch:debug1'", false},
      {19, "log_min_messages = ':debug1'", false},
      {19, "log_min_messages = 'warning, backend:'", false},
      {19, "log_min_messages = 'warning, backend: debug1'", false},
      {19, "log_min_messages = 'warning backend:debug1'", false},
      {12, "DateStyle = 'ISO, YMD, iso'", true},
      {12, "DateStyle = 'ISO, German'", false},
      {12, "DateStyle = 'mdy, dmy'", false},
      {14, "log_destination = 'stderr, jsonlog'", false},
      {15, "log_destination = 'stderr, JSONLOG'", true},
      {12, "search_path = 'a,,b'", false},
      {12, R"(search_path = '"$user", public')", true},
      {12, "recovery_target_lsn = '0/1A'", true},
      {12, "recovery_target_lsn = '0/123456789'", false},
      {12, "recovery_target_timeline = latest", true},
      {12, "recovery_target_timeline = '99999999999999999999'", false},
      {18, "recovery_target_timeline = 1x", true},
      {19, "recovery_target_timeline = latest", true},
      {19, "recovery_target_timeline = ' 010'", true},
      {19, "recovery_target_timeline = 4294967295", true},
      {19, "recovery_target_timeline = 4294967296", false},
      {19, "recovery_target_timeline = 0", false},
      {19, "recovery_target_timeline = 1x", false},
      {18, "recovery_target_xid = 1", true},
      {19, "recovery_target_xid = 1", false},
      {19, "recovery_target_xid = ''", true},
      {19, "recovery_target_xid = 0xC", true},
      {19, "recovery_target_xid = '3 '", false},
      {19, "recovery_target_xid = -5", false},
      {19, "recovery_target_xid = 4294967296", false},
      {19, "recovery_target_xid = 4294967299", true},
      {12, "recovery_target_time = now", false},
      {12, "primary_slot_name = 'Slot'", false},
      {12, "primary_slot_name = slot_1", true},
      {12, "client_encoding = 'utf-8'", true},
      {12, "client_encoding = utf9", false},
      {12, "client_encoding = '-'", false},
      {18, "client_encoding = mule_internal", true},
      {19, "client_encoding = mule_internal", false},
      {16, "vacuum_buffer_usage_limit = 64", false},
      {16, "vacuum_buffer_usage_limit = 0", true},
      {17, "transaction_buffers = 17", false},
      {17, "transaction_buffers = 32", true},
      {16, "createrole_self_grant = 'set, inherit'", true},
      {16, "createrole_self_grant = admin", false},
      {12, "default_table_access_method = ''", false},
      {12, "synchronous_standby_names = 'FIRST 1 (a, \"B c\")'", true},
      {12, "synchronous_standby_names = 'FIRST 0 (a)'", false},
  }));
  CAPTURE(c.major, c.line);
  CHECK(read_text(c.line + '\n', c.major * 10000).starts() == c.taken);
}

TEST_CASE("every setting of a version is there, sorted", "[input][conf]") {
  const auto all = settings_of(read_text("my.setting = x\n", 120000), 120000);
  CHECK(all.size() > 310);
  CHECK(std::any_of(all.begin(), all.end(), [](const Setting& s) { return s.value == "x"; }));
  CHECK(setting(read_text("", 130000), "password_encryption", 130000).value == "md5");
  CHECK(setting(read_text("", 140000), "password_encryption", 140000).value == "scram-sha-256");
  CHECK(setting(read_text("sort_mem = 1MB\n"), "work_mem").value == "1MB");
}

TEST_CASE("a file that does not load applies nothing", "[input][conf]") {
  const auto rows = test::all_rows<ConfRow>(read_text("work_mem = 4MB\nx x x\nport = 1\n"));
  REQUIRE(rows.size() == 2);
  CHECK_FALSE(rows[0].applied);
  CHECK_FALSE(rows[0].error);
  CHECK(rows[1].error);
  CHECK(read_text("work_mem = bad\n").loads());
  CHECK_FALSE(read_text("work_mem = bad\n").starts());
}

TEST_CASE("a vertical tab is a blank between words of a list since version 17", "[input][conf]") {
  CHECK_FALSE(read_text("DateStyle = 'iso,\vmdy'\n", 160014).starts());
  CHECK(read_text("DateStyle = 'iso,\vmdy'\n", 170010).starts());
  CHECK(read_text("search_path = 'a\vb'\n", 160014).starts());
  CHECK_FALSE(read_text("search_path = 'a\vb'\n", 170010).starts());
}

TEST_CASE("strings lose their quotes and escapes", "[input][conf]") {
  const auto value = [](const std::string& text) {
    return read_text("x.y = " + text + "\n").entries.at(0).value;
  };
  CHECK(value("'it''s \\'\\101\\n\\q'") == "it's 'A\nq");
  CHECK(value("'a\xff'") == "a\xff");
  CHECK(value("US/Eastern") == "US/Eastern");
}

TEST_CASE("includes that loop end", "[input][conf]") {
  CHECK_FALSE(read_text("include 'postgresql.conf'\n").loads());
  CHECK_FALSE(read_texts({{"/d/postgresql.conf", "include 'a'\n"},
                          {"/d/a", "include 'b'\n"},
                          {"/d/b", "include 'a'\ninclude 'a'\n"}})
                  .loads());
}
