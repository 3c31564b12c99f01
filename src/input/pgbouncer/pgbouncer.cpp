#include "input/pgbouncer/pgbouncer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "input/pgbouncer/pooler_hba.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::string_view ini_blanks = " \t\r";
constexpr int deepest_include = 32;

Span trimmed_span(std::string_view text, Span span) {
  while (span.begin < span.end && ini_blanks.find(text[span.begin]) != std::string_view::npos) {
    ++span.begin;
  }
  while (span.begin < span.end && ini_blanks.find(text[span.end - 1]) != std::string_view::npos) {
    --span.end;
  }
  return span;
}

std::string text_in(const Source& source, Span span) {
  return std::string(source.text().substr(span.begin, span.end - span.begin));
}

// `host=127.0.0.1 user='o''neil'`
std::vector<std::pair<std::string, std::string>> connection_string(const Source& source,
                                                                   Span span) {
  const auto text = source.text();
  std::vector<std::pair<std::string, std::string>> result;
  auto at = span.begin;
  const auto skip = [&] {
    while (at < span.end && ini_blanks.find(text[at]) != std::string_view::npos) ++at;
  };
  for (skip(); at < span.end; skip()) {
    const auto begin = at;
    while (at < span.end && text[at] != '=' &&
           ini_blanks.find(text[at]) == std::string_view::npos) {
      ++at;
    }
    const auto key = text_in(source, {begin, at});
    skip();
    if (at >= span.end || text[at] != '=') fail(source, {begin, at}, "expected `key=value`");
    ++at;
    skip();
    std::string value;
    if (at < span.end && text[at] == '\'') {
      const auto quote = at++;
      for (;; ++at) {
        if (at >= span.end) fail(source, {quote, span.end}, "the quote is not closed");
        if (text[at] == '\'' && (at + 1 >= span.end || text[at + 1] != '\'')) break;
        if (text[at] == '\'') ++at;
        value += text[at];
      }
      ++at;
    } else {
      while (at < span.end && ini_blanks.find(text[at]) == std::string_view::npos) {
        value += text[at++];
      }
    }
    result.emplace_back(key, std::move(value));
  }
  return result;
}

class PoolerReader {
 public:
  explicit PoolerReader(const FileReader& files) : files_(files) {}

  Pooler read(const std::string& path) {
    pooler_.file = path;
    read_file_of(path, 0);
    read_users();
    read_records();
    return std::move(pooler_);
  }

 private:
  void read_file_of(const std::string& path, int depth) {
    const auto file = files_.read(path);
    if (!file.text) fail(path, file.why);
    const Source source(path, *file.text);
    for (std::size_t begin = 0; begin < source.text().size();) {
      const auto end = std::min(source.text().find('\n', begin), source.text().size());
      read_line(source, trimmed_span(source.text(), {begin, end}), depth);
      begin = end + 1;
    }
  }

