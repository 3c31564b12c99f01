#pragma once
// Options as the catalogs keep them, `name=value` each: reloptions, proconfig, srvoptions.
//
//   {security_barrier=true,security_invoker=t}

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

std::optional<std::string> option_value(const std::vector<std::string>& options,
                                        std::string_view name);

/// Whether a boolean one is there and says yes, in any spelling: `t`, `On`, `1`.
bool option_is_on(const std::vector<std::string>& options, std::string_view name);

}  // namespace pgleast
