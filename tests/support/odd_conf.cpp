// Odd files for postgresql.conf.

#include <algorithm>

#include "pg/setting_table.hpp"
#include "pg/version.hpp"
#include "support/odd_files.hpp"

namespace pgleast::test {
namespace {

struct OddValues {
  std::string_view name;
  std::vector<std::string_view> values;
};

/// Settings whose own check looks into the text, and pieces of what they take.
const std::vector<OddValues>& odd_values() {
  static const std::vector<OddValues> all{
      {"DateStyle",
       {"ISO",
        "iso, mdy",
        "SQL,DMY",
        "german",
        "ISO, SQL",
        "ymd",
        "us",
        "European",
        "noneuro",
        "default",
        "iso,iso",
        "mdy, dmy",
        "",
        ",",
        "iso,",
        "x",
        "\"iso\"",
        "postgres, default",
        "euroX",
        "usual",
        "nonEuropean",
        "ISO,default",
        "PostgreSQL",
        "sqlx",
        "isodate",
        "mdy,mdy",
        "default,x",
        "default,SQL,default",
        "german,sql",
        "iso mdy"}},
      {"synchronous_standby_names",
       {"",
        "*",
        "a",
        "a,b",
        "2 (a, b)",
        "FIRST 1 (a)",
        "ANY 2 (a,b,c)",
        "first",
        "any 1 (a)",
        "0 (a)",
        "1 ()",
        "\"a b\"",
        "\"a",
        "a b",
        "1",
        "-1 (a)",
        "ANY (a)",
        "first,any",
        "2 (*)",
        "1 (a",
        "a,,b",
        "a-b",
        "99999999999 (a)",
        "first 2",
        "FIRST x (a)",
        "2(a)",
        "a\"b\"",
        "\"\"",
        "any",
        "é",
        "1 (1, 2)",
        "a.b",
        "1a",
        "a;b",
        "ANY 01 (a)",
        "2147483648 (a)",
        "any 3(any)",
        "1(a),b",
        "0x1 (a)",
        "$a",
        "a$",
        "\"a\"\"b\""}},
      {"log_destination",
       {"stderr", "csvlog", "syslog,stderr", "jsonlog", "eventlog", "", "x", "stderr,", "STDERR",
        "\"stderr\"", "stderr stderr", ",", "stderr,jsonlog"}},
      {"log_connections",
       {"on", "all", "receipt", "receipt, all", "", "x", "on,receipt", "ALL", "\"all\"",
        "setup_durations,authentication", "receipt,", "tru", "0"}},
      {"recovery_target", {"immediate", "", "x", "IMMEDIATE"}},
      {"recovery_target_xid",
       {"1", "", "x", "0", "0x10", "1x", "99999999999999999999", "-1", " 3", "3 ", "+3",
        "4294967296", "4294967299", "18446744073709551615"}},
      {"recovery_target_time",
       {"2020-01-01", "", "now", "today", "infinity", "epoch", "x", "2020-13-01", "tomorrow",
        "2020-01-01 10:00:00+02", "yesterday", "Jan 1 2020"}},
      {"recovery_target_lsn",
       {"0/0", "", "1/FFFFFFFF", "x", "1", "123456789/0", "0/", "g/0", "/0", "A/a0", "0/123456789",
        " 0/0", "0/0 "}},
      {"recovery_target_name",
       {"", "a",
        "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
        "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"}},
      {"recovery_target_timeline",
       {"latest", "current", "1", "0", "x", "", "LATEST", "1x", "0x2", "4294967295",
        "99999999999999999999", "-1", " 1", "1 ", "+1", "010", "4294967296"}},
      {"wal_consistency_checking",
       {"", "all", "heap", "heap,btree", "x", "HEAP", "heap,", "\"all\"", "all,x", "gin gist",
        "generic", "logicalmsg"}},
      {"debug_io_direct",
       {"", "data", "wal", "wal_init", "data, wal", "x", "DATA", "data,", "\"x\""}},
      {"restrict_nonsystem_relation_kind",
       {"", "view", "foreign-table", "view, foreign-table", "x", "VIEW", "view,", "\"view\"",
        "table"}},
      {"createrole_self_grant", {"", "set", "inherit", "set, inherit", "x", "SET", "set,", "none"}},
      {"search_path", {"", "a", "\"$user\", public", "a,", ",", "a b", "\"", "\"\"", "A, b"}},
      {"temp_tablespaces", {"", "\"\"", "a,", ",", "a b"}},
      {"default_tablespace", {"", "nowhere"}},
      {"default_table_access_method",
       {"", "heap",
        "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
        "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"}},
      {"client_encoding",
       {"UTF8", "utf-8", "latin1", "x", "", "SQL_ASCII", "sjis", "WIN1252", "unicode", "u t f 8",
        "ISO-8859-1", "mule_internal", "johab", "abc"}},
      {"session_authorization", {"", "nobody", "postgres"}},
      {"role", {"none", "", "NONE", "nobody"}},
      {"backtrace_functions", {"", "a", "a,b", "a b", "f1_2", "a-b", "a\tb", "é", "a;b", ",", "A"}},
      {"primary_slot_name",
       {"", "a", "A", "a-b", "a1_", "é", "a b",
        "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"}},
      {"synchronized_standby_slots", {"", "a", "a,b", "A", "*", "a,", "a b", "a-b", "\"A\""}},
      {"timezone_abbreviations", {"Default", "x", "", "India", "a/b", "default"}},
      {"TimeZone",
       {"UTC", "Mars/X", "", "INTERVAL '1 hour'", "interval -08:00", "EST5EDT", "5", "-3.5",
        "99999", "utc", "Europe/Berlin", "posix/../x"}},
      {"log_timezone", {"UTC", "Mars/X", "GMT", "+3"}},
      {"default_text_search_config", {"simple", "pg_catalog.english", "x", "", "a.b.c", "a..b"}},
      {"lc_messages", {"C", "x", "", "POSIX", "C.UTF-8"}},
      {"lc_monetary", {"C", "x", ""}},
      {"lc_time", {"C", "x", ""}},
      {"lc_numeric", {"C", "x", ""}},
      {"cluster_name", {"a", "é", "", "a\x01z"}},
      {"application_name", {"a", "é", "", "\x7f"}},
      {"log_filename", {"a", "", "%Y", "x/y"}},
      {"log_directory", {"log", "/tmp", ""}},
      {"listen_addresses", {"*", "", "a,b", "a b", ",", "\"a"}},
      {"unix_socket_directories", {"/tmp", "", "/tmp, /run", "\"/a b\"", ",", "/tmp,"}},
      {"stats_temp_directory", {"a", "", "pg_stat_tmp"}},
      {"wal_segment_size", {"16MB", "1MB"}},
      {"shared_preload_libraries", {"", "a,b", "a b"}},
      {"local_preload_libraries", {"", "a,b", ","}},
      {"oauth_validator_libraries", {"", "a", "a,b", ","}},
      {"ssl_ciphers", {"HIGH", "x", ""}},
      {"ssl_groups", {"prime256v1", "x"}},
      {"ssl_renegotiation_limit", {"0", "1"}},
      {"default_with_oids", {"off", "on", "false"}},
      {"seed", {"0", "2", "x"}},
      {"transaction_read_only", {"on", "off"}},
      {"transaction_isolation", {"serializable", "read committed", "x"}},
      {"transaction_deferrable", {"on", "off"}},
      {"max_stack_depth", {"100kB", "2MB", "100MB", "6MB", "7680kB", "7681kB", "99kB"}},
      {"effective_io_concurrency", {"0", "1", "1000", "1001"}},
      {"maintenance_io_concurrency", {"0", "10", "1001"}},
      {"huge_page_size", {"0", "2MB"}},
      {"temp_buffers", {"100", "1024", "800kB", "1MB", "99"}},
      {"wal_buffers", {"-1", "0", "1", "3", "4", "32kB", "8kB"}},
      {"autovacuum_work_mem", {"-1", "1", "0", "1024", "-2"}},
      {"vacuum_buffer_usage_limit", {"0", "1", "128kB", "127kB", "16GB", "17GB", "256"}},
      {"client_connection_check_interval", {"0", "1", "10s"}},
      {"tcp_keepalives_idle", {"0", "1", "7200"}},
      {"tcp_user_timeout", {"0", "1"}},
      {"log_parser_stats", {"on", "off"}},
      {"log_statement_stats", {"on", "off"}},
      {"ssl", {"on", "off"}},
      {"jit_provider", {"llvmjit", "x", ""}},
      {"bonjour", {"on", "off"}},
      {"recovery_prefetch", {"try", "on", "off"}},
      {"update_process_title", {"on", "off"}},
      {"db_user_namespace", {"on", "off"}},
      {"io_method", {"sync", "worker", "io_uring"}},
      {"io_max_concurrency", {"-1", "0", "1", "64"}},
      {"archive_command", {"", "x", "%p"}},
      {"restore_command", {"", "x"}},
      {"log_line_prefix", {"%m", "", "%"}},
      {"session_replication_role", {"origin", "x"}},
      {"num_os_semaphores", {"1"}},
      {"md5_password_warnings", {"on", "x"}},
      {"autovacuum_worker_slots", {"1", "16"}},
      {"file_copy_method", {"copy", "clone", "x"}},
      {"icu_validation_level", {"warning", "disabled", "INFO", "x"}},
      {"extension_control_path", {"$system", "", "a:b"}},
      {"dynamic_library_path", {"$libdir", "", "a::b"}},
      {"password_encryption", {"md5", "on", "scram-sha-256", "off", "true", "1", "yes"}},
      {"event_source", {"a", ""}},
      {"krb_server_keyfile", {"a", ""}},
      {"log_replication_commands", {"on", "x"}},
      {"max_wal_size", {"2", "2MB", "1GB", "1"}},
      {"min_wal_size", {"2", "2MB", "32MB", "1"}},
      {"summarize_wal", {"on"}},
  };
  return all;
}

std::string quoted_value(const std::string& value) {
  std::string result = "'";
  for (const char c : value) result += c == '\'' ? "''" : std::string(1, c);
  return result + "'";
}

class OddConf {
 public:
  OddConf(Dice& dice, int version_num, OddFiles& files)
      : dice_(dice), settings_(settings_of_version(major_of(version_num))), files_(files) {
    // The auto.conf of a running server stays where it was.
    std::erase_if(settings_, [](const auto* info) { return info->name == "data_directory"; });
    for (const auto* info : settings_) {
      if (info->type == SettingType::string) strings_.push_back(info);
    }
    breaks_ = dice.chance(35);
  }

