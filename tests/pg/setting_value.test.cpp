#include "pg/setting_value.hpp"

#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("values are shown as the server shows them, or refused", "[pg][setting]") {
  struct Case {
    std::string_view name;
    std::string_view text;
    std::string_view expected;  // empty: refused
    int major = 18;
  };
  const auto c = GENERATE(values<Case>({
      {"work_mem", "4096", "4MB"},
      {"work_mem", " 4 MB ", "4MB"},
      {"WORK_MEM", "4097", "4097kB"},
      {"work_mem", "4.5MB", "4608kB"},
      {"work_mem", "0x1000", "4MB"},
      {"work_mem", "4mb", ""},
      {"work_mem", "-1", ""},
      {"work_mem", "4 M B", ""},
      {"shared_buffers", "16384", "128MB"},
      {"shared_buffers", "17", "136kB"},
      {"statement_timeout", "1.5min", "90s"},
      {"statement_timeout", "0", "0"},
      {"vacuum_cost_delay", "500us", "500us"},
      {"random_page_cost", "1e0", "1"},
      {"unix_socket_permissions", "0700", "0700"},
      {"unix_socket_permissions", "777", ""},
      {"ssl", "TRU", "on"},
      {"ssl", "of", "off"},
      {"ssl", "o", ""},
      {"ssl", "2", ""},
      {"wal_level", "Logical", "logical"},
      {"wal_level", "hot_standby", "replica"},
      {"trace_recovery_messages", "info", "info", 13},
      {"synchronous_commit", "no", "off"},
      {"password_encryption", "on", "md5", 13},
      {"password_encryption", "on", "", 14},
      {"log_connections", "receipt, authorization", "receipt, authorization"},
      {"log_connections", "receipt", "", 17},
      {"search_path", "any, thing", "any, thing"},
      {"log_min_messages", "Debug", "debug2"},
      {"log_min_messages", "warning, backend:debug1", "", 18},
      {"log_min_messages", "warning, backend:debug1", "warning, backend:debug1", 19},
  }));
  CAPTURE(c.name, c.text);
  const auto* info = find_setting_info(c.name, c.major);
  REQUIRE(info != nullptr);
  CHECK(shown_value(c.text, *info).value_or("") == c.expected);
  CHECK(value_error(c.text, *info).has_value() == c.expected.empty());
}

TEST_CASE("a setting is found in its versions only", "[pg][setting]") {
  CHECK(find_setting_info("db_user_namespace", 16) != nullptr);
  CHECK(find_setting_info("db_user_namespace", 17) == nullptr);
  CHECK(find_setting_info("datestyle", 12)->name == "DateStyle");
  CHECK(find_setting_info("sort_mem", 15)->name == "work_mem");
  CHECK(find_setting_info("ssl_ecdh_curve", 18)->name == "ssl_groups");
  CHECK(find_setting_info("ssl_ecdh_curve", 17)->name == "ssl_ecdh_curve");
  CHECK(find_setting_info("", 17) == nullptr);
}

TEST_CASE("every built-in default is a value of its setting", "[pg][setting]") {
  for (int major = oldest_major; major <= newest_major; ++major) {
    const auto all = settings_of_version(major);
    CHECK(all.size() > 300);
    for (const auto* info : all) {
      CAPTURE(major, info->name, info->boot_value);
      CHECK(find_setting_info(info->name, major) == info);
      if (info->name == "server_version_num") continue;  // not the same in all minor releases
      CHECK(shown_value(info->boot_value, *info).has_value());
    }
  }
}
