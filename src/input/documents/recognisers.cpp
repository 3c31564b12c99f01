#include "input/documents/recognisers.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "pg/auth_method.hpp"
#include "pg/setting_table.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

using Words = std::vector<std::string_view>;

// Up to `most` words between blanks; quotes are part of them.
Words words_of(std::string_view line, std::size_t most = 8) {
  Words words;
  while (words.size() < most) {
    const auto begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos || line[begin] == '#') break;
    line.remove_prefix(begin);
    const auto end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return words;
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_include(std::string_view word) {
  return is_one_of(word, std::array<std::string_view, 4>{"include", "include_if_exists",
                                                         "include_dir", "@include"});
}

bool is_record(const Words& words) {
  constexpr std::array<std::string_view, 5> over_network{"host", "hostssl", "hostnossl",
                                                         "hostgssenc", "hostnogssenc"};
  const auto method_at = [&](std::size_t i) {
    return words.size() > i && auth_method_named(words[i]).has_value();
  };
  if (words.empty()) return false;
  if (words[0] == "local") return method_at(3);
  return is_one_of(words[0], over_network) && (method_at(4) || method_at(5));
}

// `name = value` or `name value`, as the server knows it.
bool is_setting(std::string_view line) {
  const auto end = line.find_first_of(" \t=");
  if (end == std::string_view::npos || end == 0) return false;
  const auto name = line.substr(0, end);
  for (int major = newest_major; major >= oldest_major; major -= 3) {
    if (find_setting_info(name, major) != nullptr) return true;
  }
  return false;
}

bool is_custom_setting(std::string_view line) {
  const auto name = line.substr(0, std::min(line.find_first_of(" \t="), line.size()));
  return name.find('.') != std::string_view::npos && line.find('=') != std::string_view::npos;
}

// "section" of `[section]`; empty: it is none.
std::string_view section(std::string_view line) {
  return line.starts_with('[') && line.ends_with(']') ? line.substr(1, line.size() - 2) : "";
}

bool is_extension(std::string_view name, std::string_view extension) {
  return name.size() > extension.size() && name.ends_with(extension);
}

}  // namespace

bool is_named_hba(std::string_view name) { return name == "pg_hba.conf"; }

bool is_hba(const Beginning& b) {
  std::size_t records = 0;
  for (const auto line : b.lines) {
    const auto words = words_of(line);
    if (is_record(words)) {
      ++records;
    } else if (words.empty() || !is_include(words[0])) {
      return false;
    }
  }
  return records > 0;
}

bool is_named_ident(std::string_view name) { return name == "pg_ident.conf"; }

bool is_ident(const Beginning& b) {
  const bool named = b.name.find("ident") != std::string::npos && is_extension(b.name, ".conf");
  return named && !b.lines.empty() &&
         std::all_of(b.lines.begin(), b.lines.end(), [](std::string_view line) {
           const auto words = words_of(line);
           return words.size() == 3 || (words.size() == 2 && is_include(words[0]));
         });
}

bool is_named_conf(std::string_view name) { return name == "postgresql.conf"; }

bool is_conf(const Beginning& b) {
  if (b.name.find(".conf") == std::string::npos) return false;
  const auto known = std::count_if(b.lines.begin(), b.lines.end(), is_setting);
  return known > 0 && std::all_of(b.lines.begin(), b.lines.end(), [](std::string_view line) {
           const auto words = words_of(line, 1);
           return is_setting(line) || is_custom_setting(line) ||
                  (!words.empty() && is_include(words[0]));
         });
}

bool is_named_pgbouncer(std::string_view name) { return name == "pgbouncer.ini"; }

bool is_pgbouncer(const Beginning& b) {
  if (b.lines.empty() || section(b.lines.front()).empty()) return false;
  const bool named = b.name.find("pgbouncer") != std::string::npos;
  return std::any_of(b.lines.begin(), b.lines.end(), [&](std::string_view line) {
    return section(line) == "pgbouncer" || (named && section(line) == "databases");
  });
}

bool is_named_userlist(std::string_view name) { return name == "userlist.txt"; }

bool is_userlist(const Beginning& b) {
  return b.name.find("userlist") != std::string::npos && !b.lines.empty() &&
         std::all_of(b.lines.begin(), b.lines.end(), [](std::string_view line) {
           return line.starts_with('"') && std::count(line.begin(), line.end(), '"') >= 4;
         });
}

