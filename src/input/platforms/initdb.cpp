#include "input/platforms/initdb.hpp"

#include <fmt/format.h>

#include "input/platforms/shell_words.hpp"

namespace pgleast {

void InitdbArguments::take(const std::string& option, const std::string& value) {
  // One word for both: over the socket `ident` is `peer`, and the other way round.
  const bool both = option == "auth";
  if (both || option == "auth-host") {
    host = both && value == "peer" ? "ident" : value;
    host_said = true;
  }
  if (both || option == "auth-local") {
    local = both && value == "ident" ? "peer" : value;
    local_said = true;
  }
}

InitdbArguments initdb_arguments(const std::string& text) {
  InitdbArguments result;
  const auto words = shell_words(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto option = words[i].starts_with("--") ? words[i].substr(2) : words[i];
    const auto equals = option.find('=');
    if (equals != std::string::npos) {
      result.take(option.substr(0, equals), option.substr(equals + 1));
    } else if (i + 1 < words.size()) {
      result.take(option == "-A" ? "auth" : option, words[i + 1]);
    }
  }
  return result;
}

InitdbArguments initdb_arguments(const YamlNode& options) {
  InitdbArguments result;
  for (const auto& [name, value] : options.entries) result.take(name.text, value.text);
  for (const auto& item : options.items) {
    for (const auto& [name, value] : item.entries) result.take(name.text, value.text);
  }
  return result;
}

void add_initdb_records(const InitdbArguments& arguments, const YamlNode& at,
                        std::vector<DeclaredLine>& records) {
  const auto add = [&](bool is_said, std::string line) {
    records.push_back(is_said ? line_at(at, std::move(line))
                              : added_line(at, std::move(line), "default of initdb"));
  };
  for (const auto* const databases : {"all", "replication"}) {
    add(arguments.local_said, fmt::format("local {} all {}", databases, arguments.local));
    for (const auto* const loopback : {"127.0.0.1/32", "::1/128"}) {
      add(arguments.host_said,
          fmt::format("host {} all {} {}", databases, loopback, arguments.host));
    }
  }
}

}  // namespace pgleast