  void read_line(const Source& source, Span line, int depth) {
    const auto text = source.text().substr(line.begin, line.end - line.begin);
    if (text.empty() || text.front() == ';' || text.front() == '#') return;
    if (text.starts_with("%include")) {
      const auto name = text_in(source, trimmed_span(source.text(), {line.begin + 8, line.end}));
      if (depth >= deepest_include) fail(source, line, "too many files include each other");
      return read_file_of(beside(source.name(), name), depth + 1);
    }
    if (text.front() == '[') {
      if (text.back() != ']') fail(source, line, "expected `]` at the end");
      section_ = std::string(text.substr(1, text.size() - 2));
      const std::vector<std::string> known{"databases", "users", "peers", "pgbouncer"};
      if (std::find(known.begin(), known.end(), section_) == known.end()) {
        fail(source, line,
             fmt::format("unknown section `{}`{}", displayed(section_),
                         did_you_mean(section_, known)));
      }
      return;
    }
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) fail(source, line, "expected `key = value`");
    const auto key = trimmed_span(source.text(), {line.begin, line.begin + equals});
    const auto value = trimmed_span(source.text(), {line.begin + equals + 1, line.end});
    take(source, key, value);
  }

  void take(const Source& source, Span key, Span value) {
    const auto name = text_in(source, key);
    const auto line = static_cast<std::uint32_t>(source.position(key.begin).line);
    if (section_ == "databases") return take_database(source, name, value, line);
    if (section_ == "pgbouncer") return take_setting(source, name, value, line);
    if (section_.empty()) fail(source, key, "stands before the first section");
  }

  void take_database(const Source& source, const std::string& name, Span value,
                     std::uint32_t line) {
    PoolerDatabase database;
    database.name = name;
    if (name.size() > 1 && name.front() == '"') database.name = name.substr(1, name.size() - 2);
    database.line = line;
    for (const auto& [key, text] : connection_string(source, value)) {
      if (key == "host") database.host = text;
      if (key == "dbname") database.dbname = text;
      if (key == "user") database.user = text;
      if (key == "password") database.password = true;
      if (key == "auth_user") database.auth_user = true;
      if (key == "auth_query") pooler_.auth_query = text;
    }
    pooler_.databases.push_back(std::move(database));
  }

  void take_setting(const Source& source, const std::string& name, Span at, std::uint32_t line) {
    const auto value = text_in(source, at);
    if (name == "auth_type") {
      const std::vector<std::string> types{"any",  "trust", "plain", "md5", "scram-sha-256",
                                           "cert", "hba",   "ldap",  "pam"};
      if (std::find(types.begin(), types.end(), value) == types.end()) {
        fail(source, at,
             fmt::format("unknown auth_type `{}`{}", displayed(value), did_you_mean(value, types)));
      }
      pooler_.auth_type = value;
      pooler_.auth_line = line;
    }
    if (name == "listen_addr") pooler_.listen_addr = value;
    if (name == "listen_port") pooler_.listen_port = value;
    if (name == "unix_socket_dir") pooler_.unix_socket_dir = value;
    if (name == "client_tls_sslmode") pooler_.client_tls_sslmode = value;
    if (name == "server_tls_sslmode") pooler_.server_tls_sslmode = value;
    if (name == "auth_user") pooler_.auth_user = !value.empty();
    if (name == "auth_query") pooler_.auth_query = value;
    if (value.empty()) return;
    if (name == "auth_file") auth_file_ = beside(source.name(), value);
    if (name == "auth_hba_file") hba_file_ = beside(source.name(), value);
    if (name == "auth_ident_file") ident_file_ = beside(source.name(), value);
  }

  // PgBouncer reads them with `auth_type = hba` alone, and without one refuses everybody.
  void read_records() {
    if (pooler_.auth_type != "hba") return;
    if (hba_file_.empty()) {
      pooler_.passed_over.push_back(
          fmt::format("{}: auth_type is hba, and auth_hba_file is not set: it refuses everybody",
                      displayed(pooler_.file)));
      return;
    }
    read_pooler_hba(hba_file_, files_, pooler_);
    if (!ident_file_.empty()) read_pooler_ident(ident_file_, files_, pooler_);
  }

  void read_users() {
    if (auth_file_.empty()) return;
    const auto file = files_.read(auth_file_);
    if (!file.text) {
      pooler_.users_unseen = fmt::format("{}: {}", displayed(auth_file_), file.why);
      return;
    }
    const Source source(auth_file_, *file.text);
    for (std::size_t begin = 0; begin < source.text().size();) {
      const auto end = std::min(source.text().find('\n', begin), source.text().size());
      read_user(source, trimmed_span(source.text(), {begin, end}));
      begin = end + 1;
    }
  }

  // "user" "secret": a line of another form is passed over, and no secret gets into a message.
  void read_user(const Source& source, Span line) {
    auto at = line.begin;
    const auto name = quoted_word(source, line, at);
    const auto secret = quoted_word(source, line, at);
    if (!name || !secret) return;
    auto kind = PoolerSecret::plain;
    if (secret->empty()) kind = PoolerSecret::none;
    if (secret->size() == 35 && secret->starts_with("md5")) kind = PoolerSecret::md5;
    if (secret->starts_with("SCRAM-SHA-256$")) kind = PoolerSecret::scram_sha_256;
    pooler_.users[*name] = kind;
  }

  static std::optional<std::string> quoted_word(const Source& source, Span line, std::size_t& at) {
    const auto text = source.text();
    while (at < line.end && ini_blanks.find(text[at]) != std::string_view::npos) ++at;
    if (at >= line.end || text[at] != '"') return std::nullopt;
    std::string word;
    for (++at; at < line.end; ++at) {
      if (text[at] == '"') {
        if (at + 1 >= line.end || text[at + 1] != '"') return ++at, word;
        ++at;
      }
      word += text[at];
    }
    return std::nullopt;
  }

  const FileReader& files_;
  Pooler pooler_;
  std::string section_, auth_file_, hba_file_, ident_file_;
};

}  // namespace

Pooler read_pgbouncer(const std::string& path, const FileReader& files) {
  return PoolerReader(files).read(path);
}

}  // namespace pgleast
