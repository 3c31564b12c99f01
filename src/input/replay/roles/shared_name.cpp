#include "input/replay/roles/shared_name.hpp"

#include <fmt/format.h>

#include "pg/refused.hpp"

namespace pgleast {

void check_shared_name(std::string_view kind, const std::string& name, int major) {
  if (major < 19 || name.find_first_of("\n\r") == std::string::npos) return;
  throw Refused(
      Condition::invalid_parameter_value,
      fmt::format("{} name `{}` contains a newline or carriage return character", kind, name),
      name);
}

}  // namespace pgleast
