#include "pg/secret_name.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "pg/setting_table.hpp"

namespace pgleast {
namespace {

constexpr std::array<std::string_view, 20> secret_words{
    "apikey",   "credential", "credentials", "jwt",      "key",    "keys",      "pass",
    "passcode", "passphrase", "passwd",      "password", "pwd",    "salt",      "secret",
    "secrets",  "sig",        "signature",   "token",    "tokens", "privatekey"};

// At its end such a name says where the secret is, how it must be, or what is made of it.
constexpr std::array<std::string_view, 62> harmless_ends{
    "age",       "alg",     "algorithm",  "aud",     "audience", "case",     "check",  "claim",
    "claims",    "column",  "columns",    "command", "count",    "debug",    "digit",  "dir",
    "directory", "enabled", "encryption", "exp",     "expires",  "expiry",   "fd",     "file",
    "files",     "folder",  "format",     "history", "host",     "id",       "ids",    "ignore",
    "interval",  "issuer",  "length",     "level",   "library",  "lifetime", "log",    "lower",
    "max",       "method",  "min",        "mode",    "name",     "path",     "policy", "provider",
    "required",  "role",    "schema",     "script",  "size",     "special",  "table",  "timeout",
    "ttl",       "type",    "upper",      "uri",     "url",      "username"};

template <std::size_t size>
bool among(const std::array<std::string_view, size>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_secret_word(std::string_view word) {
  if (among(secret_words, word)) return true;
  for (const std::string_view part : {"password", "passwd", "passphrase", "secret"}) {
    if (word.find(part) != std::string_view::npos) return true;
  }
  for (const std::string_view end :
       {"token", "apikey", "accesskey", "authkey", "masterkey", "privatekey", "signingkey"}) {
    if (word.ends_with(end)) return true;
  }
  return false;
}

// `app.jwtSecret` has the words app, jwt and secret.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  bool was_lower = false;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool begins = std::isupper(byte) != 0 && was_lower;
    if ((std::isalnum(byte) == 0 || begins) && !words.back().empty()) words.emplace_back();
    if (std::isalnum(byte) != 0) words.back() += static_cast<char>(std::tolower(byte));
    was_lower = std::islower(byte) != 0;
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

}  // namespace

bool is_secret_setting(std::string_view name) {
  if (name.find('.') == std::string_view::npos) {
    return setting_key(name) == "ssl_passphrase_command";
  }
  return names_secret(name);
}

bool names_secret(std::string_view name) {
  const auto words = words_of(name);
  if (words.empty() || among(harmless_ends, words.back())) return false;
  return std::any_of(words.begin(), words.end(), is_secret_word);
}

}  // namespace pgleast