  std::string lines(std::size_t depth) {
    std::string result;
    if (breaks_ && dice_.chance(2)) result += "\xef\xbb\xbf";
    for (auto n = 1 + dice_.below(depth == 0 ? 12 : 4); n > 0; --n) result += line(depth);
    if (dice_.chance(10)) result.pop_back();
    if (breaks_ && dice_.chance(15)) {
      OddAuthText(dice_, 0, files_).spoil(result);
    }
    return result;
  }

 private:
  std::string line(std::size_t depth) {
    if (dice_.chance(3)) return dice_.of({"\n", "# all\n", "  \n", "\r\n", "\t#\n"});
    if (dice_.chance(7)) return include(depth);
    std::string result = dice_.chance(3) ? dice_.of({" ", "\t", "\r"}) : "";
    const auto [name, value] = setting();
    result += name;
    result += dice_.chance(70) ? " = " : dice_.of({" ", "=", "\t=\t", " =", "= ", "\r", "  "});
    result += value;
    if (breaks_ && dice_.chance(4))
      result += dice_.of({" x", "'", " ;", ",", " = 1", "\\", "\"", "."});
    if (dice_.chance(6)) result += dice_.of({" # why", "#why", " ", "\t#'", "#"});
    return result + (dice_.chance(95) ? "\n" : dice_.of({"\r\n", "\n\n", " \r\n"}));
  }

