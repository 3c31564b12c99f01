#pragma once
// `${NAME}` in compose files, and the files that give them values.
//
//   ${METHOD:-scram-sha-256}      its default where nothing gives it a value

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pgleast {

/// None: a variable has no value and no default.
std::optional<std::string> filled_in(std::string_view text,
                                     const std::map<std::string, std::string>& values);

/// The lines `NAME=value` of `.env` and the like; comments and quotes as compose takes them.
std::map<std::string, std::string> read_env_file(std::string_view text);

}  // namespace pgleast
