#include "connections/name_expression.hpp"

#include <re2/re2.h>

#include <string_view>

namespace pgleast {
namespace {

constexpr auto npos = std::string_view::npos;

bool means_the_same(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '\\') {
      const bool punctuation = std::string_view(".*+?^$|()[]{}/-_").find(next) != npos;
      if (next == '\0' || (!punctuation && std::string_view("dws").find(next) == npos)) {
        return false;
      }
      ++i;
    } else if ((text[i] == '(' && next == '?') ||
               (text[i] == '[' && next != '\0' && std::string_view(".=[]").find(next) != npos)) {
      return false;
    }
  }
  return !text.starts_with("***");
}

}  // namespace

std::shared_ptr<const re2::RE2> name_expression(const std::string& text) {
  if (!means_the_same(text)) return nullptr;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  auto expression = std::make_shared<const re2::RE2>(text, options);
  return expression->ok() ? expression : nullptr;
}

}  // namespace pgleast