  std::pair<std::string, std::string> setting() {
    const auto kind = dice_.below(100);
    if (kind < 4 && breaks_) return {unknown(), written("x")};
    if (kind < 9) return {dotted(), written(dice_.of({"a", "1", "", "é", "4MB"}))};
    if (kind < 40) {
      const auto& odd = dice_.of(odd_values());
      const auto known = std::any_of(settings_.begin(), settings_.end(),
                                     [&](const SettingInfo* s) { return s->name == odd.name; });
      if (known || (breaks_ && dice_.chance(10))) {
        return {cased(std::string(odd.name)), written(std::string(dice_.of(odd.values)))};
      }
    }
    const auto& info =
        dice_.chance(20) && !strings_.empty() ? *dice_.of(strings_) : *dice_.of(settings_);
    return {cased(std::string(info.name)), written(value_of(info))};
  }

  std::string unknown() {
    return dice_.of({"work_men", "sort_mem", "vacuum_mem", "ssl_ecdh_curve", "x", "_", "\xc3\xa9",
                     "include_dirs", "wal_keep_segments", "db_user_namespace", "9a", "a-b",
                     "operator_precedence_warning", "promote_trigger_file", "checkpoint_segments",
                     "include", "ssl_renegotiation_limit", "lc_collate", "is_superuser"});
  }

