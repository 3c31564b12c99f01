#include "pg/setting_checks.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <limits>
#include <optional>
#include <set>
#include <string>

#include "pg/name_list.hpp"
#include "pg/setting_value.hpp"
#include "pg/standby_names.hpp"

namespace pgleast {
namespace {

constexpr std::size_t longest_name = 63;  // NAMEDATALEN - 1

template <typename Words>
bool is_one_of(std::string_view word, const Words& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// A comma list of keywords, any case. An empty one is fine.
bool lists_only(std::string_view text, int major, std::initializer_list<std::string_view> words) {
  const auto list = split_guc_list(text, major);
  return list && std::all_of(list->begin(), list->end(), [&](const std::string& item) {
           return is_one_of(setting_key(item), words);
         });
}

bool is_list(std::string_view text, int major) { return split_guc_list(text, major).has_value(); }

/// datetime.c, check_datestyle: at most one style and one order.
bool is_date_style(std::string_view text, int major) {
  const auto list = split_guc_list(text, major);
  if (!list) return false;
  std::string style;
  std::string order;
  const auto set = [](std::string& what, const char* value) {
    const bool fits = what.empty() || what == value;
    what = value;
    return fits;
  };
  return std::all_of(list->begin(), list->end(), [&](const std::string& item) {
    const auto word = setting_key(item);
    if (word == "iso") return set(style, "iso");
    if (word == "sql") return set(style, "sql");
    if (word.starts_with("postgres")) return set(style, "postgres");
    if (word == "german") return set(style, "german");
    if (word == "ymd") return set(order, "ymd");
    if (word == "dmy" || word.starts_with("euro")) return set(order, "dmy");
    if (word == "mdy" || word == "us" || word.starts_with("noneuro")) return set(order, "mdy");
    return word == "default";
  });
}

bool is_log_destination(std::string_view text, int major) {
  if (major < 15) return lists_only(text, major, {"stderr", "csvlog", "syslog"});
  return lists_only(text, major, {"stderr", "csvlog", "jsonlog", "syslog"});
}

/// The resource managers that can mask their pages (rmgrlist.h).
bool is_wal_checking(std::string_view text, int major) {
  return lists_only(text, major,
                    {"all", "heap2", "heap", "btree", "hash", "gin", "gist", "sequence", "spgist",
                     "brin", "generic"});
}

/// From 18 on a list, or what it was before: a boolean.
bool is_connection_stages(std::string_view text, int major) {
  constexpr std::array<std::string_view, 8> alone{"on",  "true",  "yes", "1",
                                                  "off", "false", "no",  "0"};
  return major < 18 || is_one_of(setting_key(text), alone) ||
         lists_only(text, major,
                    {"receipt", "authentication", "authorization", "setup_durations", "all"});
}

bool is_message_level(std::string_view text) {
  constexpr std::array<std::string_view, 13> levels{
      "debug",  "debug5",  "debug4", "debug3", "debug2", "debug1", "info",
      "notice", "warning", "error",  "log",    "fatal",  "panic"};
  return is_one_of(setting_key(text), levels);
}

/// "warning, autovacuum:debug1": one level for all processes, and others for some kinds of them.
bool is_message_levels(std::string_view text, int major) {
  constexpr std::array<std::string_view, 15> kinds{
      "archiver",     "autovacuum",  "backend",    "bgworker",       "bgwriter",
      "checkpointer", "ioworker",    "postmaster", "slotsyncworker", "startup",
      "syslogger",    "walreceiver", "walsender",  "walsummarizer",  "walwriter"};
  if (major < 19) return true;
  const auto list = split_guc_list(text, major);
  if (!list) return false;
  std::set<std::string> given;
  const bool known = std::all_of(list->begin(), list->end(), [&](const std::string& item) {
    const auto colon = item.find(':');
    const auto kind = colon == std::string::npos ? "" : setting_key(item.substr(0, colon));
    const auto level = colon == std::string::npos ? item : item.substr(colon + 1);
    return (colon == std::string::npos || is_one_of(kind, kinds)) && is_message_level(level) &&
           given.insert(kind).second;
  });
  return known && given.contains("");
}

bool is_io_direct(std::string_view text, int major) {
  return lists_only(text, major, {"data", "wal", "wal_init"});
}

bool is_relation_kinds(std::string_view text, int major) {
  return lists_only(text, major, {"view", "foreign-table"});
}

bool is_self_grant(std::string_view text, int major) {
  return lists_only(text, major, {"set", "inherit"});
}

bool is_recovery_target(std::string_view text, int) { return text.empty() || text == "immediate"; }

bool is_target_name(std::string_view text, int) { return text.size() <= longest_name; }

/// A time of its own, not one that moves. What else is no time is left to the server.
bool is_target_time(std::string_view text, int) {
  return !is_one_of(text, std::array<std::string_view, 4>{"now", "today", "tomorrow", "yesterday"});
}

/// pg_lsn.c: two times one to eight hex digits.
bool is_lsn(std::string_view text, int) {
  if (text.empty()) return true;
  const auto digits = [&] {
    const auto count = std::min(text.find_first_not_of("0123456789abcdefABCDEF"), text.size());
    text.remove_prefix(count);
    return count >= 1 && count <= 8;
  };
  if (!digits() || !text.starts_with('/')) return false;
  text.remove_prefix(1);
  return digits() && text.empty();
}

/// What strtoull makes of a text; none on an overflow and, where the whole text must be a number,
/// on what follows one.
std::optional<std::uint64_t> unsigned_number(std::string_view text, bool whole) {
  const std::string copy(text);
  char* end = nullptr;
  errno = 0;
  const std::uint64_t number = std::strtoull(copy.c_str(), &end, 0);
  if (errno != 0 || (whole && end != copy.c_str() + copy.size())) return std::nullopt;
  return number;
}

/// xlogrecovery.c, check_recovery_target_xid: before 19 only an overflow is refused. The epoch,
/// the upper half, is not looked at.
bool is_target_xid(std::string_view text, int major) {
  constexpr std::uint32_t first_normal_xid = 3;
  const auto number = unsigned_number(text, major >= 19);
  if (major < 19 || text.empty()) return number.has_value();
  return number && text.find('-') == std::string_view::npos &&
         static_cast<std::uint32_t>(*number) >= first_normal_xid;
}

/// xlogrecovery.c, check_recovery_target_timeline.
bool is_timeline(std::string_view text, int major) {
  if (text == "latest" || text == "current") return true;
  const auto number = unsigned_number(text, major >= 19);
  if (major < 19) return number.has_value();
  return number && *number >= 1 && *number <= std::numeric_limits<std::uint32_t>::max();
}

bool is_function_list(std::string_view text, int) {
  return text.find_first_not_of(
             "0123456789_abcdefghijklmnopqrstuvwxyz"
             "ABCDEFGHIJKLMNOPQRSTUVWXYZ, \n\t") == std::string_view::npos;
}

/// slot.c, ReplicationSlotValidateName.
bool is_slot_name(const std::string& text) {
  return !text.empty() && text.size() <= longest_name &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

bool is_primary_slot(std::string_view text, int) {
  return text.empty() || is_slot_name(std::string(text));
}

bool is_slot_list(std::string_view text, int major) {
  const auto list = split_identifiers(text, major);
  return list && std::all_of(list->begin(), list->end(), is_slot_name);
}

bool is_access_method(std::string_view text, int) {
  return !text.empty() && text.size() <= longest_name;
}

/// encnames.c: letters and digits count, nothing else.
bool is_encoding(std::string_view text, int major) {
  static constexpr std::array<std::string_view, 82> names{
      "abc",         "alt",         "big5",        "euccn",        "eucjis2004",  "eucjp",
      "euckr",       "euctw",       "gb18030",     "gbk",          "iso88591",    "iso885910",
      "iso885913",   "iso885914",   "iso885915",   "iso885916",    "iso88592",    "iso88593",
      "iso88594",    "iso88595",    "iso88596",    "iso88597",     "iso88598",    "iso88599",
      "johab",       "koi8",        "koi8r",       "koi8u",        "latin1",      "latin10",
      "latin2",      "latin3",      "latin4",      "latin5",       "latin6",      "latin7",
      "latin8",      "latin9",      "mskanji",     "muleinternal", "shiftjis",    "shiftjis2004",
      "sjis",        "sqlascii",    "tcvn",        "tcvn5712",     "uhc",         "unicode",
      "utf8",        "vscii",       "win",         "win1250",      "win1251",     "win1252",
      "win1253",     "win1254",     "win1255",     "win1256",      "win1257",     "win1258",
      "win866",      "win874",      "win932",      "win936",       "win949",      "win950",
      "windows1250", "windows1251", "windows1252", "windows1253",  "windows1254", "windows1255",
      "windows1256", "windows1257", "windows1258", "windows866",   "windows874",  "windows932",
      "windows936",  "windows949",  "windows950"};
  std::string key;
  for (const char c : setting_key(text)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) key += c;
  }
  const bool gone = key == "muleinternal" && major >= 19;
  return text.size() <= longest_name && !key.empty() && !gone && is_one_of(key, names);
}

/// Bytes above a limit are of other settings: 0 or 128 kB and more.
bool is_ring_size(std::string_view text, int major) {
  const auto value = parse_quantity(text, *find_setting_info("vacuum_buffer_usage_limit", major));
  return value == 0 || value >= 128;
}

/// slru.c, check_slru_buffers: whole banks.
bool is_slru_buffers(std::string_view text, int major) {
  const auto value = parse_quantity(text, *find_setting_info("notify_buffers", major));
  return value && static_cast<long>(*value) % 16 == 0;
}

bool is_io_concurrency(std::string_view text, int major) {
  return parse_quantity(text, *find_setting_info("io_max_concurrency", major)) != 0;
}

struct OwnCheck {
  std::string_view name;
  bool (*passes)(std::string_view text, int major);
};

constexpr OwnCheck checks[] = {
    {"DateStyle", is_date_style},
    {"backtrace_functions", is_function_list},
    {"client_encoding", is_encoding},
    {"commit_timestamp_buffers", is_slru_buffers},
    {"createrole_self_grant", is_self_grant},
    {"debug_io_direct", is_io_direct},
    {"default_table_access_method", is_access_method},
    {"io_max_concurrency", is_io_concurrency},
    {"log_connections", is_connection_stages},
    {"log_destination", is_log_destination},
    {"log_min_messages", is_message_levels},
    {"multixact_member_buffers", is_slru_buffers},
    {"multixact_offset_buffers", is_slru_buffers},
    {"notify_buffers", is_slru_buffers},
    {"primary_slot_name", is_primary_slot},
    {"recovery_target", is_recovery_target},
    {"recovery_target_lsn", is_lsn},
    {"recovery_target_name", is_target_name},
    {"recovery_target_time", is_target_time},
    {"recovery_target_timeline", is_timeline},
    {"recovery_target_xid", is_target_xid},
    {"restrict_nonsystem_relation_kind", is_relation_kinds},
    {"search_path", is_list},
    {"serializable_buffers", is_slru_buffers},
    {"subtransaction_buffers", is_slru_buffers},
    {"synchronized_standby_slots", is_slot_list},
    {"synchronous_standby_names", is_standby_names},
    {"temp_tablespaces", is_list},
    {"transaction_buffers", is_slru_buffers},
    {"vacuum_buffer_usage_limit", is_ring_size},
    {"wal_consistency_checking", is_wal_checking},
};

}  // namespace

bool passes_own_check(std::string_view value, const SettingInfo& info, int major) {
  const auto* const row = std::find_if(std::begin(checks), std::end(checks),
                                       [&](const OwnCheck& c) { return c.name == info.name; });
  return row == std::end(checks) || row->passes(value, major);
}

}  // namespace pgleast
