// A setting is changed where the files set it last, at the end where none does, and by ALTER SYSTEM
// where the value comes from there or no text is at hand.

#include <fmt/format.h>

#include "fix/statement.hpp"
#include "support/catch.hpp"
#include "support/script_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

const ConfigFile& conf_of(const Cluster& cluster) {
  for (const auto& file : cluster.files) {
    if (file.kind == ConfigKind::conf) return file;
  }
  FAIL("no postgresql.conf");
  return cluster.files.front();
}

}  // namespace

TEST_CASE("a setting is edited in its file and nothing else", "[fix]") {
  struct Case {
    const char* before;
    ChangeSetting change;
    const char* after;
    const char* edit;  // file:line: before -> after
  };
  const auto c = GENERATE(values<Case>({
      {"ssl = off  # why\nport = 5433\n",
       {"ssl", "on"},
       "ssl = on   # why\nport = 5433\n",
       "/d/postgresql.conf:1: ssl = off -> ssl = on"},
      {"ssl = on\t\t# why\n",
       {"ssl", "off"},
       "ssl = off\t\t# why\n",
       "/d/postgresql.conf:1: ssl = on -> ssl = off"},
      // The last one counts, whatever its case.
      {"ssl = off\nSSL off\n",
       {"ssl", "on"},
       "ssl = off\nSSL on\n",
       "/d/postgresql.conf:2: SSL off -> SSL on"},
      {"port = 5433",
       {"listen_addresses", "localhost"},
       "port = 5433\nlisten_addresses = localhost\n",
       "/d/postgresql.conf:2:  -> listen_addresses = localhost"},
      {"",
       {"log_line_prefix", "it's %m \\"},
       "log_line_prefix = 'it''s %m \\\\'\n",
       "/d/postgresql.conf:1:  -> log_line_prefix = 'it''s %m \\\\'"},
      {"unix_socket_permissions = 0777\n",
       {"unix_socket_permissions", "0770"},
       "unix_socket_permissions = '0770'\n",
       "/d/postgresql.conf:1: unix_socket_permissions = 0777 -> unix_socket_permissions = '0770'"},
      {"primary_conninfo = 'host=a password=secret'\n",
       {"primary_conninfo", ""},
       "primary_conninfo = ''\n",
       "/d/postgresql.conf:1: primary_conninfo = 'host=a password=******' -> primary_conninfo = "
       "''"},
  }));
  INFO(c.before);
  auto model = script_cluster({.conf = c.before, .followed = false});
  const auto made = enact(model, c.change);
  CHECK(made.sql.empty());
  CHECK(conf_of(model).text == c.after);
  REQUIRE(made.edits.size() == 1);
  const auto& e = made.edits.front();
  CHECK(fmt::format("{}:{}: {} -> {}", e.file, e.line, e.before, e.after) == c.edit);
  const auto* const setting = model.find_setting(c.change.name);
  REQUIRE(setting != nullptr);
  CHECK(*setting == Setting{setting->name, c.change.value, "configuration file", e.file,
                            static_cast<std::uint32_t>(e.line)});
}

TEST_CASE("a setting of ALTER SYSTEM, or of a server whose files are not at hand, is changed by it",
          "[fix]") {
  struct Case {
    const char* file;  // that the value comes from
    const char* value;
    bool texts;
    const char* undo;
  };
  const auto c = GENERATE(values<Case>({
      {"/d/postgresql.auto.conf", "o'f", true, R"(ALTER SYSTEM SET "work_mem" = 'o''f';)"},
      {"/d/postgresql.conf", "1MB", false, R"(ALTER SYSTEM RESET "work_mem";)"},
      {"", "4MB", false, R"(ALTER SYSTEM RESET "work_mem";)"},
  }));
  INFO(c.file);
  Cluster model;
  model.server = "PostgreSQL 18.0";
  if (c.texts) model.files = {{ConfigKind::conf, "/d/postgresql.conf", "work_mem = 1MB\n"}};
  model.settings = {{"work_mem", c.value, "configuration file", c.file, 1}};
  const auto made = enact(model, ChangeSetting{"work_mem", "2MB"});
  CHECK(made.outside_transaction);
  CHECK(made.sql == std::vector<std::string>{R"(ALTER SYSTEM SET "work_mem" = '2MB';)"});
  CHECK(made.undo == std::vector<std::string>{c.undo});
  CHECK(made.edits.empty());
  CHECK(model.find_setting("work_mem")->value == "2MB");
}

TEST_CASE("a server that takes no ALTER SYSTEM is given none", "[fix]") {
  Cluster model;
  model.server = "PostgreSQL 18.0";
  model.settings = {{"allow_alter_system", "off", "configuration file", "/d/postgresql.conf", 1},
                    {"work_mem", "4MB", "default", "", 0}};
  const auto made = enact(model, ChangeSetting{"work_mem", "2MB"});
  CHECK(made.sql.empty());
  CHECK(model.find_setting("work_mem")->value == "4MB");
}
