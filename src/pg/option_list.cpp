#include "pg/option_list.hpp"

#include "pg/setting_value.hpp"

namespace pgleast {

std::optional<std::string> option_value(const std::vector<std::string>& options,
                                        std::string_view name) {
  for (const auto& option : options) {
    const bool is_it = option.starts_with(name) && option.size() > name.size();
    if (is_it && option[name.size()] == '=') return option.substr(name.size() + 1);
  }
  return std::nullopt;
}

bool option_is_on(const std::vector<std::string>& options, std::string_view name) {
  const auto value = option_value(options, name);
  return value && parse_bool(*value).value_or(false);
}

}  // namespace pgleast
