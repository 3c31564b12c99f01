#include "input/replay/psql_command.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pgleast {
namespace {

struct CommandKind {
  std::string_view name;
  Touched touched;
};

// psql's own commands that may change something; the others do not.
constexpr std::array commands{
    CommandKind{"!", touches::anything},        CommandKind{"if", touches::anything},
    CommandKind{"lo_import", touches::objects}, CommandKind{"lo_unlink", touches::objects},
    CommandKind{"password", touches::roles},
};

/// `dbname='it\'s' user=app` (fe-connect.c, conninfo_parse)
ConnectionWords from_conninfo(const std::string& text) {
  ConnectionWords result;
  for (std::size_t at = 0; at < text.size();) {
    const auto equals = text.find('=', at);
    if (equals == std::string::npos) break;
    const auto begin = text.find_first_not_of(" \t", at);
    const auto name = text.substr(begin, text.find_last_not_of(" \t", equals - 1) + 1 - begin);
    at = std::min(text.find_first_not_of(" \t", equals + 1), text.size());
    const bool quoted = at < text.size() && text[at] == '\'';
    at += quoted ? 1 : 0;
    std::string value;
    for (; at < text.size() && (quoted ? text[at] != '\'' : text[at] != ' '); ++at) {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      value += text[at];
    }
    at += quoted ? 1 : 0;
    if (name == "dbname") result.database = value;
    if (name == "user") result.user = value;
  }
  return result;
}

}  // namespace

std::vector<std::string> command_words(const std::string& arguments) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < arguments.size();) {
    if (arguments[at] == ' ' || arguments[at] == '\t' || arguments[at] == '\r') {
      ++at;
      continue;
    }
    std::string word;
    for (char quote = ' '; at < arguments.size(); ++at) {
      const char c = arguments[at];
      if (quote == ' ' && (c == ' ' || c == '\t' || c == '\r')) break;
      if (c == quote && quote != ' ') {
        const bool doubled = at + 1 < arguments.size() && arguments[at + 1] == quote;
        if (!doubled) {
          quote = ' ';
          continue;
        }
        ++at;
      } else if (quote == ' ' && (c == '"' || c == '\'')) {
        quote = c;
        continue;
      }
      word += c;
    }
    words.push_back(std::move(word));
  }
  return words;
}

/// `shop app`, `- app`, `-reuse-previous=on "dbname='my db'"`
ConnectionWords connection_words(const std::string& arguments) {
  auto words = command_words(arguments);
  if (!words.empty() && words.front().starts_with("-reuse-previous=")) words.erase(words.begin());
  if (words.empty()) return {};
  if (words.front().find('=') != std::string::npos) return from_conninfo(words.front());
  ConnectionWords result;
  if (words[0] != "-") result.database = words[0];
  if (words.size() > 1 && words[1] != "-") result.user = words[1];
  return result;
}

Touched touched_by_command(std::string_view name) {
  for (const auto& command : commands) {
    if (command.name == name) return command.touched;
  }
  return touches::nothing;
}

}  // namespace pgleast