bool is_named_sql(std::string_view name) {
  return is_extension(name, ".sql") || is_extension(name, ".psql") || is_extension(name, ".pgsql");
}

bool is_sql(const Beginning& b) {
  constexpr std::array<std::string_view, 11> verbs{"create", "alter",  "grant",    "revoke",
                                                   "begin",  "begin;", "set",      "insert",
                                                   "drop",   "do",     "\\connect"};
  if (b.lines.empty() || b.text.find(';') == std::string_view::npos) return false;
  const auto words = words_of(b.lines.front(), 2);
  const auto first = lower_case(words.empty() ? "" : words[0]);
  return is_one_of(std::string_view(first), verbs) && (words.size() > 1 || first == "begin;");
}

bool is_named_snapshot(std::string_view /*name*/) { return false; }

bool is_snapshot(const Beginning& b) {
  if (!b.text.starts_with('{')) return false;
  const auto key = b.text.find_first_not_of(" \t\r\n", 1);
  return key != std::string_view::npos && b.text.substr(key).starts_with("\"acls\"");
}

bool is_named_manifest(std::string_view name) {
  constexpr std::array<std::string_view, 5> extensions{".yml", ".yaml", ".tf", ".Dockerfile",
                                                       ".dockerfile"};
  return name == "Dockerfile" || name == "Containerfile" || name.starts_with("Dockerfile.") ||
         std::any_of(extensions.begin(), extensions.end(),
                     [&](std::string_view extension) { return is_extension(name, extension); });
}

// Templates of the server's files.
bool is_surely_manifest(std::string_view name) {
  const bool is_jinja =
      name.ends_with(".j2") || name.ends_with(".jinja") || name.ends_with(".jinja2");
  return is_jinja &&
         (name.find("pg_hba") != std::string_view::npos || name.starts_with("postgresql.conf"));
}

// What `terraform show -json` prints begins with its version.
bool is_terraform_plan(const Beginning& b) {
  return b.text.starts_with('{') &&
         b.text.substr(0, 400).find("\"terraform_version\"") != std::string_view::npos;
}

bool is_manifest(const Beginning& b) {
  if (!is_named_manifest(b.name)) return is_terraform_plan(b);
  const auto has = [&](std::string_view word) {
    return b.text.find(word) != std::string_view::npos;
  };
  // postgres, Postgres, POSTGRES.
  constexpr std::array<std::string_view, 7> words{"ostgres",   "OSTGRES",   "pg_hba", "pgHba",
                                                  "stackgres", "PerconaPG", "pgHBA"};
  return std::any_of(words.begin(), words.end(), has) || (has("ConfigMap") && has(".sql:"));
}

bool is_of_others(const Beginning& b) {
  if (!is_named_sql(b.name)) return false;
  constexpr std::array<std::string_view, 16> signs{
      "auto_increment", "autoincrement", "engine=",    "engine =", "table `",   "exists `",
      "into `",         "[dbo].",        "\ngo\n",     "\ngo\r\n", "nvarchar(", "varchar2(",
      "pragma foreign", "tinyint(",      "{{ config(", "{{ ref("};
  const auto text = lower_case(b.text);
  if (std::any_of(signs.begin(), signs.end(),
                  [&](std::string_view sign) { return text.find(sign) != std::string::npos; })) {
    return true;
  }
  // A query of sqlc: `-- name: GetUser :one`.
  const auto name = text.find("-- name: ");
  if (name == std::string::npos) return false;
  const auto line = std::string_view(text).substr(name, text.find('\n', name) - name);
  return line.find(" :") != std::string_view::npos;
}

bool is_in_folder_of_others(std::string_view path) {
  constexpr std::array<std::string_view, 13> servers{
      "mysql", "mariadb",    "sqlite", "sqlite3",   "mssql",    "sqlserver", "oracle",
      "db2",   "clickhouse", "tidb",   "snowflake", "bigquery", "cassandra"};
  while (true) {
    const auto slash = path.find('/');
    if (slash == std::string_view::npos) return false;
    if (is_one_of(path.substr(0, slash), servers)) return true;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace pgleast
