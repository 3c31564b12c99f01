// Storage parameters (reloptions.c).
#include "input/replay/statements/relation_option.hpp"

#include <fmt/format.h>

#include "pg/name_list.hpp"
#include "pg/setting_value.hpp"
#include "text/display.hpp"

namespace pgleast {

std::string option_text(const SqlNode& option) {
  const auto& argument = node_at(option, "arg");
  return text_at(option, "defname") + '=' + (argument.empty() ? "true" : word_of(argument));
}

// reloptions.c, parse_one_reloption.
std::string view_option(const SqlCatalog& catalog, const SqlNode& option) {
  const auto name = text_at(option, "defname");
  auto text = option_text(option);
  const auto value = text.substr(name.size() + 1);
  const bool is_check = name == "check_option";
  if (!is_check && name != "security_barrier" &&
      (name != "security_invoker" || catalog.major() < 15)) {
    throw Refused(Condition::invalid_parameter_value,
                  fmt::format("unrecognized parameter `{}`", name), name);
  }
  const auto word = lower_case(value);
  if (is_check ? word != "local" && word != "cascaded" : !parse_bool(value)) {
    throw Refused(Condition::invalid_parameter_value,
                  fmt::format("invalid value for {} option `{}`: {}", is_check ? "enum" : "boolean",
                              name, displayed(value)),
                  name);
  }
  return text;
}

}  // namespace pgleast
