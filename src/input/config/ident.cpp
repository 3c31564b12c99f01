#include "input/config/ident.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "input/config/auth_file.hpp"
#include "pg/regex_syntax.hpp"
#include "pg/version.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::optional<AuthError> list_or_missing(const AuthLine& line, std::size_t field,
                                         std::string_view wanted) {
  const auto& fields = line.fields;
  if (field >= fields.size()) {
    const auto end = fields.back().back().span.end;
    return AuthError{{end, end}, fmt::format("the line ends before {}", wanted)};
  }
  if (fields[field].size() == 1) return std::nullopt;
  return AuthError{{fields[field].front().span.begin, fields[field].back().span.end},
                   fmt::format("a list where {} is wanted", wanted)};
}

std::optional<AuthError> bad_regex(const AuthWord& word) {
  if (!word.text.starts_with('/')) return std::nullopt;
  const auto why = regex_error(std::string_view(word.text).substr(1));
  if (!why) return std::nullopt;
  return AuthError{word.span, fmt::format("regular expression `{}` is invalid: {}",
                                          displayed(word.text.substr(1)), *why)};
}

/// What follows the third field means nothing.
std::variant<IdentRecord, AuthError> parse_record(AuthLine& line, int major) {
  constexpr std::string_view wanted[] = {"one map name", "one system user", "one role name"};
  for (std::size_t i = 0; i < 3; ++i) {
    if (auto error = list_or_missing(line, i, wanted[i])) return std::move(*error);
  }
  auto& map = line.fields[0][0];
  auto& system_user = line.fields[1][0];
  auto& pg_user = line.fields[2][0];
  if (auto error = bad_regex(system_user)) return std::move(*error);
  if (major >= 16) {
    if (auto error = bad_regex(pg_user)) return std::move(*error);
  }
  const IdentPlace at{line.source->name(),
                      line.number,
                      {map.span.begin, line.fields.back().back().span.end},
                      map.span,
                      system_user.span,
                      pg_user.span};
  return IdentRecord{std::move(map.text),
                     {std::move(system_user.text), system_user.quoted},
                     {std::move(pg_user.text), pg_user.quoted},
                     at,
                     0};
}

}  // namespace

IdentFile read_ident(const std::string& path, const FileReader& files, int version_num,
                     std::vector<ConfigFile>& read) {
  IdentFile result;
  std::uint32_t row = 0;
  const auto refuse = [&](const AuthLine& line, AuthError error) {
    result.problems.push_back({line.source->name(), line.number,
                               make_diagnostic(*line.source, error.span, std::move(error.message)),
                               false, row++});
  };
  read_auth_file(path, ConfigKind::ident, files, version_num, read, [&](AuthLine& line) {
    if (line.error) {
      refuse(line, std::move(*line.error));
      return;
    }
    auto parsed = parse_record(line, major_of(version_num));
    if (auto* error = std::get_if<AuthError>(&parsed)) {
      refuse(line, std::move(*error));
      return;
    }
    result.records.push_back(std::move(std::get<IdentRecord>(parsed)));
    result.records.back().row = row++;
  });
  return result;
}

}  // namespace pgleast