  std::string dotted() {
    return dice_.of({"a.b", "plpgsql.x", "my.A", "_._", "a.b1", "pg_stat_statements.max",
                     "\xc3\xa9.x", "a.work_mem", "plpgsql.variable_conflict", "A.b"}) +
           (breaks_ && dice_.chance(5) ? dice_.of({".c", "-", "$", "."}) : "");
  }

  std::string cased(std::string name) {
    if (!dice_.chance(6)) return name;
    for (char& c : name) {
      if (dice_.chance(50) && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return name;
  }

  std::string value_of(const SettingInfo& info) {
    if (dice_.chance(5)) return dice_.of({"", "x", "on", "1", "-1", " ", "0", "default", "NULL"});
    switch (info.type) {
      case SettingType::boolean:
        return dice_.of({"on", "off", "true", "false", "yes",  "no", "1",     "0",
                         "t",  "f",   "y",    "n",     "o",    "of", "ON",    "tRu",
                         "tr", "2",   "onn",  " on",   "off ", "01", "enable"});
      case SettingType::enumeration:
        return enumerator(info);
      case SettingType::string:
        return dice_.of({"", "a", "a b", "a,b", "\"a\"", "é", "\xff", "'", "/tmp/x", "0", "C",
                         std::string_view(info.boot_value)});
      case SettingType::integer:
      case SettingType::real:
        break;
    }
    return number(info);
  }

  std::string enumerator(const SettingInfo& info) {
    std::vector<std::string> words{"debug", "info",    "1",  "0",   "yes",         "no",
                                   "true",  "archive", "on", "off", "hot_standby", "x"};
    if (dice_.chance(60)) words.clear();
    for (auto rest = info.enum_values; !rest.empty();) {
      const auto comma = std::min(rest.find(','), rest.size());
      words.emplace_back(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return words.empty() ? "x" : cased(dice_.of(words));
  }

  std::string number(const SettingInfo& info) {
    auto result = dice_.chance(40)   ? std::string(dice_.chance(50) ? info.min : info.max)
                  : dice_.chance(50) ? std::string(info.boot_value)
                                     : dice_.of({"1",
                                                 "10",
                                                 "100",
                                                 "1.5",
                                                 "0x10",
                                                 "010",
                                                 "08",
                                                 "1e3",
                                                 "1E2",
                                                 "-1",
                                                 "+5",
                                                 ".5",
                                                 "5.",
                                                 "0.4999",
                                                 "0.5",
                                                 "1.5",
                                                 "2.5",
                                                 "1e400",
                                                 "inf",
                                                 "nan",
                                                 "0x1p3",
                                                 "4294967296",
                                                 "2147483647",
                                                 "2147483648",
                                                 "9223372036854775808",
                                                 "1e",
                                                 "--1",
                                                 "1_000",
                                                 "0b11",
                                                 "0o7",
                                                 "",
                                                 " 7",
                                                 "7 ",
                                                 "1e-400",
                                                 "-0",
                                                 "0x",
                                                 "1.5e1",
                                                 "99999999999999999999"});
    if (dice_.chance(25)) result += dice_.of({"1", "0", ".5", ".4", ".6"});
    if (dice_.chance(info.unit.empty() ? 8 : 45)) {
      result +=
          dice_.of({"", " ", "  ", "\t"}) +
          dice_.of({"kB", "MB", "GB", "TB",  "B",   "ms",  "s", "min", "h",     "d",        "us",
                    "KB", "mb", "m",  "8kB", "kBx", "kB ", "S", "PB",  "min x", "\xc2\xb5s"});
    }
    return result;
  }

  /// As a word where it can be one, mostly in quotes, with and without escapes.
  std::string written(const std::string& value) {
    const bool plain = value.find_first_of(" \t,'\"\\\xc3\xff#;()/") == std::string::npos;
    if (dice_.chance(breaks_ ? 30 : 12) && (plain || dice_.chance(3)) && !value.empty())
      return value;
    if (!dice_.chance(10)) return quoted_value(value);
    const auto half = dice_.below(value.size() + 1);
    return quoted_value(value.substr(0, half))
               .substr(0, half == 0 ? 1 : std::string::npos)
               .substr(0, quoted_value(value.substr(0, half)).size() - 1) +
           dice_.of({"\\'", "''", "\\n", "\\t", "\\101", "\\0", "\\x", "\\\\", "\\777", "\\8",
                     "\\b", "\\1", "\\000z", "", "\\ "}) +
           quoted_value(value.substr(half)).substr(1);
  }

  std::string include(std::size_t depth) {
    const std::string before = depth == 0 ? "odd/" : "";
    const auto file = dice_.of({"a.conf", "b.conf", "d/1.conf", "d/2.conf", "d/.3.conf", "d/x"});
    if (depth < 4 && !files_.others.contains("odd/" + file)) {
      files_.others["odd/" + file];
      auto text = lines(depth + 1);
      files_.others["odd/" + file] = std::move(text);
    }
    const auto directive = dice_.of(
        {"include", "include", "include_if_exists", "include_dir", "INCLUDE", "Include_Dir"});
    const bool folder = directive == "include_dir" || directive == "Include_Dir";
    auto target = folder ? before + dice_.of({"d", "d/", "./d", "d/../d"}) : before + file;
    if (breaks_ && dice_.chance(25)) {
      target = folder ? dice_.of({"odd/empty", "odd/missing", "", " ", "odd/d/1.conf", "\t"})
                      : dice_.of({"odd/missing.conf", "odd/d", "odd", "", "postgresql.conf",
                                  "a.conf", "./postgresql.conf", "../data/postgresql.conf"});
    }
    return directive + dice_.of({" ", " = ", "="}) +
           (dice_.chance(breaks_ ? 90 : 100) ? quoted_value(target) : target) + "\n";
  }

  Dice& dice_;
  std::vector<const SettingInfo*> settings_;
  std::vector<const SettingInfo*> strings_;
  OddFiles& files_;
  bool breaks_ = false;  // with what keeps the whole from loading
};

}  // namespace

OddFiles odd_conf(std::uint64_t number, int version_num) {
  Dice dice(number);
  OddFiles files;
  OddConf odd(dice, version_num, files);
  files.main = odd.lines(0);
  files.others["postgresql.auto.conf"] = dice.chance(20) ? odd.lines(9) : "";
  return files;
}

}  // namespace pgleast::test
